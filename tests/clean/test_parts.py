"""The parts of the cleaner that stand alone: datelines, bylines, languages, credits, headlines, names of boxes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from archive.clean.byline import is_byline, people
from archive.clean.dateline import dateline_of
from archive.clean.disclaimer import is_disclaimer
from archive.clean.language import language_of
from archive.clean.signs import name_tokens
from archive.clean.sites import without_site
from archive.clean.text import fold
from archive.clean.tree import HIDDEN
from archive.clean.tree import read as walk
from tests.clean.made import read


@pytest.mark.parametrize(
    ("paragraph", "printed", "place", "agency"),
    [
        ("New Delhi, Aug 29 (PTI) The minister said so.", "New Delhi, Aug 29 (PTI)", "New Delhi", "pti"),
        ("New Delhi, Aug 29 Minister of Coal and Mines said so.", "New Delhi, Aug 29", "New Delhi", None),
        ("New Delhi [India], October 21 (ANI): The court heard.", "New Delhi [India], October 21 (ANI)", "New Delhi", "ani"),
        ("NEW DELHI (Reuters) - The court heard the case.", "NEW DELHI (Reuters)", "NEW DELHI", "reuters"),
        ("WASHINGTON (AP) — The senator left.", "WASHINGTON (AP)", "WASHINGTON", "ap"),
        ("Paris, 3 mai (AFP) – Les musées ouvrent.", "Paris, 3 mai (AFP)", "Paris", "afp"),
        ("Berlin (dpa) - Der Zug kam an.", "Berlin (dpa)", "Berlin", "dpa"),
        ("МОСКВА, 29 августа. /ТАСС/. Поезд пришёл.", "МОСКВА, 29 августа. /ТАСС/", "МОСКВА", "tass"),
        ("नई दिल्ली, 29 अगस्त (आईएएनएस)। बारिश हुई।", "नई दिल्ली, 29 अगस्त (आईएएनएस)", "नई दिल्ली", "ians"),
        ("新华社北京8月29日电 列车到站。", "新华社北京8月29日电", "北京", "xinhua"),
        ("(서울=연합뉴스) 기차가 도착했다.", "(서울=연합뉴스)", "서울", "yonhap"),
        ("DUBLIN — She has left the house.", "DUBLIN", "DUBLIN", None),
    ],
)
def test_a_dateline_is_read_in_the_form_of_its_house(paragraph: str, printed: str, place: str, agency: str | None) -> None:
    found = dateline_of(paragraph)
    assert found is not None
    assert (found.printed, found.place) == (printed, place)
    assert [a.code for a in found.agencies] == ([agency] if agency else [])


@pytest.mark.parametrize(
    "paragraph",
    ["On Aug 29 the minister said so.", "The court (Reuters had it first) heard.", "He said: we go on.", "", "In May 12 of them left."],
)
def test_a_sentence_is_no_dateline(paragraph: str) -> None:
    assert dateline_of(paragraph) is None


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("By Ada Merrow and Tomas Vind", ["Ada Merrow", "Tomas Vind"]),
        ("PTI | New Delhi, Oct 21", []),
        ("By IANS", []),
        ("Von Hilde Brandt, dpa", ["Hilde Brandt"]),
        ("By Staff Reporter", []),
        ("Par Léa Morel", ["Léa Morel"]),
        ("News Desk", []),
        ("By Ada Merrow | Updated: August 29, 2025", ["Ada Merrow"]),
    ],
)
def test_people_are_told_from_agencies_desks_and_dates(byline: str, expected: list[str]) -> None:
    found = people(byline)
    assert [name for name in found if name != "New Delhi"] == expected


def test_a_byline_of_an_agency_is_a_byline() -> None:
    assert is_byline("By IANS | Updated: August 29, 2025 22:00 IST")
    assert not is_byline("By the time the train came in, everybody had left.")


@pytest.mark.parametrize(
    "text",
    [
        "Disclaimer: This post has been auto-published from an agency feed without any modifications to the text",
        "(This story has not been edited by our staff and is auto-generated from a syndicated feed.)",
        "Except for the headline, this story has not been edited by our staff and is published from a syndicated feed.",
    ],
)
def test_a_note_of_unedited_agency_copy_is_a_disclaimer(text: str) -> None:
    assert is_disclaimer(text)


def test_a_sentence_about_a_feed_is_no_disclaimer() -> None:
    assert not is_disclaimer("The farmer said that the feed had not reached the village.")


@pytest.mark.parametrize(
    ("declared", "text", "expected"),
    [
        ("en_us", "The minister said that the plan of the house was for all.", "en-US"),
        ("en", "यह खबर दिल्ली से है और इस के लिए सरकार ने कहा कि यह भी हो", "hi"),
        (None, "Der Zug und die Bahn sind nicht mit dem Plan von gestern zu fahren, das ist auch so.", "de"),
        (None, "列车在北京站停了三十分钟，旅客们都在等待，没有人知道什么时候可以出发，大家都很着急，也有人唱歌。", "zh"),
        ("hi-in", "", "hi-IN"),
        ("utf-8", "新华社北京电 题：促进航天技术更好惠及人民，习近平主席向首届论坛致贺信为中拉深化航天合作指明方向", "zh"),
        (None, "La presidenta de la comisión es cada vez más clara y no quiere que el plan de los socios se retrase.", "es"),
        (None, "La mairie de la ville est dans une phase qui n'a pas été prévue, et les élus ont dit non au plan.", "fr"),
        ("de", "Sieger A. Berg, 2. v. Thal, 3. o. Lahn, 4. a. Moor, 5. z. Hof: Wertung A, B, C nach Punkten, Zeit", "de"),
    ],
)
def test_the_declared_language_is_kept_unless_the_text_says_otherwise(declared: str | None, text: str, expected: str) -> None:
    assert language_of(declared, text)[0] == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Trams return | World | The Paper", "Trams return | World"),
        ("Trams return - The Paper", "Trams return"),
        ("The Paper: Trams return", "Trams return"),
        ("Trams return - at last", "Trams return - at last"),
    ],
)
def test_a_title_loses_the_sites_name_alone(title: str, expected: str) -> None:
    assert without_site(title, {"thepaper"}) == expected


@given(st.text(max_size=300))
def test_no_line_makes_the_parts_raise(line: str) -> None:
    dateline_of(line)
    people(line)
    is_byline(line)
    is_disclaimer(line)
    language_of(line, line)
    without_site(line, {"paper"})
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in fold(line))


def test_a_dateline_below_key_points_is_read() -> None:
    points = "".join(f"<li>{point}</li>" for point in ("Gate stuck since Sunday night", "Ninety vessels waiting", "Nobody was hurt"))
    lede = "<p>ROTTERDAM, March 3 (Reuters) - Ninety ships were waiting on Tuesday on both sides of a lock whose gate has not closed.</p>"
    article = read("", f"<h1>Ships wait at a lock</h1><ul>{points}</ul>{lede}")
    assert (article.dateline_place, article.agency) == ("ROTTERDAM", "reuters")


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("text-lg md:col-span-2 leading-[1.2] items-center story-body", ("story", "body")),
        ("p-3 mt-4 fw-bold d-flex related-posts-2", ("related", "posts")),
        ("post-text entry-content table-of-contents", ("post", "text", "entry", "content", "table", "of", "contents")),
        ("top-stories text list-item", ("top", "stories", "text", "list", "item")),
        ("überschrift-gross mt-2", ("berschrift", "gross")),
        ("", ()),
    ],
)
def test_classes_that_say_how_a_box_looks_are_no_names(names: str, words: tuple[str, ...]) -> None:
    assert name_tokens(names) == words


@pytest.mark.parametrize(("number", "flag"), [("S:1f", 0), ("S:", HIDDEN), ("menu", HIDDEN)])
def test_what_a_server_sends_hidden_for_a_script_to_show_is_not_hidden(number: str, flag: int) -> None:
    root = LexborHTMLParser(f'<div hidden id="{number}"><p>The tram came back.</p></div>').root
    assert root is not None
    page = walk(root)
    assert page.boxes[page.blocks[0].box].flags & HIDDEN == flag
