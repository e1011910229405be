"""Weeks of runs in hours: `python -m benchmarks.soak --runs 3000 --feeds 200 --bad 30`.

Runs follow each other by a simulated clock, against feeds on loopback that publish by it too; the bad ones stall, answer 500, break off
their XML, reset the connection, or turn to HTML. One process makes all runs, as the daemon's would if it made them itself: its memory and
descriptors are looked at after each, and the write-ahead log while it works. At the end every story that was published is looked for in the
archive: none may be missing, none may be there twice. Ends with 1 where a limit is broken. Linux alone: reads /proc.

Before it is looked at, glibc is made to give back what it keeps of freed memory (malloc_trim(3)): what is left is held by somebody. A
run of its own process, as cron, a timer and the daemon make them, gives back everything.
"""

from __future__ import annotations

import argparse
import ctypes
import resource
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.daemon_soak import Feeds
from scheduler.run import Options, run

TICK = timedelta(minutes=20)  # between two runs
SCHEDULE = "20m"  # of each feed: every run polls all good ones
NEWS = timedelta(hours=3)  # between two stories of a feed
WARM = 0.2  # share of the runs that is not counted in the drift
LIMITS = {"rss": 20 * 1024, "descriptors": 8, "wal": 64 * 1024}  # KiB of drift; more than at first (the feeds' own among them); KiB
ROWS = 20  # lines that are printed
_LOOK = 0.05  # seconds between two looks at the log


@dataclass(frozen=True, slots=True)
class Look:
    """The process after a run. Sizes in KiB."""

    run: int
    rss: int
    descriptors: int
    threads: int
    wal: int  # largest since the last look
    archive: int
    seconds: float  # of the run
    exit_code: int


@dataclass(slots=True)
class Log:
    """Looks at the write-ahead log while runs are at work, and keeps its largest size."""

    path: Path
    largest: int = 0
    _ended: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        while not self._ended.wait(_LOOK):
            self.largest = max(self.largest, _size(self.path))

    def take(self) -> int:
        largest, self.largest = max(self.largest, _size(self.path)), 0
        return largest

    def end(self) -> None:
        self._ended.set()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size // 1024
    except FileNotFoundError:
        return 0


class Clock:
    """Simulated time: set before each run, and going on as this machine's clock within it."""

    def __init__(self) -> None:
        self.begun = datetime.now(UTC)
        self.ahead = timedelta(0)

    def elapsed(self) -> float:
        return (datetime.now(UTC) + self.ahead - self.begun).total_seconds()

    def step_to(self, since: timedelta) -> None:
        """Forward to so long after the beginning; never back."""
        self.ahead = max(self.ahead, self.begun + since - datetime.now(UTC))


def soak(folder: Path, feeds: Feeds, clock: Clock, runs: int, log: Log) -> tuple[list[Look], int]:
    """All runs; with them the newest story before the last two of them, which were there to bring it in."""
    archive, found, latest = folder / "wirecopy.db", list[Look](), 0
    print(f"{'run':>6} {'day':>6} {'RSS KiB':>8} {'fds':>4} {'threads':>7} {'WAL KiB':>8} {'archive KiB':>11} {'seconds':>8}", flush=True)
    for number in range(runs):
        clock.step_to(number * TICK)
        latest = feeds.latest() if number == max(0, runs - 2) else latest
        began = time.monotonic()
        result = run(Options(archive, folder / "sources.toml", ahead=clock.ahead, wait=10, log_level="CRITICAL"), lambda _: None)
        found.append(_look(number, log, archive, time.monotonic() - began, result.exit_code))
        if number * ROWS // runs != (number - 1) * ROWS // runs or number + 1 == runs:
            print(_row(found[-1], clock), flush=True)
    return found, latest


def _row(one: Look, clock: Clock) -> str:
    day = clock.elapsed() / 86400
    return f"{one.run + 1:6} {day:6.2f} {one.rss:8} {one.descriptors:4} {one.threads:7} {one.wal:8} {one.archive:11} {one.seconds:8.2f}"


def _look(number: int, log: Log, archive: Path, seconds: float, exit_code: int) -> Look:
    with suppress(AttributeError):  # not glibc
        ctypes.CDLL(None).malloc_trim(0)
    said = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    return Look(number, int(said["VmRSS"].split()[0]), descriptors, int(said["Threads"]), log.take(), _size(archive), seconds, exit_code)


def account(archive: Path, feeds: Feeds, latest: int) -> tuple[int, int, int]:
    """(stories that are missing, stories that are there twice, stories that were published)."""
    with closing(sqlite3.connect(f"file:{archive}?mode=ro", uri=True)) as conn:
        rows = conn.execute(
            "SELECT p.url FROM pages p JOIN articles a ON a.page_id = p.id WHERE p.state = 'stored' AND a.text <> ''"
        ).fetchall()
    stored = [url for (url,) in rows]
    published = [url for number in range(feeds.count - feeds.bad) for url in feeds.stories(number, latest)]
    return len(set(published) - set(stored)), len(stored) - len(set(stored)), len(published)


def report(found: Sequence[Look], missing: int, twice: int, published: int) -> int:
    """Says what was seen, and how many limits are broken."""
    warm = found[int(len(found) * WARM) :]
    wrong = []
    print(f"\nafter the first {int(len(found) * WARM)} runs:")
    for name in ("rss", "descriptors", "threads", "wal"):
        values = [int(getattr(one, name)) for one in warm]
        print(f"  {name:<12} first {values[0]}, last {values[-1]}, lowest {min(values)}, highest {max(values)}")
        worst = max(values) if name == "wal" else values[-1] - values[0]
        if worst > LIMITS.get(name, worst):
            wrong.append(f"{name}: {worst}, at most {LIMITS[name]}")
    codes = {code: sum(one.exit_code == code for one in found) for code in sorted({one.exit_code for one in found})}
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = children.ru_utime + children.ru_stime
    print(f"  the largest child had {children.ru_maxrss / 1024:.0f} MB; all of them took {cpu:,.0f} s of CPU")
    print(f"runs by exit code: {codes}")
    print(f"{published:,} stories published by good feeds, {missing} missing, {twice} there twice")
    wrong += [f"{missing} stories are missing"] * bool(missing) + [f"{twice} are there twice"] * bool(twice)
    print("; ".join(wrong) or "within all limits")
    return len(wrong)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak")
    parser.add_argument("--runs", type=int, default=3000)
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--bad", type=int, default=30)
    asked = parser.parse_args(arguments)
    clock = Clock()
    feeds = Feeds(asked.feeds, asked.bad, elapsed=clock.elapsed, news=NEWS.total_seconds(), schedule=SCHEDULE)
    with feeds, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "sources.toml").write_text(feeds.sources_toml())
        log = Log(folder / "wirecopy.db-wal")
        watcher = threading.Thread(target=log.watch, daemon=True)
        watcher.start()
        found, latest = soak(folder, feeds, clock, asked.runs, log)
        log.end()
        missing, twice, published = account(folder / "wirecopy.db", feeds, latest)
        with closing(sqlite3.connect(folder / "wirecopy.db")) as conn:
            outcomes = conn.execute("SELECT outcome, count(*) FROM polls GROUP BY 1 ORDER BY 2 DESC").fetchall()
            sound = conn.execute("PRAGMA integrity_check").fetchone()[0]
    print(f"\npolls: {dict(outcomes)}; integrity_check: {sound}")
    return int(report(found, missing, twice, published) > 0 or sound != "ok")


if __name__ == "__main__":
    sys.exit(main())
