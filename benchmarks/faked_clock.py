"""A thousand days by the system's own clock: `python -m benchmarks.faked_clock --days 1000`.

A timer starts `wirecopy crawl`, the real command in a process of its own, once a day at 03:00 UTC, under libfaketime (Debian: faketime):
what it is told of the time is that day's. Feeds on loopback publish a story a day by the same clock; their schedules are read in zones
that change their clocks. At the end each feed's polls are counted against the calendar, and every story is looked for: none may be missing,
none may be there twice. Ends with 1 where anything is wrong. Linux alone; one to two seconds a day.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.daemon_soak import Feeds
from scheduler.units import here

BEGIN = datetime(2026, 3, 27, 3, 0, tzinfo=UTC)  # two days before summer time begins in Berlin
DAY = timedelta(days=1)
LATE = timedelta(minutes=5)  # what a run takes at most, of this machine's time
LIBRARIES = [Path(f"/usr/lib/{machine}/faketime/libfaketime.so.1") for machine in ("x86_64-linux-gnu", "aarch64-linux-gnu")]
# Whatever an hour's change does to a slot, it stands between two runs.
SCHEDULES = (
    ("daily", 'schedule = "20h"'),
    ("berlin", 'schedule = "30 2 * * *"\ntimezone = "Europe/Berlin"'),
    ("new-york", 'schedule = "30 1 * * *"\ntimezone = "America/New_York"'),
    ("lord-howe", 'schedule = "45 1 * * *"\ntimezone = "Australia/Lord_Howe"'),
    ("kolkata-weekdays", 'schedule = "0 9 * * 1-5"\ntimezone = "Asia/Kolkata"'),
    ("santiago", 'schedule = "0 12 * * *"\ntimezone = "America/Santiago"'),
)


@dataclass(slots=True)
class World:
    """The days as they pass. The servers go by it."""

    day: int = 0
    codes: Counter[int] = field(default_factory=Counter)
    out_of_time: int = 0  # polls that do not stand in their day

    @property
    def now(self) -> datetime:
        return BEGIN + self.day * DAY

    def elapsed(self) -> float:
        return self.day * DAY.total_seconds()


def sources(feeds: Feeds) -> str:
    lines = ['[fetch]\ncontact = "mailto:days@example.org"\ndelay = 0\njitter = 0\nallow_private = ["127.0.0.0/8"]\n']
    for (name, schedule), host in zip(SCHEDULES, feeds.hosts, strict=True):
        lines.append(f'[[outlet]]\nid = "{name}"\n{schedule}\n[[outlet.feed]]\nurl = "http://{host}:{feeds.port}/feed"\nkind = "rss"\n')
    return "\n".join(lines)


def expected(name: str, days: int) -> int:
    """Polls: at the first run, and then at each one that a slot came before."""
    if name != "kolkata-weekdays":
        return days
    slots = (BEGIN + day * DAY - timedelta(hours=23, minutes=30) for day in range(1, days))  # 09:00 there is 03:30 UTC
    return 1 + sum(slot.weekday() < 5 for slot in slots)


def live(folder: Path, world: World, days: int, library: Path) -> None:
    told = time.monotonic()
    for world.day in range(days):
        world.codes[crawl(folder, world.now, library)] += 1
        with closing(sqlite3.connect(folder / "wirecopy.db")) as conn:
            last = conn.execute("SELECT min(polled_at), max(polled_at) FROM polls WHERE run_id = (SELECT max(id) FROM runs)").fetchone()
        world.out_of_time += not (
            f"{world.now:%Y-%m-%dT%H:%M:%SZ}" <= str(last[0]) <= str(last[1]) <= f"{world.now + LATE:%Y-%m-%dT%H:%M:%SZ}"
        )
        if time.monotonic() - told > 60:
            told = time.monotonic()
            print(f"{world.now:%Y-%m-%d}, day {world.day + 1}", flush=True)


def crawl(folder: Path, at: datetime, library: Path) -> int:
    lied_to = {"LD_PRELOAD": str(library), "FAKETIME": f"@{at:%Y-%m-%d %H:%M:%S}", "DONT_FAKE_MONOTONIC": "1", "TZ": "UTC"}
    command = [*here().command, "crawl"]
    return subprocess.run(command, cwd=folder, env=os.environ | lied_to, capture_output=True, check=False, timeout=300).returncode  # noqa: S603


def report(archive: Path, feeds: Feeds, world: World) -> list[str]:
    """What is wrong, after a table of what was seen."""
    days, wrong = world.day + 1, []
    with closing(sqlite3.connect(archive)) as conn:
        polls = dict(
            conn.execute(
                "SELECT o.code, count(*) FROM polls p JOIN feeds f ON f.id = p.feed_id JOIN outlets o ON o.id = f.outlet_id GROUP BY 1"
            )
        )
        stored = [url for (url,) in conn.execute("SELECT p.url FROM pages p JOIN articles a ON a.page_id = p.id WHERE a.text <> ''")]
        sound = conn.execute("PRAGMA integrity_check").fetchone()[0]
    print(f"{'feed':<18} {'polls':>7} {'by the calendar':>16} {'stories':>8} {'missing':>8}")
    for number, (name, _) in enumerate(SCHEDULES):
        published = feeds.stories(number, days)
        missing, wanted = set(published) - set(stored), expected(name, days)
        if name == "kolkata-weekdays" and (unasked := {6: 1, 0: 2}.get(world.now.weekday(), 0)):  # a weekend's are in the feed still
            missing -= set(published[-unasked:])
        print(f"{name:<18} {polls.get(name, 0):7,} {wanted:16,} {len(published):8,} {len(missing):8,}")
        wrong += [f"{name}: {polls.get(name, 0)} polls, {wanted} by the calendar"] * (polls.get(name, 0) != wanted)
        wrong += [f"{name}: {len(missing)} stories are missing"] * bool(missing)
    twice = len(stored) - len(set(stored))
    print(f"{sum(world.codes.values()):,} runs by exit code: {dict(world.codes)}; {twice} stories twice; integrity_check: {sound}")
    wrong += [f"{twice} stories are there twice"] * bool(twice) + [f"integrity_check: {sound}"] * (sound != "ok")
    wrong += [f"the polls of {world.out_of_time} runs stand in another time"] * bool(world.out_of_time)
    return wrong + [f"{count} runs ended with {code}" for code, count in world.codes.items() if code]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faked_clock")
    parser.add_argument("--days", type=int, default=1000)
    asked = parser.parse_args(arguments)
    library = next((path for path in LIBRARIES if path.exists()), None)
    if library is None:
        print("libfaketime is not there: install it first (apt-get install faketime)", file=sys.stderr)
        return 69
    world = World()
    feeds = Feeds(len(SCHEDULES), 0, elapsed=world.elapsed, news=DAY.total_seconds())
    with feeds, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "sources.toml").write_text(sources(feeds))
        live(folder, world, asked.days, library)
        wrong = report(folder / "wirecopy.db", feeds, world)
    print("; ".join(wrong) or "nothing missed, nothing doubled")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
