"""Backfill: which documents of an outlet's past were read, and which still have to be. What it found is filed under feeds of its own."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive.model import BackfillKind, BackfillStep
from archive.store.connect import Store
from archive.times import from_iso, from_iso_or_none, iso, iso_or_none

_WAITING = """SELECT b.id, b.feed_id, b.outlet_id, o.code, b.url, b.kind, b.since, b.until, b.everywhere
FROM backfill b JOIN outlets o ON o.id = b.outlet_id
WHERE b.state = 'waiting' AND b.id > ? AND o.code IN (SELECT value FROM json_each(?)) ORDER BY b.id LIMIT ?"""

_WHICH = "b.outlet_id = (SELECT id FROM outlets WHERE code = :outlet) AND b.since = :since AND b.until = :until"
# A site is no document: only its waiting counts.
_DOCUMENTS = f"""SELECT b.state, count(*), coalesce(sum(b.stories), 0), sum(b.new_pages) FROM backfill b
WHERE {_WHICH} AND (b.kind <> 'site' OR b.state = 'waiting') GROUP BY b.state"""  # noqa: S608 - constants
_PAGES = f"""SELECT CASE WHEN p.state = 'stored' THEN 'stored' WHEN p.next_try_at IS NOT NULL THEN 'queued' ELSE 'given up' END, count(*)
FROM pages p WHERE p.feed_id IN (SELECT b.feed_id FROM backfill b WHERE {_WHICH}) GROUP BY 1"""  # noqa: S608 - constants
_PASSED_OVER = f"SELECT coalesce(sum(b.beyond), 0), coalesce(sum(b.elsewhere), 0) FROM backfill b WHERE {_WHICH}"  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the backfill of some outlets has come."""

    read: int  # documents
    waiting: int
    failed: int
    left_out: int
    stories: int  # in the documents that were read, of the dates asked for
    new: int  # of them, not known before
    stored: int  # of these, had by now
    queued: int  # whose fetch is due or planned
    given_up: int
    beyond: int = 0  # documents that were named, and that there was no room for
    elsewhere: int = 0  # stories of that time on other sites, passed over


def begin(
    store: Store, outlet: str, roots: Iterable[tuple[BackfillKind, str]], *, since: datetime, until: datetime | None, everywhere: bool,
    again: bool, now: datetime,
) -> None:  # fmt: skip
    """Plans the reading of these documents; those that were planned for the same dates before stay as they are.

    What could not be had is tried again; `again` has all read once more. Call inside a transaction.
    """
    outlet_id = int(store.conn.execute("SELECT id FROM outlets WHERE code = ?", (outlet,)).fetchone()[0])
    for kind, url in roots:
        feed_id = adopt(store, outlet_id, url, kind, now) if kind == "sitemap" else None
        root = BackfillStep(0, feed_id, outlet_id, outlet, url, kind, since, until, everywhere)
        add(store, root, [(url, None)], kind=kind, now=now)
    # What was left out unasked is judged anew when what names it is read again.
    states = "state IN ('failed', 'read') OR (state = 'left out' AND asked_at IS NOT NULL)" if again else "state = 'failed'"
    store.conn.execute(
        f"UPDATE backfill SET state = 'waiting' WHERE outlet_id = ? AND since = ? AND until = ? AND ({states})",  # noqa: S608
        (outlet_id, iso(since), iso(until) if until else ""),
    )


def add(
    store: Store, parent: BackfillStep, found: Iterable[tuple[str, str | None]], *, kind: BackfillKind, now: datetime,
    most: float = math.inf,
) -> int:  # fmt: skip
    """Documents that were found: (URL, why it is left out or None). Call inside a transaction.

    What was left out when it was found, and is now found where it may be read, is read. `most` bounds the documents of this outlet and
    these dates; gives back how many that are to be read there was no room for. Those that are left out have a room as large of their own.
    """
    kept, beyond = _count(store, parent), 0
    for url, left_out in found:
        state = "left out" if left_out else "waiting"
        if kept[state] < most or _is_known(store, parent, url):
            kept[state] += _add_one(store, parent, url, kind, state, left_out, now)
        else:
            beyond += state == "waiting"
    return beyond


def _count(store: Store, of: BackfillStep) -> dict[str, int]:
    """How many documents of this outlet and these dates are left out, and how many are not (`waiting`)."""
    sql = "SELECT count(*), coalesce(sum(state = 'left out'), 0) FROM backfill WHERE outlet_id = ? AND since = ? AND until = ?"
    every, left_out = store.conn.execute(sql, (of.outlet_id, iso(of.since), iso_or_none(of.until) or "")).fetchone()
    return {"waiting": every - left_out, "left out": left_out}


def _is_known(store: Store, of: BackfillStep, url: str) -> bool:
    sql = "SELECT 1 FROM backfill WHERE outlet_id = ? AND url = ? AND since = ? AND until = ?"
    return store.conn.execute(sql, (of.outlet_id, url, iso(of.since), iso_or_none(of.until) or "")).fetchone() is not None


