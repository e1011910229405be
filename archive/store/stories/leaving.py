"""An article that has another text now, or is taken back: its text goes where nobody else has it, its story where nobody is left."""

from __future__ import annotations

import sqlite3

from archive.grouping import RULES
from archive.store.connect import Store
from archive.store.stories import index, texts


def leave(store: Store, story_id: int | None, article_id: int, text_digest: str) -> None:
    """The article is no longer of this story. Call inside a transaction, after the article was written or taken away."""
    conn = store.conn
    forget_text(conn, text_digest, but=article_id)
    if story_id is None:
        return
    conn.execute(
        "UPDATE stories SET first_article_id = (SELECT min(id) FROM articles WHERE story_id = stories.id AND id <> ?1)"
        " WHERE id = ?2 AND first_article_id = ?1",
        (article_id, story_id),
    )
    if conn.execute("SELECT 1 FROM stories WHERE id = ? AND first_article_id IS NULL", (story_id,)).fetchone():
        _end(conn, story_id)


def told_anew(store: Store, story_id: int) -> None:
    """Headline, agency and time of a story that has lost articles, from those that are left. Call inside a transaction."""
    store.conn.execute(
        "UPDATE stories SET (headline, first_seen_at, first_article_id) = (SELECT a.headline, a.first_seen_at, a.id FROM articles a"
        " WHERE a.story_id = stories.id ORDER BY a.id LIMIT 1), agency = (SELECT a.agency FROM articles a WHERE a.story_id = stories.id"
        " AND a.agency IS NOT NULL ORDER BY a.id LIMIT 1) WHERE id = ?1 AND EXISTS (SELECT 1 FROM articles WHERE story_id = ?1)",
        (story_id,),
    )


def forget_text(conn: sqlite3.Connection, text_digest: str, *, but: int) -> None:
    """Forgets a text that no article but this one has; the story's other texts stand for what they have in common with it."""
    known = texts.find(conn, text_digest)
    if known is None or conn.execute("SELECT 1 FROM articles WHERE text_digest = ? AND id <> ?", (text_digest, but)).fetchone():
        return
    text_id, story_id = known
    gone = texts.load(conn, [text_id]).get(text_id)
    _delete(conn, text_id)
    if gone is None:
        return
    hashes = gone.sketch.at(RULES.rate)
    index.forget(conn, story_id, text_id, hashes)
    _stand_in(conn, story_id, hashes)


def _delete(conn: sqlite3.Connection, text_id: int) -> None:
    conn.execute("DELETE FROM story_texts WHERE id = ?", (text_id,))
    conn.execute("DELETE FROM story_links WHERE text_id = ?", (text_id,))
    conn.execute("DELETE FROM story_links WHERE of_text_id = ?", (text_id,))


def _stand_in(conn: sqlite3.Connection, story_id: int, hashes: frozenset[int]) -> None:
    number, began, count = conn.execute("SELECT window, began, texts FROM story_index").fetchone()
    left = hashes - index.hubs(conn, hashes)
    found = index.Found()
    for text in texts.load(conn, texts.of_story(conn, story_id, 100)).values():
        index.post(conn, left & text.sketch.at(RULES.rate), found, story_id, text.text_id, index.Window(number, began, count))


def _end(conn: sqlite3.Connection, story_id: int) -> None:
    """A story without articles ends."""
    for (text_id,) in conn.execute("SELECT id FROM story_texts WHERE story_id = ?", (story_id,)).fetchall():
        gone = texts.load(conn, [text_id]).get(text_id)
        if gone:
            index.forget(conn, story_id, text_id, gone.sketch.at(RULES.rate))
        _delete(conn, text_id)
    conn.execute("DELETE FROM stories WHERE id = ?", (story_id,))
