"""A poll that knows none of the feed's entries: what may have come and gone meanwhile is looked for, within bounds.

First in the feed's own older pages (RFC 5005: prev-archive, next; JSON Feed: next_url), then in the site's news sitemaps, whose stories
are taken where they lie where this feed's stories lie. What to fetch is decided here, by whom is the caller's; stores nothing.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from archive.model import Capture, Entry, FeedDocument, GapFill
from crawler.discover.links import Sites
from crawler.polling import Fetch, Reader, with_children

MAX_DOCUMENTS = 10  # that one poll asks for, older pages and sitemaps together
VAIN = 3  # gaps in a row that were looked into and stayed open: a feed that turns over as a whole, and whose past is nowhere
REST = timedelta(days=1)  # then until the next look
MAX_SITEMAPS = 2  # of robots.txt, those of news: a larger site names one for each language
MARGIN = timedelta(hours=1)  # before the last success: clocks differ, and stories are dated before they are listed
PLACES = 200  # stories of the feed that tell where its stories lie
MANY_SECTIONS = 5  # a feed with stories in more places than that is the site's own, and takes all of them

Hops = tuple[Capture, ...]


def worth_a_look(before: Sequence[tuple[datetime, bool]], now: datetime) -> bool:
    """Whether another gap of a feed is looked into. `before`: its last `VAIN` looks, newest first: when, and whether it was closed."""
    if len(before) < VAIN or any(closed for _, closed in before):
        return True
    return not timedelta(0) <= now - before[0][0] < REST  # nor does a clock that ran ahead and was set back keep us from it


@dataclass(frozen=True, slots=True)
class Around:
    """What closing a feed's gap needs to know and to be able to do."""

    since: datetime  # the feed's last success
    knows: Callable[[Sequence[Entry]], bool]  # whether one of these entries was known before
    places: Iterable[str]  # URLs of stories that the feed brought lately
    fetch: Fetch
    sitemaps: Callable[[str], Awaitable[Sequence[str]]]  # those of news that the robots.txt of a URL's host names


async def close(document: FeedDocument, kind: str, reader: Reader, around: Around) -> tuple[FeedDocument, tuple[Hops, ...], GapFill]:
    """(the document with what was found, the exchanges for it, what came of it)."""
    around = replace(around, fetch=_bounded(around.fetch))
    found, parts, closed = await _older_pages(document, kind, reader, around)
    how = "older pages" if closed else None
    if not closed:
        more, further = await _from_sitemaps(document, reader, around)
        found, parts, closed = (*found, *more), (*parts, *further), around.knows(more)
        how = "news sitemap" if closed else None
    whole = replace(document, entries=(*document.entries, *found))
    return whole, parts, GapFill(since=around.since, documents=len(parts), entries=len(found), closed_by=how)


def _bounded(fetch: Fetch) -> Fetch:
    """Asks for `MAX_DOCUMENTS`, and for nothing more after them."""
    asked: list[str] = []

    async def within(url: str) -> Hops:
        if len(asked) >= MAX_DOCUMENTS:
            return ()
        asked.append(url)
        return await fetch(url)

    return within


async def _older_pages(
    document: FeedDocument, kind: str, reader: Reader, around: Around
) -> tuple[tuple[Entry, ...], tuple[Hops, ...], bool]:
    found: tuple[Entry, ...] = ()
    parts: tuple[Hops, ...] = ()
    url, asked = document.next_url, {document.self_url}
    while url and url not in asked:
        asked.add(url)
        page, hops = await _read(url, kind, reader, around.fetch)
        parts = (*parts, hops) if hops else parts
        if page is None or not page.entries:
            break
        found = (*found, *page.entries)
        if around.knows(page.entries):
            return found, parts, True
        url = page.next_url
    return found, parts, False


async def _from_sitemaps(document: FeedDocument, reader: Reader, around: Around) -> tuple[tuple[Entry, ...], tuple[Hops, ...]]:
    """The stories of news sitemaps since the last success that lie where this feed's stories lie."""
    stories = [entry.url for entry in document.entries if entry.url]  # what is withdrawn has no address
    if document.kind == "sitemap" or not stories:
        return (), ()
    sections, listed = Sections((*around.places, *stories)), set(stories)
    found: list[Entry] = []
    parts: list[Hops] = []
    for url in list(await around.sitemaps(stories[0]))[:MAX_SITEMAPS]:
        sitemap, hops = await _read(url, "sitemap", reader, around.fetch)
        parts += [hops] if hops else []
        if sitemap is not None and sitemap.sitemaps:
            own = Sites((url, *stories))  # robots.txt may send us to another site, what it names may not
            near = replace(sitemap, sitemaps=tuple(child for child in sitemap.sitemaps if own.have(child.url)))
            sitemap, children = await with_children(near, reader, around.fetch)
            parts += children
        for entry in sitemap.entries if sitemap is not None else ():
            if entry.url not in listed and _lately(entry, around.since) and sections.have(entry.url):
                listed.add(entry.url)
                found.append(entry)
    return tuple(found), tuple(parts)


async def _read(url: str, kind: str, reader: Reader, fetch: Fetch) -> tuple[FeedDocument | None, Hops]:
    hops = await fetch(url)
    if not hops or hops[-1].status != 200 or hops[-1].error is not None:
        return None, hops
    document = await reader.read(hops[-1], kind)
    return (None if document.error else document), hops


def _lately(entry: Entry, since: datetime) -> bool:
    """An entry without a time of its own is none of the last hours' news."""
    at = entry.published_at or entry.updated_at
    return at is not None and at >= since - MARGIN


class Sections:
    """Where these stories lie; false where there are none."""

    def __init__(self, stories: Iterable[str]) -> None:
        self._all = frozenset(map(section_of, stories))
        self._hosts = frozenset(host for host, _ in self._all) if len(self._all) > MANY_SECTIONS else frozenset[str]()

    def __bool__(self) -> bool:
        return bool(self._all)

    def have(self, url: str) -> bool:
        """Whether a story lies in one of them; where there are many, on one of their hosts."""
        own = section_of(url)
        return own in self._all or own[0] in self._hosts


def section_of(url: str) -> tuple[str, str]:
    """Where a story lies: its host and its first folder, digits alike; stories at the root have none."""
    parts = urlsplit(url)
    folders = [folder for folder in parts.path.split("/") if folder]
    return parts.hostname or "", re.sub(r"\d+", "0", folders[0]).lower() if len(folders) > 1 else ""
