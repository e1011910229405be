"""A block's text as inline markdown: links, bold, italic, line breaks. What looks like markup in a page's text is escaped.

CommonMark 0.31 with GitHub's tables and strikethrough. Linear in the block; knows no box.
"""

from __future__ import annotations

import re
import string
from collections.abc import Container, Iterator
from itertools import groupby
from typing import NamedTuple
from unicodedata import category

from archive.clean.metadata import absolute
from archive.clean.text import scrub
from archive.clean.tree import Block, Run


class Style(NamedTuple):
    """How a stretch of text stands in the page. `link`: 1 + index of the link's mark in its run, 0 for none."""

    link: int
    bold: bool
    italic: bool


class Span(NamedTuple):
    """A stretch of text of one style; newlines are line breaks."""

    text: str
    style: Style


# --- escaping ------------------------------------------------------------------------------------------------------

# `_` marks up at a word's edge only; `>`, `|` and others at a line's start only.
_INLINE = re.compile(r"[\\`*\[\]<~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")
# Where a line would open a heading, an item, a quote, a rule, or stand under a heading or a table's head.
_OPENING = re.compile(r"^(?=#{1,6}(?:\s|$)|[-+](?:\s|$)|>|[-=+|: ]+$)|^(\d{1,9})(?=[.)](?:\s|$))", re.M)


def escaped(text: str) -> str:
    """Text in which nothing is markup inside of a line."""
    return _INLINE.sub(r"\\\g<0>", text)


def lines_escaped(markdown: str) -> str:
    """Inline markdown of which no line starts a block of another kind."""
    return _OPENING.sub(r"\1\\", markdown)


# --- spans ---------------------------------------------------------------------------------------------------------


def pieces(run: Run) -> list[list[Span]]:
    """The run's pieces as `tree` parts and folds them, in spans."""
    out: list[list[Span]] = []
    piece: list[Span] = []
    line: list[Span] = []
    gap = False
    for style, raw in _stretches(run):
        for number, part in enumerate(raw.split("\x00")):
            if number:
                piece = _end_line(out, piece, line)
                line, gap = [], False
            text = scrub(part)
            words = " ".join(text.split())
            if words:
                line.append(Span(" " + words if line and (gap or text[0].isspace()) else words, style))
            gap = text[-1].isspace() if words else gap or bool(text)
    piece = _end_line(out, piece, line)
    return [*out, piece] if piece else out


def _end_line(out: list[list[Span]], piece: list[Span], line: list[Span]) -> list[Span]:
    """The piece that the next line belongs to: an empty line ends one."""
    if line:
        if piece:
            piece.append(Span("\n" + line[0].text, line[0].style))
            piece.extend(line[1:])
            return piece
        return line
    if piece:
        out.append(piece)
    return []


def _stretches(run: Run) -> Iterator[tuple[Style, str]]:
    open_links, bold, italic = _open_before(run)
    at = 0
    for number, (offset, kind, _, step) in enumerate(run.marks, 1):
        if offset > at:
            yield Style(open_links[-1] if open_links else 0, bold > 0, italic > 0), "".join(run.parts[at:offset])
            at = offset
        if kind == "bold":
            bold += step
        elif kind == "italic":
            italic += step
        elif step > 0:
            open_links.append(number)
        elif open_links:
            open_links.pop()
    yield Style(open_links[-1] if open_links else 0, bold > 0, italic > 0), "".join(run.parts[at:])


def _open_before(run: Run) -> tuple[list[int], int, int]:
    """(links, bold, italic) that the run starts inside of: elements that only end in it."""
    depth = {"link": 0, "bold": 0, "italic": 0}
    least = dict(depth)
    links: list[int] = []
    for number, (_, kind, _, step) in enumerate(run.marks, 1):
        depth[kind] += step
        if depth[kind] < least[kind]:
            least[kind] = depth[kind]
            if kind == "link":
                links.append(number)
    return links[::-1], -least["bold"], -least["italic"]


