"""How polling stands, feed by feed: read from the archive's own records, and told in a table. Decides nothing, writes nothing."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from archive.errors import UsageError
from archive.store.connect import Store, telling
from archive.terminal import plain
from archive.times import from_iso, iso

DAYS = 7  # the days that are counted, today (UTC) included
WIDTH = 100  # columns that the table may take
_BARS = "▁▂▃▄▅▆▇█"
_GOOD = ("new", "nothing-new", "not-modified", "same-body")

Row = dict[str, Any]

_FEEDS = """
SELECT f.id, o.code AS outlet, o.name AS outlet_name, f.url AS feed, f.title, f.kind, f.schedule, f.active AND o.active AS active,
  f.last_polled_at, f.last_success_at, f.last_outcome, f.failures, f.next_poll_at, f.next_poll_reason, f.not_before,
  f.lease_until AS claimed_until, (SELECT m.url FROM moves m WHERE m.feed_id = f.id AND m.taken) AS moved_to,
  (SELECT p.error FROM polls p WHERE p.feed_id = f.id ORDER BY p.id DESC LIMIT 1) AS last_error,
  (SELECT count(*) FROM polls p WHERE p.feed_id = f.id AND p.id > coalesce(
    (SELECT g.id FROM polls g WHERE g.feed_id = f.id AND g.outcome IN ('new', 'nothing-new', 'not-modified', 'same-body')
     ORDER BY g.id DESC LIMIT 1), 0)) AS failed_in_a_row
FROM feeds f JOIN outlets o ON o.id = f.outlet_id
WHERE f.active OR f.id NOT IN (SELECT b.feed_id FROM backfill b WHERE b.feed_id IS NOT NULL) ORDER BY o.code, f.id
"""
# Runs are numbered in time, and polls are found by their run: what is older than the window is not read.
_POLLS = """
SELECT feed_id, substr(polled_at, 1, 10) AS day, sum(coalesce(new_entries, 0)), sum(gap) FROM polls
WHERE run_id >= (SELECT coalesce(min(id), 0) FROM runs WHERE started_at >= ?) AND polled_at >= ? GROUP BY feed_id, day
"""
_CLOSED = """
SELECT p.feed_id, count(*), sum(g.entries), group_concat(DISTINCT g.closed_by) FROM gaps g JOIN polls p ON p.id = g.poll_id
WHERE p.run_id >= (SELECT coalesce(min(id), 0) FROM runs WHERE started_at >= ?) AND p.polled_at >= ? AND g.closed_by IS NOT NULL
GROUP BY p.feed_id
"""
_TURNED_AWAY = """
SELECT p.feed_id, coalesce(w.kind, 'HTTP ' || c.status) AS why, count(DISTINCT c.page_id) FROM captures c JOIN pages p ON p.id = c.page_id
LEFT JOIN walls w ON w.capture_id = c.id
WHERE c.run_id >= (SELECT coalesce(min(id), 0) FROM runs WHERE started_at >= ?) AND c.fetched_at >= ? AND c.verdict <> 'hop'
  AND (w.kind IS NOT NULL OR c.verdict = 'blocked') GROUP BY p.feed_id, why ORDER BY 3 DESC, 2
"""
_ARTICLES = """
SELECT p.feed_id, substr(a.first_seen_at, 1, 10) AS day, count(*) FROM articles a JOIN pages p ON p.id = a.page_id
WHERE a.first_seen_at >= ? AND a.revision = 1 GROUP BY p.feed_id, day
"""


def feeds_status(store: Store, outlet: str | None, *, now: datetime) -> list[Row]:
    """A row a feed, by outlet and in the order they were configured; of all that are polled, or of one outlet (or feed URL) that is named.

    A row has outlet, outlet_name, feed, title, kind, schedule, state (ok, failing, gone, new or removed), moved_to, last_polled_at,
    last_success_at, last_outcome, last_error, failed_in_a_row, next_poll_at, next_poll_reason, not_before, claimed_until; and, for each
    of the last seven days (UTC, oldest first), entries_per_day and articles_per_day, with `gaps`: polls of those days that shared no
    entry with what was known, and `gaps_closed`: those of which all was found after all (gaps, entries found, where). `turned_away`
    has the pages of those days that turned us away, by why. Times are ISO 8601 UTC, None where a thing never happened.
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
    return "gone" if row["last_outcome"] == "gone" else "ok" if row["last_outcome"] in _GOOD else "failing"


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


