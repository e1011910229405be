"""Who runs how much of an agency's copy, how fast, how much edited, and whether it says so: outlet by outlet. Reads `copies` alone."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from statistics import median
from typing import Any

from archive.store.connect import Store, telling


@dataclass(frozen=True, slots=True)
class Asked:
    """Which copies are counted; None: all. Times are those of first sight."""

    agency: str | None = None  # code: of stories that credit it
    since: str | None = None  # UTC, as stored
    until: str | None = None  # the first moment that is too late


@dataclass(frozen=True, slots=True)
class Use:
    """One outlet, or all of them. None: there is nothing that it could be told from. Shares are 0 to 1."""

    outlet: str
    name: str
    is_wire: bool  # it is the agency's own: all that it has here are originals
    copies: int  # pages, the agency's own left out where others are counted together
    stories: int  # different ones
    story_share: float  # of all stories that were asked for
    delay_minutes: float | None  # median, behind the agency's own page, else behind the first one
    kept_percent: float | None  # median, of the story's reference text
    added_percent: float | None  # median, of the outlet's own text
    headline_changed: float | None  # share of the copies that were compared
    credited: float | None  # share of the agencies' copies that name one
    by_house: int  # of an agency's text, under a byline of the house


@dataclass(frozen=True, slots=True)
class Report:
    """All outlets, those with the most copies first."""

    agency: str | None
    stories: int
    first_at: str | None  # first sight of the first and of the last page
    last_at: str | None
    outlets: tuple[Use, ...]
    total: Use  # of all that are no agency's own
    waiting: int  # stories whose copies are not compared yet


@dataclass(slots=True)
class _Tally:
    """What is known of one outlet's copies, or of all: the values that were told, without the others."""

    copies: int = 0
    own: int = 0
    stories: set[int] = field(default_factory=set)
    delays: array[int] = field(default_factory=lambda: array("q"))
    kept: array[int] = field(default_factory=lambda: array("B"))
    added: array[int] = field(default_factory=lambda: array("B"))
    headlines: array[int] = field(default_factory=lambda: array("B"))
    credits: array[int] = field(default_factory=lambda: array("B"))
    by_house: int = 0

    def add(self, other: _Tally) -> None:
        """All that is no agency's own."""
        self.copies += other.copies - other.own
        self.by_house += other.by_house
        for mine, theirs in (
            (self.delays, other.delays), (self.kept, other.kept), (self.added, other.added), (self.headlines, other.headlines),
            (self.credits, other.credits),
        ):  # fmt: skip
            mine.extend(theirs)


# What an agency's own page would be compared with, and a reference text with itself, is null. One outlet at a time: of a million copies
# a hundredth is in memory at once, and sets, sums and sorting take a tenth of the time that counting row by row took.
_ROWS = """
SELECT outlet, story_id, is_wire, iif(is_wire, NULL, delay_seconds), iif(is_wire OR article_id IS reference_id, NULL, kept_percent),
  iif(is_wire OR article_id IS reference_id, NULL, added_percent),
  iif(is_wire OR article_id IS reference_id, NULL, headline_changed), iif(is_wire OR agency IS NULL, NULL, credited),
  by_house, first_seen_at FROM copies
"""


def report(store: Store, asked: Asked) -> Report:
    """The copies that were asked for, counted by their outlets."""
    sql, values = _question(asked)
    tallies: dict[str, _Tally] = {}
    total, all_stories = _Tally(), set[int]()
    times: list[str] = []
    with telling(store.path, reading=True):
        for code, rows in groupby(store.conn.execute(sql, values), key=itemgetter(0)):
            tally, first, last = _tally(rows)
            tallies[code] = tally
            all_stories |= tally.stories
            times += (first, last)
            total.add(tally)
            total.stories |= tally.stories if tally.own < tally.copies else set()
        names = dict(store.conn.execute("SELECT code, name FROM outlets"))
        waiting = int(store.conn.execute("SELECT count(*) FROM copies_due").fetchone()[0])
    uses = [_use(code, names.get(code, code), tally, len(all_stories)) for code, tally in tallies.items()]
    ordered = tuple(sorted(uses, key=lambda use: (-use.copies, use.outlet)))
    return Report(
        asked.agency, len(all_stories), min(times, default=None), max(times, default=None), ordered,
        _use("all", "all", total, len(all_stories)), waiting,
    )  # fmt: skip


def _question(asked: Asked) -> tuple[str, tuple[str, ...]]:
    """The query, along an index wherever something narrows it."""
    parts = {"agency = ?": asked.agency, "first_seen_at >= ?": asked.since, "first_seen_at < ?": asked.until}
    wanted = {part: value for part, value in parts.items() if value is not None}
    where = "WHERE " + " AND ".join(wanted) if wanted else ""
    return f"{_ROWS} {where} ORDER BY outlet", tuple(wanted.values())


def _tally(rows: Iterable[tuple[Any, ...]]) -> tuple[_Tally, str, str]:
    """One outlet's copies, and when the first and the last of them were seen."""
    _, stories, own, delays, kept, added, headlines, credits, by_house, seen = zip(*rows, strict=True)
    tally = _Tally(
        len(stories), sum(own), set(stories), array("q", _told(delays)), array("B", _told(kept)), array("B", _told(added)),
        array("B", _told(headlines)), array("B", _told(credits)), sum(by_house),
    )  # fmt: skip
    return tally, min(seen), max(seen)


def _told(values: Iterable[int | None]) -> Iterator[int]:
    return (value for value in values if value is not None)


def _use(code: str, name: str, tally: _Tally, stories: int) -> Use:
    return Use(
        outlet=code, name=name, is_wire=0 < tally.own == tally.copies, copies=tally.copies, stories=len(tally.stories),
        story_share=len(tally.stories) / max(1, stories), delay_minutes=_minutes(tally.delays), kept_percent=_median(tally.kept),
        added_percent=_median(tally.added), headline_changed=_share(tally.headlines), credited=_share(tally.credits),
        by_house=tally.by_house,
    )  # fmt: skip


def _minutes(delays: array[int]) -> float | None:
    return round(median(delays) / 60, 1) if delays else None


def _median(values: array[int]) -> float | None:
    return float(median(values)) if values else None


def _share(values: array[int]) -> float | None:
    return sum(values) / len(values) if values else None
