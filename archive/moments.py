"""Dates as people type them: a year, a month, a day or a moment, in UTC. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from archive.errors import UsageError
from archive.times import iso

_SPAN = re.compile(r"(\d{1,6})\s*(d|w|mo|y)\Z", re.ASCII)
_WHOLE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?\Z", re.ASCII)


def first_of(typed: str) -> str:
    """The first moment of what was typed, as the archive writes times. Raises UsageError."""
    return iso(_bounds(typed)[0])


def first_after(typed: str) -> str:
    """The first moment after what was typed: after the whole day for a day. Raises UsageError."""
    return iso(_bounds(typed)[1])


def ago(typed: str, now: datetime) -> datetime:
    """The moment so long before `now`: 90d, 12w, 18mo or 2y; a date is its first moment. Raises UsageError."""
    span = _SPAN.match(typed.strip())
    if span is None:
        try:
            return _bounds(typed)[0]
        except UsageError:
            raise UsageError(f"neither an age nor a date: {typed!r}", hint="write 90d, 12w, 18mo, 2y, or 2024-06-30") from None
    number, unit = int(span[1]), span[2]
    try:
        if unit in ("d", "w"):
            return now - timedelta(days=number * (7 if unit == "w" else 1))
        months = now.year * 12 + now.month - 1 - number * (12 if unit == "y" else 1)
        year, month = divmod(months, 12)
        first_of_next = datetime(year + (month == 11), (month + 1) % 12 + 1, 1, tzinfo=UTC)
        return now.replace(year=year, month=month + 1, day=min(now.day, (first_of_next - timedelta(days=1)).day))
    except (ValueError, OverflowError):
        raise UsageError(f"{typed} ago there was no calendar", hint="write 90d, 12w, 18mo, 2y, or 2024-06-30") from None


def _bounds(typed: str) -> tuple[datetime, datetime]:
    try:
        whole = _WHOLE.match(typed.strip())
        if whole is None:
            moment = datetime.fromisoformat(typed.strip())
            moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
            return moment, moment + timedelta(seconds=1)
        year, month, day = (int(part) if part else None for part in whole.groups())
        first = datetime(year or 0, month or 1, day or 1, tzinfo=UTC)
        if day:
            return first, first + timedelta(days=1)
        return first, datetime(first.year + (not month or month == 12), (month or 12) % 12 + 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError):
        raise UsageError(f"not a date: {typed!r}", hint="write 2026, 2026-11, 2026-11-22 or 2026-11-22T10:00") from None
