"""Quiet hours: when do they end? By the clock on the outlet's wall, whatever it does: what it shows is what counts. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from crawler.sources import Window

_MINUTE = timedelta(minutes=1)


def end_of(windows: tuple[Window, ...], zone: str | None, at: datetime) -> datetime:
    """The first moment from `at` on that lies in no window: `at` itself, or a full minute. `zone`: IANA, UTC where None."""
    minute = at.replace(second=0, microsecond=0)
    end = _end(windows, zone, minute) if windows else minute
    return at if end == minute else end


@lru_cache(4096)  # thousands of feeds of a few outlets are asked for in the same minute
def _end(windows: tuple[Window, ...], zone: str | None, at: datetime) -> datetime:
    """Minute by minute, so that no change of the clock is missed; sources.toml has no windows that leave no minute of the day."""
    where = ZoneInfo(zone) if zone else UTC
    while any(window.holds(_shown(at, where)) for window in windows):
        at += _MINUTE
    return at


def _shown(at: datetime, where: tzinfo) -> int:
    """The minute of the day on the wall."""
    shown = at.astimezone(where)
    return shown.hour * 60 + shown.minute
