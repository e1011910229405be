"""Is all well? Facts and limits in, a verdict with its reasons out. Pure: knows no SQL, no clock, no disk (`scheduler.vitals` gathers).

Levels and their numbers are those of monitoring plugins (Nagios, Icinga, Checkmk): 0 ok, 1 warning, 2 critical, 3 unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from archive.terminal import plain

OK, WARNING, CRITICAL, UNKNOWN = range(4)
LEVELS = ("ok", "warning", "critical", "unknown")  # by number
MB = 1_000_000
HARD = 1.0  # weight of failures in a row from which a feed counts as failing: one hard, two soft or four passing ones
LEAST_INTERVAL = timedelta(minutes=30)  # a shorter one is taken as this: a timer looks every ten minutes, and runs take their time
NO_INTERVAL = timedelta(hours=1)  # of a feed without a success: what the poller's floor makes of one
FEW = 10  # fetches in a day below which their share of failures says nothing
_NAMED = 3  # feeds that a reason names


@dataclass(frozen=True, slots=True)
class Limits:
    """Where warning and critical begin, (warning, critical) each; the first in reach is the worse. Free disk counts downwards."""

    run_age: tuple[float, float] = (2 * 3600, 8 * 3600)  # seconds without a good run while feeds are due: the longest run takes six hours
    feeds: tuple[float, float] = (20, 50)  # per cent that fail or are stale
    stale: float = 3  # times its own interval without a success make a feed stale
    page_failures: tuple[float, float] = (20, 50)  # per cent of the last day's fetches
    pages_late: tuple[float, float] = (6 * 3600, 24 * 3600)  # seconds that the page which waits longest is overdue
    cleaning: tuple[float, float] = (1_000, 20_000)  # captures: a core cleans some dozens a second
    wal: tuple[float, float] = (256 * MB, 1_000 * MB)  # bytes: cut back to 67 MB after each run, unless a reader pins it
    disk: tuple[float, float] = (2_000 * MB, 500 * MB)  # bytes free beside the archive
    gaps: tuple[float, float] = (1, 25)  # polls of the last day that may have missed entries


@dataclass(frozen=True, slots=True)
class FeedFacts:
    """One feed that is polled."""

    outlet: str
    url: str
    last_success_at: datetime | None
    next_poll_at: datetime
    interval: timedelta | None  # between its last success and the poll that was planned then; None: never a success
    failures: float  # weight of its failures in a row
    last_outcome: str | None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is judged, at one moment."""

    now: datetime
    feeds: tuple[FeedFacts, ...] = ()
    last_run_at: datetime | None = None  # end of the last run that went well, at least in part
    last_run_status: str | None = None  # of the newest run; None: there was none
    pages: dict[str, int] = field(default_factory=dict)  # by state
    pages_due: int = 0  # whose fetch is due
    oldest_due_at: datetime | None = None  # since when the one that waits longest is due
    polls: dict[str, int] = field(default_factory=dict)  # by outcome, in the last 24 hours
    fetches: int = 0  # of pages, in the last 24 hours, redirects not counted
    fetches_failed: int = 0  # those that robots.txt or our own guard refused are none
    gaps: int = 0  # in the last 24 hours
    cleaning: int = 0  # captures that wait for the cleaner
    archive_bytes: int = 0
    wal_bytes: int = 0
    disk_free: int = 0  # bytes that this user may still write beside the archive


@dataclass(frozen=True, slots=True)
class Check:
    """One thing judged: `value` in `unit` against its limits, and the reason in words."""

    name: str
    level: int
    reason: str
    value: float | None  # None: there is nothing to measure
    unit: str  # s, B, %, or "" for a count
    limits: tuple[float, float]
    downwards: bool = False  # less is worse


@dataclass(frozen=True, slots=True)
class Verdict:
    """All checks; as bad as the worst."""

    checks: tuple[Check, ...]
    feeds: tuple[tuple[FeedFacts, str], ...] = ()  # those that fail or are stale, and why

    @property
    def level(self) -> int:
        return max(check.level for check in self.checks)


def judge(facts: Facts, limits: Limits | None = None) -> Verdict:
    """The verdict on these facts."""
    limits = limits or Limits()
    bad = tuple((feed, why) for feed in facts.feeds if (why := trouble(feed, facts.now, limits.stale)))
    checks = (
        _runs(facts, limits.run_age),
        _feeds(facts, bad, limits.feeds),
        _fetches(facts, limits.page_failures),
        _late(facts, limits.pages_late),
        _more("gaps", facts.gaps, "", limits.gaps, f"{_of(facts.gaps, 'poll')} of the last day may have missed entries"),
        _more("cleaning", facts.cleaning, "", limits.cleaning, f"{_of(facts.cleaning, 'page')} to be cleaned"),
        _more("wal", facts.wal_bytes, "B", limits.wal, f"WAL {size(facts.wal_bytes)}"),
        _disk(facts, limits.disk),
    )
    return Verdict(checks, bad)


def trouble(feed: FeedFacts, now: datetime, stale: float) -> str | None:
    """Why a feed is failing or stale, in words; None where it is neither."""
    error = plain(feed.error or feed.last_outcome or "", width=200).rstrip(".")
    if feed.last_outcome == "gone":
        return f"gone: {error}"
    since = feed.last_success_at or (feed.next_poll_at if feed.last_outcome is None else None)
    if since is not None and now - since > stale * max(feed.interval or NO_INTERVAL, LEAST_INTERVAL):
        never = "never polled, due for" if feed.last_success_at is None else "stale: no success for"
        return f"{never} {span(now - since)}" + (f" ({error})" if feed.failures and error else "")
    return f"failing: {error}" if feed.failures >= HARD else None


