"""Which days a page is about: the last ones up to a day, and who. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from archive.arrived import DAY, HOUR, Span
from archive.errors import UsageError

CHOICES = (1, 7, 30)  # days that a start page may show: a year would be read for too long
LONGEST = 3660  # days of a report


@dataclass(frozen=True, slots=True)
class Period:
    """`days` days up to and with `last` (UTC), of one outlet or agency where they are named."""

    last: date
    days: int = 7
    outlet: str | None = None
    agency: str | None = None
    today: date | None = None  # where it is the last day, it needs not be named

    @property
    def first(self) -> date:
        return self.last - timedelta(days=self.days - 1)

    @property
    def width(self) -> int:
        """A day is shown hour by hour."""
        return HOUR if self.days == 1 else DAY

    @property
    def unit(self) -> str:
        return "hour" if self.days == 1 else "day"

    @property
    def span(self) -> Span:
        return Span(f"{self.first}T00:00:00Z", f"{self.last + timedelta(days=1)}T00:00:00Z", self.outlet, self.agency)

    @property
    def slots(self) -> list[str]:
        """All hours or days of it, those without an article among them."""
        if self.days == 1:
            return [f"{self.last}T{hour:02}" for hour in range(24)]
        return [str(self.first + timedelta(days=day)) for day in range(self.days)]

    @property
    def told(self) -> str:
        if self.days == 1:
            return "today" if self.last == self.today else f"on {self.last}"
        return f"in the last {self.days} days" if self.last == self.today else f"from {self.first} to {self.last}"

    def query(self, **changes: object) -> str:
        """The parameters of a page about it, with some of them changed: `days=30&agency=pti`."""
        other = replace(self, **changes)  # type: ignore[arg-type]
        to = None if other.last == other.today else str(other.last)
        named = {"days": other.days, "to": to, "outlet": other.outlet, "agency": other.agency}
        return urlencode({name: value for name, value in named.items() if value is not None})

    @property
    def before(self) -> date:
        """The last day of the period before it."""
        return self.first - timedelta(days=1)

    @property
    def after(self) -> date | None:
        """The last day of the period after it; None where that has not begun."""
        if self.today is None or self.last >= self.today:
            return None
        return min(self.last + timedelta(days=self.days), self.today)


def period_of(asked: Mapping[str, str], now: datetime) -> Period:
    """What a page's parameters ask for. Raises UsageError where they make no sense."""
    today = now.astimezone(UTC).date()
    days = asked.get("days") or "7"
    if days not in map(str, CHOICES):
        raise UsageError(f"not a number of days that is shown: {days!r}", hint="days may be 1, 7 or 30")
    last = day_of(asked["to"]) if asked.get("to") else today
    return Period(min(last, today), int(days), asked.get("outlet") or None, (asked.get("agency") or "").lower() or None, today)


def day_of(typed: str) -> date:
    """Raises UsageError for what is no day of the years 1900 to 9000."""
    try:
        found = date.fromisoformat(typed.strip())
        if not 1900 <= found.year <= 9000:
            raise ValueError(typed)
    except ValueError:
        raise UsageError(f"not a day: {typed!r}", hint="write it as 2026-11-22") from None
    return found
