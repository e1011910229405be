"""Backfill, decided: which sitemaps of an index are worth reading, which of their stories are meant. Pure.

A sitemap lists all that a site has: sections, tags, authors, static pages. What is taken has the shape of a story's address (or a news
title), a time within the dates asked for, and lies where the stories of the outlet's feeds lie.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from archive.model import BackfillStep, Entry, FeedDocument, Sitemap
from crawler.discover.listing import looks_like_story
from crawler.gaps import Sections

# Where sitemaps are on a site whose robots.txt names none (sitemaps.org asks for the first; the others are those of common systems).
USUAL = ("/sitemap.xml", "/sitemap_index.xml", "/sitemap-index.xml", "/wp-sitemap.xml", "/news-sitemap.xml")
MAX_OLDER = 1000  # older pages of one feed
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:[-_/]?(0[1-9]|1[0-2])(?:[-_/]?(0[1-9]|[12]\d|3[01]))?)?(?!\d)")
_NAME = re.compile(r"&?(?<![a-zA-Z_])[a-zA-Z_]*=")  # of a parameter; begun at a word's first letter only, else long words take for ever
_NO_STORIES = re.compile(
    r"(?:^|[-_/.])(?:post[-_]?tags?|tags?|categor(?:y|ies)|taxonom(?:y|ies)|authors?|users?|images?|videos?)(?=[-_/.\d]|\Z)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Child:
    """A sitemap of an index; `left_out` says why it is not read."""

    url: str
    left_out: str | None = None


def children(sitemaps: Iterable[Sitemap], step: BackfillStep) -> list[Child]:
    """All of them, in their order."""
    return [Child(one.url, _against(one, step)) for one in sitemaps]


def _against(sitemap: Sitemap, step: BackfillStep) -> str | None:
    if sitemap.changed_at is not None and sitemap.changed_at < step.since:
        return f"last changed {sitemap.changed_at:%Y-%m-%d}, before the time asked for"
    parts = urlsplit(sitemap.url)
    if period := period_of(sitemap.url):
        outside = period[1] <= step.since or (step.until is not None and period[0] >= step.until)
        return "its address names another time" if outside else None
    return "its address names no stories" if _NO_STORIES.search(parts.path.rpartition("/")[2]) else None


def period_of(url: str) -> tuple[datetime, datetime] | None:
    """The year, month or day that an address names: first moment, first moment after it. None where it names none."""
    parts = urlsplit(url)
    words = parts.path + "/" + _NAME.sub("-", parts.query).lstrip("-")
    found = [match.groups() for match in _DATE.finditer(words)]
    if not found:
        return None
    year, month, day = max(found, key=lambda groups: sum(part is not None for part in groups))
    try:
        first = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
    except ValueError:
        return None
    if day:
        return first, first + timedelta(days=1)
    if month:
        return first, datetime(first.year + first.month // 12, first.month % 12 + 1, 1, tzinfo=UTC)
    return first, datetime(first.year + 1, 1, 1, tzinfo=UTC)


def stories(document: FeedDocument, step: BackfillStep, wanted: Callable[[str], bool], places: Iterable[str]) -> tuple[Entry, ...]:
    """The entries that are meant. `wanted`: the outlet's keep and skip; `places`: URLs of stories that its feeds brought."""
    sections = Sections(places)
    return tuple(
        entry
        for entry in document.entries
        if entry.status == "usable"
        and wanted(entry.url)
        and _within(entry, step)
        and (step.kind == "pages" or _is_story(entry))
        and (step.kind == "pages" or step.everywhere or not sections or sections.have(entry.url))
    )


def _is_story(entry: Entry) -> bool:
    return bool(entry.title and entry.published_at) or looks_like_story(entry.url)


def _within(entry: Entry, step: BackfillStep) -> bool:
    """Whether the story's time lies within the dates asked for; one of unknown time does not."""
    first, after = time_of(entry)
    if first is None or after is None:
        return False
    return after > step.since and (step.until is None or first < step.until)


def time_of(entry: Entry) -> tuple[datetime | None, datetime | None]:
    """The moment, or the period, that a story is of: as published, else as its address says, else as last changed."""
    named = period_of(entry.url)
    if entry.published_at is not None:
        return entry.published_at, entry.published_at + timedelta(seconds=1)
    if named is not None and named[1] - named[0] <= timedelta(days=31):
        return named
    if entry.updated_at is not None:
        return entry.updated_at, entry.updated_at + timedelta(seconds=1)
    return named or (None, None)


def onward(document: FeedDocument, step: BackfillStep) -> str | None:
    """The feed's next older page; None where it names none, or all of this one is older than what is asked for."""
    times = [time_of(entry)[1] for entry in document.entries]
    known = [at for at in times if at is not None]
    if known and max(known) <= step.since:
        return None
    return document.next_url if document.next_url != step.url else None
