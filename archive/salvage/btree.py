"""A tree of the SQLite file format, read from its root: every row that is whole, and a hole for each page or cell that is not. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from archive.salvage.records import Broken, Value, record, varint

TABLE_LEAF, TABLE_INTERIOR, INDEX_LEAF, INDEX_INTERIOR = 0x0D, 0x05, 0x0A, 0x02
LOWEST, HIGHEST = -(1 << 63) - 1, (1 << 63) - 1  # bounds of rowids: above the one, up to the other
_DEEPEST = 40  # levels: SQLite itself stops at 20
TREE, OVERFLOW, FREE = 1, 2, 3  # what a page is used for


class Pages(Protocol):
    """As `pages.PageFile` gives them, or a test."""

    count: int
    usable: int

    def page(self, number: int) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Row:
    """A whole record. `rowid`: None in a tree whose rows are keys. `page`: where it stands. `sound`: nothing else is wrong on that page."""

    rowid: int | None
    values: tuple[Value, ...]
    page: int
    sound: bool = True


@dataclass(frozen=True, slots=True)
class Hole:
    """A page (or a cell of it) that cannot be read, and the rowids that it may have had: after `low`, up to `high`."""

    page: int
    low: int
    high: int
    why: str


@dataclass(slots=True)
class Tree:
    """What was found while a tree was read: filled by `rows`."""

    holes: list[Hole] = field(default_factory=list)


class Reader:
    """Reads trees of one file, and remembers what each page is used for: no page belongs to two."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.uses = bytearray(pages.count + 1)

    def rows(self, root: int, tree: Tree, *, keyed: bool = False) -> Iterator[Row]:
        """The rows of the tree at `root`, in its order. `keyed`: of a table WITHOUT ROWID, whose rows are the keys of an index."""
        stack = [(root, LOWEST, HIGHEST, 0)]
        while stack:
            number, low, high, depth = stack.pop()
            try:
                page = self._tree_page(number, keyed, depth)
            except Broken as problem:
                tree.holes.append(Hole(number, low, high, str(problem)))
                continue
            self.uses[number] = TREE
            if page.kind == TABLE_LEAF:
                yield from self.leaf(page, tree, low, high)
            elif page.kind == TABLE_INTERIOR:
                stack.extend(reversed(list(_children(page, tree, low, high, depth))))
            else:
                yield from self._keys(page, tree)
                stack.extend((child, low, high, depth + 1) for child in reversed(page.children))

    def stray(self, number: int) -> Page | None:
        """A leaf of a table at `number`, which no tree leads to; None where the page is something else."""
        try:
            page = Page(number, self.pages.page(number), self.pages.usable)
        except Broken:
            return None
        return page if page.kind == TABLE_LEAF and page.cells else None

    def leaf(self, page: Page, tree: Tree, low: int = LOWEST, high: int = HIGHEST) -> Iterator[Row]:
        """The rows of a leaf whose rowids go up and stay between the bounds."""
        found, last, broken = [], low, page.broken or page.unaccounted
        for at in page.cells:
            try:
                rowid, values = self._row(page, at)
                if not last < rowid <= high:
                    raise Broken("its rowid is out of order")
                last = rowid
                found.append((rowid, values))
            except Broken as problem:
                broken = broken or f"a row of page {page.number} is damaged: {problem}"
        if broken:
            tree.holes.append(Hole(page.number, low, high, broken))
        for rowid, values in found:
            yield Row(rowid, values, page.number, sound=broken is None)

    def free(self, first: int) -> None:
        """Marks the pages of the freelist: what stands on them was deleted. Ends where the list is damaged."""
        trunk = first
        while 0 < trunk <= self.pages.count and not self.uses[trunk]:
            self.uses[trunk] = FREE
            try:
                data = self.pages.page(trunk)
            except Broken:
                return
            listed = min(int.from_bytes(data[4:8], "big"), self.pages.usable // 4 - 2)
            for at in range(8, 8 + 4 * listed, 4):
                number = int.from_bytes(data[at : at + 4], "big")
                if 0 < number <= self.pages.count and not self.uses[number]:
                    self.uses[number] = FREE
            trunk = int.from_bytes(data[:4], "big")

    def _tree_page(self, number: int, keyed: bool, depth: int) -> Page:
        if depth > _DEEPEST:
            raise Broken(f"page {number} lies too deep")
        if not 0 < number <= self.pages.count:
            raise Broken(f"page {number} is beyond the end of the file")
        if self.uses[number]:
            raise Broken(f"page {number} is something else")
        page = Page(number, self.pages.page(number), self.pages.usable)
        if page.kind not in ((INDEX_LEAF, INDEX_INTERIOR) if keyed else (TABLE_LEAF, TABLE_INTERIOR)):
            raise Broken(f"page {number} is no page of this tree")
        return page

    def _row(self, page: Page, at: int) -> tuple[int, tuple[Value, ...]]:
        size, at = varint(page.data, at)
        rowid, at = varint(page.data, at)
        return rowid, record(self._payload(page, at, size, self.pages.usable - 35))

    def _keys(self, page: Page, tree: Tree) -> Iterator[Row]:
        found, broken = [], page.broken or page.unaccounted
        most = (self.pages.usable - 12) * 64 // 255 - 23
        for at in page.cells:
            try:
                size, begin = varint(page.data, at + (4 if page.kind == INDEX_INTERIOR else 0))
                found.append(record(self._payload(page, begin, size, most)))
            except Broken as problem:
                broken = broken or f"a row of page {page.number} is damaged: {problem}"
        if broken:
            tree.holes.append(Hole(page.number, LOWEST, HIGHEST, broken))
        for values in found:
            yield Row(None, values, page.number, sound=broken is None)

    def _payload(self, page: Page, at: int, size: int, most: int) -> bytes:
        """A cell's payload of `size` bytes, `most` of which may stand on the page itself; the rest is followed from page to page."""
        usable = self.pages.usable
        if not 0 < size <= usable * self.pages.count:
            raise Broken("its length is impossible")
        if size <= most:
            if at + size > usable:
                raise Broken("it reaches beyond its page")
            return page.data[at : at + size]
        here = local(size, usable, most) - 4
        if at + here + 4 > usable:
            raise Broken("it reaches beyond its page")
        following = int.from_bytes(page.data[at + here : at + here + 4], "big")
        return page.data[at : at + here] + self._overflow(following, size - here)

    def _overflow(self, number: int, left: int) -> bytes:
        """What goes on from page to page. A chain has exactly the pages that its length needs, and shares none."""
        pieces, chain, room = list[bytes](), list[int](), self.pages.usable - 4
        seen = set[int]()
        while left > 0:
            if not 0 < number <= self.pages.count or self.uses[number] or number in seen:
                raise Broken(f"it goes on at page {number}, which is something else")
            data = self.pages.page(number)
            seen.add(number)
            chain.append(number)
            pieces.append(data[4 : 4 + min(left, room)])
            left -= room
            number = int.from_bytes(data[:4], "big")
        if number:
            raise Broken("it goes on beyond its length")
        for one in chain:
            self.uses[one] = OVERFLOW
        return b"".join(pieces)


def local(size: int, usable: int, most: int) -> int:
    """Bytes of a payload of `size` that stand on its page, with the number of the page where it goes on (file format, 1.6)."""
    if size <= most:
        return size
    least = (usable - 12) * 32 // 255 - 23
    here = least + (size - least) % (usable - 4)
    return (here if here <= most else least) + 4


class Page:
    """A page of a tree, its header read. `broken`: why not all of its cells can be found; None where they can.

    Raises Broken where it is no page of a tree.
    """

    def __init__(self, number: int, data: bytes, usable: int) -> None:
        self.number, self.data = number, data
        begin = 100 if number == 1 else 0
        self.kind = data[begin]
        if self.kind not in (TABLE_LEAF, TABLE_INTERIOR, INDEX_LEAF, INDEX_INTERIOR):
            raise Broken(f"page {number} is zeroed" if not any(data) else f"page {number} is no page of a tree")
        self.interior = self.kind in (TABLE_INTERIOR, INDEX_INTERIOR)
        count = int.from_bytes(data[begin + 3 : begin + 5], "big")
        listed = begin + (12 if self.interior else 8)
        if listed + 2 * count > usable:
            raise Broken(f"page {number} counts more cells than it can have")
        pointers = [int.from_bytes(data[at : at + 2], "big") for at in range(listed, listed + 2 * count, 2)]
        self.cells = [at for at in pointers if listed + 2 * count <= at < usable]
        self.broken = None if len(self.cells) == count else f"page {number} points outside of itself"
        self._last = int.from_bytes(data[begin + 8 : begin + 12], "big")
        self._begin, self._usable = begin, usable

    @property
    def unaccounted(self) -> str | None:
        """Why some of its cells may be listed nowhere: its bytes do not add up, as integrity_check adds them. None: they do."""
        start = int.from_bytes(self.data[self._begin + 5 : self._begin + 7], "big") or 65536
        try:
            held = sum(max(4, self._size(at)) for at in self.cells) + self._freed() + self.data[self._begin + 7]
        except Broken:
            held = -1
        return None if start + held == self._usable else f"page {self.number} has bytes that no row accounts for"

    def _size(self, at: int) -> int:
        """Bytes of a cell on the page itself (file format, 1.6)."""
        here = at + 4 if self.interior else at
        number, here = varint(self.data, here)
        if self.kind == TABLE_INTERIOR:
            return here - at
        if self.kind == TABLE_LEAF:
            _, here = varint(self.data, here)
        most = self._usable - 35 if self.kind == TABLE_LEAF else (self._usable - 12) * 64 // 255 - 23
        return here - at + local(number, self._usable, most)

    def _freed(self) -> int:
        """Bytes of the page's free blocks, which stand in the order of their places. Raises Broken where they do not."""
        total, before, at = 0, 0, int.from_bytes(self.data[self._begin + 1 : self._begin + 3], "big")
        while at:
            if not before < at <= self._usable - 4:
                raise Broken("its free blocks are out of order")
            before, total = at, total + int.from_bytes(self.data[at + 2 : at + 4], "big")
            at = int.from_bytes(self.data[at : at + 2], "big")
        return total

    @property
    def children(self) -> list[int]:
        """Of an interior page: the pages below it, in order."""
        if not self.interior:
            return []
        return [int.from_bytes(self.data[at : at + 4], "big") for at in self.cells] + [self._last]

    @property
    def last(self) -> int:
        """Of an interior page: the rightmost page below it."""
        return self._last


def _children(page: Page, tree: Tree, low: int, high: int, depth: int) -> Iterator[tuple[int, int, int, int]]:
    """The pages below a table's interior page, each with its bounds; where a key is out of order, its page's bounds are wide."""
    broken, first = page.broken or page.unaccounted, low
    for at in page.cells:
        child = int.from_bytes(page.data[at : at + 4], "big")
        try:
            key, _ = varint(page.data, at + 4)
        except Broken:
            key = LOWEST
        if low < key <= high:
            yield child, low, key, depth + 1
            low = key
        else:
            broken = broken or f"page {page.number} has a key out of order"
    if broken:
        tree.holes.append(Hole(page.number, first, high, broken))
    yield page.last, low, high, depth + 1
