"""Crashes and broken disks against real crawls: `python -m benchmarks.crashes FOLDER`, where FOLDER has the harness (crashkit.py).

The harness kills `wirecopy crawl`, fails its writes, undoes what was not synced, fills its disk, changes its clock, damages its archive,
and then looks at a copy of the archive: is it sound, is every page there that was said to be stored, does the next undisturbed run end at
what an undisturbed crawl has? Linux, gcc for the failing writes, root for disks that are full or read-only. What it prints is what it
found; each case stands in --out as a line of JSON. Ends with 1 where a case failed, or the harness itself.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
ARCHIVE = "wirecopy.db"
# What an undisturbed crawl has, without ids and times; a page counts as whole when its bytes and its text are there.
RESULT = (
    "SELECT p.url, p.state, b.sha256, a.headline, a.text_digest, a.revision, a.is_latest FROM pages p"
    " LEFT JOIN captures c ON c.id = p.capture_id LEFT JOIN bodies b ON b.id = c.body_id"
    " LEFT JOIN articles a ON a.page_id = p.id ORDER BY p.url, a.revision"
)
HALF = (
    "SELECT (SELECT count(*) FROM pages p LEFT JOIN captures c ON c.id = p.capture_id WHERE p.state = 'stored' AND c.body_id IS NULL)"
    " + (SELECT count(*) FROM articles a LEFT JOIN captures c ON c.id = a.capture_id WHERE c.body_id IS NULL OR a.text = '')"
    " + (SELECT count(*) FROM (SELECT page_id FROM articles GROUP BY page_id HAVING sum(is_latest) <> 1))"
    " + (SELECT count(*) FROM pages p WHERE p.state = 'stored' AND NOT EXISTS (SELECT 1 FROM articles a WHERE a.page_id = p.id)"
    "    AND NOT EXISTS (SELECT 1 FROM clean_queue q WHERE q.capture_id = p.capture_id))"
)


def spec(folder: Path, asked: argparse.Namespace) -> Path:
    """How the harness calls us, and what it asks the archive."""
    path = folder / "spec.json"
    command = [sys.executable, "-m", "benchmarks.given_feeds", "--feeds", "{feeds}", "--archive", "{db}", "--allow", "127.0.0.0/8"]
    path.write_text(
        json.dumps(
            {
                "cmd": [*command, "--delay", "0"],
                "db": ARCHIVE,
                "sql_result": RESULT,
                "sql_half": HALF,
                "sql_url": "SELECT url FROM pages WHERE state = 'stored'",
                "ack_regex": r"^STORED (\S+)",
                "clean_exit": [0],
                "lock_exit": [0, 75],
                "term_s": 10,
                "run_s": asked.run_seconds,
                "feeds": asked.feeds,
                "items": asked.items,
                "delay_ms": 5,
                "durable": True,
            }
        )
    )
    return path


def one_seed(harness: Path, work: Path, seed: int, asked: argparse.Namespace) -> list[dict[str, object]]:
    out = work / f"seed{seed}.jsonl"
    command = [
        sys.executable,
        str(harness / "crashkit.py"),
        "--spec",
        str(spec(work, asked)),
        "--scenarios",
        asked.scenarios,
        "--seed",
        str(seed),
    ]
    command += ["--kills", str(asked.kills), "--faultio-max", str(asked.points), "--port", str(asked.port), "--out", str(out)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("WIRECOPY_ARCHIVE", None)
    code = subprocess.run(command, env=environment, cwd=work, check=False).returncode  # noqa: S603 - the harness that was named
    found = [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []
    if code and all(one["ok"] for one in found):  # it did not come to its end: what it left out is not known to hold
        found.append({"scenario": "harness", "ok": False, "seed": seed, "exit_code": code})
    return found


def report(found: Sequence[dict[str, object]]) -> int:
    cases, good = Counter[str](), Counter[str]()
    for one in found:
        cases[str(one["scenario"])] += 1
        good[str(one["scenario"])] += bool(one["ok"])
    print(f"{'scenario':<10} {'cases':>6} {'failed':>7}")
    for name, count in cases.items():
        print(f"{name:<10} {count:6} {count - good[name]:7}")
    return int(not found or cases != good)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crashes")
    parser.add_argument("folder", type=Path, help="of the harness")
    parser.add_argument("--scenarios", default="all", help="with commas; all of them by default")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--points", type=int, default=20, help="write calls at which a run is killed or fails")
    parser.add_argument("--seeds", default="1", help="with commas: each is a pass of its own")
    parser.add_argument("--feeds", type=int, default=2)
    parser.add_argument("--items", type=int, default=10, help="pages a feed")
    parser.add_argument("--run-seconds", type=int, default=180, help="after which a run counts as hung")
    parser.add_argument("--port", type=int, default=8611)
    parser.add_argument("--out", type=Path, help="a file for all cases, a line of JSON each")
    asked = parser.parse_args(arguments)
    if not (asked.folder / "crashkit.py").exists():
        print(f"no crashkit.py in {asked.folder}: name the folder of the harness", file=sys.stderr)
        return 66
    found = []
    with tempfile.TemporaryDirectory(prefix="crashes-") as folder:
        work = Path(folder)
        harness = work / "harness"  # it builds its library beside itself: its own folder may be read-only
        shutil.copytree(asked.folder, harness)
        for path in (harness, *harness.rglob("*")):
            path.chmod(path.stat().st_mode | 0o200)
        for seed in map(int, asked.seeds.split(",")):
            print(f"seed {seed}", flush=True)
            found += one_seed(harness, work, seed, asked)
            if asked.out:
                asked.out.write_text("".join(json.dumps(one) + "\n" for one in found))
    return report(found)


if __name__ == "__main__":
    sys.exit(main())
