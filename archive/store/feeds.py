"""Feeds: the due-queue. One of the two narrow doors: claim with a lease, complete with what came and when to come again."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from archive.domains import registrable
from archive.keys import host_of
from archive.model import Feed, Habit, Hints, Lease, Move, Outlet, PageTask, Poll
from archive.store import captures, emptying, entries, tombstones
from archive.store.connect import Store
from archive.times import from_iso, from_iso_or_none, iso, iso_due, iso_due_or_none

PER_DOMAIN = 25  # feeds of one domain in a batch: at one request a second to a host, they are polled within half a minute
_POLLABLE = "f.active AND (f.not_before IS NULL OR f.not_before <= :now)"
_FREE = (  # of what is due by :due; what run :done has claimed or polled is not
    f"WHERE {_POLLABLE} AND f.next_poll_at <= :due AND f.last_run_id IS NOT :done"  # noqa: S608 - a constant
    " AND (f.lease_run_id IS NULL OR (f.lease_run_id <> :done AND f.lease_until < :now))"
    " AND (:outlets IS NULL OR f.outlet_id IN (SELECT id FROM outlets WHERE code IN (SELECT value FROM json_each(:outlets))))"
)
_ALL = "9999"  # due by then: everything
HABIT_ENTRIES = 20  # newest entries of a feed that its habit is learned from

_LEASE = """SELECT f.id, f.outlet_id, o.code, f.url, f.kind, f.schedule, f.etag, f.last_modified, f.body_sha256, f.last_polled_at,
  f.last_success_at, f.failures, f.last_document_at, f.hints FROM feeds f JOIN outlets o ON o.id = f.outlet_id"""


def sync(store: Store, outlets: Iterable[Outlet], feeds: Iterable[Feed], now: datetime) -> None:
    """Brings outlets and feeds in line with the configuration; writes what differs. What is no longer there is kept, but not polled;
    nor is an outlet that was taken down."""
    with store.transaction() as conn:
        wanted = {one.code: one for one in outlets if tombstones.of(store, tombstones.outlet(one.code)) is None}
        _sync_outlets(conn, wanted, now)
        _sync_feeds(conn, {feed.url: feed for feed in feeds if feed.outlet in wanted}, now)


def _sync_outlets(conn: sqlite3.Connection, wanted: dict[str, Outlet], now: datetime) -> None:
    rows = conn.execute("SELECT code, name, homepage, host, language, timezone, agency, active FROM outlets")
    known = {code: tuple(row) for code, *row in rows}
    for one in wanted.values():
        row = (one.name, one.homepage, host_of(one.homepage or "") or None, one.language, one.timezone, one.agency, 1)
        if row != known.get(one.code):
            conn.execute(
                "INSERT INTO outlets (code, name, homepage, host, language, timezone, agency, added_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (code) DO UPDATE SET name = excluded.name, homepage = excluded.homepage, host = excluded.host,"
                " language = excluded.language, timezone = excluded.timezone, agency = excluded.agency, active = 1",
                (one.code, *row[:-1], iso(now)),
            )
    gone = [(code,) for code, row in known.items() if row[-1] and code not in wanted]
    conn.executemany("UPDATE outlets SET active = 0 WHERE code = ?", gone)


def _sync_feeds(conn: sqlite3.Connection, wanted: dict[str, Feed], now: datetime) -> None:
    """`wanted` is used up: what is as it should be leaves it, and what is left is written."""
    ids = dict(conn.execute("SELECT code, id FROM outlets"))
    gone: list[tuple[int]] = []
    for feed_id, url, active, *row in conn.execute("SELECT id, url, active, outlet_id, kind, schedule, domain IS NULL FROM feeds"):
        feed = wanted.get(url)
        if feed is None:
            gone += [(feed_id,)] if active else []
        elif active and row == [ids[feed.outlet], feed.kind, feed.schedule, 0]:
            del wanted[url]
    conn.executemany("UPDATE feeds SET active = 0 WHERE id = ?", gone)
    _follow(conn, wanted, gone)
    conn.executemany(
        "INSERT INTO feeds (outlet_id, url, kind, schedule, domain, next_poll_at, next_poll_reason)"
        " VALUES (?, ?, ?, ?, ?, ?, 'never polled') ON CONFLICT (url) DO UPDATE SET outlet_id = excluded.outlet_id,"
        " kind = excluded.kind, schedule = excluded.schedule, domain = excluded.domain, active = 1,"
        " next_poll_at = CASE WHEN schedule IS excluded.schedule THEN next_poll_at ELSE min(next_poll_at, excluded.next_poll_at) END,"
        " next_poll_reason = CASE WHEN schedule IS excluded.schedule THEN next_poll_reason ELSE 'its schedule was changed' END",
        ((ids[one.outlet], one.url, one.kind, one.schedule, _domain(one.url), iso(now)) for one in wanted.values()),
    )


def _follow(conn: sqlite3.Connection, wanted: dict[str, Feed], gone: list[tuple[int]]) -> None:
    """A feed whose new address has taken its old one's place in sources.toml goes on as the feed that it was."""
    left = {feed_id for (feed_id,) in gone}
    sql = "SELECT feed_id, url FROM moves UNION ALL SELECT feed_id, meanwhile FROM moves WHERE meanwhile IS NOT NULL"
    for feed_id, url in conn.execute(sql).fetchall():
        if feed_id in left and url in wanted and conn.execute("SELECT 1 FROM feeds WHERE url = ?", (url,)).fetchone() is None:
            conn.execute("UPDATE feeds SET url = ? WHERE id = ?", (url, feed_id))
            conn.execute("DELETE FROM moves WHERE feed_id = ?", (feed_id,))
            left.discard(feed_id)


