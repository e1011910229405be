"""Words, paragraphs and sketches: what printing changes, grouping does not see."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.grouping import is_corrected, is_live, paragraphs, sketch, too_short, unpack
from archive.grouping.figures import agreement, figures
from archive.grouping.words import tokens

SAME = {
    "quotes and case": ("“Don’t wait,” the MINISTER said", "'dont wait' the minister said"),
    "thousands": ("1,250,000 people", "1250000 people"),
    "soft hyphens and zero width": ("co\u00adoper\u200bation", "cooperation"),
    "ligatures": ("the ﬁrst oﬃce", "the first office"),
    "dashes": ("twenty – thirty", "twenty - thirty"),
    "Hindi": ("किसानों ने कहा, “बारिश” हुई।", "किसानों ने कहा बारिश हुई"),
    "Arabic": ("أَعْلَنَتِ الوزارةُ نتائـــج", "أعلنت الوزارة نتائج"),
    "Chinese": ("港口周三关闭，风暴来临。", "港口 周三关闭 风暴来临"),
    "Japanese": ("港は水曜日に、閉鎖された。", "港は水曜日に閉鎖された"),
    "full width": ("ＡＢＣ１２３", "abc123"),
}


@pytest.mark.parametrize("name", SAME)
def test_two_ways_of_printing_are_the_same_words(name: str) -> None:
    one, other = SAME[name]
    assert tokens(one) == tokens(other) != []


def test_other_words_are_other_words() -> None:
    assert tokens("nine people") != tokens("ten people")
    assert tokens("rose 3.5 percent") == ["rose", "3.5", "percent"]


def test_marks_belong_to_the_word_where_vowels_are_marks() -> None:
    assert tokens("किसानों की") == ["किसानों", "की"]
    assert tokens("தமிழ்நாடு") == ["தமிழ்நாடு"]


def test_scripts_without_spaces_give_a_token_a_character() -> None:
    assert tokens("GDP增长5.2%") == ["gdp", "增", "长", "5.2"]
    assert tokens("東京で") == ["東", "京", "で"]
    assert len(tokens("ราคา")) == 4
    assert tokens("서울에서 회의가") == ["서울에서", "회의가"]  # Korean has spaces


@given(st.text())
def test_whatever_the_text_its_words_have_no_spaces_and_are_found_again(text: str) -> None:
    found = tokens(text)
    assert all(word and not word.isspace() for word in found)
    assert tokens(" ".join(found)) == found or not all(map(str.isascii, found))
    paragraphs(text)


def test_paragraphs_are_parted_by_a_blank_line_and_empty_ones_are_none() -> None:
    found = paragraphs("One two.\n \nThree\nfour.\n\n***\n\n")
    assert [part.words for part in found] == [["one", "two"], ["three", "four"]]


TEASERS = ["Also Read | Harbour opens again", "Related: Port closed", "相关阅读：港口重新开放"]
TEASERS += ["यह भी पढ़ें: बंदरगाह फिर खुला"]


@pytest.mark.parametrize("teaser", TEASERS)
def test_a_label_before_a_line_that_is_no_sentence_is_a_teaser(teaser: str) -> None:
    assert paragraphs(teaser)[0].label is not None


@pytest.mark.parametrize("text", ["He said: we will not wait.", "Harbour opens again", "Weather: " + "word " * 30])
def test_a_sentence_or_a_long_paragraph_is_no_teaser(text: str) -> None:
    assert paragraphs(text)[0].label is None


def test_two_teasers_of_one_kind_have_one_label_and_other_words() -> None:
    one, other = paragraphs("Related: Port closed\n\nRelated: Bridge opened")
    assert one.label == other.label
    assert one.key != other.key


@pytest.mark.parametrize(
    ("headline", "text"),
    [
        ("The Latest: Ferry crew is safe", "A ferry."),
        (None, "PORTVILLE (AP) — The Latest on the storm (all times local):\n\nThe port is shut."),
        ("Storm", "8:15 a.m.\n\nThe port is shut.\n\n9 a.m.\n\nThe bridge is shut.\n\n10:30 a.m.\n\nIt rains."),
        ("Morning news in brief", "Port shut."),
        ("Roundup: Port shut, ferries wait", "Port shut."),
        ("WRAPUP 2-Port shut, ferries wait", "Port shut."),
    ],
)
def test_what_gathers_items_as_they_come_is_a_live_page(headline: str | None, text: str) -> None:
    assert is_live(headline, text, paragraphs(text))


def test_a_story_with_a_time_in_it_is_no_live_page() -> None:
    text = "The port was shut at 8:15 a.m.\n\n9 a.m.\n\nNobody was hurt."
    assert not is_live("The latest storm shuts the port", text, paragraphs(text))


def test_dpa_s_roundup_is_one_story_told_in_full() -> None:
    assert not is_live("ROUNDUP: Sturm schließt Hafen", "Der Hafen ist zu.", paragraphs("Der Hafen ist zu."))


@pytest.mark.parametrize("headline", ["CORRECTED-Port shut", "Correction: Storm story", "Berichtigung: Sturm"])
def test_a_text_that_says_that_it_is_a_correction_is_one(headline: str) -> None:
    assert is_corrected(headline, "The port is shut.")
    assert is_corrected("Storm", f"The port is shut.\n\n({headline})")
    assert not is_corrected("Storm", "The port is shut.")
    assert not is_corrected(None, "The captain corrected his course " + "and went on " * 30)


LONG = " ".join(f"word{number} follows" for number in range(300))


def test_a_sketch_is_a_sixth_of_a_long_text_and_all_of_a_short_one() -> None:
    long, short = sketch(paragraphs(LONG)), sketch(paragraphs(" ".join(LONG.split()[:50])))
    assert (long.rate, short.rate) == (6, 1)
    assert 60 < len(long.hashes) < 140
    assert len(short.hashes) == 48
    assert short.at(6) <= long.hashes  # what the short text has of the coarser sample, the long one has


def test_a_sketch_comes_back_as_it_was_stored() -> None:
    made = sketch(paragraphs(LONG + " 42 of 1,000"), live=True)
    back = unpack(made.words, made.rate, made.packed(), b"", live=True, roundup=False, corrected=False)
    assert (back.hashes, back.live) == (made.hashes, True)
    assert len(made.packed()) == 4 * len(made.hashes)


def test_texts_too_short_to_be_compared_are_told_by_words_in_every_script() -> None:
    assert too_short(paragraphs("word " * 24))
    assert not too_short(paragraphs("word " * 25))
    assert too_short(paragraphs("港" * 40))
    assert not too_short(paragraphs("港" * 45))


def test_numbers_are_compared_by_the_text_that_has_fewer() -> None:
    few, many = figures(["7", "of", "9"]), figures(["7", "8", "9", "x10"])
    assert (agreement(few, many), agreement(few, figures(["1", "2"])), agreement(few, frozenset())) == (1.0, 0.0, 1.0)


@given(st.lists(st.sampled_from(["storm", "port", "7", "बारिश", "港", "closed\n\n"]), max_size=120))
def test_whatever_the_text_it_is_sketched_within_bounds(words: list[str]) -> None:
    made = sketch(paragraphs(" ".join(words)))
    assert all(one < 2**32 // made.rate for one in made.hashes)
    assert list(made.places.values()) == sorted(made.places.values())


def test_the_sketch_is_the_same_in_every_process() -> None:
    code = f"from archive.grouping import paragraphs, sketch; print(sketch(paragraphs({LONG!r})).packed().hex())"
    for seed in ("0", "1"):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed})
        assert done.stdout.strip() == sketch(paragraphs(LONG)).packed().hex()
