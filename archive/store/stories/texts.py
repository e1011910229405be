"""One row each different text: its story, and what of it is compared."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from archive.grouping import Known, Sketch, unpack
from archive.grouping.figures import pack

_LIVE, _ROUNDUP, _CORRECTED = 1, 2, 4
_COLUMNS = "id, published, words, rate, form, hashes, figures"


def key(text_digest: str) -> int:
    """The first 64 bits of a text's digest, signed, as SQLite's integers are."""
    return int.from_bytes(bytes.fromhex(text_digest[:16]), "big", signed=True)


def find(conn: sqlite3.Connection, text_digest: str) -> tuple[int, int] | None:
    """(text id, story id) of a text that is known."""
    row = conn.execute("SELECT id, story_id FROM story_texts WHERE digest = ?", (key(text_digest),)).fetchone()
    return (int(row[0]), int(row[1])) if row else None


def keep(conn: sqlite3.Connection, text_id: int, text_digest: str, story_id: int, at: int, sketch: Sketch | None, roundup: bool) -> int:
    """Keeps a text; gives back its id, another one than `text_id` where that is taken. No sketch: too short to be compared."""
    text_id = _free(conn, text_id)
    form = _ROUNDUP * roundup + (_LIVE * sketch.live + _CORRECTED * sketch.corrected if sketch else 0)
    packed = (sketch.words, sketch.rate, form, sketch.packed(), pack(sketch.figures)) if sketch else (0, 1, form, b"", b"")
    conn.execute(
        "INSERT INTO story_texts (id, digest, story_id, published, words, rate, form, hashes, figures) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (text_id, key(text_digest), story_id, at, *packed),
    )
    return text_id


def load(conn: sqlite3.Connection, ids: Collection[int]) -> dict[int, Known]:
    """Texts by their ids; those that are too short to be compared are left out."""
    if not ids:
        return {}
    rows = conn.execute(f"SELECT {_COLUMNS} FROM story_texts WHERE words > 0 AND id IN ({','.join('?' * len(ids))})", tuple(ids))  # noqa: S608
    return {row[0]: _known(*row) for row in rows}


def _known(text_id: int, published: int, words: int, rate: int, form: int, hashes: bytes, figures: bytes) -> Known:
    forms = {"live": bool(form & _LIVE), "roundup": bool(form & _ROUNDUP), "corrected": bool(form & _CORRECTED)}
    return Known(text_id, unpack(words, rate, hashes, figures, **forms), published)


def of_story(conn: sqlite3.Connection, story_id: int, most: int) -> list[int]:
    """The ids of the story's first texts, at most so many."""
    rows = conn.execute("SELECT id FROM story_texts WHERE story_id = ? ORDER BY id LIMIT ?", (story_id, most))
    return [row[0] for row in rows]


def _free(conn: sqlite3.Connection, wanted: int) -> int:
    """An article whose first text others have still, and that has another one now, cannot give its id to that as well."""
    if conn.execute("SELECT 1 FROM story_texts WHERE id = ?", (wanted,)).fetchone() is None:
        return wanted
    row = conn.execute("SELECT max((SELECT max(id) FROM story_texts), (SELECT max(id) FROM articles)) + 1").fetchone()
    return int(row[0])
