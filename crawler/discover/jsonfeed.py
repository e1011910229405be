"""JSON Feed 1.0 and 1.1 (jsonfeed.org). Lone surrogates, wrong types and missing parts are read over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crawler.discover.items import Item, Reading
from crawler.discover.jsonscan import scan
from crawler.discover.links import absolute
from crawler.discover.text import KEY_CHARS, distinct, html_of_text, one_line, person, storable, title_of

_BROKEN = "The document is JSON, but not a JSON Feed: it has no list of items."


def read(data: bytes, url: str, limit: int) -> Reading:
    """The feed and its first `limit` items; anything that is no JSON Feed gives an error."""
    found = scan(data.decode("utf-8", "replace"), "items", limit)
    feed = found.members
    if not found.elements and "jsonfeed.org" not in (_text(feed, "version") or ""):
        return Reading(None, error=found.problem or _BROKEN)
    items = [item for item in found.elements if isinstance(item, dict)]
    return Reading(
        "json",
        tuple(_item(item, url) for item in items),
        found.more,
        title=title_of(_text(feed, "title")),
        homepage=absolute(_text(feed, "home_page_url"), url),
        language=one_line(_text(feed, "language"), 100),
        self_url=absolute(_text(feed, "feed_url"), url),
        next_url=absolute(_text(feed, "next_url"), url),
        finished=feed.get("expired") is True,
        problems=(found.problem,) if found.problem else (),
    )


def _item(item: Mapping[str, Any], url: str) -> Item:
    guid = _text(item, "id")
    links = [_text(item, "url"), guid if guid and "://" in guid else None, _text(item, "external_url")]
    return Item(
        links=tuple(link for link in links if link and link.strip()),
        base=url,
        guid=one_line(guid, KEY_CHARS),
        title=title_of(_text(item, "title")),
        published_raw=one_line(_text(item, "date_published"), 200),
        updated_raw=one_line(_text(item, "date_modified"), 200),
        authors=distinct([_author(author) for author in (*_list(item, "authors"), item.get("author"))]),
        categories=distinct([one_line(tag) for tag in _list(item, "tags") if isinstance(tag, str)]),
        summary=storable(_text(item, "summary")),
        content=storable(_text(item, "content_html")) or storable(html_of_text(_text(item, "content_text") or "")),
    )


def _author(author: object) -> str | None:
    if isinstance(author, str):
        return person(author)
    return person(_text(author, "name") or _text(author, "url")) if isinstance(author, dict) else None


def _text(values: Mapping[str, Any], key: str) -> str | None:
    """A value as text; numbers are taken where text belongs (ids often are), other types are not."""
    value = values.get(key)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _list(values: Mapping[str, Any], key: str) -> list[Any]:
    value = values.get(key)
    return value[:1000] if isinstance(value, list) else []
