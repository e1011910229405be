"""When a feed is polled next, and the reason in words."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model import Habit, Hints
from crawler.facts import PollFacts
from crawler.sources import Rhythm, Schedule, Window, values
from scheduler.plan import GONE, JITTER, LONGEST_JITTER, Plan, next_poll, put_off
from scheduler.quiet import end_of
from tests.crawl.parts import NOW, rng
from tests.crawl.test_cron import CHANGES

GOOD = PollFacts(outcome="nothing-new", failures=0.0, conditional=True, schedule=None, timezone=None, retry_after=None, max_age=None)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUARTERLY = Schedule("15m", every=timedelta(minutes=15))


def hours_of(wish: timedelta) -> Hints:
    return Hints(round(wish.total_seconds() / 60) or None)


def plan(facts: PollFacts, now: datetime = NOW) -> Plan:
    return next_poll(facts, now, rng())


def earliest(facts: PollFacts, now: datetime = NOW) -> timedelta:
    """From now to the next poll, without the jitter."""

    class Still(random.Random):
        def random(self) -> float:
            return 0.0

    return next_poll(facts, now, Still()).next_poll_at - now


def test_a_feed_with_validators_is_polled_hourly_and_one_without_daily() -> None:
    assert earliest(GOOD) == HOUR
    assert earliest(replace(GOOD, conditional=False)) == DAY
    assert "hourly" in plan(GOOD).reason
    assert "daily" in plan(replace(GOOD, conditional=False)).reason


@pytest.mark.parametrize("outcome", ["too-large", "truncated", "not-a-feed"])
def test_a_document_that_is_of_no_use_costs_its_server_as_much_and_is_asked_for_daily_as_well(outcome: str) -> None:
    failed = replace(GOOD, outcome=outcome, failures=1.0, conditional=False, whole=True)
    assert earliest(failed) == DAY
    assert earliest(replace(failed, whole=False)) == HOUR  # an error page or none at all: the back-off alone
    assert earliest(replace(failed, conditional=True)) == HOUR
    assert earliest(replace(failed, schedule=QUARTERLY, failures=0.25)) < HOUR


@pytest.mark.parametrize("field", ["max_age", "ttl"])
@pytest.mark.parametrize(
    ("wish", "expected"),
    [(timedelta(0), HOUR), (timedelta(minutes=5), HOUR), (timedelta(hours=3), timedelta(hours=3)), (timedelta(days=9), DAY)],
)
def test_freshness_and_ttl_make_it_later_up_to_a_day_and_never_earlier_than_the_floor(
    field: str, wish: timedelta, expected: timedelta
) -> None:
    assert earliest(replace(GOOD, max_age=wish) if field == "max_age" else replace(GOOD, hints=hours_of(wish))) == expected


def test_a_feed_that_calls_itself_finished_is_polled_once_a_month_unless_it_has_a_schedule() -> None:
    finished = replace(GOOD, hints=Hints(finished=True))
    assert earliest(finished) == GONE
    assert "will not be updated" in plan(finished).reason
    assert earliest(replace(finished, schedule=QUARTERLY)) < HOUR


def test_the_later_of_freshness_and_ttl_binds_and_gives_the_reason() -> None:
    facts = replace(GOOD, max_age=timedelta(hours=2), hints=Hints(300))
    assert earliest(facts) == timedelta(hours=5)
    assert "ttl" in plan(facts).reason
    assert "fresh" in plan(replace(facts, max_age=timedelta(hours=6))).reason


def test_a_schedule_of_its_own_may_be_faster_than_the_floor_and_is_not_slowed_by_freshness() -> None:
    facts = replace(GOOD, schedule=QUARTERLY, conditional=False, max_age=timedelta(hours=5), hints=Hints(300))
    assert earliest(facts) == timedelta(minutes=13, seconds=30)  # a tenth early, for a timer that comes each quarter
    assert plan(facts).reason == "its schedule in sources.toml: every 15m"


@pytest.mark.parametrize("facts", [GOOD, replace(GOOD, schedule=QUARTERLY), replace(GOOD, outcome="held", failures=0.25)])
def test_retry_after_is_kept_to_the_second_and_holds_even_forced_polls(facts: PollFacts) -> None:
    until = NOW + timedelta(days=12)
    found = plan(replace(facts, retry_after=until))
    assert (found.next_poll_at, found.not_before) == (until, until)
    assert "Retry-After" in found.reason


def test_a_retry_after_that_ends_before_the_floor_changes_nothing_but_forced_polls() -> None:
    until = NOW + timedelta(minutes=1)
    assert earliest(replace(GOOD, retry_after=until)) == HOUR
    assert plan(replace(GOOD, retry_after=until)).not_before == until


def test_failures_back_off_by_doubling_up_to_a_day_and_by_their_weight() -> None:
    waits = [earliest(replace(GOOD, schedule=QUARTERLY, outcome="http-error", failures=float(n))) for n in range(1, 12)]
    assert waits[:4] == [HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR]
    assert waits[-1] == DAY
    passing = earliest(replace(GOOD, schedule=QUARTERLY, outcome="network", failures=0.25))
    assert timedelta(minutes=30) < passing < HOUR
    assert "http-error" in plan(replace(GOOD, outcome="http-error", failures=3.0)).reason


def test_back_off_after_very_many_failures_is_still_a_day() -> None:
    assert earliest(replace(GOOD, outcome="http-error", failures=1e9)) == DAY


def test_a_feed_that_is_gone_is_asked_again_after_a_month() -> None:
    facts = replace(GOOD, outcome="gone", failures=1.0)
    assert earliest(facts) == GONE
    assert "410" in plan(facts).reason


def cron(text: str, zone: str | None, now: datetime) -> datetime:
    return now + earliest(replace(GOOD, schedule=Schedule(text, cron=text), timezone=zone), now)


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("0 6 * * *", None, datetime(2026, 11, 23, 6, 0, tzinfo=UTC)),
        ("0 6 * * *", "Asia/Kolkata", datetime(2026, 11, 23, 0, 30, tzinfo=UTC)),
        ("*/15 6-22 * * *", None, datetime(2026, 11, 22, 12, 15, tzinfo=UTC)),
        ("30 7 * * mon", "America/New_York", datetime(2026, 11, 23, 12, 30, tzinfo=UTC)),
    ],
)
def test_a_cron_schedule_is_read_in_the_outlets_time_zone(text: str, zone: str | None, expected: datetime) -> None:
    assert cron(text, zone, NOW) == expected


def test_a_cron_schedule_follows_the_clock_change() -> None:
    """Berlin leaves summer time on 25 October 2026 and enters it on 28 March 2027."""
    assert cron("0 6 * * *", "Europe/Berlin", datetime(2026, 10, 24, 12, 0, tzinfo=UTC)) == datetime(2026, 10, 25, 5, 0, tzinfo=UTC)
    assert cron("0 6 * * *", "Europe/Berlin", datetime(2027, 3, 27, 12, 0, tzinfo=UTC)) == datetime(2027, 3, 28, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(("zone", "change"), CHANGES)
def test_an_interval_is_as_long_as_ever_while_the_clock_changes(zone: str, change: datetime) -> None:
    facts = replace(GOOD, schedule=QUARTERLY, timezone=zone)
    assert {earliest(facts, change + timedelta(minutes=minutes)) for minutes in range(-90, 90, 7)} == {timedelta(minutes=13, seconds=30)}
    assert {earliest(replace(GOOD, timezone=zone), change + timedelta(minutes=minutes)) for minutes in range(-90, 90, 7)} == {HOUR}


def test_a_cron_schedule_that_never_comes_falls_back_to_the_floor() -> None:
    assert cron("0 0 30 2 *", None, NOW) == NOW + HOUR


def test_on_the_minute_itself_the_next_one_is_meant() -> None:
    assert cron("0 * * * *", None, NOW) > NOW


durations = st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(days=400)))
every_facts = st.builds(
    PollFacts,
    outcome=st.sampled_from(["nothing-new", "not-modified", "http-error", "network", "gone", "held", "refused"]),
    failures=st.floats(0, 1e6),
    conditional=st.booleans(),
    schedule=st.sampled_from([None, QUARTERLY, Schedule("*/5 * * * *", cron="*/5 * * * *")]),
    timezone=st.sampled_from([None, "Asia/Kolkata", "America/New_York"]),
    retry_after=st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(days=31)).map(lambda wait: NOW + wait)),
    max_age=durations,
    hints=st.builds(
        Hints,
        ttl_minutes=st.none() | st.integers(0, 10**6),
        skip_hours=st.lists(st.integers(0, 23)).map(tuple),
        skip_days=st.lists(st.sampled_from(["Monday", "Friday", "Sunday"])).map(tuple),
    ),
    habit=st.builds(Habit, st.none() | st.floats(0, 1e9), st.none() | st.floats(0, 1)),
)


@given(every_facts, st.integers())
def test_every_poll_has_a_next_one_with_a_reason_within_what_binds_it(facts: PollFacts, seed: int) -> None:
    found = next_poll(facts, NOW, rng(seed))
    assert found.next_poll_at > NOW
    assert found.reason
    if facts.schedule is None:
        assert found.next_poll_at >= NOW + (HOUR if facts.conditional or facts.failures else DAY)
    if facts.retry_after is not None:
        assert found.next_poll_at >= facts.retry_after == found.not_before
    assert found.next_poll_at <= NOW + timedelta(days=40)


@given(every_facts, st.integers())
def test_jitter_makes_a_poll_later_only_and_by_a_share_of_the_interval(facts: PollFacts, seed: int) -> None:
    facts = replace(facts, hints=Hints())  # what skips hours moves by whole ones
    still = earliest(facts)
    jittered = next_poll(facts, NOW, rng(seed)).next_poll_at - NOW
    assert still <= jittered <= still * (1 + JITTER)


# --- quiet hours and jitter -----------------------------------------------------------------------------------------------

NIGHT = (values.window("22:00-06:00"),)
LATE, MORNING = datetime(2026, 11, 22, 21, 50, tzinfo=UTC), datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
RESTING = replace(GOOD, quiet=NIGHT)


def after_night(facts: PollFacts, seed: int = 1) -> timedelta:
    """How long after the quiet hours' end the next poll comes."""
    return next_poll(facts, LATE, rng(seed)).next_poll_at - MORNING


