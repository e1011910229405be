"""Whatever comes in, an Article comes out: with text or a reason, and without control characters."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.clean import clean
from archive.model import Article

URL = "https://paper.example/story"
STORY = "<p>The ferry left the harbour at noon with all its passengers, and it came back in the evening, the harbour master said.</p>"


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from strings(key)
            yield from strings(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from strings(item)


def sound(article: Article) -> None:
    assert bool(article.text) != bool(article.reason)
    for field in dataclasses.fields(article):
        for text in strings(getattr(article, field.name)):
            assert not [c for c in text if (ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160 or 0xD800 <= ord(c) < 0xE000]


@pytest.mark.parametrize(
    "body",
    [
        '<meta property="article\x0b:published_time" content="2025-03-23T09:30:00Z">',
        '<p>x<time datetime="2025-02-08\x10T14:45:00+01:00">8</time>',
        '<meta property="article:published_time\x7f" content="2025-03-23\u202eT09:30:00Z">',
    ],
)
def test_times_and_the_names_of_their_fields_hold_no_control_characters(body: str) -> None:
    sound(clean(f"<html><title>A</title>{body}<article>{STORY * 9}</article>".encode(), url=URL))


def test_a_reference_of_thousands_of_digits_is_no_character() -> None:
    many = "&amp;#" + "1" * 5000 + ";"
    heads = f'<title>A {many}</title><meta name="author" content="{many}"><meta property="og:title" content="A {many}">'
    page = f"{heads}<article>{STORY * 9}</article>"
    sound(clean(page.encode(), url=URL))


@pytest.mark.parametrize(
    "many",
    [
        f"<p {' '.join(f'a{number}=1' for number in range(100_000))}>x</p>",
        f"<p {' '.join(f'a{number}' for number in range(100_000))}",
        "<select>" + "<oPtion>x" * 100_000 + "</select>",
        "<SELECT>" + "<OPTION value='1'>x</OPTION>" * 100_000,
    ],
    ids=["attributes", "attributes of an open tag", "open options", "options"],
)
def test_a_tag_of_countless_attributes_and_a_list_of_countless_options_hide_no_story(many: str) -> None:
    """Either took the parser minutes: it compares each with all before it."""
    article = clean(f"<html><title>A</title><article>{STORY * 9}</article>{many}</html>".encode(), url=URL)
    assert "The ferry left the harbour" in article.text


@given(st.binary(max_size=2000))
def test_any_bytes_give_an_article(body: bytes) -> None:
    sound(clean(body, url=URL))


PIECES = [
    "<p>", "</p>", "<div class='share'>", "</div>", "<script>", "</script>", "<!--", "-->", "<h1>", "</h1>", "<a href=x>", "</a>",
    STORY, "<time datetime='2024-13-45'>", "<meta property='og:title' content='&#x1b;[31mred'>", "<li>", "<br><br>", "\x00",
    "\x1b[0m", "&#0;", "&#127;", "By PTI | Aug 29, 2025", "<table><td>", "<html lang='\x85'>", "<title>A | B | C", "</title>",
    '<script type="application/ld+json">{"@type":"NewsArticle","headline":["x"],"author":[{"@id":"#a"}],',
    "<b>", "<svg>", "<![CDATA[", "\u2028", "\ufffd",
]  # fmt: skip
MARKUP = st.lists(st.sampled_from(PIECES), max_size=40)


@settings(max_examples=150)
@given(MARKUP, st.text(max_size=60))
def test_any_broken_markup_gives_an_article(parts: list[str], url: str) -> None:
    sound(clean("".join(parts).encode("utf-8", "replace"), url=url, headers={"Content-Type": "text/html"}))


@pytest.mark.parametrize(
    "body",
    [
        b"<div>" * 400_000,
        b"<b>x" * 300_000,
        b"<p>" + b"<b>x</b> " * 200_000,
        b'<p class="' + b"word " * 400_000 + b'">',
        b"<script>" + b"x();" * 500_000,
        b"<!--" + b"x" * 2_000_000,
        b'<script type="application/ld+json">' + b"[" * 500_000,
        b"<h1>title</h1>" * 60_000,
        b"<a href=/x>" * 200_000,
    ],
    ids=["nested", "nested inline", "siblings", "attribute", "script", "comment", "deep json", "headlines", "links"],
)
def test_a_hostile_page_gives_an_article(body: bytes) -> None:
    sound(clean(body, url=URL))


def test_scripts_styles_and_comments_never_reach_the_text() -> None:
    unseen = "<style>p{a:b}</style><script>steal('secret')</script><!-- hidden -->"
    page = f"<html><body><article><h1>Ferry</h1>{STORY}{unseen}{STORY[:-4]} Again.</p></article>"
    text = clean(page.encode(), url=URL).text
    assert "ferry left the harbour" in text
    assert "steal" not in text
    assert "hidden" not in text
    assert "a:b" not in text


def test_a_script_that_never_ends_hides_only_what_follows_it() -> None:
    page = f"<html><body><article><h1>Ferry</h1>{STORY}{STORY[:-4]} Again.</p></article><script>var x = '<p>This is not a story at all.</p>"
    text = clean(page.encode(), url=URL).text
    assert "ferry left the harbour" in text
    assert "not a story" not in text


def test_a_name_of_a_meta_element_is_scrubbed_before_it_is_evidence() -> None:
    page = f'<html><head><meta name="article\x1apublished_time" content="2026-04-30T06:00:00Z"></head><body>{STORY * 4}</body></html>'
    article = clean(page.encode(), url=URL, headers={"Content-Type": "text/html; charset=utf-8"})
    assert article.published_at is not None
    assert "articlepublished_time" in article.evidence["published_at"]


def test_a_printed_time_is_scrubbed_before_it_is_kept_as_printed() -> None:
    page = f'<html><body><h1>Ferry late</h1><time datetime="2024-07-14T17:\x120:00-05:00">14 July</time>{STORY * 4}</body></html>'
    article = clean(page.encode(), url=URL, headers={"Content-Type": "text/html; charset=utf-8"})
    assert article.published_raw is not None and article.published_raw.isprintable()


def test_a_comparison_and_an_apostrophe_in_a_script_hide_nothing_behind_it() -> None:
    script = "<script>for (i = 0; i<n && ok; i++) { x = 'it' } // it's\n" + "call('x', 1);\n" * 4000 + "</script>"
    page = f"<html><body>{script}<article><h1>Ferry</h1>{STORY}<p>The ferry's crew stays.</p></article></body></html>"
    text = clean(page.encode(), url=URL).text
    assert "ferry left the harbour" in text
    assert "crew stays" in text
