"""The story with its structure kept, as markdown: the blocks that `body` chose, in their order, as their boxes say.

Subheads, lists to two levels, quotes, preformatted text and tables; `inline` does what stands inside a block. Decides nothing
about what is kept. Linear in the page: of a box, no more than CLIMB others around it are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from archive.clean.inline import Inline, escaped, lines_escaped, marks_in
from archive.clean.tree import HEADINGS, LIST, QUOTE, TABLE, Block, Page

CLIMB = 40  # real stories stand in 5 to 30 boxes, and their lists and tables in the innermost of these
LONGEST_CELL = 60  # words; above it a table is there for the layout, and its cells are paragraphs
LEVELS = 2  # of lists; deeper items stand on the second


def markdown(page: Page, kept: Sequence[int], base: str) -> str:
    """The kept blocks as markdown, with the same words as their texts. `base`: the page's URL. Never raises."""
    try:
        return _Writer(page, base, kept).write(kept)
    except Exception:  # no page is known that comes here; a plain story is better than none
        return plainly(page.blocks[i].text for i in kept)


def plainly(paragraphs: Iterable[str]) -> str:
    """Paragraphs without structure as markdown: nothing in them is markup."""
    return "\n\n".join(_broken(lines_escaped(escaped(paragraph))) for paragraph in paragraphs)


def _broken(text: str) -> str:
    """Newlines as hard line breaks."""
    return text.replace("\n", "\\\n")


@dataclass(frozen=True, slots=True)
class _Place:
    """What a box stands in; boxes by their index. `items`: of lists, outermost first, each with its list."""

    quote: int | None = None
    items: tuple[tuple[int, int], ...] = ()
    table: int | None = None
    row: int | None = None
    cell: int | None = None


_NOWHERE = _Place()


@dataclass(frozen=True, slots=True)
class _Item:
    """An item that is open, and its list: what follows in it is indented by `indent`."""

    box: int
    listing: int
    indent: int


