"""Quiet hours and jitter in sources.toml: whose they are, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import SourcesError
from crawler.sources import FeedSpec, Window, parse, values

GENERAL = '[fetch]\nquiet = "23:00-05:30"\njitter = "10m"\n'
OUTLET = '[[outlet]]\nid = "a"\n'
FEED = '[[outlet.feed]]\nurl = "https://a.example/feed"\n'


def feed_of(text: str) -> FeedSpec:
    return parse(text).outlets[0].feeds[0]


def hours_of(text: str) -> tuple[list[str], timedelta | None]:
    return list(map(str, feed_of(text).quiet)), feed_of(text).jitter


def test_without_a_word_there_are_none() -> None:
    assert hours_of(OUTLET + FEED) == ([], None)


def test_they_are_the_feeds_own_else_its_outlets_else_the_general_ones() -> None:
    outlet = OUTLET + 'quiet = ["12:00-12:30", "22:00-6:00"]\njitter = "1m"\n'
    assert hours_of(GENERAL + OUTLET + FEED) == (["23:00-05:30"], timedelta(minutes=10))
    assert hours_of(GENERAL + outlet + FEED) == (["12:00-12:30", "22:00-06:00"], timedelta(minutes=1))
    assert hours_of(GENERAL + outlet + FEED + 'quiet = "1:00-2:00"') == (["01:00-02:00"], timedelta(minutes=1))
    assert hours_of(GENERAL + outlet + FEED + 'jitter = "0s"') == (["12:00-12:30", "22:00-06:00"], timedelta(0))


@pytest.mark.parametrize("none", ["quiet = []\njitter = 0", 'quiet = []\njitter = "0m"'])
def test_a_feed_or_an_outlet_can_do_without(none: str) -> None:
    assert hours_of(f"{GENERAL}{OUTLET}{FEED}{none}") == hours_of(f"{GENERAL}{OUTLET}{none}\n{FEED}") == ([], timedelta(0))


def test_the_general_ones_are_read_as_they_stand() -> None:
    assert (parse(GENERAL).fetch.quiet, parse(GENERAL).fetch.jitter) == ((Window(23 * 60, 330),), timedelta(minutes=10))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('quiet = "at night"', "'at night' is no part of a day"),
        ('quiet = ["1:00-2:00", "3:00"]', "'3:00' is no part of a day"),
        ("quiet = [22, 6]", "has to be a list of texts"),
        ("quiet = 22", "has to be text in quotes"),
        ('quiet = ["0:00-12:00", "11:00-24:00"]', "leaves no minute of the day"),
        ('jitter = "2d"', "'2d' is no length of time up to 1d"),
        ('jitter = "a bit"', "'a bit' is no length of time"),
        ("jitter = 5", "has to be text in quotes"),
        ("jitter = false", "has to be text in quotes"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_wherever_it_stands(line: str, words: str) -> None:
    for text, number in ((f"[fetch]\n{line}\n", 2), (f"{OUTLET}{line}\n", 3), (f"{OUTLET}{FEED}{line}\n", 5)):
        with pytest.raises(SourcesError, match=f"^sources.toml:{number}: ") as caught:
            parse(text)
        assert words in str(caught.value)
        assert caught.value.hint


@given(st.text(st.sampled_from("0123456789:- smhd"), max_size=14), st.sampled_from([values.window, values.jitter]))
def test_any_text_is_taken_or_refused_as_a_value_error(text: str, read: Callable[[str], object]) -> None:
    try:
        read(text)
    except ValueError as problem:
        assert str(problem)


@pytest.mark.parametrize("text", ["0s", "90s", "5m", "23h", "1d", "7m", "61s"])
def test_a_length_of_time_is_written_so_that_it_reads_the_same(text: str) -> None:
    assert values.written(values.jitter(text)) == text
