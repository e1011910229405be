"""Captures on their way out: each exchange with its heads, its body, and what the archive knows around it. Reads only.

Each look is a read transaction of its own: a long one would keep the WAL from being emptied while a crawl writes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from archive.store import bodies
from archive.store.connect import Store, telling

BATCH = 50  # captures looked up together, without their bodies


@dataclass(frozen=True, slots=True)
class Mark:
    """What tells an exchange from all others."""

    url: str
    fetched_at: str  # UTC, to the millisecond, as stored
    sha256: str | None  # of the payload


@dataclass(frozen=True)
class Exchange:
    """A capture with what is known around it."""

    id: int
    role: str
    verdict: str
    mark: Mark
    status: int | None
    mime: str | None
    charset: str | None
    elapsed_ms: int | None
    ip: str | None
    protocol: str | None
    content_encoding: str | None
    wire_length: int | None
    wire_sha1: str | None
    truncated: str | None
    error: str | None
    request: bytes | None
    response: bytes | None
    length: int | None  # of the payload
    body_id: int | None
    heads: str | None  # imported.heads; None: captured here
    outlet: str | None  # outlets.code
    feed: str | None  # feeds.url
    page: dict[str, Any] | None  # url, first_seen_at, feed
    before: Mark | None  # the hop that led here
    part_of: Mark | None  # a story's first page
    profile: str | None  # of a revisit
    original: Mark | None  # whose payload a revisit repeats
    original_id: int | None

    @cached_property
    def is_repeat(self) -> bool:
        return self.profile == "identical-payload-digest" and self.original is not None


_SQL = """SELECT c.id, c.role, c.verdict, c.url, c.fetched_at, b.sha256, c.status, c.mime, c.charset,
  c.elapsed_ms, c.ip, c.protocol, c.content_encoding,
  c.wire_length, c.wire_sha1, c.truncated, c.error, h.request, h.response, b.length, c.body_id, i.heads, o.code, f.url,
  p.url, p.first_seen_at, pf.url, c.redirected_from, c.part_of, c.revisit_profile, c.revisit_of
FROM captures c LEFT JOIN capture_heads h ON h.capture_id = c.id LEFT JOIN bodies b ON b.id = c.body_id
LEFT JOIN imported i ON i.capture_id = c.id LEFT JOIN feeds f ON f.id = c.feed_id LEFT JOIN pages p ON p.id = c.page_id
LEFT JOIN feeds pf ON pf.id = p.feed_id LEFT JOIN outlets o ON o.id = coalesce(p.outlet_id, f.outlet_id)
WHERE c.id IN (SELECT value FROM json_each(?)) ORDER BY c.id"""
_PLAIN = (
    "status", "mime", "charset", "elapsed_ms", "ip", "protocol", "content_encoding", "wire_length", "wire_sha1", "truncated", "error",
    "request", "response", "length", "body_id", "heads", "outlet", "feed",
)  # fmt: skip
_MARK = "SELECT c.url, c.fetched_at, b.sha256 FROM captures c LEFT JOIN bodies b ON b.id = c.body_id WHERE c.id = ?"


def newest(store: Store) -> tuple[int, str | None]:
    """(id, time) of the newest capture; (0, None) in an archive without one."""
    with telling(store.path, reading=True):
        row = store.conn.execute("SELECT id, fetched_at FROM captures ORDER BY id DESC LIMIT 1").fetchone()
    return (int(row[0]), row[1]) if row else (0, None)


def count(store: Store, *, last: int, pages_only: bool) -> int:
    """How many captures `every` gives."""
    sql = f"SELECT count(*) FROM captures WHERE id <= ?{_kind(pages_only)}"  # noqa: S608 - our own names
    with telling(store.path, reading=True):
        return int(store.conn.execute(sql, (last,)).fetchone()[0])


def every(store: Store, *, after: int, last: int, pages_only: bool) -> Iterator[Exchange]:
    """All captures with ids beyond `after` and up to `last`, in their order."""
    sql = f"SELECT id FROM captures WHERE id > ? AND id <= ?{_kind(pages_only)} ORDER BY id LIMIT {BATCH}"  # noqa: S608 - our own names
    while True:
        with telling(store.path, reading=True):
            few = [int(row[0]) for row in store.conn.execute(sql, (after, last))]
        if not few:
            return
        yield from these(store, few)
        after = few[-1]


def these(store: Store, ids: Sequence[int]) -> list[Exchange]:
    """The captures with these ids, in their order."""
    with telling(store.path, reading=True):
        rows = store.conn.execute(_SQL, (json.dumps(list(ids)),)).fetchall()
        return [_exchange(store, row) for row in rows]


def body(store: Store, exchange: Exchange) -> bytes | None:
    """The payload; None where none was received. Raises ArchiveDamaged."""
    return None if exchange.body_id is None else bodies.get(store, exchange.body_id)


def of_articles(store: Store, articles: Sequence[int]) -> set[int]:
    """Captures that these articles were read of: all that read so, the redirects before them, a story's further pages."""
    with telling(store.path, reading=True):
        rows = store.conn.execute(
            "WITH RECURSIVE chosen(id) AS ("
            " SELECT capture_id FROM articles WHERE id IN (SELECT value FROM json_each(?1))"
            " UNION SELECT capture_id FROM readings WHERE article_id IN (SELECT value FROM json_each(?1))"
            " UNION SELECT p.id FROM chosen JOIN captures p ON p.part_of = chosen.id"
            " UNION SELECT c.redirected_from FROM chosen JOIN captures c ON c.id = chosen.id WHERE c.redirected_from IS NOT NULL)"
            " SELECT id FROM chosen",
            (json.dumps(list(articles)),),
        )
        return {int(row[0]) for row in rows}


