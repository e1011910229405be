"""Asks the web without an archive: for `wirecopy add` and `wirecopy check`. Stores nothing, takes no lock.

Same client, guard, caps, pace, robots and reading as a crawl's; robots.txt is remembered for one command only.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from types import TracebackType
from typing import Any, Self, TypeVar

from archive.keys import fetch_url, host_of
from archive.model import Capture, CaptureRole, FeedDocument, HostRecord, Lease
from archive.workers import WorkerDied, WorkerPool
from crawler import outcome, polling, redirects, robots
from crawler.client.exchange import Client, Limits
from crawler.guard import Guard, Resolver
from crawler.manners import ACCEPT, user_agent
from crawler.outcome import Outcome, Refusal
from crawler.pace import Held, Pace
from crawler.policy import Policy, public_url
from crawler.robots import Robots, origin_of
from crawler.sources import FeedSpec, Sources

AT_ONCE = 64  # exchanges under way at a time, each with another host
HOLD = 600.0  # seconds after a 429 that does not say for how long
_PERMANENT = frozenset({301, 308})

T = TypeVar("T")
Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of asking for one URL."""

    hops: tuple[Capture, ...] = ()  # in order, the last one is the answer; empty: nothing was dialled
    refusal: Refusal | None = None

    @property
    def body(self) -> bytes:
        """The payload of a successful answer; empty where there is none."""
        good = self.hops and not self.refusal and self.hops[-1].error is None and self.hops[-1].status == 200
        return (self.hops[-1].body or b"") if good else b""


@dataclass(frozen=True, slots=True)
class Polled:
    """A URL that was asked for and read as a feed, as a crawl would."""

    asked: Asked
    judged: Outcome
    document: FeedDocument | None  # None: there was nothing to read

    @property
    def readable(self) -> bool:
        return self.judged.weight == 0 and self.document is not None


