"""Figures of runs, and the tables that are made of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.ingest.peer import Tally
from benchmarks.ingest.tree import Used

FIELDS = ("raw", "heads", "text", "title", "date")


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one peer."""

    peer: str
    what: str  # cold, warm or new
    feeds: int
    used: Used
    before: Tally
    after: Tally
    disk: int  # bytes of its store afterwards

    @property
    def added(self) -> int:
        return self.after.pages - self.before.pages


def spread(values: Sequence[float], digits: int = 1) -> str:
    """The median, and from the least to the most where they differ: `24.1 (23.8..25.0)`."""
    least, middle, most = (f"{value:,.{digits}f}" for value in (min(values), median(values), max(values)))
    return middle if least == most else f"{middle} ({least}..{most})"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a Markdown table, its columns aligned; the first one is text, the others are figures."""
    every = [list(head), *(list(row) for row in rows)]
    widths = [max(len(row[column]) for row in every) for column in range(len(head))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in every]
    rule = "|" + "|".join("-" * (width + 1) + (":" if column else "-") for column, width in enumerate(widths)) + "|"
    return [lines[0], rule, *lines[1:]]


def cold(runs: Sequence[Run]) -> list[str]:
    """The table of first runs: what a page costs. A peer that stored nothing has no figures a page."""
    head = ("peer", "pages", "ms CPU a page", "pages a CPU s", "pages a s", "peak MB", "KB on disk a page")
    return table(head, (_cold_row(peer, some) for peer, some in _by_peer(runs, "cold")))


def _cold_row(peer: str, runs: list[Run]) -> list[str]:
    some = [run for run in runs if run.added]
    pages = "/".join(dict.fromkeys(f"{run.added:,}" for run in runs))
    if not some:
        return [peer, pages, "-", "-", "-", spread([run.used.peak / 1e6 for run in runs], 0), "-"]
    return [
        peer,
        pages,
        spread([run.used.cpu * 1000 / run.added for run in some], 2),
        spread([run.added / run.used.cpu for run in some], 0),
        spread([run.added / run.used.wall for run in some], 0),
        spread([run.used.peak / 1e6 for run in some], 0),
        spread([run.disk / 1000 / run.added for run in some], 1),
    ]


def stored(runs: Sequence[Run], listed: int) -> list[str]:
    """The table of what first runs left behind: each column says of how many pages. `?`: it keeps no addresses as fetched."""
    head = ("peer", f"of {listed:,} listed", *FIELDS)
    rows = []
    for peer, some in _by_peer(runs, "cold"):
        found = "?" if some[0].after.nameless else spread([run.after.listed for run in some], 0)
        rows.append([peer, found, *(spread([getattr(run.after, name) for run in some], 0) for name in FIELDS)])
    return table(head, rows)


def again(runs: Sequence[Run], what: str) -> list[str]:
    """The table of later runs, with nothing new or with a little."""
    head = ("peer", "pages added", "CPU s", "s", "peak MB")
    rows = []
    for peer, some in _by_peer(runs, what):
        rows.append([
            peer, spread([run.added for run in some], 0), spread([run.used.cpu for run in some], 2),
            spread([run.used.wall for run in some], 1), spread([run.used.peak / 1e6 for run in some], 0),
        ])  # fmt: skip
    return table(head, rows)


def doubts(runs: Iterable[Run]) -> list[str]:
    """What makes a figure doubtful: a failed command, CPU that was not waited for."""
    found = []
    for run in runs:
        if run.used.code:
            found.append(f"{run.peer}, {run.what}: exit code {run.used.code}")
        if not run.used.is_whole:
            found.append(f"{run.peer}, {run.what}: {run.used.seen:.1f} s of CPU were seen, {run.used.cpu:.1f} s were waited for")
    return found


def _by_peer(runs: Sequence[Run], what: str) -> list[tuple[str, list[Run]]]:
    chosen = [run for run in runs if run.what == what]
    return [(peer, [run for run in chosen if run.peer == peer]) for peer in dict.fromkeys(run.peer for run in chosen)]
