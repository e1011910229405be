"""A time as a page states it, and what is known of how its outlet writes times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from urllib.parse import urlsplit

from archive.clean.text import plain
from archive.dates import Moment, parse_moment

_HISTORY = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stated:
    """One statement of a time."""

    raw: str
    moment: Moment
    evidence: str


@dataclass(frozen=True, slots=True)
class Context:
    """How printed times are meant on this page."""

    zone: tzinfo | None = None
    country: str | None = None
    month_first: bool | None = None
    fetched_at: datetime | None = None


def context_of(url: str, language: str | None, zone: tzinfo | None, country: str | None, fetched_at: datetime | None) -> Context:
    """`country`: ISO 3166 of the outlet or the agency where known; else the host's top-level domain, else `lang`'s region."""
    try:
        top = (urlsplit(url).hostname or "").rsplit(".", 1)[-1].upper()
    except ValueError:
        top = ""
    region = (language or "").partition("-")[2]
    country = country or ({"UK": "GB"}.get(top, top) if len(top) == 2 else None) or (region if len(region) == 2 else None)
    month_first = True if country in ("US", "PH") or (country is None and language == "en") else None
    if country and not month_first:
        month_first = country == "CA" and None
    return Context(zone, country, True if month_first else (False if country or language not in (None, "en") else None), fetched_at)


def same_day(a: Stated, b: Stated) -> bool:
    return abs(a.moment.local - b.moment.local) < timedelta(hours=36)


def plausible(moment: Moment, context: Context) -> bool:
    """From the web's time, and not after the fetch (a day of grace for zones)."""
    when = moment.utc or moment.local.replace(tzinfo=UTC)
    return when >= _HISTORY and (context.fetched_at is None or when <= context.fetched_at + timedelta(days=1))


def read(raw: str | None, evidence: str, context: Context) -> Iterator[Stated]:
    text = plain(raw, 200) if raw else None
    if text:
        moment = parse_moment(text, zone=context.zone, country=context.country, month_first=context.month_first)
        if moment:
            yield Stated(text, moment, evidence)
