"""Rules 6 to 10: when a feed is asked again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from benchmarks.behaviour.asked import Said
from benchmarks.behaviour.evidence import Ask, Evidence, Feed
from benchmarks.behaviour.judge.freshness import LONGEST, LONGEST_WAIT, held_until, wishes
from benchmarks.behaviour.judge.look import Look, Rule, listed

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SLACK = timedelta(minutes=7)  # jitter of five minutes at most, and what a run takes
FORGETS = timedelta(days=3)  # after an outage the stories that were missed make a feed look quieter than it is, that long
QUARTER = 0.9 * timedelta(minutes=15)  # a schedule of 15m: a tenth early, for timers of the same interval

Pair = tuple[Ask, Ask, list[timedelta], Said | None]


def unscheduled(evidence: Evidence) -> list[Feed]:
    return [feed for feed in evidence.feeds if feed.behaviour.schedule is None]


def _pairs(evidence: Evidence, feed: Feed) -> Iterator[Pair]:
    """An attempt on record, the next one in a later run, what the first one asked for, and the last document's words."""
    for (ask, asked_for, said), (later, _, _) in pairwise(wishes(evidence.asks(feed))):
        if ask.poll is not None and ask.first.run != later.first.run:
            yield ask, later, asked_for, said


def _kind(ask: Ask) -> str:
    return "an error" if ask.failed else str(ask.last.reply.status)


def fresh(evidence: Evidence) -> Look:
    look, kinds = Look(), Counter[str]()
    for feed in unscheduled(evidence):
        for ask, later, asked_for, _ in _pairs(evidence, feed):
            if not asked_for:
                continue
            least, wait = min(max(asked_for), LONGEST), later.at - ask.at
            kinds[_kind(ask)] += 1
            look.expect(
                wait >= least, f"{feed.name}, {evidence.day(later.at)}: asked after {_hours(wait)}, {_hours(least)} were wished for"
            )
            if feed.behaviour.every == HOUR and not ask.failed and not evidence.silent(ask.at - FORGETS, later.at):
                most = max(least, HOUR) + SLACK + evidence.tick
                look.expect(
                    wait <= most,
                    f"{feed.name}, {evidence.day(later.at)}: asked after {_hours(wait)}, no more than {_hours(least)} were due",
                )
    look.note("polls that were told for how long: " + listed(kinds, " after "))
    return look


def clamped(evidence: Evidence) -> Look:
    look, long = Look(), 0
    for feed in unscheduled(evidence):
        for ask, later, asked_for, _ in _pairs(evidence, feed):
            wait = later.at - ask.at
            if asked_for and max(asked_for) > LONGEST and not ask.failed and not evidence.silent(ask.at, later.at):
                look.expect(
                    wait <= LONGEST + SLACK + evidence.tick, f"{feed.name}, {evidence.day(later.at)}: asked after {_hours(wait)} only"
                )
            until = held_until(ask.last)
            if until is not None and until - ask.at > LONGEST_WAIT:
                long += 1
                look.expect(wait >= LONGEST_WAIT, f"{feed.name}, {evidence.day(later.at)}: asked after {_hours(wait)}, 31 days were due")
        look.breaches += _given_up(evidence, feed)
    look.note(f"{look.count - long} polls after more than a day was wished for; {long} after a Retry-After beyond 31 days")
    return look


def _given_up(evidence: Evidence, feed: Feed) -> list[str]:
    """A feed that a Retry-After beyond 31 days has silenced, though the simulation went on after these."""
    asks = evidence.asks(feed)
    until = held_until(asks[-1].last) if asks and asks[-1].poll is not None else None
    over = until is not None and until - asks[-1].at > LONGEST_WAIT and evidence.runs[-1].at > asks[-1].at + LONGEST_WAIT
    return [f"{feed.name}: not asked again after 31 days"] if over else []