@pytest.mark.parametrize(
    "facts",
    [
        RESTING,
        replace(RESTING, conditional=False, outcome="network", failures=0.25),
        replace(RESTING, schedule=QUARTERLY),
        replace(RESTING, schedule=Schedule("0 * * * *", cron="0 * * * *")),
        replace(RESTING, habit=Habit(gap_seconds=3 * 3600.0)),
    ],
)
def test_a_poll_that_would_come_in_quiet_hours_comes_when_they_end_whatever_planned_it(facts: PollFacts) -> None:
    found = plan(facts, LATE)
    assert MORNING <= found.next_poll_at <= MORNING + LONGEST_JITTER
    assert found.reason == plan(replace(facts, quiet=()), LATE).reason + ", moved to the end of its quiet hours"
    assert len({after_night(facts, seed) for seed in range(50)}) > 40


def test_quiet_hours_are_those_of_the_outlets_clock() -> None:
    assert plan(replace(RESTING, timezone="America/New_York"), LATE) == plan(GOOD, LATE)
    assert earliest(replace(RESTING, timezone="America/New_York"), LATE + timedelta(hours=5)) == timedelta(hours=8, minutes=10)


def test_outside_of_quiet_hours_nothing_changes() -> None:
    assert plan(RESTING) == plan(GOOD)


