"""What kind of change it is from one reading to the next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.changes import Change, change

STORY = (
    "The harbour master said on Monday that the northern pier would stay closed until Friday.\n\n"
    "Two ferries were sent to the old terminal, where 300 passengers waited.\n\n"
    "The company said that it would pay back all tickets."
)
FIRST, SECOND, _ = STORY.split("\n\n")


def to(new: str, headline: str = "Pier closed", *, old: str = STORY) -> Change:
    return change(old, new, old_headline="Pier closed", new_headline=headline)


@pytest.mark.parametrize(
    ("new", "kind"),
    [
        (STORY, "none"),
        (STORY.replace("terminal", "termnal"), "typo"),
        (STORY.replace("300", "400"), "correction"),
        (STORY.replace("Friday", "Saturday"), "correction"),
        (f"The pier is open again, officials said.\n\n{STORY}", "update"),
        (f"{STORY}\n\nCorrection: An earlier version of this story gave another number.", "correction"),
        (f"{STORY}\n\nIn einer früheren Fassung stand eine andere Zahl.", "correction"),
        (f"更正：早前的报道有误。\n\n{STORY}", "correction"),
        (FIRST, "cut"),
        (STORY.replace(SECOND, ""), "cut"),
        (STORY.replace("Two ferries were sent to the old terminal", "A bus was taken by many people"), "edit"),
        ("Rain fell over the hills all night long.\n\nNobody had expected so much of it at this time of the year.", "rewrite"),
    ],
)
def test_kinds(new: str, kind: str) -> None:
    assert to(new).kind == kind


def test_a_note_is_told_where_it_is_new() -> None:
    note = "Correction: An earlier version gave another number."
    assert to(f"{STORY}\n\n{note}").note == note
    assert to(f"{STORY} And more.\n\n{note}", old=f"{STORY}\n\n{note}").note is None


def test_a_headline_alone_is_its_own_kind_and_counts_beside_others() -> None:
    assert (to(STORY, "Pier shut").kind, to(STORY, "Pier shut").headline) == ("headline", True)
    assert to(STORY, "Pier  closed").headline is False
    both = to(STORY.replace("300", "400"), "Pier shut")
    assert (both.kind, both.headline) == ("correction", True)


def test_figures() -> None:
    found = to(f"One two three.\n\n{STORY}")
    assert (found.kept, found.words_cut, found.words_added, found.on_top) == (1.0, 0, 3, True)
    assert 0 < found.added < 0.1
    assert not to(f"{STORY}\n\nOne two three.").on_top


@given(st.text(max_size=200), st.text(max_size=200))
def test_shares_are_shares_and_no_text_makes_it_raise(old: str, new: str) -> None:
    found = change(old, new, old_headline=None, new_headline=None)
    assert 0 <= found.kept <= 1 and 0 <= found.added <= 1
    assert (found.kind == "none") == (old.split() == new.split() or found.words_cut == found.words_added == 0)