class _Writer:
    def __init__(self, page: Page, base: str, kept: Sequence[int]) -> None:
        self._page = page
        self._inline = Inline(base, marks_in("".join([page.blocks[i].text for i in kept])))
        self._out: list[str] = []
        self._quote: int | None = None  # of the block before
        self._items: list[_Item] = []  # open after the block before, outermost first
        self._counts: dict[int, int] = {}  # list -> its items so far
        self._marks: dict[int, int] = {}  # list -> which of the two marks its items have

    def write(self, kept: Sequence[int]) -> str:
        for group in self._groups(kept):
            rows = self._rows(group) if group[0][1].row is not None else None
            if rows:
                self._add(_table(rows), _NOWHERE)
            else:
                for block, place in group:
                    self._add(self._block(block), place)
        return "".join(self._out)

    def _groups(self, kept: Sequence[int]) -> Iterator[list[tuple[Block, _Place]]]:
        """Blocks in a row from one table; every other block alone."""
        group: list[tuple[Block, _Place]] = []
        for i in kept:
            block = self._page.blocks[i]
            place = self._place(block.box) if self._page.boxes[block.box].flags & (LIST | QUOTE | TABLE) else _NOWHERE
            if group and (place.row is None or group[0][1].row is None or place.table != group[0][1].table):
                yield group
                group = []
            group.append((block, place))
        if group:
            yield group

    def _place(self, box: int) -> _Place:
        boxes = self._page.boxes
        quote = table = row = cell = item = None
        items: list[tuple[int, int]] = []
        for _ in range(CLIMB):
            if not boxes[box].flags & (LIST | QUOTE | TABLE):
                break  # none around it either
            tag = boxes[box].tag
            if tag == "blockquote":
                quote = box
            elif tag == "li":
                item = box
            elif tag in ("ul", "ol", "menu") and item is not None:
                items.append((item, box))
                item = None
            elif table is None and tag in ("td", "th"):
                cell = box
            elif table is None and tag == "tr" and cell is not None:
                row = box
            elif table is None and tag == "table":
                table = box
            box = boxes[box].parent
            if box < 0:
                break
        return _Place(quote, tuple(reversed(items)), table, row if table is not None else None, cell)

    # --- a block ---------------------------------------------------------------------------------------------------

    def _block(self, block: Block) -> str:
        boxes = self._page.boxes
        box = boxes[block.box]
        if box.tag == "pre":
            return _fenced(block.text)
        text = self._inline.of(block)
        tag = box.tag if box.tag in HEADINGS or box.parent < 0 else boxes[box.parent].tag
        return _subhead(text, int(tag[1])) if tag in HEADINGS else _broken(lines_escaped(text))

    def _add(self, text: str, place: _Place) -> None:
        if place is _NOWHERE:
            self._items, self._quote = [], None
            self._out += ["\n\n" if self._out else "", text]
            return
        before = self._items if place.quote == self._quote else []
        indent, mark = self._open(place, before)
        gap = "\n" if mark and self._is_tight(before) else "\n>\n" if place.quote is not None and place.quote == self._quote else "\n\n"
        quote = "" if place.quote is None else "> "
        first, *others = text.split("\n")
        margin = quote + " " * (indent + len(mark))
        lines = [f"{quote}{' ' * indent}{mark}{first}", *(margin + line if line else margin.rstrip() for line in others)]
        self._out += [gap if self._out else "", "\n".join(lines)]
        self._quote = place.quote

    # --- lists -----------------------------------------------------------------------------------------------------

    def _open(self, place: _Place, before: list[_Item]) -> tuple[int, str]:
        """(indent of the block, mark of the item that it begins, or ""). What is open then is in `_items`."""
        if not place.items:
            self._items = []
            return 0, ""
        around = {item for item, _ in place.items}
        still = [one for one in before if one.box in around]
        item, listing = place.items[-1]
        if still and still[-1].box == item:
            self._items = still
            return still[-1].indent, ""
        above = still[: LEVELS - 1]
        indent = above[-1].indent if above else 0
        mark = self._mark(listing, before[len(above)].listing if len(before) > len(above) else None)
        self._items = [*above, _Item(item, listing, indent + len(mark))]
        return indent, mark

    def _mark(self, listing: int, neighbour: int | None) -> str:
        """What the list's next item begins with. A list right after one of its kind has the other mark, or the two would be one."""
        boxes = self._page.boxes
        if listing not in self._marks:
            follows = neighbour is not None and boxes[neighbour].tag == boxes[listing].tag
            self._marks[listing] = 1 - self._marks[neighbour] if neighbour is not None and follows else 0
        other = self._marks[listing]
        if boxes[listing].tag != "ol":
            return ("- ", "* ")[other]
        count = self._counts[listing] = self._counts.get(listing, 0) + 1
        return f"{count}{'.)'[other]} "

    def _is_tight(self, before: list[_Item]) -> bool:
        """Whether the item that was opened follows one of its own list, or opens a list inside of the one before."""
        new = self._items[-1]
        nested = len(self._items) > 1 and before[-1] == self._items[-2]
        return any(one.listing == new.listing for one in before) or (nested and self._counts.get(new.listing, 1) == 1)

    # --- tables ----------------------------------------------------------------------------------------------------

    def _rows(self, group: list[tuple[Block, _Place]]) -> list[list[str]] | None:
        """The cells of a table row by row, or None where it is no table, or one for the layout."""
        rows: dict[int, dict[int, list[Block]]] = {}
        for block, place in group:
            if place.row is None or place.cell is None or block.words > LONGEST_CELL:
                return None
            rows.setdefault(place.row, {}).setdefault(place.cell, []).append(block)
        if sum(len(cells) > 1 for cells in rows.values()) < 2:
            return None
        return [[self._cell(cells.get(cell, [])) for cell in self._cells(row, cells)] for row, cells in rows.items()]

    def _cells(self, row: int, kept: dict[int, list[Block]]) -> list[int]:
        """The row's cells up to the last kept one, those without kept text among them."""
        boxes = self._page.boxes
        within = (box for box in range(row + 1, max(kept) + 1) if boxes[box].parent == row and boxes[box].tag in ("td", "th"))
        return sorted({*within, *kept})

    def _cell(self, blocks: list[Block]) -> str:
        return " ".join(self._inline.of(block).replace("\n", " ").replace("|", "\\|") for block in blocks)


def _table(rows: list[list[str]]) -> str:
    """GitHub's table. The first row is its head, as wide as the widest, and is given back its empty corner: that has no box."""
    width = max(map(len, rows))
    head, *others = rows
    full = [[""] * (width - len(head)) + head, ["---"] * width, *others]
    return "\n".join(f"| {' | '.join(row)} |" for row in full)


def _subhead(text: str, level: int) -> str:
    """The page's h1 is its headline: what stands in the story begins at the second level."""
    line = text.replace("\n", " ")
    core = line.rstrip("#")
    return f"{'#' * max(2, level)} {line if core == line else core + chr(92) + line[len(core) :]}"


def _fenced(text: str) -> str:
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}\n{text}\n{fence}"
