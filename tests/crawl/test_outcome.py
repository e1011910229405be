"""What an exchange came to: one outcome, one state, one time for the next try."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model import Capture, FeedDocument, PageState
from crawler import outcome
from crawler.outcome import HARD, PASSING, SOFT, Refusal
from tests.crawl.parts import NOW, TASK, capture, rng

FINAL = {"stored", "gone", "refused", "dead"}
NETWORK = capture(None, error="no connection: refused")
PRIVATE = capture(None, error="not dialled: a.example is at 10.0.0.1: not public")
LARGE = capture(200, truncated="length", error="the body is larger than 8 MB")
CUT = capture(200, truncated="disconnect", error="the connection was closed in the middle of the answer")


def poll(answer: Capture | None, *, conditional: bool = False, refusal: Refusal | None = None) -> tuple[str, float]:
    found = outcome.of_poll(answer, refusal=refusal, conditional=conditional)
    assert (found.error is None) == (found.weight == 0)
    return found.name, found.weight


def page(answer: Capture | None, attempts: int = 0, refusal: Refusal | None = None) -> outcome.Verdict:
    return outcome.of_page(replace(TASK, attempts=attempts), answer, refusal=refusal, now=NOW, rng=rng())


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (capture(200), ("read", 0)),
        (capture(203), ("read", 0)),
        (capture(200, body=b""), ("not-a-feed", HARD)),
        (capture(302), ("http-error", HARD)),
        (capture(304), ("http-error", SOFT)),
        (capture(404), ("http-error", HARD)),
        (capture(410), ("gone", HARD)),
        (capture(429), ("held", PASSING)),
        (capture(401), ("blocked", HARD)),
        (capture(403), ("blocked", HARD)),
        (capture(451), ("blocked", HARD)),
        (capture(500), ("http-error", SOFT)),
        (capture(503), ("http-error", SOFT)),
        (NETWORK, ("network", PASSING)),
        (PRIVATE, ("refused", HARD)),
        (LARGE, ("too-large", HARD)),
        (CUT, ("truncated", PASSING)),
    ],
)
def test_the_outcome_of_a_poll_and_its_weight(answer: Capture, expected: tuple[str, float]) -> None:
    assert poll(answer) == expected


def test_a_304_counts_only_where_something_was_asked_conditionally() -> None:
    assert poll(capture(304), conditional=True) == ("not-modified", 0)


def test_a_412_to_a_conditional_request_says_little_of_the_feed() -> None:
    assert poll(capture(412), conditional=True) == ("http-error", PASSING)
    assert poll(capture(412)) == ("http-error", HARD)


@pytest.mark.parametrize(("passing", "weight"), [(True, PASSING), (False, HARD)])
def test_a_poll_that_was_refused_is_no_answer(passing: bool, weight: float) -> None:
    assert poll(None, refusal=Refusal("robots.txt disallows it", passing=passing)) == ("refused", weight)


def test_a_document_that_is_no_feed_is_a_hard_failure() -> None:
    assert outcome.of_document(FeedDocument(kind=None, error="no feed")).weight == HARD
    assert outcome.of_document(FeedDocument(kind="rss")).weight == 0


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (capture(200), "stored"),
        (capture(203), "stored"),
        (capture(200, body=b""), "failed"),
        (capture(204, body=b""), "failed"),
        (capture(206), "failed"),
        (capture(302), "failed"),
        (capture(304, body=None), "failed"),
        (capture(404), "failed"),
        (capture(410), "gone"),
        (capture(403), "blocked"),
        (capture(429), "failed"),
        (capture(500), "failed"),
        (NETWORK, "failed"),
        (CUT, "failed"),
        (PRIVATE, "refused"),
        (LARGE, "refused"),
    ],
)
def test_the_state_of_a_page_after_its_first_fetch(answer: Capture, state: str) -> None:
    verdict = page(answer)
    assert verdict.state == state
    assert (verdict.next_try_at is None) == (state in FINAL)
    assert (verdict.error is None) == (state == "stored")


@pytest.mark.parametrize(
    ("answer", "tries", "end"),
    [(capture(404), 4, "gone"), (capture(403), 3, "blocked"), (capture(500), 8, "dead"), (NETWORK, 8, "dead"), (CUT, 8, "dead")],
)
def test_a_page_that_goes_on_failing_is_given_up_after_so_many_tries(answer: Capture, tries: int, end: str) -> None:
    assert all(page(answer, attempts).next_try_at is not None for attempts in range(tries - 1))
    last = page(answer, tries - 1)
    assert (last.state, last.next_try_at) == (end, None)
    assert last.error


def test_each_failure_waits_longer_up_to_a_day() -> None:
    waits = [verdict.next_try_at - NOW for attempts in range(7) if (verdict := page(NETWORK, attempts)).next_try_at]
    assert timedelta(minutes=4) < waits[0] < timedelta(minutes=6)
    assert all(later > earlier for earlier, later in pairwise(waits[:6]))
    assert timedelta(hours=21) < waits[-1] < timedelta(hours=27)


def test_robots_that_cannot_be_had_is_tried_again_and_a_disallow_is_not() -> None:
    assert page(None, refusal=Refusal("robots.txt could not be had", passing=True)).state == "failed"
    verdict = page(None, refusal=Refusal("robots.txt disallows it"))
    assert (verdict.state, verdict.next_try_at, verdict.error) == ("refused", None, "robots.txt disallows it")


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("attempts", [0, 3])
def test_a_page_is_not_tried_before_retry_after(status: int, attempts: int) -> None:
    verdict = page(capture(status, "Retry-After: 172800"), attempts)
    assert verdict.next_try_at is not None and verdict.next_try_at >= NOW + timedelta(days=2)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", timedelta(seconds=120)),
        ("0", timedelta(0)),
        ("Sun, 22 Nov 2026 13:00:00 GMT", timedelta(hours=1)),
        ("Sun, 22 Nov 2026 15:00:00 +0200", timedelta(hours=1)),
        ("Sunday, 22-Nov-26 13:00:00 GMT", timedelta(hours=1)),
        ("Sun, 22 Nov 2026 11:00:00 GMT", timedelta(0)),
        ("99999999", timedelta(days=31)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", timedelta(days=31)),
        ("Fri, 31 Dec 9999 23:59:59 -2300", None),
        ("99999999999999999999", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date_up_to_31_days(value: str, expected: timedelta | None) -> None:
    found = outcome.retry_after(capture(503, f"Retry-After: {value}"), NOW)
    assert found == (None if expected is None else NOW + expected)


@pytest.mark.parametrize("status", [200, 301, 404, 500])
def test_retry_after_counts_on_429_and_503_alone(status: int) -> None:
    assert outcome.retry_after(capture(status, "Retry-After: 120"), NOW) is None


captures = st.builds(
    lambda status, body, error, truncated, field: capture(
        status,
        *([f"Retry-After: {field}"] if field is not None else []),
        body=body,
        error=error or ("broken" if status is None or truncated else None),  # what is not whole says why
        truncated=truncated,
    ),
    st.one_of(st.none(), st.integers(100, 999)),
    st.one_of(st.none(), st.binary(max_size=3)),
    st.one_of(st.none(), st.sampled_from(["not dialled: private", "no connection: refused"]), st.text(max_size=9)),
    st.sampled_from([None, "length", "time", "disconnect", "unspecified"]),
    st.one_of(st.none(), st.text(max_size=30), st.datetimes().map(lambda at: at.strftime("%a, %d %b %Y %H:%M:%S -2300"))),
)
refusals = st.one_of(st.none(), st.builds(Refusal, st.text(min_size=1, max_size=9), st.booleans()))


@given(st.one_of(st.none(), captures), refusals, st.integers(0, 50))
def test_every_fetch_leaves_a_page_in_exactly_one_state(answer: Capture | None, refusal: Refusal | None, attempts: int) -> None:
    verdict = page(answer, attempts, refusal)
    assert verdict.state in get_args(PageState) and verdict.state != "queued"
    assert (verdict.error is None) == (verdict.state == "stored")
    if verdict.state in FINAL:
        assert verdict.next_try_at is None
    if verdict.next_try_at is not None:
        assert NOW < verdict.next_try_at <= NOW + timedelta(days=31) or answer is not None


@given(st.one_of(st.none(), captures), refusals, st.booleans())
def test_every_poll_has_one_outcome_with_a_weight_that_is_known(answer: Capture | None, refusal: Refusal | None, conditional: bool) -> None:
    name, weight = poll(answer, conditional=conditional, refusal=refusal)
    assert weight in (0, PASSING, SOFT, HARD)
    assert (weight == 0) == (name in ("read", "not-modified"))


@given(captures)
def test_retry_after_never_lies_in_the_past_or_beyond_31_days(answer: Capture) -> None:
    at: datetime | None = outcome.retry_after(answer, NOW)
    assert at is None or NOW <= at <= NOW + timedelta(days=31)
