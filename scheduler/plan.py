"""When a feed is polled next, and why. Pure: facts and the time in, a time and its reason out; knows no SQL and no clock.

The rule: the latest of what binds us (a floor, the server's freshness, Retry-After, back-off), else what the source's configuration asks;
and if that lies in the feed's quiet hours, their end.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.model import NO_HINTS, Habit, Hints
from crawler.facts import PollFacts
from crawler.sources import Rhythm, Window
from scheduler.cron import next_time
from scheduler.quiet import end_of

CONDITIONAL_FLOOR = timedelta(hours=1)  # without a schedule of its own, a feed that answers conditional requests: hourly
UNCONDITIONAL_FLOOR = timedelta(hours=24)  # one that gives no validators costs its server the whole document each time: daily
LONGEST_FRESHNESS = timedelta(hours=24)  # a max-age or ttl beyond a day is taken as a day
FIRST_BACKOFF = timedelta(minutes=30)  # doubled with each hard failure in a row
LONGEST_BACKOFF = timedelta(hours=24)
GONE = timedelta(days=30)  # 410, or a feed that calls itself finished: asked once a month, since feeds come back to life
LONGEST_LEARNED = timedelta(hours=24)
FEW, MANY = 1 / 3, 2 / 3  # share of entries already seen: below, we come too rarely for the feed's window; above, too often
LONGEST_JITTER = timedelta(minutes=5)
LEEWAY = 0.1  # a feed with an interval of its own is due a tenth early: a timer of the same interval would always come a little before it
JITTER = 0.05  # share of the interval that is added at random, where sources.toml does not say how much
_HINT = ", and the feed asks to be left alone before then (skipHours, skipDays)"
_QUIET = ", moved to the end of its quiet hours"
_DETOURS = 4  # a hint may lead into quiet hours, and they into the next hint: days at most; then the hint is passed over


@dataclass(frozen=True, slots=True)
class Plan:
    """When next, why, and until when not even a forced poll may come."""

    next_poll_at: datetime
    reason: str
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Bound:
    at: datetime
    reason: str


def next_poll(facts: PollFacts, now: datetime, rng: random.Random) -> Plan:
    """The plan after one poll. Jitter spreads what would come at the same moment; it only ever makes a poll later."""
    bound = max(_bounds(facts, now), key=lambda one: one.at)
    jitter = min((bound.at - now) * JITTER, LONGEST_JITTER) if facts.jitter is None else facts.jitter
    bound = _Bound(bound.at + jitter * rng.random(), bound.reason)
    if facts.retry_after is not None and facts.retry_after >= bound.at:
        bound = _Bound(facts.retry_after, "the server asked us to wait until then (Retry-After)")
    at, why = _free_from(bound.at, facts, rng)
    return Plan(at, bound.reason + why, facts.retry_after)


def put_off(rhythm: Rhythm, now: datetime, rng: random.Random) -> Plan | None:
    """When a feed that is due is polled instead, if its quiet hours have begun; None: it may be polled now."""
    if end_of(rhythm.quiet, rhythm.timezone, now) == now:
        return None
    at = _after_quiet(now, rhythm.quiet, rhythm.timezone, rhythm.jitter, rng)
    return Plan(at, "it came due in its quiet hours, and is polled when they end")


def _free_from(at: datetime, facts: PollFacts, rng: random.Random) -> tuple[datetime, str]:
    """The first moment from `at` on that neither quiet hours nor the feed's hints forbid, and what moved it there, in words."""
    hinted = quieted = False
    hints = facts.hints if facts.schedule is None and at != facts.retry_after else NO_HINTS
    for _ in range(_DETOURS):
        awake = _after_quiet(at, facts.quiet, facts.timezone, facts.jitter, rng)
        later = _beyond_rest(awake, hints)
        if later == at:
            break
        hinted, quieted, at = hinted or later != awake, quieted or awake != at, later
    return end_of(facts.quiet, facts.timezone, at), (_HINT if hinted else "") + (_QUIET if quieted else "")