def _kind(pages_only: bool) -> str:
    return " AND role = 'page'" if pages_only else ""


def _exchange(store: Store, row: Sequence[Any]) -> Exchange:
    plain, (url, seen, feed, before, part_of, profile, revisit_of) = row[6 : 6 + len(_PLAIN)], row[6 + len(_PLAIN) :]
    page = None if url is None else {"url": url, "first_seen_at": seen, "feed": feed}
    original = _original(store, revisit_of, profile)
    return Exchange(
        id=row[0], role=row[1], verdict=row[2], mark=Mark(*row[3:6]), **dict(zip(_PLAIN, plain, strict=True)), page=page,
        before=_mark(store, before), part_of=_mark(store, part_of), profile=profile, original=_mark(store, original), original_id=original,
    )  # fmt: skip


def _mark(store: Store, capture_id: int | None) -> Mark | None:
    row = None if capture_id is None else store.conn.execute(_MARK, (capture_id,)).fetchone()
    return Mark(*row) if row else None


def _original(store: Store, capture_id: int | None, profile: str | None) -> int | None:
    """The capture that brought the payload first, of those that a revisit leads back to: it is the one that stands in full."""
    if capture_id is None or profile is None:
        return None
    row = store.conn.execute("SELECT body_id, page_id, feed_id, role, url FROM captures WHERE id = ?", (capture_id,)).fetchone()
    if row is None or row[0] is None:
        return capture_id
    first = store.conn.execute(
        "SELECT min(id) FROM captures WHERE body_id = ? AND page_id IS ? AND (role, url) = (?, ?) AND revisit_profile IS NULL"
        " AND (page_id IS NOT NULL OR feed_id IS ?) AND id <= ?",
        (row[0], row[1], row[3], row[4], row[2], capture_id),
    ).fetchone()
    if first[0] is None:  # a redirect led elsewhere meanwhile: the payload stands under another URL of the page
        first = store.conn.execute(
            "SELECT min(id) FROM captures WHERE body_id = ? AND page_id IS ? AND revisit_profile IS NULL AND id <= ?",
            (row[0], row[1], capture_id),
        ).fetchone()
    return capture_id if first[0] is None else int(first[0])


# --- what is known around them ----------------------------------------------------------------------------------------

