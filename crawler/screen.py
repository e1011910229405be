"""What the source commands print: tables, findings, a progress line. All text from the web goes through `plain`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO

import click

from archive.terminal import plain
from crawler.policy import public_url
from crawler.sources import FeedSpec, Sources, values

if TYPE_CHECKING:
    from crawler.checkup import Checked, LinkVerdict
    from crawler.survey import Found

KINDS = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed", "sitemap": "news sitemap", "html": "listing page"}
_TITLE = 60  # characters of a title that are shown
_PROBLEMS = 3  # ill-formed places of one feed that are told one by one


class Ticker:
    """A line that counts on a terminal; says nothing elsewhere."""

    def __init__(self, what: str, total: int | None = None, out: TextIO | None = None) -> None:
        self._what, self._of = what, f" of {total}" if total else ""
        self._out = out or sys.stderr
        self._live = self._out.isatty()
        self._done = -1
        self.step()

    def step(self) -> None:
        self._done += 1
        self._write(f"\r\x1b[K{self._done}{self._of} {self._what}")

    def close(self) -> None:
        self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        if self._live:
            self._out.write(text)
            self._out.flush()


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns as wide as their widest cell; the last one is left ragged."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    padded = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in (head, *rows)]
    return [click.style(padded[0], dim=True), *padded[1:]]


def source_lines(sources: Sources) -> list[str]:
    """The configured feeds, a line each, and how many there are."""
    rows: list[tuple[str, ...]] = [
        (outlet.id, feed.kind, _pace(feed), plain(public_url(feed.url))) for outlet in sources.outlets for feed in outlet.feeds
    ]
    rows += [(outlet.id, "-", "-", "(no feed)") for outlet in sources.outlets if not outlet.feeds]
    feeds = sum(len(outlet.feeds) for outlet in sources.outlets)
    lines = table(("OUTLET", "KIND", "SCHEDULE", "FEED"), rows) if rows else []
    return [*lines, f"{number(len(sources.outlets), 'outlet')}, {number(feeds, 'feed')}."]


def source_records(sources: Sources) -> list[dict[str, Any]]:
    """The outlets as JSON objects, each with its feeds; what is not set is null."""
    return [
        {
            "id": outlet.id,
            "name": outlet.name,
            "homepage": outlet.homepage,
            "language": outlet.language,
            "timezone": outlet.timezone,
            "agency": outlet.agency,
            "feeds": [
                {
                    "url": public_url(feed.url),
                    "kind": feed.kind,
                    "schedule": feed.schedule.text if feed.schedule else None,
                    "keep": feed.keep,
                    "skip": feed.skip,
                    "quiet": [str(window) for window in feed.quiet],
                    "jitter": None if feed.jitter is None else values.written(feed.jitter),
                }
                for feed in outlet.feeds
            ],
        }
        for outlet in sources.outlets
    ]


def found_lines(feeds: Sequence[Found], holders: Sequence[str | None]) -> list[str]:
    """What a survey found, numbered from 1; `holders` says in which outlet a feed stands already."""
    rows = [
        (str(place), KINDS.get(found.kind, found.kind), str(len(found.document.entries)), clock(found.newest), _title(found, holder))
        for place, (found, holder) in enumerate(zip(feeds, holders, strict=True), 1)
    ]
    head, *lines = table(("", "KIND", "ENTRIES", "NEWEST", "TITLE"), rows)
    return [head, *(line for row, found in zip(lines, feeds, strict=True) for line in (row, f"   {plain(public_url(found.spec.url))}"))]


def checked_lines(checked: Checked) -> list[str]:
    """One feed's check, in words."""
    mark = click.style("ok", fg="green") if checked.ok else click.style("failed", fg="red")
    lines = [f"{click.style(checked.outlet, bold=True)}  {plain(checked.url)}", f"  {mark}  {_gist(checked)}"]
    if checked.moved_to:
        lines.append(f"  {_moved(checked.url, checked.moved_to)}")
    if checked.ok:
        lines += [f"  {line}" for line in (_taken(checked), _freshness(checked), _robots(checked.links)) if line]
    lines += [f"  problem: {plain(problem)}" for problem in checked.problems[:_PROBLEMS]]
    if len(checked.problems) > _PROBLEMS:
        lines.append(f"  and {number(len(checked.problems) - _PROBLEMS, 'problem')} more")
    return lines


def clock(when: datetime | None) -> str:
    return f"{when:%Y-%m-%d %H:%M}Z" if when else "-"


def number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _pace(feed: FeedSpec) -> str:
    """`15m, quiet 22:00-06:00, jitter 5m`"""
    parts = [feed.schedule.text if feed.schedule else "learned"]
    parts += [f"quiet {' '.join(map(str, feed.quiet))}"] if feed.quiet else []
    parts += [f"jitter {values.written(feed.jitter)}"] if feed.jitter is not None else []
    return ", ".join(parts)


def _title(found: Found, holder: str | None) -> str:
    title = plain(found.document.title or "(no title)", width=_TITLE)
    return f"{title}  [already in {holder}]" if holder else title


def _gist(checked: Checked) -> str:
    parts = [f"HTTP {checked.status}" if checked.status else "", KINDS.get(checked.kind or "", "")]
    parts.append(plain(checked.title, width=_TITLE) if checked.title else "")
    parts.append(plain(checked.error) if checked.error and checked.error != parts[0] else "")
    return " · ".join(part for part in parts if part)


def _taken(checked: Checked) -> str:
    newest = f", newest {clock(checked.newest)}" if checked.newest else ""
    dropped = f" and {checked.dropped} unusable" if checked.dropped else ""
    left = f" ({checked.skipped} left out by keep/skip)" if checked.skipped else ""
    return f"{checked.entries} {'entry' if checked.entries == 1 else 'entries'}{dropped}{newest}; would take {checked.wanted}{left}"


def _freshness(checked: Checked) -> str:
    given = [name for name, there in (("ETag", checked.etag), ("Last-Modified", checked.last_modified)) if there]
    parts = [" and ".join(given) if given else "no validators: every poll transfers the whole feed"]
    parts += [f"asks for {checked.ttl_minutes} min between polls"] if checked.ttl_minutes else []
    parts += [f"fresh for {checked.fresh_seconds} s"] if checked.fresh_seconds else []
    return " · ".join(parts)


def _robots(links: Sequence[LinkVerdict]) -> str:
    asked = [link for link in links if link.allowed is not None]
    refused = [link for link in asked if not link.allowed]
    if not asked:
        return "robots.txt is not asked (robots = false)" if links else ""
    if not refused:
        return f"robots.txt lets us fetch {'the first link' if len(asked) == 1 else f'the first {len(asked)} links'}"
    which = "the first link is" if len(asked) == 1 else f"{len(refused)} of the first {len(asked)} links are"
    return f"{which} not to be fetched: {plain(refused[0].reason)} ({plain(refused[0].url)})"


def _moved(url: str, onward: str) -> str:
    if url.removeprefix("http://") == onward.removeprefix("https://") and url != onward:
        return "moved permanently to https: write https:// in sources.toml"
    return f"moved permanently to {plain(onward)}: change its url in sources.toml"
