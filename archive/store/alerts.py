"""Alerts: what is wrong by name, since when, and what of it the alert command was told. Judges nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from archive.store.connect import Store, telling
from archive.times import from_iso, iso


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that is or was wrong."""

    subject: str  # a check of `wirecopy health`, or a feed's URL
    level: str  # ok, warning or critical
    reason: str
    since: datetime  # the run that found this level first
    told_level: str | None = None  # that the command was told last; None: nothing yet


def known(store: Store) -> dict[str, Alert]:
    """All that is on record, by subject. Raises ArchiveError."""
    with telling(store.path, reading=True):
        rows = store.conn.execute("SELECT subject, level, reason, since, told_level FROM alerts ORDER BY subject").fetchall()
    return {row[0]: Alert(row[0], row[1], row[2], from_iso(row[3]), row[4]) for row in rows}


def replace(store: Store, now: Mapping[str, Alert]) -> None:
    """Puts these in place of all that is on record; a row's `told_at` stays."""
    with store.transaction() as conn:
        kept = dict(conn.execute("SELECT subject, told_at FROM alerts").fetchall())
        conn.execute("DELETE FROM alerts")
        conn.executemany(
            "INSERT INTO alerts (subject, level, reason, since, told_level, told_at) VALUES (?, ?, ?, ?, ?, ?)",
            [(one.subject, one.level, one.reason, iso(one.since), one.told_level, kept.get(one.subject)) for one in now.values()],
        )


def told(store: Store, alerts: Iterable[Alert], when: datetime) -> None:
    """Notes that the command took these; what is well again needs no row any more."""
    with store.transaction() as conn:
        conn.executemany(
            "UPDATE alerts SET told_level = ?, told_at = ? WHERE subject = ?", [(one.level, iso(when), one.subject) for one in alerts]
        )
        conn.execute("DELETE FROM alerts WHERE level = 'ok' AND told_level = 'ok'")
