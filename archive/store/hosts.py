"""Hosts: what politeness has to remember across runs."""

from __future__ import annotations

from datetime import datetime

from archive.model import Capture, HostRecord
from archive.store import bodies, captures
from archive.store.connect import Store
from archive.times import from_iso_or_none, iso_due, iso_due_or_none, iso_or_none


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
