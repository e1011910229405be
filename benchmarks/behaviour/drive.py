"""Drives the poller through simulated weeks: a look every tick, a run when something is due, some of them killed, and an outage."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.store import feeds, pages
from archive.store.connect import open_reader
from benchmarks.behaviour.clock import Clock
from benchmarks.behaviour.evidence import Evidence, Row, Run, Span
from benchmarks.behaviour.web import Web
from scheduler.run import Options, run

MONTH = timedelta(days=32)  # after the start: a last look, at what was to rest for a month
KILLS = ((0.0, 3), (0.15, 1), (0.35, 6), (0.5, 2), (0.62, 4))  # (share of the days, the request of a run at which it is killed)
OUTAGE = (0.7, timedelta(days=2))  # (share of the days, length; less in short simulations)
_KNOWN = "SELECT url, etag, last_modified FROM feeds"
Progress = Callable[[str], None]


@dataclass
class Driver:
    """One simulation. What it does is on record in `runs`."""

    web: Web
    clock: Clock
    folder: Path
    days: float
    tick: timedelta
    progress: Progress
    kills: list[tuple[datetime, int]] = field(default_factory=list)
    outages: list[Span] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)

    @property
    def archive(self) -> Path:
        return self.folder / "wirecopy.db"

    @property
    def end(self) -> datetime:
        return self.clock.start + timedelta(days=self.days)

    def go(self) -> None:
        start, whole = self.clock.start, timedelta(days=self.days)
        self.kills = [(start + share * whole, nth) for share, nth in KILLS]
        since = start + OUTAGE[0] * whole
        self.outages = [(since, since + min(OUTAGE[1], 0.15 * whole)), (self.end, start + MONTH)]
        began = time.monotonic()
        for at in self._ticks():
            self.clock.set(at)
            if self._is_due(at):
                self._look(at)
                self.progress(self._line(at, time.monotonic() - began))

    def _ticks(self) -> Iterator[datetime]:
        """Every tick of the days but those of the outage, and three looks after a month."""
        at = self.clock.start
        while at < self.end:
            if not any(since <= at < until for since, until in self.outages):
                yield at
            at += self.tick
        for hours in (1, 3, 3.1):
            yield self.clock.start + MONTH + timedelta(hours=hours)

    def _is_due(self, now: datetime) -> bool:
        if not self.archive.exists():
            return True
        with closing(open_reader(self.archive)) as store:
            return feeds.count_due(store, now) + pages.count_due(store, now) > 0

    def _look(self, at: datetime) -> None:
        """One run; two where the first one is killed."""
        if self.kills and at >= self.kills[0][0]:
            since, nth = self.kills.pop(0)
            if not self._killed(at, nth):  # a run with fewer requests: it was a whole one
                self.kills.insert(0, (since, max(1, nth - 1)))
                return
            self.clock.set(at + timedelta(minutes=1))
        self._run(self.clock.now())

    # --- runs -----------------------------------------------------------------------------------------------------------

    def _options(self) -> Options:
        return Options(self.archive, self.folder / "sources.toml", ahead=self.clock.ahead, wait=10, log_level="CRITICAL")

    def _run(self, at: datetime) -> None:
        due, number, began = self._due(at), len(self.runs), time.monotonic()
        self.web.begin(number)
        result = run(self._options(), lambda _: None)
        seconds = time.monotonic() - began
        self.web.settle()
        self.runs.append(Run(number, self._last_id(), at, seconds, False, self._catching_up(at), due, result.exit_code))

    def _killed(self, at: datetime, nth: int) -> bool:
        """A run that is killed, with all its processes, at its nth request; False where it had fewer."""
        due, number, began = self._due(at), len(self.runs), time.monotonic()
        self.web.begin(number)
        command = [sys.executable, "-m", "benchmarks.behaviour.once", *map(str, self._arguments())]
        child = subprocess.Popen(command, start_new_session=True)  # noqa: S603 - our own module

        def kill(count: int) -> None:
            if count == nth:
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)

        self.web.hook = kill
        code = child.wait()
        self.web.settle()
        self.web.hook = None
        killed = code == -signal.SIGKILL
        self.runs.append(
            Run(
                number, self._last_id(), at, time.monotonic() - began, killed, self._catching_up(at), due, 0 if killed else code,
                tuple(self._rows(_KNOWN)) if killed else (),
            )
        )  # fmt: skip
        return killed

    def _arguments(self) -> tuple[object, ...]:
        options = self._options()
        return options.archive, options.sources, options.ahead.total_seconds()

    # --- what the archive says ----------------------------------------------------------------------------------------

    def _rows(self, sql: str, *values: object) -> list[Row]:
        if not self.archive.exists():
            return []
        with closing(sqlite3.connect(f"file:{self.archive}?mode=ro", uri=True)) as conn:
            conn.row_factory = sqlite3.Row
            return [dict(row) for row in conn.execute(sql, values)]

    def _due(self, at: datetime) -> frozenset[str]:
        now = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        sql = "SELECT url FROM feeds WHERE active AND next_poll_at <= ? AND (not_before IS NULL OR not_before <= ?)"
        return frozenset(row["url"] for row in self._rows(sql, now, now))

    def _last_id(self) -> int | None:
        rows = self._rows("SELECT max(id) AS id FROM runs")
        return rows[0]["id"] if rows else None

    def _catching_up(self, at: datetime) -> bool:
        last = self.runs[-1].at if self.runs else None
        return last is not None and any(last < until <= at for _, until in self.outages)

    def _line(self, at: datetime, seconds: float) -> str:
        since = at - self.clock.start
        return f"day {since.days:2} {at:%H:%M}  {len(self.runs)} runs, {len(self.web.asked)} requests, {seconds:.0f} s"

    def evidence(self) -> Evidence:
        return Evidence(
            self.archive, self.clock.start, self.end, self.tick, asked=list(self.web.asked), runs=self.runs, outages=self.outages,
            connections=dict(self.web.connections),
        )  # fmt: skip
