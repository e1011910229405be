"""A story that stands in no element of the page, but in its data: JSON-LD's articleBody, or the payload from which scripts draw the page.

A last resort: data may be cut, or hold other stories. Bounded: at most 10 scripts of 2 MB, 20,000 values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import chain, islice

from selectolax.lexbor import LexborHTMLParser

from archive.clean.metadata import Metadata
from archive.clean.text import plain_lines, words

LEAST = 50  # words of a story
_SCRIPTS, _SIZE, _VALUES = 10, 2_000_000, 20_000
_LONG = 200  # characters of a value that may be a story, or a paragraph
_PIECES = 1000
_PUSHED = re.compile(r'self\.__next_f\.push\(\[1,\s?("(?:[^"\\]|\\.)*")\]\)', re.S)
_TEXT_ROW = re.compile(rb"(?:(?<=\n)|^)[0-9a-f]{1,6}:T([0-9a-f]{1,7}),")
# Property names that content systems give a story's text.
_NAMES = frozenset(
    ("articlebody", "articlecontent", "articlehtml", "articletext", "body", "bodyhtml", "bodytext", "content", "contents", "contenthtml",
     "fulltext", "html", "maintext", "rendered", "storybody", "text")
)  # fmt: skip


def story_in_data(tree: LexborHTMLParser, meta: Metadata) -> tuple[list[str], str] | None:
    """(its paragraphs, where they stand), or None. Never raises."""
    body = meta.ld.article.get("articleBody")
    said = "\n".join(map(str, body[:500])) if isinstance(body, list) else body if isinstance(body, str) else ""
    if lines := _story(said):
        return lines, "json-ld articleBody"
    if not _is_article(meta):
        return None
    longest = max(chain(*map(_texts, _payloads(tree)), _flight(tree)), key=len, default="")
    lines = _story(longest)
    return (lines, "data of a script") if lines else None


def _is_article(meta: Metadata) -> bool:
    """Whether the page says that it is one: the data of other pages hold terms, cookies, descriptions of the outlet."""
    return bool(meta.ld.article or meta.first("article:published_time") or (meta.first("og:type") or "").lower().startswith("article"))


def _story(text: str) -> list[str]:
    """The paragraphs of a text of some length; none of a shorter one."""
    lines = plain_lines(text[:_SIZE]) if text else []
    return lines if sum(map(words, lines)) >= LEAST else []


def _payloads(tree: LexborHTMLParser) -> Iterator[object]:
    for script in tree.css('script[type="application/json"],script#__NEXT_DATA__')[:_SCRIPTS]:
        text = script.text(deep=True)
        if _LONG < len(text) <= _SIZE:
            try:
                yield json.loads(text, strict=False)
            except (ValueError, RecursionError):
                continue


def _flight(tree: LexborHTMLParser) -> Iterator[str]:
    """Long texts in what React sends for its server components: pushed in pieces, a text as `ID:Tsize,` and so many bytes (hexadecimal)."""
    pieces: list[str] = []
    for script in tree.css("script:not([src])")[:_PIECES]:
        pushed = _PUSHED.match(script.text(deep=True)[:_SIZE])
        if pushed:
            try:
                pieces.append(json.loads(pushed[1]))
            except ValueError:
                continue
    stream = "".join(pieces)[:_SIZE].encode("utf-8", "replace")
    for row in islice(_TEXT_ROW.finditer(stream), _PIECES):
        size = int(row[1], 16)
        if size >= _LONG:
            yield stream[row.end() : row.end() + size].decode("utf-8", "replace")


def _texts(payload: object) -> Iterator[str]:
    """Long texts under names that a story's text has."""
    stack: list[tuple[str, object]] = [("", payload)]
    for _ in range(_VALUES):
        if not stack:
            return
        name, value = stack.pop()
        if isinstance(value, dict):
            stack.extend((str(key).lower().replace("_", ""), inner) for key, inner in value.items())
        elif isinstance(value, list):
            stack.extend((name, inner) for inner in value[:2000])
        elif isinstance(value, str) and len(value) >= _LONG and name in _NAMES:
            yield value
