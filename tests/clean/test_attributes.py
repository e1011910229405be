"""Tags with countless attributes, documents with countless names: the parser gets neither, and no story is hidden by that."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from selectolax.lexbor import LexborHTMLParser

from archive.clean import attributes, clean
from archive.clean.attributes import MOST_ATTRIBUTES, MOST_NAMES, TOO_MANY_NAMES
from archive.clean.bounds import bounded

MANY = 20_000
URL = "https://harbour.example/ferry"
STORY = "<p>The ferry left the harbour at nine o'clock this morning, an hour late, with two hundred people on board.</p>" * 9

# How an attribute may be written: without a value, with "<" and ">" in it, in names, in either quotes, without a space behind it.
SPELLINGS: dict[str, Callable[[int], str]] = {
    "bare": lambda n: f" q{n}",
    "tag in quotes": lambda n: f' q{n}="<a>"',
    "tag in single quotes": lambda n: f" q{n}='<a>'",
    "end in quotes": lambda n: f' q{n}=">"',
    "in the name": lambda n: f" q<{n}",
    "without quotes": lambda n: f" q{n}=<a",
    "without a space": lambda n: f'q{n}="<"',
    "an apostrophe": lambda n: f' q{n}="it\'s >"',
    "slashes": lambda n: f'/q{n}=">"',
    "equals signs": lambda n: f"/=q{n}",
    "spaces around": lambda n: f' q{n} =\n">"',
    "no HTML space": lambda n: f' q{n}=\u00a0"<',
    "long values": lambda n: f' q{n}="{">" * (40_000 if n % 5000 == 99 else 1)}"',
}


def countless(spelling: str) -> str:
    return "".join(map(SPELLINGS[spelling], range(MANY)))


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("tag", ["a", "/P"])
def test_however_they_are_written_no_tag_has_countless_attributes(tag: str, spelling: str) -> None:
    few, cut = bounded(f"<p>text</p><{tag} {countless(spelling)}>more{STORY}")
    assert cut is None
    assert few.startswith(f"<p>text</p><{tag} ") and few.endswith(f">more{STORY}")
    assert abs(few.count("q") - MOST_ATTRIBUTES) <= 1  # the name of the tag may count as one


@pytest.mark.parametrize("before", [0, 1, 20_000, 31_980, 31_999, 32_000, 50_000])
@pytest.mark.parametrize("spelling", ["bare", "an apostrophe", "long values"])
def test_wherever_in_the_document_their_tag_begins(spelling: str, before: int) -> None:
    few, _ = bounded(f"{'x' * before}<p>text</p><x-y {countless(spelling)}>more")
    assert few.startswith(f"{'x' * before}<p>text</p><x-y ") and few.endswith(">more")
    assert abs(few.count("q") - MOST_ATTRIBUTES) <= 1  # the name of the tag may count as one


@pytest.mark.parametrize("around", ["<svg><style>{}", "<!-->{}", "<svg><title>{}", "<math><xmp>{}", "<svg><SCRIPT>{}"])
def test_where_a_tag_may_be_none_it_is_ended_again_and_again(around: str) -> None:
    html = around.format(f"<a {' '.join(f'b{n}' for n in range(MANY))}>")
    few, _ = bounded(html)
    assert few.replace(" >", "").replace(">", "").replace(" ", "") == html.replace(">", "").replace(" ", "")  # nothing is taken away
    assert max(len(node.attributes) for node in LexborHTMLParser(few).css("*")) <= MOST_ATTRIBUTES


def test_what_looks_like_a_tag_in_a_script_hides_nothing_behind_it() -> None:
    script = "<script>for (i = 0; i<n && ok; i++) { x = 'it' } // it's\n" + "call('x', 1);\n" * 8000 + "</script>"
    data = '<script type="application/json">{"a": "' + "x<y and more words " * 6000 + '"}</script>'
    text = clean(f"<html><body>{script}{data}<article><h1>Ferry</h1>{STORY}</article></body></html>".encode(), url=URL).text
    assert "left the harbour" in text


def test_honest_pages_are_left_as_they_are() -> None:
    image = f'<img src="data:image/png;base64,{"A/b+" * 40_000}" alt="a > b">'
    list_ = f"<script>var all = [{', '.join(map(str, range(30_000)))}]</script>"
    html = f"<html><body>{image}{list_}{STORY}<p>{'word ' * 40_000}</p></body></html>"
    assert bounded(html) == (html, None)


@pytest.mark.parametrize("piece", ["<p b{}>", "<b{}></b{}>", "<p b{}=1 c{}>", "<x.{}>", '<p "b{}">', "<p a\u00a0{}>", "<p a\x0b{}>"])
def test_a_document_is_read_up_to_where_it_has_countless_names(piece: str) -> None:
    many = "".join(piece.replace("{}", f"{n:07x}") for n in range(250_000))
    few, cut = bounded(STORY + many)
    assert cut == TOO_MANY_NAMES
    assert few.startswith(STORY)
    assert few.count("<") < STORY.count("<") + 2 * MOST_NAMES + 2


def test_a_long_document_of_many_different_words_is_no_document_of_countless_names() -> None:
    html = f"<html><body>{STORY}<p>{' '.join(f'w{n}' for n in range(250_000))}</p></body></html>"
    assert len(html) > attributes.FEW_CHARACTERS
    assert bounded(html) == (html, None)
