"""Ids of one page's captures, or of one feed's polls and entries, brought into the order of time: all that reads them relies on it.

The rows keep the ids that they have among them: only who has which changes. Foreign keys are off meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

Pointer = tuple[str, str, str]  # table, column, and which of its rows can point there: SQL with :of


def captures_of(conn: sqlite3.Connection, page_id: int) -> bool:
    """Whether any changed its id: then the TEMP table `moved` says which (old, new). Call inside a transaction."""
    rows = conn.execute("SELECT id, fetched_at FROM captures WHERE page_id = ? ORDER BY id", (page_id,)).fetchall()
    pointers: list[Pointer] = [("captures", column, "page_id = :of") for column in ("redirected_from", "revisit_of", "part_of")]
    pointers += [("pages", "capture_id", "(id = :of OR same_as = :of)")]
    pointers += [(table, column, "1") for table, column in _pointing_at(conn, "captures") if table not in ("captures", "polls")]
    return _permute(conn, "captures", rows, page_id, pointers)


def polls_and_entries_of(conn: sqlite3.Connection, feed_id: int) -> None:
    """Call inside a transaction."""
    rows = conn.execute("SELECT id, polled_at FROM polls WHERE feed_id = ? ORDER BY id", (feed_id,)).fetchall()
    pointers = [("entries", "poll_id", "feed_id = :of")]
    pointers += [(table, column, "1") for table, column in _pointing_at(conn, "polls") if table != "entries"]
    _permute(conn, "polls", rows, feed_id, pointers)
    rows = conn.execute("SELECT id, first_seen_at FROM entries WHERE feed_id = ? ORDER BY id", (feed_id,)).fetchall()
    _permute(conn, "entries", rows, feed_id, [(table, column, "1") for table, column in _pointing_at(conn, "entries")])


def _pointing_at(conn: sqlite3.Connection, parent: str) -> Iterable[tuple[str, str]]:
    """Columns that refer to a table's ids, in whatever table they stand."""
    for (table,) in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall():
        for row in conn.execute(f'PRAGMA foreign_key_list("{table}")').fetchall():
            if row[2] == parent:
                yield table, row[3]


def _permute(conn: sqlite3.Connection, table: str, rows: list[tuple[int, str]], of: int, pointers: Iterable[Pointer]) -> bool:
    ids = [row[0] for row in rows]
    wanted = [row[0] for row in sorted(rows, key=lambda row: row[1])]  # those of one time keep their order
    moved = [(old, new) for old, new in zip(wanted, ids, strict=True) if old != new]
    if not moved:
        return False
    conn.execute("CREATE TEMP TABLE IF NOT EXISTS moved (old INTEGER PRIMARY KEY, new INTEGER NOT NULL)")
    conn.execute("DELETE FROM moved")
    conn.executemany("INSERT INTO moved VALUES (?, ?)", moved)
    for where, column, which in ((table, "id", "1"), *pointers):
        # Over negative numbers: no two rows have one id at any time.
        conn.execute(
            f'UPDATE "{where}" SET "{column}" = -(SELECT new FROM moved WHERE old = "{where}"."{column}")'  # noqa: S608 - names of our schema
            f' WHERE "{column}" IN (SELECT old FROM moved) AND {which}',
            {"of": of},
        )
        conn.execute(f'UPDATE "{where}" SET "{column}" = -"{column}" WHERE "{column}" < 0 AND {which}', {"of": of})  # noqa: S608
    return True
