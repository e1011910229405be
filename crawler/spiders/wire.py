"""The one spider: poll > discover > fetch. It parses nothing itself; what it stores goes through the desk.

`scrapy crawl wire` polls what is due of ./sources.toml into ./wirecopy.db; `-a every=1` polls everything. `wirecopy crawl` runs it too.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from scrapy.utils.misc import load_object

from archive.model import BackfillStep, Capture, FeedDocument, Lease, PageTask, Poll, Visit
from archive.store import entries, feeds, pages
from archive.store.connect import Store
from crawler import gaps, moves, onward, outcome, polling, redirects
from crawler.desk import PAGES_AT_ONCE, Desk, open_alone
from crawler.errand import Errand, WireResponse
from crawler.facts import Gate, Planner, validators
from crawler.middlewares import count_bug
from crawler.recheck import next_check
from crawler.second import SecondTries
from crawler.walker import Walker


async def _nothing() -> AsyncIterator[PageTask]:
    return
    yield


class WireSpider(Spider):
    """Claims feeds batch by batch and polls them, reads their links in workers, fetches new pages and those due for another try."""

    name = "wire"

    def __init__(self, desk: Desk, planner: Planner, gate: Gate, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.desk = desk
        self.planner, self.gate = planner, gate
        self.reader = polling.Reader(desk.pool, desk.max_entries)
        self.second = SecondTries(desk.second_try)
        self.walker = Walker(desk, desk.backfill, desk.most_pages) if desk.backfill else None
        self._asking_again: asyncio.TimerHandle | None = None
        self._handed: set[int] = set()  # pages that were handed out to be fetched in this run

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, desk: Desk | None = None, **kwargs: Any) -> Self:
        desk = desk or open_alone(crawler.settings, every=bool(kwargs.pop("every", False)))
        planner, gate = (load_object(crawler.settings[name]) for name in ("WIRECOPY_PLANNER", "WIRECOPY_GATE"))
        spider = super().from_crawler(crawler, *args, desk=desk, planner=planner, gate=gate, **kwargs)
        crawler.signals.connect(spider.ask_again, signal=signals.spider_idle)
        crawler.signals.connect(spider.close_desk, signal=signals.spider_closed)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        try:
            async for request in self._requests():
                yield request
        except Exception:  # Scrapy logs it, and ends as if all had been done
            count_bug(self.crawler)
            raise

    async def _requests(self) -> AsyncIterator[Request]:
        self.desk.start_cleaning()
        waiting = self.desk.due_pages(self.desk.last_page())  # pages beyond it are brought by this run's own polls
        leases: list[Lease] | None = []
        tasks: list[PageTask] = []
        while leases is not None or tasks:
            leases, tasks = await self.desk.claim(self.gate), list(islice(waiting, PAGES_AT_ONCE))
            for lease in leases or ():
                yield self.feed_request(lease)
            for task in filter(self._first, tasks):
                yield self.page_request(task)
            await self._room()
        async for one in self.walker.work() if self.walker else _nothing():
            if isinstance(one, BackfillStep):
                yield self.step_request(one)
            elif self._first(one):
                yield self.page_request(one)
            await self._room()

    def broke(self, failure: Any) -> None:
        """What breaks within Scrapy itself stays as it is, for a later run."""
        count_bug(self.crawler)
        self.logger.error("A request broke: %s", failure.value, exc_info=failure.value)

    async def _room(self) -> None:
        """Returns when there is room for more: what waits in memory is a batch and what its feeds name, not the whole queue."""
        assert self.crawler.engine is not None  # noqa: S101 - it is running us
        if self.crawler.engine.needs_backout():
            await self.crawler.signals.wait_for(signals.scheduler_empty)

    # --- poll > discover ------------------------------------------------------------------------------------------

    def feed_request(self, claimed: Lease) -> Request:
        lease = polling.as_asked(claimed, self.desk.clock(), trust_304=self.desk.policy.politeness(claimed.outlet).trust_304)
        near = redirects.same_origin(lease.address, lease.url)  # credentials are for the configured origin
        errand = Errand(
            "feed",
            lease.outlet,
            lease=lease,
            fields=polling.request_fields(lease, self.desk.policy.credentials(lease.url) if near else None),
        )
        return errand.request(lease.address, self.parse_feed, self.broke)

    async def parse_feed(self, response: Response) -> AsyncIterator[Any]:
        assert isinstance(response, WireResponse)  # noqa: S101 - our handler makes no others
        lease = response.errand.lease
        if response.left or lease is None:
            return
        try:
            poll = await self._poll(lease, response)
        except polling.Left:
            return
        wanted = self.desk.policy.wanted(lease.url)

        def complete(store: Store) -> list[PageTask]:
            return feeds.complete(store, self.desk.run_id, poll, wanted)

        tasks = await self.desk.write(complete)
        self.desk.tell(
            {"event": "polled", "url": lease.url, "outcome": "new" if tasks else poll.outcome, "new": len(tasks), "error": poll.error}
        )
        for task in tasks:
            if (self.walker is None or self.walker.hand(task)) and self._first(task):
                yield self.page_request(task)

    async def _poll(self, lease: Lease, response: WireResponse) -> Poll:
        now, fetch = self.desk.clock(), partial(self._part, lease)
        hops = response.hops
        beside: tuple[tuple[Capture, ...], ...] = ()
        judged, document, parts = await polling.judge(lease, hops, response.refusal, self.reader, fetch)
        if moves.is_dead(lease, hops, judged):
            there = await polling.ask_new_address(moves.taken(lease), self.reader, fetch)
            found = not there[1].weight and there[2] is not None
            beside = (hops if found else there[0],)
            if found:
                lease, (hops, judged, document, parts) = moves.taken(lease), there
        gap = None
        if document is not None and not judged.weight and self._is_gap(lease, document, now):
            document, older, gap = await gaps.close(document, lease.kind, self.reader, self._around(lease))
            beside = (*beside, *older)
        return polling.poll_of(
            lease, hops, judged, document, parts, beside=beside, gap=gap,
            planner=self.planner, rhythm=self.desk.policy.rhythm(lease.outlet, lease.url), now=now, rng=self.desk.rng,
        )  # fmt: skip

    def _is_gap(self, lease: Lease, document: FeedDocument, now: datetime) -> bool:
        """Whether it shows nothing that was known, and it is worth looking for what came in between."""
        if not document.entries or lease.last_success_at is None or entries.knows(self.desk.reader, lease.feed_id, document.entries):
            return False
        return gaps.worth_a_look(entries.looks_into_gaps(self.desk.reader, lease.feed_id, gaps.VAIN), now)

    def _around(self, lease: Lease) -> gaps.Around:
        assert lease.last_success_at is not None  # noqa: S101 - without one there is no gap
        places = pages.latest_urls(self.desk.reader, lease.feed_id, gaps.PLACES)
        return gaps.Around(
            lease.last_success_at, partial(entries.knows, self.desk.reader, lease.feed_id), places, partial(self._part, lease),
            partial(self.desk.news_sitemaps, lease.outlet),
        )  # fmt: skip

    async def _part(self, lease: Lease, url: str) -> tuple[Capture, ...]:
        """The exchange of a further part of a feed document; none where its host holds us off: the poll is recorded all the same.

        Raises Left where the run is stopped.
        """
        assert self.crawler.engine is not None  # noqa: S101 - it is running us
        answer = await self.crawler.engine.download_async(Errand("feed", lease.outlet, lease=lease).request(url))
        if not isinstance(answer, WireResponse):
            return ()
        if answer.left == "stopped":
            raise polling.Left
        return () if answer.left else answer.hops

    # --- backfill -------------------------------------------------------------------------------------------------

    def step_request(self, step: BackfillStep) -> Request:
        credentials = self.desk.policy.credentials(step.url)
        fields = (("Authorization", credentials),) if credentials else ()
        return Errand("feed", step.outlet, step=step, fields=fields).request(step.url, self.parse_step, self.broke)

    async def parse_step(self, response: Response) -> None:
        assert isinstance(response, WireResponse)  # noqa: S101 - our handler makes no others
        step = response.errand.step
        if self.walker is None or step is None:
            return
        if response.left:
            self.walker.left(step)
        else:
            await self.walker.record(step, response.hops, response.refusal)

    # --- fetch ----------------------------------------------------------------------------------------------------

    def _first(self, task: PageTask) -> bool:
        """Whether the page is handed out for the first time in this run: one that is due for a look may be named by its feed as well.

        Second tries do not ask.
        """
        first = task.page_id not in self._handed
        self._handed.add(task.page_id)
        return first

    def page_request(self, task: PageTask) -> Request:
        # Not after a failure: it may have been the validators that were refused (412).
        known = task.known if task.attempts == 0 else None
        fields = polling.validator_fields(known.etag, known.last_modified) if known else ()
        return Errand("page", task.outlet, task=task, fields=fields).request(task.url, self.parse_page, self.broke)

    async def parse_page(self, response: Response) -> AsyncIterator[Visit]:
        assert isinstance(response, WireResponse)  # noqa: S101 - our handler makes no others
        task = response.errand.task
        if response.left or task is None:
            return
        now = self.desk.clock()
        answer = response.hops[-1] if response.hops else None
        verdict = outcome.of_page(task, answer, refusal=response.refusal, now=now, rng=self.desk.rng)
        visit = self._visit(task, response.hops, verdict, now)
        yield visit
        self.second.note(visit, time.monotonic())
        if visit.state == "stored" and answer is not None:
            await onward.follow(self.desk, task, answer, partial(self._further, task))

    async def _further(self, task: PageTask, url: str) -> tuple[Capture, ...]:
        """The exchanges that lead to a further page of a story; none where its host holds us off, or the run is stopped."""
        assert self.crawler.engine is not None  # noqa: S101 - it is running us
        further = await self.crawler.engine.download_async(Errand("page", task.outlet, task=task).request(url))
        return further.hops if isinstance(further, WireResponse) and not further.left else ()

    def _visit(self, task: PageTask, hops: tuple[Capture, ...], verdict: outcome.Verdict, now: datetime) -> Visit:
        visit = Visit(task, hops, now, verdict.state, verdict.next_try_at, verdict.error)
        if verdict.state != "stored":
            return visit
        # Validators belong to the URL that gave them: behind a redirect there are none to keep.
        etag, last_modified = validators(hops[-1]) if len(hops) == 1 else (None, None)
        due = next_check(self.desk.policy.recheck(task.outlet), task.known, now, task.dated_at)
        return replace(visit, recheck_at=due, etag=etag, last_modified=last_modified)

    # --- the end --------------------------------------------------------------------------------------------------

    def ask_again(self) -> None:
        """All is done but the second tries: waits for their time, and asks. Scrapy calls this whenever it has nothing to do."""
        wait = None if self.desk.stopping else self.second.wait(time.monotonic())
        if wait is None:
            return
        if self._asking_again is None:
            self._asking_again = asyncio.get_running_loop().call_later(wait, self._second_tries)
        raise DontCloseSpider

    def _second_tries(self) -> None:
        assert self.crawler.engine is not None  # noqa: S101 - it is running us
        self._asking_again = None
        for task in [] if self.desk.stopping else self.second.take():
            self.crawler.engine.crawl(self.page_request(task))

    async def close_desk(self) -> None:
        if self._asking_again is not None:
            self._asking_again.cancel()
        await self.desk.close()