def _domain(url: str) -> str:
    host = host_of(url)
    return registrable(host) or host


def claim(
    store: Store, run_id: int, now: datetime, *, began: datetime | None = None, limit: int = 500, lease: timedelta = timedelta(hours=1),
    every: bool = False, outlets: frozenset[str] | None = None,
) -> list[Lease]:  # fmt: skip
    """Claims a batch of what is due, most overdue first, spread over domains; `every` takes what is not due as well.

    With `began`, when the run began, batches come to an end: what came due since is left for the next run, and nothing is polled twice.
    A claim that its run did not complete ends by itself after `lease`: a crash loses no poll and doubles none. Call inside a transaction.
    """
    sql = f"SELECT f.id, f.domain FROM feeds f {_FREE} ORDER BY f.next_poll_at, f.id"  # noqa: S608 - a constant
    rows = store.conn.execute(sql, _asked(run_id if began else 0, now, None if every else began or now, outlets))
    chosen = json.dumps(_spread(rows, limit))
    rows.close()
    store.conn.execute(
        "UPDATE feeds SET lease_run_id = ?, lease_until = ? WHERE id IN (SELECT value FROM json_each(?))",
        (run_id, iso(now + lease), chosen),
    )
    sql = f"{_LEASE} WHERE f.id IN (SELECT value FROM json_each(?)) ORDER BY f.next_poll_at, f.id"  # noqa: S608 - a constant
    return [_as_lease(store, row) for row in store.conn.execute(sql, (chosen,)).fetchall()]


def is_due(store: Store, now: datetime, *, every: bool = False, outlets: frozenset[str] | None = None) -> bool:
    """Whether a run that begins now would claim anything."""
    sql = f"SELECT EXISTS (SELECT 1 FROM feeds f {_FREE})"  # noqa: S608 - a constant
    return bool(store.conn.execute(sql, _asked(0, now, None if every else now, outlets)).fetchone()[0])


def _asked(done: int, now: datetime, due_by: datetime | None, outlets: frozenset[str] | None) -> dict[str, Any]:
    names = None if outlets is None else json.dumps(sorted(outlets))
    return {"done": done, "now": iso(now), "due": _ALL if due_by is None else iso(due_by), "outlets": names}


def _spread(rows: Iterable[tuple[int, str | None]], limit: int) -> list[int]:
    """The first ids, at most `PER_DOMAIN` of a domain: one with thousands of feeds leaves room for the others."""
    found, taken = list[int](), Counter[str | None]()
    for feed_id, domain in rows:
        if taken[domain] < PER_DOMAIN:
            taken[domain] += 1
            found.append(feed_id)
            if len(found) == limit:
                break
    return found


def put_off(store: Store, lease: Lease, until: datetime, reason: str) -> None:
    """Ends a claim without a poll: the feed is due later. Call inside a transaction."""
    store.conn.execute(
        "UPDATE feeds SET next_poll_at = ?, next_poll_reason = ?, lease_run_id = NULL, lease_until = NULL WHERE id = ?",
        (iso(until), reason, lease.feed_id),
    )


def release_crashed(store: Store, run_id: int) -> None:
    """Frees the claims of all other runs: under the run lock they can only be dead ones."""
    with store.transaction() as conn:
        conn.execute(
            "UPDATE feeds SET lease_run_id = NULL, lease_until = NULL WHERE lease_run_id IS NOT NULL AND lease_run_id <> ?",
            (run_id,),
        )


