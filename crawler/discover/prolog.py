"""What stands before the root element: warnings, declarations, comments, a DOCTYPE. None of it reaches the parser.

The DOCTYPE is cut off, so no entity is ever expanded by the parser, external or nested. Plain internal entities
(`<!ENTITY name "words">`) are collected for the repair; everything else in a DTD is without effect.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_SPACE = re.compile(rb"\s*+")
_NAME = re.compile(rb"<((?:[A-Za-z_][\w.\-]{0,40}:)?)([A-Za-z_][\w.\-]{0,40})(?=[\s/>])")
_DOCTYPE = re.compile(rb"<!DOCTYPE(?:[^\[>\"']|\"[^\"]*\"|'[^']*')*+", re.IGNORECASE)
_SUBSET_END = re.compile(rb"\]\s*>")
_ENTITY = re.compile(rb"<!ENTITY\s{1,8}([A-Za-z][\w.\-]{0,31})\s{1,8}(?:\"([^\"&%<]{0,200})\"|'([^'&%<]{0,200})')\s{0,8}>")
_ROOTS = ("rss", "rdf", "feed", "entry", "channel", "urlset", "sitemapindex")
_FEED_ROOT = re.compile(
    rb"<\?xml\b|<(?:[A-Za-z_][\w.\-]{0,40}:)?(?:rss|rdf|feed|entry|channel|urlset|sitemapindex)(?=[\s/>])",
    re.IGNORECASE,
)
_LOOK = 65_536  # bytes searched for a feed behind junk
_STEPS = 64  # comments, processing instructions and the like before the root
_ENTITIES = 200


@dataclass(frozen=True, slots=True)
class Prolog:
    """Where a document's root element starts, and what was learned before it."""

    root: str | None  # local name, lower case; None: no element in sight
    start: int = 0  # offset of the root's `<`
    entities: Mapping[bytes, bytes] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @property
    def is_feed(self) -> bool:
        return self.root in _ROOTS


def read_prolog(data: bytes) -> Prolog:
    """Find the root; where junk stands before a feed (printed warnings, blank lines), pass over the junk."""
    prolog = _walk(data, 0)
    if prolog.is_feed or prolog.root in ("html", "head", "body"):
        return prolog
    found = _FEED_ROOT.search(data, prolog.start, prolog.start + _LOOK)
    if not found:
        return prolog
    behind = _walk(data, found.start())
    if not behind.is_feed:
        return prolog
    return Prolog(behind.root, behind.start, behind.entities, ("Text stands before the XML document.",))


def _walk(data: bytes, at: int) -> Prolog:
    entities: dict[bytes, bytes] = {}
    for _ in range(_STEPS):
        at = _past_space(data, at)
        if data.startswith(b"<!--", at):
            at = _past(data, b"-->", at)
        elif data.startswith(b"<?", at):
            at = _past(data, b"?>", at)
        elif data[at : at + 9].upper() == b"<!DOCTYPE":
            at = _past_doctype(data, at, entities)
        else:
            break
    name = _NAME.match(data, at)
    return Prolog(name.group(2).decode("ascii", "replace").lower() if name else None, at, entities)


def _past_space(data: bytes, at: int) -> int:
    found = _SPACE.match(data, at)
    return found.end() if found else at


def _past(data: bytes, mark: bytes, at: int) -> int:
    end = data.find(mark, at)
    return len(data) if end < 0 else end + len(mark)


def _past_doctype(data: bytes, at: int, entities: dict[bytes, bytes]) -> int:
    found = _DOCTYPE.match(data, at)
    end = found.end() if found else at + 9
    if not data.startswith(b"[", end):
        return _past(data, b">", end)
    close = _SUBSET_END.search(data, end)
    stop = close.end() if close else len(data)
    for number, entity in enumerate(_ENTITY.finditer(data, end, stop)):
        if number >= _ENTITIES:
            break
        entities.setdefault(entity.group(1), entity.group(2) or entity.group(3) or b"")
    return stop
