"""What changed between two texts, in words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archive.text_diff import text_diff
from archive.word_diff import MAX_WORDS

words = st.sampled_from(["a", "harbour", "closed", "open", "\n\n", "\x00", "ü"])
texts = st.lists(words, max_size=30).map(" ".join)


def diff(old: str, new: str) -> list[str]:
    return text_diff(old, new, old_name="old", new_name="new").splitlines()[2:]


@given(texts)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert text_diff(text, text, old_name="old", new_name="new") == ""


@given(texts, texts)
def test_every_word_that_went_or_came_is_shown(old: str, new: str) -> None:
    shown = text_diff(old, new, old_name="old", new_name="new")
    for word in set(old.split()) ^ set(new.split()):
        assert word in shown


@given(st.text(), st.text())
def test_no_text_makes_it_raise(old: str, new: str) -> None:
    text_diff(old, new, old_name="old", new_name="new")


def test_paragraphs_that_went_and_came_are_shown_whole_with_their_neighbours() -> None:
    assert diff("One.\n\nTwo.\n\nThree.\n\nFour.", "One.\n\nThree.\n\nFour.\n\nFive.") == [
        "@@",
        "  One.",
        "- Two.",
        "  Three.",
        "  Four.",
        "+ Five.",
    ]


def test_a_reworded_paragraph_shows_its_words_in_place() -> None:
    assert diff("Nine people were hurt.", "Ten people were badly hurt.") == ["@@", "~ [-Nine-] {+Ten+} people were {+badly+} hurt."]


def test_paragraphs_with_nothing_in_common_are_not_mixed() -> None:
    assert diff("The harbour was closed.", "Rain fell all night long.") == [
        "@@",
        "- The harbour was closed.",
        "+ Rain fell all night long.",
    ]


def test_enormous_paragraphs_are_compared_as_a_whole() -> None:
    lines = diff("old " * MAX_WORDS, "old " * MAX_WORDS + "new")
    assert [line[:5] for line in lines] == ["@@", "- old", "+ old"]
