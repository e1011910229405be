"""A file an article, plain text or Markdown, and the names that they have. Pure.

`DAY/OUTLET-ID.txt`: nothing in a name comes from a page, so that none leaves the folder, and none changes when a page is read anew.
"""

from __future__ import annotations

import re
from typing import Any

from archive.export.jsonl import dumped
from archive.export.xml_text import xml_text
from archive.store.selecting import Selected

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NOT_NAME = re.compile(r"[^a-z0-9-]+", re.ASCII)
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~!])")
# Of an article's front matter, in this order; what is null or empty is left out.
FRONT = (
    "headline", "subhead", "outlet", "outlet_name", "agency", "byline", "authors", "dateline", "section", "keywords", "language",
    "published_at", "modified_at", "first_seen_at", "url", "id", "revision", "story_id", "word_count", "text_digest",
)  # fmt: skip


def file_name(article: Selected, at: str, suffix: str) -> str:
    """Its path inside the folder; `at`: the time whose day it lies under."""
    day = at[:10] if _DAY.fullmatch(at[:10]) else "undated"
    outlet = _NOT_NAME.sub("-", article.outlet.lower())[:60].strip("-") or "outlet"
    return f"{day}/{outlet}-{article.id}{suffix}"


def plain_text(article: Selected) -> bytes:
    """The headline, a blank line, the text; what no text file has becomes the replacement character."""
    parts = [_line(article.headline), article.text]
    return (xml_text("\n\n".join(filter(None, parts))) + "\n").encode("utf-8", "replace")


def markdown(article: Selected) -> bytes:
    """YAML front matter, the headline, and the text with its structure; where an older cleaner read it, the text alone.

    Each value of the front matter is JSON, which is YAML too (YAML 1.2 section 1.3): no headline can end it or add to it.
    """
    said = {name: getattr(article, name) for name in FRONT}
    front = "".join(f"{name}: {_json(value)}\n" for name, value in said.items() if value not in (None, "", ()))
    headline = f"# {_MARKS.sub(_ESCAPED, _line(article.headline))}\n\n" if article.headline else ""
    return f"---\n{front}---\n\n{headline}{xml_text(article.text_markdown or article.text)}\n".encode("utf-8", "replace")


_ESCAPED = r"\\\1"


def _json(value: Any) -> str:
    return dumped(value).decode().rstrip("\n")


def _line(text: str | None) -> str:
    return " ".join((text or "").split())
