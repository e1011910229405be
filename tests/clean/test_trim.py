"""What is taken out of a story again: other stories of the page, offers behind a paywall's prompt, invitations to follow."""

from __future__ import annotations

import pytest

from archive.clean import clean
from archive.model import Article

PARTS = tuple(
    f"The {n} harbour board said on Tuesday that its pier will open to ferries in the first week of March, after {n} years of work on it,"
    f" and that the {n} crew of the old landing stage will be asked to stay on until the summer."
    for n in ("first", "second", "third")
)
OTHER = (
    "The rodeo school in the next county says that nine students have left it with a barrel each, which is three more than last year had."
)


def read(body: str) -> Article:
    return clean(f"<body>{body}</body>".encode(), url="https://paper.example/pier")


def story(more: str = "") -> str:
    return f"<article><h1>New piers open in March</h1>{''.join(f'<p>{part}</p>' for part in PARTS)}{more}</article>"


def test_the_next_story_of_a_page_that_scrolls_on_is_not_of_this_one() -> None:
    other = f"<article><h2>Nine students leave school</h2><p>{OTHER}</p><p>Later, {OTHER}</p></article>"
    assert read(f"<main>{story()}{other}</main>").text == "\n\n".join(PARTS)


def test_a_story_beside_the_article_element_of_its_head_is_kept() -> None:
    head = (
        "<article><h1>New piers open in March</h1><p>"
        + "The council has agreed to pay, after a debate of five hours. " * 6
        + "</p></article>"
    )
    rest = "".join(f"<p>{part} {part}</p>" for part in PARTS)
    text = read(f"<main>{head}<article>{rest}</article></main>").text
    assert all(part in text for part in PARTS)


def test_entries_in_articles_of_their_own_below_one_headline_are_the_story() -> None:
    entries = "".join(f"<article><p>{part}</p></article>" for part in PARTS)
    assert read(f"<main><h1>New piers open in March</h1>{entries}</main>").text == "\n\n".join(PARTS)
    assert read(f"<main><article><h1>New piers open in March</h1>{entries}</article></main>").text == "\n\n".join(PARTS)


def test_offers_from_a_paywalls_prompt_on_are_no_text() -> None:
    lines = ("To continue reading, subscribe today", "Standard Digital", "1 crown for 4 weeks, then 39 a month. Cancel anytime.")
    article = read(story("".join(f"<p>{line}</p>" for line in lines)))
    assert (article.text, article.is_partial) == ("\n\n".join(PARTS), True)


@pytest.mark.parametrize("line", ["Follow us on <a href='/g'>Google News</a>", "Join our <a href='/w'>WhatsApp channel</a> for more"])
def test_an_invitation_to_follow_is_no_text(line: str) -> None:
    assert read(story(f"<p>{line}</p>")).text == "\n\n".join(PARTS)


@pytest.mark.parametrize("line", ["Annons", "বিজ্ঞাপন", "Haberin Devamı", "3 / 12"])
def test_controls_and_marks_of_advertisements_are_no_text(line: str) -> None:
    first, second, third = PARTS
    assert read(f"<article><h1>New piers</h1><p>{first}</p><p>{line}</p><p>{second}</p><p>{third}</p></article>").text == "\n\n".join(PARTS)


def test_a_long_line_of_editors_and_times_above_the_story_is_no_text() -> None:
    line = "Edited by Owen Blackett (with inputs from ANSA) Nov 20, 2026 17:28 IST Last updated: Nov 20, 2026 17:29 IST today"
    top = f"<h1>New piers open in March</h1><p>{line}</p>"
    assert read(f"<main>{top}{''.join(f'<p>{part}</p>' for part in PARTS)}</main>").text == "\n\n".join(PARTS)