def _bounds(facts: PollFacts, now: datetime) -> list[_Bound]:
    bounds = [_pace(facts, now)]
    if facts.max_age is not None and facts.schedule is None:
        bounds.append(_Bound(now + min(facts.max_age, LONGEST_FRESHNESS), "the server says that its answer is fresh until then"))
    if facts.hints.ttl_minutes and facts.schedule is None:
        wish = min(timedelta(minutes=facts.hints.ttl_minutes), LONGEST_FRESHNESS)
        bounds.append(_Bound(now + wish, "the feed asks for that interval (ttl)"))
    if facts.hints.finished and facts.schedule is None:
        bounds.append(_Bound(now + GONE, "the feed says that it will not be updated any more"))
    if facts.outcome == "gone":
        bounds.append(_Bound(now + GONE, "the server says that the feed is gone (HTTP 410)"))
    elif facts.failures > 0:
        wait = min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** min(facts.failures, 10))
        bounds.append(_Bound(now + wait, f"it failed ({facts.outcome}), and we back off"))
    return bounds


def _pace(facts: PollFacts, now: datetime) -> _Bound:
    """The source's own schedule; without one, what was learned of the feed, never under the floor."""
    schedule = facts.schedule
    if schedule is not None and schedule.every is not None:
        return _Bound(now + schedule.every * (1 - LEEWAY), f"its schedule in sources.toml: every {schedule.text}")
    if schedule is not None and schedule.cron is not None and (at := next_time(schedule.cron, facts.timezone, now)):
        return _Bound(at, f"its schedule in sources.toml: {schedule.text}")
    if not facts.conditional and (facts.failures == 0 or facts.whole):
        return _Bound(now + UNCONDITIONAL_FLOOR, "daily, since it gives no validators (ETag, Last-Modified) and has no schedule")
    learned = learned_interval(facts.habit, now)
    if learned is not None and learned > CONDITIONAL_FLOOR:
        return _Bound(now + learned, "learned from how often the feed brings something new")
    return _Bound(now + CONDITIONAL_FLOOR, "hourly, the floor without a schedule")


def learned_interval(habit: Habit, now: datetime) -> timedelta | None:
    """Half the mean gap between entries: shorter where most entries of the last document were new, longer where few were.

    At most a day: a feed that is quiet for weeks is still asked daily. None where nothing was learned yet.
    """
    if habit.gap_seconds is None:
        return None
    share = habit.seen_share
    pace = 1.0 if share is None or FEW <= share <= MANY else 0.5 if share < FEW else 1.5
    return timedelta(seconds=min(_gap(habit.gap_seconds, habit, now) / 2 * pace, LONGEST_LEARNED.total_seconds()))


def _gap(mean: float, habit: Habit, now: datetime) -> float:
    """The mean gap in seconds. A silence that is longer counts as one gap more: a feed that falls silent is asked more and more rarely."""
    silence = (now - habit.newest_at).total_seconds() if habit.newest_at else 0.0
    return (mean * habit.gaps + silence) / (habit.gaps + 1) if silence > mean else mean


def _after_quiet(at: datetime, quiet: tuple[Window, ...], zone: str | None, jitter: timedelta | None, rng: random.Random) -> datetime:
    """`at`, or the end of the quiet hours that it lies in, with jitter: not all feeds of an outlet begin in the same second."""
    end = end_of(quiet, zone, at)
    if end == at:
        return at
    spread = end + (LONGEST_JITTER if jitter is None else jitter) * rng.random()
    return spread if end_of(quiet, zone, spread) == spread else end  # a window that begins soon after holds as well


def _beyond_rest(at: datetime, hints: Hints) -> datetime:
    """The first full hour from `at` on that the feed does not ask to be skipped; `at` itself if it asks to skip all of them."""
    for hour in range(24 * 8):
        then = at if hour == 0 else at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=hour)
        if then.hour not in hints.skip_hours and then.strftime("%A") not in hints.skip_days:
            return then
    return at
