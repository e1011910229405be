"""What an exchange came to: a poll's outcome, a page's one state, and when to try again. Pure; dials and stores nothing."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from archive.clean.refusal import WALLS
from archive.model import Capture, FeedDocument, PageState, PageTask, WallKind
from crawler.client import heads

MAX_RETRY_AFTER = timedelta(days=31)  # an explicit Retry-After is honoured up to this
FIRST_RETRY = timedelta(minutes=5)  # then four times as long after each failure
LONGEST_RETRY = timedelta(hours=24)
MAX_ATTEMPTS = 8  # after about five days a page that never answered is given up, and says so
MAX_NOT_FOUND = 4  # a 404 right after publication is often a cache that lags
MAX_BLOCKED = 3
_BLOCKING = frozenset({401, 402, 403, 407, 451})

# Weight of a failure in the feed's back-off: what is surely wrong counts fully, what passes by itself a quarter.
HARD, SOFT, PASSING = 1.0, 0.5, 0.25


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a poll ended. `name` is one of polls.outcome, `weight` goes into the feed's failures."""

    name: str
    weight: float = 0.0
    error: str | None = None

    @property
    def readable(self) -> bool:
        return self.name == "read"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why we did not ask at all: robots.txt, the guard, a URL that is none. `passing` ones are tried again later."""

    reason: str
    passing: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a page's fetch came to, and when it is tried again (None: not)."""

    state: PageState
    next_try_at: datetime | None = None
    error: str | None = None


def of_poll(answer: Capture | None, *, refusal: Refusal | None, conditional: bool) -> Outcome:
    """The outcome of a poll before its document is read; `read` means that it can be."""
    if refusal is not None or answer is None:
        return Outcome(
            "refused",
            PASSING if refusal and refusal.passing else HARD,
            refusal.reason if refusal else "nothing was sent",
        )
    if answer.status is None:
        refused = (answer.error or "").startswith("not dialled")
        return Outcome("refused" if refused else "network", HARD if refused else PASSING, answer.error)
    if answer.truncated == "length":
        return Outcome("too-large", HARD, answer.error)
    if answer.error:
        lost = 300 <= answer.status < 400  # redirects that lead nowhere: no matter of a moment, and each try costs six requests
        return Outcome("truncated" if answer.truncated else "http-error", HARD if lost else PASSING, answer.error)
    return _of_status(answer, conditional=conditional)


def _of_status(answer: Capture, *, conditional: bool) -> Outcome:
    status = answer.status or 0
    if status == 304:
        if conditional:
            return Outcome("not-modified")
        return Outcome("http-error", SOFT, "HTTP 304, although nothing was asked conditionally")
    if 200 <= status < 300:
        return Outcome("read") if answer.body else Outcome("not-a-feed", HARD, "the answer has no body")
    if status == 412 and conditional:  # our validators, not the feed: `archive.store.feeds` drops them
        return Outcome("http-error", PASSING, "HTTP 412 to what was asked conditionally: next time without validators")
    if status == 410:
        return Outcome("gone", HARD, "HTTP 410 Gone")
    if status == 429:
        return Outcome("held", PASSING, "HTTP 429 Too Many Requests")
    if status in _BLOCKING:
        return Outcome("blocked", HARD, f"HTTP {status}")
    return Outcome("http-error", SOFT if status >= 500 else HARD, f"HTTP {status}")


def of_document(document: FeedDocument, wall: WallKind | None = None) -> Outcome:
    """The outcome of reading a feed document; new entries are counted when it is stored. `wall`: what a page in its place says."""
    if document.error and wall is not None and wall != "not-found":
        return Outcome("blocked", HARD, WALLS[wall])
    if document.error:
        return Outcome("not-a-feed", HARD, document.error)
    return Outcome("nothing-new")


def of_page(task: PageTask, answer: Capture | None, *, refusal: Refusal | None, now: datetime, rng: random.Random) -> Verdict:
    """The page's state after this fetch: exactly one, with its reason."""
    if refusal is not None or answer is None:
        if refusal and refusal.passing:
            return _again(task, "failed", refusal.reason, now, rng)
        return Verdict("refused", None, refusal.reason if refusal else "nothing was sent")
    if answer.error:
        return _of_broken(task, answer, now, rng)
    status = answer.status or 0
    if status == 304 and task.known is not None:
        return Verdict("stored")
    if 200 <= status < 300 and _leads_home(task, answer):
        if task.known is not None:
            return Verdict("gone", None, "it redirects to the home page")
        return _again(task, "failed", "it redirects to the home page", now, rng, at_most=MAX_NOT_FOUND, then="gone")
    if status in (200, 203) or 206 < status < 300:
        return Verdict("stored") if answer.body else _again(task, "failed", "the answer has no body", now, rng)
    if status == 410:
        return Verdict("gone", None, "HTTP 410 Gone")
    if status == 404:
        return _again(task, "failed", "HTTP 404 Not Found", now, rng, at_most=MAX_NOT_FOUND, then="gone")
    if status in _BLOCKING:
        return _again(task, "blocked", f"HTTP {status}", now, rng, at_most=MAX_BLOCKED, then="blocked")
    return _again(task, "failed", f"HTTP {status}", now, rng, not_before=retry_after(answer, now))


def _leads_home(task: PageTask, answer: Capture) -> bool:
    """Whether a page ends at the home page of its own host: outlets take stories down so. `/?p=12` is no home page, but a story's."""
    asked, got = urlsplit(task.url), urlsplit(answer.url)
    at_home = got.path in ("", "/") and not got.query and asked.path not in ("", "/")
    return at_home and (asked.hostname or "").removeprefix("www.") == (got.hostname or "").removeprefix("www.")


def _of_broken(task: PageTask, answer: Capture, now: datetime, rng: random.Random) -> Verdict:
    if answer.truncated == "length" or (answer.error or "").startswith("not dialled"):
        return Verdict("refused", None, answer.error)
    return _again(task, "failed", answer.error or "", now, rng)


def _again(
    task: PageTask,
    state: PageState,
    error: str,
    now: datetime,
    rng: random.Random,
    *,
    at_most: int = MAX_ATTEMPTS,
    then: PageState = "dead",
    not_before: datetime | None = None,
) -> Verdict:
    if task.attempts + 1 >= at_most:
        return Verdict(then, None, error)
    wait = min(LONGEST_RETRY, FIRST_RETRY * 4**task.attempts)
    at = now + wait * rng.uniform(0.9, 1.1)
    if not_before is not None:  # the server's own word counts; only one that keeps saying so is asked more and more rarely
        at = not_before if task.attempts == 0 else max(at, not_before)
    return Verdict(state, at, error)


def retry_after(answer: Capture, now: datetime) -> datetime | None:
    """When a 429 or 503 allows the next request (RFC 9110, 10.2.3), at most 31 days ahead; None where it does not say."""
    if answer.status not in (429, 503) or answer.response_head is None:
        return None
    value = heads.first(heads.response_pairs(answer.response_head), "retry-after")
    if value is None:
        return None
    at = now + timedelta(seconds=int(value)) if value.isdecimal() and len(value) < 10 else _http_date(value)
    return None if at is None else min(max(at, now), now + MAX_RETRY_AFTER)


def _http_date(value: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(value)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