def _parts_only(spans: list[Span], links: Container[int]) -> list[Span]:
    """Joined where the style is the same; what the whole block has is no emphasis, and other links than these are none."""
    said = [span.style for span in spans if not span.text.isspace()]
    bold = not all(style.bold for style in said)
    italic = not all(style.italic for style in said)
    styled = [(Style(s.link if s.link in links else 0, s.bold and bold, s.italic and italic), text) for text, s in spans]
    return [Span("".join(text for _, text in group), style) for style, group in groupby(styled, key=lambda pair: pair[0])]


# --- markdown ------------------------------------------------------------------------------------------------------


class Inline:
    """Blocks' texts as inline markdown. Keeps the run read last: its pieces are asked for one after another."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._run: Run | None = None
        self._pieces: list[list[Span]] = []

    def of(self, block: Block) -> str:
        """The block's markdown, line breaks as plain newlines. Its words are those of `block.text`."""
        run = block.run
        if run is None:
            return escaped(block.text)
        if run is not self._run:
            self._run, self._pieces = run, pieces(run)
        spans = self._pieces[block.piece] if block.piece < len(self._pieces) else []
        if "".join(span.text for span in spans) != block.text:  # the text is what counts
            return escaped(block.text)
        urls = self._urls(run, spans)
        out: list[str] = []
        for link, group in groupby(_parts_only(spans, urls), key=lambda span: span.style.link):
            inside = "".join(_emphasised(list(group)))
            if link and not inside.isspace():
                if out and out[-1].endswith("!"):  # else it would be a picture
                    out[-1] = out[-1][:-1] + "\\!"
                inside = _around(inside, "[", f"]({urls[link]})")
            out.append(inside)
        return "".join(out)

    def _urls(self, run: Run, spans: list[Span]) -> dict[int, str]:
        """Where the links lead; those that lead to no web page are left out, and are text."""
        links = {span.style.link for span in spans} - {0}
        found = ((link, _address(run.marks[link - 1][2].attributes.get("href") or "", self._base)) for link in links)
        return {link: url for link, url in found if url}


def _emphasised(spans: list[Span]) -> Iterator[str]:
    """Spans of one link, or of none. Emphasis that CommonMark would not see as such is left out."""
    closed = False
    for i, (text, style) in enumerate(spans):
        mark = "*" * (2 * style.bold + style.italic)
        core = text.strip()
        before = text[0] if text[0].isspace() else spans[i - 1].text[-1] if i else " "
        after = text[-1] if text[-1].isspace() else spans[i + 1].text[0] if i + 1 < len(spans) else " "
        touches = closed and not text[0].isspace()  # `**a***b*` reads otherwise
        fits = bool(mark and core) and not touches and _flanks(core[0], before) and _flanks(core[-1], after)
        closed = fits and not text[-1].isspace()
        yield _around(escaped(text), mark, mark) if fits else escaped(text)


def _flanks(edge: str, outside: str) -> bool:
    """Whether a delimiter between the two faces the edge: not where punctuation is inside and a letter outside."""
    return category(edge)[0] not in "PS" or outside.isspace() or outside in string.punctuation


def _around(text: str, opening: str, closing: str) -> str:
    """Delimiters around all but the white space at the ends."""
    core = text.strip()
    start = len(text) - len(text.lstrip())
    return f"{text[:start]}{opening}{core}{closing}{text[start + len(core) :]}"


_SAFE = re.compile(r"https?://[A-Za-z0-9.-]+(?:/[A-Za-z0-9/?=._~%+,@:-]*)?")  # most links: nothing to resolve or to escape
_UNSAFE = re.compile(r"[\s<>()\[\]\\`|\"*]")


def _address(href: str, base: str) -> str | None:
    """An absolute http(s) URL that can stand in a link's brackets, or None: other schemes, and places within the page."""
    if _SAFE.fullmatch(href):
        return href
    url = None if href.lstrip().startswith("#") else absolute(href, base)
    if url is None:
        return None
    url = _UNSAFE.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), scrub(url))
    return re.sub(r"&(?=#?\w+;)", r"\\&", url)
