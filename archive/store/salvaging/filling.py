"""Rows of a damaged file into a new one, which has the schema that the damaged file had and takes the later steps afterwards."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress

from archive.salvage.btree import Row
from archive.salvage.shapes import Shape
from archive.store.salvaging.layout import MIGRATIONS, Layout, shapes, up_to

_TOGETHER = 500  # rows a statement
_TRANSACTION = 20_000  # rows
_OURS = "wirecopy"


class Filling:
    """The new file while it is filled. `refused`: rows a table did not take, since another one has their key or they break its rules."""

    def __init__(self, conn: sqlite3.Connection, layout: Layout) -> None:
        self._conn, self._layout = conn, layout
        self.refused, self.kept = Counter[str](), Counter[str]()
        self.notes = list[str]()
        self._waiting = list[tuple[Shape, Row]]()
        self._since = 0

    def prepare(self) -> None:
        """The damaged file's schema, empty: ours at its step, the columns and tables that its user added, no seeded rows."""
        up_to(self._conn, self._layout.step)
        ours = shapes(self._conn)
        for name, sql in self._layout.own.items():
            self._try(sql, f"table {name}")
        for name, shape in self._layout.plan.shapes.items():
            if name not in ours:
                continue
            known = {column.name for column in ours[name].columns}
            for column in shape.columns:
                if column.name not in known:
                    self._try(f"ALTER TABLE {_quoted(name)} ADD COLUMN {_quoted(column.name)} {column.kind}", f"{name}.{column.name}")
        for name in ours:
            if name != MIGRATIONS:
                self._conn.execute(f"DELETE FROM {_quoted(name)}")  # noqa: S608 - a table's name
        self._conn.execute("BEGIN")

    def take(self, rows: Iterable[tuple[Shape, Row]], tell: Callable[[int], None]) -> None:
        """Writes all rows; `tell` is called with the page of each."""
        for shape, row in rows:
            tell(row.page)
            if self._waiting and not self._goes_with(shape, row):
                self._write()
            self._waiting.append((shape, row))
        self._write()
        self._conn.execute("COMMIT")

    def _goes_with(self, shape: Shape, row: Row) -> bool:
        first, its = self._waiting[0]
        return first is shape and len(its.values) == len(row.values) and len(self._waiting) < _TOGETHER

    def finish(self) -> None:
        """The indexes, views and triggers that the damaged file's user had made. After the rows, so that no trigger fires for them."""
        there = {name for (name,) in self._conn.execute("SELECT name FROM sqlite_schema")}
        for one in self._layout.stored:
            if one.kind in ("index", "view", "trigger") and one.name not in there and one.sql[:7].upper() == "CREATE ":
                self._try(one.sql, f"{one.kind} {one.name}")
            elif one.kind == "table" and not one.root and one.name not in there:
                self.notes.append(f"the virtual table {one.name} is not carried over: make it anew")

    def _write(self) -> None:
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        shape = waiting[0][0]
        rows = [shape.row(row.rowid, row.values) for _, row in waiting]
        if shape.name == MIGRATIONS:
            rows = [row for row in rows if row.get("migration_set") != _OURS]  # the new file knows its own steps
        taken = self._insert(shape.name, rows) if rows else 0
        self.kept[shape.name] += taken
        self.refused[shape.name] += len(rows) - taken
        self._since += len(rows)
        if self._since >= _TRANSACTION:
            self._conn.execute("COMMIT")
            self._conn.execute("BEGIN")
            self._since = 0

    def _insert(self, table: str, rows: Sequence[Mapping[str, object]]) -> int:
        names = list(rows[0])
        if table == MIGRATIONS:
            names.remove("id")
        columns, holes = ", ".join(map(_quoted, names)), ", ".join("?" for _ in names)
        sql = f"INSERT OR IGNORE INTO {_quoted(table)} ({columns}) VALUES ({holes})"  # noqa: S608 - names of columns
        values = [tuple(row[name] for name in names) for row in rows]
        self._conn.execute("SAVEPOINT together")
        try:
            return max(0, self._conn.executemany(sql, values).rowcount)
        except (sqlite3.Error, OverflowError):  # one of them: each by itself
            self._conn.execute("ROLLBACK TO together")
            return sum(self._one(sql, one) for one in values)
        finally:
            self._conn.execute("RELEASE together")

    def _one(self, sql: str, values: tuple[object, ...]) -> int:
        with suppress(sqlite3.Error, OverflowError):
            return max(0, self._conn.execute(sql, values).rowcount)
        return 0

    def _try(self, sql: str, what: str) -> None:
        try:
            self._conn.execute(sql)
        except (sqlite3.Error, sqlite3.Warning) as problem:
            self.notes.append(f"{what} could not be made again: {problem}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
