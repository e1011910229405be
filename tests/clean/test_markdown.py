"""The story as markdown: a test per construct, and everywhere the same words as in the text."""

from __future__ import annotations

import json
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from archive.clean import clean
from archive.clean.inline import escaped, lines_escaped
from archive.clean.markdown import markdown
from archive.clean.tree import read
from tests.clean.test_pages import PAGES

BASE = "https://paper.example/news/ferry"


def both(html: str) -> tuple[str, str]:
    """(markdown, text) of all blocks of a page."""
    root = LexborHTMLParser(html).root
    assert root is not None
    page = read(root)
    return markdown(page, range(len(page.blocks)), BASE), "\n\n".join(block.text for block in page.blocks)


def made(html: str) -> str:
    return both(html)[0]


_OPENS = re.compile(r"(?:> ?)?(?: *(?:[-*]|\d+[.)]) )? *(?P<fence>`{3,}$)?(?:#{2,6} )?")
_RULE = re.compile(r"\| ---(?: \| ---)* \|")  # under a table's head
_MARKUP = re.compile(r"\\([!-/:-@\[-`{-~])|\\$|\]\((?:\\.|[^()\s])*\)|[*\[]")


def stripped(text: str) -> list[str]:
    """The words of our markdown without its markup; no parser, only what this project writes."""
    out: list[str] = []
    fence, quoted, table = "", False, False
    lines = text.split("\n")
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        start = _OPENS.match(line)
        assert start is not None
        if fence:
            body = line[1:] if quoted else line
            fence = "" if body.strip() == fence else fence
            out += body.split() if fence else []
        elif start["fence"]:
            fence, quoted = start["fence"], line.startswith(">")
        elif not _RULE.fullmatch(line):
            table = bool(line and (table or _RULE.fullmatch(following)))
            rest = line[start.end() :]
            rest = re.sub(r"(?<!\\)((?:\\\\)*)\|", r"\1 ", rest) if table else rest
            out += _MARKUP.sub(lambda match: match[1] or "", rest).split()
    return out


