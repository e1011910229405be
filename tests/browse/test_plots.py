"""Bars: as long as what they stand for, in their box, and told in words."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from archive.browse import plots, words
from archive.browse.period import Period
from archive.errors import UsageError

COUNTS = st.lists(st.integers(0, 10**9), max_size=40)


def boxes(svg: str) -> list[tuple[float, float, float, float]]:
    """(x, y, width, height) of each rectangle."""
    tree = etree.fromstring(f"<svg>{svg}</svg>")
    return [(*(float(one.get(name, "0")) for name in ("x", "y", "width", "height")),) for one in tree]  # type: ignore[misc]


@given(COUNTS)
def test_columns_stay_in_their_box_and_a_larger_count_is_no_lower(counts: list[int]) -> None:
    plot = plots.columns("A", [(str(place), count) for place, count in enumerate(counts)], unit="day")
    drawn = boxes(plot.svg)
    assert len(drawn) == len(counts)
    for x, y, width, height in drawn:
        assert x >= 0
        assert y >= 0
        assert x + width <= 100.01
        assert abs(y + height - 100) < 0.02
    heights = [box[3] for box in drawn]
    assert all(heights[i] <= heights[j] for i, first in enumerate(counts) for j, second in enumerate(counts) if first < second)
    assert plot.total == sum(counts)


@given(COUNTS)
def test_rows_keep_the_sum_whatever_is_put_together(counts: list[int]) -> None:
    plot = plots.rows("A", [(f"k{place}", f"n{place}", count) for place, count in enumerate(counts) if count], what="outlets")
    assert sum(bar.count for bar in plot.bars) == plot.total == sum(counts)
    assert len(plot.bars) <= plots.ROWS + 1
    assert plot.groups == sum(map(bool, counts))
    assert all(box[2] <= 100 for bar in plot.bars for box in boxes(bar.svg))


@pytest.mark.parametrize("label", ["<script>", '"/><a>', "'"])
def test_no_label_gets_into_a_drawing(label: str) -> None:
    drawn = (plots.rows("A", [(label, label, 3)], what="outlets").bars[0].svg, plots.columns("A", [(label, 3)], unit="day").svg)
    assert all(re.fullmatch(r'<rect( (x|y|width|height)="[\d.]+")+/>', svg) for svg in drawn)


@given(st.floats(-1, 2), st.floats(-1, 2))
def test_kept_and_added_fit_into_one_bar(kept: float, added: float) -> None:
    first, second = boxes(plots.share_bar(kept, added))
    assert first[2] + second[2] <= 100.01
    assert abs(second[0] - first[2]) < 0.01


def test_nothing_is_told_as_nothing() -> None:
    plot = plots.columns("A", [("2026-11-22", 0), ("2026-11-23", 0)], unit="day")
    assert (plot.top, plot.description) == (0, "No articles in 2 days.")


def test_a_period_knows_the_ones_beside_it() -> None:
    today = date(2026, 11, 22)
    week = Period(today, today=today)
    assert (week.first, week.after, week.told) == (date(2026, 11, 16), None, "in the last 7 days")
    before = Period(week.before, today=today)
    assert (before.last, before.after, before.query()) == (date(2026, 11, 15), today, "days=7&to=2026-11-15")
    assert len(Period(today, 1, today=today).slots) == 24
    assert Period(today - timedelta(days=1), 1, today=today).told == "on 2026-11-21"


@pytest.mark.parametrize(("length", "told"), [(5, "5 s"), (125, "2 min"), (7200, "2 h"), (200_000, "2 d"), (-5, "0 s")])
def test_a_length_of_time_is_told_in_one_unit(length: int, told: str) -> None:
    assert words.span(timedelta(seconds=length)) == told


def test_a_period_too_long_is_refused() -> None:
    from archive.browse.report import period_between
    from tests.browse.parts import NOW

    for since, until in (("1990-01-01T00:00:00Z", None), ("2026-11-23T00:00:00Z", None), ("2026-11-20T00:00:00Z", "2026-11-20T00:00:00Z")):
        with pytest.raises(UsageError, match="no report of"):
            period_between(since, until, NOW, None, None)
    month = period_between("2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z", NOW, None, None)
    assert (month.first, month.last) == (date(2026, 10, 1), date(2026, 10, 31))
    assert period_between("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z", NOW, None, None).last == date(2026, 11, 22)
