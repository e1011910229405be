"""How the tables of a damaged file are laid out: as its own schema says where that can be read, else as ours was at its step."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache

from sqlite_utils import Database

from archive.migrations import migrations
from archive.salvage.btree import Reader, Row, Tree
from archive.salvage.pages import PageFile
from archive.salvage.records import Value
from archive.salvage.shapes import Column, Shape
from archive.salvage.survey import Plan, said

STEPS = tuple(migration.name for migration in migrations.pending(Database(memory=True, execute_plugins=False)))
MIGRATIONS = "_sqlite_migrations"
_SKIPPED = re.compile(r"sqlite_|.*_fts_(data|idx|docsize|config|content)\Z")
_SCHEMA_ROOT = 1
_SAMPLE = 2000  # leaves that are looked at where no schema is left


@dataclass(frozen=True, slots=True)
class Stored:
    """A line of the damaged file's schema. `root`: 0 for what has no pages of its own."""

    kind: str
    name: str
    root: int
    sql: str


@dataclass(frozen=True, slots=True)
class Layout:
    """`step`: the last step of our schema that the file had taken. `own`: tables of its user's, with their SQL."""

    step: str
    plan: Plan
    own: Mapping[str, str]
    stored: tuple[Stored, ...]
    whole: bool  # every line of the schema could be read


def layout(pages: PageFile) -> Layout:
    """Reads as much of the schema as there is."""
    tree = Tree()
    rows = list(Reader(pages).rows(_SCHEMA_ROOT, tree)) if pages.count else []
    stored = tuple(found for row in rows if (found := _stored(row.values)) is not None)
    tables = {one.name: one for one in stored if one.kind == "table" and one.root and not _SKIPPED.match(one.name)}
    step = _step(pages, tables)
    ours, fresh = _ours(step)
    theirs = _as_stored(tables, ours)
    plan = Plan(
        shapes={**ours, **theirs},
        roots={name: one.root for name, one in tables.items() if name in ours or name in theirs},
        guessed=fresh,
        freelist=int.from_bytes(pages.head[32:36], "big"),
        passed_over=tuple(one.root for one in stored if one.kind == "table" and one.root and _SKIPPED.match(one.name)),
    )
    own = {name: one.sql for name, one in tables.items() if name in theirs and name not in ours}
    return Layout(step, plan, own, stored, whole=bool(rows) and not tree.holes)


@cache
def _ours(step: str) -> tuple[dict[str, Shape], dict[str, int]]:
    """Our tables as they were after a step, and where a new archive had them."""
    with closing(made(step)) as conn:
        return shapes(conn), roots(conn)


def made(step: str) -> sqlite3.Connection:
    """Our schema as it was after a step, empty and in memory."""
    conn = sqlite3.connect(":memory:", isolation_level=None)
    up_to(conn, step)
    return conn


def up_to(conn: sqlite3.Connection, step: str) -> None:
    """Takes the steps that are pending, up to this one."""
    after = STEPS[STEPS.index(step) + 1 :]
    migrations.apply(Database(conn, execute_plugins=False), stop_before=after[0] if after else None)


def shapes(conn: sqlite3.Connection) -> dict[str, Shape]:
    """The tables whose rows are carried over: all but virtual ones and what belongs to these."""
    found = {}
    for _, name, kind, _, without_rowid, strict in conn.execute("PRAGMA table_list").fetchall():
        if kind == "table" and not _SKIPPED.match(name):
            found[name] = _shape(conn, name, keyed=bool(without_rowid), strict=bool(strict))
    return found


def roots(conn: sqlite3.Connection) -> dict[str, int]:
    return dict(conn.execute("SELECT name, rootpage FROM sqlite_schema WHERE type = 'table' AND rootpage > 0"))


def _shape(conn: sqlite3.Connection, name: str, *, keyed: bool, strict: bool) -> Shape:
    rows = [row for row in conn.execute(f'PRAGMA table_xinfo("{name}")') if row[6] in (0, 3)]  # virtual columns are in no record
    keys = [row for row in rows if row[5]]
    if keyed:  # a record begins with the key, in its order
        rows = sorted(keys, key=lambda row: int(row[5])) + [row for row in rows if not row[5]]
    alias = keys[0][1] if len(keys) == 1 and not keyed and keys[0][2].upper() == "INTEGER" else None
    least = _least_columns().get(name, 1) if strict else 1
    columns = tuple(
        Column(column, kind.upper(), not not_null and not (keyed and key), late=at >= least and (default is not None or not not_null))
        for at, (_, column, kind, not_null, default, key, _) in enumerate(rows)
    )
    return Shape(name, columns, alias, keyed, strict)


