"""What a feed document has where it names a story: its link, guid and title, as XML, HTML and JSON write them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape

_LEAST = 8  # characters: shorter ones stand in documents that mean something else


def needles(said: Iterable[tuple[str | None, ...]]) -> frozenset[bytes]:
    """Byte strings, one of which stands in a document that names one of these (link, guid, title)."""
    found: set[bytes] = set()
    for texts in said:
        for text in texts:
            if text and len(text) >= _LEAST:
                found |= _written(text)
    return frozenset(found)


def _written(text: str) -> set[bytes]:
    in_json = json.dumps(text, ensure_ascii=False)[1:-1]
    ways = {
        text,
        escape(text, quote=False),
        escape(text),
        escape(text).replace("&#x27;", "&apos;"),
        escape(text).replace("&#x27;", "&#39;"),
        in_json,
        in_json.replace("/", "\\/"),
        json.dumps(text)[1:-1],
        json.dumps(text)[1:-1].replace("/", "\\/"),
    }
    return {encoded for way in ways for charset in ("utf-8", "utf-16-le", "utf-16-be", "cp1252") if (encoded := _encoded(way, charset))}


def _encoded(text: str, charset: str) -> bytes | None:
    try:
        return text.encode(charset)
    except UnicodeEncodeError:  # a document in that charset cannot name it so
        return None
