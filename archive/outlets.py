"""Who runs how much of an agency's copy, how fast, how much edited, and whether it says so: outlet by outlet. Reads `copies` alone."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
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
    """What is counted while rows pass by: 100 bytes a copy, and no list of rows."""

    copies: int = 0
    own: int = 0
    stories: set[int] = field(default_factory=set)
    delays: array[int] = field(default_factory=lambda: array("q"))
    kept: Counter[int] = field(default_factory=Counter)
    added: Counter[int] = field(default_factory=Counter)
    headlines: Counter[int] = field(default_factory=Counter)
    credits: Counter[int] = field(default_factory=Counter)
    by_house: int = 0

    def count(self, row: tuple[Any, ...]) -> None:
        _, story_id, agency, is_wire, delay, kept, added, headline, credited, by_house, is_reference, _ = row
        self.copies += 1
        self.own += is_wire
        self.stories.add(story_id)
        if is_wire:
            return
        self.by_house += by_house
        if delay is not None:
            self.delays.append(delay)
        if agency is not None:
            self.credits[credited] += 1
        if kept is not None and not is_reference:
            self.kept[kept] += 1
            self.added[added] += 1
            if headline is not None:
                self.headlines[headline] += 1


_ROWS = """
SELECT outlet, story_id, agency, is_wire, delay_seconds, kept_percent, added_percent, headline_changed, credited, by_house,
  article_id IS reference_id, first_seen_at FROM copies
"""


def report(store: Store, asked: Asked) -> Report:
    """The copies that were asked for, counted by their outlets."""
    sql, values = _question(asked)
    tallies: dict[str, _Tally] = {}
    total, all_stories = _Tally(), set()
    first: str | None = None
    last: str | None = None
    with telling(store.path, reading=True):
        for row in store.conn.execute(sql, values):
            tallies.setdefault(row[0], _Tally()).count(row)
            if not row[3]:
                total.count(row)
            all_stories.add(row[1])
            first, last = min(first or row[-1], row[-1]), max(last or row[-1], row[-1])
        names = dict(store.conn.execute("SELECT code, name FROM outlets"))
        waiting = int(store.conn.execute("SELECT count(*) FROM copies_due").fetchone()[0])
    uses = [_use(code, names.get(code, code), tally, len(all_stories)) for code, tally in tallies.items()]
    ordered = tuple(sorted(uses, key=lambda use: (-use.copies, use.outlet)))
    return Report(asked.agency, len(all_stories), first, last, ordered, _use("all", "all", total, len(all_stories)), waiting)


def _question(asked: Asked) -> tuple[str, tuple[str, ...]]:
    """The query, along an index wherever something narrows it."""
    parts = {"agency = ?": asked.agency, "first_seen_at >= ?": asked.since, "first_seen_at < ?": asked.until}
    wanted = {part: value for part, value in parts.items() if value is not None}
    return _ROWS + ("WHERE " + " AND ".join(wanted) if wanted else ""), tuple(wanted.values())


def _use(code: str, name: str, tally: _Tally, stories: int) -> Use:
    delay = _median(Counter(tally.delays))
    return Use(
        outlet=code, name=name, is_wire=0 < tally.own == tally.copies, copies=tally.copies, stories=len(tally.stories),
        story_share=len(tally.stories) / max(1, stories), delay_minutes=None if delay is None else round(delay / 60, 1),
        kept_percent=_median(tally.kept), added_percent=_median(tally.added), headline_changed=_share(tally.headlines),
        credited=_share(tally.credits), by_house=tally.by_house,
    )  # fmt: skip


def _share(counted: Counter[int]) -> float | None:
    return counted[1] / counted.total() if counted else None


def _median(counted: Counter[int]) -> float | None:
    """The middle value; between the two middle ones where their number is even."""
    if not counted:
        return None
    total, passed = counted.total(), 0
    low: int | None = None
    for value in sorted(counted):
        passed += counted[value]
        if low is None and 2 * passed >= total:
            low = value
        if 2 * passed > total:
            return value if low is None else (low + value) / 2
    return None
