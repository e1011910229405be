"""Pictures of a story: which, in what order, with what words."""

from __future__ import annotations

import pytest

from archive.clean import clean
from archive.model import Image

TEXT = "The harbour board said on Tuesday that the new pier will open to ferries in the first week of March, after two years of work on it."


def images(*between: str, before: str = "", after: str = "") -> tuple[Image, ...]:
    story = "".join(f"<p>Part {n}: {TEXT}</p>{figure}" for n, figure in enumerate((*between, "")))
    page = f"<body><header><img src='/logo.png'></header><article><h1>New pier opens in March</h1>{before}{story}</article>{after}</body>"
    return clean(page.encode(), url="https://paper.example/news/pier").images


def test_a_figure_is_kept_with_its_caption_credit_and_alternative_text() -> None:
    figure = """<figure><img src="/i/pier.jpg?w=800" alt="A pier at dawn"><figcaption>The pier on Monday.</figcaption>
    <span class="credit">Photo: R. Oduya</span></figure>"""
    assert images(figure) == (Image("https://paper.example/i/pier.jpg?w=800", "The pier on Monday.", "Photo: R. Oduya", "A pier at dawn"),)


@pytest.mark.parametrize(
    ("caption", "said", "credit"),
    [
        ("The pier on Monday. (Photo: R. Oduya)", "The pier on Monday.", "Photo: R. Oduya"),
        ("Das Schiff im Hafen. Foto: Jan Brook/dpa", "Das Schiff im Hafen.", "Foto: Jan Brook/dpa"),
        ("The pier on Monday.", "The pier on Monday.", None),
        ("A ratio: three to one", "A ratio: three to one", None),
    ],
)
def test_a_credit_at_the_end_of_a_caption_is_told_from_it(caption: str, said: str, credit: str | None) -> None:
    (found,) = images(f'<figure><img src="a.jpg"><figcaption>{caption}</figcaption></figure>')
    assert (found.caption, found.credit) == (said, credit)


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="data:image/gif;base64,R0lGOD" data-src="/i/a.jpg">',
        '<img srcset="/i/small.jpg 320w, /i/a.jpg 1280w, /i/middle.jpg 640w">',
        '<picture><source srcset="/i/a.webp"><img src="/i/a.jpg"></picture>',
        '<amp-img src="/i/a.jpg" width="1200" height="675"></amp-img>',
    ],
)
def test_the_address_is_found_where_pages_keep_it(markup: str) -> None:
    assert [image.url for image in images(markup)] == ["https://paper.example/i/a.jpg"]


def test_they_come_in_the_order_of_the_story_each_once() -> None:
    found = images('<img src="/2.jpg">', '<img src="/3.jpg"><img src="/2.jpg">', before='<img src="/1.jpg">')
    assert [image.url[-5:] for image in found] == ["1.jpg", "2.jpg", "3.jpg"]


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="/pixel.gif" width="1" height="1">',
        '<img class="author-avatar" src="/face.jpg">',
        '<aside><img src="/promo.jpg"></aside>',
        '<ul><li><a href="/other"><img src="/other.jpg">Another story</a></li></ul>',
        '<img src="javascript:alert(1)">',
        '<img alt="nothing">',
    ],
)
def test_furniture_is_no_picture_of_the_story(markup: str) -> None:
    assert images(markup) == ()


def test_a_figure_of_the_article_above_its_headline_is_its_first_picture() -> None:
    figure = '<figure><img src="/top.jpg"><figcaption>The pier.</figcaption></figure>'
    page = f"<body><img src='/logo.png'><article>{figure}<h1>New pier opens</h1><p>{TEXT}</p><p>Then, {TEXT}</p></article></body>"
    assert [image.url for image in clean(page.encode(), url="https://paper.example/").images] == ["https://paper.example/top.jpg"]


def test_what_stands_behind_the_story_is_not_of_it() -> None:
    assert images(after="<div><p>More</p><p>Other</p><img src='/late.jpg'></div>") == ()
