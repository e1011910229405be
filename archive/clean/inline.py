"""A block's text as inline markdown: links, bold, italic, line breaks. What looks like markup in a page's text is escaped.

CommonMark 0.31 with GitHub's tables and strikethrough. Linear in the block; knows no box.
"""

from __future__ import annotations

import re
import string
from collections.abc import Container, Iterator
from itertools import groupby
from unicodedata import category

from archive.clean.metadata import absolute
from archive.clean.text import scrub
from archive.clean.tree import Block, Run

# How a stretch of text stands in the page, in bits: two for bold and italic, above them its link's number in the run, or 0.
ITALIC, BOLD, LINK = 1, 2, 4
Span = tuple[str, int]  # text, style; newlines are line breaks


# --- escaping ------------------------------------------------------------------------------------------------------

# `_` marks up at a word's edge only, `&` before a name and a semicolon; `>`, `|` and others at a line's start only.
_SPECIAL = "\\`*[]<~_&"
_INLINE = re.compile(r"[\\`*\[\]<~_&](?:(?<=[^_&])|(?<=_)(?:(?<![^\W_]_)|(?![^\W_]))|(?<=&)(?=#?\w+;))")
# Where a line would open a heading, an item, a quote, a rule, or stand under a heading or a table's head.
_OPENING = re.compile(r"(?=#{1,6}(?:\s|$)|[-+](?:\s|$)|>|[-=+|: ]+$)|(\d{1,9})(?=[.)](?:\s|$))")
_OPENERS = frozenset("#-+>=|: 0123456789")


def marks_in(text: str) -> str:
    """Those characters of a long text that may be markup: most texts have two or three of the nine."""
    return "".join([mark for mark in _SPECIAL if mark in text])


def escaped(text: str, marks: str = _SPECIAL) -> str:
    """Text in which nothing is markup inside of a line. `marks`: of a text that holds this one, by `marks_in`."""
    for mark in marks:  # most texts have none: looking for each takes a tenth of the expression's time
        if mark in text:
            return _INLINE.sub(r"\\\g<0>", text)
    return text


def lines_escaped(markdown: str) -> str:
    """Inline markdown of which no line starts a block of another kind."""
    if "\n" in markdown:
        return "\n".join(map(_line_escaped, markdown.split("\n")))
    return _line_escaped(markdown)


def _line_escaped(line: str) -> str:
    found = _OPENING.match(line) if line[:1] in _OPENERS else None
    return f"{line[: found.end()]}\\{line[found.end() :]}" if found else line


# --- spans ---------------------------------------------------------------------------------------------------------


def pieces(run: Run, *, scrubbed: bool) -> list[list[Span]]:
    """The run's pieces as `tree` parts and folds them, in spans. `scrubbed`: without control characters, which few runs have."""
    out: list[list[Span]] = []
    piece: list[Span] = []
    line: list[Span] = []
    gap = False
    for raw, style in _stretches(run):
        for number, part in enumerate(raw.split("\x00") if "\x00" in raw else (raw,)):
            if number:
                piece = _end_line(out, piece, line)
                line, gap = [], False
            text = scrub(part) if scrubbed else part
            words = " ".join(text.split())
            if words:
                line.append((" " + words if line and (gap or text[0].isspace()) else words, style))
            gap = text[-1].isspace() if words else gap or bool(text)
    piece = _end_line(out, piece, line)
    return [*out, piece] if piece else out


def _end_line(out: list[list[Span]], piece: list[Span], line: list[Span]) -> list[Span]:
    """The piece that the next line belongs to: an empty line ends one."""
    if line:
        if piece:
            piece.append(("\n" + line[0][0], line[0][1]))
            piece.extend(line[1:])
            return piece
        return line
    if piece:
        out.append(piece)
    return []


def _stretches(run: Run) -> list[Span]:
    found = _stretches_from(run, 0, 0)
    return _stretches_from(run, *_open_before(run[1])) or [] if found is None else found


def _stretches_from(run: Run, bold: int, italic: int) -> list[Span] | None:
    """The stretches of a run that starts inside of so many elements; None where more end in it, which few runs do."""
    parts, marks, _ = run
    out: list[Span] = []
    link, opened, at = 0, 0, 0
    for mark in marks:
        offset, kind = mark >> 3, mark & 7
        if offset > at:
            text = parts[at] if offset == at + 1 else "".join(parts[at:offset])
            out.append((text, _style(link, bold, italic) if link or bold or italic else 0))
            at = offset
        if kind & 3 == 1:
            opened += kind == 1
            link = opened if kind == 1 else 0
        elif kind & 3 == 2:
            bold += 1 if kind == 2 else -1
        else:
            italic += 1 if kind == 3 else -1
        if bold < 0 or italic < 0:
            return None
    if at < len(parts):
        out.append(("".join(parts[at:]), _style(link, bold, italic)))
    return out


def _style(link: int, bold: int, italic: int) -> int:
    return LINK * link | (BOLD if bold > 0 else 0) | (ITALIC if italic > 0 else 0)


def _open_before(marks: list[int]) -> tuple[int, int]:
    """(bold, italic) that the run starts inside of: elements that only end in it. A link that does is left out."""
    depth, least = [0, 0, 0, 0], [0, 0, 0, 0]
    for mark in marks:
        kind = mark & 3
        depth[kind] += -1 if mark & 4 else 1
        least[kind] = min(least[kind], depth[kind])
    return -least[2], -least[3]


