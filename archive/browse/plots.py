"""Counts -> bars. Pure: knows no HTML but the SVG that it draws, into which nothing but numbers goes.

A plot is drawn in percent of its box and stretched by the page, so that it has no text of its own to become too small on a telephone:
labels and a table with the same figures are the template's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

GAP = 0.22  # of a column's width
ROWS = 12  # bars of a list: what is left is one line more, "others"


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    count: int
    share: float  # of the tallest, 0 to 1
    key: str = ""  # what the bar stands for, as parameters have it; "": nothing of its own
    svg: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    title: str
    description: str
    bars: tuple[Bar, ...]
    total: int
    top: int  # the tallest bar's count
    groups: int = 0  # of rows: how many there are, those in "others" among them
    svg: str = ""  # of columns; rows have theirs at each bar


def columns(title: str, counts: Sequence[tuple[str, int]], *, unit: str) -> Plot:
    """One upright bar each, in the order given: a time line. `unit`: what a bar is, `day` or `hour`."""
    top = max((count for _, count in counts), default=0)
    bars = tuple(Bar(label, count, count / top if top else 0.0, label) for label, count in counts)
    total = sum(bar.count for bar in bars)
    return Plot(title, _told(bars, unit, total), bars, total, top, svg=_upright(bars))


def _told(bars: Sequence[Bar], unit: str, total: int) -> str:
    if not total:
        return f"No articles in {len(bars)} {unit}s."
    most = max(bars, key=lambda bar: bar.count)
    return f"{total:,} articles in {len(bars)} {unit}s; most of them, {most.count:,}, in {unit} {most.label}."


def _upright(bars: Sequence[Bar]) -> str:
    """Rectangles in a box of 100 by 100 (y down); an hour or day with anything at all is seen."""
    width = 100 / max(1, len(bars))
    drawn = []
    for place, bar in enumerate(bars):
        height = max(2.0, 100 * bar.share) if bar.count else 0.6
        kind = ' class="none"' if not bar.count else ""
        x = place * width + width * GAP / 2
        drawn.append(f'<rect{kind} x="{x:.2f}" y="{100 - height:.2f}" width="{width * (1 - GAP):.2f}" height="{height:.2f}"/>')
    return "".join(drawn)


def rows(title: str, counts: Iterable[tuple[str, str, int]], *, what: str) -> Plot:
    """One lying bar each, the longest first, of (key, label, count); beyond ROWS the rest is one line."""
    ordered = sorted(counts, key=lambda one: (-one[2], one[1]))
    shown, rest = (ordered, []) if len(ordered) <= ROWS + 1 else (ordered[:ROWS], ordered[ROWS:])
    top = shown[0][2] if shown else 0
    total = sum(count for _, _, count in ordered)
    bars = [_lying(Bar(label, count, count / top if top else 0.0, key)) for key, label, count in shown]
    if rest:
        others = sum(count for _, _, count in rest)
        bars.append(Bar(f"{len(rest)} others", others, 0.0))  # without a bar: it would be the longest, and say nothing
    most = f", {shown[0][1]} most ({shown[0][2]:,})" if shown else ""
    return Plot(title, f"{total:,} articles of {len(ordered)} {what}{most}.", tuple(bars), total, top, groups=len(ordered))


def _lying(bar: Bar) -> Bar:
    return Bar(bar.label, bar.count, bar.share, bar.key, f'<rect width="{max(0.6, 100 * bar.share):.2f}" height="100"/>')


def share_bar(kept: float, added: float) -> str:
    """What is kept, then what is added, in one lying bar of 100 by 100; both are shares of the longer of the two texts."""
    kept, added = min(1.0, max(0.0, kept)), min(1.0, max(0.0, added))
    return (
        f'<rect class="kept" width="{100 * kept:.2f}" height="100"/>'
        f'<rect class="added" x="{100 * kept:.2f}" width="{100 * min(added, 1 - kept):.2f}" height="100"/>'
    )