# --- a construct each ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("<p>One<br>two<br><br>three</p>", "One\\\ntwo\n\nthree"),
        ("<h1>A</h1><h2>B</h2><h4>C</h4>", "## A\n\n## B\n\n#### C"),
        ("<h3><div>B #</div></h3>", "### B \\#"),
        ("<p>A <b>bold</b> and <em>a slanted</em> <strong><i>word</i></strong>.", "A **bold** and *a slanted* ***word***."),
        ("<p><b>All of it is bold.</b></p>", "All of it is bold."),
        ("<p><b>Bold <i>and</i> more</b></p>", "Bold *and* more"),
        ("<p>White <b> space </b>goes", "White **space** goes"),
        ("<p>in<b>side</b>of", "in**side**of"),
        ("<p>A<b>“quoted”</b>word", "A“quoted”word"),
        ("<p>x<b>a</b><i>b</i>", "x**a**b"),
        ("<p>x<b>a<a href='javascript:x'>b</a></b>", "x**ab**"),
        ("<b>Open <p>in</p> tail</b> more", "Open\n\nin\n\n**tail** more"),
    ],
)
def test_paragraphs_subheads_and_emphasis(html: str, expected: str) -> None:
    assert made(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<p>See <a href="https://e.example/x">this</a>.', "See [this](https://e.example/x)."),
        ('<p>See <a href="../x?a=1&amp;b=2#part"> this </a>.', "See [this](https://paper.example/x?a=1&b=2) ."),
        ('<p>See <a href="/a b(c)|`*">this</a>.', "See [this](https://paper.example/ab%28c%29%7C%60%2A)."),
        ('<p>See <a href="/?a&amp;copy;">this</a>.', "See [this](https://paper.example/?a\\&copy;)."),
        ('<p>See <a href="javascript:alert(1)">this</a>.', "See this."),
        ('<p>See <a href=" JaVa&#10;Script:alert(1)">this</a>.', "See this."),
        ('<p>See <a href="data:text/html,x">this</a>.', "See this."),
        ('<p>See <a href="#part">this</a>, <a href="">that</a>, <a>those</a>.', "See this, that, those."),
        ('<p>See <a href="https://[::1">this</a>.', "See this."),
        ('<p>Stop!<a href="/x">this</a>', "Stop\\![this](https://paper.example/x)"),
        ('<p>A <b>bold <a href="/x">link</a></b>.', "A **bold** [**link**](https://paper.example/x)."),
        ('<p>See <a href="/a/../x">this</a>.', "See [this](https://paper.example/x)."),
        ('<p>See <a href="//e.example/x">th\u00ad\u200bis</a>.', "See [this](https://e.example/x)."),
        ('<p><a href="/x"><img></a>Text.', "Text."),
        ('<a href="/x"><p>A card.</p></a>', "[A card.](https://paper.example/x)"),
        ('<p><a href="/x">[a]*b*</a>', "[\\[a\\]\\*b\\*](https://paper.example/x)"),
    ],
)
def test_links_lead_to_web_pages_or_are_text(html: str, expected: str) -> None:
    assert made(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<ul><li>a<li>b</ul><p>c", "- a\n- b\n\nc"),
        ("<ol><li>a<li>b</ol>", "1. a\n2. b"),
        ("<ul><li>a</ul><ul><li>b</ul>", "- a\n\n* b"),
        ("<ul><li>a<ol><li>b<li>c</ol><li>d</ul>", "- a\n  1. b\n  2. c\n- d"),
        ("<ol><li><p>a<p>b<li>c</ol>", "1. a\n\n   b\n2. c"),
        ("<ul><li>a<ul><li>b<ul><li>c</ul></ul></ul>", "- a\n  - b\n\n  * c"),
        ("<ul><li>- a<li># b</ul>", "- \\- a\n- \\# b"),
        ("<ol><li>a<br>b</ol>", "1. a\\\n   b"),
        ("<blockquote><p>a<p>b</blockquote><p>c", "> a\n>\n> b\n\nc"),
        ("<blockquote>a</blockquote><blockquote>b<br>c</blockquote>", "> a\n\n> b\\\n> c"),
        ("<blockquote>a<ul><li>b<li>c</ul></blockquote>", "> a\n>\n> - b\n> - c"),
        ("<pre>a  *b*\n\n  c</pre>", "```\na  *b*\n\n  c\n```"),
        ("<pre>a ``` b</pre>", "````\na ``` b\n````"),
        ("<ul><li>a<pre>b\n\nc</pre></ul>", "- a\n\n  ```\n  b\n\n  c\n  ```"),
    ],
)
def test_lists_quotes_and_preformatted_text(html: str, expected: str) -> None:
    assert made(html) == expected


def test_a_table_has_a_line_per_row_and_its_empty_corner() -> None:
    html = '<table><tr><th></th><th>Goals | shots</th><tr><td>Ada<td><a href="/a|b">3</a><br>4<tr><td>Bo<td>0<tr><td> <td>5</table><p>End.'
    expected = "|  | Goals \\| shots |\n| --- | --- |\n| Ada | [3](https://paper.example/a%7Cb) 4 |\n| Bo | 0 |\n|  | 5 |\n\nEnd."
    assert made(html) == expected


def test_a_table_for_the_layout_is_paragraphs() -> None:
    long = "word " * 80
    assert made(f"<table><tr><td>Menu<td><p>{long}<p>{long}</table>") == f"Menu\n\n{long.strip()}\n\n{long.strip()}"
    assert made("<table><tr><td>One<tr><td>Two</table>") == "One\n\nTwo"


# --- nothing by accident -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# no head", "\\# no head"), ("#tag", "#tag"), ("> no quote", "\\> no quote"), ("- no item", "\\- no item"),
        ("-5 degrees", "-5 degrees"), ("+ no item", "\\+ no item"), ("12. no item", "12\\. no item"), ("12) no item", "12\\) no item"),
        ("3.5 million", "3.5 million"), ("---", "\\---"), ("===", "\\==="), ("a | b\n--- | ---", "a | b\n\\--- | ---"),
        ("a\n- b", "a\n\\- b"), ("<b>x</b>", "\\<b>x\\</b>"), ("`x`", "\\`x\\`"), ("*x* _y_ a_b", "\\*x\\* \\_y\\_ a_b"),
        ("__a__b", "\\_\\_a\\_\\_b"),
        ("[a](b)", "\\[a\\](b)"), ("~~x~~", "\\~\\~x\\~\\~"), ("a\\b", "a\\\\b"), ("&lt; R&D &#9;", "\\&lt; R&D \\&#9;"),
    ],
)  # fmt: skip
def test_what_looks_like_markup_is_escaped(text: str, expected: str) -> None:
    assert lines_escaped(escaped(text)) == expected