def _runs(facts: Facts, limits: tuple[float, float]) -> Check:
    """How long something has been due without a good run: while nothing is due, no run is late."""
    if facts.last_run_at is None:
        reason = "no run has gone well yet" if facts.last_run_status else "no run yet"
        return Check("runs", CRITICAL, reason, None, "s", limits)
    first_due = min((feed.next_poll_at for feed in facts.feeds), default=facts.now)
    late = max(0.0, (facts.now - max(first_due, facts.last_run_at)).total_seconds())
    return _more("runs", late, "s", limits, f"last good run {span(facts.now - facts.last_run_at)} ago")


def _feeds(facts: Facts, bad: tuple[tuple[FeedFacts, str], ...], limits: tuple[float, float]) -> Check:
    if not facts.feeds:
        return Check("feeds", WARNING, "no feed is configured", None, "%", limits)
    share = 100 * len(bad) / len(facts.feeds)
    named = ", ".join(dict.fromkeys(feed.outlet for feed, _ in bad[:_NAMED])) + (", ..." if len(bad) > _NAMED else "")
    reason = f"{len(bad)} of {_of(len(facts.feeds), 'feed')} failing or stale" + (f" ({plain(named)})" if bad else "")
    return _more("feeds", share, "%", limits, reason)


def _fetches(facts: Facts, limits: tuple[float, float]) -> Check:
    share = 100 * facts.fetches_failed / facts.fetches if facts.fetches else 0.0
    given_up = sum(facts.pages.get(state, 0) for state in ("dead", "gone", "blocked"))
    reason = f"{facts.fetches_failed} of {facts.fetches} page fetches of the last day failed, {given_up} pages given up in all"
    judged = _more("page_failures", share, "%", limits, reason)
    return judged if facts.fetches >= FEW else Check("page_failures", OK, reason, share, "%", limits)


def _late(facts: Facts, limits: tuple[float, float]) -> Check:
    late = max(timedelta(0), facts.now - facts.oldest_due_at) if facts.oldest_due_at else timedelta(0)
    reason = f"{_of(facts.pages_due, 'page')} due" + (f", the oldest for {span(late)}" if facts.pages_due else "")
    return _more("pages_late", late.total_seconds(), "s", limits, reason)


def _disk(facts: Facts, limits: tuple[float, float]) -> Check:
    level = CRITICAL if facts.disk_free < limits[1] else WARNING if facts.disk_free < limits[0] else OK
    return Check("disk", level, f"{size(facts.disk_free)} of disk free", float(facts.disk_free), "B", limits, downwards=True)


def _more(name: str, value: float, unit: str, limits: tuple[float, float], reason: str) -> Check:
    """A check of something of which more is worse; a limit that is reached counts."""
    level = CRITICAL if value >= limits[1] else WARNING if value >= limits[0] else OK
    return Check(name, level, reason, float(value), unit, limits)


# --- in words -----------------------------------------------------------------------------------------------------------


def line(verdict: Verdict) -> str:
    """One line as monitoring plugins print it: the verdict, what is wrong (else what was looked at), and performance data."""
    worst_first = sorted((check for check in verdict.checks if check.level), key=lambda check: -check.level)
    words = "; ".join(check.reason for check in worst_first or verdict.checks).replace("|", "/")
    return f"WIRECOPY {LEVELS[verdict.level].upper()}: {words} | {' '.join(_performance(check) for check in verdict.checks)}"


def _performance(check: Check) -> str:
    """`name=value;warning;critical`; a colon after a limit says that less is worse."""
    value = "U" if check.value is None else f"{_figure(check.value)}{check.unit}"
    edge = ":" if check.downwards else ""
    return f"{check.name}={value};{_figure(check.limits[0])}{edge};{_figure(check.limits[1])}{edge}"


def _figure(number: float) -> str:
    """Digits and a point, two places at most: the convention knows no exponents."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def as_json_object(verdict: Verdict) -> dict[str, Any]:
    """The same, for programs."""
    return {
        "level": LEVELS[verdict.level],
        "checks": [
            {"name": one.name, "level": LEVELS[one.level], "reason": one.reason, "value": one.value, "unit": one.unit,
             "warning": one.limits[0], "critical": one.limits[1]}
            for one in verdict.checks
        ],
        "feeds": [{"outlet": feed.outlet, "feed": feed.url, "reason": why} for feed, why in verdict.feeds],
    }  # fmt: skip


def size(number: float) -> str:
    """`12.3 MB`: decimal units."""
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:.3g} {unit}"
        number /= 1000
    return f"{number:.4g} TB"


def span(length: timedelta) -> str:
    """`45 s`, `12 min`, `5 h`, `3 d`; never negative."""
    seconds = max(0, int(length.total_seconds()))
    for unit, unit_size, enough in (("s", 1, 60), ("min", 60, 3600), ("h", 3600, 48 * 3600)):
        if seconds < enough:
            return f"{seconds // unit_size} {unit}"
    return f"{seconds // 86400} d"


def _of(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
