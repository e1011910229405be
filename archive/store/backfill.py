"""Backfill: which documents of an outlet's past were read, and which still have to be. What it found is filed under feeds of its own."""

from __future__ import annotations

import json
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
    states = "('failed', 'read', 'left out')" if again else "('failed')"
    store.conn.execute(
        f"UPDATE backfill SET state = 'waiting' WHERE outlet_id = ? AND since = ? AND until = ? AND state IN {states}",  # noqa: S608
        (outlet_id, iso(since), iso(until) if until else ""),
    )


def add(store: Store, parent: BackfillStep, found: Iterable[tuple[str, str | None]], *, kind: BackfillKind, now: datetime) -> None:
    """Documents that were found: (URL, why it is left out or None). Call inside a transaction."""
    for url, left_out in found:
        store.conn.execute(
            "INSERT INTO backfill (outlet_id, feed_id, url, kind, since, until, everywhere, state, error, found_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (outlet_id, url, since, until) DO NOTHING",
            (
                parent.outlet_id, parent.feed_id, url, kind, iso(parent.since), iso(parent.until) if parent.until else "",
                int(parent.everywhere), "left out" if left_out else "waiting", left_out, iso(now),
            ),
        )  # fmt: skip


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


def done(store: Store, step: BackfillStep, *, state: str, stories: int = 0, new: int = 0, error: str | None = None, now: datetime) -> None:
    """How the reading of a document ended: read, failed or left out. Call inside a transaction."""
    store.conn.execute(
        "UPDATE backfill SET state = ?, stories = ?, new_pages = new_pages + ?, error = ?, asked_at = ?, feed_id = ? WHERE id = ?",
        (state, stories, new, error, iso(now), step.feed_id, step.step_id),
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
    return Progress(
        read=states.get("read", 0), waiting=states.get("waiting", 0), failed=states.get("failed", 0), left_out=states.get("left out", 0),
        stories=sum(row[2] for row in documents), new=sum(row[3] for row in documents), stored=pages.get("stored", 0),
        queued=pages.get("queued", 0), given_up=pages.get("given up", 0),
    )  # fmt: skip
