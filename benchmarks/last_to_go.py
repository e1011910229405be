"""Kills runs with all their processes, and looks who is left when the leader is gone: `python -m benchmarks.last_to_go [--kills N]`.

Each pair of runs is killed while its crawl has the archive open: one as it is, one whose leader holds nothing that delays its end.
A run counts as closed where its crawl was gone when the leader was; how long it outlived it otherwise is printed in milliseconds.
"""

from __future__ import annotations

import argparse
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from scheduler.demo import World

SIDES = {
    "as it is": "from scheduler.cli import main; main()",
    "without": "import scheduler.leader; scheduler.leader.FOLDERS = (); from scheduler.cli import main; main()",
}
LONGEST = 30.0  # seconds to wait for a crawl to open its archive


def outlived(code: str, folder: Path, pause: float) -> float | None:
    """Milliseconds that the crawl outlived its leader by; 0 where it did not. None: the run ended before it could be killed."""
    archive = folder / "wirecopy.db"
    command = [sys.executable, "-c", code, "crawl", "--all", "--archive", str(archive), "--sources", str(folder / "sources.toml")]
    leader = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
    try:
        crawl = _crawl_of(leader, archive)
        if crawl is None:
            return None
        time.sleep(pause)
        ends = [os.pidfd_open(leader.pid), os.pidfd_open(crawl)]
    except ProcessLookupError:
        return None
    finally:
        os.killpg(leader.pid, signal.SIGKILL)
    _gone(ends[0])
    at = time.monotonic()
    _gone(ends[1])
    late = time.monotonic() - at
    leader.wait()
    for one in ends:
        os.close(one)
    return 0.0 if late < 1e-4 else late * 1000  # a tenth of a millisecond is what two looks take


def _gone(process: int) -> None:
    select.select([process], [], [])


def _crawl_of(leader: subprocess.Popen[bytes], archive: Path) -> int | None:
    """The process that the leader has started and that has the archive open."""
    children = Path(f"/proc/{leader.pid}/task/{leader.pid}/children")
    until = time.monotonic() + LONGEST
    while leader.poll() is None and time.monotonic() < until:
        for child in children.read_text().split():
            if any(_names(one) == str(archive) for one in Path(f"/proc/{child}/fd").iterdir()):
                return int(child)
        time.sleep(0.02)
    return None


def _names(descriptor: Path) -> str:
    try:
        return str(descriptor.readlink())
    except OSError:  # closed meanwhile
        return ""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.last_to_go")
    parser.add_argument("--kills", type=int, default=20, help="of each side")
    asked = parser.parse_args(arguments)
    rng = random.Random(1)  # noqa: S311 - moments, no secrets
    late: dict[str, list[float]] = {side: [] for side in SIDES}
    with World() as world:
        while min(map(len, late.values())) < asked.kills:
            for side, code in SIDES.items():
                with tempfile.TemporaryDirectory() as name:
                    (Path(name) / "sources.toml").write_text(world.sources_toml(delay=0.1), encoding="utf-8")
                    found = outlived(code, Path(name), rng.uniform(0, 1))
                if found is not None and len(late[side]) < asked.kills:
                    late[side].append(found)
    for side, times in late.items():
        left = sorted(one for one in times if one)
        spread = f"; the others left it open for {left[0]:.1f} to {left[-1]:.1f} ms" if left else ""
        print(f"{side}: the archive was closed when the leader was gone in {len(times) - len(left)} of {len(times)} kills{spread}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
