"""What it costs to start: `python -m benchmarks.startup [--times 10] [--feeds 200] [--scrapy PYTHON]`.

The installed `wirecopy`: its help, a crawl with nothing due (of one feed, and of many), its status; and beside them, in the same rounds, an
empty Python and what Scrapy takes to be imported and to say its version (of our own environment, or of the Python that is named).
User and system CPU, wall time, peak memory: that of a process that ends quickly is at least this benchmark's own size (Linux hands it down
to the child, until that has grown beyond it). Linux alone.
"""

from __future__ import annotations

import argparse
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from benchmarks.ingest.figures import spread, table
from benchmarks.ingest.peers.wirecopy import sources
from benchmarks.ingest.tree import Used, measure
from scheduler.units import here

FAR = "2099-01-01T00:00:00Z"


def idle(folder: Path, feeds: int) -> list[str]:
    """Makes an archive in which none of so many feeds is due; gives the options that name it. No address of it is ever asked."""
    folder.mkdir()
    known, archive = folder / "sources.toml", folder / "wirecopy.db"
    known.write_text(sources(tuple(f"http://outlet-{number}.example/feed.xml" for number in range(1, feeds + 1))), encoding="utf-8")
    begin = f"from benchmarks.startup import enrolled; enrolled({str(archive)!r}, {str(known)!r})"
    subprocess.run([sys.executable, "-c", begin], check=True)  # noqa: S603 - in another process: this one stays small
    with closing(sqlite3.connect(archive)) as conn, conn:
        conn.execute("UPDATE feeds SET next_poll_at = ?", (FAR,))
    return ["--archive", str(archive), "--sources", str(known)]


def enrolled(archive: str, known: str) -> None:
    """An archive that knows the sources, and has polled none."""
    from datetime import UTC, datetime

    from archive.store.connect import open_store
    from crawler.enrol import begin
    from crawler.sources import load

    with open_store(Path(archive), create=True) as store:
        begin(store, load(Path(known)), trigger="manual", now=datetime.now(UTC))


def commands(folder: Path, feeds: int, scrapy: Path) -> dict[str, list[str]]:
    one, many = idle(folder / "one", 1), idle(folder / "many", feeds)
    wirecopy = list(here().command)
    return {
        "python -c pass": [sys.executable, "-c", "pass"],
        "wirecopy --help": [*wirecopy, "--help"],
        "wirecopy crawl, 1 feed, nothing due": [*wirecopy, "crawl", *one],
        f"wirecopy crawl, {feeds} feeds, nothing due": [*wirecopy, "crawl", *many],
        f"wirecopy status, {feeds} feeds": [*wirecopy, "status", *many[:2]],
        "python -c 'import scrapy'": [str(scrapy), "-c", "import scrapy"],
        "scrapy version": [str(scrapy), "-m", "scrapy", "version"],
    }


def lines(taken: Sequence[tuple[str, Used]]) -> list[str]:
    rows = []
    for what in dict.fromkeys(what for what, _ in taken):
        some = [used for name, used in taken if name == what]
        wrong = " (failed)" if any(used.code for used in some) else ""
        rows.append([
            what + wrong, spread([used.cpu * 1000 for used in some], 0), spread([used.wall * 1000 for used in some], 0),
            spread([used.peak / 1e6 for used in some], 0),
        ])  # fmt: skip
    return table(("command", "CPU ms", "ms", "peak MB"), rows)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.startup")
    parser.add_argument("--times", type=int, default=10, help="rounds; in each, every command runs once (10)")
    parser.add_argument("--feeds", type=int, default=200, help="of the archive with many (200)")
    parser.add_argument("--scrapy", type=Path, help="a Python that has Scrapy; default: our own")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        every = commands(folder, asked.feeds, asked.scrapy or Path(sys.executable))
        for command in every.values():
            measure(command, cwd=folder)  # what is read from disk for the first time
        taken = [(what, measure(command, cwd=folder)) for _ in range(asked.times) for what, command in every.items()]
    print(*lines(taken), sep="\n")
    return int(any(used.code for _, used in taken))


if __name__ == "__main__":
    raise SystemExit(main())
