"""The headline of small pages, each made as some wide-spread kind of page is."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from archive.clean import clean
from archive.clean.address import address_words, fit
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


@pytest.mark.parametrize(
    ("head", "h1", "headline"),
    [
        (
            og("Trams return to the hill town"),
            "<span>Transport</span> <b>Trams return to the hill town</b>",
            "Trams return to the hill town",
        ),
        (
            og("Up the hill: Trams return to the hill town"),
            "<i>Transport</i> <b>Trams return to the hill town</b>",
            "Trams return to the hill town",
        ),
        (og("Transport: trams return"), "<span>Transport:</span> <b>trams return</b>", "Transport: trams return"),
        ("", "Trams return<br>to the hill town", "Trams return to the hill town"),
        ("", "Trams return<div>to the hill town</div>", "Trams return to the hill town"),
        ("", "Trams &amp;#x26; cable cars return", "Trams & cable cars return"),
    ],
)
def test_what_stands_in_the_h1_as_an_element_of_its_own_is_no_part_of_the_headline_if_the_metadata_leave_it_out(
    head: str, h1: str, headline: str
) -> None:
    assert read(head, f"<h1>{h1}</h1>").headline == headline


TRAIL = "<nav><ul><li>News<li>Hill<li><h1>Hill tram news: what passengers must know</h1></ul></nav>"


@pytest.mark.parametrize(
    ("head", "h2", "headline"),
    [
        (ld("Trams are back, and so are the flags"), "Trams are back, and so are the flags", "Trams are back, and so are the flags"),
        (og("Trams are back, with flags"), "<i>Hill town</i> <b>Trams are back, with flags</b>", "Trams are back, with flags"),
        ("", "Trams are back, and so are the flags", "Hill tram news: what passengers must know"),
        (og("Hill tram news: what passengers must know"), "Timetable", "Hill tram news: what passengers must know"),
    ],
)
def test_an_h1_that_ends_a_breadcrumb_trail_gives_way_to_the_h2_above_the_story_that_the_metadata_know(
    head: str, h2: str, headline: str
) -> None:
    title = "<title>Hill tram news: what passengers must know</title>"
    assert read(title + head, f"{TRAIL}<h2>{h2}</h2>").headline == headline
    labelled = TRAIL.replace("<nav>", '<div aria-label="Breadcrumb">').replace("</nav>", "</div>")
    assert read(title + head, f"{labelled}<h2>{h2}</h2>").headline == headline


def test_the_part_of_a_title_that_a_subheading_shows_is_the_headline() -> None:
    for title in ("Trams are back | Hill Notes", "Hill Notes - Trams are back on the hill line", "Trams are back_News_Hill"):
        shown = "Trams are back on the hill line" if "line" in title else "Trams are back"
        assert read(f"<title>{title}</title>", f"<h2>{shown}</h2>").headline == shown


def test_what_a_bar_parts_off_at_the_end_is_a_label_where_it_is_short() -> None:
    for h1, headline in (
        ("Trams are back on the hill | Opinion", "Trams are back on the hill"),
        ("Trams are back | Opinion", "Trams are back | Opinion"),
        ("Trams are back on the hill | Why the people of the valley wave flags", None),
    ):
        assert read(og(h1), f"<h1>{h1}</h1>").headline == (headline or h1)


def test_a_name_of_the_site_that_is_the_headline_is_none() -> None:
    title = "How the trams came back to the hill town"
    assert read(og(title) + f'<meta property="og:site_name" content="{title}">', f"<h1>{title}</h1>").headline == title


def test_an_h1_that_the_title_has_beside_the_headline_of_the_metadata_names_the_blog() -> None:
    head = "<title>Four Lines Remaining: Small trams</title>" + og("Small trams")
    assert read(head, "<h1>Four Lines Remaining</h1><h3>Small trams</h3>").headline == "Small trams"
    site = "<title>Small trams run | Tramways</title>" + og("Tramways")
    assert read(site, "<h1>Small trams run</h1>", url="https://tramways.example/1").headline == "Small trams run"


def test_a_short_h1_that_shares_a_word_with_the_title_is_taken_unless_the_metadata_agree_on_another() -> None:
    assert read("<title>All about hill trams in winter</title>", "<h1>Winter trams</h1>").headline == "Winter trams"
    assert read("<title>All about hill trams - Winter Trams</title>", "<h1>Winter Trams</h1>").headline != "Winter Trams"
    assert read("<title>All about hill trams in winter</title>", "<h1>The Winter Blog</h1>").headline == "All about hill trams in winter"
    agreed = og("All about hill trams in winter") + ld("All about hill trams in winter")
    assert read(agreed, "<h1>Winter trams</h1>").headline == "All about hill trams in winter"


def test_words_before_the_headline_are_a_kicker_only_where_a_sign_parts_them() -> None:
    assert (
        read(og("Common faults of hill trams"), "<h1>Most common faults of hill trams</h1>").headline == "Most common faults of hill trams"
    )


OLD = """<title>Pier Gazette: New piers open in March</title><table>
<tr><td bgcolor="#003366"><font size="6"><b>Pier Gazette</b></font><br><font size="2">The paper of the tide</font></td></tr>
<tr><td width="140"><a href="/">Front page</a><br><a href="/tides">Tide tables</a></td><td>
<font size="5"><b>New piers open in March</b></font><br><font size="2"><i>Harbour board wants the crews to stay</i></font><br><br>
<font size="2">By Our Correspondent<br>Last changed: 20/11/2026 21.16 | <a href="/print?id=105">Print this page</a></font><hr>
PORT ANSEL &mdash; {first}<br><br>{second}<br><br>{third}</td></tr></table>"""


def test_a_page_from_before_style_sheets_has_its_headline_in_large_letters_and_rules_between_its_parts() -> None:
    parts = [
        f"The {n} harbour board said on Tuesday that its pier will open to ferries in the first week of March, after years of work, and"
        f" that the {n} crew of the old landing stage will be asked to stay on until the summer."
        for n in ("first", "second", "third")
    ]
    page = OLD.format(first=parts[0], second=parts[1], third=parts[2])
    article = clean(page.encode(), url="https://gazette.example/story.php?id=105", zone=ZoneInfo("Europe/Berlin"))
    assert article.headline == "New piers open in March"
    assert article.evidence["headline"] == "heading, a part of: title"
    assert article.text.split("\n\n") == [f"PORT ANSEL — {parts[0]}", *parts[1:]]
    assert article.byline == "By Our Correspondent"
    assert article.modified_at == datetime(2026, 11, 20, 20, 16, tzinfo=UTC)
    assert article.published_at is None