@cache
def _least_columns() -> dict[str, int]:
    """With how many columns a table of ours has ever stood: records may have as few."""
    least: dict[str, int] = {}
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        for step in STEPS:
            up_to(conn, step)
            for name, columns in conn.execute(
                "SELECT m.name, count(*) FROM sqlite_schema m, pragma_table_info(m.name) WHERE m.type = 'table' GROUP BY m.name"
            ):
                least[name] = min(columns, least.get(name, columns))
    return least


def _stored(values: tuple[Value, ...]) -> Stored | None:
    if len(values) != 5 or not isinstance(values[3] or 0, int):
        return None
    root = values[3]
    return Stored(said(values, 0), said(values, 1), root if isinstance(root, int) else 0, said(values, 4))


def _as_stored(tables: Mapping[str, Stored], ours: Mapping[str, Shape]) -> dict[str, Shape]:
    """Shapes by the file's own statements: people add columns and tables, and `sqlite-utils transform` puts columns in another order."""
    found: dict[str, Shape] = {}
    for name, one in tables.items():
        with closing(sqlite3.connect(":memory:")) as conn:
            if one.sql[:12].upper() != "CREATE TABLE":
                continue
            try:
                conn.execute(one.sql)
                as_said = shapes(conn)
            except sqlite3.Error:
                continue  # its text is damaged: ours is known
            if name in as_said:
                found[name] = as_said[name]
    return {name: shape for name, shape in found.items() if name not in ours or _alike(shape, ours[name])}


def _alike(theirs: Shape, ours: Shape) -> bool:
    """Whether it still has what ours has; else its text is damaged."""
    return _names(ours) <= _names(theirs)


def _step(pages: PageFile, tables: Mapping[str, Stored]) -> str:
    """The last step that the file had taken: as it says itself, else as its tables look, else as its rows look."""
    if MIGRATIONS in tables:
        rows = Reader(pages).rows(tables[MIGRATIONS].root, Tree())
        taken = {said(row.values, 2) for row in rows if said(row.values, 1) == "wirecopy"}
        known = [step for step in STEPS if step in taken]
        if known:  # rows of later steps may be lost, while what these made is there
            return max(known[-1], _first_with(tables), key=STEPS.index)
    return _step_by_tables(tables) if tables else _step_by_rows(pages)


def _first_with(tables: Mapping[str, Stored]) -> str:
    """The first step at which our tables had all the columns that the file's have."""
    newest, theirs = _ours(STEPS[-1])[0], _as_stored(tables, {})
    wanted = {name: _names(shape) & _names(newest[name]) for name, shape in theirs.items() if name in newest}
    for step in STEPS:
        ours = _ours(step)[0]
        if all(name in ours and columns <= _names(ours[name]) for name, columns in wanted.items()):
            return step
    return STEPS[-1]


def _names(shape: Shape) -> set[str]:
    return {column.name for column in shape.columns}


def _step_by_tables(tables: Mapping[str, Stored]) -> str:
    theirs = _as_stored(tables, {})
    for step, ours in _each_step():
        if all(_alike(theirs[name], shape) for name, shape in ours.items() if name in theirs):
            return step
    return STEPS[-1]


def _step_by_rows(pages: PageFile) -> str:
    """The step whose tables most leaves fit; the newest of those that are equal."""
    reader = Reader(pages)
    leaves: list[Row | None] = []
    for number in range(2, pages.count + 1):
        if len(leaves) >= _SAMPLE:
            break
        if (page := reader.stray(number)) is not None:
            leaves.append(next(iter(reader.leaf(page, Tree())), None))
    rows = [row for row in leaves if row is not None]
    best = (-1, STEPS[-1])
    for step, ours in _each_step():
        fits = sum(any(shape.strict and not shape.keyed and shape.fits(row.values, looks=True) for shape in ours.values()) for row in rows)
        best = max(best, (fits, step), key=lambda one: one[0])
    return best[1]


def _each_step() -> Iterator[tuple[str, dict[str, Shape]]]:
    """The newest first."""
    for step in reversed(STEPS):
        yield step, _ours(step)[0]