_ENTRY = (
    "identity", "digest", "guid", "url", "title", "published_at", "published_raw", "updated_at", "updated_raw", "authors",
    "categories", "summary", "status", "first_seen_at",
)  # fmt: skip
_ARTICLE = (
    "id", "revision", "is_latest", "story_id", "canonical_url", "headline", "subhead", "byline", "authors", "agency", "dateline",
    "dateline_place", "text", "section", "keywords", "language", "published_at", "published_raw", "modified_at", "modified_raw",
    "first_seen_at", "image_url", "images", "is_partial", "is_agency_copy", "word_count", "text_digest", "cleaner_version",
)  # fmt: skip
_LISTS = ("authors", "categories", "keywords", "images")
_POLL = (
    "polled_at", "outcome", "etag_sent", "last_modified_sent", "bytes", "entries", "new_entries", "gap", "reason", "error",
)  # fmt: skip
_OUTLET = ("code", "name", "homepage", "host", "language", "timezone", "agency")


def article(store: Store, capture_id: int) -> dict[str, Any] | None:
    """The article that belongs to this capture, the first that reads so; None where there is none."""
    found = _rows(store, f"SELECT {', '.join(_ARTICLE)} FROM articles WHERE capture_id = ?", _ARTICLE, capture_id)  # noqa: S608 - our own names
    return found[0] if found else None


def entries(store: Store, capture_id: int) -> list[dict[str, Any]]:
    """What feeds said of the page of this capture, in the order in which they said it."""
    columns = ", ".join(f"e.{name}" for name in _ENTRY)
    return _rows(
        store,
        f"SELECT {columns}, f.url, e.content_id FROM captures c JOIN entries e ON e.page_id = c.page_id JOIN feeds f ON f.id = e.feed_id"  # noqa: S608 - our own names
        " WHERE c.id = ? ORDER BY e.id",
        (*_ENTRY, "feed", "content_id"),
        capture_id,
    )


def content(store: Store, body_id: int) -> str:
    """The full text that a feed gave with an entry. Raises ArchiveDamaged."""
    return bodies.get(store, body_id).decode("utf-8", "replace")


def poll(store: Store, exchange: Exchange) -> dict[str, Any] | None:
    """The poll whose answer this exchange was; None for hops, for parts of a sitemap index, and for what is no feed."""
    columns = ", ".join(f"p.{name}" for name in _POLL)
    sql = f"SELECT {columns} FROM captures c JOIN polls p ON p.run_id = c.run_id AND p.feed_id = c.feed_id"  # noqa: S608 - our own names
    found = _rows(store, f"{sql} WHERE c.id = ? AND p.capture_id = c.id LIMIT 1", _POLL, exchange.id) if exchange.role == "feed" else []
    return found[0] if found else None


def outlet(store: Store, code: str) -> dict[str, Any]:
    """An outlet as configured, its feeds, and the furniture that was learned of its pages: what its pages are read with."""
    found = _rows(store, f"SELECT {', '.join(_OUTLET)} FROM outlets WHERE code = ?", _OUTLET, code)[0]  # noqa: S608 - our own names
    of = "FROM outlets o JOIN {} x ON x.outlet_id = o.id WHERE o.code = ? ORDER BY"
    found["feeds"] = _rows(store, f"SELECT x.url, x.kind, x.title {of.format('feeds')} x.url", ("url", "kind", "title"), code)
    names = ("version", "learned_after", "learned_at")
    learned = _rows(store, f"SELECT x.{', x.'.join(names)} {of.format('furnishings')} 1", names, code)
    if learned and learned[0].get("version"):
        lines = ("host", "key", "line", "pages", "looked_at", "version", "is_text")
        found["furniture"] = learned[0] | {
            "lines": _rows(store, f"SELECT x.{', x.'.join(lines)} {of.format('furniture')} x.host, x.key", lines, code)
        }
    return found


def _rows(store: Store, sql: str, names: Sequence[str], value: object) -> list[dict[str, Any]]:
    """Rows as JSON has them: what is null is left out."""
    with telling(store.path, reading=True):
        rows = store.conn.execute(sql, (value,)).fetchall()
    return [
        {name: json.loads(one) if name in _LISTS else one for name, one in zip(names, row, strict=True) if one is not None} for row in rows
    ]
