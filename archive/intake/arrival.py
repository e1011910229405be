"""What a file brings, place by place. Records; they decide nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from archive.model import Capture

Heads = Literal["exact", "stated", "made"]
Dated = Literal["record", "manifest", "page", "file"]

PAGE_LIMIT = 8 * 2**20  # bytes of a page that are kept, as the crawler has it by default
DOCUMENT_LIMIT = 52_428_800  # of what a wirecopy archive brings: sitemaps may have that much


@dataclass(frozen=True, slots=True)
class Source:
    """Where an exchange stands in its file."""

    offset: int  # imported.offset
    record_id: str | None
    heads: Heads
    dated: Dated


@dataclass(frozen=True, slots=True)
class Payload:
    """What a revisit repeats, as its record says."""

    digest: str | None = None  # sha256:hex or sha1:base32, of the payload
    url: str | None = None
    date: str | None = None  # as the archive writes times


@dataclass(frozen=True, slots=True)
class Arrival:
    """One exchange."""

    capture: Capture
    source: Source
    repeats: Payload | None = None  # its body is that of another exchange
    said: dict[str, Any] = field(default_factory=dict)  # what a wirecopy archive says of it; {} in a file of others


@dataclass(frozen=True, slots=True)
class OutletSaid:
    """An outlet as a wirecopy archive knows it."""

    said: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that is no page: counted, and passed by."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A place that brings nothing, though it should."""

    offset: int
    reason: str


Brought = Arrival | OutletSaid | LeftOut | Unreadable
