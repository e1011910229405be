"""Cron expressions: when next? On the outlet's clock, over both of its changes: no time is passed over, none comes twice.

APScheduler's CronTrigger is not asked: it numbers weekdays from Monday, and where clocks change it comes twice, not at all, or stands still
(docs/decisions.md says when).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from crawler.sources.crontab import Crontab, crontab

LONGEST_CHANGE = timedelta(hours=3)  # that a clock is set back: as far as a time in the hours that come twice may lie behind on the wall


def next_time(expression: str, zone: str | None, after: datetime) -> datetime | None:
    """The first time after `after` that the five fields name, in `zone` (IANA; UTC where None); None where there is none in years.

    A time that the clock skips comes at the moment when it is set ahead. A time that comes twice counts once, the first time; but an
    expression that names every hour goes on through the repeated hour as through any other.
    Raises ValueError for an expression that is none; sources.toml has been checked before.
    """
    named, where = crontab(expression), ZoneInfo(zone) if zone else UTC
    found = [_first(named, where, after, fold) for fold in ((0, 1) if named.hourly else (0,))]
    return min((at for at in found if at is not None), default=None)


def _first(named: Crontab, where: tzinfo, after: datetime, fold: int) -> datetime | None:
    begin = (after - LONGEST_CHANGE).astimezone(where).replace(tzinfo=None)
    return next((at for wall in named.times(begin) if (at := _moment(wall, where, fold)) > after), None)


def _moment(wall: datetime, where: tzinfo, fold: int) -> datetime:
    """When the clock shows `wall`, the first or (fold 1) the last time; where it never does, the moment it is set ahead over it."""
    at = wall.replace(tzinfo=where, fold=fold).astimezone(UTC)
    if _shown(at, where) == wall:
        return at
    at = wall.replace(tzinfo=where, fold=1).astimezone(UTC)  # PEP 495: by the offset after the change, so that it lies before it
    while _shown(at, where) < wall:
        at += timedelta(minutes=1)
    return at


def _shown(at: datetime, where: tzinfo) -> datetime:
    """What the clock on the wall shows, without zone and fold."""
    return at.astimezone(where).replace(tzinfo=None, fold=0)
