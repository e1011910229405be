"""Simulated time: this machine's, ahead by as much as the driver says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

MINUTES = 10  # past the hour: looks at :10 and :40 fall on no full hour, as a cron line's do not


class Clock:
    """Set by the driver before each run, read by the server's threads. Within a run it goes as fast as the machine's."""

    def __init__(self, start: datetime) -> None:
        self.start = start
        self.ahead = timedelta(0)

    def set(self, at: datetime) -> None:
        self.ahead = at - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def next_monday(now: datetime) -> datetime:
    """When a simulation begins: always at the same hour of the week, so that one is like the other."""
    midnight = now.replace(hour=0, minute=MINUTES, second=0, microsecond=0)
    return midnight + timedelta(days=7 - now.weekday())
