"""Does a record belong to a table? By how many values it has, of which types, and by how they look. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from archive.salvage.records import Value

# Columns whose text has one form in our tables, by the end of their names: what tells two tables apart that have the same types.
_LOOKS = (
    (re.compile(r"_(at|before)\Z"), re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z\Z")),
    (re.compile(r"(^|_)(sha256|text_digest)\Z"), re.compile(r"[0-9a-f]{2,64}\Z")),
)
_ZEROED = "\0" * 8  # no text of ours has that: a hole in the disk was read
_TYPES: dict[str, tuple[type, ...]] = {
    "INTEGER": (int,), "INT": (int,), "REAL": (float, int), "TEXT": (str,), "BLOB": (bytes,),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """`kind`: its declared type. `late`: added to the table later, with a default or null: records from before lack it."""

    name: str
    kind: str
    nullable: bool
    late: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """A table as its records are laid out. `alias`: the column that is the rowid, which records hold as null."""

    name: str
    columns: tuple[Column, ...]  # in the order of the record
    alias: str | None = None
    keyed: bool = False  # WITHOUT ROWID
    strict: bool = True

    def fits(self, values: Sequence[Value], *, looks: bool) -> bool:
        """Whether a record with these values can be a row of this table. `looks`: its text must look as ours does, too."""
        if len(values) > len(self.columns) or any(not column.late for column in self.columns[len(values) :]):
            return False
        return all(self._fits(column, value, looks) for column, value in zip(self.columns, values, strict=False))

    def _fits(self, column: Column, value: Value, looks: bool) -> bool:
        if column.name == self.alias:
            return value is None
        if value is None:
            return column.nullable
        if self.strict and not isinstance(value, _TYPES.get(column.kind, (object,))):
            return False
        return not looks or not isinstance(value, str) or (_ZEROED not in value and _looks_right(column.name, value))

    def row(self, rowid: int | None, values: Sequence[Value]) -> dict[str, Value]:
        """The values by the names of their columns; `rowid` under its own name where no column is it. Late columns may be missing."""
        found = {column.name: value for column, value in zip(self.columns, values, strict=False)}
        if rowid is not None:
            found[self.alias or "rowid"] = rowid
        return found


def _looks_right(name: str, text: str) -> bool:
    return all(look.match(text) for ends, look in _LOOKS if ends.search(name))
