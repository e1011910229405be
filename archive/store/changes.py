"""Each revision of a page beside the one before it: the rows of `changes`, written with the revision itself.

An archive from before has them made by a pass, portion by portion, and so has one whose stories are grouped anew.
"""

from __future__ import annotations

import sqlite3
from itertools import pairwise

from archive.changes import change
from archive.grouping.kept import whole_percent
from archive.store.connect import Store

PORTION = 100  # revisions a transaction: a comparison of two texts takes .5 ms, of long ones some ms


def follow(store: Store, page_id: int, article_id: int | None) -> None:
    """After a revision of the page was written (`article_id`) or taken away (None). Call inside the same transaction."""
    conn = store.conn
    ids = [row[0] for row in conn.execute("SELECT id FROM articles WHERE page_id = ? ORDER BY revision", (page_id,))]
    if not ids:
        return
    if len(ids) > 1:
        own = "(SELECT id FROM articles WHERE page_id = ?)"
        standing = dict(conn.execute(f"SELECT article_id, before_id FROM changes WHERE article_id IN {own}", (page_id,)))  # noqa: S608
        due = {row[0] for row in conn.execute(f"SELECT article_id FROM changes_due WHERE article_id IN {own}", (page_id,))}  # noqa: S608
        for before, one in pairwise(ids):
            if article_id in (before, one) or (standing.get(one) != before and one not in due):
                _write(conn, before, one)
    conn.execute("DELETE FROM changes WHERE article_id = ?", (ids[0],))


def waiting(store: Store) -> int:
    """How many revisions wait to be compared."""
    return int(store.conn.execute("SELECT count(*) FROM changes_due").fetchone()[0])


def catch_up(store: Store, *, portion: int = PORTION) -> int:
    """Compares revisions that wait, the newest ones first; gives back how many it were. Call inside a transaction."""
    conn = store.conn
    waiting = conn.execute("SELECT article_id FROM changes_due ORDER BY article_id DESC LIMIT ?", (portion,)).fetchall()
    for (article_id,) in waiting:
        before = conn.execute(
            "SELECT b.id FROM articles a JOIN articles b ON b.page_id = a.page_id AND b.revision = a.revision - 1 WHERE a.id = ?",
            (article_id,),
        ).fetchone()
        if before:
            _write(conn, before[0], article_id)
        conn.execute("DELETE FROM changes_due WHERE article_id = ?", (article_id,))
    return len(waiting)


def forget(store: Store) -> None:
    """All rows are to be made anew. Call inside a transaction."""
    store.conn.execute("DELETE FROM changes")
    store.conn.execute("INSERT INTO changes_due (article_id) SELECT id FROM articles WHERE revision > 1 ON CONFLICT DO NOTHING")


def _write(conn: sqlite3.Connection, before_id: int, article_id: int) -> None:
    said = "SELECT text, headline, text_digest FROM articles WHERE id = ?"
    old, new = (conn.execute(said, (one,)).fetchone() for one in (before_id, article_id))
    found = change(old[0], new[0], old_headline=old[1], new_headline=new[1])
    conn.execute(
        "INSERT OR REPLACE INTO changes (article_id, before_id, kind, kept_percent, added_percent, words_cut, words_added,"
        " headline_changed, text_changed, on_top, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            article_id, before_id, found.kind, whole_percent(found.kept), 100 - whole_percent(1 - found.added), found.words_cut,
            found.words_added, int(found.headline), int(old[2] != new[2]), int(found.on_top), found.note,
        ),
    )  # fmt: skip
