"""Stories that stand in a page's data alone."""

from __future__ import annotations

import json

import pytest

from archive.clean import clean
from archive.model import Article

PARTS = (
    "Kochi, Nov 21 (PTI) The harbour was closed to all boats on Saturday as waves of four metres were forecast, officials said.",
    "More than two thousand boats were tied up, and no crew was missing at the river mouth, the harbour office said in a *note*.",
    "Schools in five coastal villages were turned into shelters, and the district expects the sea to calm down by Thursday.",
)
HTML = "".join(f"<p>{part}</p>" for part in PARTS)
HEAD = "<title>Harbour closed as waves rise</title><meta property='og:type' content='article'>"


def read(*scripts: str, body: str = "<div id=__next></div>", head: str = HEAD) -> Article:
    return clean(f"<head>{head}{''.join(scripts)}</head><body>{body}</body>".encode(), url="https://paper.example/harbour")


def data(content: object, kind: str = "id=__NEXT_DATA__ type='application/json'") -> str:
    return f"<script {kind}>{json.dumps(content)}</script>"


def test_the_payload_of_a_script_is_read_where_the_page_has_no_story() -> None:
    article = read(data({"props": {"page": {"article": {"title": "Harbour closed", "contents": HTML, "related": [{"body": "short"}]}}}}))
    assert article.text == "\n\n".join(PARTS)
    assert article.text_markdown == "\n\n".join(PARTS).replace("*note*", "\\*note\\*")
    assert (article.evidence["text"], article.agency, article.dateline_place) == ("data of a script", "pti", "Kochi")


def test_the_article_body_is_read_before_it() -> None:
    ld = data({"@type": "NewsArticle", "headline": "Harbour closed", "articleBody": "\n".join(PARTS)}, "type='application/ld+json'")
    article = read(ld, data({"body": "<p>Another text.</p>" * 100}))
    assert (article.text, article.evidence["text"]) == ("\n\n".join(PARTS), "json-ld articleBody")


def test_what_is_pushed_for_server_components_is_put_together_and_read() -> None:
    size = len(HTML.encode())
    stream = f'1:["$","div",null,{{}}]\n1f:T{size:x},{HTML}20:["$","p",null,{{"children":"$1f"}}]\n2:T9,too short'
    cut = len(stream) // 2
    scripts = (f"<script>self.__next_f.push([1,{json.dumps(piece)}])</script>" for piece in (stream[:cut], stream[cut:]))
    article = read("<script>(self.__next_f=self.__next_f||[]).push([0])</script>", *scripts)
    assert (article.text, article.evidence["text"]) == ("\n\n".join(PARTS), "data of a script")


def test_what_stands_in_the_page_counts_before_its_data() -> None:
    article = read(data({"body": "<p>" + "Another text. " * 100}), body=f"<article>{HTML}</article>")
    assert (article.text, article.evidence["text"]) == ("\n\n".join(PARTS), "blocks of the page")


@pytest.mark.parametrize(
    "content",
    [
        {"body": "Too short to be a story. " * 8},
        {"description": HTML},
        [[[[]]]] * 50_000,
        "a text alone",
        {"body": ["word"] * 500},
    ],
)
def test_data_without_a_story_give_none(content: object) -> None:
    assert read(data(content)).text == ""


def test_the_data_of_a_page_that_does_not_say_it_is_an_article_are_left_alone() -> None:
    assert read(data({"content": HTML}), head="<title>Harbour news</title>").text == ""


def test_broken_data_are_passed_over() -> None:
    broken = "<script type='application/json'>{" + '"body": "' + HTML + "</script>"
    assert read(broken, data({"content": HTML})).text == "\n\n".join(PARTS)
    assert read("<script type='application/json'>" + "[" * 100_000 + "</script>").text == ""
