"""All tables of a damaged file, tree by tree, and then the leaves that no tree leads to any more. Pure but for the pages it is given."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from archive.salvage.btree import HIGHEST, LOWEST, Hole, Page, Reader, Row, Tree
from archive.salvage.records import Value
from archive.salvage.shapes import Shape


@dataclass(frozen=True, slots=True)
class Plan:
    """What is looked for: each table's shape, and its root page where that is known. `guessed`: roots that a new archive would have."""

    shapes: Mapping[str, Shape]
    roots: Mapping[str, int]
    guessed: Mapping[str, int]
    freelist: int = 0  # its first page; 0: none, or not known
    passed_over: tuple[int, ...] = ()  # roots of tables that are made again (the search index): their pages are no strays


@dataclass(slots=True)
class TableFound:
    """How a table came out. `holes`: pages and cells that could not be read; `strays`: rows of leaves that no tree led to."""

    rows: int = 0
    holes: list[Hole] = field(default_factory=list)
    strays: int = 0
    foreign: int = 0  # rows that cannot be of this table: their page was overwritten
    rootless: bool = False  # where it begins was lost


class Survey:
    """Goes over a file once. `tables` and `unknown` are filled by `rows`.

    A row is handed out once a rowid: what a tree leads to comes before what lies about.
    """

    def __init__(self, reader: Reader, plan: Plan) -> None:
        self._reader, self._plan = reader, plan
        self.tables = {name: TableFound() for name in plan.shapes}
        self.unknown = 0  # leaves that lie about and could be of several tables

    @property
    def damaged(self) -> bool:
        return any(found.holes or found.rootless or found.foreign for found in self.tables.values())

    def rows(self) -> Iterator[tuple[Shape, Row]]:
        self._reader.free(self._plan.freelist)
        for name, shape in self._plan.shapes.items():
            root = self._plan.roots.get(name)
            if root is None:
                yield from self._from_guess(shape)
            else:
                yield from self._tree(shape, root)
        if self.damaged:
            for root in self._plan.passed_over:
                for _ in self._reader.rows(root, Tree()):
                    pass
            yield from self._strays()

    def _tree(self, shape: Shape, root: int) -> Iterator[tuple[Shape, Row]]:
        found, tree = self.tables[shape.name], Tree()
        for row in self._reader.rows(root, tree, keyed=shape.keyed):
            if shape.fits(row.values, looks=not row.sound):
                found.rows += 1
                yield shape, row
            else:
                found.foreign += 1
        found.holes += tree.holes

    def _from_guess(self, shape: Shape) -> Iterator[tuple[Shape, Row]]:
        """Where a table begins was lost: most archives have it where a new one has it. A wrong guess shows by its rows."""
        found = self.tables[shape.name]
        found.rootless = True
        root = self._plan.guessed.get(shape.name)
        if root is not None and self._begins_there(shape, root):
            yield from self._tree(shape, root)

    def _begins_there(self, shape: Shape, root: int) -> bool:
        uses = bytes(self._reader.uses)
        rows = self._reader.rows(root, Tree(), keyed=shape.keyed)
        first = [row for row, _ in zip(rows, range(20), strict=False)]
        self._reader.uses[:] = uses
        return bool(first) and all(shape.fits(row.values, looks=True) for row in first)

    def _strays(self) -> Iterator[tuple[Shape, Row]]:
        gaps = {name: _Gaps(found) for name, found in self.tables.items() if (found.holes or found.rootless)}
        wanted = [shape for name, shape in self._plan.shapes.items() if name in gaps and shape.strict and not shape.keyed]
        for number in range(2, self._reader.pages.count + 1):
            page = None if self._reader.uses[number] else self._reader.stray(number)
            if page is not None:
                yield from self._stray(page, wanted, gaps)

    def _stray(self, page: Page, wanted: Sequence[Shape], gaps: Mapping[str, _Gaps]) -> Iterator[tuple[Shape, Row]]:
        rows = list(self._reader.leaf(page, Tree()))
        fitting = [shape for shape in wanted if rows and all(_may_be(row, shape, gaps[shape.name]) for row in rows)]
        if len(fitting) != 1:
            self.unknown += len(fitting) > 1
            return
        found = self.tables[fitting[0].name]
        for row in rows:
            if gaps[fitting[0].name].take(row.rowid or 0):
                found.strays += 1
                yield fitting[0], row


def _may_be(row: Row, shape: Shape, gaps: _Gaps) -> bool:
    return gaps.hold(row.rowid or 0) and shape.fits(row.values, looks=True)


class _Gaps:
    """The rowids that a table's holes may have had, and which of them have turned up since."""

    def __init__(self, found: TableFound) -> None:
        whole = found.rootless and not found.rows
        bounds = [(LOWEST, HIGHEST)] if whole else sorted((hole.low, hole.high) for hole in found.holes)
        self._lows, self._highs = [low for low, _ in bounds], [high for _, high in bounds]
        self._taken = set[int]()

    def hold(self, rowid: int) -> bool:
        at = bisect_left(self._lows, rowid) - 1
        return any(rowid <= self._highs[near] for near in range(max(0, at - 1), at + 1))

    def take(self, rowid: int) -> bool:
        """False where it was taken before."""
        if rowid in self._taken:
            return False
        self._taken.add(rowid)
        return True


def said(values: Sequence[Value], at: int) -> str:
    """A value that has to be text; "" where it is none."""
    value = values[at] if at < len(values) else None
    return value if isinstance(value, str) else ""
