"""A quick look for words may pass over a text only where no phrase stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.clean.partial import PROMPTS


@given(st.from_regex(PROMPTS.pattern, fullmatch=False))
def test_no_prompt_is_passed_over(text: str) -> None:
    assert PROMPTS.search(text)


@pytest.mark.parametrize(
    "text", ["\u017fubscribe to continue", "S\u0130GN UP to read", "LOG \u0131n to view", "Already a \u017fub\u017fcriber?"]
)
def test_letters_that_only_the_expression_takes_for_the_same_are_no_gap(text: str) -> None:
    assert bool(PROMPTS.search(text)) == bool(PROMPTS.pattern.search(text))
