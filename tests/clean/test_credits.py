"""Which lines around a story credit an agency, and which are about a picture or nothing of the kind."""

from __future__ import annotations

import pytest

from archive.clean import clean
from archive.clean.dateline import names_a_house, source_line
from tests.clean.made import STORY, read

H1 = "<h1>Trams are back on the hill line</h1>"


@pytest.mark.parametrize(
    ("line", "credit", "place", "agencies"),
    [
        ("PTI | Siliguri, Nov 20", "PTI", "Siliguri", ["pti"]),
        ("New Delhi, Aug 29 / ANI", "ANI", "New Delhi", ["ani"]),
        ("Siliguri | PTI | Nov 20, 2025 08:12 IST", "PTI", "Siliguri", ["pti"]),
        ("New Delhi | PTI", "PTI", "New Delhi", ["pti"]),
        ("PTI | Jammu", "PTI", "Jammu", ["pti"]),
        ("Reuters — LONDON", "Reuters", "LONDON", ["reuters"]),
        ("Agencies • Mumbai", "Agencies", "Mumbai", []),
        ("dpa/AFP", "dpa, AFP", None, ["dpa", "afp"]),
        ("IANS | Updated: August 29, 2025 22:00", "IANS", None, ["ians"]),
    ],
)
def test_a_line_of_its_own_names_house_and_place(line: str, credit: str, place: str | None, agencies: list[str]) -> None:
    found = source_line(line)
    assert found is not None
    assert (found.credit, found.dateline.place if found.dateline else None) == (credit, place)
    assert not found.dateline or [agency.code for agency in found.dateline.agencies] == agencies


@pytest.mark.parametrize(
    "line",
    [
        "Jane Roe / AFP",
        "Bloomberg | Jane Roe",
        "Home | RSS | Contact",
        "© dpa | Jens Kahl",
        "India | World | Reuters",
        "PTI",
        "",
        "The court heard it | the end",
    ],
)
def test_credits_of_pictures_menus_and_sentences_are_no_source_line(line: str) -> None:
    assert source_line(line) is None


def test_a_source_line_is_no_text_and_gives_agency_byline_and_place() -> None:
    found = read(top=f"{H1}<p>PTI | Siliguri, Nov 20</p>")
    assert found.text.startswith("The tram came back")
    assert (found.agency, found.byline, found.dateline_place) == ("pti", "PTI", "Siliguri")
    assert found.is_agency_copy
    assert names_a_house("Jane Roe / AFP")  # no text either, where it stands above a story


@pytest.mark.parametrize(
    ("end", "agency"),
    [
        ("<footer><ul><li>RSS</li><li>AA</li></ul></footer>", None),
        ("<p>© Jane Roe/dpa</p>", None),
        ("<p>© AFP | Handout</p>", None),
        ("<figure><img><figcaption>Reuters</figcaption></figure>", None),
        ("<p>Copyright 2012 The Associated Press. All rights reserved.</p>", "ap"),
        ("<p>© 2024 AFP</p>", "afp"),
        ("<p>Source: dpa</p>", "dpa"),
    ],
)
def test_a_line_behind_the_story_counts_as_a_credit_where_it_can_only_be_one(end: str, agency: str | None) -> None:
    assert read(top=H1, end=end).agency == agency


def test_a_house_at_the_end_of_the_byline_or_in_the_last_paragraph_but_one_is_credited() -> None:
    assert read(top=f"{H1}<p>By Ada Merrow and Tomas Vind The Associated Press</p>").agency == "ap"
    signed = "<p>The next car is due on Friday, and nobody in the town wants to miss it this time. (FR mit dpa)</p>"
    last = "<p>The paper is a part of the network of papers of the valley and of the hill towns that lie around it.</p>"
    page = clean(f"<html><body><main>{H1}{STORY}{signed}{last}</main></body></html>".encode(), url="https://paper.example/1")
    assert (page.agency, page.evidence["agency"]) == ("dpa", "signature: FR mit dpa")
