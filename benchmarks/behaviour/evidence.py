"""What the judge has before it: the log of requests, the runs, and plain SQL over the archive. Knows no planner."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from benchmarks.behaviour.asked import Asked, Behaviour

REDIRECTS = frozenset({301, 302, 303, 307, 308})
Row = dict[str, Any]
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Feed:
    """One configured feed."""

    url: str  # without credentials, as the archive knows it
    behaviour: Behaviour
    moves_to: str | None = None  # where it moves for good

    @property
    def name(self) -> str:
        return self.behaviour.id

    @property
    def addresses(self) -> tuple[str, ...]:
        return (self.url,) if self.moves_to is None else (self.url, self.moves_to)


@dataclass(frozen=True, slots=True)
class Run:
    """One run, as the driver saw it."""

    number: int
    id: int | None  # in the archive
    at: datetime  # simulated start
    seconds: float  # it took
    killed: bool = False
    catching_up: bool = False  # the first one after an outage
    due: frozenset[str] = frozenset()  # URLs of the feeds that were due before it
    exit_code: int = 0
    known: tuple[Row, ...] = ()  # after a kill: url, etag, last_modified of each feed in the archive


@dataclass(frozen=True, slots=True)
class Ask:
    """One attempt at a feed: its requests in order, redirects followed, and the archive's record of it."""

    requests: tuple[Asked, ...]
    poll: Row | None  # None: the run was killed before it was on record

    @property
    def first(self) -> Asked:
        return self.requests[0]

    @property
    def last(self) -> Asked:
        return self.requests[-1]

    @property
    def at(self) -> datetime:
        return self.requests[0].at

    @property
    def sent(self) -> tuple[str | None, str | None]:
        return self.first.get("If-None-Match"), self.first.get("If-Modified-Since")

    @property
    def conditional(self) -> bool:
        return self.sent != (None, None)

    @property
    def good(self) -> bool:
        """Whether it brought a feed that can be read, whole."""
        return self.last.reply.said is not None and self.last.reply.status == 200 and not self.last.reply.cut

    @property
    def failed(self) -> bool:
        return not self.good and not (self.last.reply.status == 304 and self.conditional)


@dataclass
class Evidence:
    """All times are simulated unless they say otherwise."""

    archive: Path
    start: datetime
    end: datetime  # of the days that are looked at closely; what comes later is the look a month on
    tick: timedelta
    feeds: list[Feed] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    outages: list[Span] = field(default_factory=list)
    connections: dict[str, int] = field(default_factory=dict)  # address -> how often it was dialled
    private: str = ""  # the address that may not be
    warnings: tuple[str, ...] = ()  # what a person is told of the configuration
    status: str = ""  # what `wirecopy status` showed at the end
    settings: dict[str, float] = field(default_factory=dict)  # of [fetch]: delay, timeout, max_size
    contact: str = ""

    def rows(self, sql: str, *values: object) -> list[Row]:
        with closing(sqlite3.connect(f"file:{self.archive}?mode=ro", uri=True)) as conn:
            conn.row_factory = sqlite3.Row
            return [dict(row) for row in conn.execute(sql, values)]

    def column(self, sql: str, *values: object) -> list[Any]:
        return [next(iter(row.values())) for row in self.rows(sql, *values)]

    def of(self, *names: str) -> list[Feed]:
        """The feeds of outlets, by id; those that take no part are left out."""
        return [feed for feed in self.feeds if feed.name in names]

    def day(self, at: datetime) -> str:
        """As a person reads it: day 0 is the first."""
        since = at - self.start
        return f"day {since.days} {at:%H:%M}"

    def silent(self, one: datetime, other: datetime) -> bool:
        """Whether an outage lies between the two."""
        return any(one < until and other > since for since, until in self.outages)

    # --- the log, put together ----------------------------------------------------------------------------------------

    @cached_property
    def of_run(self) -> dict[int, Run]:
        return {run.number: run for run in self.runs}

    @cached_property
    def chains(self) -> list[tuple[Asked, ...]]:
        """Requests with the redirects that they were led on by, run by run."""
        chains: list[list[Asked]] = []
        led: dict[tuple[int, str], list[list[Asked]]] = defaultdict(list)
        for one in sorted(self.asked, key=lambda asked: (asked.run, asked.began)):
            waiting = led[one.run, one.url]
            chain = waiting.pop(0) if waiting else list[Asked]()
            if not chain:
                chains.append(chain)
            chain.append(one)
            if (onward := leads_to(one)) is not None:
                led[one.run, onward].append(chain)
        return [tuple(chain) for chain in chains]

    @cached_property
    def polls(self) -> dict[tuple[int, str], Row]:
        """The archive's record of attempts, by run (of the archive) and feed."""
        rows = self.rows("SELECT p.*, f.url FROM polls p JOIN feeds f ON f.id = p.feed_id ORDER BY p.id")
        return {(row["run_id"], row["url"]): row for row in rows}

    @cached_property
    def _asks(self) -> dict[str, list[Ask]]:
        feeds = {address: feed for feed in self.feeds for address in feed.addresses}
        found: dict[str, list[Ask]] = defaultdict(list)
        for chain in self.chains:
            feed = feeds.get(chain[0].url)
            if feed is not None:
                run = self.of_run.get(chain[0].run)
                found[feed.url].append(Ask(chain, self.polls.get((run.id, feed.url)) if run and run.id is not None else None))
        return found

    def asks(self, feed: Feed) -> list[Ask]:
        """All attempts at a feed that sent a request, in order."""
        return self._asks[feed.url]

    def pairs(self, feed: Feed) -> list[tuple[Ask, Ask]]:
        """Attempts at a feed and the next ones; without those that a kill kept from the record."""
        pairs = pairwise(self.asks(feed))
        return [(one, later) for one, later in pairs if one.poll is not None and one.first.run != later.first.run]


def leads_to(asked: Asked) -> str | None:
    location = asked.told("Location")
    return urljoin(asked.url, location) if asked.reply.status in REDIRECTS and location else None
