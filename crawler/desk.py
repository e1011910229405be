"""The desk: what all parts of one crawl share. Opened before the crawl, closed after it; decides nothing itself."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from archive.errors import ArchiveError
from archive.keys import host_of
from archive.lock import run_lock
from archive.model import Capture, HostRecord, Lease, PageTask
from archive.passes import Cleaned, clean_pending
from archive.store import clean_queue, hosts, pages, runs
from archive.store.connect import Store, open_reader, open_store
from archive.workers import WorkerPool
from archive.writer import Writer
from crawler import outcome, redirects, robots
from crawler.claims import next_batch
from crawler.client.exchange import Client, Limits
from crawler.discover.links import absolute
from crawler.enrol import begin
from crawler.facts import Gate
from crawler.guard import Guard, Resolver
from crawler.manners import ACCEPT, user_agent
from crawler.pace import Held, Pace
from crawler.patience import Patience
from crawler.policy import Policy
from crawler.robots import Robots
from crawler.sources import Sources, load

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

PAGES_AT_ONCE = 500  # due pages taken from the queue at a time
SOON_READ, SOON = 100, 5.0  # pages, seconds: what is cleaned before the crawl ends. Most runs bring less, and need no further worker then
HOLD = timedelta(minutes=10)  # after a 429 that does not say for how long
ALL_RUN = timedelta(days=30)  # longer than any run

T = TypeVar("T")
Tell = Callable[[dict[str, Any]], None]


def desk_of(crawler: Crawler) -> Desk:
    """The desk of a running crawl."""
    desk = getattr(crawler.spider, "desk", None)
    assert isinstance(desk, Desk)  # noqa: S101 - the spider opens it before anything else runs
    return desk


def _tell_nobody(event: dict[str, Any]) -> None:
    del event


class Desk:
    """Writer, workers, client, pace and robots of one run. Belongs to one event loop."""

    def __init__(
        self, archive: Path, sources: Sources, run_id: int, *, jobs: int = 1, every: bool = False, recheck: bool = False,
        outlets: frozenset[str] | None = None,
        tell: Tell = _tell_nobody, ahead: timedelta = timedelta(0),
        backfill: frozenset[str] = frozenset(), most_pages: int = 0,
    ) -> None:  # fmt: skip
        self.archive, self.run_id, self.every, self.recheck, self.outlets = archive, run_id, every, recheck, outlets
        self._ahead = ahead  # of the machine's clock: for simulations
        self.backfill, self.most_pages = backfill, most_pages  # outlets whose past is read as well, and how much of it
        self.policy = Policy(sources)
        self.max_entries = sources.fetch.max_entries
        self.second_try = sources.fetch.second_try
        self.tell = tell
        self.end = ExitStack()  # what has to be undone at the very end
        self.on_failure: Callable[[], None] = lambda: None
        self.rng = random.Random()  # noqa: S311 - spreads requests, hides nothing
        self.writer = Writer(archive)
        self.reader = open_reader(archive)
        self.begun = runs.begun(self.reader, run_id)
        self.pool = WorkerPool(jobs)
        fetch = sources.fetch
        self._resolver = Resolver(Guard(fetch.allow_private), timeout=fetch.connect_timeout)
        self.client = Client(self._resolver, user_agent=user_agent(fetch.contact), clock=self.clock)
        self.pace, self._patience = Pace(self.rng), Patience()
        self.robots = Robots("wirecopy", clock=self.clock, recall=self._recall, fetch=self._fetch_robots, save=self._save_robots)
        self.under_way: set[asyncio.Future[Any]] = set()
        self.stopping = False
        self.failure: ArchiveError | None = None
        self._known_hosts: set[str] = set()
        self._asked_once: set[str] = set()  # hosts with a Crawl-delay of hours that were asked for something in this run
        self._robots_limits = Limits(fetch.timeout, fetch.connect_timeout, max_size=robots.MAX_BYTES, keep_start=True)
        self._cleaning: asyncio.Task[Cleaned] | None = None
        self._news = asyncio.Event()
        self._fetching = True

    def clock(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    # --- what is due ----------------------------------------------------------------------------------------------

    async def claim(self, gate: Gate) -> list[Lease] | None:
        """The next batch of feeds to poll, less those whose quiet hours have begun; None: this run has nothing more to claim.

        What is due is judged by the time when the run began, so that a run ends.
        """
        if self.stopping:
            return None
        return await self.write(
            lambda store: next_batch(
                store, self.run_id, began=self.begun, now=self.clock(), policy=self.policy, gate=gate, rng=self.rng, every=self.every,
                outlets=self.outlets,
            )
        )  # fmt: skip

    def due_pages(self, last: int) -> Iterator[PageTask]:
        """Pages up to id `last` that were queued by earlier runs, or failed and are due for another try."""
        after, now = 0, self.clock()
        while tasks := pages.due(self.reader, now, limit=PAGES_AT_ONCE, after=after, all_failed=self.every, all_stored=self.recheck):
            after = tasks[-1].page_id
            yield from (task for task in tasks if task.page_id <= last and (self.outlets is None or task.outlet in self.outlets))

    def last_page(self) -> int:
        return pages.last_id(self.reader)

    # --- politeness -------------------------------------------------------------------------------------------------

    async def delay(self, outlet: str, url: str, *, onward: bool = False) -> float:
        """Seconds between two requests to the URL's host; `onward`: a redirect led here. Raises Held where it is to be left alone:
        a former run was told to keep away for long, or its Crawl-delay is more than a run waits, and this one has asked for something.
        """
        host = urlsplit(url).hostname or ""
        await self._remember_hold(host)
        polite = self.policy.politeness(outlet)
        if not polite.robots:
            return polite.delay
        if await self.robots.asks_for_hours(url, outlet) and not onward:
            if host in self._asked_once:
                raise Held(f"robots.txt of {host} wants one request in more than {robots.MAX_CRAWL_DELAY:g} s")
            self._asked_once.add(host)
            return polite.delay
        return max(polite.delay, await self.robots.crawl_delay(url, outlet))

    async def news_sitemaps(self, outlet: str, url: str) -> tuple[str, ...]:
        """The sitemaps of news that the robots.txt of the URL's host names; none where it is not asked, or its host holds us off."""
        if not self.policy.politeness(outlet).robots:
            return ()
        try:
            named = [absolute(one, url) for one in await self.robots.sitemaps(url, outlet)]
        except Held:
            return ()
        return tuple(dict.fromkeys(one for one in named if one and "news" in urlsplit(one).path.lower()))

    async def heed(self, answer: Capture) -> None:
        """A 429 holds the whole host, in this run and later ones (RFC 6585): until Retry-After, else for `HOLD`.

        One that turns page after page away is left alone for the rest of this run.
        """
        if answer.status == 429:
            now, host = self.clock(), urlsplit(answer.url).hostname or ""
            await self._hold(host, outcome.retry_after(answer, now) or now + HOLD)
        if reason := self._patience.worn_out_by(answer):
            self.pace.hold(host_of(answer.url), ALL_RUN.total_seconds(), reason)
            self.tell({"event": "left", "url": answer.url, "error": reason})

    async def _hold(self, host: str, until: datetime) -> None:
        reason = f"{host} answered 429 Too Many Requests and holds us off until {until:%Y-%m-%d %H:%M} UTC"
        self.pace.hold(host, (until - self.clock()).total_seconds(), reason)
        await self.write(lambda store: hosts.hold(store, host, until=until, reason=reason))

    async def _remember_hold(self, host: str) -> None:
        if host in self._known_hosts:
            return
        self._known_hosts.add(host)
        record = hosts.recall(self.reader, host)
        if record.not_before and record.not_before > self.clock():
            self.pace.hold(host, (record.not_before - self.clock()).total_seconds(), record.reason or "held")

    # --- the archive ----------------------------------------------------------------------------------------------

    async def write(self, operation: Callable[[Store], T]) -> T:
        """Runs an operation in the writer's thread; returns when it is committed. Raises ArchiveError: the run has to end then."""
        future: Future[T] | None = self.writer.offer(operation)
        if future is None:
            future = await asyncio.to_thread(self.writer.submit, operation)
        try:
            return await asyncio.wrap_future(future)
        except ArchiveError as problem:
            if self.failure is None:
                self.failure = problem
                self.on_failure()
            raise

    # --- robots.txt -----------------------------------------------------------------------------------------------

    async def _recall(self, host: str) -> HostRecord:
        return hosts.recall(self.reader, host)

    async def _save_robots(self, record: HostRecord, hops: tuple[Capture, ...]) -> None:
        await self.write(lambda store: hosts.save_robots(store, self.run_id, record, hops))

    async def _fetch_robots(self, url: str, outlet: str) -> tuple[Capture, ...]:
        """Raises Held where the host itself holds us off: what waits for its rules is left for a later run then."""
        hops: tuple[Capture, ...] = ()
        limits = replace(self._robots_limits, verify_tls=self.policy.limits(outlet).verify_tls)
        while True:
            host = urlsplit(url).hostname or ""
            await self._remember_hold(host)
            try:
                async with self.pace.turn(host, self.policy.politeness(outlet).delay) as sending:
                    capture = await self.client.exchange(url, "robots", accept=ACCEPT["robots"], limits=limits, sending=sending)
                    await self.heed(capture)
            except Held as held:
                if not hops:
                    raise
                return (*hops, Capture(url=url, role="robots", fetched_at=self.clock(), error=str(held)))
            if not redirects.leads_on(capture):
                return (*hops, capture)
            try:
                url = redirects.target(capture, hops)
            except ValueError:
                return (*hops, capture)  # a chain that leads nowhere counts as "no robots.txt"
            hops = (*hops, capture)

    # --- cleaning while fetching ------------------------------------------------------------------------------------

    def start_cleaning(self) -> None:
        """Begins to read what is stored, beside the fetching; what is left over is for after the crawl."""
        self._cleaning = asyncio.ensure_future(
            clean_pending(
                self.archive,
                self.writer,
                self.pool,
                run_id=self.run_id,
                more=self._more,
                again=False,
                tell=self._tell_cleaned,
                clock=self.clock,
            )
        )

    def stored(self) -> None:
        """A page was stored: there is something to clean."""
        self._news.set()

    async def _more(self) -> bool:
        if not self._fetching:
            return False
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), 1.0)
        self._news.clear()
        return self._fetching

    def _tell_cleaned(self, cleaned: Cleaned) -> None:
        self.tell({"event": "cleaned", "done": cleaned.done})

    # --- the end --------------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """Lets go of what is being fetched: those errands stay for the next run."""
        self.stopping = True
        self._fetching = False
        for exchange in list(self.under_way):
            exchange.cancel()

    async def close(self) -> None:
        """Writes what waits and ends workers and connections."""
        self._fetching = False
        self._news.set()
        if self._cleaning is not None:
            await self._end_cleaning(self._cleaning)
        await self.pool.close()
        await self.client.close()
        self._resolver.close()
        await asyncio.to_thread(self.writer.close)
        self.reader.close()
        self.end.close()

    async def _end_cleaning(self, cleaning: asyncio.Task[Cleaned]) -> None:
        """Lets it finish where little waits, since the workers are up; else it stops after the pages at hand, and the rest is for later."""
        if not self.stopping and self.failure is None and clean_queue.waiting(self.reader, again=False) <= SOON_READ:
            await asyncio.wait([cleaning], timeout=SOON)
        cleaning.cancel()
        await asyncio.gather(cleaning, return_exceptions=True)


def open_alone(settings: BaseSettings, *, every: bool) -> Desk:
    """A desk for `scrapy crawl wire`: takes the run lock until its end, begins a run. Raises WirecopyError."""
    archive, sources = Path(settings["WIRECOPY_ARCHIVE"]), load(Path(settings["WIRECOPY_SOURCES"]))
    with ExitStack() as undo:
        undo.enter_context(run_lock(archive))
        with open_store(archive, create=True) as store:
            run_id = begin(store, sources, trigger="scrapy", now=datetime.now(UTC))
        desk = Desk(archive, sources, run_id, every=every)
        desk.end.callback(_finish, archive, run_id)
        desk.end.push(undo.pop_all())
    return desk


def _finish(archive: Path, run_id: int) -> None:
    with open_store(archive) as store:
        runs.finish(store, run_id, status="ok", now=datetime.now(UTC))
