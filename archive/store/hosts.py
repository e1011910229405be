"""Hosts: what politeness has to remember across runs."""

from __future__ import annotations

from datetime import datetime, timedelta

from archive.model import Capture, HostRecord
from archive.store import bodies, captures
from archive.store.connect import Store
from archive.times import from_iso_or_none, iso, iso_due, iso_due_or_none, iso_or_none

LEAP = timedelta(hours=1)  # a clock that was set back by less is no matter: what waits for it comes soon enough
LONGEST_WAIT = timedelta(days=31)  # that a Retry-After is honoured
LONGEST_ROBOTS = timedelta(hours=24)  # that a robots.txt is believed


def recall(store: Store, host: str) -> HostRecord:
    """All that is known of a host; an empty record for a new one."""
    row = store.conn.execute(
        "SELECT not_before, reason, robots_status, robots_body_id, robots_fetched_at, robots_expires_at, robots_error"
        " FROM hosts WHERE host = ?",
        (host,),
    ).fetchone()
    if row is None:
        return HostRecord(host)
    return HostRecord(
        host,
        not_before=from_iso_or_none(row[0]),
        reason=row[1],
        robots_status=row[2],
        robots_text=None if row[3] is None else bodies.get(store, row[3]),
        robots_fetched_at=from_iso_or_none(row[4]),
        robots_expires_at=from_iso_or_none(row[5]),
        robots_error=row[6],
    )


def hold(store: Store, host: str, *, until: datetime, reason: str) -> None:
    """No request to this host until then (a 429). Call inside a transaction."""
    store.conn.execute(
        "INSERT INTO hosts (host, not_before, reason) VALUES (?, ?, ?)"
        " ON CONFLICT (host) DO UPDATE SET not_before = excluded.not_before, reason = excluded.reason",
        (host, iso_due(until), reason),
    )


def mend_clock(store: Store, now: datetime) -> None:
    """What was planned by a clock that was set back since is due now: else a feed polled in 2036 by mistake would wait until then.

    Told by what no right clock can have written: a poll of a later time, a wait beyond the longest one.
    """
    with store.transaction() as conn:
        ahead = conn.execute(
            "UPDATE feeds SET next_poll_at = ?1, not_before = NULL, next_poll_reason = 'the clock was set back' WHERE last_polled_at > ?2",
            (iso(now), iso(now + LEAP)),
        )
        if not ahead.rowcount:
            return
        far = iso(now + LONGEST_WAIT + LEAP)
        conn.execute("UPDATE hosts SET not_before = NULL WHERE not_before > ?", (far,))
        conn.execute("UPDATE hosts SET robots_expires_at = NULL WHERE robots_expires_at > ?", (iso(now + LONGEST_ROBOTS + LEAP),))
        conn.execute("UPDATE pages SET next_try_at = ? WHERE next_try_at > ? AND state <> 'queued'", (iso(now), far))
        conn.execute(
            "UPDATE pages SET recheck_at = ? WHERE recheck_at IS NOT NULL AND alive_at > ?",
            (iso(now), iso(now + LEAP)),
        )


def save_robots(store: Store, run_id: int, record: HostRecord, hops: tuple[Capture, ...]) -> None:
    """What robots.txt said, with its exchange. Call inside a transaction."""
    captures.append(store, run_id, hops, verdict="robots" if record.robots_error is None else "failed")
    body_id = None if record.robots_text is None else bodies.put(store, record.robots_text)
    store.conn.execute(
        "INSERT INTO hosts (host, robots_status, robots_body_id, robots_fetched_at, robots_expires_at, robots_error)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (host) DO UPDATE SET robots_status = excluded.robots_status,"
        " robots_body_id = excluded.robots_body_id, robots_fetched_at = excluded.robots_fetched_at,"
        " robots_expires_at = excluded.robots_expires_at, robots_error = excluded.robots_error",
        (
            record.host,
            record.robots_status,
            body_id,
            iso_or_none(record.robots_fetched_at),
            iso_or_none(record.robots_expires_at) if record.robots_error is None else iso_due_or_none(record.robots_expires_at),
            record.robots_error,
        ),
    )
