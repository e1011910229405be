"""What is looked up quickly, to spare most texts a slow expression, is as the expression alone would have it."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from archive.clean.inline import escaped, marks_in
from archive.clean.signs import _UTILITY, _is_utility
from archive.clean.text import key


@given(st.text())
def test_a_key_is_the_text_without_all_that_is_no_letter_and_no_digit(text: str) -> None:
    assert key(text) == re.sub(r"\W+", "", text.casefold())


@given(st.from_regex(_UTILITY, fullmatch=True))
def test_no_class_that_says_how_a_box_looks_is_passed_over(name: str) -> None:
    assert _is_utility(name)


@given(st.from_regex(r"-?(?:m[a-z]?|p[a-z]?|text|story|article|grid)(?:-[a-z0-9]{1,4}){0,3}", fullmatch=True))
def test_a_class_says_how_a_box_looks_as_the_expression_has_it(name: str) -> None:
    assert _is_utility(name) == (_UTILITY.fullmatch(name) is not None)


@given(st.text("ab_*[]&\\`~<; "), st.text("ab_*[]&\\`~<; "))
def test_a_text_is_escaped_alike_by_the_marks_of_a_longer_one(text: str, more: str) -> None:
    assert escaped(text, marks_in(text + more)) == escaped(text)
