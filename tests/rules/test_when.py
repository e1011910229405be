"""Rules 6 to 13: freshness, floors, the learned pace, hints, Retry-After, no second try within a run, back-off."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.rules.documents import feed
from tests.rules.person import Person
from tests.rules.server import Answer, serving
from tests.rules.simulated_days import DAY, HOUR, Days
from tests.rules.three_runs import RUNS, World


def wait_after(poll: dict[str, Any]) -> timedelta:
    """From a poll to the next one, as it was decided."""
    return datetime.fromisoformat(poll["next_poll_at"]) - datetime.fromisoformat(poll["polled_at"])


def hours(times: list[timedelta]) -> list[float]:
    """Simulated times as the runs' hours are given."""
    return [round(at / HOUR, 1) for at in times]


def waits(days: Days, name: str) -> list[float]:
    """Hours from each poll of a feed to the next one, as decided."""
    return [wait_after(poll) / HOUR for poll in days.person.polls(days.feeds[name])]


def test_rule_6_freshness_is_kept_after_a_200_a_304_and_an_error_alike(days: Days) -> None:
    """Three hours after the first two answers, six (max-age less Age) after the error: the next run beyond is the one that asks."""
    assert days.person.outcomes(days.feeds["fresh"])[:4] == ["nothing-new", "not-modified", "http-error", "not-modified"]
    assert hours(days.times("fresh"))[:5] == [0, 3.3, 6.6, 16, 20]


def test_rule_6_without_max_age_expires_less_date_counts(days: Days) -> None:
    assert hours(days.times("expires"))[:4] == [0, 4.4, 10, 16]


@pytest.mark.parametrize("name", ["fresh-week", "ttl-week"])
def test_rule_7_freshness_and_ttl_of_a_week_are_taken_as_a_day(days: Days, name: str) -> None:
    assert hours(days.times(name))[:4] == [0, 24.5, 49, 74]


def test_rule_7_a_retry_after_of_three_months_is_kept_for_31_days(days: Days) -> None:
    assert hours(days.times("three-months"))[:2] == [0, 745]


def test_rule_8_conditional_polls_come_once_an_hour_however_often_a_run_looks(days: Days) -> None:
    assert hours(days.times("hourly"))[:5] == [0, 1.1, 2.2, 3.3, 4.4]
    unhurried = [name for name in days.feeds if name not in ("quarterly", "flapping", "new-guids") and len(days.asked(name)) > 2]
    assert len(unhurried) > 15
    assert all(min(days.gaps(name)) >= HOUR for name in unhurried)


def test_rule_8_unconditional_polls_come_once_a_day(days: Days) -> None:
    assert not any(days.conditional("bare"))
    assert min(days.gaps("bare")) >= DAY
    assert hours(days.times("bare"))[:4] == [0, 24.5, 49, 74]


def test_rule_8_faster_only_where_the_sources_own_configuration_says_so(days: Days) -> None:
    assert hours(days.times("quarterly"))[:4] == [0, 0.5, 1.1, 1.6]
    assert timedelta(minutes=15) <= min(days.gaps("quarterly")) < HOUR


def test_rule_9_the_interval_is_half_the_mean_gap_between_entries(days: Days) -> None:
    """A story every eight hours; nothing is learned before the first document."""
    assert hours(days.times("steady"))[:3] == [0, 1.1, 5.5]
    assert waits(days, "steady")[1] == pytest.approx(4, rel=0.05)


def test_rule_9_few_known_entries_make_it_faster_and_many_slower(days: Days) -> None:
    """Two feeds with a story every eight hours each; of their second documents all entries are new here, and known there."""
    assert waits(days, "all-new")[2] < 1.5
    assert waits(days, "all-known")[2] > 6


def test_rule_9_a_quiet_feed_decays_towards_a_day_and_no_further(days: Days) -> None:
    """Hourly stories until the first poll, and silence from then on."""
    silent = waits(days, "hushed")
    assert silent[1] == pytest.approx(1, rel=0.06)
    asked = hours(days.times("hushed"))
    assert 2 < silent[asked.index(99)] < silent[asked.index(149)] < silent[asked.index(168)] < 8
    assert max(silent) < 24.1
    assert silent[asked.index(743)] > 12
    assert 24 <= max(waits(days, "weekly")) < 24.1


@pytest.mark.parametrize(("name", "least"), [("ttl", 60), ("long ttl", 180), ("max-age", 240)])
def test_rule_10_what_a_feed_hints_at_is_followed_but_never_below_the_floor_of_an_hour(world: World, name: str, least: int) -> None:
    first = world.person.polls(world.feeds[name])[0]
    assert timedelta(minutes=least) <= wait_after(first) <= timedelta(minutes=least * 1.06)


def test_rule_10_without_validators_the_floor_is_a_day(world: World) -> None:
    assert all(wait_after(poll) >= timedelta(days=1) for poll in world.person.polls(world.feeds["plain"]))


