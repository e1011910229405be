"""The one spider: poll > discover > fetch. It parses nothing itself; what it stores goes through the desk.

`scrapy crawl wire` polls what is due of ./sources.toml into ./wirecopy.db; `-a every=1` polls everything. `wirecopy crawl` runs it too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.misc import load_object

from archive.model import Capture, Lease, PageTask, Poll, Visit
from archive.store import feeds
from archive.store.connect import Store
from crawler import outcome, polling
from crawler.desk import PAGES_AT_ONCE, Desk, open_alone
from crawler.errand import Errand, WireResponse
from crawler.facts import Gate, Planner, validators
from crawler.recheck import next_check


class WireSpider(Spider):
    """Claims feeds batch by batch and polls them, reads their links in workers, fetches new pages and those due for another try."""

    name = "wire"

    def __init__(self, desk: Desk, planner: Planner, gate: Gate, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.desk = desk
        self.planner, self.gate = planner, gate
        self.reader = polling.Reader(desk.pool, desk.max_entries)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, desk: Desk | None = None, **kwargs: Any) -> Self:
        desk = desk or open_alone(crawler.settings, every=bool(kwargs.pop("every", False)))
        planner, gate = (load_object(crawler.settings[name]) for name in ("WIRECOPY_PLANNER", "WIRECOPY_GATE"))
        spider = super().from_crawler(crawler, *args, desk=desk, planner=planner, gate=gate, **kwargs)
        crawler.signals.connect(spider.close_desk, signal=signals.spider_closed)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        self.desk.start_cleaning()
        waiting = self.desk.due_pages(self.desk.last_page())  # pages beyond it are brought by this run's own polls
        leases: list[Lease] | None = []
        tasks: list[PageTask] = []
        while leases is not None or tasks:
            leases, tasks = await self.desk.claim(self.gate), list(islice(waiting, PAGES_AT_ONCE))
            for lease in leases or ():
                yield self.feed_request(lease)
            for task in tasks:
                yield self.page_request(task)
            await self._room()

    async def _room(self) -> None:
        """Returns when there is room for more: what waits in memory is a batch and what its feeds name, not the whole queue."""
        assert self.crawler.engine is not None  # noqa: S101 - it is running us
        if self.crawler.engine.needs_backout():
            await self.crawler.signals.wait_for(signals.scheduler_empty)

    # --- poll > discover ------------------------------------------------------------------------------------------

    def feed_request(self, claimed: Lease) -> Request:
        lease = polling.as_asked(claimed, self.desk.clock())
        errand = Errand(
            "feed",
            lease.outlet,
            lease=lease,
            fields=polling.request_fields(lease, self.desk.policy.credentials(lease.url)),
        )
        return errand.request(lease.url, self.parse_feed)

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
            yield self.page_request(task)

    async def _poll(self, lease: Lease, response: WireResponse) -> Poll:
        now = self.desk.clock()

        async def fetch(url: str) -> tuple[Capture, ...]:
            return await self._part(lease, url)

        judged, document, parts = await polling.judge(lease, response.hops, response.refusal, self.reader, fetch)
        return polling.poll_of(
            lease, response.hops, judged, document, parts,
            planner=self.planner, rhythm=self.desk.policy.rhythm(lease.outlet, lease.url), now=now, rng=self.desk.rng,
        )  # fmt: skip

    async def _part(self, lease: Lease, url: str) -> tuple[Capture, ...]:
        """The exchange of a further part of a feed document."""
        assert self.crawler.engine is not None  # noqa: S101 - it is running us
        answer = await self.crawler.engine.download_async(Errand("feed", lease.outlet, lease=lease).request(url))
        if not isinstance(answer, WireResponse):
            return ()
        if answer.left:
            raise polling.Left
        return answer.hops

    # --- fetch ----------------------------------------------------------------------------------------------------

    def page_request(self, task: PageTask) -> Request:
        fields = polling.validator_fields(task.known.etag, task.known.last_modified) if task.known else ()
        return Errand("page", task.outlet, task=task, fields=fields).request(task.url, self.parse_page)

    async def parse_page(self, response: Response) -> AsyncIterator[Visit]:
        assert isinstance(response, WireResponse)  # noqa: S101 - our handler makes no others
        task = response.errand.task
        if response.left or task is None:
            return
        now = self.desk.clock()
        answer = response.hops[-1] if response.hops else None
        verdict = outcome.of_page(task, answer, refusal=response.refusal, now=now, rng=self.desk.rng)
        yield self._visit(task, response.hops, verdict, now)

    def _visit(self, task: PageTask, hops: tuple[Capture, ...], verdict: outcome.Verdict, now: datetime) -> Visit:
        visit = Visit(task, hops, now, verdict.state, verdict.next_try_at, verdict.error)
        if verdict.state != "stored":
            return visit
        # Validators belong to the URL that gave them: behind a redirect there are none to keep.
        etag, last_modified = validators(hops[-1]) if len(hops) == 1 else (None, None)
        due = next_check(self.desk.policy.recheck(task.outlet), task.known, now)
        return replace(visit, recheck_at=due, etag=etag, last_modified=last_modified)

    # --- the end --------------------------------------------------------------------------------------------------

    async def close_desk(self) -> None:
        await self.desk.close()
