"""Why a page was read as it was: every block with its scores, the signs that speak loudest, and the rule that took it out.

Explains the first look sign by sign, since those are named; the second look is a forest and gives a number alone. Decides
nothing: the article and the kept blocks are those of `archive.clean.clean`. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache

from archive.clean import CLEANER_VERSION
from archive.clean.body import Body
from archive.clean.pipeline import Asked, reading
from archive.clean.sign_words import readable
from archive.clean.signs import REJECTED, BoxSigns, Hints, Table, block_signs, is_rejected, place_signs
from archive.clean.tree import Page
from archive.clean.weights import sign_weights
from archive.model import Article, Entry, Further

LOUDEST = 4  # signs told of a block: the fifth is rarely over a tenth of the sum

# What decided on a block, in words. The first rules are those of `trim`; the rest is `body`'s choice.
WHY = {
    "headline": "repeats the headline",
    "teaser": "a later block repeats it from its start",
    "byline": "a byline or credit before the text",
    "date": "a date before the text",
    "disclaimer": "a disclaimer of agency copy",
    "prompt": "sends on to other stories, or asks to subscribe or to follow",
    "other": "belongs to another story in the page",
    "said": "stands on an earlier page of the story",
    "recurs": "recurs on other pages of this host (table furniture)",
    "control": "a control of the page",
    "copyright": "a copyright notice",
    "above": "stands above the headline",
    "ending": "a heading with no text below it",
    "link": "a short line that is all link",
    "box": "its box alone speaks too clearly against it",
    "low": "scores too low for this page",
    "double": "says the same as a block that scores better",
    "few": "what is left of the page is no story: under five words",
    "refused": "would be kept, but the page as a whole is refused",
    "level": "below zero, but this page scores low as a whole",
}


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of a block. `weight` is what it adds to the first look's log-odds."""

    name: str  # as in data/signs.tsv
    words: str  # the same for people
    weight: float


@dataclass(frozen=True, slots=True)
class Judged:
    """One block of the page, and what became of it."""

    text: str
    tag: str  # of the element it stands in
    names: str  # class and id of that element, lower case; "" where it has none
    kept: bool
    score: float  # log-odds that it is part of the story, after both looks
    first: float  # log-odds after the first look, to which the signs add up; -6 for a block that got no look
    why: str | None  # a key of WHY; None where the score speaks for itself
    signs: tuple[Sign, ...]  # the loudest first


@dataclass(frozen=True, slots=True)
class Explanation:
    """The reading of one page, with its reasons. `blocks` are in page order; none where the page could not be opened."""

    article: Article
    blocks: tuple[Judged, ...] = ()
    cut: str | None = None  # why a part of the page was not read
    apart: int = 0  # parts that were passed over: navigation, the page's footer, words for screen readers alone
    cleaner_version: int = CLEANER_VERSION


def explain(
    body: bytes,
    *,
    url: str,
    headers: Mapping[str, str] | None = None,
    fetched_at: datetime | None = None,
    zone: tzinfo | None = None,
    country: str | None = None,
    feed: Entry | None = None,
    furniture: Collection[int] = frozenset(),
    further: Sequence[Further] = (),
    agency: str | None = None,
) -> Explanation:
    """Reads one page as `clean` does, with the same arguments, and says why. Never raises. Blocks are those of the first page."""
    read = reading(body, Asked(url, headers, fetched_at, zone, country, feed, furniture, further, agency))
    if read.choice is None:
        return Explanation(read.article)
    page, story = read.choice.page, read.choice.story
    named = Named(page, read.choice.hints, story.head)
    kept = set(story.kept)
    told = {page.blocks[i].text for i in (*story.kept, *story.gone)}
    blocks = (_judged(named, story, told, i, i in kept, read.article) for i in range(len(page.blocks)))
    return Explanation(read.article, tuple(blocks), page.cut, page.apart)


class Named:
    """The signs of one page's blocks by their names: the same code that sums their weights, with another table."""

    def __init__(self, page: Page, hints: Hints, head: int | None) -> None:
        self.page, self.hints, self.head = page, hints, head
        self._boxes = BoxSigns(page, _names())

    def of_box(self, i: int) -> list[str]:
        """Signs that block `i` shares with all of its box."""
        return list(self._boxes.of(self.page.blocks[i].box))

    def of(self, i: int) -> list[str]:
        """All signs of block `i`."""
        own, place = block_signs(self.page, i, self.hints, _names()), place_signs(i, len(self.page.blocks), self.head, _names())
        return [*self.of_box(i), *own, *place]


@cache
def _names() -> Table:
    return Table(lambda sign: [sign])


def _judged(named: Named, story: Body, told: set[str], i: int, chosen: bool, article: Article) -> Judged:
    block = named.page.blocks[i]
    box = named.page.boxes[block.box]
    kept = chosen and bool(article.text)
    why = "refused" if chosen and not kept else _why(named, story, told, i, kept)
    names = [] if why == "link" else named.of_box(i) if why == "box" else named.of(i)
    return Judged(block.text, box.tag, box.names.strip(), kept, story.scores[i], story.first[i], why, _loudest(names))


def _why(named: Named, story: Body, told: set[str], i: int, kept: bool) -> str | None:
    """`told`: the texts of the chosen blocks."""
    if kept:
        return None if story.scores[i] > 0 else "level"
    if i in story.gone:
        return story.gone[i]
    if is_rejected(named.page.blocks[i]):
        return "link"
    if story.first[i] == REJECTED:
        return "box"
    if story.scores[i] <= 0:
        return "low"
    if named.page.blocks[i].text in told:
        return "double"
    return "low" if story.kept else "few"


def _loudest(names: list[str]) -> tuple[Sign, ...]:
    known = sign_weights()
    told = sorted((name for name in dict.fromkeys(names) if known.get(name)), key=lambda name: -abs(known[name]))
    return tuple(Sign(name, readable(name), known[name]) for name in told[:LOUDEST])
