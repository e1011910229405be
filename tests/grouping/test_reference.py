"""Which text of a story the others are held against, and how late they are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archive.grouping.kept import figures, told, whole_percent
from archive.grouping.reference import SOON, Candidate, Delay, other_headline, reference, start
from tests.grouping.texts import FERRY, HARBOUR

HOUR = 3600


def text(number: int, at: int | None, length: int, *, wire: bool = False, seen: int = 100 * HOUR, revision: int = 1) -> Candidate:
    return Candidate(number, wire, at, seen, revision, length)


def test_the_agency_s_own_text_stands_for_the_story_however_late_it_came() -> None:
    texts = [text(1, 0, 900), text(2, 9 * HOUR, 800, wire=True), text(3, 9 * HOUR, 100)]
    assert reference(texts).article_id == 2


def test_without_one_it_is_the_longest_of_those_that_came_within_an_hour_of_the_first() -> None:
    texts = [text(1, 0, 50), text(2, SOON, 800), text(3, SOON + 1, 900), text(4, 60, 800)]
    assert reference(texts).article_id == 4  # as long as 2, and earlier


def test_a_later_revision_has_come_when_it_was_seen_whatever_its_page_prints() -> None:
    texts = [text(1, 0, 100, seen=60, wire=True), text(2, 0, 900, wire=True, seen=5 * HOUR, revision=2)]
    assert reference(texts).article_id == 1


def test_a_time_of_publication_in_the_future_is_not_believed() -> None:
    assert text(1, 200 * HOUR, 1).at == 100 * HOUR


def test_a_copy_is_as_late_as_both_pages_print_else_as_they_were_seen() -> None:
    wire, early, late, unprinted = text(1, HOUR, 9, wire=True), text(2, 0, 9), text(3, 3 * HOUR, 9), text(4, None, 9, seen=102 * HOUR)
    pages = [wire, early, late, unprinted]
    assert [start(pages).delay(page) for page in pages] == [
        Delay(0, "printed"), Delay(-HOUR, "printed"), Delay(2 * HOUR, "printed"), Delay(2 * HOUR, "seen"),
    ]  # fmt: skip
    assert start([early, late, unprinted]).delay(late) == Delay(3 * HOUR, "printed")
    assert start([text(5, None, 9, seen=99 * HOUR), late]).delay(late) == Delay(HOUR, "seen")


def test_headlines_differ_by_their_words_alone() -> None:
    assert other_headline("Port “shut”", 'PORT "Shut"') is False
    assert other_headline("Port shut", "Harbour closed") is True
    assert other_headline(None, "Harbour closed") is None


def test_figures_count_paragraphs_that_went_and_came() -> None:
    parts = HARBOUR.split("\n\n")
    found = figures(told(HARBOUR), told("\n\n".join([*parts[:2], FERRY.split("\n\n")[0]])))
    assert (found.paragraphs_cut, found.paragraphs_added) == (len(parts) - 2, 1)
    assert figures(told(HARBOUR), told("“" + HARBOUR.upper())).kept == 1


def test_only_what_is_whole_is_a_hundred_per_cent() -> None:
    assert [whole_percent(share) for share in (0.0, 0.5, 0.999, 1.0)] == [0, 50, 99, 100]


@given(st.text(), st.text())
def test_figures_of_any_two_texts_are_shares(one: str, other: str) -> None:
    first, second = told(one), told(other)
    found = figures(first, second)
    assert 0 <= found.kept <= 1 and 0 <= found.added <= 1
    assert 0 <= found.paragraphs_cut <= len(first.sizes) and 0 <= found.paragraphs_added <= len(second.sizes)