def _parts_only(spans: list[Span], links: Container[int]) -> list[Span]:
    """Joined where the style is the same; what the whole block has is no emphasis, and other links than these are none."""
    whole = BOLD | ITALIC
    for text, style in spans:
        if not text.isspace():
            whole &= style
    out: list[Span] = []
    texts: list[str] = []
    last = -1
    for text, style in spans:
        own = (style if style // LINK in links else style % LINK) & ~whole
        if own != last and texts:
            out.append(("".join(texts), last))
            texts = []
        texts.append(text)
        last = own
    return [*out, ("".join(texts), last)]


# --- markdown ------------------------------------------------------------------------------------------------------


class Inline:
    """Blocks' texts as inline markdown. Keeps the run read last: its pieces are asked for one after another."""

    def __init__(self, base: str, marks: str = _SPECIAL) -> None:
        """`base`: the page's URL; `marks`: `marks_in` of all texts."""
        self._base, self._marks = base, marks
        origin = _ORIGIN.match(base)
        self._origin = origin[0] if origin else None
        self._run: Run | None = None
        self._pieces: list[list[Span]] = []
        self._scrubbed = False

    def of(self, block: Block) -> str:
        """The block's markdown, line breaks as plain newlines. Its words are those of `block.text`."""
        run = block.run
        if run is None:
            return escaped(block.text, self._marks)
        spans = self._spans(run, block)
        if spans is None:
            return escaped(block.text, self._marks)
        urls = self._urls(run, spans)
        styled = _parts_only(spans, urls)
        if len(styled) == 1 and not styled[0][1]:
            return escaped(block.text, self._marks)
        out: list[str] = []
        for link, group in groupby(styled, key=_link):
            one, *more = group
            inside = escaped(one[0], self._marks) if not more and not one[1] % LINK else "".join(_emphasised([one, *more], self._marks))
            if link and not inside.isspace():
                if out and out[-1].endswith("!"):  # else it would be a picture
                    out[-1] = out[-1][:-1] + "\\!"
                inside = _around(inside, "[", f"]({urls[link]})")
            out.append(inside)
        return "".join(out)

    def _spans(self, run: Run, block: Block) -> list[Span] | None:
        """The block's spans, or None where they are not its text: the text is what counts. A run is scrubbed only if it must be."""
        if run is not self._run:
            self._run, self._pieces, self._scrubbed = run, pieces(run, scrubbed=False), False
        for _ in range(2):
            spans = self._pieces[block.piece] if block.piece < len(self._pieces) else []
            if "".join([text for text, _ in spans]) == block.text:
                return spans
            if not self._scrubbed:
                self._pieces, self._scrubbed = pieces(run, scrubbed=True), True
        return None

    def _urls(self, run: Run, spans: list[Span]) -> dict[int, str]:
        """Where the links lead; those that lead to no web page are left out, and are text."""
        out: dict[int, str] = {}
        for link in {style // LINK for _, style in spans if style >= LINK}:
            url = self._address(run[2][link - 1].attributes.get("href") or "")
            if url:
                out[link] = url
        return out

    def _address(self, href: str) -> str | None:
        """An absolute http(s) URL that can stand in a link's brackets, or None: other schemes, and places within the page."""
        if _SAFE.fullmatch(href) and "/." not in href:
            if href[0] != "/":
                return href
            if self._origin is not None:
                return self._origin + href
        url = None if href.lstrip().startswith("#") else absolute(href, self._base)
        if url is None:
            return None
        url = _UNSAFE.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), scrub(url))
        return re.sub(r"&(?=#?\w+;)", r"\\&", url)


# Most links, of which nothing has to be resolved or escaped.
_SAFE = re.compile(r"https?://[A-Za-z0-9.-]+(?:/[A-Za-z0-9/?=._~%+,@:-]*)?|/[A-Za-z0-9][A-Za-z0-9/?=._~%+,@:-]*")
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(?::\d+)?(?=[/?#]|$)")
_UNSAFE = re.compile(r"[\s<>()\[\]\\`|\"*]")


def _link(span: Span) -> int:
    return span[1] // LINK


def _emphasised(spans: list[Span], marks: str) -> Iterator[str]:
    """Spans of one link, or of none. Emphasis that CommonMark would not see as such is left out."""
    closed = False
    for i, (text, style) in enumerate(spans):
        mark = ("", "*", "**", "***")[style % LINK]
        if not mark:
            closed = False
            yield escaped(text, marks)
            continue
        core = text.strip()
        before = text[0] if text[0].isspace() else spans[i - 1][0][-1] if i else " "
        after = text[-1] if text[-1].isspace() else spans[i + 1][0][0] if i + 1 < len(spans) else " "
        touches = closed and not text[0].isspace()  # `**a***b*` reads otherwise
        fits = bool(core) and not touches and _flanks(core[0], before) and _flanks(core[-1], after)
        closed = fits and not text[-1].isspace()
        yield _around(escaped(text, marks), mark, mark) if fits else escaped(text, marks)


def _flanks(edge: str, outside: str) -> bool:
    """Whether a delimiter between the two faces the edge: not where punctuation is inside and a letter outside."""
    return category(edge)[0] not in "PS" or outside.isspace() or outside in string.punctuation


def _around(text: str, opening: str, closing: str) -> str:
    """Delimiters around all but the white space at the ends."""
    core = text.strip()
    start = len(text) - len(text.lstrip())
    return f"{text[:start]}{opening}{core}{closing}{text[start + len(core) :]}"
