"""All articles grouped anew, in the order of their ids, as if they came one after the other; resumable after each portion.

An archive from before its texts were compared is grouped so, one whose rules have changed, and one that a person asks for. Articles that
have not had their turn keep the story that they had; new ones get one by their text alone until the replay has come to them.
"""

from __future__ import annotations

from dataclasses import dataclass

from archive.grouping import GROUPING_VERSION
from archive.store.connect import Store
from archive.store.stories import copies, index
from archive.store.stories.place import Piece, place
from archive.times import from_iso

PORTION = 200  # articles a transaction


@dataclass(frozen=True, slots=True)
class Progress:
    """What a portion did."""

    done: int
    finished: bool  # no article waits any more


def waiting(store: Store) -> int:
    """How many articles have a text and wait to be grouped; all of them where the rules have changed."""
    version, first = store.conn.execute("SELECT version, waiting_from FROM story_index").fetchone()
    if version != GROUPING_VERSION:
        first = 1
    if first is None:
        return 0
    return int(store.conn.execute("SELECT count(*) FROM articles WHERE id >= ?", (first,)).fetchone()[0])


def begin_anew(store: Store) -> None:
    """Forgets what is known of all texts: `regroup` then goes over all articles. Call inside a transaction."""
    index.empty(store.conn)
    copies.forget(store.conn)
    store.conn.execute("UPDATE story_index SET version = ?, waiting_from = 1, window = 0, began = 0, texts = 0", (GROUPING_VERSION,))


def regroup(store: Store, *, portion: int = PORTION) -> Progress:
    """Groups the next articles that wait. Call inside a transaction; what is done stays done."""
    conn = store.conn
    version, first = conn.execute("SELECT version, waiting_from FROM story_index").fetchone()
    if version != GROUPING_VERSION:
        begin_anew(store)
        first = 1
    if first is None:
        return Progress(0, finished=True)
    rows = conn.execute(
        "SELECT a.id, p.outlet_id, a.text_digest, a.headline, a.text, a.agency, a.published_at, c.fetched_at, a.first_seen_at, a.story_id,"
        " (SELECT b.id FROM articles b WHERE b.page_id = a.page_id AND b.capture_id < a.capture_id AND b.id < a.id"
        " ORDER BY b.capture_id DESC LIMIT 1)"
        " FROM articles a JOIN pages p ON p.id = a.page_id JOIN captures c ON c.id = a.capture_id WHERE a.id >= ? ORDER BY a.id LIMIT ?",
        (first, portion),
    ).fetchall()
    for row in rows:
        _again(store, row)
    finished = len(rows) < portion
    if finished:
        conn.execute("DELETE FROM stories WHERE id NOT IN (SELECT story_id FROM articles WHERE story_id IS NOT NULL)")
        conn.execute("UPDATE story_index SET waiting_from = NULL")
    return Progress(len(rows), finished)


def _again(store: Store, row: tuple[object, ...]) -> None:
    article_id, outlet_id, digest, headline, text, agency, published_at, fetched_at, first_seen_at, former, before = row
    store.conn.execute("UPDATE story_index SET waiting_from = ?", (int(str(article_id)) + 1,))
    if not text:
        return
    piece = Piece(
        article_id=int(str(article_id)), outlet_id=int(str(outlet_id)), digest=str(digest), headline=_text(headline), text=str(text),
        agency=_text(agency), published=None if published_at is None else seconds(str(published_at)), seen=seconds(str(fetched_at)),
        first_seen_at=str(first_seen_at),
    )  # fmt: skip
    story_id = place(store, piece, before=int(str(before)) if before is not None else None)
    if story_id == former:
        return
    store.conn.execute("UPDATE articles SET story_id = ? WHERE id = ?", (story_id, piece.article_id))


def seconds(stamp: str) -> int:
    """Seconds since 1970 of a time as it is stored."""
    return int(from_iso(stamp).timestamp())


def _text(value: object) -> str | None:
    return None if value is None else str(value)
