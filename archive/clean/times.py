"""When a page says it was published and changed: marked-up times before printed ones, a zone before none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser

from archive.clean.metadata import Metadata
from archive.clean.printed import PRINTED, Lines, days_alone, printed
from archive.clean.stated import Context, Stated, plausible, read, same_day
from archive.clean.text import fold
from archive.dates import parse_moment

_PUBLISHED_META = (
    "article:published_time", "datepublished", "og:article:published_time", "og:published_time", "article:published",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "dc.date.issued",
    "dcterms.issued", "dcterms.created", "dc.date.created", "dcterms.date", "dc.date", "publish_date", "publish-date",
    "publishdate", "published_date", "published-date", "pubdate", "pub_date", "datecreated", "article.published",
    "article_date_original", "originalpublicationdate", "displaydate", "bt:pubdate", "rnews:datepublished", "date",
    "date_published", "publication_date", "citation_publication_date", "citation_date", "article:create", "dateposted",
    "article.created", "release_date", "iso-8601-publish-date", "last-published", "shareaholic:article_published_time",
    "publication-date", "publication date", "timestamp", "ptime", "created", "dc:date", "blog:published_time",
    "og:pubdate", "og:release_date", "published_time", "time_published", "first_published",
    "article:published_date", "article:post_date", "eprints.date", "bepress_citation_date", "analyticsattributes.articledate",
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time", "og:updated_time", "datemodified", "og:article:modified_time", "article:updated",
    "article:modified", "dcterms.modified", "dc.date.modified", "lastmod", "last-modified", "lastmodified", "updated",
    "modified", "moddate", "utime", "og:modified_time", "article.updated", "revision_date", "dateupdated", "updated_time",
)  # fmt: skip
# Spelled in many ways: "article:published:time", "publish-date", "publishDate" (names come in lower case).
_SQUEEZED = str.maketrans("", "", ":-_. ")
_PUBLISHED_NAMES = tuple(dict.fromkeys(name.translate(_SQUEEZED) for name in _PUBLISHED_META))
_MODIFIED_NAMES = tuple(dict.fromkeys(name.translate(_SQUEEZED) for name in _MODIFIED_META))
_OTHER_NAMES = re.compile(r"publish(?!er)")  # "published", "w-published-date": names of an own make, where nothing else dates the page
_URL_DAY = re.compile(
    r"/(?P<y>(?:19|20)\d\d)[/-]?(?P<m>0[1-9]|1[0-2])[/-]?(?P<d>0[1-9]|[12]\d|3[01])(?=[/._-]|$)"
    r"|/(?P<y3>(?:19|20)\d\d)/(?P<m3>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*/(?P<d3>0?[1-9]|[12]\d|3[01])(?=[/._-]|$)"
    r"|[/-](?P<d2>0[1-9]|[12]\d|3[01])-(?P<m2>0[1-9]|1[0-2])-(?P<y2>(?:19|20)\d\d)(?=[/._-]|$)"
)


def published(
    tree: LexborHTMLParser, meta: Metadata, lines: Lines, context: Context, headline: str | None = None
) -> tuple[Stated | None, Stated | None]:
    """(published, modified): what the page states; the first kind of evidence that names a day wins.

    A printed time fills in the clock where the markup gives the same day alone. Of a page that says only when it was changed the first is
    that day, and no instant.
    """
    stated = [one for one in _marked(meta, context) if plausible(one.moment, context)]
    marked = _first(stated, context)
    changed = _first(_changed(meta, context), context)
    shown = shown_change = None
    if marked is None or marked.moment.utc is None:
        shown, shown_change = printed(tree, meta.heads, lines, context, headline)
    if shown is None and marked is None:
        names = tuple(_squeezed(name) for name in meta.meta if _OTHER_NAMES.search(name))
        shown = _first(_of_meta(meta, names, context), context)
    best = _by_print(marked, lines, context, is_any=all(map(_is_any, stated))) if marked else shown
    if marked and shown and marked.moment.utc is None and shown.moment.utc is not None and same_day(marked, shown):
        best = shown
    if best is None or (marked is None and best.evidence == PRINTED):
        dated = _in_address(meta.url)
        if dated and (best is None or not (same_day(best, dated) if best.moment.has_time else best.moment.day == dated.moment.day)):
            best = dated  # a line may name the day of what it tells of; an address has the day of its making
    changed = changed or shown_change
    if best is None and changed is not None:
        best = Stated(changed.raw, replace(changed.moment, utc=None), f"only a change is stated, {changed.evidence}")
    return best, changed


_WEST, _EAST = timedelta(hours=-12), timedelta(hours=14)  # how far local clocks are from UTC
_SOME_DATE = frozenset(("date", "dcdate", "dctermsdate", "created", "dcdatecreated", "dctermscreated"))  # of what, these names do not say


def _by_print(marked: Stated, lines: Lines, context: Context, *, is_any: bool) -> Stated:
    """The time of the markup, unless the lines above the story have another day that stands alone, and that is before it.

    Where a page was moved to another system or published again, the markup has the day of that. A print that is the same instant by another
    clock gives the local one. `is_any`: the markup does not say what date it gives; then the printed one counts, also if it is later.
    """
    days = days_alone(lines.above, context)
    if not days or any(_agree(day, marked) for day in days):
        return marked
    told, utc = days[0], marked.moment.utc
    if utc is not None and told.moment.has_time:
        away = told.moment.local - utc.replace(tzinfo=None, second=0, microsecond=0)
        if _WEST <= away <= _EAST and not away % timedelta(minutes=15):
            moment = replace(marked.moment, local=told.moment.local, zone=_offset(away))
            return Stated(marked.raw, moment, f"{marked.evidence}, by the clock printed")
    return told if is_any or told.moment.day < marked.moment.day else marked


def _agree(told: Stated, marked: Stated) -> bool:
    """The same day, by some clock on earth or with day and month the other way round."""
    day, other = told.moment.day, marked.moment.day
    if day == other or (day.year, day.month, day.day) == (other.year, other.day, other.month):
        return True
    if marked.moment.utc is None or told.moment.has_time:
        return False
    away = told.moment.local - marked.moment.utc.replace(tzinfo=None)
    return _WEST - timedelta(days=1) < away <= _EAST


def _is_any(stated: Stated) -> bool:
    return stated.evidence.removeprefix("meta ").translate(_SQUEEZED) in _SOME_DATE


def _offset(away: timedelta) -> str:
    minutes = round(away / timedelta(minutes=1))
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _in_address(url: str) -> Stated | None:
    """The day in a path: "/2025/08/29/", "/20250829-", "/29-08-2025", "/2025/aug/29/"."""
    found = _URL_DAY.search(url)
    if not found:
        return None
    year, month, day = (found[part] or found[f"{part}2"] or found[f"{part}3"] for part in "ymd")
    moment = parse_moment(f"{day} {month} {year}" if month.isalpha() else f"{year}-{month}-{day}")
    return Stated(found[0].strip("/-"), moment, "url") if moment else None


def _first(found: Iterable[Stated], context: Context) -> Stated | None:
    """The first plausible statement; a later one of the same day with a zone is better than one without."""
    best: Stated | None = None
    for stated in found:
        if not plausible(stated.moment, context):
            continue
        if best is None:
            best = stated
        elif best.moment.utc is None and stated.moment.utc is not None and same_day(best, stated):
            return stated
        if best.moment.utc is not None:
            break
    return best


def _marked(meta: Metadata, context: Context) -> Iterator[Stated]:
    yield from read(meta.ld.text("datePublished"), "json-ld datePublished", context)
    yield from _of_meta(meta, _PUBLISHED_NAMES, context)
    yield from read(meta.ld.text("dateCreated", "uploadDate"), "json-ld dateCreated", context)
    for node in meta.ld.others:
        if node is not meta.ld.article and isinstance(node.get("datePublished"), str):
            yield from read(str(node["datePublished"]), "json-ld datePublished of another node", context)
            break


def _changed(meta: Metadata, context: Context) -> Iterator[Stated]:
    yield from read(meta.ld.text("dateModified"), "json-ld dateModified", context)
    yield from _of_meta(meta, _MODIFIED_NAMES, context)


def _of_meta(meta: Metadata, names: tuple[str, ...], context: Context) -> Iterator[Stated]:
    """The times of the meta elements of these names, in their order."""
    given: dict[str, str] = {}
    for name in meta.meta:
        given.setdefault(_squeezed(name), name)
    for name in filter(given.__contains__, names):
        for value in meta.meta[given[name]][:2]:
            yield from read(value, f"meta {fold(given[name])}", context)


@lru_cache(maxsize=2048)  # the same few hundred names stand on the pages of most hosts
def _squeezed(name: str) -> str:
    return name.translate(_SQUEEZED)