@pytest.mark.parametrize(
    ("name", "at_least"), [("503 for an hour", timedelta(hours=1)), ("503 until a date", timedelta(days=31) - timedelta(seconds=2))]
)
def test_rule_11_a_503_holds_its_url_as_long_as_retry_after_says_in_seconds_or_as_a_date(
    world: World, name: str, at_least: timedelta
) -> None:
    polls = world.person.polls(world.feeds[name])
    assert [poll["status"] for poll in polls] == [503]  # later runs did not ask
    assert wait_after(polls[0]) >= at_least
    assert len(world.main.requests(world.feeds[name].removeprefix(world.main.origin))) == 1


def test_rule_11_a_503_holds_its_url_alone(world: World) -> None:
    assert len(world.main.requests("/plain")) == RUNS


def test_rule_11_a_429_holds_the_whole_host_in_this_run_and_the_next_ones(world: World) -> None:
    assert world.holding.paths() == ["/robots.txt", "/held-1"]
    assert (world.outcomes("held 1"), world.outcomes("held 2")) == (["held"], [])
    assert "429" in world.person.column("SELECT reason FROM hosts WHERE host = ?", world.holding.host)[0]


def test_rule_11_a_429_for_robots_txt_holds_the_host_and_a_503_its_url(days: Days) -> None:
    """Both ask for almost ten hours; meanwhile nothing may be fetched from there."""
    for site in (days.wary, days.weary):
        assert [(one.path, round(days.when(one) / HOUR, 1)) for one in site.asked[:3]] == [
            ("/robots.txt", 0), ("/robots.txt", 10), ("/feed", 10),
        ]  # fmt: skip


def test_rule_11_robots_txt_is_not_asked_of_a_host_that_holds_us_off(tmp_path: Path) -> None:
    """The hold is longer than robots.txt is remembered; what waits is left, and counts as no failure."""
    with serving() as site:
        person = Person(tmp_path)
        url = site.says("/feed", Answer(429, (("Retry-After", str(30 * 3600)),), b"slow down"), feed())
        person.takes("a", url)
        for hour in (0, 26, 31):
            person.crawl(every=False, ahead=hour * HOUR)
        assert site.paths() == ["/robots.txt", "/feed", "/robots.txt", "/feed"]
        assert person.outcomes(url) == ["held", "nothing-new"]


@pytest.mark.parametrize("path", ["/e404", "/e500", "/e410", "/e403", "/large", "/bomb", "/unasked"])
def test_rule_12_an_error_of_a_feed_is_never_retried_within_a_run(world: World, path: str) -> None:
    assert len(world.main.requests(path)) == RUNS


def test_rule_12_an_error_of_a_page_is_never_retried_within_a_run(world: World) -> None:
    """These three runs try failed pages again; a 410 is final."""
    assert [len(world.main.requests(path)) for path in ("/p/e404", "/p/e500", "/p/e410")] == [RUNS, RUNS, 1]


def test_rule_12_a_stored_page_is_fetched_once_in_all_runs(world: World) -> None:
    stored = world.person.column("SELECT url FROM pages WHERE state = 'stored' AND url LIKE ?", world.main.origin + "%")
    asked = Counter(world.main.url(path) for path in world.main.paths())
    assert len(stored) > 5
    assert {asked[url] for url in stored} == {1}


@pytest.mark.parametrize(
    ("name", "weight", "expected"),
    [
        ("hard", 1.0, [1, 2, 4, 8, 16, 24, 24]),
        ("soft", 0.5, [1, 1, 2**0.5, 2, 2**1.5, 4]),
        ("passing", 0.25, [1, 1, 1, 1, 2**0.25, 2**0.5]),
    ],
)
def test_rule_13_errors_back_off_by_doubling_up_to_a_day_and_by_their_weight(
    days: Days, name: str, weight: float, expected: list[float]
) -> None:
    """A 404, a 500, a host that nobody answers at."""
    decided = waits(days, name)
    assert all(least <= wait <= least * 1.06 for wait, least in zip(decided, expected, strict=False)), decided
    assert max(decided) < 24.1
    assert days.person.feed(days.feeds[name])["failures"] == weight * len(decided)


def test_rule_13_no_two_waits_are_alike(days: Days) -> None:
    assert len({round(wait, 4) for wait in waits(days, "hard")[6:]}) > 5


def test_rule_13_a_410_is_left_alone_for_a_month_and_comes_back_to_life(days: Days) -> None:
    assert hours(days.times("gone"))[:3] == [0, 1.1, 743]
    assert days.person.outcomes(days.feeds["gone"])[:4] == ["nothing-new", "gone", "same-body", "not-modified"]


def test_rule_13_a_feed_that_failed_comes_back_to_life_with_all_that_was_known(days: Days) -> None:
    outcomes = days.person.outcomes(days.feeds["back"])
    assert outcomes[:9] == ["nothing-new", *["http-error"] * 6, "nothing-new", "not-modified"]
    assert all(days.conditional("back")[1:7])
    assert waits(days, "back")[7] < 1.1
