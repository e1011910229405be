"""Which backups stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from archive.rotation import Rules, kept

NIGHTS = [datetime(2026, 11, 30, 3, 15, tzinfo=UTC) - timedelta(days=number) for number in range(400)]


def days(times: set[datetime]) -> list[str]:
    return [f"{at:%Y-%m-%d}" for at in sorted(times, reverse=True)]


def test_without_a_rule_all_stay() -> None:
    assert kept(NIGHTS, Rules()) == set(NIGHTS)


def test_the_newest_ones_stay() -> None:
    assert kept(NIGHTS, Rules(last=3)) == set(NIGHTS[:3])


def test_the_last_one_of_each_day_week_and_month_stays() -> None:
    noons = [at + timedelta(hours=9) for at in NIGHTS[1:]]
    assert days(kept([*NIGHTS, *noons], Rules(daily=2))) == ["2026-11-30", "2026-11-29"]
    assert {at.hour for at in kept([*NIGHTS, *noons], Rules(daily=9)) - {NIGHTS[0]}} == {12}
    assert days(kept(NIGHTS, Rules(weekly=3))) == ["2026-11-30", "2026-11-29", "2026-11-22"]  # a Monday, then two Sundays
    assert days(kept(NIGHTS, Rules(monthly=3))) == ["2026-11-30", "2026-10-31", "2026-09-30"]


def test_days_without_a_backup_are_not_counted() -> None:
    assert kept(NIGHTS[::10], Rules(daily=4)) == set(NIGHTS[:40:10])


def test_years_keep_their_weeks_apart() -> None:
    turn = [datetime(2027, 1, 3, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)]  # week 53 of 2026, week 1 of 2026
    assert kept(turn, Rules(weekly=2)) == set(turn)


@given(
    st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), max_size=30),  # noqa: DTZ001 - bounds
    st.builds(Rules, last=st.integers(0, 5), daily=st.integers(0, 5), weekly=st.integers(0, 5), monthly=st.integers(0, 5)),
)
def test_whatever_the_rules_the_newest_stays_and_a_second_look_takes_no_more(times: list[datetime], rules: Rules) -> None:
    stays = kept(times, rules)
    assert stays <= set(times)
    assert not times or max(times) in stays
    assert kept(stays, rules) == stays
    assert len(stays) <= (len(times) if not rules else max(1, rules.last) + rules.daily + rules.weekly + rules.monthly)
