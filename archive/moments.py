"""Dates as people type them: a year, a month, a day or a moment, in UTC. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from archive.errors import UsageError
from archive.times import iso

_WHOLE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?\Z", re.ASCII)


def first_of(typed: str) -> str:
    """The first moment of what was typed, as the archive writes times. Raises UsageError."""
    return iso(_bounds(typed)[0])


def first_after(typed: str) -> str:
    """The first moment after what was typed: after the whole day for a day. Raises UsageError."""
    return iso(_bounds(typed)[1])


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
