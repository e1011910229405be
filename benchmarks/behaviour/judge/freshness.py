"""What an answer says of its own freshness, read by the judge itself (RFC 9111, 4.2; RFC 9110, 10.2.3)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from benchmarks.behaviour.asked import Asked, Said
from benchmarks.behaviour.evidence import Ask

LONGEST = timedelta(hours=24)
LONGEST_WAIT = timedelta(days=31)


def fresh_for(asked: Asked) -> timedelta | None:
    """max-age less Age, else Expires less Date; None where nothing is said."""
    control = asked.told("Cache-Control") or ""
    if "no-store" in control or "no-cache" in control:
        return None
    if found := re.search(r"max-age=(\d+)", control):
        return timedelta(seconds=max(0, int(found[1]) - int(asked.told("Age") or 0)))
    expires, date = asked.told("Expires"), asked.told("Date")
    return parsedate_to_datetime(expires) - parsedate_to_datetime(date) if expires and date else None


def held_until(asked: Asked) -> datetime | None:
    """When a Retry-After ends, as stated; None where there is none."""
    said = asked.told("Retry-After")
    if said is None or asked.reply.status not in (429, 503):
        return None
    return asked.at + timedelta(seconds=int(said)) if said.isdecimal() else parsedate_to_datetime(said).astimezone(UTC)


def wishes(asks: list[Ask]) -> list[tuple[Ask, list[timedelta], Said | None]]:
    """Each attempt with what it asks for, unclamped, and the last document's own words."""
    found: list[tuple[Ask, list[timedelta], Said | None]] = []
    said: Said | None = None
    for ask in asks:
        said = ask.last.reply.said if ask.good else said
        asked_for = [fresh_for(ask.last), timedelta(minutes=said.ttl) if said and said.ttl else None]
        found.append((ask, [wish for wish in asked_for if wish is not None], said))
    return found