def complete(store: Store, run_id: int, poll: Poll, wanted: Callable[[str], bool]) -> list[PageTask]:
    """Records a poll, keeps its validators and entries, ends the lease; gives back the pages that are new and to be fetched.

    Validators stand for entries, so both are written in one transaction: call inside one.
    """
    verdict = "read" if poll.document is not None else poll.outcome
    capture_id = captures.append(store, run_id, poll.captures, verdict=verdict, feed_id=poll.lease.feed_id)
    parts = [captures.append(store, run_id, part, verdict="part", feed_id=poll.lease.feed_id) for part in poll.parts]
    poll_id = _insert_poll(store, run_id, poll, capture_id)
    brought = entries.record(store, poll_id, poll, wanted) if poll.document is not None else entries.Brought()
    if brought.buried is not None:
        _leave_no_document(store, [capture_id, *parts], brought.buried)
    store.conn.execute(
        "UPDATE polls SET entries = ?, new_entries = ?, gap = ? WHERE id = ?",
        (brought.entries, brought.new, int(brought.gap), poll_id),
    )
    if poll.gap is not None:
        store.conn.execute(
            "INSERT INTO gaps (poll_id, since, documents, entries, closed_by) VALUES (?, ?, ?, ?, ?)",
            (poll_id, iso(poll.gap.since), poll.gap.documents, poll.gap.entries, poll.gap.closed_by),
        )
    if poll.succeeded and brought.new:
        store.conn.execute("UPDATE polls SET outcome = 'new' WHERE id = ?", (poll_id,))
    _update_feed(store, run_id, poll, "new" if poll.succeeded and brought.new else poll.outcome)
    if poll.move is not None or poll.lease.move is not None:
        _remember_move(store, poll.lease, poll.move)
    return brought.tasks


def _leave_no_document(store: Store, named: Iterable[int | None], tombstone_id: int) -> None:
    """A document that names what was taken down has its headline and summary: its digest is kept, its bytes are not."""
    for capture_id in named:
        row = store.conn.execute("SELECT body_id FROM captures WHERE id = ? AND body_id IS NOT NULL", (capture_id,)).fetchone()
        if row and emptying.unbind(store, row[0]):
            emptying.empty(store, row[0], emptying.Why(tombstone_id=tombstone_id))


def _insert_poll(store: Store, run_id: int, poll: Poll, capture_id: int | None) -> int:
    answer = poll.captures[-1] if poll.captures else None
    row = store.conn.execute(
        "INSERT INTO polls (run_id, feed_id, polled_at, capture_id, status, outcome, etag_sent, last_modified_sent, bytes, next_poll_at,"
        " reason, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            run_id, poll.lease.feed_id, iso(poll.polled_at), capture_id, answer.status if answer else None, poll.outcome, poll.etag_sent,
            poll.last_modified_sent, answer.wire_length if answer else None, iso_due(poll.next_poll_at), poll.reason, poll.error,
        ),
    ).fetchone()  # fmt: skip
    return int(row[0])


def _update_feed(store: Store, run_id: int, poll: Poll, outcome: str) -> None:
    conn, feed_id = store.conn, poll.lease.feed_id
    conn.execute(
        "UPDATE feeds SET last_polled_at = ?, last_outcome = ?, failures = ?, next_poll_at = ?, next_poll_reason = ?, not_before = ?,"
        " last_run_id = ?, lease_run_id = NULL, lease_until = NULL WHERE id = ?",
        (
            iso(poll.polled_at), outcome, 0.0 if poll.succeeded else poll.lease.failures + poll.failure_weight, iso_due(poll.next_poll_at),
            poll.reason, iso_due_or_none(poll.not_before), run_id, feed_id,
        ),
    )  # fmt: skip
    if poll.succeeded:
        conn.execute(
            "UPDATE feeds SET last_success_at = ?, etag = ?, last_modified = ?, body_sha256 = coalesce(?, body_sha256),"
            " title = coalesce(?, title), last_document_at = coalesce(?, last_document_at), hints = coalesce(?, hints) WHERE id = ?",
            (
                iso(poll.polled_at), poll.etag, poll.last_modified, poll.body_sha256,
                poll.document.title if poll.document else None, _document_at(poll), _hints_of(poll), feed_id,
            ),
        )  # fmt: skip
    elif poll.captures and poll.captures[-1].status == 412:  # the validators were refused; without any, the next poll asks anew
        conn.execute("UPDATE feeds SET etag = NULL, last_modified = NULL WHERE id = ?", (feed_id,))


def _document_at(poll: Poll) -> str | None:
    return iso(poll.polled_at) if poll.document is not None or poll.outcome == "same-body" else None


def _hints_of(poll: Poll) -> str | None:
    if poll.document is None:
        return None
    said = poll.document
    return json.dumps(
        {"ttl_minutes": said.ttl_minutes, "skip_hours": said.skip_hours, "skip_days": said.skip_days, "finished": said.finished}
    )


