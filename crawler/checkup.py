"""`wirecopy check`: polls feeds as a crawl would, stores nothing, and says what a crawl would take."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from archive.keys import fetch_url
from archive.model import Capture, Entry
from archive.times import iso
from crawler.ask import Asker, Polled, moved_to
from crawler.facts import freshness, validators
from crawler.policy import public_url
from crawler.sources import FeedSpec, OutletSpec, Sources
from crawler.survey import newest

SAMPLE = 3  # links of a feed that are held against robots.txt


@dataclass(frozen=True, slots=True)
class LinkVerdict:
    """One of the feed's first links, and what robots.txt says to it."""

    url: str
    allowed: bool | None  # None: robots.txt is not asked, by configuration
    reason: str | None = None  # why not


@dataclass(frozen=True, slots=True)
class Checked:
    """What polling one feed came to."""

    outlet: str
    url: str  # as configured, without credentials
    ok: bool  # it was had, and could be read
    outcome: str  # in the words of polls.outcome
    error: str | None = None  # why not, one sentence
    status: int | None = None  # HTTP status of the last hop
    moved_to: str | None = None  # its new address, where it has moved for good
    redirects: int = 0
    kind: str | None = None  # rss, atom, json, sitemap, html
    title: str | None = None
    entries: int = 0
    dropped: int = 0  # entries without a usable link, or over the limit
    newest: datetime | None = None  # time of the newest entry
    wanted: int = 0  # entries that a crawl would fetch, were none of them known
    skipped: int = 0  # entries that `keep` or `skip` leaves out
    etag: bool = False
    last_modified: bool = False
    ttl_minutes: int | None = None  # how long the document asks to be left alone
    fresh_seconds: int | None = None  # how long its HTTP head says it is fresh
    elapsed_ms: int | None = None
    problems: tuple[str, ...] = ()  # ill-formed places that were read over
    links: tuple[LinkVerdict, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"newest": iso(self.newest) if self.newest else None}


async def check_all(sources: Sources, feeds: Iterable[tuple[OutletSpec, FeedSpec]], step: Callable[[], None]) -> list[Checked]:
    """Checks feeds, hosts side by side, one request at a time per host. In the order given."""
    async with Asker(sources) as asker:
        return list(await asyncio.gather(*(_check(asker, outlet, feed, step) for outlet, feed in feeds)))


async def _check(asker: Asker, outlet: OutletSpec, feed: FeedSpec, step: Callable[[], None]) -> Checked:
    url = public_url(feed.url)
    polled = await asker.poll(outlet.id, feed, asker.policy.credentials(url))
    wanted = [entry for entry in _usable(polled) if feed.wants(entry.url)]
    links = [await _verdict(asker, outlet, entry.url) for entry in wanted[:SAMPLE]]
    step()
    return Checked(
        outlet=outlet.id,
        url=url,
        ok=polled.readable,
        outcome="readable" if polled.readable else polled.judged.name,
        error=polled.judged.error,
        wanted=len(wanted),
        skipped=len(_usable(polled)) - len(wanted),
        links=tuple(links),
        **_of_exchange(polled.asked.hops),
        **_of_document(polled),
    )


async def _verdict(asker: Asker, outlet: OutletSpec, url: str) -> LinkVerdict:
    if not asker.policy.politeness(outlet.id).robots:
        return LinkVerdict(url, None)
    dialled = fetch_url(url)
    if dialled is None:
        return LinkVerdict(url, False, "it is no web address")
    refusal = await asker.refusal(dialled)
    return LinkVerdict(url, refusal is None, refusal.reason if refusal else None)


def _usable(polled: Polled) -> list[Entry]:
    """The entries that name a page."""
    return [entry for entry in polled.document.entries if entry.url and entry.status == "usable"] if polled.document else []


def _of_exchange(hops: tuple[Capture, ...]) -> dict[str, Any]:
    if not hops:
        return {}
    etag, last_modified = validators(hops[-1]) if len(hops) == 1 else (None, None)  # those of a redirect's target are not its own
    fresh = freshness(hops[-1])
    return {
        "status": hops[-1].status,
        "moved_to": moved_to(hops),
        "redirects": len(hops) - 1,
        "etag": etag is not None,
        "last_modified": last_modified is not None,
        "fresh_seconds": round(fresh.total_seconds()) if fresh is not None else None,
        "elapsed_ms": sum(hop.elapsed_ms or 0 for hop in hops),
    }


def _of_document(polled: Polled) -> dict[str, Any]:
    document = polled.document
    if document is None:
        return {}
    return {
        "kind": document.kind,
        "title": document.title,
        "entries": len(document.entries),
        "dropped": document.dropped,
        "newest": newest(document),
        "ttl_minutes": document.ttl_minutes,
        "problems": document.problems,
    }
