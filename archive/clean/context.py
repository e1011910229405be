"""The second look: what the first look's scores say of a block's neighbours, box, kind and place, as numbers.

The numbers go through a forest of small decision trees (`archive.clean.forest`); FEATURES names them in order.
"""

from __future__ import annotations

from collections.abc import Sequence

from archive.clean.signs import Hints, same_key, told_by_description
from archive.clean.tree import ARTICLE, FOOTER, FORM, LIST, MAIN, TABLE, Page

FEATURES = (
    "score", "score-2", "score-1", "score+1", "score+2", "words-1", "words+1", "words", "link share", "kind",
    "good words before", "good words after", "share before", "share after", "good in parent", "part in parent",
    "part in box 2", "good in box 3", "part in box 3", "in top box", "mean of parent", "blocks of parent",
    "mean of kind", "words of kind", "blocks of kind", "bold", "italic", "place", "blocks", "best after", "best before",
    "depth", "depth to top", "ended", "broken", "good words", "words of page", "nodes", "headline away", "opening", "opening away",
    "description", "described", "in table", "in main", "in article", "in list", "in footer", "in form",
)  # fmt: skip
_KIND = {
    "p": 0, "li": 1, "h1": 2, "h2": 3, "h3": 4, "h4": 5, "h5": 5, "h6": 5, "td": 6, "th": 6, "blockquote": 7, "pre": 8,
    "figcaption": 9, "caption": 9, "dd": 1, "dt": 1, "summary": 5,
}  # fmt: skip
_ENDS = frozenset('.!?…"”»)。」।')
_NONE = -8.0
_NEAR = 11  # blocks before and after among which the best one is looked for
_LEAD = 25  # words of a paragraph with which a story may open
_UNKNOWN = -999


class Surroundings:
    """Sums over one page of the first look's scores; linear in blocks and boxes."""

    def __init__(self, page: Page, scores: Sequence[float], hints: Hints, head: int | None) -> None:
        self.page, self.hints, self.head = page, hints, head
        self.raw = scores
        self.scores = [-6.0 if s < -6.0 else min(s, 6.0) for s in scores]
        self.described = int(bool(hints.description))
        boxes = page.boxes
        self.good: list[int] = []  # words of each block that looks good
        self.before: list[int] = []  # and of those before it
        inside, size, worth = [0] * len(boxes), [0] * len(boxes), [0.0] * len(boxes)
        self.parents: dict[int, list[float]] = {}  # box -> of the blocks in its children: worth, words, how many
        self.kinds: dict[tuple[str, str], list[float]] = {}  # element and names -> the same
        running = 0
        for block, score in zip(page.blocks, self.scores, strict=True):
            i, words = block.box, block.words
            box = boxes[i]
            short = words if words < 60 else 60
            value = (-4.0 if score < -4.0 else min(score, 4.0)) * short
            good = words if score > 0 and words >= 6 else 0
            self.good.append(good)
            self.before.append(running)
            running += good
            inside[i] += good
            size[i] += words
            worth[i] += max(value, -3.0 * short) if value < 0 else min(value, 3.0 * short)
            key = (box.tag, box.names)
            row = self.parents.get(box.parent)
            if row is None:
                row = self.parents[box.parent] = [0.0, 0.0, 0.0]
            row[0] += value
            row[1] += short
            row[2] += 1
            row = self.kinds.get(key)
            if row is None:
                row = self.kinds[key] = [0.0, 0.0, 0.0]
            row[0] += value
            row[1] += short
            row[2] += 1
        self.total = running or 1
        for i in range(len(boxes) - 1, 0, -1):
            if size[i]:
                above = boxes[i].parent
                inside[above] += inside[i]
                size[above] += size[i]
                worth[above] += worth[i]
        self.inside, self.size = inside, size
        self.words = size[0]
        self.top = max(range(len(worth)), key=worth.__getitem__)
        self.last_in_top = _end_of(page, self.top)
        self.opening = self._opening()

    def _opening(self) -> int:
        """The first long block that looks good, below the headline where there is one; -1 for none."""
        start = 0 if self.head is None else self.head + 1
        return next((i for i in range(start, len(self.good)) if self.good[i] >= _LEAD), -1)

    def numbers(self, i: int) -> tuple[float, ...]:
        """The features of block `i`, in the order of FEATURES."""
        s, blocks, boxes = self.scores, self.page.blocks, self.page.boxes
        block, n, before, total = blocks[i], len(blocks), self.before[i], self.total
        box, text, words = boxes[block.box], block.text, block.words
        size, flags = len(text), box.flags
        parent, kind = self.parents[box.parent], self.kinds[(box.tag, box.names)]
        up = boxes[box.parent].parent if box.parent >= 0 else -1
        up2 = boxes[up].parent if up >= 0 else -1
        after = total - before - self.good[i]
        good1, part1 = self._part(box.parent)
        good3, part3 = self._part(up2)
        return (
            self.raw[i], s[i - 2] if i > 1 else _NONE, s[i - 1] if i else _NONE,
            s[i + 1] if i + 1 < n else _NONE, s[i + 2] if i + 2 < n else _NONE,
            blocks[i - 1].words if i else -1, blocks[i + 1].words if i + 1 < n else -1,
            words, block.linked / size, _KIND.get(box.tag, 10),
            before, after, before / total, after / total,
            good1, part1, self.inside[up] / total if up >= 0 else -1.0, good3, part3,
            self.top <= block.box < self.last_in_top, parent[0] / (parent[1] or 1), parent[2],
            kind[0] / (kind[1] or 1), kind[1], kind[2], block.bold / size, block.italic / size, i / n, n,
            max(s[i + 1 : i + 1 + _NEAR], default=_NONE), max(s[max(0, i - _NEAR) : i], default=_NONE),
            box.depth, box.depth - boxes[self.top].depth, text[-1] in _ENDS, "\n" in text, total, self.words, blocks[-1].serial,
            i - self.head if self.head is not None else _UNKNOWN, self.opening, i - self.opening,
            told_by_description(same_key(text), words, self.hints) if self.described and words < 60 else 0, self.described,
            flags & TABLE > 0, flags & MAIN > 0, flags & ARTICLE > 0, flags & LIST > 0, flags & FOOTER > 0, flags & FORM > 0,
        )  # fmt: skip

    def _part(self, box: int) -> tuple[float, float]:
        """(share of a box's words that look good, share of the page's good words that it holds)."""
        if box < 0:
            return -1.0, -1.0
        return self.inside[box] / (self.size[box] or 1), self.inside[box] / self.total


def _end_of(page: Page, top: int) -> int:
    """The first box after `top` that is not inside of it: boxes stand in document order."""
    boxes = page.boxes
    depth = boxes[top].depth
    return next((i for i in range(top + 1, len(boxes)) if boxes[i].depth <= depth), len(boxes))
