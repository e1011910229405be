"""Lines that recur across a host's pages: which are furniture, and what leaving them out does to a page."""

from __future__ import annotations

import pytest

from archive.clean import clean
from archive.clean.explain import explain
from archive.clean.lines import lines
from archive.clean.recurring import LEAST_PAGES, RECURS, Line, furniture, line_key

URL = "https://harbour.example/news/1"
BOX = '<div class="note">The Harbour Times is on every ferry: ask at the counter for the morning edition, number {n}.</div>'
PLACES = ("northern", "southern", "eastern", "western", "old", "new", "inner", "outer", "upper", "lower")


def page(body: str) -> bytes:
    return f"<!doctype html><html lang=en><head><title>Ferries</title></head><body>{body}</body></html>".encode()


def story(n: int) -> str:
    """Five paragraphs that no other number has."""
    name = f"{chr(97 + n // 26)}{chr(97 + n % 26)}"
    return "".join(
        f"<p>Ferry {name * 2} of line {part} left the {PLACES[n % 10]} pier {name} late on Monday,"
        f" the {part} master said, since the {part} crew of {PLACES[(n + 3) % 10]} {name}port had not come aboard in time.</p>"
        for part in ("first", "second", "third", "fourth", "fifth")
    )


def pages(count: int, box: str = BOX) -> list[bytes]:
    return [page(f"<article><h1>Ferry {n}</h1>{story(n)}{box.format(n=n)}</article>") for n in range(count)]


def plain(key: int, *, ordinary: bool = True, words: int = 20) -> Line:
    return Line(key, f"line {key}", words, ordinary)


def own(n: int, lines: int = 6) -> list[Line]:
    """Paragraphs that no other page has."""
    return [plain(1000 + n * 100 + i) for i in range(lines)]


def test_a_line_on_every_page_is_furniture_whatever_its_numbers() -> None:
    found = furniture(lines(body, url=URL) for body in pages(20))
    assert [(one.pages, one.looked_at) for one in found] == [(20, 20)]
    assert "ask at the counter" in found[0].text


def test_a_page_without_it_reads_as_if_it_were_not_there() -> None:
    made = pages(20)
    known = frozenset(one.key for one in furniture(lines(body, url=URL) for body in made))
    before, after = clean(made[3], url=URL), clean(made[3], url=URL, furniture=known)
    assert "ask at the counter" in before.text and "ask at the counter" not in after.text
    assert "ask at the counter" not in after.text_markdown
    assert before.text.startswith(after.text) and after.headline == before.headline
    (told,) = [block for block in explain(made[3], url=URL, furniture=known).blocks if "ask at the counter" in block.text]
    assert (told.kept, told.why) == (False, "recurs")


def test_what_is_learned_does_not_depend_on_what_is_known() -> None:
    made = pages(14)
    known = frozenset(one.key for one in furniture(lines(body, url=URL) for body in made))
    assert lines(made[0], url=URL, furniture=known) == lines(made[0], url=URL)


@pytest.mark.parametrize(("ordinary", "least"), [(True, 20), (False, 12)])
def test_a_paragraph_has_to_recur_more_often_than_what_is_set_apart(ordinary: bool, least: int) -> None:
    line = plain(1, ordinary=ordinary)
    for on, expected in ((least - 1, []), (least, [1])):
        found = furniture([*own(n), *([line] if n < on else [])] for n in range(40))
        assert [one.key for one in found] == expected


def test_few_pages_tell_nothing() -> None:
    assert furniture([*own(n), plain(1)] for n in range(LEAST_PAGES - 1)) == []
    assert [one.pages for one in furniture([*own(n), plain(1)] for n in range(LEAST_PAGES))] == [LEAST_PAGES]
    assert furniture([*own(n), *([plain(1, ordinary=False)] if n < RECURS - 1 else [])] for n in range(LEAST_PAGES)) == []


def test_one_story_on_many_pages_is_no_furniture() -> None:
    again = own(1, 12)
    assert furniture([[*again, plain(5000 + n)] for n in range(20)] + [own(n) for n in range(2, 22)]) == []


def test_pages_that_are_made_of_one_another_have_no_furniture() -> None:
    assert furniture([*own(n, 3), plain(1, ordinary=False), plain(2, ordinary=False)] for n in range(20)) == []


def test_headings_and_the_shortest_lines_are_left_alone() -> None:
    body = page(f"<article><h1>Ferry</h1>{story(1)}<h2>What we know of it so far</h2>{story(2)}<p>Why it matters:</p>{story(3)}</article>")
    texts = [line.text for line in lines(body, url=URL)]
    assert len(texts) == 15 and not any(text.startswith(("What we", "Why it")) for text in texts)


def test_a_page_of_little_else_is_left_as_it_is() -> None:
    body = page("<article><h1>Ferry</h1><p>The ferry of the northern pier left late on Monday.</p>" + BOX.format(n=1) * 1 + "</article>")
    whole = clean(body, url=URL)
    assert whole.text
    everything = frozenset(line.key for line in lines(body, url=URL))
    assert clean(body, url=URL, furniture=everything).text == whole.text


def test_case_and_numbers_are_aside() -> None:
    assert line_key("Read all 34 COMMENTS") == line_key("read all 7 comments") != line_key("read all comments")


@pytest.mark.parametrize("body", [b"", b"%PDF-1.4", b"<p>", b"\xff\x00" * 50])
def test_bytes_without_a_story_have_no_lines(body: bytes) -> None:
    assert lines(body, url=URL) == ()
