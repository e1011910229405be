"""What a document prints -> what it means: links made absolute or dropped, times in UTC."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from archive.dates import parse_moment, parse_time
from archive.model import Entry, FeedDocument, Sitemap
from crawler.discover.items import Item, Reading
from crawler.discover.links import absolute
from crawler.discover.text import one_line

WESTERNMOST = timedelta(hours=12)  # behind UTC: no clock on earth shows a time later than that


def settle(reading: Reading) -> FeedDocument:
    """The document with the entries that can be fetched; the others are counted as dropped."""
    entries = tuple(entry for entry in map(_entry, reading.items) if entry)
    unlinked = len(reading.items) - len(entries)
    shared = _ambiguous_guids(entries)
    problems = list(reading.problems)
    if unlinked:
        problems.append(f"{unlinked} of {len(reading.items)} entries have no usable http(s) link.")
    if shared:
        problems.append(f"{shared} guids stand for more than one link each; links tell these entries apart.")
    if reading.more:
        problems.append(f"{reading.more} entries are over the limit and were not read.")
    return FeedDocument(
        kind=reading.kind,
        entries=entries,
        error=reading.error,
        title=reading.title,
        homepage=reading.homepage,
        language=reading.language,
        self_url=reading.self_url,
        next_url=reading.next_url,
        sitemaps=_newest_first(reading.sitemaps),
        ttl_minutes=reading.ttl_minutes,
        skip_hours=reading.skip_hours,
        skip_days=reading.skip_days,
        finished=reading.finished,
        dropped=unlinked + reading.more,
        problems=tuple(text for text in (one_line(problem, 300) for problem in problems) if text),
    )


def _newest_first(printed: tuple[tuple[str, str | None], ...]) -> tuple[Sitemap, ...]:
    """Those without a time keep their order, behind those that have one."""
    found = [Sitemap(url, parse_time(changed) if changed else None) for url, changed in printed]
    return tuple(sorted(found, key=lambda one: one.changed_at.timestamp() if one.changed_at else float("-inf"), reverse=True))


def _entry(item: Item) -> Entry | None:
    """An entry, or None where no candidate is a usable link. A tombstone needs no link: its guid says what is gone."""
    for given in item.links:
        url = absolute(given, item.base)
        if url:
            return _filled(item, url, given)
    return _filled(item, "", "") if item.status == "canceled" and item.guid else None


def _filled(item: Item, url: str, given: str) -> Entry:
    return Entry(
        url=url,
        url_given=one_line(given, 16_000) or "",
        guid=item.guid,
        title=item.title,
        published_at=parse_time(item.published_raw) if item.published_raw else None,
        published_raw=item.published_raw,
        updated_at=parse_time(item.updated_raw) if item.updated_raw else None,
        updated_raw=item.updated_raw,
        authors=item.authors,
        categories=item.categories,
        summary=item.summary,
        content=item.content,
        status=item.status,
        embargo_until=_held_until(item.embargo_raw) if item.embargo_raw else None,
        expires_at=parse_time(item.expires_raw) if item.expires_raw else None,
    )


def _held_until(printed: str) -> datetime | None:
    """The end of an embargo; without a zone the latest moment that it can mean: too late costs hours, too early breaks it."""
    moment = parse_moment(printed)
    return (moment.utc or (moment.local + WESTERNMOST).replace(tzinfo=UTC)) if moment else None


def _ambiguous_guids(entries: tuple[Entry, ...]) -> int:
    """How many guids stand on several links: who stores the entries has to tell those apart by their links."""
    links: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.guid and entry.status == "usable":
            links[entry.guid].add(entry.url)
    return sum(len(urls) > 1 for urls in links.values())
