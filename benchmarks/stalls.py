"""How long the crawl's event loop is busy in one piece: `python -m benchmarks.stalls FEEDS.txt [--outlets N]`.

Crawls feeds that may be asked without a pause (see `benchmarks.ingest`) into an empty archive and tells the longest callbacks of the loop
that fetches: nothing should hold it for 50 ms, since every exchange waits meanwhile. Where it was is looked up for those over 20 ms.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.ingest.crawls.watched import MARK
from benchmarks.ingest.feeds import addresses
from benchmarks.ingest.peer import Job
from benchmarks.ingest.peers import wirecopy


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stalls")
    parser.add_argument("file", type=Path, metavar="FEEDS.txt")
    parser.add_argument("--outlets", type=int, default=40, help="feeds taken of the file (default: 40)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        job = Job(Path(folder), Path(sys.executable), addresses(asked.file, [], asked.outlets))
        command = wirecopy.crawl(job, [sys.executable, "-m", "benchmarks.ingest.crawls.watched"])
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
        print(*done.stdout.splitlines()[-3:], sep="\n")
    print("ms of CPU, ms in all, which callback it was")
    for line in done.stderr.splitlines():
        if line.startswith(MARK):
            _, cpu, wall, number, what = line.split(" ", 4)
            print(f"{float(cpu):8.1f} {float(wall):8.1f}  {int(number):>8,}  {what}")
    raise SystemExit(done.returncode)


if __name__ == "__main__":
    main()
