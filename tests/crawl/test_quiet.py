"""Quiet hours: what they hold, when they end, on clocks that are set ahead and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.sources import Window, values
from scheduler.quiet import end_of
from tests.crawl.parts import NOW
from tests.crawl.test_cron import AHEAD, BACK, CHANGES, HOUR

NIGHT = (values.window("22:00-06:00"),)


def clock(text: str, zone: str = "UTC") -> datetime:
    """A moment, by what the wall shows there."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "end"),
    [
        ("2026-11-22 21:59:59", "2026-11-22 21:59:59"),
        ("2026-11-22 22:00:00", "2026-11-23 06:00:00"),
        ("2026-11-23 00:00:00", "2026-11-23 06:00:00"),
        ("2026-11-23 05:59:59", "2026-11-23 06:00:00"),
        ("2026-11-23 06:00:00", "2026-11-23 06:00:00"),
    ],
)
def test_a_window_over_midnight_holds_from_its_first_minute_to_its_last(at: str, end: str) -> None:
    assert end_of(NIGHT, None, clock(at)) == clock(end)


def test_a_window_is_meant_by_the_clock_of_the_outlet() -> None:
    assert end_of(NIGHT, "Asia/Kolkata", clock("2026-11-22 23:00", "Asia/Kolkata")) == clock("2026-11-23 06:00", "Asia/Kolkata")
    assert end_of(NIGHT, "Asia/Kolkata", clock("2026-11-22 03:00")) == clock("2026-11-22 03:00")  # half past eight there


def test_windows_that_touch_hold_as_one_and_others_one_by_one() -> None:
    windows = tuple(map(values.window, ("12:00-13:00", "13:00-14:30", "18:00-24:00")))
    assert end_of(windows, None, clock("2026-11-22 12:10")) == clock("2026-11-22 14:30")
    assert end_of(windows, None, clock("2026-11-22 18:00")) == clock("2026-11-23 00:00")
    assert end_of((), None, NOW) == NOW


@pytest.mark.parametrize(
    ("zone", "window", "begins", "lasts"),
    [
        ("Europe/Berlin", "22:00-06:00", "2027-03-27 22:00", 7.0),
        ("Europe/Berlin", "22:00-02:30", "2027-03-27 22:00", 4.0),  # the clock goes from 2:00 to 3:00: it is over
        ("Europe/Berlin", "02:30-05:00", "2027-03-28 03:00", 2.0),
        ("Europe/Berlin", "22:00-06:00", "2026-10-24 22:00", 9.0),
        ("Europe/Berlin", "02:00-03:00", "2026-10-25 02:00", 2.0),  # shown twice, quiet twice
        ("America/New_York", "23:30-05:00", "2027-03-13 23:30", 4.5),
        ("America/New_York", "23:30-05:00", "2026-10-31 23:30", 6.5),
        ("Australia/Lord_Howe", "20:00-04:00", "2026-10-03 20:00", 7.5),
        ("Australia/Lord_Howe", "20:00-04:00", "2027-04-03 20:00", 8.5),
    ],
)
def test_a_window_begins_and_ends_by_the_wall_in_nights_when_the_clock_changes(zone: str, window: str, begins: str, lasts: float) -> None:
    begin, windows = clock(begins, zone), (values.window(window),)
    assert end_of(windows, zone, begin - timedelta(seconds=1)) < begin
    assert end_of(windows, zone, begin) == begin + timedelta(hours=lasts)


def test_what_is_shown_twice_and_lies_in_a_window_in_part_is_quiet_by_what_is_shown() -> None:
    windows, change = (values.window("22:00-02:30"),), BACK["Europe/Berlin"]
    assert end_of(windows, "Europe/Berlin", change - 2 * HOUR) == change - HOUR / 2  # 2:30, the first time
    assert end_of(windows, "Europe/Berlin", change) == change + HOUR / 2  # 2:00 to 2:30 again


_times = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 15, 29, 30, 59]))
_windows = st.lists(st.tuples(_times, _times).filter(lambda pair: pair[0] != pair[1]), min_size=1, max_size=3)


@settings(max_examples=60)
@given(st.sampled_from([*CHANGES, ("Europe/Berlin", NOW)]), _windows, st.timedeltas(-30 * HOUR, 30 * HOUR))
def test_they_end_at_the_first_minute_whose_wall_time_lies_in_none(
    change: tuple[str, datetime], pairs: list[tuple[str, str]], off: timedelta
) -> None:
    zone, at = change[0], change[1] + off
    windows = tuple(values.window("-".join(pair)) for pair in pairs)
    if values.whole_day(windows):
        return

    def is_quiet(moment: datetime) -> bool:
        shown = f"{moment.astimezone(ZoneInfo(zone)):%H:%M}"
        return any(begin <= shown < end if begin < end else shown >= begin or shown < end for begin, end in pairs)

    minutes = (at.replace(second=0, microsecond=0) + timedelta(minutes=n) for n in range(1, 3 * 24 * 60))
    assert end_of(windows, zone, at) == (next(one for one in minutes if not is_quiet(one)) if is_quiet(at) else at)


@pytest.mark.parametrize(
    ("text", "written"), [("22:00-06:00", "22:00-06:00"), (" 9:05 - 24:00 ", "09:05-24:00"), ("22:00-0:00", "22:00-00:00")]
)
def test_a_window_is_written_in_one_way(text: str, written: str) -> None:
    assert str(values.window(text)) == written
    assert values.window(written) == values.window(text)


@pytest.mark.parametrize("text", ["", "22-6", "22:00", "25:00-06:00", "22:60-06:00", "06:00-24:01", "06:00-06:00", "22:00-06:00 daily"])
def test_what_is_no_part_of_a_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no part of a day"):
        values.window(text)


def test_windows_that_leave_no_minute_are_known_as_such() -> None:
    assert values.whole_day((Window(0, 1440),))
    assert values.whole_day((*NIGHT, values.window("05:00-22:30")))
    assert not values.whole_day((*NIGHT, values.window("06:01-22:00")))


def test_the_nights_that_these_tests_go_over_are_those_when_clocks_change() -> None:
    for nights, sign in ((AHEAD, 1), (BACK, -1)):
        for zone, at in nights.items():
            before, after = (moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in (at - timedelta(minutes=1), at))
            assert before is not None
            assert after is not None
            assert (after - before) * sign > timedelta(0), zone
