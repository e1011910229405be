"""A quick look for words may pass over a text only where no phrase stands."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.clean.disclaimer import _DISCLAIMER
from archive.clean.furniture import CONTROLS, READ_ON
from archive.clean.partial import PROMPTS
from archive.clean.phrases import Openings, Phrases


@pytest.mark.parametrize("phrases", [PROMPTS, _DISCLAIMER], ids=["prompts", "disclaimer"])
@given(st.data())
def test_no_phrase_is_passed_over(phrases: Phrases, data: st.DataObject) -> None:
    assert phrases.search(data.draw(st.from_regex(phrases.pattern)))


@pytest.mark.parametrize("openings", [CONTROLS, READ_ON], ids=["controls", "read on"])
@given(st.data())
def test_no_opening_is_passed_over(openings: Openings, data: st.DataObject) -> None:
    assert openings.match(data.draw(st.from_regex(openings.pattern)))


@pytest.mark.parametrize("openings", [CONTROLS, READ_ON], ids=["controls", "read on"])
def test_every_pair_of_letters_that_may_open_one_is_known(openings: Openings) -> None:
    """By the expression itself: its alternatives stand between its first bracket and the last."""
    inside = openings.pattern.pattern.partition("(?:")[2]
    while (flat := re.sub(r"\([^()]*\)", "", inside)) != inside:  # what a bracket within holds opens nothing
        inside = flat
    words = {word for alternative in inside.split("|") if (word := alternative[:2]).isascii() and word.isalpha()}
    assert words
    assert not [word for word in words if not openings.may_begin_with(word)]


@pytest.mark.parametrize(
    "text", ["\u017fubscribe to continue", "S\u0130GN UP to read", "LOG \u0131n to view", "Already a \u017fub\u017fcriber?"]
)
def test_letters_that_only_the_expression_takes_for_the_same_are_no_gap(text: str) -> None:
    assert bool(PROMPTS.search(text)) == bool(PROMPTS.pattern.search(text))