class Asker:
    """An asynchronous context manager; belongs to one event loop."""

    def __init__(self, sources: Sources) -> None:
        fetch = sources.fetch
        self.policy = Policy(sources)
        self.pool = WorkerPool(max(1, min(4, (os.cpu_count() or 2) - 1)))
        self.reader = polling.Reader(self.pool, fetch.max_entries)
        self._resolver = Resolver(Guard(fetch.allow_private), timeout=fetch.connect_timeout)
        self._client = Client(self._resolver, user_agent=user_agent(fetch.contact), clock=_now)
        self._pace = Pace(random.Random())  # noqa: S311 - spreads requests, hides nothing
        self._robots = Robots("wirecopy", clock=_now, recall=self._recall, fetch=self._fetch_robots, save=self._save_robots)
        self._hosts: dict[str, HostRecord] = {}
        self._places = asyncio.Semaphore(AT_ONCE)
        self._robots_limits = Limits(fetch.timeout, fetch.connect_timeout, max_size=robots.MAX_BYTES, keep_start=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        async with AsyncExitStack() as end:
            end.callback(self._resolver.close)
            end.push_async_callback(self._client.close)
            end.push_async_callback(self.pool.close)

    # --- what the commands ask ------------------------------------------------------------------------------------

    async def poll(self, outlet: str, feed: FeedSpec, credentials: str | None = None) -> Polled:
        """Polls a feed once, unconditionally, children of a sitemap index included."""
        lease = _lease(outlet, feed)
        asked = await self.fetch(lease.url, outlet, polling.request_fields(lease, credentials))

        async def part(url: str) -> tuple[Capture, ...]:
            return (await self.fetch(url, outlet)).hops

        judged, document, _ = await polling.judge(lease, asked.hops, asked.refusal, self.reader, part)
        return Polled(asked, judged, document)

    async def fetch(self, url: str, outlet: str, fields: Fields = ()) -> Asked:
        """One URL, redirects followed, robots.txt honoured on each hop where the outlet's settings say so."""
        dialled = fetch_url(url)
        if dialled is None:
            return Asked(refusal=Refusal(f"{url[:200]!r} is no web address"))
        return await self._follow(dialled, outlet, "feed", fields)

    async def refusal(self, url: str) -> Refusal | None:
        """What robots.txt has against a URL; None where it has nothing."""
        return await self._robots.refusal(url)

    async def robots_text(self, url: str) -> str:
        """The robots.txt of a URL's host; empty where it has none."""
        await self._robots.refusal(url)
        record = self._hosts.get(origin_of(url))
        return robots.text_of(record.robots_text or b"") if record else ""

    async def read(self, function: Callable[..., T], *arguments: Any, otherwise: T) -> T:
        """Runs a pure reader of untrusted bytes in a worker; `otherwise` is the answer where the worker dies of them."""
        try:
            return await self.pool.call(function, *arguments)
        except (WorkerDied, RuntimeError):
            return otherwise

    # --- hop by hop -----------------------------------------------------------------------------------------------

    async def _follow(self, url: str, outlet: str, role: CaptureRole, fields: Fields = ()) -> Asked:
        hops: tuple[Capture, ...] = ()
        polite = self.policy.politeness(outlet)
        while True:
            try:
                if role != "robots" and polite.robots and (refusal := await self._robots.refusal(url, outlet)):
                    return Asked(hops, refusal)
                capture = await self._exchange(url, outlet, role, fields)
            except Held as held:
                return Asked(hops, Refusal(str(held), passing=True))
            if not redirects.leads_on(capture):
                return Asked((*hops, capture))
            try:
                onward = redirects.target(capture, hops)
            except ValueError as problem:
                return Asked((*hops, replace(capture, error=str(problem))))
            hops = (*hops, capture)
            fields = fields if redirects.same_origin(url, onward) else ()  # credentials are for their own origin
            url = onward

    async def _exchange(self, url: str, outlet: str, role: CaptureRole, fields: Fields) -> Capture:
        of_robots = role == "robots"
        limits = self.policy.limits(outlet)
        if of_robots:
            limits = replace(self._robots_limits, verify_tls=limits.verify_tls)
        delay = self.policy.politeness(outlet).delay if of_robots else await self._delay(outlet, url)
        async with self._pace.turn(host_of(url), delay) as sending, self._places:
            capture = await self._client.exchange(url, role, accept=ACCEPT[role], limits=limits, extra=fields, sending=sending)
        if capture.status == 429:
            until = outcome.retry_after(capture, _now())
            seconds = (until - _now()).total_seconds() if until else HOLD
            self._pace.hold(host_of(url), seconds, f"{host_of(url)} answered 429 Too Many Requests")
        return capture

    async def _delay(self, outlet: str, url: str) -> float:
        polite = self.policy.politeness(outlet)
        return max(polite.delay, await self._robots.crawl_delay(url, outlet)) if polite.robots else polite.delay

    # --- robots.txt, remembered for this command ------------------------------------------------------------------

    async def _recall(self, host: str) -> HostRecord:
        return self._hosts.get(host) or HostRecord(host)

    async def _save_robots(self, record: HostRecord, _: tuple[Capture, ...]) -> None:
        self._hosts[record.host] = record

    async def _fetch_robots(self, url: str, outlet: str) -> tuple[Capture, ...]:
        asked = await self._follow(url, outlet, "robots")
        if asked.refusal:
            return (*asked.hops, Capture(url=url, role="robots", fetched_at=_now(), error=asked.refusal.reason))
        last = asked.hops[-1]
        # A chain of redirects that leads nowhere counts as "no robots.txt".
        return (*asked.hops[:-1], replace(last, error=None) if redirects.leads_on(replace(last, error=None)) else last)


def moved_to(hops: tuple[Capture, ...]) -> str | None:
    """Where the URL has moved for good (301, 308), through all its permanent hops; None where it has not."""
    url = None
    for hop, onward in pairwise(hops):
        if hop.status not in _PERMANENT:
            break
        url = onward.url
    return url


def _lease(outlet: str, feed: FeedSpec) -> Lease:
    """A lease on a feed of which nothing is known yet."""
    return Lease(0, 0, outlet, public_url(feed.url), feed.kind, None, None, None, None, None, None, 0.0)


def _now() -> datetime:
    return datetime.now(UTC)
