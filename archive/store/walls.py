"""Walls: answers that are no story. They are counted as such, tried again, and never take the place of a good capture."""

from __future__ import annotations

from datetime import datetime, timedelta

from archive.model import WallKind
from archive.store import captures
from archive.store.connect import Store
from archive.times import iso

FIRST_RETRY = timedelta(minutes=30)  # then four times as long after each wall in a row
MOST = 4  # walls in a row; then a soft 404 counts as gone, and the others as blocked


def note(store: Store, page_id: int, capture_id: int, kind: WallKind, reason: str, *, first: bool, now: datetime) -> None:
    """Records what stood in the way. Call inside a transaction.

    `first`: the capture is read for the first time; then, if it is the page's newest, the page is tried again, more and more rarely.
    """
    store.conn.execute("INSERT OR REPLACE INTO walls (capture_id, page_id, kind) VALUES (?, ?, ?)", (capture_id, page_id, kind))
    if first and store.conn.execute("SELECT 1 FROM pages WHERE id = ? AND capture_id = ?", (page_id, capture_id)).fetchone():
        _turned_away(store, page_id, capture_id, kind, reason, now)


def forget(store: Store, capture_id: int) -> None:
    """A newer cleaner sees no wall there. Call inside a transaction."""
    store.conn.execute("DELETE FROM walls WHERE capture_id = ?", (capture_id,))


def _turned_away(store: Store, page_id: int, capture_id: int, kind: WallKind, reason: str, now: datetime) -> None:
    """The page as it was before this answer, with a time for another try; given up after `MOST`."""
    good = _last_good(store, page_id)
    times = _in_a_row(store, page_id, good)
    over = times >= MOST
    gone = over and kind == "not-found"
    again = None if over else iso(now + FIRST_RETRY * 4 ** (times - 1))
    state = "gone" if gone else "stored" if good is not None else "blocked" if kind != "not-found" else "failed"
    store.conn.execute(
        "UPDATE pages SET state = ?, error = ?, next_try_at = ?, attempts = ?, capture_id = ?, etag = NULL, last_modified = NULL,"  # noqa: S608
        " removed_at = CASE WHEN ? THEN coalesce(removed_at, ?) ELSE removed_at END,"
        " stored_at = CASE WHEN ? THEN stored_at END, recheck_at = CASE WHEN ? THEN recheck_at END,"
        f" alive_at = (SELECT max({captures.ENDED_AT}) FROM captures WHERE page_id = ?10 AND verdict = 'stored'"
        " AND id < ?11 AND id NOT IN (SELECT capture_id FROM walls WHERE page_id = ?10)) WHERE id = ?10",
        (
            state, reason, again, times, good, gone and good is not None, iso(now), good is not None,
            good is not None and not gone, page_id, capture_id,
        ),
    )  # fmt: skip


def _last_good(store: Store, page_id: int) -> int | None:
    """The page's newest capture that became an article with text."""
    row = store.conn.execute(
        "SELECT max(r.capture_id) FROM readings r JOIN captures c ON c.id = r.capture_id JOIN articles a ON a.id = r.article_id"
        " WHERE c.page_id = ? AND a.text <> ''",
        (page_id,),
    ).fetchone()
    return int(row[0]) if row[0] is not None else None


def _in_a_row(store: Store, page_id: int, good: int | None) -> int:
    row = store.conn.execute("SELECT count(*) FROM walls WHERE page_id = ? AND capture_id > ?", (page_id, good or 0)).fetchone()
    return int(row[0])
