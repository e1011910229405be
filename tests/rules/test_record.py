"""Rule 32: each attempt is on record."""

from __future__ import annotations

import pytest

from tests.rules.simulated_days import Days
from tests.rules.three_runs import ODD_DATE, ODD_ETAG, RUNS, World


def test_rule_32_each_attempt_at_a_feed_is_on_record(world: World) -> None:
    """All feeds at each run, but those that Retry-After keeps from it."""
    held = {"503 for an hour": 1, "503 until a date": 1, "held 1": 1, "held 2": 0}
    assert {name: len(world.outcomes(name)) for name in world.feeds} == {name: held.get(name, RUNS) for name in world.feeds}
    counted = [result.summary["polled"] for result in world.results]
    assert counted == world.person.column("SELECT count(*) FROM polls GROUP BY run_id ORDER BY run_id")


def test_rule_32_an_attempt_says_status_bytes_validators_sent_and_outcome(world: World) -> None:
    first, second, third = world.person.polls(world.feeds["both"])
    assert [(poll["status"], poll["outcome"]) for poll in (first, second, third)] == [
        (200, "new"),
        (304, "not-modified"),
        (304, "not-modified"),
    ]
    assert (first["etag_sent"], first["last_modified_sent"]) == (None, None)
    assert (second["etag_sent"], second["last_modified_sent"]) == (ODD_ETAG, ODD_DATE)
    assert third["etag_sent"] == '"v2"'
    length = world.person.column("SELECT length FROM bodies b JOIN captures c ON c.body_id = b.id WHERE c.id = ?", first["capture_id"])
    assert [first["bytes"]] == length


def test_rule_32_validators_that_were_not_sent_are_not_said_to_be(days: Days) -> None:
    """robots.txt disallows a feed whose validators are known; a host answers nobody."""
    assert days.person.feed(days.feeds["closing"])["etag"] == '"v1"'
    for name in ("closing", "passing"):
        unasked = [poll for poll in days.person.polls(days.feeds[name]) if poll["outcome"] in ("refused", "network")]
        assert len(unasked) > 5
        assert {poll["etag_sent"] for poll in unasked} == {None}
    heads = days.person.column(
        "SELECT h.request FROM capture_heads h JOIN captures c ON c.id = h.capture_id WHERE c.url = ?", days.feeds["passing"]
    )
    assert set(heads) == {None}


def test_rule_32_every_attempt_has_a_next_poll_later_than_itself_and_a_reason_in_words(world: World) -> None:
    polls = world.person.rows("SELECT polled_at, next_poll_at, reason FROM polls")
    assert len(polls) > 100
    assert all(poll["next_poll_at"] > poll["polled_at"] and " " in poll["reason"] for poll in polls)


def test_rule_32_every_failure_says_why(world: World) -> None:
    failed = world.person.rows("SELECT outcome, error FROM polls WHERE outcome NOT IN ('new', 'nothing-new', 'same-body', 'not-modified')")
    assert len(failed) > 30
    assert all(poll["error"] for poll in failed)


@pytest.mark.parametrize(("name", "weight"), [("404", 1.0), ("circle", 1.0), ("500", 0.5), ("slow", 0.25)])
def test_failures_are_weighed_and_add_up(world: World, name: str, weight: float) -> None:
    assert world.person.feed(world.feeds[name])["failures"] == RUNS * weight


def test_every_page_ends_in_one_recorded_state_and_what_failed_has_a_reason(world: World) -> None:
    pages = world.person.rows("SELECT state, error, next_try_at FROM pages")
    assert {page["state"] for page in pages} == {"stored", "failed", "gone", "refused"}
    assert all((page["error"] is None) == (page["state"] == "stored") for page in pages)
    assert all((page["next_try_at"] is not None) == (page["state"] == "failed") for page in pages)


def test_the_exact_heads_of_each_exchange_are_on_record(world: World) -> None:
    (head,) = world.person.column(
        "SELECT h.request FROM capture_heads h JOIN captures c ON c.id = h.capture_id WHERE c.url = ? AND c.run_id = 2", world.feeds["both"]
    )
    lines = head.split(b"\r\n")
    assert lines[0] == b"GET /both HTTP/1.1"
    assert b"If-None-Match: " + ODD_ETAG.encode("latin-1") in lines
    assert b"If-Modified-Since: " + ODD_DATE.encode() in lines
