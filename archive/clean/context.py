"""The second look: what the first look's scores say of a block's neighbours, box, kind and place, as numbers.

The numbers go through a small forest of decision trees (`archive.clean.forest`); FEATURES names them in order.
"""

from __future__ import annotations

from collections.abc import Sequence

from archive.clean.tree import Page

FEATURES = (
    "score", "score-4", "score-3", "score-2", "score-1", "score+1", "score+2", "score+3", "score+4", "words-1", "words+1",
    "words", "link share", "kind", "good words before", "good words after", "share before", "share after",
    "good in parent", "part in parent", "good in box 2", "part in box 2", "good in box 3", "part in box 3", "in top box",
    "reach", "mean of parent", "blocks of parent", "mean of kind", "words of kind", "bold", "italic", "place", "blocks",
    "best after", "best before", "depth to top", "ended", "broken", "good words", "letters a word", "body", "headline away",
)  # fmt: skip
_KIND = {
    "p": 0, "li": 1, "h1": 2, "h2": 3, "h3": 4, "h4": 5, "h5": 5, "h6": 5, "td": 6, "th": 6, "blockquote": 7, "pre": 8,
    "figcaption": 9, "caption": 9, "dd": 1, "dt": 1, "summary": 5,
}  # fmt: skip
_ENDS = frozenset('.!?…"”»)。」।')
_NONE = -8.0


class Surroundings:
    """Sums over one page of the first look's scores; linear in blocks and boxes."""

    def __init__(self, page: Page, scores: Sequence[float], body: Sequence[int], head: int | None) -> None:
        self.page, self.body, self.head = page, body, head
        self.scores = [max(-6.0, min(6.0, s)) for s in scores]
        self.raw = scores
        blocks, boxes = page.blocks, page.boxes
        n = len(blocks)
        good = [b.words if s > 0 and b.words >= 6 else 0 for b, s in zip(blocks, scores, strict=True)]
        self.total = sum(good) or 1
        self.before, running = [0] * n, 0
        for i in range(n):
            self.before[i] = running
            running += good[i]
        self.good = good
        worth, inside, size = [0.0] * len(boxes), [0] * len(boxes), [0] * len(boxes)
        parents: dict[int, list[float]] = {}
        kinds: dict[tuple[str, str], list[float]] = {}
        for block, g, s in zip(blocks, good, scores, strict=True):
            i = block.box
            box = boxes[i]
            short = block.words if block.words < 60 else 60
            value = max(-4.0, min(4.0, s)) * short
            inside[i] += g
            size[i] += block.words
            worth[i] += max(-3.0, min(3.0, s)) * short
            rows = parents.setdefault(box.parent, [0.0, 0.0, 0.0]), kinds.setdefault((box.tag, box.names), [0.0, 0.0, 0.0])
            for row in rows:
                row[0] += value
                row[1] += short
                row[2] += 1
        for i in range(len(boxes) - 1, 0, -1):
            above = boxes[i].parent
            inside[above] += inside[i]
            size[above] += size[i]
            worth[above] += worth[i]
        self.inside, self.size, self.parents, self.kinds = inside, size, parents, kinds
        self.top = max(range(len(worth)), key=worth.__getitem__) if worth else 0
        self.in_top = _below(page, self.top)
        self.reach = _reaches(good)
        self.best_after = _best(self.scores, 11)
        self.best_before = _best(self.scores[::-1], 11)[::-1]

    def numbers(self, i: int) -> tuple[float, ...]:
        """The features of block `i`, in the order of FEATURES."""
        page, s, blocks = self.page, self.scores, self.page.blocks
        block, n = blocks[i], len(blocks)
        box = page.boxes[block.box]
        size = len(block.text)
        parent = self.parents[box.parent]
        kind = self.kinds[(box.tag, box.names)]
        up = page.boxes[box.parent].parent if box.parent >= 0 else -1
        up2 = page.boxes[up].parent if up >= 0 else -1
        after = self.total - self.before[i] - self.good[i]
        return (
            self.raw[i],
            s[i - 4] if i > 3 else _NONE, s[i - 3] if i > 2 else _NONE, s[i - 2] if i > 1 else _NONE,
            s[i - 1] if i else _NONE,
            s[i + 1] if i + 1 < n else _NONE, s[i + 2] if i + 2 < n else _NONE, s[i + 3] if i + 3 < n else _NONE,
            s[i + 4] if i + 4 < n else _NONE,
            blocks[i - 1].words if i else -1, blocks[i + 1].words if i + 1 < n else -1,
            block.words, block.linked / size, _KIND.get(box.tag, 10),
            self.before[i], after, self.before[i] / self.total, after / self.total,
            *self._part(box.parent), *self._part(up), *self._part(up2),
            self.in_top[block.box], self.reach[i], parent[0] / (parent[1] or 1), parent[2], kind[0] / (kind[1] or 1),
            kind[1], block.bold / size, block.italic / size, i / n, n, self.best_after[i], self.best_before[i],
            box.depth - page.boxes[self.top].depth, block.text[-1] in _ENDS, "\n" in block.text, self.total,
            size / block.words, self.body[i], i - self.head if self.head is not None else -999,
        )  # fmt: skip

    def _part(self, box: int) -> tuple[float, float]:
        if box < 0:
            return -1.0, -1.0
        return self.inside[box] / (self.size[box] or 1), self.inside[box] / self.total


def _below(page: Page, top: int) -> list[bool]:
    inside = [False] * len(page.boxes)
    for i in range(top, len(page.boxes)):
        inside[i] = i == top or inside[page.boxes[i].parent]
    return inside


def _reaches(good: Sequence[int]) -> list[int]:
    """Blocks to the nearest good one, before or after."""
    n = len(good)
    out, last = [99] * n, -99
    for i in range(n):
        if good[i] >= 12:
            last = i
        out[i] = min(99, i - last)
    last = 10**6
    for i in range(n - 1, -1, -1):
        if good[i] >= 12:
            last = i
        out[i] = min(out[i], last - i)
    return out


def _best(scores: Sequence[float], width: int) -> list[float]:
    """The best score among the next `width` blocks."""
    n = len(scores)
    return [max(scores[i + 1 : i + 1 + width], default=_NONE) for i in range(n)]
