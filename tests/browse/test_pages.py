"""Each page, asked through Datasette's own client: what stands on it, what does not, and under which headers."""

from __future__ import annotations

import re
import sqlite3
import urllib.parse
from pathlib import Path

import pytest
from lxml import html as lxml_html

from archive.browse import render
from archive.model import Article
from tests.archive import parts as archive_parts
from tests.browse import parts
from tests.browse.parts import HOSTILE, Pages, text

ALL = (
    "/",
    "/?days=1",
    "/?days=30&agency=pti",
    "/articles",
    "/search?q=minerals",
    "/feeds",
    "/article/1",
    "/story/1",
    "/browse.css",
    "/archive",
)


def test_the_start_page_says_what_came_in_by_day_outlet_and_agency(pages: Pages) -> None:
    answer = pages.get("/")
    assert answer.status_code == 200
    read = text(answer.text)
    assert re.search(r"9 articles of 4 outlets ?; 4 articles with an agency's credit", read), read[:300]
    for expected in (
        "Articles by day",
        "Articles by outlet",
        "Articles by agency",
        "The Harbour Times 3",
        "PTI 3",
        "no agency 5",
        "IANS 1",
    ):
        assert expected in read
    assert "3 outlets · PTI" in read
    assert "India, Japan sign minerals pact" in read.partition("Changed after publication")[2]
    assert "Cranes move again Metro Wire · found gone" in read.partition("Gone ")[2]
    assert "1 of 4 feeds failing" in read


def test_a_plot_has_a_name_a_description_and_a_table(pages: Pages) -> None:
    document = lxml_html.document_fromstring(pages.get("/").text)
    (plot,) = document.xpath("//svg[@role='img']")
    names = [document.get_element_by_id(name).text_content() for name in plot.get("aria-labelledby").split()]
    assert names == ["Articles by day", "9 articles in 7 days; most of them, 9, in day 2026-11-22."]
    rows = [" ".join(row.itertext()).split() for row in document.xpath("//table[caption='Articles by day']/tbody/tr")]
    assert rows == [[f"2026-11-{day}", "9" if day == 22 else "0"] for day in range(16, 23)]


@pytest.mark.parametrize(
    ("query", "articles"), [("outlet=harbour", 3), ("agency=pti", 3), ("outlet=metro&agency=pti", 0), ("to=2026-11-21", 0)]
)
def test_the_start_page_can_be_narrowed(pages: Pages, query: str, articles: int) -> None:
    read = text(pages.get(f"/?{query}").text)
    assert (f"{articles} articles of" in read) == bool(articles)
    assert ("Nothing came in" in read) != bool(articles)


@pytest.mark.parametrize("query", ["days=9", "days=x", "to=tomorrow", "to=0001-01-01", "to=9999-12-31"])
def test_a_time_that_makes_no_sense_is_told_of(pages: Pages, query: str) -> None:
    answer = pages.get(f"/?{query}")
    assert (answer.status_code, "Not a" in text(answer.text)) == (404, True)


def test_the_story_page_tells_who_ran_it_when_and_what_they_changed(pages: Pages) -> None:
    answer = pages.get("/story/2")
    read = text(answer.text)
    assert "3 texts on 3 outlets, first on Valley Post" in read
    assert re.search(r"2026-11-22 05:00 UTC.*State budget due another headline.*2026-11-22 06:00 UTC \+1 h 00 min.*Budget in January", read)
    assert "word for word" in read
    assert "credits no agency" in read
    assert len(lxml_html.document_fromstring(answer.text).xpath("//select[@name='old']/option")) == 3


def test_any_two_texts_can_be_laid_side_by_side(pages: Pages, library: Path) -> None:
    with sqlite3.connect(library) as conn:
        old, new = [row[0] for row in conn.execute("SELECT id FROM articles WHERE headline LIKE 'India, Japan%' ORDER BY revision")]
    for path in (f"/story/1?old={old}&new={new}", f"/article/{new}?old={old}"):
        document = lxml_html.document_fromstring(pages.get(path).text)
        assert "Nine" in [one.text.strip() for one in document.xpath("//td/del")]
        assert "Eleven" in [one.text.strip() for one in document.xpath("//td/ins")]
    assert pages.get(f"/story/1?old={old}&new=999").status_code == 404


