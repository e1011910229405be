"""What a reader takes from a document, before links are resolved and dates understood: one record for all formats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from archive.model import FeedKind


@dataclass(frozen=True, slots=True)
class Item:
    """One entry as printed. It may have no link at all: whether it can be fetched is decided later."""

    links: tuple[str, ...] = ()  # candidates for the entry's page, best first, as printed
    base: str = ""  # what its relative links are relative to
    guid: str | None = None
    title: str | None = None  # plain text
    published_raw: str | None = None
    updated_raw: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    summary: str | None = None
    content: str | None = None
    status: Literal["usable", "canceled"] = "usable"
    embargo_raw: str | None = None
    expires_raw: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One document as printed; `error` set means that it is not a feed."""

    kind: FeedKind | None
    items: tuple[Item, ...] = ()
    more: int = 0  # entries over the limit, counted but not read
    error: str | None = None
    title: str | None = None
    homepage: str | None = None
    language: str | None = None
    self_url: str | None = None
    next_url: str | None = None
    sitemaps: tuple[tuple[str, str | None], ...] = ()  # (URL, lastmod as printed)
    ttl_minutes: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()
    finished: bool = False
    problems: tuple[str, ...] = ()
