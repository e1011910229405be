"""All articles grouped anew, in the order of their ids, as if they came one after the other; resumable after each portion.

Where archives were merged ids say nothing of time: then `grouping_turns` has the order, that of their captures. The same articles find the
same stories then, whichever archive was merged into which.

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
        return int(store.conn.execute("SELECT count(*) FROM articles").fetchone()[0])
    turns = int(store.conn.execute("SELECT count(*) FROM grouping_turns").fetchone()[0])
    return turns + (0 if first is None else int(store.conn.execute("SELECT count(*) FROM articles WHERE id >= ?", (first,)).fetchone()[0]))


def begin_anew(store: Store) -> None:
    """Forgets what is known of all texts: `regroup` then goes over all articles. Call inside a transaction."""
    conn = store.conn
    index.empty(conn)
    copies.forget(conn)
    conn.execute("DELETE FROM grouping_turns")
    merged = conn.execute("SELECT EXISTS (SELECT 1 FROM merges)").fetchone()[0]
    conn.execute(
        "UPDATE story_index SET version = ?, waiting_from = ?, window = 0, began = 0, texts = 0", (GROUPING_VERSION, None if merged else 1)
    )
    if merged:
        conn.execute(
            "INSERT INTO grouping_turns (place, article_id) SELECT row_number() OVER (ORDER BY c.fetched_at, a.text_digest, a.id), a.id"
            " FROM articles a JOIN captures c ON c.id = a.capture_id"
        )


_ARTICLE = """SELECT a.id, p.outlet_id, a.text_digest, a.headline, a.text, a.agency, a.published_at, c.fetched_at, a.first_seen_at,
a.story_id,
(SELECT b.id FROM articles b WHERE b.page_id = a.page_id AND b.capture_id < a.capture_id AND {before} ORDER BY b.capture_id DESC LIMIT 1)
FROM articles a JOIN pages p ON p.id = a.page_id JOIN captures c ON c.id = a.capture_id"""
_BY_ID = f"{_ARTICLE} WHERE a.id >= ? ORDER BY a.id LIMIT ?".replace("{before}", "b.id < a.id")
_BY_TURN = f"{_ARTICLE} JOIN grouping_turns t ON t.article_id = a.id ORDER BY t.place LIMIT ?".replace(
    "{before}", "NOT EXISTS (SELECT 1 FROM grouping_turns w WHERE w.article_id = b.id AND w.place > t.place)"
)


def regroup(store: Store, *, portion: int = PORTION) -> Progress:
    """Groups the next articles that wait. Call inside a transaction; what is done stays done."""
    conn = store.conn
    if conn.execute("SELECT version FROM story_index").fetchone()[0] != GROUPING_VERSION:
        begin_anew(store)
    first = conn.execute("SELECT waiting_from FROM story_index").fetchone()[0]
    rows = conn.execute(_BY_TURN, (portion,)).fetchall()
    by_turn = bool(rows)
    if not by_turn and first is not None:
        rows = conn.execute(_BY_ID, (first, portion)).fetchall()
    elif not by_turn:
        return Progress(0, finished=True)
    for row in rows:
        _again(store, row, by_turn=by_turn)
    left = by_turn and conn.execute("SELECT EXISTS (SELECT 1 FROM grouping_turns)").fetchone()[0]
    finished = first is None and not left if by_turn else len(rows) < portion
    if finished:
        conn.execute("DELETE FROM stories WHERE id NOT IN (SELECT story_id FROM articles WHERE story_id IS NOT NULL)")
        conn.execute("UPDATE story_index SET waiting_from = NULL")
        conn.execute("DELETE FROM grouping_turns")
    return Progress(len(rows), finished)


def _again(store: Store, row: tuple[object, ...], *, by_turn: bool) -> None:
    article_id, outlet_id, digest, headline, text, agency, published_at, fetched_at, first_seen_at, former, before = row
    if by_turn:
        store.conn.execute("DELETE FROM grouping_turns WHERE article_id = ?", (article_id,))
    else:
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
