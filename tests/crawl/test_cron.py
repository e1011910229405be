"""Cron expressions: what they name, and when they come on clocks that are set ahead and back."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.sources import values
from crawler.sources.crontab import Crontab, crontab
from scheduler.cron import next_time
from tests.crawl.parts import NOW

# A night in which the clock is set ahead, and one in which it is set back: by an hour, by half an hour, at midnight, before midnight.
AHEAD = {
    "Europe/Berlin": datetime(2027, 3, 28, 1, 0, tzinfo=UTC),
    "America/New_York": datetime(2027, 3, 14, 7, 0, tzinfo=UTC),
    "Australia/Lord_Howe": datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
    "America/Santiago": datetime(2026, 9, 6, 4, 0, tzinfo=UTC),
    "America/Nuuk": datetime(2027, 3, 28, 1, 0, tzinfo=UTC),
}
BACK = {
    "Europe/Berlin": datetime(2026, 10, 25, 1, 0, tzinfo=UTC),
    "America/New_York": datetime(2026, 11, 1, 6, 0, tzinfo=UTC),
    "Australia/Lord_Howe": datetime(2027, 4, 3, 15, 0, tzinfo=UTC),
    "America/Santiago": datetime(2027, 4, 4, 3, 0, tzinfo=UTC),
    "America/Nuuk": datetime(2026, 10, 25, 1, 0, tzinfo=UTC),
}
CHANGES = [*AHEAD.items(), *BACK.items()]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def times(expression: str, zone: str | None, begin: datetime, end: datetime) -> list[datetime]:
    """All that come after `begin`, one by one as the planner asks for them."""
    found: list[datetime] = []
    while (at := next_time(expression, zone, found[-1] if found else begin)) is not None and at < end:
        found.append(at)
    return found


def walls(expression: str, zone: str, begin: datetime, end: datetime) -> list[str]:
    return [at.astimezone(ZoneInfo(zone)).strftime("%a %H:%M %z") for at in times(expression, zone, begin, end)]


def watched(expression: str, zone: str, begin: datetime, end: datetime) -> list[datetime]:
    """The rule itself, by somebody who looks at the clock on the wall each minute and ticks off what was due."""
    named, found, done = crontab(expression), list[datetime](), set[datetime]()
    at, before = begin, _shown(begin, zone)
    while (at := at + MINUTE) < end:
        shown = _shown(at, zone)
        passed = [before + MINUTE * n for n in range(1, max(1, round((shown - before) / MINUTE)))]  # times that the clock skipped
        due = [wall for wall in [*passed, shown] if _is_named(named, wall) and (named.hourly or wall not in done)]
        done.update(due)
        found += [at] if due else []
        before = shown
    return found


def _shown(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def _is_named(named: Crontab, wall: datetime) -> bool:
    return next(named.times(wall), None) == wall


# --- what an expression names -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 6 * * 0", ["Sun 22", "Sun 29"]),
        ("0 6 * * 7", ["Sun 22", "Sun 29"]),
        ("0 6 * * sun", ["Sun 22", "Sun 29"]),
        ("0 6 * * 1-2", ["Mon 23", "Tue 24", "Mon 30", "Tue 01"]),
        ("0 6 * * Sun-Tue", ["Sun 22", "Mon 23", "Tue 24", "Sun 29", "Mon 30", "Tue 01"]),
        ("0 6 * * */7", ["Sun 22", "Sun 29"]),
        ("0 6 */31 * *", ["Tue 01"]),
        ("0 6 * */12 mon", []),  # January alone
        ("0 6 27 * mon", ["Mon 23", "Fri 27", "Mon 30"]),  # either day field is enough
        ("0 6 */2 * mon", ["Mon 23"]),  # both are needed where one begins with *
        ("0 6 24/3 11 *", ["Tue 24", "Fri 27", "Mon 30"]),
    ],
)
def test_weekdays_steps_and_days_are_read_as_cron_reads_them(text: str, expected: list[str]) -> None:
    schedule = values.schedule(text)
    assert schedule.cron is not None
    found = times(schedule.cron, None, datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 12, 2, tzinfo=UTC))
    assert [f"{at:%a %d}" for at in found] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 0 29 2 *", datetime(2028, 2, 29, tzinfo=UTC)),
        ("59 23 31 12 *", datetime(2026, 12, 31, 23, 59, tzinfo=UTC)),
        ("0 0 30 2 *", None),
    ],
)
def test_rare_days_are_found_and_days_that_never_come_are_not(text: str, expected: datetime | None) -> None:
    assert next_time(text, None, NOW) == expected


_numbers = st.lists(st.integers(0, 23), min_size=1, max_size=4).map(lambda found: ",".join(map(str, found)))
_minutes = st.sampled_from(["*", "0", "*/7", "5-20/5", "59", "30/10"])
_days = st.sampled_from([("*", "*"), ("1-7", "*"), ("31", "*"), ("*", "mon,fri"), ("*", "sat"), ("*/2", "*")])


@given(_minutes, _numbers | st.just("*"), _days, st.sampled_from(["*", "2", "1,12"]), st.integers(0, 400 * 24 * 60))
def test_where_no_clock_changes_it_is_apschedulers_reading(minute: str, hour: str, days: tuple[str, str], month: str, ahead: int) -> None:
    text, after = f"{minute} {hour} {days[0]} {month} {days[1]}", NOW + MINUTE * ahead + timedelta(seconds=1)
    theirs = CronTrigger.from_crontab(text, timezone=UTC).get_next_fire_time(None, after)
    assert next_time(text, None, after) == theirs


# --- clocks that change -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "text", "expected"),
    [
        ("Europe/Berlin", "30 2 * * *", ["Sun 03:00 +0200", "Mon 02:30 +0200"]),
        ("Europe/Berlin", "*/30 2 * * *", ["Sun 03:00 +0200", "Mon 02:00 +0200", "Mon 02:30 +0200"]),
        ("Europe/Berlin", "0 3 * * *", ["Sun 03:00 +0200"]),
        ("Europe/Berlin", "10 2,3 * * *", ["Sun 03:00 +0200", "Sun 03:10 +0200", "Mon 02:10 +0200"]),
        ("America/New_York", "15 2 * * *", ["Sun 03:00 -0400", "Mon 02:15 -0400"]),
        ("Australia/Lord_Howe", "15 2 * * *", ["Sun 02:30 +1100", "Mon 02:15 +1100"]),
        ("Australia/Lord_Howe", "30 2 * * *", ["Sun 02:30 +1100"]),
        ("America/Santiago", "0 0 * * *", ["Sun 01:00 -0300", "Mon 00:00 -0300"]),
    ],
)
def test_a_time_that_the_clock_skips_comes_when_it_is_set_ahead_and_once(zone: str, text: str, expected: list[str]) -> None:
    change = AHEAD[zone]
    assert walls(text, zone, change - 6 * HOUR, change + 24 * HOUR) == expected


@pytest.mark.parametrize(
    ("zone", "text", "expected"),
    [
        ("Europe/Berlin", "30 2 * * *", ["Sun 02:30 +0200", "Mon 02:30 +0100"]),
        ("Europe/Berlin", "*/30 2 * * *", ["Sun 02:00 +0200", "Sun 02:30 +0200", "Mon 02:00 +0100", "Mon 02:30 +0100"]),
        ("Europe/Berlin", "0 3 * * *", ["Sun 03:00 +0100", "Mon 03:00 +0100"]),
        ("America/New_York", "30 1 * * *", ["Sun 01:30 -0400", "Mon 01:30 -0500"]),
        ("Australia/Lord_Howe", "45 1 * * *", ["Sun 01:45 +1100", "Mon 01:45 +1030"]),
        ("Australia/Lord_Howe", "0 2 * * *", ["Sun 02:00 +1030", "Mon 02:00 +1030"]),
    ],
)
def test_a_time_that_comes_twice_counts_once(zone: str, text: str, expected: list[str]) -> None:
    change = BACK[zone]
    assert walls(text, zone, change - 8 * HOUR, change + 26 * HOUR) == expected


def test_what_names_every_hour_goes_on_through_the_hour_that_comes_twice() -> None:
    change = BACK["Europe/Berlin"]
    found = times("*/30 * * * *", "Europe/Berlin", change - 2 * HOUR, change + 2 * HOUR)
    assert {later - sooner for sooner, later in itertools.pairwise(found)} == {HOUR / 2}


_expressions = st.builds(
    "{} {} * * {}".format,
    st.sampled_from(["*/15", "0", "30", "7,37", "*/7", "45-59/2", "0,59"]),
    st.sampled_from(["*", "0", "1", "2", "1-3", "0,2,23", "23", "*/2", "22-23", "0-22"]),
    st.sampled_from(["*", "sun", "sat,mon"]),
)


@settings(max_examples=60)
@given(st.sampled_from(CHANGES), _expressions, st.integers(-600, 120))
def test_over_both_changes_nothing_is_passed_over_and_nothing_comes_twice(change: tuple[str, datetime], text: str, off: int) -> None:
    zone, at = change
    begin, end = at + MINUTE * off, at + 2 * DAY
    watching = watched(text, zone, at - DAY, end)
    assert times(text, zone, begin, end) == [one for one in watching if one > begin]


@settings(max_examples=60)
@given(st.sampled_from(CHANGES), _expressions, st.timedeltas(-6 * HOUR, 6 * HOUR))
def test_the_next_time_lies_ahead_whenever_it_is_asked_for(change: tuple[str, datetime], text: str, off: timedelta) -> None:
    zone, at = change
    found = next_time(text, zone, at + off)
    assert found is not None
    assert found > at + off
    assert next_time(text, zone, found - timedelta(microseconds=1)) == found
