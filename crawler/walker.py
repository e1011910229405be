"""Backfill at work, within a crawl: hands out what is to be read and fetched, records what was read. Decides nothing (`crawler.walk`)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from urllib.parse import urljoin

from archive.keys import fetch_url
from archive.model import BackfillKind, BackfillStep, Capture, FeedDocument, Lease, PageTask, Poll, Sitemap
from archive.store import backfill, feeds, pages
from archive.store.connect import Store
from crawler import outcome, walk
from crawler.desk import Desk
from crawler.discover.links import Sites, absolute
from crawler.outcome import Outcome, Refusal
from crawler.pace import Held
from crawler.polling import Reader
from crawler.walk import Child

AT_ONCE = 100  # pages handed out at a time
PLACES = 1000  # stories of the outlet's feeds that tell where its stories lie
LARGEST = 50_000  # entries of one sitemap (sitemaps.org's own cap)
_PAUSE = 0.2  # seconds between two looks while documents are under way


class Walker:
    """The backfill of one run. Belongs to one event loop."""

    def __init__(self, desk: Desk, outlets: frozenset[str], most: int) -> None:
        """`most`: pages in all, those of earlier runs included; then no further document is read."""
        self._desk, self._outlets, self._most = desk, outlets, most
        self._reader = Reader(desk.pool, LARGEST)
        self._under_way: set[int] = set()
        self._last_step = 0
        self._last_page = desk.last_page()  # those up to it are handed out by the crawl itself
        self._handed: set[int] = set()  # pages of this run

    def hand(self, task: PageTask) -> bool:
        """Whether a page has not been handed out in this run; it then counts as handed out."""
        fresh = task.page_id not in self._handed
        self._handed.add(task.page_id)
        return fresh

    async def work(self) -> AsyncIterator[BackfillStep | PageTask]:
        """Documents and pages, until there are no more."""
        while not self._desk.stopping:
            step, tasks = await self._step(), self._pages()
            if step is not None:
                yield step
            for task in tasks:
                yield task
            if step is None and not tasks:
                if not self._under_way:
                    return
                await asyncio.sleep(_PAUSE)

    async def _step(self) -> BackfillStep | None:
        """The next document, one at a time: how many pages it brings decides whether there is another one."""
        if self._under_way or backfill.found_so_far(self._desk.reader, self._outlets) >= self._most:
            return None
        while waiting := backfill.waiting(self._desk.reader, self._outlets, after=self._last_step):
            step = waiting[0]
            self._last_step = step.step_id
            if fetch_url(step.url) is None:
                await self._pass_over(step, "it is no web address")
            elif step.kind == "site":
                await self._open_site(step)
            else:
                self._under_way.add(step.step_id)
                return step
        return None

    def _pages(self) -> list[PageTask]:
        """The next pages of these outlets: whatever was found in this run has a higher id than all before."""
        tasks = pages.due(self._desk.reader, self._desk.clock(), limit=AT_ONCE, after=self._last_page, outlets=self._outlets)
        self._last_page = tasks[-1].page_id if tasks else self._last_page
        return [task for task in tasks if self.hand(task)]

    async def _pass_over(self, step: BackfillStep, why: str) -> None:
        await self._desk.write(lambda store: backfill.done(store, step, state="left out", error=why, now=self._desk.clock()))

    async def _open_site(self, step: BackfillStep) -> None:
        """The sitemaps that robots.txt names, else those at the usual places; where its host holds us off, the site waits."""
        robots = self._desk.policy.politeness(step.outlet).robots
        try:
            named = await self._desk.robots.sitemaps(step.url, step.outlet) if robots else ()
        except Held:
            return
        found = [url for url in (absolute(one, step.url) for one in named) if url] or [urljoin(step.url, path) for path in walk.USUAL]

        def keep(store: Store) -> None:
            now = self._desk.clock()
            children = walk.children([Sitemap(url) for url in dict.fromkeys(found)], step)
            beyond = _add(store, step, children, kind="sitemap", now=now)
            backfill.done(store, step, state="read", beyond=beyond, now=now)

        await self._desk.write(keep)

    # --- a document's answer --------------------------------------------------------------------------------------

    def left(self, step: BackfillStep) -> None:
        """It could not be asked for now, and waits for a later run."""
        self._under_way.discard(step.step_id)

    async def record(self, step: BackfillStep, hops: tuple[Capture, ...], refusal: Refusal | None) -> None:
        """Reads a document and keeps what it brought: stories, further documents, itself."""
        try:
            judged, document = await self._read(step, hops, refusal)
            added = await self._desk.write(lambda store: self._keep(store, step, hops, judged, document))
        finally:
            self._under_way.discard(step.step_id)
        self._desk.tell({"event": "walked", "url": step.url, "outcome": judged.name, "new": added, "error": judged.error})

    async def _read(self, step: BackfillStep, hops: tuple[Capture, ...], refusal: Refusal | None) -> tuple[Outcome, FeedDocument]:
        answer = hops[-1] if hops else None
        judged = outcome.of_poll(answer, refusal=refusal, conditional=False)
        if not judged.readable or answer is None:
            return judged, FeedDocument(None, error=judged.error)
        document = await self._reader.read(answer, "sitemap" if step.kind == "sitemap" else "auto")
        return outcome.of_document(document), document

    def _keep(self, store: Store, step: BackfillStep, hops: tuple[Capture, ...], judged: Outcome, document: FeedDocument) -> int:
        now = self._desk.clock()
        if step.feed_id is None:  # named by robots.txt, or a feed's own first page: filed apart from what polls bring
            step = replace(step, feed_id=backfill.adopt(store, step.outlet_id, step.url, step.kind, now))
        assert step.feed_id is not None  # noqa: S101 - just made so
        wanted, places = self._desk.policy.wanted_by(step.outlet), pages.places(store, step.outlet_id, PLACES)
        own = Sites((step.url, *self._desk.policy.homes(step.outlet), *places))
        named = walk.stories(document, step, wanted, places)
        meant = walk.at_home(named, document, step, own)
        poll = Poll(
            lease=_lease(step), captures=hops, polled_at=now, outcome=judged.name, next_poll_at=now, reason="read once, by backfill",
            failure_weight=judged.weight, document=None if document.error else replace(document, entries=meant), error=judged.error,
        )  # fmt: skip
        new = len(feeds.complete(store, self._desk.run_id, poll, wanted))
        beyond = _add(store, step, walk.children(document.sitemaps, step, own), kind="sitemap", now=now)
        beyond += _add_older(store, step, document, now)
        missing = step.kind == "sitemap" and hops and hops[-1].status in (404, 410)
        state = "left out" if missing else "failed" if judged.weight else "read"
        backfill.done(
            store, step, state=state, stories=len(meant), new=new, beyond=beyond, elsewhere=len(named) - len(meant), error=judged.error,
            now=now,
        )  # fmt: skip
        return new


def _add(store: Store, step: BackfillStep, found: list[Child], *, kind: BackfillKind, now: datetime) -> int:
    """Keeps what a document names; gives back how many there was no room for."""
    return backfill.add(store, step, [(one.url, one.left_out) for one in found], kind=kind, most=walk.MAX_DOCUMENTS, now=now)


def _add_older(store: Store, step: BackfillStep, document: FeedDocument, now: datetime) -> int:
    older = walk.onward(document, step) if step.kind == "pages" else None
    if older is None:
        return 0
    return _add(store, step, [Child(older)], kind="pages", now=now) if backfill.count_pages(store, step) < walk.MAX_OLDER else 1


def _lease(step: BackfillStep) -> Lease:
    """A lease on the feed that the stories are filed under; nobody else polls it."""
    return Lease(step.feed_id or 0, step.outlet_id, step.outlet, step.url, step.kind, None, None, None, None, None, None, 0.0)
