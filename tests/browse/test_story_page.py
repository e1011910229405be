"""The page of a story: what the archive knows of each copy and revision, beside the texts themselves."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from lxml import html as lxml_html

from archive.browse import story_view
from archive.grouping.kept import Kept
from archive.stories import Facts, Text, Timeline
from tests.browse import parts
from tests.browse.parts import Pages


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return parts.small(tmp_path_factory.mktemp("library"))


def test_a_story_of_an_agency_tells_how_late_copies_are_and_under_whose_byline(library: Path) -> None:
    pages = Pages(library)
    own, copy = (text for text in lxml_html.document_fromstring(pages.get("/story/1").text).xpath("//ol[@class='timeline']/li"))
    assert [one.text for one in own.xpath(".//span[@class='tag']")] == ["the agency's own page"]
    assert copy.xpath("string(.//b)") == "1 h 00 min after the agency"
    tags = ["another headline", "agency text under the house's own byline"]
    assert [one.text for one in copy.xpath(".//span[@class='tag']")] == tags
    revised = lxml_html.document_fromstring(pages.get("/story/3").text)
    assert [one.text for one in revised.xpath("//ol[@class='timeline']//span[@class='tag']")] == ["update"]


@pytest.mark.parametrize(("seconds", "said"), [
    (-720, "12 min before the agency"), (59, "with the agency"), (90_000, "1 d 1 h after the agency"), (None, "+30 min"),
])  # fmt: skip
def test_a_delay_is_told_in_words(seconds: int | None, said: str) -> None:
    first, text = (
        Text(
            number,
            f"2026-11-22T10:{at}:00Z",
            False,
            "harbour",
            "Harbour",
            "A",
            None,
            1,
            5,
            "https://harbour.example/",
            is_reference=kept is None,
            is_wire=kept is None,
            kept=kept,
            reference_words=5,
            kept_percent=100,
            added_percent=0,
            paragraphs_cut=0,
            paragraphs_added=0,
            headline_changed=False,
            disclaimer=False,
            by_house=False,
        )
        for number, at, kept in ((1, "00", None), (2, "30", Kept(1, 0, ())))
    )
    wire, copy = (Facts(None, is_wire, delay) for is_wire, delay in ((True, 0), (False, seconds)))
    assert [one.later for one in story_view.told(Timeline(1, "pti", "A", 1, (first, text), (), 0), {1: wire, 2: copy})] == ["", said]


def test_a_story_that_was_not_compared_yet_has_its_page(library: Path, tmp_path: Path) -> None:
    path = tmp_path / "wirecopy.db"
    path.write_bytes(library.read_bytes())
    with sqlite3.connect(path) as conn:
        conn.execute("DELETE FROM copies")
        conn.execute("DELETE FROM changes")
    conn.close()
    document = lxml_html.document_fromstring(Pages(path).get("/story/1").text)
    assert document.xpath("//li//b/text()") == ["+1 h 00 min"]
    assert [one.text for one in document.xpath("//ol[@class='timeline']//span[@class='tag']")] == [
        "the agency's own page", "another headline", "agency text under the house's own byline",
    ]  # fmt: skip