def floors(evidence: Evidence) -> Look:
    look, waits, whole = Look(), list[timedelta](), list[timedelta]()
    for feed in unscheduled(evidence):
        document: Ask | None = None
        for ask, later in evidence.pairs(feed):
            document = ask if ask.good else document
            waits.append(later.at - ask.at)
            look.expect(waits[-1] >= HOUR, f"{feed.name}, {evidence.day(later.at)}: asked after {_hours(waits[-1])}")
            if document is not None and not later.conditional:
                whole.append(later.at - document.at)
                look.expect(whole[-1] >= DAY, f"{feed.name}, {evidence.day(later.at)}: unconditional, {_hours(whole[-1])} after a document")
    look.note(f"{len(waits):,} polls without a schedule, the soonest {_soonest(waits)} after the one before")
    look.note(f"{len(whole)} of them unconditional, the soonest {_soonest(whole)} after a document")
    look.note(f"{_faster(look, evidence)} polls by a schedule of 15 minutes came sooner than that")
    in_time = sum(_in_office_hours(look, evidence, feed) for feed in evidence.of("office"))
    look.note(f"{in_time} polls by a cron schedule in the outlet's time zone")
    return look


def _soonest(waits: list[timedelta]) -> str:
    return _hours(min(waits)) if waits else "-"


def _faster(look: Look, evidence: Evidence) -> int:
    """A feed with a schedule of 15m keeps that."""
    waits = [later.at - ask.at for feed in evidence.feeds if feed.behaviour.schedule == "15m" for ask, later in evidence.pairs(feed)]
    for wait in waits:
        look.expect(wait >= QUARTER, f"the schedule is 15m, and it was asked after {_hours(wait)}")
    return sum(wait < HOUR for wait in waits)


def _in_office_hours(look: Look, evidence: Evidence, feed: Feed) -> int:
    """Each half hour from 9:00 to 17:30, Monday to Friday, there; a feed that is new, and one after an outage, at once."""
    zone = ZoneInfo(feed.behaviour.timezone or "UTC")
    asks = [ask for ask in evidence.asks(feed)[1:] if not evidence.of_run[ask.first.run].catching_up]
    for ask in asks:
        slot = (ask.at - evidence.tick - SLACK).astimezone(zone), ask.at.astimezone(zone)  # a slot lies between the two
        good = any(at.weekday() < 5 and time(9) <= at.time() <= time(17, 30) for at in slot)
        look.expect(good, f"{feed.name}: asked on a {slot[1]:%A at %H:%M}, in {zone}")
    return len(asks)


# --- the learned pace -----------------------------------------------------------------------------------------------------


def learned(evidence: Evidence) -> Look:
    look = Look()
    _follows(look, evidence)
    few, many = (_mean(evidence, name, evidence.start + DAY, _quiet(evidence)) for name in ("few", "many"))
    if few and many:
        look.expect(few < many, f"mostly new entries every {_hours(few)}, mostly known ones every {_hours(many)}")
        look.note(f"a feed with mostly new entries every {_hours(few)}, one with mostly known ones every {_hours(many)}")
    _decays(look, evidence)
    for feed in unscheduled(evidence):
        for ask, later, _, said in _pairs(evidence, feed):
            rests = said is not None and (said.skip_hours or said.skip_days)
            if not ask.failed and not rests and not evidence.silent(ask.at, later.at) and not _kept_from(evidence, feed, ask, later):
                wait = later.at - ask.at
                look.expect(wait <= DAY + SLACK + evidence.tick, f"{feed.name}, {evidence.day(later.at)}: asked after {_hours(wait)} only")
    return look


def _quiet(evidence: Evidence) -> datetime:
    """Until when nothing has disturbed what is learned: the first outage, or the end."""
    return min((since for since, _ in evidence.outages), default=evidence.end)


