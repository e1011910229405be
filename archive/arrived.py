"""What `archive/store/arrivals.py` tells of what came in, and what became of it: records. Pure."""

from __future__ import annotations

from dataclasses import dataclass

HOUR, DAY = 13, 10  # characters of a time that name it: `2026-11-22T10`, `2026-11-22`


@dataclass(frozen=True, slots=True)
class Span:
    """Within which time (of first sight), and of whom. Times UTC, as stored; None: anybody."""

    since: str
    until: str  # the first moment that is too late
    outlet: str | None = None  # outlets.code
    agency: str | None = None  # code, lower case


@dataclass(frozen=True, slots=True)
class Arrived:
    """Articles that came in within one hour or day, from one outlet, with one credit."""

    slot: str  # `2026-11-22T10` or `2026-11-22`, UTC
    outlet: str
    agency: str | None
    articles: int


@dataclass(frozen=True, slots=True)
class Line:
    """An article in a list."""

    article_id: int
    first_seen_at: str
    published_at: str | None
    outlet: str
    agency: str | None
    headline: str | None
    revision: int
    is_partial: bool
    words: int


@dataclass(frozen=True, slots=True)
class Spread:
    """A story that several outlets ran within the time."""

    story_id: int
    headline: str | None
    agency: str | None
    outlets: int  # within the time
    first_outlet: str  # of all times, by publication where it is known
    first_at: str
    who: tuple[str, ...]  # all outlets of the story, in the order in which they ran it


@dataclass(frozen=True, slots=True)
class Revised:
    """A page whose text or headline became another one."""

    article_id: int
    before_id: int
    seen_at: str
    outlet: str
    headline: str | None
    old_headline: str | None
    text: str
    old_text: str


@dataclass(frozen=True, slots=True)
class Gone:
    """A page that was stored, and is gone since."""

    page_id: int
    article_id: int | None
    removed_at: str
    alive_at: str | None
    outlet: str
    headline: str | None
    url: str
