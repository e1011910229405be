"""The cleaner over the whole corpus: no field may fall below its floor, and no floor may lag behind what the cleaner does."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from archive.case import arguments
from archive.clean.decode import decode
from benchmarks.cleaning import normal
from tests.corpus.figures import FLOORS, PAGES, SHARES, CorpusPage, figures, floor_of, floors, pages, report

BODY = ("body F1", "body precision", "body recall")
FIELDS = (*BODY, *SHARES)
SLACK = 0.02  # a figure so far above its floor has been improved: its floor is to be raised
TRUTH = {"url", "make_up", "language", "text", *(field for field, _ in SHARES.values())}


@pytest.mark.parametrize("name", FIELDS)
def test_no_field_falls_below_its_floor(name: str) -> None:
    figure, floor = figures()[name], floors()[name]
    assert figure.value >= floor, report(name, figure, floor)


@pytest.mark.parametrize("name", FIELDS)
def test_a_floor_is_raised_when_the_cleaner_gets_better(name: str) -> None:
    value, floor = figures()[name].value, floors()[name]
    assert value <= floor + SLACK, f"{name} is {value:.4f}: raise the floor to {floor_of(value)} in {FLOORS.name}, it is {floor}"


def test_each_field_has_a_floor_and_each_floor_a_field() -> None:
    assert sorted(floors()) == sorted(FIELDS)


def test_the_corpus_is_large_and_of_many_languages() -> None:
    assert len(pages()) >= 60
    assert len({page.truth["language"] for page in pages()}) >= 12
    assert len({page.truth["make_up"] for page in pages()}) == len(pages())


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_a_page_says_what_it_is_and_nothing_unknown(page: CorpusPage) -> None:
    assert {"url", "make_up", "language", "text"} <= page.truth.keys() <= TRUTH
    assert page.truth["url"].split("/")[2].endswith(".example")


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_what_a_reader_keeps_stands_in_the_page(page: CorpusPage) -> None:
    """A slip of the pen in truth would count against the cleaner for ever."""
    html, _ = decode((PAGES / page.name / "page.html").read_bytes(), arguments(PAGES / page.name).get("headers"))
    shown = letters(LexborHTMLParser(html).root.text(separator=""))  # type: ignore[union-attr]
    assert [part for part in page.truth["text"] if letters(part) not in shown] == []


def letters(text: str) -> str:
    """What is compared: neither spaces nor marks, which elements may stand between."""
    return normal(text).replace(" ", "")
