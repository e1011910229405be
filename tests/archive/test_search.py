"""Search: words as people type them find what they should, and never end in a syntax error."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.errors import UsageError
from archive.model import Article, Outlet
from archive.moments import first_after, first_of
from archive.search import MARK_OFF, MARK_ON, Filters, search
from archive.store.connect import Store
from archive.terminal import plain, plain_block, plain_json
from archive.words import match_expression
from tests.archive import parts
from tests.archive.parts import NOW, Page

ARTICLES = (
    ("harbour", "India, Japan join hands in critical minerals", "The ministers met in New Delhi and spoke of lithium.", "ians"),
    ("harbour", "Minerals are critical for batteries", "Japan buys graphite. Café owners do not care.", None),
    ("valley", "Festival opens", "A festival of film and food, not of minerals, began on a Monday.", "pti"),
    ("valley", "हिन्दी समाचार", "भारत और जापान ने खनिजों पर समझौता किया।", "pti"),
)


@pytest.fixture
def library(store: Store) -> Store:
    run = parts.begin(store)
    for number, (outlet, headline, text, agency) in enumerate(ARTICLES):
        page = Page(store, f"https://{outlet}.example/{number}", run_id=run, outlet=Outlet(outlet, outlet.title()))
        when = NOW.replace(day=number + 1) if number else None
        page.say(Article(headline=headline, text=text, agency=agency, published_at=when))
    return store


def found(store: Store, words: str, **filters: object) -> list[int]:
    return [hit.article_id for hit in search(store, words, Filters(**filters))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("critical minerals", {1, 2}),
        ('"critical minerals"', {1}),
        ("“critical minerals”", {1}),
        ('"critical minerals', {1}),
        ("miner*", {1, 2, 3}),
        ('"critical min"*', {1}),
        ("MINERALS japan", {1, 2}),
        ("lithium OR graphite", {1, 2}),
        ("minerals NOT japan", {3}),
        ("minerals AND NOT japan", {3}),
        ("minerals AND festival", {3}),
        ("cafe", {2}),
        ("CAFÉ", {2}),
        ("जापान", {4}),
        ("lithium and", {1}),
        ("minerals or", set()),  # lower case: a word
        ("nothing-of-the-kind", set()),
        ("new-delhi", {1}),
        ("headline:minerals", {1, 2}),
        ("Title:minerals", {1, 2}),
        ('headline:"critical minerals" japan', {1}),
        ("text:miner*", {3}),
        ("byline:minerals", set()),
        ("minerals NOT headline:japan", {2, 3}),
        ("headline:", set()),  # a word
        ("headline: lithium", set()),
        ("outlet:harbour", set()),  # no column of that name: two words in a row
    ],
)
def test_words_find_what_they_say(library: Store, words: str, ids: set[int]) -> None:
    assert set(found(library, words)) == ids


@pytest.mark.parametrize(
    "words",
    ["NOT", "AND OR", "minerals AND", "OR minerals", "NOT minerals", "minerals OR OR lithium", "(minerals", '"" minerals', "min^erals"],
)
def test_operators_that_join_nothing_are_no_error(library: Store, words: str) -> None:
    found(library, words)


@pytest.mark.parametrize("words", ["", "  ", "!!!", '""', "*", "-", "\x00"])
def test_where_there_is_nothing_to_search_for_that_is_said(library: Store, words: str) -> None:
    with pytest.raises(UsageError, match="nothing to search for"):
        search(library, words)


typed = st.text(max_size=40) | st.lists(
    st.sampled_from(["AND", "OR", "NOT", '"', "*", "min*", "text:", 'headline:"', "title:*", "a:b", "(", ")", "NEAR(", "^x", "-", "é"]),
    max_size=80,
).map(" ".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(typed)
def test_no_words_are_a_syntax_error(library: Store, words: str) -> None:
    if match_expression(words) is not None:
        search(library, words)


def test_a_very_long_query_is_no_error(library: Store) -> None:
    assert found(library, " NOT ".join(f"w{number}" for number in range(5000))) == []


def test_a_match_in_the_headline_stands_before_one_in_the_text(library: Store) -> None:
    assert found(library, "minerals")[-1] == 3


def test_the_words_found_are_marked_in_the_snippet(library: Store) -> None:
    (hit,) = search(library, "lithium")
    assert f"spoke of {MARK_ON}lithium{MARK_OFF}." in hit.snippet
    assert (hit.outlet, hit.agency, hit.headline, hit.at) == ("harbour", "ians", ARTICLES[0][1], "2026-11-22T10:00:00Z")


def test_filters_narrow_what_is_found(library: Store) -> None:
    assert found(library, "minerals", outlet="valley") == [3]
    assert found(library, "minerals", story=search(library, "festival")[0].story_id) == [3]
    assert found(library, "minerals", agency="ians") == [1]
    assert set(found(library, "minerals", since="2026-11-03T00:00:00Z")) == {1, 3}  # without a time of publication: of first sight
    assert found(library, "minerals", until="2026-11-03T00:00:00Z") == [2]
    assert found(library, "minerals", since="2026-11-02T00:00:00Z", until="2026-11-03T00:00:00Z") == [2]


def test_an_outlet_that_is_not_there_is_told_of(library: Store) -> None:
    with pytest.raises(UsageError, match="no outlet 'vally'") as problem:
        search(library, "minerals", Filters(outlet="vally"))
    assert problem.value.hint == "it has: harbour, valley"


def test_pages_of_hits_do_not_overlap(library: Store) -> None:
    hits = [search(library, "minerals", limit=1, offset=offset)[0].article_id for offset in range(3)]
    assert hits == found(library, "minerals")
    assert search(library, "minerals", limit=1, offset=3) == []


@pytest.mark.parametrize("looked_up", [1, 100])
def test_a_time_is_kept_to_whether_or_not_its_ids_are_looked_up(library: Store, monkeypatch: pytest.MonkeyPatch, looked_up: int) -> None:
    monkeypatch.setattr("archive.search.LOOKED_UP", looked_up)
    assert set(found(library, "minerals")) == {1, 2, 3}
    assert found(library, "minerals", since="2026-11-03T00:00:00Z", until="2026-11-04T00:00:00Z") == [3]
    assert found(library, "minerals", until="2026-11-03T00:00:00Z") == [2]
    assert found(library, "minerals", since="2030") == []


@pytest.mark.parametrize("block", [1, 2, 3, 4, 5, 100])
def test_of_many_matches_the_best_of_the_newest_come_first_and_all_are_found(
    store: Store, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    run = parts.begin(store)
    for number in range(9):  # the oldest says it most often
        page = Page(store, f"https://harbour.example/{number}", run_id=run)
        page.say(Article(headline=f"Story {number}", text="A port. " * (9 - number) + "Ships. " * number))
    monkeypatch.setattr("archive.search.RANKED", block)
    best = [hit.article_id for hit in search(store, "port", limit=100)]
    newest = list(range(9, 0, -1))
    assert [sorted(best[at : at + block]) for at in range(0, 9, block)] == [sorted(newest[at : at + block]) for at in range(0, 9, block)]
    assert best[: min(block, 9)] == sorted(best[: min(block, 9)])  # within the block by rank: the older ones say it more often
    assert [search(store, "port", limit=2, offset=at)[0].article_id for at in range(8)] == best[:8]


def test_only_the_latest_revision_is_found_unless_all_are_asked_for(store: Store) -> None:
    page = Page(store)
    first, second = page.say("Nine were hurt in the harbour."), page.say("Ten were hurt in the harbour.")
    assert found(store, "nine") == []
    assert found(store, "nine", all_revisions=True) == [first]
    assert found(store, "harbour") == [second]


# --- what reaches a terminal, and dates as typed -------------------------------------------------------------------


@given(st.text())
def test_no_control_character_reaches_a_terminal(text: str) -> None:
    for shown, kept in ((plain(text), ""), (plain_block(text), "\n")):
        assert not [letter for letter in shown if (ord(letter) < 32 and letter not in kept) or 127 <= ord(letter) < 160]
        assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(shown)


def test_an_escape_sequence_is_shown_and_not_obeyed() -> None:
    assert plain_block("a\x1b[2Jb\x9b1mc\u202ed\r\ne") == "a [2Jb 1mc d\ne"


@pytest.mark.parametrize(
    ("typed", "first", "after"),
    [
        ("2026", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        ("2026-11", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"),
        ("2026-12", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        ("2026-02-28", "2026-02-28T00:00:00Z", "2026-03-01T00:00:00Z"),
        ("2026-11-22T10:00", "2026-11-22T10:00:00Z", "2026-11-22T10:00:01Z"),
        ("2026-11-22T10:00+05:30", "2026-11-22T04:30:00Z", "2026-11-22T04:30:01Z"),
    ],
)
def test_a_date_means_all_of_itself(typed: str, first: str, after: str) -> None:
    assert (first_of(typed), first_after(typed)) == (first, after)


@given(st.text() | st.sampled_from(["yesterday", "2026-13", "0000", "9999-12-31", "2026-02-30", "٢٠٢٦"]))
def test_what_is_no_date_is_said_to_be_none(typed: str) -> None:
    for reads in (first_of, first_after):
        try:
            assert reads(typed).endswith("Z")
        except UsageError as problem:
            assert problem.hint


@given(st.text())
def test_json_on_a_terminal_means_the_same_and_controls_nothing(text: str) -> None:
    shown = plain_json(json.dumps({"text": text}, ensure_ascii=False))
    assert json.loads(shown) == {"text": text}
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202e\u2066" for c in shown)


def test_what_needs_no_escape_in_json_stays_readable() -> None:
    assert plain_json('"Zürich \x9b31m"') == '"Zürich \\u009b31m"'