# --- in words -----------------------------------------------------------------------------------------------------------


def as_table(rows: list[Row], *, detailed: bool, now: datetime) -> list[str]:
    """Lines of at most WIDTH columns: a line a feed and what fails below, or (`detailed`) a block a feed. Pure."""
    if not rows:
        return ["No feeds yet: `wirecopy add URL` finds some, `wirecopy crawl` takes them up."]
    if detailed:
        return [line for row in rows for line in [*_block(row, now), ""]][:-1]
    return [*_lines(rows, now), *_failing(rows, now)]


def _lines(rows: list[Row], now: datetime) -> list[str]:
    """The table; the feed's column takes what the others leave."""
    cells = [("SOURCE", "FEED", "SUCCESS", "OUTCOME", "NEXT", f"ENTRIES {DAYS}d", f"ARTICLES {DAYS}d")]
    for row in rows:
        outcome = "never polled" if row["last_outcome"] is None else row["last_outcome"].replace("-", " ")
        days = (_spark(row["entries_per_day"]), _spark(row["articles_per_day"]))
        cells.append((row["outlet"], _short(row["feed"]), _ago(row["last_success_at"], now), outcome, _due(row, now), *days))
    widths = [min(limit, max(len(plain(line[column])) for line in cells)) for column, limit in enumerate((18, WIDTH, 9, 13, 9, 13, 13))]
    widths[1] = min(widths[1], WIDTH - sum(widths) + widths[1] - 2 * (len(widths) - 1))
    return ["  ".join(plain(cell, width=width).ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]


def _failing(rows: list[Row], now: datetime) -> list[str]:
    lines: list[str] = []
    for row in rows:
        if row["state"] in ("failing", "gone"):
            lines += _wrapped(f"  {plain(row['outlet'], width=18)}  ", f"{_short(row['feed'])}: {_failure(row, now)}")
        if row["turned_away"]:
            lines += _wrapped(f"  {plain(row['outlet'], width=18)}  ", f"{_short(row['feed'])}: {_turned_away(row)}")
        if row["moved_to"]:
            lines += _wrapped(f"  {plain(row['outlet'], width=18)}  ", f"{_short(row['feed'])}: {_moved(row)}")
        if row["gaps"]:
            lines += _wrapped(f"  {plain(row['outlet'], width=18)}  ", f"{_short(row['feed'])}: gaps {_gaps(row)}")
    return ["", "To look at:", *lines] if lines else []


def _failure(row: Row, now: datetime) -> str:
    times = row["failed_in_a_row"]
    since = f", last success {_ago(row['last_success_at'], now)}" if row["last_success_at"] else ", never a success"
    return f"{plain(row['last_error'] or row['last_outcome']).rstrip('.')} ({times} time{'s' * (times != 1)} in a row{since})"


def _moved(row: Row) -> str:
    return f"polled at {plain(row['moved_to'])} since it moved there for good: change its url in sources.toml"


def _turned_away(row: Row) -> str:
    why = ", ".join(f"{plain(kind)} {pages}" for kind, pages in row["turned_away"].items())
    return f"pages of {DAYS} days that turned us away: {why}"


def _gaps(row: Row) -> str:
    """Polls that knew none of the feed's entries: those of which all was found after all, and those that stay open."""
    closed, entries, where = row["gaps_closed"] or (0, 0, "")
    number = f"{row['gaps'] + closed} in {DAYS} days"
    if not row["gaps"]:
        return f"{number}, closed by {where.replace(',', ' and ')} ({entries} entries)"
    still = f"{row['gaps']} of them not closed" if closed else "not closed"
    return f"{number}, {still}: some entries may have come and gone. A shorter schedule helps."


def _block(row: Row, now: datetime) -> list[str]:
    """One feed, in full."""
    facts = [
        ("feed", f"{row['feed']} ({row['kind']}{', ' + row['title'] if row['title'] else ''})"),
        ("schedule", row["schedule"] or "none of its own"),
        ("last poll", f"{_when(row['last_polled_at'], now)}{': ' + row['last_outcome'].replace('-', ' ') if row['last_outcome'] else ''}"),
        ("last success", _when(row["last_success_at"], now)),
        ("next poll", _next(row, now)),
        ("entries", f"{_spark(row['entries_per_day'])} new in {DAYS} days"),
        ("articles", f"{_spark(row['articles_per_day'])} in {DAYS} days"),
    ]
    facts += [("failing", _failure(row, now))] if row["state"] in ("failing", "gone") else []
    facts += [("blocked", _turned_away(row))] if row["turned_away"] else []
    facts += [("moved", _moved(row))] if row["moved_to"] else []
    facts += [("gaps", _gaps(row))] if row["gaps"] or row["gaps_closed"] else []
    lines = [plain(f"{row['outlet']}: {row['outlet_name']}", width=WIDTH)]
    for name, value in facts:
        lines += _wrapped(f"  {name:<13} ", plain(value))
    return lines


def _next(row: Row, now: datetime) -> str:
    if row["state"] == "removed":
        return "none: it is no longer in sources.toml"
    if (due := _due(row, now)) in ("now", "under way"):
        return f"{due}: {'a run has claimed it' if due == 'under way' else 'the next `wirecopy crawl` takes it'}"
    return f"{due} ({_clock(row['next_poll_at'])}): {row['next_poll_reason'] or 'no reason on record'}"


def _due(row: Row, now: datetime) -> str:
    """`now`, `in 12 min`, `under way`, or a dash for a feed that is polled no more."""
    if row["state"] == "removed":
        return "-"
    if row["claimed_until"] and from_iso(row["claimed_until"]) > now:
        return "under way"
    wait = max(from_iso(row["next_poll_at"]), from_iso(row["not_before"] or row["next_poll_at"])) - now
    return "now" if wait <= timedelta(0) else f"in {_span(wait)}"


def _ago(moment: str | None, now: datetime) -> str:
    if moment is None:
        return "never"
    past = now - from_iso(moment)
    return "just now" if past < timedelta(minutes=1) else f"{_span(past)} ago"


def _when(moment: str | None, now: datetime) -> str:
    return "never" if moment is None else f"{_ago(moment, now)} ({_clock(moment)})"


def _clock(moment: str) -> str:
    return from_iso(moment).strftime("%Y-%m-%d %H:%M UTC")


def _span(length: timedelta) -> str:
    """Two figures at most: `45 s`, `12 min`, `5 h`, `3 d`."""
    seconds = int(length.total_seconds())
    for unit, size, enough in (("s", 1, 60), ("min", 60, 3600), ("h", 3600, 48 * 3600)):
        if seconds < enough:
            return f"{seconds // size} {unit}"
    return f"{seconds // 86400} d"


def _spark(counts: list[int]) -> str:
    """A bar a day, by the tallest of them, and the sum; a dot is a day with none."""
    tallest = max(counts, default=0)
    bars = "".join(_BARS[(count * len(_BARS) - 1) // tallest] if count else "·" for count in counts)
    return f"{bars} {sum(counts)}"


def _short(url: str) -> str:
    return plain(url).removeprefix("https://").removeprefix("http://").removeprefix("www.")


def _wrapped(head: str, text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=head, subsequent_indent=" " * len(head)) or [head.rstrip()]
