"""The clean queue: captures whose reading is due, handed out in capture order with their evidence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from archive.errors import ArchiveDamaged
from archive.keys import host_of
from archive.model import CleanTask, Entry
from archive.store import bodies, furniture, further
from archive.store.connect import Store
from archive.times import from_iso, from_iso_or_none

_TASK = """SELECT c.id, c.body_id, c.url, c.mime, c.charset, c.fetched_at, c.page_id, o.timezone, o.agency, o.id
FROM captures c JOIN pages p ON p.id = c.page_id JOIN outlets o ON o.id = p.outlet_id"""
_WAITING = f"{_TASK} JOIN clean_queue q ON q.capture_id = c.id WHERE {{}} q.capture_id > ? ORDER BY q.capture_id LIMIT ?"
_PRUNED = "SELECT c.id FROM pruned d JOIN captures c ON c.body_id = d.body_id"
_NEW, _ALL = _WAITING.format("q.again = 0 AND"), _WAITING.format("")


def waiting(store: Store, *, again: bool = True) -> int:
    """How many captures wait; without `again`, those alone that a run reads."""
    sql = "SELECT count(*) FROM clean_queue" if again else "SELECT count(*) FROM clean_queue WHERE again = 0"
    return int(store.conn.execute(sql).fetchone()[0])


def batch(store: Store, *, after: int, limit: int, again: bool = True) -> tuple[list[CleanTask], list[tuple[int, str]]]:
    """The next tasks beyond capture `after`, and those whose body cannot be read back: (capture id, why).

    Without `again`, what was queued to be read anew by a newer cleaner is left out: it is for `wirecopy clean`.
    """
    tasks, damaged = [], []
    for row in store.conn.execute(_ALL if again else _NEW, (after, limit)).fetchall():
        try:
            tasks.append(_task(store, row))
        except ArchiveDamaged as problem:
            damaged.append((int(row[0]), str(problem)))
    return tasks, damaged


def task(store: Store, capture_id: int) -> CleanTask | None:
    """One capture as the queue would hand it out; None where it is of no page or has no body.

    Raises ArchiveDamaged where the body cannot be read back.
    """
    row = store.conn.execute(f"{_TASK} WHERE c.id = ? AND c.body_id IS NOT NULL", (capture_id,)).fetchone()
    return _task(store, row) if row else None


def _task(store: Store, row: Sequence[Any]) -> CleanTask:
    return CleanTask(
        capture_id=row[0],
        body=bodies.get(store, row[1]),
        url=row[2],
        headers=further.content_type(row[3], row[4]),
        fetched_at=from_iso(row[5]),
        timezone=row[7],
        agency=row[8],
        entry=_entry(store, row[6]),
        furniture=furniture.known(store, row[9], host_of(row[2])),
        furniture_version=furniture.version(store, row[9]),
        further=further.of(store, row[0]),
    )


def ask_again(store: Store, *, below_version: int | None = None) -> int:
    """Queues stored captures for reading anew: all, or those read by an older cleaner, or before their outlet's furniture was known.

    Gives back how many wait then.
    """
    older = " WHERE same_as IS NULL"  # what repeats another capture follows it
    older += f" AND capture_id NOT IN ({_PRUNED}) AND (article_id IS NULL OR article_id NOT IN (SELECT article_id FROM pruned_texts))"  # noqa: S608
    older += "" if below_version is None else f" AND (cleaner_version < ? OR capture_id IN ({furniture.BEHIND}))"
    with store.transaction() as conn:
        conn.execute(
            f"INSERT OR IGNORE INTO clean_queue (capture_id, again) SELECT capture_id, 1 FROM readings{older}",  # noqa: S608 - a constant
            () if below_version is None else (below_version,),
        )
    return waiting(store)


def _entry(store: Store, page_id: int) -> Entry | None:
    """What the feeds said of this page last."""
    row = store.conn.execute(
        "SELECT url, guid, title, published_at, published_raw, updated_at, updated_raw, authors, categories, summary, content_id"
        " FROM entries WHERE page_id = ? ORDER BY first_seen_at DESC, id DESC LIMIT 1",
        (page_id,),
    ).fetchone()
    if row is None:
        return None
    return Entry(
        url=row[0],
        url_given=row[0],
        guid=row[1],
        title=row[2],
        published_at=_time(row[3]),
        published_raw=row[4],
        updated_at=_time(row[5]),
        updated_raw=row[6],
        authors=tuple(json.loads(row[7])) if row[7] else (),
        categories=tuple(json.loads(row[8])) if row[8] else (),
        summary=row[9],
        content=_content(store, row[10]),
    )


def _content(store: Store, body_id: int | None) -> str | None:
    if body_id is None:
        return None
    try:
        return bodies.get(store, body_id).decode("utf-8", "replace")
    except ArchiveDamaged:  # evidence only: the page itself can be read without it
        return None


def _time(text: str | None) -> datetime | None:
    return from_iso_or_none(text)
