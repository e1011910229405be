"""The headline of small pages, each made as some wide-spread kind of page is."""

from __future__ import annotations

import pytest

from archive.clean.headline import address_words, fit
from tests.clean.made import read


def og(title: str) -> str:
    return f'<meta property="og:title" content="{title}">'


def ld(headline: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{headline}"}}</script>'


@pytest.mark.parametrize(
    ("head", "h1", "headline"),
    [
        (og("Trams return to the hill town"), "Transport: Trams return to the hill town", "Trams return to the hill town"),
        (og("Transport: Trams return to the hill town"), "Trams return to the hill town", "Trams return to the hill town"),
        (og("Transport: The trams return") + ld("Transport: The trams return"), "The trams return", "Transport: The trams return"),
        (og("Trams return | The Paper"), "Trams return | The Paper", "Trams return"),
        ("<title>RESTAURANT Definition &amp; Meaning</title>", "restaurant", "restaurant"),
    ],
)
def test_the_h1_is_the_headline_without_a_kicker_that_stands_in_one_place_alone_and_without_the_site(
    head: str, h1: str, headline: str
) -> None:
    site = '<meta property="og:site_name" content="The Paper">'
    assert read(site + head, f"<h1>{h1}</h1>").headline == headline


def test_of_two_headlines_that_differ_the_one_that_the_address_was_made_of_is_taken() -> None:
    head, top = og("Ticker: flags out as the first car rolls up to the market"), "<h1>Trams are back on the hill line</h1>"
    assert (
        read(head, top, url="https://paper.example/trams-are-back-on-the-hill-line-12345.html").headline
        == "Trams are back on the hill line"
    )
    moved = "https://paper.example/ticker-flags-out-as-first-car-rolls-up-to-the-market"
    assert read(head, top, url=moved).headline == "Ticker: flags out as the first car rolls up to the market"


def test_an_h1_that_names_the_blog_gives_way_to_the_part_of_the_title_in_the_address() -> None:
    head = "<title>Four Lines Remaining » Blog Archive » Interning of small trams</title>"
    found = read(head, "<h1>Four Lines Remaining</h1>", url="https://lines.example/2019/10/interning-of-small-trams/")
    assert found.headline == "Interning of small trams"


def test_the_words_of_an_address() -> None:
    assert address_words("https://paper.example/news/2025/a-tram-comes-back-1234567.html") == {"a", "tram", "comes", "back"}
    assert address_words("https://[") == frozenset()
    assert fit(frozenset(["muenchen", "faehrt"]), "München fährt") == 1.0


def test_a_style_element_in_the_h1_is_no_part_of_it() -> None:
    top = "<h1><span><style>.css-1{color:red}</style>Trams are back on the hill line</span></h1>"
    assert read("<title>Releases</title>", top).headline == "Trams are back on the hill line"
