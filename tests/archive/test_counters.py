"""Lines that count readers or minutes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.counters import counts, only_counts


@pytest.mark.parametrize(
    "line",
    ["1,942 views", "Views: 1.2k", "57 comments", "Updated 14 minutes ago", "3 min read", "12 Kommentare", "vor 5 Minuten",
     "il y a 2 heures", "hace 3 horas", "14 मिनट पहले", "5 минут назад", "1,201 people are reading this now", "312 shares | 4 likes"],
)  # fmt: skip
def test_what_counts(line: str) -> None:
    assert counts(line)


@pytest.mark.parametrize(
    "line",
    ["", "views", "12 people were hurt", "Day 3", "Sensex 81,201.10 +0.4%", "India 312 for 4", "The bridge was closed 14 minutes ago.",
     "At 10:32", "3 hours", "1 view " * 40],
)  # fmt: skip
def test_what_says_something(line: str) -> None:
    assert not counts(line)


def test_two_readings_of_one_text_differ_in_counters_only() -> None:
    assert only_counts("10 views\n\nThe pier is shut.", "The pier  is shut.\n\n57 comments")
    assert not only_counts("10 views\n\nThe pier is shut.", "10 views\n\nThe pier is open.")


@given(st.text(), st.text())
def test_any_two_texts_can_be_asked(one: str, other: str) -> None:
    assert only_counts(one, one)
    assert only_counts(one, other) == only_counts(other, one)
