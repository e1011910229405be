"""Cron expressions as crontab(5) reads them: which minutes, hours and days five fields name. Pure; knows no time zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

FIELDS = 5
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MINUTE = ("minute", 0, 59, ())
_HOUR = ("hour", 0, 23, ())
_DAY = ("day of the month", 1, 31, ())
_MONTH = ("month", 1, 12, _MONTHS)
_WEEKDAY = ("day of the week", 0, 7, _WEEKDAYS)  # 0 and 7 are Sunday
_HORIZON = 9 * 366  # days that are looked through: 29 February may be eight years away

_Field = tuple[str, int, int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Crontab:
    """What an expression names, by the clock on the wall."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]  # 0 is Sunday
    either: bool  # neither day field begins with *: then one of the two is enough (crontab(5))

    @property
    def hourly(self) -> bool:
        """Whether it names every hour: then it is an interval, rather than times of the day."""
        return len(self.hours) == 24

    def names(self, day: date) -> bool:
        of_month, of_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return day.month in self.months and (of_month or of_week if self.either else of_month and of_week)

    def times(self, begin: datetime) -> Iterator[datetime]:
        """All times from `begin` on, without a zone as `begin` is, in order; an end only where years name no day."""
        for days in range(_HORIZON):
            day = begin.date() + timedelta(days=days)
            if self.names(day):
                for hour in self.hours:
                    yield from (at for minute in self.minutes if (at := datetime.combine(day, time(hour, minute))) >= begin)


@lru_cache(256)
def crontab(text: str) -> Crontab:
    """Five fields in lower case, read. Raises ValueError, in words."""
    minute, hour, day, month, weekday = text.split()
    return Crontab(
        minutes=tuple(sorted(_numbers(minute, _MINUTE))),
        hours=tuple(sorted(_numbers(hour, _HOUR))),
        days=frozenset(_numbers(day, _DAY)),
        months=frozenset(_numbers(month, _MONTH)),
        weekdays=frozenset(number % 7 for number in _numbers(weekday, _WEEKDAY)),
        either=not day.startswith("*") and not weekday.startswith("*"),
    )


def _numbers(given: str, field: _Field) -> set[int]:
    """What one field names: a list of numbers, names, ranges and *, each with a step or without."""
    name, low, high, _ = field
    found: set[int] = set()
    for part in given.split(","):
        span, slash, step = part.partition("/")
        if slash and not (step.isascii() and step.isdigit() and 0 < int(step[:6]) <= high):
            raise ValueError(f"'{given}' is no cron {name}: '{step}' is no step")
        first, last = (low, high) if span == "*" else _ends(span, given, field)
        last = high if slash and "-" not in span else last
        found.update(range(first, last + 1, int(step) if slash else 1))
    return found


def _ends(span: str, given: str, field: _Field) -> tuple[int, int]:
    name, low, high, words = field
    ends = [_number(end, words) for end in span.split("-", 1)]
    first, last = ends[0], ends[-1]
    if first is None or last is None or not low <= first <= last <= high:
        raise ValueError(f"'{given}' is no cron {name}: numbers run from {low} to {high}")
    return first, last


def _number(text: str, words: tuple[str, ...]) -> int | None:
    if text in words:
        return words.index(text) + (1 if words is _MONTHS else 0)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None
