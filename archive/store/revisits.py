"""Revisits with unchanged bytes: what was read of them before holds for them as well, so that they cost no second reading.

A reading depends on the bytes, on the address and Content-Type they came with, on what the feeds say of the page, and on a story's
further pages. Where any of these may differ the capture is read itself.
"""

from __future__ import annotations

from datetime import datetime

from archive.store.connect import Store
from archive.times import iso

_SAME = """INSERT INTO readings (capture_id, article_id, cleaned_at, cleaner_version, furniture, same_as)
SELECT c.id, r.article_id, r.cleaned_at, r.cleaner_version, r.furniture, coalesce(r.same_as, r.capture_id)
FROM captures c JOIN captures b ON b.id = c.revisit_of JOIN readings r ON r.capture_id = b.id
WHERE c.id = ? AND c.revisit_profile = 'identical-payload-digest' AND r.article_id IS NOT NULL AND r.reason IS NULL
  AND (c.url, c.role) = (b.url, b.role) AND c.mime IS b.mime AND c.charset IS b.charset AND c.truncated IS b.truncated
  AND NOT EXISTS (SELECT 1 FROM captures p WHERE p.part_of = b.id)
  AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.page_id = c.page_id AND e.first_seen_at > substr(b.fetched_at, 1, 19) || 'Z')"""


def inherit(store: Store, capture_id: int) -> bool:
    """Whether the capture has the reading of the one whose bytes it repeats from now on. Call inside a transaction."""
    return store.conn.execute(_SAME, (capture_id,)).rowcount == 1


def follow(store: Store, capture_id: int, *, now: datetime, good: bool) -> None:
    """A capture was read anew: those that repeat it follow. Call inside a transaction, after its reading is saved.

    Unless `good` (an article came of it) each of them is read itself: what stands in the way of one says nothing of the others.
    """
    if good:
        store.conn.execute(
            "UPDATE readings SET (article_id, cleaned_at, cleaner_version, furniture) ="
            " (SELECT r.article_id, ?2, r.cleaner_version, r.furniture FROM readings r WHERE r.capture_id = ?1) WHERE same_as = ?1",
            (capture_id, iso(now)),
        )
        return
    store.conn.execute(
        "INSERT OR IGNORE INTO clean_queue (capture_id, again) SELECT capture_id, 1 FROM readings WHERE same_as = ?", (capture_id,)
    )
    store.conn.execute("UPDATE readings SET same_as = NULL WHERE same_as = ?", (capture_id,))
