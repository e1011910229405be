"""What a head says about the next poll."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model import Capture, FeedDocument, Hints
from crawler.facts import freshness, hints_of, is_whole, validators
from tests.crawl.parts import NOW, capture

DATE = "Date: Sun, 22 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        (["Cache-Control: max-age=600"], 600),
        (["Cache-Control: public, MAX-AGE = 600, s-maxage=9"], 600),
        (['cache-control: max-age="600"'], 600),
        (["Cache-Control: public", "Cache-Control: max-age=600"], 600),
        (["Cache-Control: max-age=600", "Age: 100"], 500),
        (["Cache-Control: max-age=600", "Age: 900"], 0),
        (["Cache-Control: max-age=600", "Age: many"], 600),
        (["Cache-Control: max-age=600", DATE, "Expires: Sun, 22 Nov 2026 12:00:05 GMT"], 600),
        ([DATE, "Expires: Sun, 22 Nov 2026 12:10:00 GMT"], 600),
        ([DATE, "Expires: Sun, 22 Nov 2026 11:00:00 GMT"], 0),
        ([DATE, "Expires: 0"], None),
        (["Expires: Sun, 22 Nov 2026 12:10:00 GMT"], None),
        (["Cache-Control: no-cache, max-age=600"], None),
        (["Cache-Control: no-store"], None),
        (["Cache-Control: s-maxage=600"], None),
        (["Cache-Control: max-age=-1"], None),
        (["Cache-Control: max-age=soon"], None),
        ([], None),
    ],
)
def test_freshness_is_max_age_less_age_else_expires_less_date(fields: list[str], seconds: int | None) -> None:
    assert freshness(capture(200, *fields)) == (None if seconds is None else timedelta(seconds=seconds))


def test_no_answer_says_nothing() -> None:
    assert freshness(None) is None
    assert freshness(capture(None)) is None


@given(st.lists(st.tuples(st.sampled_from(["Cache-Control", "Age", "Expires", "Date"]), st.text(max_size=40)), max_size=6))
def test_freshness_of_any_head_is_none_or_not_negative(fields: list[tuple[str, str]]) -> None:
    found = freshness(capture(200, *(f"{name}: {value}" for name, value in fields)))
    assert found is None or found >= timedelta(0)


def test_validators_are_taken_byte_for_byte() -> None:
    head = b'HTTP/1.1 200 OK\r\nETag:  W/"\xe4 b" \r\nLAST-modified: Sunday  22 (odd)\r\n\r\n'
    answer = Capture(url="http://a.example/", role="feed", fetched_at=NOW, status=200, response_head=head)
    assert validators(answer) == ('W/"ä b"', "Sunday  22 (odd)")
    assert validators(capture(200)) == (None, None)


def test_hints_are_the_documents_own_wishes() -> None:
    document = FeedDocument(kind="rss", ttl_minutes=30, skip_hours=(3, 4), skip_days=("Sunday",))
    assert hints_of(document) == Hints(30, (3, 4), ("Sunday",))


@pytest.mark.parametrize(
    ("answer", "whole"),
    [
        (capture(200), True),
        (capture(200, body=None, truncated="length", error="the body is larger than 8 MB"), True),
        (capture(200, truncated="disconnect", error="the connection was closed in the middle of the answer"), True),
        (capture(200, truncated="time", error="not complete within 30 s"), False),
        (capture(200, body=b""), False),
        (capture(404), False),
        (capture(304, body=None), False),
        (capture(None, error="no connection"), False),
        (None, False),
    ],
)
def test_a_document_came_also_where_it_is_of_no_use(answer: Capture | None, *, whole: bool) -> None:
    assert is_whole(answer) is whole
