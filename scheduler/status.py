"""How polling stands, feed by feed: read from the archive's own records. Decides nothing, writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from archive.errors import UsageError
from archive.store.connect import Store, telling
from archive.terminal import plain
from archive.times import from_iso, iso

DAYS = 7  # the days that are counted, today (UTC) included
_GOOD = ("new", "nothing-new", "not-modified", "same-body")

Row = dict[str, Any]

_FEEDS = """
SELECT f.id, o.code AS outlet, o.name AS outlet_name, f.url AS feed, f.title, f.kind, f.schedule, f.active AND o.active AS active,
  f.last_polled_at, f.last_success_at, f.last_outcome, f.failures, f.next_poll_at, f.next_poll_reason, f.not_before,
  f.lease_until AS claimed_until,
  (SELECT CASE WHEN m.taken THEN m.url ELSE m.meanwhile END FROM moves m WHERE m.feed_id = f.id) AS moved_to,
  (SELECT p.error FROM polls p WHERE p.feed_id = f.id ORDER BY p.id DESC LIMIT 1) AS last_error,
  (SELECT count(*) FROM polls p WHERE p.feed_id = f.id AND p.id > coalesce(
    (SELECT g.id FROM polls g WHERE g.feed_id = f.id AND g.outcome IN ('new', 'nothing-new', 'not-modified', 'same-body')
     ORDER BY g.id DESC LIMIT 1), 0)) AS failed_in_a_row
FROM feeds f JOIN outlets o ON o.id = f.outlet_id
WHERE f.active OR f.id NOT IN (SELECT b.feed_id FROM backfill b WHERE b.feed_id IS NOT NULL) ORDER BY o.code, f.id
"""
# Runs are numbered in time, and polls are found by their run: what is older than the window is not read.
# (The + keeps SQLite from going through all polls, by the index that has them in the order of the groups.)
_POLLS = """
SELECT feed_id, substr(polled_at, 1, 10) AS day, sum(coalesce(new_entries, 0)), sum(gap) FROM polls
WHERE run_id >= (SELECT coalesce(min(id), 0) FROM runs WHERE started_at >= ?) AND polled_at >= ? GROUP BY +feed_id, day
"""
_CLOSED = """
SELECT p.feed_id, count(*), sum(g.entries), group_concat(DISTINCT g.closed_by) FROM gaps g JOIN polls p ON p.id = g.poll_id
WHERE p.run_id >= (SELECT coalesce(min(id), 0) FROM runs WHERE started_at >= ?) AND p.polled_at >= ? AND g.closed_by IS NOT NULL
GROUP BY +p.feed_id
"""
_TURNED_AWAY = """
SELECT p.feed_id, coalesce(w.kind, 'HTTP ' || c.status) AS why, count(DISTINCT c.page_id) FROM captures c JOIN pages p ON p.id = c.page_id
LEFT JOIN walls w ON w.capture_id = c.id
WHERE c.run_id >= (SELECT coalesce(min(id), 0) FROM runs WHERE started_at >= ?) AND c.fetched_at >= ? AND c.verdict <> 'hop'
  AND c.part_of IS NULL
  AND (w.kind IS NOT NULL OR c.verdict = 'blocked') GROUP BY p.feed_id, why ORDER BY 3 DESC, 2
"""
_ARTICLES = """
SELECT p.feed_id, substr(a.first_seen_at, 1, 10) AS day, count(*) FROM articles a JOIN pages p ON p.id = a.page_id
WHERE a.first_seen_at >= ? AND a.revision = 1 GROUP BY p.feed_id, day
"""


def feeds_status(store: Store, outlet: str | None, *, now: datetime) -> list[Row]:
    """A row a feed, by outlet and in the order they were configured; of all that are polled, or of one outlet (or feed URL) that is named.

    A row has outlet, outlet_name, feed, title, kind, schedule, state (ok, failing, blocked, held, gone, new or removed), moved_to,
    last_polled_at, last_success_at, last_outcome, last_error, failed_in_a_row, next_poll_at, next_poll_reason, not_before,
    claimed_until; and, for each of the last seven days (UTC, oldest first), entries_per_day and articles_per_day, with `gaps`: polls of
    those days that shared no entry with what was known, and `gaps_closed`: those of which all was found after all (gaps, entries found,
    where). `turned_away` has the pages of those days that turned us away, by why. Times are ISO 8601 UTC, None where a thing never
    happened.
    Raises UsageError where nothing has that name, ArchiveError where the archive cannot be read.
    """
    with telling(store.path, reading=True):
        rows = [row for row in _feeds(store) if (row["active"] if outlet is None else outlet in (row["outlet"], row["feed"]))]
        if outlet is not None and not rows:
            raise UsageError(
                f"no source {plain(outlet)!r} in {store.path}", hint="`wirecopy status` lists all; a new one is known after its first crawl"
            )
        return _with_days(store, rows, now)


def _feeds(store: Store) -> Iterator[Row]:
    cursor = store.conn.execute(_FEEDS)
    names = [column[0] for column in cursor.description]
    for values in cursor:
        row = dict(zip(names, values, strict=True))
        yield row | {"state": _state(row), "last_error": None if row["last_outcome"] in _GOOD else row["last_error"]}


def _state(row: Row) -> str:
    if not row["active"]:
        return "removed"
    if row["last_outcome"] is None:
        return "new"
    if row["last_outcome"] in _GOOD:
        return "ok"
    return row["last_outcome"] if row["last_outcome"] in ("gone", "blocked", "held") else "failing"


def _with_days(store: Store, rows: list[Row], now: datetime) -> list[Row]:
    days = [iso(now - timedelta(days=back))[:10] for back in reversed(range(DAYS))]
    entries: dict[tuple[int, str], int] = {}
    gaps: dict[int, int] = defaultdict(int)
    before = iso(from_iso(days[0] + "T00:00:00Z") - timedelta(days=1))  # a run may have begun the day before
    for feed_id, day, new, gap in store.conn.execute(_POLLS, (before, days[0])):
        entries[feed_id, day] = new
        gaps[feed_id] += gap
    closed = {row[0]: row[1:] for row in store.conn.execute(_CLOSED, (before, days[0]))}
    turned: dict[int, dict[str, int]] = defaultdict(dict)
    for feed_id, why, pages in store.conn.execute(_TURNED_AWAY, (before, days[0])):
        turned[feed_id][why] = pages
    articles = {(feed_id, day): count for feed_id, day, count in store.conn.execute(_ARTICLES, (days[0],))}
    return [
        {name: value for name, value in row.items() if name not in ("id", "active", "failures")}
        | {
            "entries_per_day": [entries.get((row["id"], day), 0) for day in days],
            "articles_per_day": [articles.get((row["id"], day), 0) for day in days],
            "gaps": gaps[row["id"]],
            "turned_away": turned[row["id"]],
            "gaps_closed": closed.get(row["id"]),
        }
        for row in rows
    ]
