"""Cron expressions: when next? APScheduler's own reading of them, so that the daemon and a one-shot run agree."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def next_time(expression: str, zone: str | None, after: datetime) -> datetime | None:
    """The first time after `after` that the five fields name, in `zone` (IANA; UTC where None); None where there is none.

    Raises ValueError for an expression that is none; sources.toml has been checked before.
    """
    from apscheduler.triggers.cron import CronTrigger  # late: most feeds have no cron schedule

    trigger = CronTrigger.from_crontab(expression, timezone=ZoneInfo(zone) if zone else UTC)
    found: datetime | None = trigger.get_next_fire_time(after, after)
    return found.astimezone(UTC) if found else None
