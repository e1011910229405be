"""Pages that show a part of their story only."""

from __future__ import annotations

import json
from typing import Any

import pytest

from archive.clean import clean
from archive.model import Article

TEXT = "The harbour board said on Tuesday that the new pier will open to ferries in the first week of March, after two years of work on it."


def read(*paragraphs: str, behind: str = "", **ld: Any) -> Article:
    data = json.dumps({"@type": "NewsArticle", "headline": "New pier opens in March", **ld})
    story = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    page = (
        f"<head><script type='application/ld+json'>{data}</script></head><body><article><h1>New pier opens in March</h1>{story}</article>"
    )
    return clean(f"{page}{behind}</body>".encode(), url="https://paper.example/news/pier")


@pytest.mark.parametrize(
    "prompt",
    [
        "Subscribe now to continue reading",
        "Already a subscriber? Log in",
        "This article is for subscribers only.",
        "Il vous reste 57.09% de cet article à lire. La suite est réservée aux abonnés.",
        "Nur für Abonnenten: Jetzt weiterlesen mit dem Probeabo",
        "Contenido exclusivo para suscriptores",
        "この記事は有料会員限定です。",
        "Материал доступен только по подписке",
    ],
)
def test_a_short_text_before_a_paywalls_prompt_is_a_part(prompt: str) -> None:
    article = read(TEXT, "More is to come. " + TEXT, behind=f"<div class='wall'><p>{prompt}</p></div>")
    assert article.is_partial
    assert article.evidence["is_partial"].startswith("prompt: ")
    assert prompt not in article.text


def test_a_whole_story_with_an_advertisement_behind_it_is_none() -> None:
    article = read(*(f"Part {n}: {TEXT}" for n in range(20)), behind="<div><p>Subscribe now to read this paper every day</p></div>")
    assert (article.is_partial, "is_partial" in article.evidence) == (False, False)


def test_a_text_that_breaks_off_before_a_link_to_read_on_is_a_part() -> None:
    assert read(TEXT, TEXT[:90] + " ...", behind="<p><a href='/news/pier/full'>Read more</a></p>").is_partial
    assert not read(TEXT, TEXT, behind="<p><a href='/news/other'>Read more</a></p>").is_partial
    assert not read(TEXT, TEXT[:90] + " ...", behind="<p><a href='/'>Home</a></p>").is_partial


@pytest.mark.parametrize(
    ("given", "is_partial"),
    [
        ({"isAccessibleForFree": False}, True),
        ({"isAccessibleForFree": "False"}, True),
        ({"isAccessibleForFree": True}, False),
        ({"isAccessibleForFree": "false", "wordCount": "not a number"}, True),
        ({}, False),
        ({"wordCount": 900}, False),  # many outlets count what is no text of the story
    ],
)
def test_what_the_metadata_say_is_believed_of_hardly_any_text(given: dict[str, Any], is_partial: bool) -> None:
    assert read(TEXT, TEXT, **given).is_partial is is_partial


def test_a_stated_number_of_words_far_above_those_of_the_text_tells_of_a_part() -> None:
    paragraphs = [f"Part {n}: {TEXT}" for n in range(8)]
    assert read(*paragraphs, isAccessibleForFree=False, wordCount=1200).is_partial
    assert not read(*paragraphs, isAccessibleForFree=False, wordCount=250).is_partial


def test_a_page_without_a_story_is_no_part_of_one() -> None:
    assert not clean(b"<body><p>Subscribe now to continue reading</p></body>", url="https://paper.example/").is_partial
