"""An article as a collection of texts states it: read from its JSON object, under the names that collections give its fields."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.clean import clean
from archive.clean.lines import lines
from archive.clean.recurring import line_key
from archive.model import TEXT_RECORD, Article, Image

HEADERS = {"content-type": TEXT_RECORD}
FETCHED = datetime(2024, 5, 1, tzinfo=UTC)
TEXT = (
    "New Delhi, Nov 22 (PTI) The finance ministry said on Sunday that the state budget would be put before parliament in January.\n\n"
    "Officials of the ministry did not give a date, and the opposition asked for more time to read the papers."
)


def read(said: object, **evidence: Any) -> Article:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    return clean(body, url="https://harbour.example/a", headers=HEADERS, fetched_at=FETCHED, **evidence)


def test_a_line_of_ours_gives_the_article_again() -> None:
    article = read(
        {
            "schema": "wirecopy/article/1", "headline": "Budget in January", "subhead": "A date is open", "byline": "By A. Merrow",
            "authors": ["A. Merrow"], "agency": "ani", "text": TEXT, "section": "Nation", "keywords": ["budget", "india"],
            "language": "en", "published_at": "2023-11-22T10:00:00Z", "published_raw": "Nov 22, 15:30 IST",
            "modified_at": None, "image_url": "https://harbour.example/i.jpg", "is_partial": True,
            "images": [{"url": "https://harbour.example/i.jpg", "caption": "The house"}], "canonical_url": "https://harbour.example/b",
        }
    )  # fmt: skip
    assert (article.headline, article.subhead, article.text) == ("Budget in January", "A date is open", TEXT)
    assert (article.byline, article.authors, article.section) == ("By A. Merrow", ("A. Merrow",), "Nation")
    assert (article.keywords, article.language, article.is_partial) == (("budget", "india"), "en", True)
    assert (article.published_at, article.published_raw) == (datetime(2023, 11, 22, 10, tzinfo=UTC), "Nov 22, 15:30 IST")
    assert (article.modified_at, article.canonical_url) == (None, "https://harbour.example/b")
    assert article.images == (Image("https://harbour.example/i.jpg", caption="The house"),)
    assert [credit.agency for credit in article.credits] == ["ani", "pti"] and article.is_agency_copy
    assert article.evidence["headline"] == "stated: headline" and article.evidence["published_at"].startswith("stated: published_at: ")
    assert article.text_markdown == TEXT and article.reason is None


@pytest.mark.parametrize(
    "said",
    [
        {"title": "A", "maintext": TEXT, "date_publish": "2023-11-22 10:00:00+00:00", "authors": ["A. Merrow"]},  # news-please
        {"title": "A", "text": TEXT, "publish_date": "2023-11-22T10:00:00Z", "authors": ["A. Merrow"]},  # newspaper
        {"title": "A", "plaintext": TEXT, "publishing_date": "2023-11-22 10:00:00+00:00", "authors": ["A. Merrow"]},  # fundus
        {
            "title": "A",
            "body": {"summary": TEXT.split("\n\n")[:1], "sections": [{"headline": [], "paragraphs": TEXT.split("\n\n")[1:]}]},
            "publishing_date": "2023-11-22 10:00:00+00:00",
            "authors": ["A. Merrow"],
        },
        {"article_title": "A", "article_text": TEXT, "publication_date": "2023-11-22T12:00:00+02:00", "author": "A. Merrow"},
        {"headline": "A", "articleBody": TEXT, "datePublished": "2023-11-22T10:00Z", "author": {"name": "A. Merrow"}},  # schema.org
        {"title": "A", "content": f"<p>{TEXT.replace(chr(10) * 2, '</p><p>')}</p>", "date": 1700647200, "author": "A. Merrow"},
        {"title": "A", "body": TEXT.split("\n\n"), "date": 1700647200000, "creator": [{"name": "A. Merrow"}]},
        {"title": "A", "text": "A\n" + TEXT.replace("\n\n", "\n"), "pubDate": "Wed, 22 Nov 2023 10:00:00 GMT", "author": "A. Merrow"},
    ],
)
def test_fields_have_the_names_that_collections_give_them(said: dict[str, Any]) -> None:
    article = read(said)
    assert (article.headline, article.text, article.authors) == ("A", TEXT, ("A. Merrow",))
    assert article.published_at == datetime(2023, 11, 22, 10, tzinfo=UTC)
    assert (article.agency, article.dateline_place, article.language) == ("pti", "New Delhi", "en")


def test_nothing_is_made_up_for_what_is_not_stated() -> None:
    article = read({"text": TEXT, "date": "2023-11-22 10:00"})
    assert (article.headline, article.byline, article.authors, article.section, article.image_url) == (None, None, (), None, None)
    assert (article.published_at, article.published_raw) == (None, "2023-11-22 10:00")
    assert read({"text": TEXT, "date": "2023-11-22 10:00"}, zone=ZoneInfo("Asia/Kolkata")).published_at == datetime(
        2023, 11, 22, 4, 30, tzinfo=UTC
    )
    assert read({"text": TEXT, "date": "2051-01-01T00:00:00Z"}).published_raw is None


def test_hard_wrapped_paragraphs_are_joined_and_lines_are_paragraphs_where_no_line_is_blank() -> None:
    assert read({"text": "One line\nand its end.\n\n \nAnother one."}).text == "One line and its end.\n\nAnother one."
    assert read({"text": "One line.\nAnother one."}).text == "One line.\n\nAnother one."


def test_lines_that_recur_are_learned_and_taken_out() -> None:
    promotion = "Sign up for our morning letter with all the news."
    body = json.dumps({"text": f"{TEXT}\n\n{promotion}"}).encode()
    found = lines(body, url="https://harbour.example/a", headers=HEADERS)
    assert [line.text for line in found][-1] == promotion and all(line.ordinary for line in found)
    assert read(body, furniture=frozenset({line_key(promotion)})).text == TEXT


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "it is no JSON object"),
        (b"[]", "it is no JSON object"),
        (b'{"title": "A"}', "it holds no text"),
        (b'{"body": {"summary": 1, "sections": [{"paragraphs": "x"}, 2]}}', "it holds no text"),
        (b'{"body": {"sections": {}}}', "it holds no text"),
        (b"\xff", "it is no JSON object"),
    ],
)
def test_what_holds_no_text_has_a_reason(body: bytes, reason: str) -> None:
    assert (read(body).text, read(body).reason) == ("", reason)


def test_a_wall_that_somebody_took_for_an_article_is_none() -> None:
    article = read({"title": "Just a moment...", "text": "Checking your browser before accessing harbour.example."})
    assert (article.text, article.wall) == ("", "challenge")


def test_the_same_bytes_under_another_type_are_no_text() -> None:
    assert clean(json.dumps({"text": TEXT}).encode(), url="https://a.example/", headers={"content-type": "application/json"}).authors == ()


NAMES = st.sampled_from(
    ["text", "title", "authors", "date", "keywords", "images", "language", "agency", "byline", "canonical_url", "image"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("\ud800 <p>x</p>"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["name", "url", "caption", "x"]), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(NAMES, VALUES) | st.binary(max_size=40))
def test_whatever_it_states_nothing_raises_and_all_of_it_can_be_stored(said: object) -> None:
    article = read(said)
    for text in (article.headline, article.text, article.byline, article.published_raw, *article.authors, *article.keywords):
        assert text is None or text.encode() is not None
