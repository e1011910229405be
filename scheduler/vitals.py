"""The facts that `scheduler.health` judges and `scheduler.prometheus` shows: read from the archive and the disk. Judges nothing."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from archive.store import clean_queue
from archive.store.connect import Store, telling
from archive.times import from_iso, from_iso_or_none, iso
from scheduler.health import Facts, FeedFacts

DAY = timedelta(days=1)
_NO_RUN = 2**63 - 1  # beyond every run's number

# A feed's interval is what was planned after its last success; a feed that fails has another plan now, so that the poll is looked up.
_FEEDS = """
SELECT o.code, f.url, f.last_success_at, f.next_poll_at, f.failures, f.last_outcome,
  CASE WHEN f.last_success_at IS NULL THEN NULL WHEN f.last_success_at = f.last_polled_at THEN f.next_poll_at ELSE (
    SELECT p.next_poll_at FROM polls p WHERE p.feed_id = f.id AND p.outcome IN ('new', 'nothing-new', 'not-modified', 'same-body')
    ORDER BY p.id DESC LIMIT 1) END,
  CASE WHEN f.last_success_at = f.last_polled_at THEN NULL ELSE (
    SELECT p.error FROM polls p WHERE p.feed_id = f.id ORDER BY p.id DESC LIMIT 1) END
FROM feeds f JOIN outlets o ON o.id = f.outlet_id WHERE f.active AND o.active ORDER BY o.code, f.id
"""
# Runs are numbered in time, and what they did is found by their run: what is older is not read. A run may have begun the day before.
_FIRST_RUN = "SELECT coalesce(min(id), ?) FROM runs WHERE started_at >= ?"
_POLLS = "SELECT outcome, count(*), sum(gap) FROM polls WHERE run_id >= ? AND polled_at >= ? GROUP BY outcome ORDER BY outcome"
_FETCHES = """
SELECT count(*), coalesce(sum(verdict NOT IN ('stored', 'refused') OR id IN (SELECT capture_id FROM walls)), 0) FROM captures
WHERE run_id >= ? AND fetched_at >= ? AND role = 'page' AND verdict <> 'hop'
"""
_DUE = "SELECT count(*), min(next_try_at) FROM pages WHERE next_try_at <= ?"
_GOOD_RUN = "SELECT finished_at FROM runs WHERE status IN ('ok', 'partial', 'stopped') AND trigger <> 'import' ORDER BY id DESC LIMIT 1"


def gather(store: Store, *, now: datetime) -> Facts:
    """All facts, as of one moment of the archive. Raises ArchiveError where it cannot be read."""
    with telling(store.path, reading=True):
        store.conn.execute("BEGIN")  # one snapshot for all questions
        try:
            return _gather(store, now)
        finally:
            store.conn.execute("ROLLBACK")


def _gather(store: Store, now: datetime) -> Facts:
    ask = store.conn.execute
    first_run = ask(_FIRST_RUN, (_NO_RUN, iso(now - 2 * DAY))).fetchone()[0]
    window = (first_run, iso(now - DAY))
    polls = ask(_POLLS, window).fetchall()
    fetches, fetches_failed = ask(_FETCHES, window).fetchone()
    due, oldest = ask(_DUE, (iso(now),)).fetchone()
    run = ask(_GOOD_RUN).fetchone()
    newest = ask("SELECT status FROM runs WHERE trigger <> 'import' ORDER BY id DESC LIMIT 1").fetchone()
    return Facts(
        now=now,
        feeds=tuple(_feed(row) for row in ask(_FEEDS)),
        last_run_at=from_iso_or_none(run[0]) if run else None,
        last_run_status=newest[0] if newest else None,
        pages=dict(ask("SELECT state, count(*) FROM pages GROUP BY state ORDER BY state").fetchall()),
        pages_due=due,
        oldest_due_at=from_iso_or_none(oldest),
        polls={outcome: count for outcome, count, _ in polls},
        fetches=fetches,
        fetches_failed=fetches_failed,
        gaps=sum(gaps for _, _, gaps in polls),
        cleaning=clean_queue.waiting(store, again=False),
        archive_bytes=_bytes(store.path),
        wal_bytes=_bytes(Path(f"{store.path}-wal")),
        disk_free=disk_free(store.path),
    )


def _feed(row: tuple[str, str, str | None, str, float, str | None, str | None, str | None]) -> FeedFacts:
    outlet, url, success, due, failures, outcome, planned, error = row
    interval = from_iso(planned) - from_iso(success) if planned and success else None
    return FeedFacts(outlet, url, from_iso_or_none(success), from_iso(due), interval, failures, outcome, error)


def _bytes(path: Path) -> int:
    """The file's size; 0 where there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def disk_free(path: Path) -> int:
    """Bytes that this user may still write in the file's folder."""
    found = os.statvfs(path.absolute().parent)
    return found.f_bavail * found.f_frsize
