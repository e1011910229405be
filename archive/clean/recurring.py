"""Lines that recur across the pages of one host: furniture, whatever they look like. Pure.

A page alone cannot show it; an archive can. What counts is the line and not its place: themes change, and move their boxes about.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from archive.clean.body import Body
from archive.clean.tree import Page
from archive.keys import key_hash

LEAST_WORDS = 4  # of a line: "Why it matters" and "Read more" may head or end a part of a story
LEAST_PAGES = 12  # of one host: fewer tell nothing
RECURS = 8  # pages on which a line has to stand, and a share of those looked at:
SHARE = 0.3  # of a line that is set apart from the story's paragraphs by its element or class
SHARE_OF_PARAGRAPHS = 0.5  # of one that is not: agencies repeat a paragraph of background in each story on one affair
ALIKE = 0.5  # share of a page's paragraphs that stand on one page before it: the same story once more, which tells nothing
PART = 0.15  # of the words on these pages; where more recurs, the pages are made of one another (bulletins, product lists)
MOST = 200  # lines of a host: real ones have up to twenty
CUT = 300  # characters of a line that are kept to be read by people


class Line(NamedTuple):
    """A line that was taken as text."""

    key: int
    text: str
    words: int
    ordinary: bool  # it stands as the story's paragraphs do


@dataclass(frozen=True, slots=True)
class Recurring:
    """A line that is furniture: on `pages` pages of the `looked_at` of its host."""

    key: int
    text: str
    pages: int
    looked_at: int


_NUMBER = re.compile(r"\d+")


def line_key(text: str) -> int:
    """What is compared: the line with case and numbers aside ("Read all 34 comments")."""
    return key_hash(_NUMBER.sub("0", text.casefold()))


def lines_of(page: Page, kept: Iterable[int]) -> tuple[Line, ...]:
    """The lines of a story that may be furniture. Headings are none: formats repeat them ("What we know")."""
    blocks = [page.blocks[i] for i in kept]
    kinds: Counter[tuple[str, str]] = Counter()
    for block in blocks:
        kinds[_kind(page, block.box)] += block.words
    most = max(kinds.values(), default=0)
    return tuple(
        Line(line_key(block.text), block.text[:CUT], block.words, kinds[_kind(page, block.box)] * 2 >= most)
        for block in blocks
        if block.words >= LEAST_WORDS and page.boxes[block.box].tag[:1] != "h"
    )


def _kind(page: Page, box: int) -> tuple[str, str]:
    return page.boxes[box].tag, page.boxes[box].names


def furniture(pages: Iterable[Sequence[Line]]) -> list[Recurring]:
    """What recurs on pages of one host, the most frequent lines first; nothing where it is too much to be furniture.

    A page that tells the story of another one again is left out.
    """
    stand: Counter[int] = Counter()
    ordinary: Counter[int] = Counter()
    known: dict[int, Line] = {}
    seen: list[frozenset[int]] = []  # the paragraphs of each
    words = 0
    for lines in pages:
        own = frozenset(line.key for line in lines if line.ordinary)
        if not own or any(len(own & other) > ALIKE * len(own) for other in seen):
            continue
        seen.append(own)
        ordinary.update(own)
        stand.update({line.key for line in lines})
        known.update({line.key: line for line in lines})
        words += sum(line.words for line in lines)
    if len(seen) < LEAST_PAGES:
        return []

    def is_furniture(key: int) -> bool:
        share = SHARE_OF_PARAGRAPHS if ordinary[key] * 2 > stand[key] else SHARE
        return stand[key] >= max(RECURS, share * len(seen))

    found = [Recurring(key, known[key].text, count, len(seen)) for key, count in stand.most_common(MOST) if is_furniture(key)]
    return found if sum(known[one.key].words * one.pages for one in found) <= PART * words else []


def without(page: Page, story: Body, known: Collection[int]) -> Body:
    """The story without the lines that are known as furniture; as it was where they would be more than half of it."""
    if not known:
        return story
    gone = {i for i in story.kept if page.blocks[i].words >= LEAST_WORDS and line_key(page.blocks[i].text) in known}
    words = sum(page.blocks[i].words for i in story.kept)
    if not gone or sum(page.blocks[i].words for i in gone) * 2 > words:
        return story
    kept = [i for i in story.kept if i not in gone]
    return replace(story, kept=kept, gone=story.gone | dict.fromkeys(gone, "recurs"))
