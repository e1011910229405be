"""The feeds and the machine of `benchmarks.thousand_days`: servers that answer by a simulated clock, and runs that poll them.

A run is what `wirecopy crawl` does, without the network: the store's own queue, `crawler.claims`, `crawler.polling`, `scheduler.plan`. Only
the exchange itself is made up, and is not recorded: a million of them would be most of the file.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, TypeVar

from archive.lock import run_lock
from archive.model import Capture, Lease, Poll
from archive.store import feeds, runs
from archive.store.connect import Store, open_store
from archive.times import from_iso
from archive.workers import WorkerPool
from crawler import polling
from crawler.claims import next_batch
from crawler.enrol import enrol
from crawler.policy import Policy
from crawler.sources import Sources, parse
from scheduler.plan import next_poll, put_off

BEGIN = datetime(2026, 3, 27, tzinfo=UTC)  # two days before summer time begins in Berlin
TICK = timedelta(minutes=1)  # how often the machine's timer looks
LISTED = 10  # entries in a document
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Case:
    """A feed: what sources.toml says of it, and how its server behaves."""

    name: str
    settings: str = ""  # lines of its outlet in sources.toml
    brings: timedelta | None = None  # from one entry to the next; None: it never changes
    validators: bool = True
    down: tuple[timedelta, timedelta] | None = None  # (how often, how long) it answers 503 with a Retry-After

    @property
    def url(self) -> str:
        return f"https://{self.name}.example/rss"

    def down_until(self, at: datetime) -> datetime | None:
        """When the server is up again; None while it is."""
        if self.down is None:
            return None
        every, lasts = self.down
        begun = BEGIN + (at - BEGIN) // every * every
        return begun + lasts if begun + lasts > at and begun > BEGIN else None


MINUTES, HOURS, DAYS = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CASES = (
    Case("berlin-night", 'schedule = "30 2 * * *"\ntimezone = "Europe/Berlin"'),
    Case("berlin-halves", 'schedule = "*/30 * * * *"\ntimezone = "Europe/Berlin"'),
    Case("new-york-night", 'schedule = "30 1 * * *"\ntimezone = "America/New_York"'),
    Case("new-york-early", 'schedule = "15 2 * * *"\ntimezone = "America/New_York"\njitter = 0'),
    Case("lord-howe", 'schedule = "45 1,2 * * *"\ntimezone = "Australia/Lord_Howe"'),
    Case("lord-howe-quiet", 'schedule = "0 * * * *"\ntimezone = "Australia/Lord_Howe"\nquiet = "23:30-05:15"\njitter = 0'),
    Case("santiago-midnight", 'schedule = "0 0 * * *"\ntimezone = "America/Santiago"'),
    Case("kolkata-office", 'schedule = "*/20 9-17 * * 1-5"\ntimezone = "Asia/Kolkata"\njitter = "5m"'),
    Case("utc-down", 'schedule = "5 */2 * * *"', down=(9 * DAYS, 7 * HOURS)),
    Case("quarterly", 'schedule = "15m"'),
    Case(
        "hourly-quiet", 'schedule = "1h"\ntimezone = "America/New_York"\nquiet = ["22:00-06:00", "12:00-12:45"]', down=(7 * DAYS, 5 * HOURS)
    ),
    Case("daily", 'schedule = "1d"'),
    Case("busy", brings=45 * MINUTES),
    Case("slow-quiet", 'timezone = "Europe/Berlin"\nquiet = "01:00-05:00"\njitter = "2m"', brings=6 * HOURS, down=(11 * DAYS, 2 * DAYS)),
    Case("without-validators", brings=DAYS, validators=False),
)


def sources() -> Sources:
    blocks = (f'[[outlet]]\nid = "{case.name}"\n{case.settings}\n[[outlet.feed]]\nurl = "{case.url}"\n' for case in CASES)
    return parse("\n".join(blocks))


# --- the servers ----------------------------------------------------------------------------------------------------------


def answer(case: Case, lease: Lease, at: datetime) -> Capture:
    """What the server says to this poll."""
    until = case.down_until(at)
    if until is not None:
        return _said(case, at, 503, f"Retry-After: {math.ceil((until - at).total_seconds())}", b"down")
    newest = int((at - BEGIN) / case.brings) + LISTED if case.brings else 0
    etag = f'"{newest}"'
    if case.validators and lease.etag == etag:
        return _said(case, at, 304, f"ETag: {etag}", b"")
    return _said(case, at, 200, f"ETag: {etag}" if case.validators else "Server: plain", _document(case, newest))


def _said(case: Case, at: datetime, status: int, field: str, body: bytes) -> Capture:
    head = f"HTTP/1.1 {status} So\r\nContent-Type: application/rss+xml\r\n{field}\r\n\r\n".encode()
    return Capture(case.url, "feed", at, response_head=head, status=status, body=body, mime="application/rss+xml")


def _document(case: Case, newest: int) -> bytes:
    items = "".join(
        f"<item><title>Story {n}</title><link>https://{case.name}.example/story/{n}</link><guid>{case.name}-{n}</guid>"
        f"<pubDate>{format_datetime(BEGIN + (n - LISTED) * (case.brings or DAYS))}</pubDate></item>"
        for n in range(newest, max(0, newest - LISTED), -1)
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>{case.name}</title>{items}</channel></rss>".encode()


# --- the machine ----------------------------------------------------------------------------------------------------------


class Here(WorkerPool):
    """Reads documents in this process: they are our own."""

    def __init__(self) -> None:
        """Starts no worker."""

    async def call(self, function: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
        return function(*args, **kwargs)


READER = polling.Reader(Here(), 2000)
_CASES = {case.url: case for case in CASES}


def machine(archive: Path, begin: datetime, end: datetime, tell: Callable[[datetime], object]) -> None:
    """The machine from `begin` on: each time something is due, the next tick makes a run. Knows nothing but what the archive holds.

    One that is started at the end or later makes one run, so that what a killed one left is taken up.
    """
    known, rng = sources(), random.Random()  # noqa: S311 - spreads polls, hides nothing
    policy, now = Policy(known), begin
    with open_store(archive, create=True) as store:
        enrol(store, known, now)
        while True:
            tell(now)
            with run_lock(archive, wait=10.0):
                run(store, policy, now, rng)
            now = max(now + TICK, on_a_tick(from_iso(feeds.due_at(store) or "")))
            if now >= end:
                return


def on_a_tick(at: datetime) -> datetime:
    return BEGIN + math.ceil((at - BEGIN) / TICK) * TICK


def run(store: Store, policy: Policy, now: datetime, rng: random.Random) -> None:
    """One run, as `scheduler.run` and the crawl make it."""
    run_id = runs.begin(store, trigger="daemon", software="thousand_days", now=now)
    feeds.release_crashed(store, run_id)
    seconds = 0
    while (batch := _claimed(store, run_id, policy, now, rng)) is not None:
        for lease in batch:
            seconds += 1
            done = poll(lease, policy, now + timedelta(seconds=seconds), rng)
            with store.transaction():
                feeds.complete(store, run_id, done, wanted)
    runs.finish(store, run_id, status="ok", now=now + timedelta(seconds=seconds))


def _claimed(store: Store, run_id: int, policy: Policy, now: datetime, rng: random.Random) -> list[Lease] | None:
    with store.transaction():
        return next_batch(store, run_id, began=now, now=now, policy=policy, gate=put_off, rng=rng)


def poll(lease: Lease, policy: Policy, now: datetime, rng: random.Random) -> Poll:
    asked = polling.as_asked(lease, now)
    hops = (answer(_CASES[lease.url], asked, now),)
    judged, document, parts = _at_once(polling.judge(asked, hops, None, READER, _nothing_more))
    done = polling.poll_of(
        asked, hops, judged, document, parts, planner=next_poll, rhythm=policy.rhythm(lease.outlet, lease.url), now=now, rng=rng
    )  # fmt: skip
    return replace(done, captures=())


def wanted(url: str) -> bool:
    """No page is fetched here."""
    return not url


async def _nothing_more(url: str) -> tuple[Capture, ...]:
    raise AssertionError(f"nothing leads to {url}")


def _at_once(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    raise AssertionError("it waits for something")
