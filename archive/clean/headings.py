"""The headings of a page: their text as it is read, and the pieces that elements of their own part it into."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from archive.clean.text import fold, plain

HEADINGS = "h1,h2,h3"
_MOST = {1: 12, 2: 30, 3: 30}  # headings read of each level: those of the story stand before those of what follows it
_LONGEST = 3000
_UP = 6  # elements above a heading that are asked whether they are navigation
_NO_TEXT = frozenset(("style", "script", "noscript", "template"))
_APART = frozenset(("br", "div", "p", "li", "section", "header", "h1", "h2", "h3", "h4", "h5", "h6", "td", "tr", "figure"))


@dataclass(frozen=True, slots=True)
class Heading:
    """One h1, h2 or h3. `pieces`: its runs of text that have an element of their own, in order; () where it has but one.

    `in_trail`: it stands in navigation, as the last step of a breadcrumb trail or as a menu's name. Looked up for each h1, and for
    what follows such an h1 up to the first heading outside.
    """

    level: int
    text: str
    pieces: tuple[str, ...] = ()
    in_trail: bool = False


def headings(nodes: Iterable[LexborNode]) -> list[Heading]:
    """The first headings with a text, of the page's HEADINGS in document order."""
    left = dict(_MOST)
    found: list[Heading] = []
    looking = False
    for node in nodes:
        level = int((node.tag or "h3")[1])
        left[level] -= 1
        text, pieces = _text(node) if left[level] >= 0 else ("", ())
        if text:
            in_trail = (level == 1 or looking) and _in_trail(node)
            looking = in_trail
            found.append(Heading(level, text, pieces, in_trail))
    return found


def _in_trail(node: LexborNode) -> bool:
    above: LexborNode | None = node
    for _ in range(_UP):
        if above is None:
            return False
        if above.tag == "nav" or any(value and "breadcrumb" in value.lower() for value in above.attributes.values()):
            return True
        above = above.parent
    return False


def _text(node: LexborNode) -> tuple[str, tuple[str, ...]]:
    """(text, pieces) of a heading."""
    child = node.first_child
    if child is None or (child.tag == "-text" and child.next is None):
        return _folded(node.text(deep=True)), ()
    runs: list[str] = []
    for inner in node.traverse(include_text=True):
        if inner.tag in _APART:
            runs.append(" ")
        elif inner.tag == "-text" and (inner.parent is None or inner.parent.tag not in _NO_TEXT):
            runs.append(inner.text_content or "")
    pieces = tuple(piece for run in runs if (piece := _folded(run)))
    return _folded("".join(runs)), pieces if len(pieces) > 1 else ()


def _folded(text: str) -> str:
    """Some templates escape twice: what the parser leaves of "&amp;#x26;" is resolved."""
    text = text[:_LONGEST]
    return (plain(text) or "") if "&" in text and ";" in text else fold(text)