def test_the_article_page_has_text_credits_revisions_captures_and_the_snapshot(pages: Pages, library: Path) -> None:
    with sqlite3.connect(library) as conn:
        number, capture = conn.execute("SELECT id, capture_id FROM articles WHERE revision = 2").fetchone()
    answer = pages.get(f"/article/{number}")
    read = text(answer.text)
    for expected in (
        "Eleven companies took part",
        "Asha Rao",
        "IANS (ians), which the page says it runs",
        "from 1 to 2 · update",
        "X-Odd: two spaces",
    ):
        assert expected in read
    (frame,) = lxml_html.document_fromstring(answer.text).xpath("//iframe")
    assert (frame.get("sandbox"), frame.get("src"), frame.get("referrerpolicy")) == ("", f"/snapshot/{capture}", "no-referrer")
    assert "Nine companies" not in lxml_html.document_fromstring(answer.text).xpath("string(//article)")


def test_a_search_has_filters_highlights_and_pages(pages: Pages) -> None:
    document = lxml_html.document_fromstring(pages.get("/search?q=%22critical+minerals%22&outlet=harbour").text)
    assert {"critical", "minerals"} <= {word for one in document.xpath("//mark") for word in one.text.split()}
    assert document.xpath("string(//select[@name='outlet']/option[@selected]/@value)") == "harbour"
    assert "Nothing was found" in text(pages.get("/search?q=minerals&outlet=metro").text)
    assert "Nothing was found" in text(pages.get("/search?q=minerals&until=2020").text)


def test_hits_are_given_twenty_at_a_time(tmp_path: Path) -> None:
    with archive_parts.new_store(tmp_path) as store:
        run = archive_parts.begin(store)
        for number in range(45):
            page = archive_parts.Page(store, f"https://harbour.example/{number}", run_id=run)
            page.say(f"The common word, story {number}.")
    made = Pages(tmp_path / "wirecopy.db")
    seen: list[str] = []
    path: str | None = "/search?q=common"
    while path:
        document = lxml_html.document_fromstring(made.get(path).text)
        seen += document.xpath("//ol[@class='hits']//a/@href")
        path = next(iter(document.xpath("//a[@rel='next']/@href")), None)
    assert len(seen) == len(set(seen)) == 45


@pytest.mark.parametrize(("query", "told"), [
    ("q=%22", "Nothing to search for"), ("q=-+*", "Nothing to search for"), ("q=a&since=yesterday", "Not a date"),
    ("q=a&outlet=nobody", "No outlet 'nobody'"),
])  # fmt: skip
def test_what_cannot_be_searched_for_is_told_on_the_page(pages: Pages, query: str, told: str) -> None:
    answer = pages.get(f"/search?{query}")
    assert (answer.status_code, told in text(answer.text)) == (400, True)


@pytest.mark.parametrize(
    "words", ["AND", "NOT a", 'a"b', "a AND", "NEAR(a b)", "headline:x", "a^2 + b", "(", "*" * 300, "\x00", "'; drop table"]
)
def test_no_words_are_a_syntax_error(pages: Pages, words: str) -> None:
    assert pages.get(f"/search?q={urllib.parse.quote(words)}").status_code in (200, 400)


def test_the_feeds_page_has_what_fails_first(pages: Pages) -> None:
    document = lxml_html.document_fromstring(pages.get("/feeds").text)
    rows = [" ".join(row.text_content().split()) for row in document.xpath("//tbody/tr")]
    assert len(rows) == 4
    assert rows[0].startswith("Valley Post")
    assert "HTTP 500 (1 time in a row)" in rows[0]
    assert "✗ failing 1×" in rows[0]


