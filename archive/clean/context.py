"""The second look: what the first look's scores say of a block's neighbours, box, kind and place, as numbers.

The numbers go through a forest of small decision trees (`archive.clean.forest`); FEATURES names them in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

from archive.clean.signs import Hints, told_by_description
from archive.clean.text import key
from archive.clean.tree import ARTICLE, FOOTER, FORM, LIST, MAIN, TABLE, Box, Page

FEATURES = (
    "score", "score-2", "score-1", "score+1", "score+2", "words-1", "words+1", "words", "link share", "kind",
    "good words before", "good words after", "share before", "share after", "good in parent", "part in parent",
    "part in box 2", "good in box 3", "part in box 3", "in top box", "mean of parent", "blocks of parent",
    "mean of kind", "words of kind", "blocks of kind", "bold", "italic", "place", "blocks", "best after", "best before",
    "depth", "depth to top", "ended", "broken", "good words", "words of page", "nodes", "headline away", "opening", "opening away",
    "description", "described",
    "in table", "in main", "in article", "in list", "in footer", "in form",
)  # fmt: skip
# Those that are whole numbers. The forest compares these with whole numbers, and the others with floats: a comparison of one kind
# with the other takes several times as long.
WHOLE = frozenset((
    "words-1", "words+1", "words", "kind", "good words before", "good words after", "in top box", "blocks of parent", "words of kind",
    "blocks of kind", "blocks", "depth", "depth to top", "ended", "broken", "good words", "words of page", "nodes",
    "headline away", "opening", "opening away", "description", "described",
    "in table", "in main", "in article", "in list", "in footer", "in form",
))  # fmt: skip
_KIND = {
    "p": 0, "li": 1, "h1": 2, "h2": 3, "h3": 4, "h4": 5, "h5": 5, "h6": 5, "td": 6, "th": 6, "blockquote": 7, "pre": 8,
    "figcaption": 9, "caption": 9, "dd": 1, "dt": 1, "summary": 5,
}  # fmt: skip
_ENDS = frozenset('.!?…"”»)。」।')
_NONE = -8.0
_NEAR = 11  # blocks before and after among which the best one is looked for
_LEAD = 25  # words of a paragraph with which a story may open
_UNKNOWN = -999
_MARGIN = (_NONE,) * _NEAR  # around a page's scores: below any of them

# The features of a box: kind; parts of words that look good; means; depths; flags.
_Shared = tuple[int, tuple[float, ...], tuple[float, ...], tuple[int, ...], tuple[int, ...]]


class Surroundings:
    """Sums over one page of the first look's scores; linear in blocks and boxes."""

    def __init__(self, page: Page, scores: Sequence[float], hints: Hints, head: int | None) -> None:
        self.page, self.hints, self.head = page, hints, head
        self.raw = scores
        self.scores = [-6.0 if s < -6.0 else s if s < 6.0 else 6.0 for s in scores]
        self.padded = [*_MARGIN, *self.scores, *_MARGIN]
        self.described = int(bool(hints.description))
        self.begins = hints.description[:1]
        self.parents: dict[int, list[float]] = {}  # box -> of the blocks in its children: worth, words, how many
        self.kinds: dict[tuple[str, str], list[float]] = {}  # element and names -> the same
        # Words of each block that looks good; `before` and `until` are those of such blocks and of all, up to each.
        self.good = [b.words if s > 0 and b.words >= 6 else 0 for b, s in zip(page.blocks, self.scores, strict=True)]
        boxes = page.boxes
        worth = [0.0] * len(boxes)
        self.before = [0, *accumulate(self.good)]
        self.total = self.before[-1] or 1
        self.until = [0, *accumulate([block.words for block in page.blocks])]
        self._sum_up(worth)
        for i in range(len(boxes) - 1, 0, -1):
            if worth[i]:
                worth[boxes[i].parent] += worth[i]
        self.words = self.until[-1]
        self.nodes = page.blocks[-1].serial
        self.top = worth.index(max(worth))
        self.last_in_top = _end_of(page, self.top)
        self.opening = self._opening()
        self._shared: dict[tuple[int, str, str, int], _Shared] = {}

    def _sum_up(self, worth: list[float]) -> None:
        """Adds the blocks to their boxes, to the boxes around those and to their kinds."""
        boxes, parents, kinds = self.page.boxes, self.parents, self.kinds
        for block, score in zip(self.page.blocks, self.scores, strict=True):
            i, words = block.box, block.words
            box = boxes[i]
            short = words if words < 60 else 60
            value = (-4.0 if score < -4.0 else score if score < 4.0 else 4.0) * short
            most = 3.0 * short
            worth[i] += -most if value < -most else value if value < most else most
            row = parents.get(box.parent)
            if row is None:
                parents[box.parent] = [value, short, 1]
            else:
                row[0] += value
                row[1] += short
                row[2] += 1
            key = box.tag, box.names
            row = kinds.get(key)
            if row is None:
                kinds[key] = [value, short, 1]
            else:
                row[0] += value
                row[1] += short
                row[2] += 1

    def _opening(self) -> int:
        """The first long block that looks good, below the headline where there is one; -1 for none."""
        start = 0 if self.head is None else self.head + 1
        return next((i for i in range(start, len(self.good)) if self.good[i] >= _LEAD), -1)

    def numbers(self, i: int) -> tuple[float, ...]:
        """The features of block `i`, in the order of FEATURES."""
        blocks = self.page.blocks
        block, n, before, total, opening = blocks[i], len(blocks), self.before[i], self.total, self.opening
        box, text, words = self.page.boxes[block.box], block.text, block.words
        size, at, near = len(text), i + _NEAR, self.padded
        bold, italic, linked = block.bold, block.italic, block.linked
        after = total - before - self.good[i]
        key = box.parent, box.tag, box.names, box.flags
        kind, parts, means, depths, flags = self._shared.get(key) or self._of_box(key, box)
        return (
            self.raw[i], near[at - 2], near[at - 1], near[at + 1], near[at + 2],
            blocks[i - 1].words if i else -1, blocks[i + 1].words if i + 1 < n else -1,
            words, linked / size if linked else 0.0, kind,
            before, after, before / total, after / total,
            *parts, 1 if self.top <= block.box < self.last_in_top else 0, *means,
            bold / size if bold else 0.0, italic / size if italic else 0.0, i / n, n,
            max(near[at + 1 : at + 1 + _NEAR]), max(near[i:at]),
            *depths, 1 if text[-1] in _ENDS else 0, 1 if "\n" in text else 0, total, self.words, self.nodes,
            i - self.head if self.head is not None else _UNKNOWN, opening, i - opening,
            self._told(text, words) if self.described and 4 < words < 60 else 0, self.described,
            *flags,
        )  # fmt: skip

    def _of_box(self, key: tuple[int, str, str, int], box: Box) -> _Shared:
        """What the blocks of such boxes have in common: paragraphs beside each other, most of all."""
        boxes = self.page.boxes
        parent, kind = self.parents[box.parent], self.kinds[(box.tag, box.names)]
        up = boxes[box.parent].parent if box.parent >= 0 else -1
        up2 = boxes[up].parent if up >= 0 else -1
        found = self._shared[key] = (
            _KIND.get(box.tag, 10),
            (*self._part(box.parent), self._part(up)[1], *self._part(up2)),
            (parent[0] / (parent[1] or 1), parent[2], kind[0] / (kind[1] or 1), kind[1], kind[2]),
            (box.depth, box.depth - boxes[self.top].depth),
            _known_flags(box.flags),
        )
        return found

    def _told(self, text: str, words: int) -> int:
        first = text[0]
        if first.isalnum() and first.casefold()[0] != self.begins:
            return 0  # most blocks: a key starts with the first letter
        return told_by_description(key(text), words, self.hints)

    def _part(self, box: int) -> tuple[float, float]:
        """(share of a box's words that look good, share of the page's good words that it holds)."""
        if box < 0:
            return -1.0, -1.0
        start, end = self.page.boxes[box].start, self.page.boxes[box].end
        inside = self.before[end] - self.before[start]
        return inside / (self.until[end] - self.until[start] or 1), inside / self.total


@lru_cache(maxsize=1024)  # few sets of flags come up
def _known_flags(flags: int) -> tuple[int, ...]:
    return tuple([int(flags & flag > 0) for flag in (TABLE, MAIN, ARTICLE, LIST, FOOTER, FORM)])


def _end_of(page: Page, top: int) -> int:
    """The first box after `top` that is not inside of it: boxes stand in document order."""
    boxes = page.boxes
    depth = boxes[top].depth
    for i in range(top + 1, len(boxes)):
        if boxes[i].depth <= depth:
            return i
    return len(boxes)
