"""What a command uses, with all processes that it starts: CPU, wall time, peak memory. Linux alone: reads /proc.

CPU is the kernel's own sum over processes that were waited for. Two things make it whole: this process adopts orphans (a child that
ends without waiting for its own leaves them to us), and it waits for them too. What was last seen of each process in /proc is added up
beside it: a sum that is larger than the kernel's says that something was not waited for.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SAMPLE = 0.2  # seconds between two looks; a look reads page tables of what it looks at, and takes some ms of the machine
ORPHANS = 10.0  # seconds that processes may go on when the command itself has ended
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of <linux/prctl.h>
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Used:
    """What one command used."""

    cpu: float  # seconds, user and system, of all its processes
    wall: float  # seconds
    peak: int  # bytes: the most that the processes had together (PSS), or the largest alone where that is more
    seen: float  # seconds of CPU that samples of /proc account for: below `cpu`, or something was not waited for
    code: int  # its exit code

    @property
    def is_whole(self) -> bool:
        """Whether the kernel's sum holds all that was seen (two ticks of rounding a process are let pass)."""
        return self.seen <= self.cpu * 1.02 + 0.1


def measure(
    command: Sequence[str], *, cwd: Path, env: Mapping[str, str] | None = None, log: Path | None = None, limit: float = 3600
) -> Used:
    """Runs it to its end; what it prints goes to `log`. Raises TimeoutExpired after `limit` seconds."""
    _adopt()
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with (log or Path(os.devnull)).open("ab") as out:
        child = subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out)  # noqa: S603
        with Watch() as watch:
            try:
                largest = _wait(child, begun + limit)
            finally:
                child.kill()
                _wait_for_orphans()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Used(cpu, time.monotonic() - begun, max(watch.peak, largest), watch.seen(), child.returncode)


def _adopt() -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "this process cannot adopt orphans")


def _wait(child: subprocess.Popen[bytes], until: float) -> int:
    """Waits for the command; gives its own peak, in bytes, which samples miss of one that ends quickly."""
    while time.monotonic() < until:
        pid, status, used = os.wait4(child.pid, os.WNOHANG)
        if pid:
            child.returncode = os.waitstatus_to_exitcode(status)
            return used.ru_maxrss * 1024
        time.sleep(0.002)
    raise subprocess.TimeoutExpired(child.args, until)


def _wait_for_orphans() -> None:
    """Waits for what the command left behind, and ends what goes on for too long. All children of this process are the command's."""
    until = time.monotonic() + ORPHANS
    with suppress(ChildProcessError):
        while True:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if pid:
                continue
            if time.monotonic() > until:
                for orphan in descendants(os.getpid()):
                    with suppress(ProcessLookupError):
                        os.kill(orphan, signal.SIGKILL)
            time.sleep(0.01)


class Watch:
    """Looks at the processes below this one from time to time, in a thread."""

    def __init__(self) -> None:
        self.peak = 0  # bytes, together
        self._ticks: dict[int, int] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def seen(self) -> float:
        """Seconds of CPU, by the last look at each process."""
        return sum(self._ticks.values()) / _TICKS

    def _work(self) -> None:
        while not self._over.wait(SAMPLE):
            together = 0
            for pid, ticks in descendants(os.getpid()).items():
                self._ticks[pid] = ticks
                together += _pss(pid)
            self.peak = max(self.peak, together)


def descendants(root: int) -> dict[int, int]:
    """All processes below one, with the clock ticks that each has used itself."""
    known = dict(filter(None, (_stat(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())))
    below: dict[int, int] = {}
    grown = {root}
    while grown:
        grown = {pid for pid, (parent, _) in known.items() if parent in grown and pid not in below}
        below.update({pid: known[pid][1] for pid in grown})
    return below


def _stat(pid: str) -> tuple[int, tuple[int, int]] | None:
    """(process, (parent, ticks)); None: it is gone."""
    try:
        # The name stands in brackets, and may hold blanks and brackets itself.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(pid), (int(fields[1]), int(fields[11]) + int(fields[12]))


def _pss(pid: int) -> int:
    """Bytes of memory, what is shared divided by its sharers: so a sum over processes counts nothing twice."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