def test_retry_after_still_binds_and_its_end_waits_for_the_end_of_quiet_hours() -> None:
    until = LATE + timedelta(hours=3)
    found = plan(replace(RESTING, retry_after=until), LATE)
    assert found.not_before == until
    assert MORNING <= found.next_poll_at <= MORNING + LONGEST_JITTER
    beyond = MORNING + timedelta(days=3, hours=2)
    assert plan(replace(RESTING, retry_after=beyond), LATE).next_poll_at == beyond


def test_hints_hold_after_quiet_hours_and_quiet_hours_after_hints() -> None:
    facts = replace(RESTING, hints=Hints(skip_hours=(6, 7, 21)))
    found = plan(facts, LATE)
    assert found.next_poll_at == MORNING + 2 * HOUR
    assert found.reason.endswith("(skipHours, skipDays), moved to the end of its quiet hours")
    assert plan(facts, LATE - HOUR / 2).next_poll_at == plan(facts, LATE).next_poll_at


def test_where_hints_and_quiet_hours_leave_nothing_quiet_hours_win() -> None:
    found = plan(replace(RESTING, hints=Hints(skip_hours=tuple(range(6, 22)))), LATE)
    assert end_of(NIGHT, None, found.next_poll_at) == found.next_poll_at
    assert found.next_poll_at < LATE + timedelta(days=6)


