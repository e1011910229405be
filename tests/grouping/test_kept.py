"""What a copy kept and what it added, as people are told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.grouping.kept import kept
from tests.grouping.texts import COPIES, FERRY, HARBOUR


def test_a_copy_word_for_word_kept_all_and_added_nothing() -> None:
    found = kept(HARBOUR, HARBOUR.replace('"', "“"))
    assert (found.share, found.added, found.paragraphs) == (1.0, 0, ())


def test_what_was_cut_and_what_was_added_is_told() -> None:
    end = "The mayor said that the town would pay for new cranes."
    found = kept(HARBOUR, "\n\n".join([*HARBOUR.split("\n\n")[:2], end]))
    assert 0.3 < found.share < 0.45
    assert (found.added, found.paragraphs) == (11, (end,))


def test_two_stories_have_nothing_of_each_other() -> None:
    found = kept(HARBOUR, FERRY)
    assert found.share < 0.05
    assert len(found.paragraphs) == 4


@pytest.mark.parametrize("language", COPIES)
def test_it_is_told_in_every_script(language: str) -> None:
    original, copy, other = COPIES[language]
    assert 0.4 < kept(original, copy).share < 0.95
    assert kept(original, other).share < 0.1


@given(st.text(), st.text())
def test_whatever_the_texts_the_share_is_one_and_what_is_added_is_there(one: str, other: str) -> None:
    found = kept(one, other)
    assert 0 <= found.share <= 1
    assert all(part in other for part in found.paragraphs)
