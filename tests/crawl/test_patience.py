"""How long a host may turn pages away before it is left alone for the rest of a run."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model import Capture
from crawler.patience import MOST, Patience
from tests.crawl.parts import capture

SLOW = capture(None, error="not complete within 30 s")
DRIPPED = capture(200, truncated="time", error="not complete within 30 s")
RESET = capture(None, error="the connection was closed")
PRIVATE = capture(None, error="not dialled: a.example is at 10.0.0.1: not public")


def left_after(*answers: Capture) -> int | None:
    """After how many of these the host is left alone; None: it is not."""
    patience = Patience()
    return next((number for number, answer in enumerate(answers, 1) if patience.worn_out_by(answer)), None)


@pytest.mark.parametrize("answer", [*map(capture, (401, 402, 403, 451, 500, 503, 520)), RESET])
def test_a_host_that_turns_five_pages_in_a_row_away_is_left_alone(answer: Capture) -> None:
    assert left_after(*[answer] * 20) == MOST == 5


@pytest.mark.parametrize("answer", [SLOW, DRIPPED, capture(None, error="no connection within 10 s")])
def test_two_that_took_all_their_time_are_enough(answer: Capture) -> None:
    assert left_after(*[answer] * 20) == 2


@pytest.mark.parametrize("answer", [capture(200), capture(304), capture(404), capture(410), capture(302), PRIVATE])
def test_what_says_nothing_of_the_host_does_not_count_and_ends_a_row(answer: Capture) -> None:
    assert left_after(*[answer] * 50) is None
    assert left_after(*[*[capture(500)] * 4, answer] * 10) is None


def test_hosts_are_counted_apart_and_so_are_feeds() -> None:
    patience = Patience()
    hosts = [capture(500, url=f"http://{name}.example/story") for name in "abc"]
    assert not any(patience.worn_out_by(answer) for _ in range(4) for answer in hosts)
    assert not any(patience.worn_out_by(replace(capture(500), role="feed")) for _ in range(20))
    reason = patience.worn_out_by(hosts[1])
    assert reason == "b.example turned one page after the other away (HTTP 500): its other pages wait for the next run"


@given(st.lists(st.sampled_from([200, 404, 403, 500, 503]), max_size=40))
def test_no_host_that_answers_one_page_in_five_is_left(statuses: list[int]) -> None:
    left = left_after(*map(capture, statuses))
    bad = [status in (403, 500, 503) for status in statuses]
    assert (left is not None) == any(all(bad[at : at + MOST]) for at in range(len(bad) - MOST + 1))
