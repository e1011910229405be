"""Stories that their site parts into several pages: which link leads on, and how the pages become one article."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from archive.clean import clean
from archive.clean.next_page import may_go_on, next_page
from archive.model import Article, Further

URL = "https://paper.example/news/new-pier.html"
ONE = [
    "The harbour board said on Tuesday that the new pier will open to ferries in the first week of March, after two years of work on it.",
    "Three companies had asked for berths, the board said, and two of them will begin to sail from there on the first morning.",
]
TWO = [
    "The old pier, which dates from the last century, will be taken down over the summer, and its stones will be used for a sea wall.",
    "Fishermen who land their catch there were told to move to the northern basin, where the board has built a cold store for them.",
]
THREE = ["The work will cost nine million in all, said the mayor, and the town is to pay a third of it over the next ten years."]


def page(paragraphs: list[str], pager: str = "", *, comments: str = "", head: str = "") -> bytes:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<html><head><title>New pier opens</title>{head}</head><body><article><h1>New pier opens in March</h1>{text}</article>"
        f"<nav class='pager'>{pager}</nav><section class='comments'>{comments}</section></body></html>"
    ).encode()


def further(number: int, body: bytes) -> Further:
    return Further(f"{URL}?page={number}", body, {})


def read(*bodies: bytes) -> Article:
    return clean(bodies[0], url=URL, further=[further(number, body) for number, body in enumerate(bodies[1:], 2)])


@pytest.mark.parametrize(
    ("url", "link"),
    [
        (URL, "<a href='{}'>2</a>".format("/news/new-pier.html?page=2")),
        (URL, "<a href='?page=2'>Next page</a>"),
        (URL, '<a rel="next" href="new-pier-2.html">&gt;</a>'),
        (URL, "<a href='https://www.paper.example/news/new-pier_2.html'>Weiter ›</a>"),
        (URL, "<a href='/news/new-pier.html/seite-2'>nächste Seite</a>"),
        (URL, "<a href='/news/new-pier,2.html'>2</a>"),
        (URL, "<a href='/news/new-pier.html?p=2#story'>Page 2</a>"),
        (URL, "<a href='/news/new-pier-p2.html' aria-label='Next page'></a>"),
        ("https://paper.example/news/new-pier/", "<a class='post-page-numbers' href='/news/new-pier/2/'>2</a>"),
        ("https://paper.example/news/new-pier", "<a href='/news/new-pier/page/2'>अगला</a>"),
        ("https://paper.example/news/new-pier", "<a href='/news/new-pier/2'>次へ</a>"),
        ("https://paper.example/view?id=77", "<a href='/view?id=77&page=2'>Siguiente »</a>"),
        ("https://paper.example/view?id=77&page=1", "<a href='/view?page=2&id=77'>2</a>"),
    ],
)
def test_a_page_links_to_its_second_one(url: str, link: str) -> None:
    body = page(ONE, link)
    assert next_page(LexborHTMLParser(body), url, None, 2) is not None
    assert may_go_on(body, url) or "href='?page=2'" in link  # a bare query without rel=next is looked for in vain


@pytest.mark.parametrize(
    "link",
    [
        "<a rel='next' href='/news/next-story.html'>Next</a>",  # the next story
        "<a rel='next' href='/news/new-pier-of-2.html'>2</a>",
        "<a href='/news/new-pier-2.html'>A second pier is planned</a>",  # another story whose address came twice
        "<a href='https://other.example/news/new-pier.html?page=2'>2</a>",
        "<a href='/news/new-pier.html?page=3'>3</a>",
        "<a href='/news/new-pier.html?page=22'>22</a>",
        "<a href='/news/new-pier.html?section=town&page=2'>2</a>",
        "<a href='/news/new-pier.html?comments=2'>2</a>",
        "<a href='/news/new-pier.html/comment-page-2'>2</a>",
        "<a href='/news/?page=2'>Next page</a>",
        "<div id='comments'><a href='/news/new-pier.html?page=2'>2</a></div>",
        "<a href='http://[/news/new-pier.html?page=2'>2</a>",
        "<a href='javascript:next(2)'>2</a>",
    ],
)
def test_other_links_lead_elsewhere(link: str) -> None:
    assert next_page(LexborHTMLParser(page(ONE, link)), URL, None, 2) is None


def test_a_canonical_address_is_the_storys_own_as_well() -> None:
    tree = LexborHTMLParser(page(ONE, "<a href='/pier-story?page=2'>2</a>"))
    assert next_page(tree, URL, "https://paper.example/pier-story", 2) == "https://paper.example/pier-story?page=2"
    assert next_page(tree, URL, "https://other.example/pier-story", 2) is None


def test_the_pages_of_a_story_become_one_article() -> None:
    pager = "<a href='?page=2'>2</a> <a href='?page=3'>3</a>"
    article = read(page(ONE, pager), page([ONE[0], *TWO], pager), page(THREE))
    assert article.text.split("\n\n") == [*ONE, *TWO, *THREE]  # what the second page repeats stands once
    assert article.text_markdown.split("\n\n") == [*ONE, *TWO, *THREE]
    assert article.headline == "New pier opens in March"
    assert article.evidence["text"] == "blocks of the page; joined from 3 pages"
    assert not article.is_partial and article.continues_at is None


def test_a_page_that_was_not_given_is_named() -> None:
    pager = '<a rel="next" href="/news/new-pier.html?page=2">2</a> <a href="/news/new-pier.html?page=3">3</a>'
    first = read(page(ONE, pager))
    assert first.continues_at == f"{URL}?page=2" and first.is_partial
    assert first.evidence["is_partial"] == f"its page 2 is not here: {URL}?page=2"
    both = read(page(ONE, pager), page(TWO, pager))
    assert both.continues_at == f"{URL}?page=3" and both.is_partial
    assert both.text.split("\n\n") == [*ONE, *TWO]


THIRD = "<a href='?page=3'>3</a>"


@pytest.mark.parametrize("second", [page(ONE, THIRD), page([]), b"", b"\x89PNG", page(["2 / 3"], THIRD)])
def test_a_story_ends_before_a_page_with_nothing_new(second: bytes) -> None:
    article = read(page(ONE, '<a rel="next" href="?page=2">2</a>'), second)
    assert article.text.split("\n\n") == ONE
    assert not article.is_partial and article.continues_at is None and "is_partial" not in article.evidence


@pytest.mark.parametrize("url", ["", "http://[", "no url", "https://paper.example", "https://paper.example/?id=2"])
def test_a_story_without_an_address_of_its_own_has_no_second_page(url: str) -> None:
    body = page(ONE, "<a href='/news/new-pier.html?page=2'>2</a>")
    assert clean(body, url=url).continues_at is None
    assert not may_go_on(body, url)


def test_a_credit_at_the_storys_end_counts() -> None:
    article = read(page(ONE, "<a href='?page=2'>2</a>"), page([*TWO, "(With inputs from PTI)"]))
    assert article.agency == "pti" and "agency" in article.evidence


@pytest.mark.parametrize("link", ["<a href='new-pier.html'>2</a>", "<a href=?page=2", "new-pier", "href=", "<a href='/2?2=2'>2</a>"])
def test_bytes_that_nobody_wrote_for_people_are_read_to_an_end(link: str) -> None:
    body = page(ONE, link * 100_000)
    may_go_on(body, URL)
    assert read(body).text.split("\n\n") == ONE


def test_a_thousand_links_to_the_story_itself_are_no_way_on() -> None:
    many = "".join(f"<div class='comment'><a href='/news/new-pier.html?page=2'>reply {n}</a></div>" for n in range(5000))
    assert next_page(LexborHTMLParser(page(ONE, many)), URL, None, 2) is None
