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
from crawler.discover.links import Sites
from crawler.discover.listing import looks_like_story
from crawler.gaps import Sections

# Where sitemaps are on a site whose robots.txt names none (sitemaps.org asks for the first; the others are those of common systems).
USUAL = ("/sitemap.xml", "/sitemap_index.xml", "/sitemap-index.xml", "/wp-sitemap.xml", "/news-sitemap.xml")
MAX_OLDER = 1000  # older pages of one feed
# Documents of one outlet and dates: a sitemap a day is 27 years. Sitemaps may name each other without end.
MAX_DOCUMENTS = 10_000
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


def children(sitemaps: Iterable[Sitemap], step: BackfillStep, own: Sites | None = None) -> list[Child]:
    """All of them, in their order. `own`: the sites that a sitemap may send us to; None where robots.txt named them, which may name any."""
    return [Child(one.url, _against(one, step, own)) for one in sitemaps]


def _against(sitemap: Sitemap, step: BackfillStep, own: Sites | None) -> str | None:
    if own is not None and not own.have(sitemap.url):
        return "it lies on another site (--sitemap reads it all the same)"
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
    sections, of_feed = Sections(places), _is_feed(document, step)
    return tuple(
        entry
        for entry in document.entries
        if entry.status == "usable"
        and wanted(entry.url)
        and _within(entry, step)
        and (of_feed or _is_story(entry))
        and (of_feed or step.everywhere or not sections or sections.have(entry.url))
    )


def at_home(meant: tuple[Entry, ...], document: FeedDocument, step: BackfillStep, own: Sites) -> tuple[Entry, ...]:
    """Those of them that lie on the outlet's or the sitemap's own site. A feed may name stories of any site: so may its older pages."""
    return meant if _is_feed(document, step) else tuple(entry for entry in meant if own.have(entry.url))


def _is_feed(document: FeedDocument, step: BackfillStep) -> bool:
    """Whether it lists stories and nothing else; what is configured as a feed may be a sitemap all the same."""
    return step.kind == "pages" and document.kind != "sitemap"


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
