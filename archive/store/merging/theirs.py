"""The two archives of a merge: ours, which is written to, theirs, which is only read; and which of their rows is which of ours."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from archive.store import tombstones
from archive.store.connect import Store

MOST_NAMED = 1000  # what is left out is named up to so many times; the rest is counted

_MAPS = """
CREATE TEMP TABLE IF NOT EXISTS pages_as (theirs INTEGER PRIMARY KEY, ours INTEGER NOT NULL);
CREATE TEMP TABLE IF NOT EXISTS captures_as (theirs INTEGER PRIMARY KEY, ours INTEGER NOT NULL);
CREATE TEMP TABLE IF NOT EXISTS polls_as (theirs INTEGER PRIMARY KEY, ours INTEGER NOT NULL);
CREATE TEMP TABLE IF NOT EXISTS articles_as (theirs INTEGER PRIMARY KEY, ours INTEGER NOT NULL);
CREATE TEMP TABLE IF NOT EXISTS met_captures (at TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (at, id)) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS met_polls (at TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (at, id)) WITHOUT ROWID;
DELETE FROM pages_as; DELETE FROM captures_as; DELETE FROM polls_as; DELETE FROM articles_as; DELETE FROM met_captures;
DELETE FROM met_polls;
INSERT INTO met_captures SELECT substr(fetched_at, 1, 19), id FROM captures;
INSERT INTO met_polls SELECT polled_at, id FROM polls;
"""


@dataclass(slots=True)
class Merge:
    """One merge under way. The small tables' ids are at hand; those of large ones lie in TEMP tables."""

    store: Store
    other: Store
    now: datetime
    counts: Counter[str] = field(default_factory=Counter)  # table -> rows that came
    left_out: list[str] = field(default_factory=list)  # one sentence each
    more_left_out: int = 0
    outlets: dict[int, int] = field(default_factory=dict)  # their ids to ours; what was taken down here is in none of these
    feeds: dict[int, int] = field(default_factory=dict)
    runs: dict[int, int] = field(default_factory=dict)  # those that we have
    new_runs: dict[int, dict[str, Any]] = field(default_factory=dict)  # those that come when something of them comes
    prunings: dict[int | None, int] = field(default_factory=dict)
    mixed: set[int] = field(default_factory=set)  # our pages that both have visited
    polled_by_both: set[int] = field(default_factory=set)  # our feeds
    seen: defaultdict[tuple[Any, ...], int] = field(default_factory=lambda: defaultdict(int))  # alike rows of theirs, in a group

    def begin(self) -> None:
        """Makes the TEMP tables."""
        for statement in filter(str.strip, _MAPS.split(";")):
            self.store.conn.execute(statement)

    def leave_out(self, why: str) -> None:
        if len(self.left_out) < MOST_NAMED:
            self.left_out.append(why)
        else:
            self.more_left_out += 1

    def theirs(self, sql: str, *values: object) -> list[Any]:
        return self.other.conn.execute(sql, values).fetchall()

    def ours(self, sql: str, *values: object) -> Any:
        """The first row's first value; None where there is no row."""
        row = self.store.conn.execute(sql, values).fetchone()
        return row[0] if row else None

    def note(self, table: str, theirs: int, ours: int) -> None:
        """Their row is this one of ours. `table`: pages, captures, polls or articles."""
        self.store.conn.execute(f"INSERT OR REPLACE INTO {table}_as VALUES (?, ?)", (theirs, ours))  # noqa: S608 - our own names

    def as_ours(self, table: str, theirs: int | None) -> int | None:
        """Our row for theirs; None where it did not come."""
        if theirs is None:
            return None
        found = self.ours(f"SELECT ours FROM {table}_as WHERE theirs = ?", theirs)  # noqa: S608 - our own names
        return None if found is None else int(found)

    def insert(self, table: str, row: dict[str, Any]) -> int:
        """A new row of ours; gives back its rowid."""
        names, holes = ", ".join(row), ", ".join("?" * len(row))
        done = self.store.conn.execute(f"INSERT INTO {table} ({names}) VALUES ({holes})", tuple(row.values()))  # noqa: S608 - our own names
        self.counts[table] += 1
        return int(done.lastrowid or 0)

    def run(self, theirs: int | None) -> int | None:
        """Our row for their run, which comes with the first thing that comes of it."""
        if theirs in self.new_runs:
            self.runs[theirs] = self.insert("runs", self.new_runs.pop(theirs))
        return None if theirs is None else self.runs.get(theirs)

    def nth(self, known: Sequence[int], key: tuple[Any, ...]) -> int | None:
        """Of our rows that are alike the one that is the n-th of theirs; None where they have one more than we."""
        place = self.seen[key]
        self.seen[key] += 1
        return known[place] if place < len(known) else None

    def is_buried(self, *digests: bytes) -> bool:
        return tombstones.of(self.store, *digests) is not None


def rows_of(store: Store, sql: str, *values: object) -> list[dict[str, Any]]:
    """Rows by their columns' names."""
    cursor = store.conn.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
