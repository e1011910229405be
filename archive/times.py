"""Times as the archive writes them: aware UTC, ISO 8601 text ending in Z, so that text order is time order in a column."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def iso(when: datetime) -> str:
    """`2026-11-22T10:00:00Z`: whole seconds."""
    return when.astimezone(UTC).isoformat()[:19] + "Z"


def iso_due(when: datetime) -> str:
    """As `iso`, rounded up: for times before which nothing may come. Rounded down, an hour's floor would be kept for most of an hour."""
    return iso(when + timedelta(microseconds=-when.microsecond % 1_000_000))


def iso_ms(when: datetime) -> str:
    """`2026-11-22T10:00:00.123Z`: milliseconds, for captures."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "Z"


def from_iso(text: str) -> datetime:
    """The reverse of `iso` and `iso_ms`. Raises ValueError on anything else."""
    return datetime.fromisoformat(text).astimezone(UTC)


def iso_or_none(when: datetime | None) -> str | None:
    return None if when is None else iso(when)


def iso_due_or_none(when: datetime | None) -> str | None:
    return None if when is None else iso_due(when)


def from_iso_or_none(text: str | None) -> datetime | None:
    return None if text is None else from_iso(text)


def clock(stamp: object) -> str:
    """`2026-11-22 10:00 UTC` for people, of a time as it is stored; "" for none."""
    return from_iso(stamp).strftime("%Y-%m-%d %H:%M UTC") if isinstance(stamp, str) else ""