def _kept_from(evidence: Evidence, feed: Feed, one: Ask, later: Ask) -> bool:
    """Whether robots.txt or a 429 of the host stood between two attempts."""
    host = feed.url.rpartition("/")[0]
    held = any(other.reply.status == 429 and one.at <= other.at < later.at for other in evidence.asked if other.origin == host)
    rows = [row for (_, url), row in evidence.polls.items() if url == feed.url and row["status"] is None]
    return held or any(one.at < datetime.fromisoformat(row["polled_at"]) < later.at for row in rows)


def _follows(look: Look, evidence: Evidence) -> None:
    """Half the gap between stories, half of that to half as much again by the share of known entries."""
    for feed in evidence.of("steady"):
        mean, half = _mean(evidence, feed.name, evidence.start + DAY, _quiet(evidence)), (feed.behaviour.every or DAY) / 2
        if mean is not None:
            good = 0.5 * half <= mean <= 1.7 * half + evidence.tick + SLACK  # half as much again, and what its silences add
            look.expect(good, f"{feed.name}: asked every {_hours(mean)}, a story comes every {_hours(2 * half)}")
            look.note(f"a story every {_hours(2 * half)}: asked every {_hours(mean)}")


def _decays(look: Look, evidence: Evidence) -> None:
    then = _mean(evidence, "hushed", evidence.start + DAY, evidence.start + 3 * DAY)
    now = _mean(evidence, "hushed", evidence.end - 2.5 * DAY, evidence.end)
    if then and now and evidence.end - evidence.start > 10 * DAY:
        look.expect(now > 2 * then, f"hushed: asked every {_hours(then)} while it had news, every {_hours(now)} after days of silence")
        look.note(f"a feed that fell silent: every {_hours(then)} before, every {_hours(now)} at the end")


def _mean(evidence: Evidence, name: str, since: datetime, until: datetime) -> timedelta | None:
    waits = [
        later.at - ask.at
        for feed in evidence.of(name)
        for ask, later in evidence.pairs(feed)
        if ask.at >= since and later.at <= until and not evidence.silent(ask.at, later.at)
    ]
    return sum(waits, timedelta(0)) / len(waits) if len(waits) >= 2 else None


# --- hints ----------------------------------------------------------------------------------------------------------------


def hints(evidence: Evidence) -> Look:
    look, rested = Look(), 0
    for feed in unscheduled(evidence):
        for ask, later, _, said in _pairs(evidence, feed):
            if said is None or not (said.ttl or said.skip_hours or said.skip_days):
                continue
            look.expect(later.at - ask.at >= HOUR, f"{feed.name}, {evidence.day(later.at)}: a hint made it faster than hourly")
            if (said.skip_hours or said.skip_days) and not evidence.of_run[later.first.run].catching_up:
                rested += 1
                began = _rest_began(later.at, said)
                late = began is None or later.at - began <= evidence.tick  # it was due just before
                look.expect(late, f"{feed.name}, {evidence.day(later.at)} ({later.at:%A}): asked in a time that it asks to be skipped")
    look.note(f"{look.count - rested} polls of feeds with hints, {rested} of them of feeds with skipHours or skipDays")
    return look


def _rest_began(at: datetime, said: Said) -> datetime | None:
    """When the rest that `at` falls into began; None where it falls into none."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    began = None
    while hour.hour in said.skip_hours or hour.strftime("%A") in said.skip_days:
        began, hour = hour, hour - HOUR
    return began


def _hours(span: timedelta) -> str:
    return f"{span / HOUR:.1f} h"


RULES = (
    Rule(6, "A server's freshness and a feed's ttl are waited for, after a 200, a 304 and an error alike", fresh),
    Rule(7, "Freshness counts for a day at most, Retry-After for 31 days", clamped),
    Rule(8, "Hourly at most with validators, daily without; faster only where sources.toml says so", floors),
    Rule(
        9,
        "The pace follows the feed: half the gap between stories, faster where most is new, slower where it is known, daily where quiet",
        learned,
    ),
    Rule(10, "ttl, sy:update, skipHours and skipDays are followed, and make nothing faster", hints),
)
