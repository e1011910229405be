"""Rules 10 to 12: hints, Retry-After, no second try within a run."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.rules.three_runs import RUNS, World


def wait_after(poll: dict[str, Any]) -> timedelta:
    """From a poll to the next one, as it was decided."""
    return datetime.fromisoformat(poll["next_poll_at"]) - datetime.fromisoformat(poll["polled_at"])


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
