"""The explanation of a page: the signs add up to the score, and the kept blocks are the article's text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from archive.clean import clean
from archive.clean.body import choose
from archive.clean.explain import WHY, Named, explain
from archive.clean.sign_words import readable
from archive.clean.signs import REJECTED, Hints
from archive.clean.tree import read
from archive.clean.weights import bias, sign_weights
from tests.clean.test_pages import PAGES

NAMES = sorted(folder.name for folder in PAGES.iterdir())


def body_of(name: str) -> bytes:
    return (Path(PAGES) / name / "page.html").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_the_kept_blocks_are_the_text_and_each_dropped_one_says_why(name: str) -> None:
    told = explain(body_of(name), url="https://paper.example/a")
    assert told.article == clean(body_of(name), url="https://paper.example/a")
    assert "\n\n".join(block.text for block in told.blocks if block.kept) == told.article.text
    assert [block for block in told.blocks if not block.kept and block.why not in WHY] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_signs_of_a_block_add_up_to_its_first_look(name: str) -> None:
    root = LexborHTMLParser(body_of(name).decode()).root
    assert root is not None
    page = read(root)
    hints = Hints()
    story = choose(page, hints)
    named = Named(page, hints, story.head)
    for i, score in enumerate(story.first):
        if score != REJECTED:
            assert bias() + sum(sign_weights().get(sign, 0.0) for sign in named.of(i)) == pytest.approx(score)


def test_every_sign_that_was_learned_can_be_read() -> None:
    assert [sign for sign in sign_weights() if sign and readable(sign) == sign] == []


@pytest.mark.parametrize(
    ("sign", "words"),
    [
        ("words p 7", "paragraph of 14-20 words"),
        ("in 1", "stands in a navigation"),
        ("near0 related", 'the class or id of the box above says "related"'),
        ("first also read", 'begins with "also read"'),
        ("end l .", "long, ends with ."),
        ("head after 3", "4-7 blocks after the headline"),
        ("head after 1", "1 block after the headline"),
        ("up0 linked 5 part 0", "the box above: all text in links, under 1/8 of the page's long text"),
        ("up1 linked 0 part 8", "the second box above: no text in links, 8/8 of the page's long text"),
        ("words p 99", "words p 99"),
        ("quite new", "quite new"),
    ],
)
def test_a_sign_is_put_in_words_and_an_unknown_one_keeps_its_name(sign: str, words: str) -> None:
    assert readable(sign) == words


def test_of_two_blocks_that_say_the_same_one_is_kept() -> None:
    paragraph = "<p>The harbour was closed on Monday as the waves rose, and nobody was hurt there, officials said in the evening.</p>"
    other = "<p>Schools in five coastal villages were turned into shelters, and the sea is expected to calm down by Thursday.</p>"
    told = explain(f"<article><h1>Harbour</h1>{paragraph}{other}{paragraph}</article>".encode(), url="https://paper.example/a")
    assert sorted(str(block.why) for block in told.blocks[1:]) == ["None", "None", "double"]


@given(st.binary(max_size=300) | st.text("<>/pdivh1 aA.,\x00\x1b\"'=", max_size=300).map(str.encode))
def test_no_bytes_make_it_raise(body: bytes) -> None:
    told = explain(body, url="https://paper.example/a")
    assert bool(told.article.text) == any(block.kept for block in told.blocks)