def test_articles_are_listed_as_they_came_page_by_page(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.browse.pages.MANY", 5)
    first = lxml_html.document_fromstring(pages.get("/articles").text)
    (onward,) = first.xpath("//a[@rel='next']/@href")
    second = lxml_html.document_fromstring(pages.get(onward).text)
    found = [*first.xpath("//main//ul//a/@href"), *second.xpath("//main//ul//a/@href")]
    assert len(found) == len(set(found)) == 9
    assert len(lxml_html.document_fromstring(pages.get("/articles?day=2026-11-22&outlet=valley").text).xpath("//main//ul//a")) == 3


@pytest.mark.parametrize("path", ["/article/999", "/story/999", "/snapshot/999", "/snapshot/999/bytes", "/article/1?old=999", "/nothing"])
def test_what_is_not_there_is_a_404_in_words(pages: Pages, path: str) -> None:
    assert pages.get(path).status_code == 404


@pytest.mark.parametrize("path", ALL)
def test_every_page_forbids_sniffing_framing_and_referrers(pages: Pages, path: str) -> None:
    answer = pages.get(path)
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", [path for path in ALL if path not in ("/browse.css", "/archive")])
def test_our_pages_have_no_script_no_inline_style_and_nothing_from_outside(pages: Pages, path: str) -> None:
    answer = pages.get(path)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "script" not in policy
    assert "unsafe" not in policy
    document = lxml_html.document_fromstring(answer.text)
    assert document.xpath("//script | //style | //*[@style] | //@*[starts-with(name(), 'on')]") == []
    assert {value for value in document.xpath("//@src | //link/@href | //form/@action") if not value.startswith(("/", "data:"))} == set()


def _luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts_of_it = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts_of_it)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_stands_out_as_much_as_wcag_aa_asks(scheme: int) -> None:
    blocks = re.findall(r":root \{(.*?)\}", render.css(), re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", blocks[scheme]))
    texts = {
        "paper": ("ink", "soft", "link", "cut-ink", "came-ink"), "raised": ("ink", "soft", "link"), "cut": ("cut-ink",),
        "came": ("came-ink",), "mark": ("mark-ink",),
    }  # fmt: skip
    drawings = {"paper": ("bar", "bar-2", "focus", "soft")}
    for least, pairs in ((4.5, texts), (3.0, drawings)):
        for ground, inks in pairs.items():
            for ink in inks:
                low, high = sorted((_luminance(colours[ground]), _luminance(colours[ink])))
                assert (high + 0.05) / (low + 0.05) >= least, (ink, ground)


@pytest.mark.parametrize("path", [path for path in ALL if path not in ("/browse.css", "/archive")])
def test_our_pages_can_be_used_by_keyboard_and_by_ear(pages: Pages, path: str) -> None:
    document = lxml_html.document_fromstring(pages.get(path).text)
    assert document.get("lang") == "en"
    assert document.xpath("//a")[0].get("href") == "#content"
    assert [len(document.xpath(f"//{one}")) for one in ("main", "h1", "header", "footer")] == [1, 1, 1, 1]
    ids = document.xpath("//@id")
    assert len(ids) == len(set(ids))
    fields = document.xpath("//input | //select")
    assert [one for one in fields if not document.xpath("//label[@for=$name]", name=one.get("id"))] == []
    assert [one for one in document.xpath("//time/@datetime") if not one.endswith("Z")] == []


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    article = Article(
        HOSTILE, text=f"{HOSTILE}\n\nA second paragraph. {HOSTILE}", byline=HOSTILE, subhead=HOSTILE, section=HOSTILE, dateline=HOSTILE,
        published_raw=HOSTILE, authors=(HOSTILE,), language='en" onfocus="x', evidence={"headline": HOSTILE},
    )  # fmt: skip
    path, number, _ = parts.page(tmp_path, b"<p>x</p>", article)
    made = Pages(path)
    story = made.get(f"/article/{number}").text.partition('href="/story/')[2].partition('"')[0]
    for address in ("/", "/articles", f"/article/{number}", f"/article/{number}?old=1", f"/story/{story}", "/search?q=script", "/feeds"):
        answer = made.get(address)
        assert answer.status_code == 200, address
        assert "<script" not in answer.text, address
        assert "<img" not in answer.text, address
        assert lxml_html.document_fromstring(answer.text).xpath("//@onfocus | //@onerror") == [], address
        if address not in ("/feeds",):
            assert "{{ 7 * 7 }}" in answer.text, address


@pytest.mark.parametrize("words", ['"><script>alert(1)</script>', "</title><script>", "' onfocus='x"])
def test_hostile_questions_stay_words(pages: Pages, words: str) -> None:
    quoted = urllib.parse.quote(words)
    for path in (f"/search?q={quoted}", f"/search?q=a&since={quoted}", f"/articles?agency={quoted}&outlet={quoted}", f"/?agency={quoted}",
                 f"/?outlet={quoted}", f"/?to={quoted}", f"/articles?before={quoted}/1", f"/article/1?old={quoted}"):  # fmt: skip
        answer = pages.get(path)
        assert answer.status_code < 500, path
        assert "<script" not in answer.text, path
        assert lxml_html.document_fromstring(answer.text).xpath("//@onfocus") == [], path


def test_links_of_pages_lead_to_the_web_or_nowhere(tmp_path: Path) -> None:
    article = Article("A", text="A text.", canonical_url="javascript:alert(1)", image_url="javascript:alert(2)")
    path, number, _ = parts.page(tmp_path, b"<p>x</p>", article)
    links = lxml_html.document_fromstring(Pages(path).get(f"/article/{number}").text).xpath("//a/@href")
    assert [link for link in links if not link.startswith(("/", "#", "https://harbour.example/"))] == []
