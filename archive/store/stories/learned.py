"""What an outlet prints again and again: paragraphs, labels before teasers, headlines. It is left out before texts are compared.

The cleaner leaves out furniture that it knows; what of it comes through, or stands within the text, is learned here.
"""

from __future__ import annotations

import sqlite3

from archive.grouping import RULES, Paragraph, headlines
from archive.store.stories.index import Window, listed


def keys(parts: list[Paragraph], headline: str | None) -> list[int]:
    """Under what a text's paragraphs, labels and headline are learned."""
    named = headlines.key(headline)
    labels = {part.label for part in parts if part.label is not None}
    return sorted({part.key for part in parts} | labels | ({named} if named is not None else set()))


def furniture(conn: sqlite3.Connection, outlet_id: int, asked: list[int]) -> frozenset[int]:
    """Those of the keys that are known as the outlet's furniture."""
    return frozenset(
        row[0]
        for values, holes in listed(asked)
        for row in conn.execute(
            f"SELECT key FROM story_paragraphs WHERE outlet_id = ? AND stories >= ? AND key IN ({holes})",  # noqa: S608
            (outlet_id, RULES.paragraph, *values),
        )
    )


def learn(conn: sqlite3.Connection, outlet_id: int, found: list[int], story_id: int, window: Window) -> None:
    """Counts what a text has for its outlet, once a story."""
    conn.executemany(
        "INSERT INTO story_paragraphs (outlet_id, key, story_id, stories, window) VALUES (?, ?, ?, 1, ?) ON CONFLICT DO UPDATE SET"
        " stories = stories + 1, other_story_id = coalesce(other_story_id, excluded.story_id), window = excluded.window"
        " WHERE stories < ? AND story_id <> excluded.story_id AND other_story_id IS NOT excluded.story_id",
        [(outlet_id, key, story_id, window.number, RULES.paragraph) for key in found],
    )
