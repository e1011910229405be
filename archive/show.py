"""One article, found by its id or its URL: what it says, what was received, which revisions it has. Reads only."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from archive.errors import UsageError
from archive.keys import url_key
from archive.store import bodies, credits, markdown, pages, pruning, tombstones
from archive.store.connect import Store

_HINT = "`wirecopy search WORDS` lists articles with their ids"
_LISTS = ("authors", "keywords", "evidence")  # columns that hold JSON


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a page, and of it one article and one capture, where there are any."""

    page_id: int
    article_id: int | None
    capture_id: int | None


def find(store: Store, what: str) -> Place:
    """The article with this id, or the latest one of the page with this URL. Raises UsageError where there is none."""
    if what.isascii() and what.isdigit() and len(what) < 19:
        row = store.conn.execute("SELECT page_id, id, capture_id FROM articles WHERE id = ?", (int(what),)).fetchone()
        if row is None:
            raise UsageError(f"no article {what} in this archive", hint=_HINT)
        return Place(*row)
    page_id = pages.find(store, url_key(what))
    if page_id is None:
        _say_taken_down(store, what)
        raise UsageError(f"no page {what} in this archive", hint=_HINT)
    return _latest(store, page_id)


def _say_taken_down(store: Store, url: str) -> None:
    """Raises UsageError where there is a tombstone of it."""
    try:
        found = tombstones.of(store, tombstones.page(url_key(url)))
    except sqlite3.OperationalError:  # an archive from before there were any
        return
    if found is not None:
        one = tombstones.get(store, found)
        why = f": {one.reason}" if one.reason else ""
        raise UsageError(f"{url} was taken down on {one.forgotten_at[:10]}{why}", hint="`wirecopy forget --list` lists what was")


def _latest(store: Store, page_id: int) -> Place:
    """The page's newest revision, or that of the page it is another address of; a page without one keeps its capture."""
    row = store.conn.execute(
        "SELECT a.page_id, a.id, a.capture_id FROM pages p JOIN articles a ON a.page_id IN (p.id, p.same_as) AND a.is_latest"
        " WHERE p.id = ? ORDER BY a.page_id = p.id DESC LIMIT 1",
        (page_id,),
    ).fetchone()
    if row:
        return Place(*row)
    capture = store.conn.execute("SELECT capture_id FROM pages WHERE id = ?", (page_id,)).fetchone()
    return Place(page_id, None, capture[0])


def article(store: Store, place: Place) -> dict[str, object]:
    """All that is known of the article, by column name, with its `credits` and `revisions`. Raises UsageError where the page has none."""
    if place.article_id is None:
        raise UsageError(*_why_none(store, place))
    cursor = store.conn.execute(
        "SELECT a.*, o.name AS outlet_name, c.fetched_at, c.status, c.body_id, b.sha256 AS body_sha256 FROM articles a"
        " JOIN captures c ON c.id = a.capture_id LEFT JOIN bodies b ON b.id = c.body_id LEFT JOIN outlets o ON o.code = a.outlet"
        " WHERE a.id = ?",
        (place.article_id,),
    )
    found = dict(zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True))
    found |= {name: json.loads(found[name]) for name in _LISTS}
    found["text_markdown"] = markdown.get(store, place.article_id)
    found["credits"] = credits.of(store, place.article_id)
    found["revisions"] = revisions(store, place.page_id)
    if not found["text"] and (why := pruning.why_no_text(store, place.article_id)):
        found["text_pruned"] = why
    return found


def revisions(store: Store, page_id: int) -> list[dict[str, object]]:
    """The page's revisions, oldest first: id, revision, first_seen_at, headline, word_count, kind of change (None: not known, or first)."""
    names = ("id", "revision", "first_seen_at", "headline", "word_count", "kind")
    rows = store.conn.execute(
        "SELECT a.id, a.revision, a.first_seen_at, a.headline, a.word_count, c.kind FROM articles a"
        " LEFT JOIN changes c ON c.article_id = a.id WHERE a.page_id = ? ORDER BY a.revision",
        (page_id,),
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def raw(store: Store, place: Place) -> bytes:
    """The page as received, byte for byte. Raises UsageError where nothing was, ArchiveDamaged where it cannot be read back."""
    row = store.conn.execute("SELECT body_id FROM captures WHERE id = ?", (place.capture_id,)).fetchone()
    if row is None or row[0] is None:
        raise UsageError(*_why_none(store, place))
    return bodies.get(store, row[0])


def heads(store: Store, place: Place) -> bytes:
    """Request and response heads of the capture, byte for byte, each redirect's before it."""
    rows = store.conn.execute(
        "WITH RECURSIVE hop(id, before, depth) AS (SELECT id, redirected_from, 0 FROM captures WHERE id = ?"
        " UNION ALL SELECT c.id, c.redirected_from, depth + 1 FROM hop JOIN captures c ON c.id = hop.before WHERE depth < 50)"
        " SELECT h.request, h.response FROM hop JOIN capture_heads h ON h.capture_id = hop.id ORDER BY depth DESC",
        (place.capture_id,),
    ).fetchall()
    if not rows:
        raise UsageError(*_why_none(store, place))
    return b"".join(head for row in rows for head in row if head)


def _why_none(store: Store, place: Place) -> tuple[str]:
    row = store.conn.execute(
        "SELECT p.url, p.state, coalesce(p.error, (SELECT reason FROM readings r WHERE r.capture_id = p.capture_id))"
        " FROM pages p WHERE id = ?",
        (place.page_id,),
    ).fetchone()
    why = f"{row[1]}: {row[2]}" if row[2] else row[1]
    return (f"{row[0]} has no article ({why})" if place.capture_id else f"{row[0]} was never received ({why})",)
