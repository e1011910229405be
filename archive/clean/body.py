"""Which blocks of a page are its story: a first look weighs each block, a second sees them in their surroundings."""

from __future__ import annotations

from dataclasses import dataclass

from archive.clean.context import Surroundings
from archive.clean.forest import decide
from archive.clean.metadata import Metadata
from archive.clean.signs import (
    REJECTED,
    BoxSigns,
    Hints,
    block_signs,
    is_rejected,
    place_signs,
)
from archive.clean.text import key, plain_lines
from archive.clean.tree import Page
from archive.clean.trim import trim
from archive.clean.weights import bias, weights

FORLORN = -3.5  # log-odds of a box at which none of its blocks is looked at: two in five of the furniture, .1 % of the text
UNLIKELY = -2.0  # a first look below it, with none above zero within two blocks, needs no second
HOPELESS = -3.5  # a page whose best block is below it has no story

UNSURE = -0.5  # this and the next two were measured on held-out hosts; their neighbours do nearly as well
ENOUGH = 0.8  # share of the words above UNSURE that must stand above zero
FEW_WORDS = 40
COPY, COPIES, LONGEST_COPY = 150, 3, 100_000  # words of a block that may hold the story once more; how many; characters of one
PARAGRAPH, OTHERS = 12, 300  # words of a block by which that is told; how many
SAID_ONCE = 20  # words from which on a block that comes twice is a copy, whatever stands beside it


@dataclass(slots=True)
class Body:
    """`kept`: indices of the story's blocks, in order; `first`, `scores`: log-odds of each block by the first look, by both."""

    kept: list[int]
    first: list[float]
    scores: list[float]
    head: int | None  # the block that is the headline
    gone: dict[int, str]  # blocks that a rule took out again, and why


def choose(page: Page, hints: Hints) -> Body:
    """The story's blocks; an empty list where no block looks like one."""
    head = _headline_block(page, hints)
    first = _first_look(page, hints, head)
    scores = _second_look(page, first, hints, head)
    kept, gone = assemble(page, scores, hints, head)
    return Body(kept, first, scores, head, gone)


def assemble(page: Page, scores: list[float], hints: Hints, head: int | None) -> tuple[list[int], dict[int, str]]:
    """(blocks of the story by these scores, blocks that a rule took out again and why)."""
    kept = _without_copies(page, _without_doubles(page, _above(page, scores), scores))
    kept, gone = trim(page, kept, hints.title, head)
    return (kept, gone) if sum(page.blocks[i].words for i in kept) >= 5 else ([], gone)


def _headline_block(page: Page, hints: Hints) -> int | None:
    if not hints.title:
        return None
    least, most = len(hints.title), 2 * len(hints.title) + 10
    for i, block in enumerate(page.blocks):
        if least <= len(block.text) <= most and block.words < 60 and key(block.text) == hints.title:
            return i
    return None


def _first_look(page: Page, hints: Hints, head: int | None) -> list[float]:
    """The log-odds of each block by its signs."""
    table, none = weights(), bias()
    of_boxes = BoxSigns(page, table)
    shares: dict[int, float] = {}
    scores: list[float] = []
    count = len(page.blocks)
    for i, block in enumerate(page.blocks):
        if is_rejected(block):
            scores.append(REJECTED)
            continue
        shared = shares.get(block.box)
        if shared is None:
            shares[block.box] = shared = none + of_boxes.of(block.box)
        if shared < FORLORN:
            scores.append(REJECTED)
        else:
            scores.append(shared + block_signs(page, i, hints, table) + place_signs(i, count, head, table))
    return scores


def is_unlikely(first: list[float], i: int) -> bool:
    """Whether block `i` needs no second look: rejected, or low with nothing above zero within two blocks."""
    return first[i] == REJECTED or (first[i] < UNLIKELY and max(first[max(0, i - 2) : i + 3]) < 0)


def _second_look(page: Page, first: list[float], hints: Hints, head: int | None) -> list[float]:
    if not first:
        return []
    around = Surroundings(page, first, hints, head)
    out = []
    for i, score in enumerate(first):
        if score == REJECTED or is_unlikely(first, i):
            out.append(score if score < -1.0 else -1.0)
        else:
            out.append(decide(*around.numbers(i)))
    return out


def _above(page: Page, scores: list[float]) -> list[int]:
    """The blocks that score above zero, or above the page's own level where that leaves most of it out.

    Pages of an unknown make-up score low as a whole: where fewer than ENOUGH of the words above UNSURE stand above
    zero, UNSURE is the line; where hardly anything does, the best block is the measure.
    """
    blocks = page.blocks
    kept = [i for i, score in enumerate(scores) if score > 0]
    unsure = [i for i, score in enumerate(scores) if score > UNSURE]
    if sum(blocks[i].words for i in kept) < ENOUGH * sum(blocks[i].words for i in unsure):
        kept = unsure
    if sum(blocks[i].words for i in kept) < FEW_WORDS:
        best = max((score for i, score in enumerate(scores) if blocks[i].words >= 10), default=REJECTED)
        if best > HOPELESS:
            kept = [i for i, score in enumerate(scores) if score > best - 1.3]
    return kept


def _without_doubles(page: Page, kept: list[int], scores: list[float]) -> list[int]:
    """Of two blocks that say the same, the one that scores better.

    A short one alone may well be said twice: a question put to each of several people, a line under each picture.
    """
    best: dict[str, int] = {}
    for i in kept:
        text = page.blocks[i].text
        if text not in best or scores[i] > scores[best[text]]:
            best[text] = i
    double = [page.blocks[i].words > 3 and best[page.blocks[i].text] != i for i in kept]
    beside = [False, *double, False]
    return [i for n, i in enumerate(kept) if not double[n] or not (page.blocks[i].words >= SAID_ONCE or beside[n] or beside[n + 2])]


def _without_copies(page: Page, kept: list[int]) -> list[int]:
    """Without blocks in which most of the others stand once more: the story in one piece, for a script that hides the rest or shows it.

    At most COPIES blocks are looked at, and as many others as tell.
    """
    blocks = page.blocks
    large = sorted((i for i in kept if blocks[i].words >= COPY), key=lambda i: -blocks[i].words)[:COPIES]
    gone: set[int] = set()
    for i in large:
        text = blocks[i].text[:LONGEST_COPY]
        others = [j for j in kept if j != i and j not in gone and PARAGRAPH <= blocks[j].words < blocks[i].words][:OTHERS]
        again = sum(blocks[j].words for j in others if blocks[j].text[:60] in text and blocks[j].text[-60:] in text)
        if again * 10 >= blocks[i].words * 6:
            gone.add(i)
    return [i for i in kept if i not in gone]


def hints_of(meta: Metadata, headline: str | None) -> Hints:
    """What the metadata say of the text, in comparable form."""
    body = meta.ld.article.get("articleBody")
    text = " ".join(map(str, body[:500])) if isinstance(body, list) else body if isinstance(body, str) else ""
    long = key(" ".join(plain_lines(text[:200_000]))) if len(text) >= 300 else ""
    described = meta.ld.text("description") or meta.first("og:description", "description")
    return Hints(key(headline) if headline else "", long, key(described) if described else "")
