"""A filled file made a sound archive: bodies read back, references put right, and what the web may still have queued to be had again."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from archive.errors import ArchiveDamaged, BodyPruned
from archive.keys import key_hash, text_digest, url_key
from archive.store import bodies, captures, changes, markdown, repacking, stories
from archive.store.connect import Store
from archive.store.salvaging.standins import WHY, StandIns
from archive.times import iso


@dataclass(slots=True)
class Mended:
    """What was done, in numbers. `bodies`: ids of those that could not be read back; `cut`: references to what is lost, by column."""

    bodies: list[int] = field(default_factory=list)
    articles: int = 0  # whose text was not what was written: read anew from the raw page
    stand_ins: Counter[str] = field(default_factory=Counter)
    cut: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)  # rows that mean nothing without what they point at
    pages: int = 0  # that are to be fetched again
    to_clean: int = 0  # captures that are to be read anew
    rekeyed: int = 0


# Tables whose rows can all be made again from the others: nothing is lost with them.
MADE_AGAIN = frozenset(
    {"changes", "changes_due", "clean_queue", "compact_queue", "copies", "copies_due", "grouping_turns", "keyframes", "markdown", "stories",
     "story_hubs", "story_index", "story_links", "story_paragraphs", "story_prints_a", "story_prints_b", "story_reruns", "story_texts"}
)  # fmt: skip


def mend(store: Store, *, damaged: frozenset[str], now: datetime, tell: Callable[[], None]) -> Mended:
    """Makes all of it hold together, in one transaction. `damaged`: tables of which rows are missing.

    `tell` is called after each body that was read back.
    """
    done = Mended()
    with store.transaction() as conn:
        done.bodies = _unreadable(store, tell)
        _forget(conn, done.bodies)
        done.articles = _texts(conn)
        stand_ins = StandIns(conn, now)
        stand_ins.make()
        done.stand_ins = stand_ins.made
        done.rekeyed = _keys(conn)
        _markdown(store)
        done.to_clean = _queue_readings(conn)
        _cut_loose(conn, done)
        _revisions(conn)
        told_apart = any(name.startswith(("stories", "story_", "articles", "copies", "changes", "grouping_")) for name in damaged)
        _index_of_stories(store, anew=told_apart or bool(done.articles))
        done.pages = _fetch_again(conn, now)
        _bodies_at_hand(store, anew="compact_queue" in damaged)
        if damaged - MADE_AGAIN or done.bodies:
            conn.execute("UPDATE feeds SET etag = NULL, last_modified = NULL, body_sha256 = NULL")  # a 304 would hide what is missing
    return done


def note(store: Store, source: str, report: dict[str, object], now: datetime) -> None:
    """Keeps on record that this archive was recovered, and what came of it."""
    with store.transaction() as conn:
        conn.execute(
            "INSERT INTO recoveries (recovered_at, source, report) VALUES (?, ?, ?)",
            (iso(now), source, json.dumps(report, ensure_ascii=False)),
        )


def _unreadable(store: Store, tell: Callable[[], None]) -> list[int]:
    """Bodies that are not what was stored, or stand on one that is not."""
    lost = []
    for (body_id,) in store.conn.execute("SELECT id FROM bodies ORDER BY id").fetchall():
        try:
            bodies.get(store, body_id)
        except BodyPruned:  # it was taken away, and that is on record
            pass
        except ArchiveDamaged:
            lost.append(int(body_id))
        tell()
    return lost


def _forget(conn: sqlite3.Connection, lost: list[int]) -> None:
    conn.execute("CREATE TEMP TABLE lost_bodies (id INTEGER PRIMARY KEY)")
    conn.executemany("INSERT INTO lost_bodies VALUES (?)", [(body_id,) for body_id in lost])
    conn.execute("DELETE FROM bodies WHERE id IN (SELECT id FROM lost_bodies)")
    conn.execute("DROP TABLE lost_bodies")
    gone = "body_id IS NOT NULL AND body_id NOT IN (SELECT id FROM bodies)"
    conn.execute(f"UPDATE captures SET error = coalesce(error, 'its body was lost with a damaged file') WHERE {gone}")  # noqa: S608
    conn.execute(
        "UPDATE hosts SET robots_fetched_at = NULL, robots_expires_at = NULL, robots_status = NULL"
        " WHERE robots_body_id IS NOT NULL AND robots_body_id NOT IN (SELECT id FROM bodies)"
    )


def _texts(conn: sqlite3.Connection) -> int:
    """Articles whose text is not what was written are dropped: their pages are read anew."""
    wrong = [
        (article_id,)
        for article_id, text, digest in conn.execute(
            "SELECT id, text, text_digest FROM articles WHERE id NOT IN (SELECT article_id FROM pruned_texts)"
        )
        if text_digest(text) != digest
    ]
    conn.executemany("DELETE FROM articles WHERE id = ?", wrong)
    return len(wrong)


def _keys(conn: sqlite3.Connection) -> int:
    """Pages are filed under the key of their URL; a row that is not was damaged in the one or the other."""
    wrong = [
        (key, key_hash(key), page_id)
        for page_id, url, old, hashed in conn.execute("SELECT id, url, key, key_hash FROM pages")
        if (key := url_key(url)) != old or key_hash(key) != hashed
    ]
    conn.executemany("UPDATE pages SET key = ?, key_hash = ? WHERE id = ?", wrong)
    return len(wrong)


def _cut_loose(conn: sqlite3.Connection, done: Mended) -> None:
    """References to rows that are not there become null where they may; else the row goes, and what points at it in its turn."""
    tables = [name for (name,) in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0")]
    while True:
        before = done.cut.total() + done.dropped.total()
        for table in tables:
            may_be_null = {row[1]: not row[3] and not row[5] for row in conn.execute(f'PRAGMA table_info("{table}")')}
            for _, _, parent, column, to, *_ in conn.execute(f'PRAGMA foreign_key_list("{table}")').fetchall():
                gone = f'"{column}" IS NOT NULL AND "{column}" NOT IN (SELECT "{to or "id"}" FROM "{parent}")'  # noqa: S608
                if may_be_null[column] and table != "bodies":
                    done.cut[f"{table}.{column}"] += conn.execute(f'UPDATE "{table}" SET "{column}" = NULL WHERE {gone}').rowcount  # noqa: S608
                else:
                    done.dropped[table] += conn.execute(f'DELETE FROM "{table}" WHERE {gone}').rowcount  # noqa: S608
        if done.cut.total() + done.dropped.total() == before:
            return


def _revisions(conn: sqlite3.Connection) -> None:
    conn.execute("UPDATE articles SET is_latest = 0 WHERE is_latest AND EXISTS (SELECT 1 FROM articles n WHERE n.page_id = articles.page_id"
                 " AND n.revision > articles.revision)")  # fmt: skip
    conn.execute("UPDATE articles SET is_latest = 1 WHERE NOT is_latest AND NOT EXISTS (SELECT 1 FROM articles n"
                 " WHERE n.page_id = articles.page_id AND n.revision > articles.revision)")  # fmt: skip


def _index_of_stories(store: Store, *, anew: bool) -> None:
    """Where something of it is lost, all articles are grouped again by the next runs: the same articles give the same ids."""
    if store.conn.execute("SELECT count(*) FROM story_index").fetchone()[0] == 0:
        store.conn.execute("INSERT INTO story_index VALUES (1, 1, 1, 0, 0, 0)")
        anew = True
    if anew:
        stories.begin_anew(store)
        changes.forget(store)
        if not store.conn.execute("SELECT 1 FROM articles LIMIT 1").fetchone():  # then nothing waits to be grouped
            store.conn.execute("DELETE FROM stories")
            store.conn.execute("UPDATE story_index SET waiting_from = NULL")


def _markdown(store: Store) -> None:
    for (article_id,) in store.conn.execute("SELECT article_id FROM markdown").fetchall():
        try:
            markdown.get(store, article_id)
        except ArchiveDamaged:
            store.conn.execute("DELETE FROM markdown WHERE article_id = ?", (article_id,))


def _queue_readings(conn: sqlite3.Connection) -> int:
    """Stored pages whose reading, article or markdown was lost are read anew, from their raw bytes."""
    conn.execute("DELETE FROM clean_queue WHERE capture_id NOT IN (SELECT c.id FROM captures c JOIN bodies b ON b.id = c.body_id)")
    before = conn.execute("SELECT count(*) FROM clean_queue").fetchone()[0]
    conn.execute(
        "INSERT OR IGNORE INTO clean_queue (capture_id) SELECT c.id FROM captures c JOIN bodies b ON b.id = c.body_id"
        " LEFT JOIN readings r ON r.capture_id = c.id WHERE c.role = 'page' AND c.verdict = 'stored' AND c.page_id IS NOT NULL"
        " AND c.part_of IS NULL AND b.id NOT IN (SELECT body_id FROM pruned) AND (r.capture_id IS NULL OR"
        " (r.article_id IS NOT NULL AND r.article_id NOT IN (SELECT id FROM articles) AND r.same_as IS NULL))"
    )
    conn.execute(
        "INSERT OR IGNORE INTO clean_queue (capture_id, again) SELECT c.id, 1 FROM articles a JOIN captures c ON c.id = a.capture_id"
        " JOIN bodies b ON b.id = c.body_id WHERE a.text <> '' AND a.id NOT IN (SELECT article_id FROM markdown)"
    )
    return int(conn.execute("SELECT count(*) FROM clean_queue").fetchone()[0]) - int(before)


def _fetch_again(conn: sqlite3.Connection, now: datetime) -> int:
    """Pages that count as stored while nothing of them is kept go back to the newest capture that has its body, else to the queue."""
    conn.execute("CREATE TEMP TABLE bereft AS SELECT p.id FROM pages p LEFT JOIN captures c ON c.id = p.capture_id"
                 " WHERE (p.capture_id IS NOT NULL AND c.body_id IS NULL) OR (p.state = 'stored' AND p.capture_id IS NULL)"
                 " OR p.error = ?", (WHY,))  # fmt: skip
    conn.execute(
        "UPDATE pages SET etag = NULL, last_modified = NULL, capture_id = (SELECT max(c.id) FROM captures c WHERE c.page_id = pages.id"
        " AND c.verdict = 'stored' AND c.body_id IS NOT NULL AND c.part_of IS NULL) WHERE id IN (SELECT id FROM bereft)"
    )
    conn.execute(
        "UPDATE pages SET state = CASE WHEN capture_id IS NULL THEN 'queued' ELSE 'stored' END,"  # noqa: S608 - our own names
        f" stored_at = CASE WHEN capture_id IS NULL THEN NULL ELSE coalesce(stored_at, (SELECT {captures.ENDED_AT}"
        " FROM captures WHERE id = pages.capture_id)) END, attempts = 0, next_try_at = ?"
        " WHERE id IN (SELECT id FROM bereft) AND state IN ('stored', 'queued')",
        (iso(now),),
    )
    count = int(conn.execute("SELECT count(*) FROM bereft").fetchone()[0])
    conn.execute("DROP TABLE bereft")
    return count


def _bodies_at_hand(store: Store, *, anew: bool) -> None:
    """Keyframes and what waits to be packed: of bodies that are there, and can be bases."""
    conn = store.conn
    conn.execute("DELETE FROM keyframes WHERE body_id NOT IN (SELECT id FROM bodies WHERE codec = 'zstd')")
    if anew:
        repacking.queue_all(store)
