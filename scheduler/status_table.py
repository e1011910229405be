"""How polling stands, in words: a table with a line a feed and what to look at below, or a block a feed. Pure."""

from __future__ import annotations

import textwrap
from datetime import datetime, timedelta

from archive.plots import spark
from archive.terminal import plain
from archive.times import from_iso
from scheduler.status import DAYS, Row

WIDTH = 100  # columns that the table may take


def as_table(rows: list[Row], *, detailed: bool, now: datetime) -> list[str]:
    """Lines of at most WIDTH columns: a line a feed and what fails below, or (`detailed`) a block a feed. Pure."""
    if not rows:
        return ["No feeds yet: `wirecopy add URL` finds some, `wirecopy crawl` takes them up."]
    if detailed:
        return [line for row in rows for line in [*_block(row, now), ""]][:-1]
    return [*_lines(rows, now), *_failing(rows, now)]


def _lines(rows: list[Row], now: datetime) -> list[str]:
    """The table; the feed's column takes what the others leave."""
    cells = [("SOURCE", "FEED", "STATE", "SUCCESS", "NEXT", f"ENTRIES {DAYS}d", f"ARTICLES {DAYS}d", "GAPS")]
    for row in rows:
        days = (_spark(row["entries_per_day"]), _spark(row["articles_per_day"]))
        gaps = str(row["gaps"]) if row["gaps"] else "·"
        cells.append((row["outlet"], _short(row["feed"]), _state(row), _ago(row["last_success_at"], now), _due(row, now), *days, gaps))
    limits = (18, WIDTH, 12, 9, 9, 13, 13, 4)
    widths = [min(limit, max(len(plain(line[column])) for line in cells)) for column, limit in enumerate(limits)]
    widths[1] = min(widths[1], WIDTH - sum(widths) + widths[1] - 2 * (len(widths) - 1))
    return ["  ".join(plain(cell, width=width).ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]


def _state(row: Row) -> str:
    """`ok`, `new`, or what is wrong and for how many polls in a row."""
    return f"{row['state']} {row['failed_in_a_row']}x" if row["failed_in_a_row"] else str(row["state"])


def _failing(rows: list[Row], now: datetime) -> list[str]:
    lines: list[str] = []
    for row in rows:
        if row["failed_in_a_row"]:
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
        *([("because", row["next_poll_reason"])] if row["next_poll_reason"] and row["state"] != "removed" else []),
        ("entries", f"{_spark(row['entries_per_day'])} new in {DAYS} days"),
        ("articles", f"{_spark(row['articles_per_day'])} in {DAYS} days"),
    ]
    facts += [("failing", _failure(row, now))] if row["failed_in_a_row"] else []
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
    return f"{_clock(max(row['next_poll_at'], row['not_before'] or ''))}, {due}"


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
    """A bar a day, by the tallest of them, and the sum."""
    return f"{spark(counts)} {sum(counts)}"


def _short(url: str) -> str:
    return plain(url).removeprefix("https://").removeprefix("http://").removeprefix("www.")


def _wrapped(head: str, text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=head, subsequent_indent=" " * len(head)) or [head.rstrip()]
