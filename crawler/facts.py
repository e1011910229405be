"""What a poll's answer says about the next one: read from its head and its document; and what a planner makes of it. Pure."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol

from archive.model import NO_HABIT, NO_HINTS, Capture, FeedDocument, Habit, Hints
from crawler.client import heads
from crawler.sources import Rhythm, Schedule, Window

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PollFacts:
    """All that the next poll's time depends on."""

    outcome: str  # polls.outcome
    failures: float  # weight of the failures in a row, this one included
    conditional: bool  # the feed gives validators
    schedule: Schedule | None  # the source's own configuration
    timezone: str | None  # in which its cron expression and its quiet hours are meant
    retry_after: datetime | None
    max_age: timedelta | None  # freshness left (RFC 9111, 4.2): max-age less Age, else Expires less Date
    hints: Hints = NO_HINTS  # the document's own wishes, also those of the last one that was read
    habit: Habit = NO_HABIT  # what was learned of the feed
    quiet: tuple[Window, ...] = ()  # as configured: it is not polled then
    whole: bool = False  # a document came, though it may be of no use: what it cost its server is the same
    jitter: timedelta | None = None  # as configured: up to that much is added at random; None: the planner's own share


class Plan(Protocol):
    """What a planner decides."""

    @property
    def next_poll_at(self) -> datetime: ...
    @property
    def reason(self) -> str: ...
    @property
    def not_before(self) -> datetime | None: ...


Planner = Callable[[PollFacts, datetime, random.Random], Plan]  # after a poll: when next
Gate = Callable[[Rhythm, datetime, random.Random], Plan | None]  # before one that is due: when instead; None: now


def freshness(answer: Capture | None) -> timedelta | None:
    """How long the answer is fresh; None where its head does not say, or says no-store or no-cache."""
    if answer is None or answer.response_head is None:
        return None
    pairs = heads.response_pairs(answer.response_head)
    control = ", ".join(value for name, value in pairs if name == "cache-control")  # a list may come in several fields (RFC 9110, 5.3)
    if "no-cache" in control.lower() or "no-store" in control.lower():
        return None
    if found := _MAX_AGE.search(control):
        age = heads.first(pairs, "age") or "0"
        return timedelta(seconds=max(0, int(found[1]) - (int(age) if age.isdecimal() and len(age) < 10 else 0)))
    return _expires(heads.first(pairs, "expires"), heads.first(pairs, "date"))


def is_whole(answer: Capture | None) -> bool:
    """Whether the answer was a document, be it too large, cut, or none that is a feed; not an error and no 304.

    One that our own deadline ended is none: that is a timeout, which passes by itself, and the back-off is for it.
    """
    if answer is None or answer.status is None or not 200 <= answer.status < 300 or answer.truncated == "time":
        return False
    return bool(answer.body) or answer.truncated is not None


def hints_of(document: FeedDocument) -> Hints:
    return Hints(document.ttl_minutes, document.skip_hours, document.skip_days, document.finished)


def validators(answer: Capture) -> tuple[str | None, str | None]:
    """(ETag, Last-Modified) of an answer, byte for byte as far as a header field goes."""
    pairs = heads.response_pairs(answer.response_head or b"")
    return heads.first(pairs, "etag"), heads.first(pairs, "last-modified")


def _expires(expires: str | None, date: str | None) -> timedelta | None:
    if not expires or not date:
        return None
    try:
        return max(timedelta(0), parsedate_to_datetime(expires) - parsedate_to_datetime(date))
    except (ValueError, TypeError, OverflowError):
        return None
