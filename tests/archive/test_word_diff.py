"""Two texts laid beside each other: nothing is lost on either side, and what belongs together stands together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.word_diff import MAX_MATCHES, MAX_PARAGRAPHS, Paragraph, paragraphs_of, word_diff, words

texts = st.lists(st.sampled_from(["a", "harbour", "closed", "open", "\n\n", "ü", "港口", "बंदरगाह", "ميناء"]), max_size=40).map(" ".join)


def side(found: list[Paragraph], op: str) -> list[str]:
    """One of the two texts, put together again from the diff, without its spaces: of words that stayed, those of the new one are shown."""
    said = ("".join(piece.text for piece in one.pieces if piece.op in ("=", op)) for one in found)
    return ["".join(text.split()) for text in said if text.strip()]


def bare(text: str) -> list[str]:
    return [paragraph.replace(" ", "") for paragraph in paragraphs_of(text)]


@given(texts, texts)
def test_both_texts_can_be_put_together_again(old: str, new: str) -> None:
    found = word_diff(old, new)
    assert side(found, "-") == bare(old)
    assert side(found, "+") == bare(new)


@given(st.text())
def test_the_words_of_a_text_are_the_text(text: str) -> None:
    assert "".join(words(text)) == text.lstrip()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("The pier, closed.", ["The ", "pier, ", "closed."]),
        ("港口关闭 today", ["港", "口", "关", "闭 ", "today"]),
        ("港を閉鎖", ["港", "を", "閉", "鎖"]),
        ("ท่าเรือ", list("ท่าเรือ")),
        ("बंदरगाह बंद है", ["बंदरगाह ", "बंद ", "है"]),
        ("الميناء مغلق", ["الميناء ", "مغلق"]),
    ],
)
def test_words_by_script(text: str, parts: list[str]) -> None:
    assert words(text) == parts


def test_an_update_on_top_leaves_what_was_there_beside_itself() -> None:
    old = "The northern pier stays closed until Friday.\n\nTwo ferries wait."
    new = "Divers found a crack.\n\nThey went down twice.\n\nThe northern pier stays closed until Sunday.\n\nTwo ferries wait."
    assert [one.op for one in word_diff(old, new)] == ["+", "+", "~", "="]


def test_a_character_that_became_another_one_is_shown_alone() -> None:
    (one,) = word_diff("港口星期一关闭。", "港口星期二关闭。")
    assert [(piece.op, piece.text) for piece in one.pieces] == [("=", "港口星期"), ("-", "一"), ("+", "二"), ("=", "关闭。")]


def test_words_that_are_the_last_of_their_paragraph_stay_apart_from_what_follows() -> None:
    (one,) = word_diff("The pier is shut.", "The pier is open.")
    assert "".join(piece.text for piece in one.pieces) == "The pier is shut. open."


def test_more_paragraphs_than_are_compared_are_not_lost() -> None:
    found = word_diff("a\n\n" * (MAX_PARAGRAPHS + 5), "b")
    assert sum(piece.words for one in found for piece in one.pieces if piece.op == "-") == MAX_PARAGRAPHS + 5


def test_words_that_are_made_to_match_everywhere_are_not_matched_one_by_one() -> None:
    many = int(MAX_MATCHES**0.5)
    old, new = (" ".join((one, other) * many) for one, other in ("ab", "ba"))
    (one,) = word_diff(f"The pier. {old} End.", f"The pier. {new} End.")
    assert [(piece.op, piece.words) for piece in one.pieces] == [("=", 2), ("-", 2 * many), ("+", 2 * many), ("=", 1)]