@pytest.mark.parametrize("name", sorted(p.name for p in PAGES.iterdir()))
def test_the_markdown_of_a_page_has_the_words_of_its_text(name: str) -> None:
    asked = json.loads((PAGES / name / "expected.json").read_text(encoding="utf-8"))
    article = clean((PAGES / name / "page.html").read_bytes(), url=asked["url"])
    assert stripped(article.text_markdown) == article.text.split()


PIECES = [
    "<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<i>", "</i>", "<a href='/x*y'>", "</a>", "<a href='javascript:x'>", "<br>",
    "<br><br>", "<ul><li>", "<ol><li>", "<li>", "</ul>", "</ol>", "<blockquote>", "</blockquote>", "<pre>", "</pre>", "<td>", "<tr><td>",
    "<table><tr><td>", "</table>", "<h2>", "</h2>", "<span hidden>", "</span>", "\n", " ", "\u200b", "\xa0", "\x0b", "*", "_", "`", "```",
    "# ", "- ", "1. ", "> ", "|", "---", "!", "\\", "[x](y)", "&lt;b>", "&amp;amp;", "“", "word", "two words", "日本語。",
    "हिन्दी में", "عربى",
]  # fmt: skip


@settings(max_examples=400)
@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_the_markdown_of_any_markup_has_the_words_of_its_text(parts: list[str]) -> None:
    found, text = both("".join(parts))
    assert stripped(found) == text.split()


@settings(max_examples=150)
@given(st.text(max_size=80), st.text(max_size=40))
def test_any_text_comes_back_and_any_link_is_harmless(text: str, href: str) -> None:
    quoted = href.replace("&", "&amp;").replace("'", "&#39;")
    found, plain = both(f"<p>{text.replace('&', '&amp;').replace('<', '&lt;')} <a href='{quoted}'>end</a>")
    assert stripped(found) == plain.split()
    assert all(url.startswith(("http://", "https://")) for url in re.findall(r"(?<!\\)\]\((.*?)\)", found))


# --- scripts, and pages made to hurt -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>列车在<b>北京站</b>停了三十分钟，<a href='/x'>旅客们</a>都在等待。", "列车在**北京站**停了三十分钟，[旅客们](https://paper.example/x)都在等待。"),
        ("<p>彼は<b>「はい」</b>と言った。", "彼は「はい」と言った。"),
        ("<p>नई दिल्ली में <b>भारी बारिश</b> हुई।", "नई दिल्ली में **भारी बारिश** हुई।"),
        ("<p>وصل <a href='/خبر'>القطار</a> <i>أمس</i>.", "وصل [القطار](https://paper.example/خبر) *أمس*."),
    ],
)  # fmt: skip
def test_scripts_of_the_world(html: str, expected: str) -> None:
    assert made(html) == expected


@pytest.mark.parametrize(
    "html",
    [
        "<p>" + "<a href='/x?a=1&b'>word</a> " * 10_000,
        "<p>" + "<a href=/x>word</a><br><br>" * 10_000,
        "<p>" + "<b>word " * 400 + "</b>",
        "<ul><li>word" * 400,
        "<blockquote>word" * 400,
        "<ul>" + "<li>word" * 20_000,
        "<b><p>x</p>tail" * 400,
        "<table><tr>" + "<td>x" * 20_000 + "<tr><td>y<td>z" * 10_000,
        "<p>" + "#" * 100_000 + "x&" * 50_000,
        "<h2>" + "#x" * 50_000,
        "<p>" + "_" * 100_000,
    ],
    ids=["links", "pieces", "bold", "lists", "quotes", "items", "tails", "cells", "marks", "head", "underlines"],
)
def test_a_page_made_to_hurt_is_read_in_its_own_time(html: str) -> None:
    start = time.process_time()
    found, text = both(html)
    assert time.process_time() - start < 3
    assert stripped(found) == text.split()
