"""What is never part of a story's text, however a page wraps it: rules with high precision, after the learned choice.

Each rule says why in one word, for `explain`: headline, teaser, byline, disclaimer, prompt, control, copyright, above, other.
"""

from __future__ import annotations

from collections.abc import Sequence

from archive.agencies import agency_named
from archive.clean.byline import is_byline
from archive.clean.dateline import names_a_house
from archive.clean.disclaimer import is_disclaimer
from archive.clean.furniture import CONTROLS, COPYRIGHTS, FOLLOW, READ_ON
from archive.clean.partial import PROMPTS
from archive.clean.text import key
from archive.clean.tree import HEADINGS, Block, Page
from archive.dates import parse_moment

STORY = 50  # words of a story beside which another one in the page is another one
SHORT, LARGER = 150, 4  # words, times: below both, what stands outside of the headline's element is more likely its story's rest
_DEEP = 100  # boxes around a block that are looked at
_LINE = 18  # words of a byline or a date, mostly
_NEAR = 30  # blocks before the story among which its headline stands
_TAIL = 10  # blocks at a story's end among which a paywall's prompt is looked for
LEAD = 25  # words of a paragraph with which a story may open


def trim(page: Page, kept: Sequence[int], title: str, head: int | None) -> tuple[list[int], dict[int, str]]:
    """(the blocks that stay, why each other went). `title`: the headline's `key`; `head`: its block."""
    gone: dict[int, str] = {}
    opening = _opening(page, kept)
    for i in kept:
        reason = _reason(page, i, title, before=i < opening)
        if reason:
            gone[i] = reason
    if head is None and title:
        head = next((i for i in range(max(0, opening - _NEAR), opening) if _first_line(page, i) == title), None)
    if head is not None and head < opening:
        gone.update({i: "above" for i in kept if i < head and i not in gone})
    gone.update(dict.fromkeys(_teasers(page, [i for i in kept if i not in gone]), "teaser"))
    stay = [i for i in kept if i not in gone]
    gone.update(dict.fromkeys(_others(page, stay, head), "other"))
    stay = [i for i in stay if i not in gone]
    gone.update(dict.fromkeys(_offers(page, stay), "prompt"))
    stay = [i for i in stay if i not in gone]
    while stay and page.boxes[page.blocks[stay[-1]].box].tag in HEADINGS:
        gone[stay.pop()] = "ending"
    return stay, gone


def _others(page: Page, stay: Sequence[int], head: int | None) -> list[int]:
    """What stands in another `article` than the headline does: the next story of a page that scrolls on without end."""
    own = None if head is None else _articles(page, page.blocks[head].box)
    if not own:
        return []
    around = [_articles(page, page.blocks[i].box) for i in stay]
    inside = sum(page.blocks[i].words for i, boxes in zip(stay, around, strict=True) if own[0] in boxes)
    total = sum(page.blocks[i].words for i in stay)
    if inside < SHORT and total > LARGER * inside:  # an article element around the head of a story, or an introduction
        return []
    return (
        [i for i, boxes in zip(stay, around, strict=True) if boxes and own[0] not in boxes and boxes[0] not in own]
        if inside >= STORY
        else []
    )


def _articles(page: Page, box: int) -> list[int]:
    """The `article` elements around a box, innermost first."""
    found = []
    for _ in range(_DEEP):
        if box <= 0:
            break
        if page.boxes[box].tag == "article":
            found.append(box)
        box = page.boxes[box].parent
    return found


def _offers(page: Page, stay: Sequence[int]) -> Sequence[int]:
    """What stands from a paywall's prompt on, among the last blocks: its offers and prices."""
    tail = stay[-_TAIL:]
    start = next((n for n, i in enumerate(tail) if page.blocks[i].words <= 45 and PROMPTS.search(page.blocks[i].text)), None)
    if start is None or any(page.blocks[i].words > 60 for i in tail[start:]):
        return ()
    return tail[start:]


def _opening(page: Page, kept: Sequence[int]) -> int:
    """The first block that is a paragraph of the story."""
    return next((i for i in kept if page.blocks[i].words >= LEAD), kept[-1] if kept else 0)


def _reason(page: Page, i: int, title: str, *, before: bool) -> str | None:
    block = page.blocks[i]
    text = block.text
    if block.words > 130:
        return None
    if title and len(title) <= len(text) <= 2 * len(title) + 10 and key(text) == title:
        return "headline"
    if before and title and _first_line(page, i) == title:  # the stand-first on its next line, where a page has no headings
        return "headline"
    if is_disclaimer(text):
        return "disclaimer"
    if block.words <= 25:
        if CONTROLS.match(text):
            return "control"
        if COPYRIGHTS.match(text):
            return "copyright"
    if block.words <= 45 and _reads_on(block):
        return "prompt"
    if before and block.words < LEAD and page.boxes[block.box].tag not in HEADINGS:
        if block.words > _LINE:  # "Edited by ... (with inputs from ...), when, last updated when"
            return "byline" if any(map(str.isdigit, text)) and text[-1] not in ".!?" and is_byline(text) else None
        if is_byline(text) or agency_named(text) is not None or names_a_house(text):
            return "byline"
        if any(c.isdigit() for c in text) and parse_moment(text) is not None:
            return "date"
    return None


def _first_line(page: Page, i: int) -> str:
    return key(page.blocks[i].text.partition("\n")[0])


def _reads_on(block: Block) -> bool:
    """ "Also read: ..." with a link behind it; "Follow us on ..." """
    if block.words <= 25 and block.links and FOLLOW.search(block.text):
        return True
    return bool(READ_ON.match(block.text)) and (block.linked * 5 >= len(block.text) * 2 or block.words <= 5)


def _teasers(page: Page, kept: Sequence[int]) -> list[int]:
    """Blocks that a later one repeats from its start: "The minister said that India and ..." """
    blocks, out = page.blocks, []
    for n, i in enumerate(kept[:4]):
        text = blocks[i].text.rstrip(" .…[]")
        if len(text) < 30:
            continue
        probe = text[: max(25, len(text) - 12)]
        if any(blocks[j].text.startswith(probe) and len(blocks[j].text) > len(text) for j in kept[n + 1 : n + 6]):
            out.append(i)
    return out