def _add_one(store: Store, parent: BackfillStep, url: str, kind: BackfillKind, state: str, left_out: str | None, now: datetime) -> int:
    """1 if it was not known; one that was left out before it was ever asked for may change its state."""
    cursor = store.conn.execute(
        "INSERT INTO backfill (outlet_id, feed_id, url, kind, since, until, everywhere, state, error, found_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (outlet_id, url, since, until) DO UPDATE SET state = 'waiting', error = NULL,"
        " feed_id = excluded.feed_id, kind = excluded.kind"
        " WHERE state = 'left out' AND asked_at IS NULL AND excluded.state = 'waiting'",
        (
            parent.outlet_id, parent.feed_id, url, kind, iso(parent.since), iso_or_none(parent.until) or "", int(parent.everywhere), state,
            left_out, iso(now),
        ),
    )  # fmt: skip
    return cursor.rowcount


def adopt(store: Store, outlet_id: int, url: str, kind: str, now: datetime) -> int:
    """A feed that is never polled, for the stories of one sitemap or of a feed's older pages. Call inside a transaction.

    Its address is its own: what stands at `url` may be a feed that is polled, whose validators and plans are none of our business.
    """
    own, read_as = (f"{url}#past", "sitemap") if kind == "sitemap" else (f"{url}#older", "auto")
    store.conn.execute(
        "INSERT INTO feeds (outlet_id, url, kind, active, next_poll_at, next_poll_reason) VALUES (?, ?, ?, 0, ?, 'backfill')"
        " ON CONFLICT (url) DO NOTHING",
        (outlet_id, own, read_as, iso(now)),
    )
    return int(store.conn.execute("SELECT id FROM feeds WHERE url = ?", (own,)).fetchone()[0])


def waiting(store: Store, outlets: Iterable[str], *, after: int = 0, limit: int = 1) -> list[BackfillStep]:
    """Documents that are to be read, in the order in which they were found, beyond id `after`."""
    rows = store.conn.execute(_WAITING, (after, json.dumps(sorted(outlets)), limit))
    return [_as_step(row) for row in rows]


def _as_step(row: tuple[Any, ...]) -> BackfillStep:
    step_id, feed_id, outlet_id, outlet, url, kind, since, until, everywhere = row
    return BackfillStep(step_id, feed_id, outlet_id, outlet, url, kind, from_iso(since), from_iso_or_none(until or None), bool(everywhere))


def done(
    store: Store, step: BackfillStep, *, state: str, stories: int = 0, new: int = 0, beyond: int = 0, elsewhere: int = 0,
    error: str | None = None, now: datetime,
) -> None:  # fmt: skip
    """How the reading of a document ended: read, failed or left out. Call inside a transaction.

    `beyond`, `elsewhere`: documents that it names and stories of other sites, both passed over.
    """
    store.conn.execute(
        "UPDATE backfill SET state = ?, stories = ?, new_pages = new_pages + ?, beyond = ?, elsewhere = ?, error = ?, asked_at = ?,"
        " feed_id = ? WHERE id = ?",
        (state, stories, new, beyond, elsewhere, error, iso(now), step.feed_id, step.step_id),
    )


def count_pages(store: Store, step: BackfillStep) -> int:
    """Pages of feeds that were found for the outlet and dates of this step."""
    sql = "SELECT count(*) FROM backfill WHERE kind = 'pages' AND outlet_id = ? AND since = ? AND until = ?"
    return int(store.conn.execute(sql, (step.outlet_id, iso(step.since), iso_or_none(step.until) or "")).fetchone()[0])


def found_so_far(store: Store, outlets: Iterable[str]) -> int:
    """Pages that the backfill of these outlets has brought so far."""
    sql = (
        "SELECT coalesce(sum(b.new_pages), 0) FROM backfill b JOIN outlets o ON o.id = b.outlet_id"
        " WHERE o.code IN (SELECT value FROM json_each(?))"
    )
    return int(store.conn.execute(sql, (json.dumps(sorted(outlets)),)).fetchone()[0])


def progress(store: Store, outlet: str, *, since: datetime, until: datetime | None) -> Progress:
    """Of one outlet and these dates."""
    which = {"outlet": outlet, "since": iso(since), "until": iso_or_none(until) or ""}
    documents = store.conn.execute(_DOCUMENTS, which).fetchall()
    states = {state: number for state, number, _, _ in documents}
    pages = dict(store.conn.execute(_PAGES, which))
    beyond, elsewhere = store.conn.execute(_PASSED_OVER, which).fetchone()
    return Progress(
        read=states.get("read", 0), waiting=states.get("waiting", 0), failed=states.get("failed", 0), left_out=states.get("left out", 0),
        stories=sum(row[2] for row in documents), new=sum(row[3] for row in documents), stored=pages.get("stored", 0),
        queued=pages.get("queued", 0), given_up=pages.get("given up", 0), beyond=beyond, elsewhere=elsewhere,
    )  # fmt: skip
