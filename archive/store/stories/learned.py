"""What an outlet prints again and again, paragraph by paragraph: it is left out before texts are compared.

The cleaner leaves out furniture that it knows; what of it comes through, or stands within the text, is learned here.
"""

from __future__ import annotations

import sqlite3

from archive.grouping import RULES, Paragraph
from archive.store.stories.index import Window, listed


def without_furniture(conn: sqlite3.Connection, outlet_id: int, parts: list[Paragraph]) -> list[Paragraph]:
    """The paragraphs that are not known as the outlet's furniture."""
    known = {
        row[0]
        for values, holes in listed(_keys(parts))
        for row in conn.execute(
            f"SELECT key FROM story_paragraphs WHERE outlet_id = ? AND stories >= ? AND key IN ({holes})",  # noqa: S608
            (outlet_id, RULES.paragraph, *values),
        )
    }
    return [part for part in parts if part.key not in known and part.label not in known] if known else parts


def learn(conn: sqlite3.Connection, outlet_id: int, parts: list[Paragraph], story_id: int, window: Window) -> None:
    """Counts the paragraphs of a text for their outlet, once a story."""
    conn.executemany(
        "INSERT INTO story_paragraphs (outlet_id, key, story_id, stories, window) VALUES (?, ?, ?, 1, ?) ON CONFLICT DO UPDATE SET"
        " stories = stories + 1, other_story_id = coalesce(other_story_id, excluded.story_id), window = excluded.window"
        " WHERE stories < ? AND story_id <> excluded.story_id AND other_story_id IS NOT excluded.story_id",
        [(outlet_id, key, story_id, window.number, RULES.paragraph) for key in _keys(parts)],
    )


def _keys(parts: list[Paragraph]) -> list[int]:
    return sorted({part.key for part in parts} | {part.label for part in parts if part.label is not None})
