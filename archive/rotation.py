"""Which backups stay when a new one was made. Pure: times in, times out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Rules:
    """How many stay; one that any rule keeps stays. None at all given: everything does."""

    last: int = 0  # the newest ones
    daily: int = 0  # days, weeks (ISO 8601, from Monday) and months that have a backup, newest first: the last one of each stays
    weekly: int = 0
    monthly: int = 0

    def __bool__(self) -> bool:
        return any((self.last, self.daily, self.weekly, self.monthly))


def kept(times: Iterable[datetime], rules: Rules) -> set[datetime]:
    """Those of the times (UTC) whose backups stay. The newest always does."""
    newest_first = sorted(set(times), reverse=True)
    if not rules:
        return set(newest_first)
    found = set(newest_first[: max(1, rules.last)])
    found |= _of_each(newest_first, rules.daily, lambda at: at.date().isoformat())
    found |= _of_each(newest_first, rules.weekly, lambda at: "{}-{}".format(*at.isocalendar()[:2]))
    return found | _of_each(newest_first, rules.monthly, lambda at: f"{at:%Y-%m}")


def _of_each(newest_first: list[datetime], most: int, period: Callable[[datetime], str]) -> set[datetime]:
    last: dict[str, datetime] = {}
    for at in newest_first:
        last.setdefault(period(at), at)
    return set(list(last.values())[:most])