def _as_lease(store: Store, row: tuple[Any, ...]) -> Lease:
    feed_id, outlet_id, outlet, url, kind, schedule, etag, last_modified, body_sha256, polled, succeeded, failures, document, hints = row
    return Lease(
        feed_id=feed_id,
        outlet_id=outlet_id,
        outlet=outlet,
        url=url,
        kind=kind,
        schedule=schedule,
        etag=etag,
        last_modified=last_modified,
        body_sha256=body_sha256,
        last_polled_at=from_iso_or_none(polled),
        last_success_at=from_iso_or_none(succeeded),
        failures=failures,
        last_document_at=from_iso_or_none(document),
        last_whole_at=_last_whole_at(store, feed_id, polled, document),
        hints=_hints(hints),
        habit=_habit(store, feed_id),
        move=_move(store, feed_id),
    )


def _move(store: Store, feed_id: int) -> Move | None:
    row = store.conn.execute("SELECT url, since, polls, taken, meanwhile FROM moves WHERE feed_id = ?", (feed_id,)).fetchone()
    return Move(row[0], from_iso(row[1]), row[2], bool(row[3]), row[4]) if row else None


def _remember_move(store: Store, lease: Lease, move: Move | None) -> None:
    """Where the next poll asks another address than this one did, it sends no validators: they are the other one's (RFC 9110, 8.8)."""
    if move is None:
        store.conn.execute("DELETE FROM moves WHERE feed_id = ?", (lease.feed_id,))
    else:
        store.conn.execute(
            "INSERT OR REPLACE INTO moves (feed_id, url, since, polls, taken, meanwhile) VALUES (?, ?, ?, ?, ?, ?)",
            (lease.feed_id, move.url, iso(move.since), move.polls, int(move.taken), move.meanwhile),
        )
    if replace(lease, move=move).address != lease.address:
        store.conn.execute("UPDATE feeds SET etag = NULL, last_modified = NULL, body_sha256 = NULL WHERE id = ?", (lease.feed_id,))


def _last_whole_at(store: Store, feed_id: int, polled: str | None, document: str | None) -> datetime | None:
    """When a request without validators was answered last, after the last document. Costs a query, so only where there can be one."""
    if polled is None or document is None or from_iso(polled) - from_iso(document) < timedelta(days=1):
        return None
    row = store.conn.execute(
        "SELECT max(polled_at) FROM polls WHERE feed_id = ? AND polled_at > ? AND status IS NOT NULL"
        " AND etag_sent IS NULL AND last_modified_sent IS NULL",
        (feed_id, document),
    ).fetchone()
    return from_iso_or_none(row[0])


def _hints(text: str | None) -> Hints:
    said = json.loads(text) if text else {}
    return Hints(said.get("ttl_minutes"), tuple(said.get("skip_hours", ())), tuple(said.get("skip_days", ())), said.get("finished", False))


def _habit(store: Store, feed_id: int) -> Habit:
    """Learned from the newest entries (a time that lies ahead counts as the moment it was seen) and the last document that was read.

    The first document of all says nothing of how often we come: all that it lists is new to us.
    """
    rows = store.conn.execute(
        "SELECT min(coalesce(published_at, first_seen_at), first_seen_at) FROM entries WHERE feed_id = ? ORDER BY id DESC LIMIT ?",
        (feed_id, HABIT_ENTRIES),
    ).fetchall()
    seen = store.conn.execute(
        "SELECT 1.0 - 1.0 * new_entries / entries FROM polls WHERE feed_id = ?1 AND entries > 0"
        " AND id > (SELECT min(id) FROM polls WHERE feed_id = ?1 AND entries > 0) ORDER BY id DESC LIMIT 1",
        (feed_id,),
    ).fetchone()
    times = [from_iso(one[0]) for one in rows]
    return Habit(mean_gap(times), seen[0] if seen else None, max(0, len(times) - 1), max(times, default=None))


def mean_gap(times: Sequence[datetime]) -> float | None:
    """Seconds between one entry and the next, on average; None for fewer than three, which say nothing."""
    if len(times) < 3:
        return None
    return (max(times) - min(times)).total_seconds() / (len(times) - 1)


def count_due(store: Store, now: datetime) -> int:
    """How many feeds a run would claim now."""
    sql = f"SELECT count(*) FROM feeds f WHERE {_POLLABLE} AND f.next_poll_at <= :now"  # noqa: S608 - a constant
    return int(store.conn.execute(sql, {"now": iso(now)}).fetchone()[0])


def due_at(store: Store) -> str | None:
    """When the next feed is due; None where no feed is active."""
    row = store.conn.execute("SELECT min(max(next_poll_at, coalesce(not_before, ''))) FROM feeds WHERE active").fetchone()
    return row[0] if row else None
