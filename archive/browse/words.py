"""Times, lengths and shares as people read them. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from archive.agencies import AGENCIES
from archive.times import from_iso

# PTI, dpa; of a name in one word that word: Reuters, not rtr.
_AGENCIES = {agency.code: agency.short[0] if agency.short and " " in agency.name else agency.name for agency in AGENCIES}


def clock(stamp: str) -> str:
    """`2026-11-22 10:00 UTC`."""
    return from_iso(stamp).strftime("%Y-%m-%d %H:%M UTC")


def ago(stamp: str | None, now: datetime) -> str:
    if stamp is None:
        return "never"
    past = now - from_iso(stamp)
    return "just now" if past < timedelta(minutes=1) else f"{span(past)} ago"


def span(length: timedelta) -> str:
    """Whole units: `45 s`, `12 min`, `5 h`, `3 d`."""
    seconds = max(0, int(length.total_seconds()))
    for unit, size, enough in (("s", 1, 60), ("min", 60, 3600), ("h", 3600, 48 * 3600)):
        if seconds < enough:
            return f"{seconds // size} {unit}"
    return f"{seconds // 86400} d"


def later(first: str, stamp: str) -> str:
    """`+1 h 05 min` after the first; `` for the same minute or an earlier one."""
    seconds = int((from_iso(stamp) - from_iso(first)).total_seconds())
    return f"+{wide_span(seconds)}" if seconds >= 60 else ""


def wide_span(seconds: int) -> str:
    """Two units: `5 min`, `1 h 05 min`, `3 d 2 h`."""
    minutes = seconds // 60
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60:02} min" if hours else f"{minutes} min"


_KINDS = {"none": "the same text", "headline": "the headline alone"}


def change_kind(kind: str) -> str:
    """Of a revision, as a reader takes it: `changes.kind`, most of which are words already."""
    return _KINDS.get(kind, kind)


def many(count: int, one: str, more: str | None = None) -> str:
    """`1 copy`, `1,200 copies`."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def size(length: int | None) -> str:
    """Bytes in the unit that suits them: `812 B`, `38.2 KB`."""
    if length is None:
        return "no body"
    if length < 1000:
        return f"{length} B"
    return f"{length / 1000:,.1f} KB" if length < 1_000_000 else f"{length / 1_000_000:,.1f} MB"


def agency(code: str | None) -> str:
    """As its own signature has it: `PTI`, `dpa`, `Reuters`; an unknown code as it stands."""
    return "" if code is None else _AGENCIES.get(code, code)


def short_url(url: str) -> str:
    return url.removeprefix("https://").removeprefix("http://").removeprefix("www.")
