"""How polling stands -> what the pages show of it. Pure. Rows are those of `wirecopy status --json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive.browse.plots import columns
from archive.browse.words import ago, many, span
from archive.times import from_iso

Row = Mapping[str, Any]
GOOD = ("ok", "new")


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One feed, in words."""

    outlet: str
    outlet_name: str
    url: str
    state: str
    is_good: bool
    success: str
    due: str
    why: str
    entries: int
    articles: int
    bars: str  # articles a day, as SVG
    days: str  # the same in words
    notes: tuple[str, ...]


def lines(rows: Sequence[Row], now: datetime) -> list[FeedLine]:
    """Those that fail first, else as they come: by outlet."""
    return sorted((_line(row, now) for row in rows), key=lambda line: line.is_good)


def _line(row: Row, now: datetime) -> FeedLine:
    counts = [(str(back), count) for back, count in enumerate(row["articles_per_day"])]
    state = f"{row['state']} {row['failed_in_a_row']}×" if row["failed_in_a_row"] else str(row["state"])
    return FeedLine(
        row["outlet"], row["outlet_name"], row["feed"], state, row["state"] in GOOD and not row["failed_in_a_row"],
        ago(row["last_success_at"], now), _due(row, now), row["next_poll_reason"] or "", sum(row["entries_per_day"]),
        sum(row["articles_per_day"]), columns("", counts, unit="day").svg, ", ".join(f"{count:,}" for _, count in counts),
        tuple(_notes(row)),
    )  # fmt: skip


def _due(row: Row, now: datetime) -> str:
    if row["state"] == "removed":
        return "never"
    if row["claimed_until"] and from_iso(row["claimed_until"]) > now:
        return "being polled"
    due = max(filter(None, (row["not_before"], row["next_poll_at"])), default=None)
    if due is None:
        return "not planned"
    wait = from_iso(due) - now
    return f"in {span(wait)}" if wait.total_seconds() > 0 else "now"


def _notes(row: Row) -> list[str]:
    found = []
    if row["failed_in_a_row"]:
        found.append(f"{row['last_error'] or row['last_outcome']} ({many(row['failed_in_a_row'], 'time')} in a row)")
    if row["moved_to"]:
        found.append(f"polled at {row['moved_to']} since it moved there for good: change its url in sources.toml")
    if row["turned_away"]:
        found.append("pages that turned us away: " + ", ".join(f"{kind} {pages:,}" for kind, pages in row["turned_away"].items()))
    if row["gaps"]:
        found.append(f"{many(row['gaps'], 'poll')} shared no entry with what was known: something may have been missed")
    return found