@pytest.mark.parametrize(("jitter", "least", "most"), [("0s", 0.0, 0.0), ("40s", 20.0, 40.0), ("2h", 3600.0, 7200.0)])
def test_jitter_of_its_own_takes_the_place_of_the_general_one(jitter: str, least: float, most: float) -> None:
    facts = replace(GOOD, schedule=QUARTERLY, jitter=values.jitter(jitter))
    late = [(next_poll(facts, NOW, rng(seed)).next_poll_at - NOW - earliest(facts)).total_seconds() for seed in range(200)]
    assert min(late) >= 0.0
    assert least <= max(late) <= most
    night = [after_night(replace(facts, quiet=NIGHT), seed).total_seconds() for seed in range(200)]
    assert (min(night) >= 0.0, least <= max(night) <= most) == (True, True)


def test_jitter_does_not_carry_a_poll_from_one_window_into_the_next() -> None:
    windows = (values.window("22:00-06:00"), values.window("06:01-21:00"))
    assert {after_night(replace(GOOD, quiet=windows), seed) < timedelta(minutes=1) for seed in range(50)} == {True}


def test_a_feed_that_is_due_in_its_quiet_hours_is_put_off_to_their_end() -> None:
    rhythm = Rhythm(quiet=NIGHT, timezone="Asia/Kolkata")
    found = put_off(rhythm, NOW + 5 * HOUR, rng())  # 22:30 there
    assert found is not None
    end = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    assert end <= found.next_poll_at <= end + LONGEST_JITTER
    assert "quiet hours" in found.reason
    assert put_off(rhythm, NOW, rng()) is None
    assert put_off(Rhythm(), NOW, rng()) is None


_quiet = st.sampled_from(["22:00-06:00", "00:00-23:59", "02:15-02:45", "12:00-13:00", "06:00-05:30"]).map(
    lambda text: (values.window(text),)
)


@given(every_facts, _quiet, st.sampled_from(CHANGES), st.timedeltas(timedelta(hours=-30), timedelta(hours=30)), st.integers())
def test_no_poll_is_planned_into_quiet_hours_or_made_earlier_by_them(
    facts: PollFacts, quiet: tuple[Window, ...], change: tuple[str, datetime], off: timedelta, seed: int
) -> None:
    now = change[1] + off
    facts = replace(facts, quiet=quiet, timezone=change[0], retry_after=facts.retry_after and now + (facts.retry_after - NOW))
    found = next_poll(facts, now, rng(seed))
    assert end_of(quiet, change[0], found.next_poll_at) == found.next_poll_at
    assert found.next_poll_at >= next_poll(replace(facts, quiet=()), now, rng(seed)).next_poll_at
    assert found.next_poll_at >= (facts.retry_after or now)
