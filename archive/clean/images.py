"""The story's pictures, with what stands under them: those between its headline and its end, in its order.

Pages load pictures late: the address may stand in `data-src` or `srcset`. What is too small to be one, and what stands in a list or an
aside, is furniture.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from selectolax.lexbor import LexborNode

from archive.agencies import agency_named
from archive.clean.metadata import absolute
from archive.clean.text import plain
from archive.clean.tree import ARTICLE, ASIDE, FIGCAPTION, FOOTER, FORM, LIST, NAV, TABLE, Box, Page
from archive.model import Image

MOST = 50
SMALLEST = 80  # CSS pixels of an edge: below it are icons, faces and tracking pixels
LONGEST = 120  # words of a caption
_ABOVE = 4  # blocks
_CLIMB = 6  # boxes between a picture and its figure
_ELSEWHERE = ASIDE | NAV | FOOTER | FORM | LIST | TABLE
_FIGURE = re.compile(r"(?:^|[\s_-])(?:figure|wp-caption|image|photo|picture|media)(?:$|[\s_-])")
_FURNITURE = re.compile(r"(?:^|[\s_-])(?:icon|logo|avatar|emoji|sprite|author|profile|badge|pixel|spacer|ad)s?(?:$|[\s_-])", re.I)
_CAPTION = re.compile(r"caption|legend|descr|bildunterschrift|bildtext|legende")
_CREDITED = re.compile(r"credit|copyright|photographer|(?:^|[\s_-])source|rights|quelle")
# "Photo: X", "Foto: X", "(Image: X)": a line of its own, or the end of a caption.
_LABEL = r"(?:file |handout )?(?:photos?|fotos?|photographs?|images?|imagens?|imagen|bild(?:er)?|pictures?|credits?|crédits?|©|\(c\))"
_CREDIT = re.compile(rf"^[\s(\[]*{_LABEL}\s{{0,2}}(?:credit|by|courtesy(?: of)?|credits?)?\s{{0,2}}[:/-]?\s{{0,2}}\S.{{1,80}}$", re.I)
_ENDING = re.compile(
    rf"(?:^|[\s.])(?P<credit>[(\[]?\s?{_LABEL}\s?(?:credit|by|courtesy(?: of)?)?\s?[:/]\s?[^()\[\]:]{{2,60}}[)\]]?)\s?\.?$", re.I
)
_SOURCES = ("src", "data-src", "data-original", "data-lazy-src", "data-srcset", "srcset")


def images(page: Page, kept: Sequence[int], head: int | None, base: str) -> tuple[Image, ...]:
    """The pictures that stand with the kept blocks. `head`: the headline's block; `base`: the page's URL."""
    if not kept:
        return ()
    first, last = (kept[0] if head is None or head > kept[0] else head + 1), kept[-1] + 1
    found: dict[str, Image] = {}
    for node, box, before in page.images:
        if (first <= before <= last or _opens(page, box, first - before)) and len(found) < MOST and not page.boxes[box].flags & _ELSEWHERE:
            attributes = _attributes(node)
            url = _address(attributes, base)
            if url and url not in found:
                found[url] = Image(url, *_words(page, box, before), plain(attributes.get("alt"), 500))
    return tuple(found.values())


def _opens(page: Page, box: int, ahead: int) -> bool:
    """Whether a picture that stands so many blocks above the headline is the story's first one: a figure of the same article."""
    return 0 < ahead <= _ABOVE and page.boxes[box].flags & ARTICLE > 0 and _figure(page.boxes, box) is not None


def _attributes(node: LexborNode) -> dict[str, str | None]:
    """Of the picture itself; a `picture` element has them at the `img` inside."""
    if node.tag == "picture":
        inside = node.css_first("img")
        return inside.attributes if inside is not None else {}
    return node.attributes


def _address(attributes: dict[str, str | None], base: str) -> str | None:
    """Where the picture is; None where it is furniture, or nothing that can be fetched."""
    if _is_small(attributes) or _FURNITURE.search((attributes.get("class") or "")[:200]):
        return None
    for name in _SOURCES:
        value = (attributes.get(name) or "").strip()
        if value and not value.startswith(("data:", "blob:", "about:")):
            return absolute(_largest(value) if name.endswith("srcset") else value, base)
    return None


def _is_small(attributes: dict[str, str | None]) -> bool:
    edges = (attributes.get(name) or "" for name in ("width", "height"))
    return any(edge.isdecimal() and len(edge) < 6 and int(edge) < SMALLEST for edge in edges)


def _largest(srcset: str) -> str:
    """The address of the largest candidate (HTML, 4.8.4.2.1): "a.jpg 320w, b.jpg 640w"."""
    best, most = "", -1.0
    for candidate in re.split(r",\s+", srcset[:8000])[:50]:
        url, _, size = candidate.strip().partition(" ")
        number = re.match(r"\d{1,6}(?:\.\d{1,3})?", size.strip())
        if url and (weight := float(number[0]) if number else 0.0) > most:
            best, most = url.rstrip(","), weight
    return best


def _words(page: Page, box: int, before: int) -> tuple[str | None, str | None]:
    """(caption, credit) in the figure that the box stands in."""
    figure = _figure(page.boxes, box)
    if figure is None:
        return None, None
    caption: str | None = None
    credit: str | None = None
    for text, inside in _inside(page, figure, before):
        own = page.boxes[inside]
        if credit is None and (_CREDITED.search(own.names) or _CREDIT.match(text) or agency_named(text) is not None):
            credit = text
        elif caption is None and (own.flags & FIGCAPTION or _CAPTION.search(own.names) or page.boxes[figure].tag == "figure"):
            caption = text
    if caption and credit is None and (ending := _ENDING.search(caption)):
        credit = ending["credit"].strip(" ()[].")
        caption = caption[: ending.start("credit")].rstrip(" ([") or None
    return caption, credit


def _figure(boxes: list[Box], box: int) -> int | None:
    """The figure around a box: the element, or what is named so."""
    named = None
    for _ in range(_CLIMB):
        if box <= 0:
            break
        if boxes[box].tag == "figure":
            return box
        if named is None and _FIGURE.search(boxes[box].names):
            named = box
        box = boxes[box].parent
    return named


def _inside(page: Page, figure: int, before: int) -> list[tuple[str, int]]:
    """(text, box) of the short blocks in a figure, around the place of its picture: a handful, else it is none."""
    depth, boxes = page.boxes[figure].depth, page.boxes
    most = min(len(boxes), figure + 60)
    end = next((i for i in range(figure + 1, most) if boxes[i].depth <= depth), most)
    near = page.blocks[max(0, before - 3) : before + 9]
    found = [(block.text, block.box) for block in near if figure <= block.box < end and block.words <= LONGEST]
    return found if len(found) <= 6 else []
