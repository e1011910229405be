"""What speaks for and against a block being part of the story: named signs, each with a learned weight.

A sign is a short string ("tag p", "near related", "first also read"); `data/signs.tsv` holds the log-odds of each, so
that the reasons for a block can be read. This is the first look: a block, its boxes, its neighbours, and what the
metadata say of it. The second look, `archive.clean.context`, sees what the first made of the blocks around.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Any

from archive.clean.text import key
from archive.clean.tree import Block, Box, Page

REJECTED = -6.0  # log-odds of a block that needs no closer look: a short line that is all link

LENGTHS = "sml"  # short: under 6 words, medium: under 20, long
_KINDS = {
    "p": 0, "li": 1, "h1": 2, "h2": 3, "h3": 4, "h4": 5, "h5": 5, "h6": 5, "td": 6, "th": 6, "blockquote": 7, "pre": 8,
    "figcaption": 9, "dd": 1, "dt": 1, "summary": 5, "caption": 9,
}  # fmt: skip
_KIND_NAMES = ("p", "li", "h1", "h2", "h3", "h4", "td", "q", "pre", "cap", "div")
_DIV = 10
_WORD_BINS = (0, 0, 1, 2, 3, 4, 4, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7, 7, 7, 7)  # by number of words up to 20
_ENDS = {c: n for n, c in enumerate('.!?:…"”’»)।。」,;|')}
_END_NAMES = (*_ENDS, "w", "d", "o")
_END_OF: dict[str, int] = dict(_ENDS)  # by a text's last character; these two are filled as characters come up
_START_OF: dict[str, int] = {}  # by its first one
MOST_MARKS = 5000  # kept of each: a hostile page has a million
_TOKEN = re.compile(r"[a-z]{2,}")
_ASCII_NAMES = bytes(code if 97 <= code <= 122 else 32 for code in range(256))  # what is no small letter: a space
_FIRST = re.compile(r"[^\W\d_]+|\d+|[#@©\"“«>|(\[•]")
_FIRST_ASCII = re.compile(r"[a-z]+|\d+|[#@\">|(\[]")  # the same of ASCII: a set of letters is looked up faster than what is none
_OTHER_SCRIPTS = bytes((*range(0xCC, 0xE2), *range(0xE3, 0xF5)))  # first bytes in UTF-8 of all but Latin, its dashes and quotes
_DIGITS = re.compile(r"\d")
_ASCII_DIGITS, _ASCII_MARKS = b"0123456789", b'#@">|(['
_ASCII_WORDS = bytes(
    ord(chr(code).lower()) if code < 128 and chr(code).isalpha() else 32 for code in range(256)
)  # what is no letter: a space
_FLAGS = 14


Total = Any  # what signs add up to: the float of their weights, or the list of their names


class Table:
    """Every sign, by what it is about. `value` gives a sign's weight, or a list with its name: both are added up by `+`.

    One code path so gives the score of a block and the reasons for it. `known`: the signs that have a weight, where not every word is one.
    """

    def __init__(self, value: Callable[[str], Total], known: Iterable[str] | None = None) -> None:
        def grid(form: str, *axes: Sequence[object]) -> list[Any]:
            """Nested lists: one per axis, the innermost holds the values."""
            if len(axes) == 1:
                return [value(form.format(a)) for a in axes[0]]
            return [grid(form.replace("{}", str(a), 1), *axes[1:]) for a in axes[0]]

        def words(prefix: str) -> Any:
            """Signs of words that are not known beforehand: "own related" by "related"."""
            if known is None:
                return _Named(prefix, value)
            return {sign[len(prefix) + 1 :]: value(sign) for sign in known if sign.startswith(prefix + " ")}

        ten, five = range(10), range(5)
        self.none: Total = type(value(""))()  # of no sign at all
        kinds = grid("kind {}", _KIND_NAMES)
        self.words: Any = [
            [cell + kind for cell in row] for row, kind in zip(grid("words {} {}", _KIND_NAMES, range(13)), kinds, strict=True)
        ]
        self.link: Any = grid("link {} {}", LENGTHS, range(6))
        self.links: Any = grid("links {} {}", LENGTHS, five)
        self.end: Any = grid("end {} {}", LENGTHS, _END_NAMES)
        self.start: Any = grid("start {} {}", LENGTHS, "Uldon")
        self.bold: Any = grid("bold {} {}", LENGTHS, ("part", "all"))
        self.italic: Any = grid("italic {} {}", LENGTHS, ("part", "all"))
        self.broken: Any = grid("broken {} {}", LENGTHS, five)
        self.commas: Any = grid("commas {} {}", LENGTHS, five)
        self.upper: Any = grid("upper {}", LENGTHS)
        self.digits: Any = grid("digits {} {}", LENGTHS, five)
        self.body: Any = grid("body {} {}", LENGTHS, (False, True))
        self.place: Any = grid("place {}", ten)
        self.after: Any = grid("head after {}", range(24))
        self.inside: Any = grid("in {}", range(_FLAGS))
        self.linked: Any = grid("up{} linked {} part {}", range(3), range(6), range(9))
        self.tag, self.own, self.near0, self.near = (words(name) for name in ("tag", "own", "near0", "near"))
        self.far, self.first, self.last, self.has = (words(name) for name in ("far", "first", "last", "has"))
        self.up: Any = [words(f"up{level}") for level in range(3)]
        self.headline, self.head_none, self.head_before = value("headline"), value("head none"), value("head before")
        self.description: Any = [value("description"), value("description part")]
        self.openers: Container[str] = _ALL if known is None else {first.split(" ")[0] for first in self.first if " " in first}
        self.boxes: dict[tuple[int, str, str, int], Total] = {}  # what `BoxSigns` made of a box by itself: pages repeat them


class _Named:
    """The names of words' signs: every word has one."""

    def __init__(self, prefix: str, value: Callable[[str], Any]) -> None:
        self._prefix, self._value = prefix, value

    def get(self, word: str, _none: Any) -> Any:
        return self._value(f"{self._prefix} {word}")


class _All:
    """Holds every word."""

    def __contains__(self, word: object) -> bool:
        return True


_ALL = _All()
_MOST = 20_000  # boxes that a table keeps: pages bring new ones without end


def word_bin(words: int) -> int:
    """0 to 12: 1, 2, 3, 4, 5-6, 7-9, 10-13, 14-20, to 30, 45, 70, 110, more."""
    if words <= 20:
        return _WORD_BINS[words]
    return 8 if words <= 30 else 9 if words <= 45 else 10 if words <= 70 else 11 if words <= 110 else 12


def share_bin(part: int, whole: int) -> int:
    """0 to 5: none, under a tenth, a quarter, a half, nine tenths, all."""
    if part <= 0:
        return 0
    share = part / (whole or 1)
    return 1 if share < 0.1 else 2 if share < 0.25 else 3 if share < 0.5 else 4 if share < 0.9 else 5


# Classes that say how a box looks and not what it holds, as Tailwind and Bootstrap have them by the dozen ("text-lg", "md:col-span-2",
# "leading-[1.2]", "items-center", "pt-4"): their words would pass for those of hand-made names ("text", "items").
_LOOKS = (
    "align|aspect|basis|bg|border|bottom|break|clear|col|columns|content|cursor|d|decoration|delay|divide|duration|ease|end|fill|flex|float|"
    "font|from|fw|gap|grid|grow|h|indent|inset|items|justify|leading|left|line|list|m[trblxyse]?|max|min|object|offset|opacity|order|"
    "outline|overflow|p[trblxyse]?|place|right|ring|rotate|rounded|row|scale|scroll|select|self|shadow|shrink|size|space|start|stroke|"
    "table|text|to|top|tracking|transition|translate|underline|via|w|whitespace|z"
)
_SIZES = (
    r"\d[\w./%]*|auto|full|screen|fit|px|none|xs|sm|md|lg|xl|xxl|[2-9]xl|base|bold|semibold|medium|normal|light|thin|tight|snug|relaxed|"
    r"loose|wide|start|end|center|left|right|top|bottom|between|around|evenly|stretch|baseline|cover|contain|wrap|nowrap|row|col|rows|cols|"
    r"reverse|block|inline|flex|grid|hidden|visible|black|white|transparent|current|[a-z]+-\d{2,3}"
)
_UTILITY = re.compile(rf"-?(?:{_LOOKS})(?:-(?:[xytrblse]|sm|md|lg|xl|xxl))?-(?:{_SIZES})(?:/\d+)?")


_LOOKS_BEGIN = frozenset(re.sub(r"([mp])\[trblxyse\]\?", r"\1|\1t|\1r|\1b|\1l|\1x|\1y|\1s|\1e", _LOOKS).split("|"))


def _is_utility(name: str) -> bool:
    """A variant ("md:"), an arbitrary value ("[28px]"), or a property with a value of its scale."""
    if ":" in name or "[" in name:
        return True
    # The property alone first: most names have none, and it is looked up in a tenth of the expression's time.
    look, dash, _ = name.removeprefix("-").partition("-")
    return dash == "-" and look in _LOOKS_BEGIN and _UTILITY.fullmatch(name) is not None


@lru_cache(maxsize=8192)
def name_tokens(names: str) -> tuple[str, ...]:
    """Words of a class and id, each once, but for classes that say how a box looks."""
    if "-" in names or ":" in names or "[" in names:
        names = " ".join([name for name in names.split() if not _is_utility(name)])
    if not names.isascii():
        return tuple(dict.fromkeys(_TOKEN.findall(names)))[:12]
    parts = names.encode().translate(_ASCII_NAMES).decode().split()
    return tuple(dict.fromkeys([part for part in parts if len(part) > 1]))[:12]


class BoxSums:
    """Words in long unlinked blocks, characters, linked characters: sums up to each block, of which a box holds a range."""

    __slots__ = ("linked", "long", "size")

    def __init__(self, page: Page) -> None:
        blocks = page.blocks
        self.size = [0, *accumulate([len(block.text) for block in blocks])]
        self.linked = [0, *accumulate([block.linked for block in blocks])]
        self.long = [0, *accumulate([b.words if b.words >= 12 and b.linked * 3 < len(b.text) else 0 for b in blocks])]


@lru_cache(maxsize=1024)
def _bits(flags: int) -> tuple[int, ...]:
    return tuple(bit for bit in range(_FLAGS) if flags >> bit & 1)


class BoxSigns:
    """Signs of a box, its three nearest ancestors, and the names of those beyond; each part made once a page."""

    def __init__(self, page: Page, table: Table) -> None:
        self.boxes, self.table, self.sums = page.boxes, table, BoxSums(page)
        self._above: dict[int, tuple[Total, Total, Total, Total]] = {}
        self._levels: tuple[dict[int, Total], ...] = ({}, {}, {})
        self._far: dict[int, tuple[frozenset[str], Total]] = {-1: (frozenset(), table.none)}
        if len(table.boxes) > _MOST:
            table.boxes.clear()

    def of(self, box: int) -> Total:
        """All signs that the blocks of a box share."""
        own = self.boxes[box]
        itself = self.table.boxes.get((-1, own.tag, own.names, own.flags))
        if itself is None:
            itself = self._itself(own)
        above = self._above.get(own.parent)
        if above is None:
            above = self._above[own.parent] = self._around(own.parent)
        return itself + above[0] + above[1] + above[2] + above[3]

    def _itself(self, box: Box) -> Total:
        none, own = self.table.none, self.table.own.get
        out = self.table.tag.get(box.tag, none)
        for token in name_tokens(box.names):
            out = out + own(token, none)
        for bit in _bits(box.flags):
            out = out + self.table.inside[bit]
        self.table.boxes[(-1, box.tag, box.names, box.flags)] = out
        return out

    def _around(self, box: int) -> tuple[Total, Total, Total, Total]:
        """Of a box and the two around it, and of those beyond: children beside each other have all of it in common."""
        parts = [self.table.none] * 3
        for level, known in enumerate(self._levels):
            if box < 0:
                break
            part = known.get(box)
            if part is None:
                part = known[box] = self._level(box, level)
            parts[level] = part
            box = self.boxes[box].parent
        return parts[0], parts[1], parts[2], self._beyond(box)

    def _level(self, box: int, level: int) -> Total:
        above, table, sums = self.boxes[box], self.table, self.sums
        start, end = above.start, above.end
        linked = sums.linked[end] - sums.linked[start]
        share = share_bin(linked, sums.size[end] - sums.size[start]) if linked else 0
        part = (sums.long[end] - sums.long[start]) * 8 // (sums.long[-1] or 1)
        key = (level, above.tag, above.names, 0)
        out = table.boxes.get(key)
        if out is None:
            none, near = table.none, (table.near if level else table.near0).get
            out = table.up[level].get(above.tag, none)
            for token in name_tokens(above.names):
                out = out + near(token, none)
            table.boxes[key] = out
        return table.linked[level][share][part] + out

    def _beyond(self, box: int) -> Total:
        path = []
        while box not in self._far:
            path.append(box)
            box = self.boxes[box].parent
        names, signs = self._far[box]
        for i in reversed(path):
            fresh = [t for t in name_tokens(self.boxes[i].names) if t not in names]
            if fresh and len(names) < 200:
                names = names | frozenset(fresh)
                for token in fresh:
                    signs = signs + self.table.far.get(token, self.table.none)
            self._far[i] = names, signs
        return signs


def is_rejected(block: Block) -> bool:
    """A line that is nothing but links: a menu, a list of other stories."""
    return block.words <= 12 and block.linked * 10 >= len(block.text) * (8 if block.words <= 7 else 9)


@dataclass(frozen=True)
class Hints:
    """What the metadata say, as `text.key` strings: "" where they say nothing."""

    title: str = ""
    body: str = ""  # JSON-LD articleBody
    description: str = ""

    @cached_property
    def starts(self) -> str:
        """The first letters of headline and description."""
        return self.title[:1] + self.description[:1]


def _end_of(last: str) -> int:
    end = _ENDS.get(last)
    if end is None:
        end = -3 if last.isalpha() else -2 if last.isdigit() else -1
    if len(_END_OF) < MOST_MARKS:
        _END_OF[last] = end
    return end


def _start_of(first: str) -> int:
    start = 0 if first.isupper() else 1 if first.islower() else 2 if first.isdigit() else 4 if first.isalpha() else 3
    if len(_START_OF) < MOST_MARKS:
        _START_OF[first] = start
    return start


def block_signs(page: Page, index: int, hints: Hints, table: Table) -> Total:
    """Signs of the text itself, and of what the metadata say of it."""
    block = page.blocks[index]
    text, words, linked, links = block.text, block.words, block.linked, block.links
    size = len(text)
    length = 0 if words < 6 else 1 if words < 20 else 2
    end, start = _END_OF.get(text[-1]), _START_OF.get(text[0])
    out = (
        table.words[_KINDS.get(page.boxes[block.box].tag, _DIV)][_WORD_BINS[words] if words <= 20 else word_bin(words)]
        + table.link[length][share_bin(linked, size) if linked else 0]
        + table.links[length][links if links < 4 else 4]
        + table.end[length][_end_of(text[-1]) if end is None else end]
        + table.start[length][_start_of(text[0]) if start is None else start]
    )
    if block.bold:
        out = out + table.bold[length][block.bold * 10 >= size * 9]
    if block.italic:
        out = out + table.italic[length][block.italic * 10 >= size * 9]
    if "\n" in text:
        out = out + table.broken[length][min(text.count("\n"), 4)]
    if words < 60:
        out = out + _wording(text, words, length, table)
    return out + _hinted(text, words, length, hints, table)


def _wording(text: str, words: int, length: int, table: Table) -> Total:
    """Signs of the words of a block of under sixty."""
    none = table.none
    out = table.commas[length][min(text.count(",") * 20 // words, 4)]
    if text.isupper():
        out = out + table.upper[length]
    raw = text.encode("utf-8", "replace")
    latin = len(raw) == len(text) or len(raw.translate(None, _OTHER_SCRIPTS)) == len(raw)  # no digits but ASCII's
    digits = len(raw) - len(raw.translate(None, _ASCII_DIGITS)) if latin else len(_DIGITS.findall(text))
    if digits:
        out = out + table.digits[length][min(digits * 10 // len(text), 4)]
    start = text if words < 20 else text[:60]
    if not start.isascii():
        tokens = _FIRST.findall(start.lower())
    elif digits or len(raw.translate(None, _ASCII_MARKS)) < len(raw):
        tokens = _FIRST_ASCII.findall(start.lower())
    else:  # words alone, as most lines are: the same in a sixth of the time
        tokens = start.encode().translate(_ASCII_WORDS).decode().split()
    if tokens:
        first, opener = table.first.get, tokens[0]
        out = out + first(opener, none)
        if len(tokens) == 1:  # it counts as the first one, two and three words: so it was learned
            out = out + first(opener, none) + first(opener, none)
        elif opener in table.openers:
            out = out + first(" ".join(tokens[:2]), none) + first(" ".join(tokens[:3]), none)
        if words < 20:
            out = out + table.last.get(tokens[-1], none)
            has = table.has.get
            for token in dict.fromkeys(tokens):  # in order: sums of floats depend on it
                out = out + has(token, none)
    return out


def _hinted(text: str, words: int, length: int, hints: Hints, table: Table) -> Total:
    """Whether the metadata repeat this block: the headline, the description, the articleBody."""
    if words >= 60:
        return table.body[2][key(text[:100]) in hints.body] if hints.body else table.none
    if not hints.body and text[0].isalnum() and text[0].casefold()[0] not in hints.starts:
        return table.none  # most blocks: a key starts with the first letter
    out, own = table.none, key(text)
    if own and own == hints.title:
        out = out + table.headline
    if told := told_by_description(own, words, hints):
        out = out + table.description[2 - told]
    return out + table.body[length][own in hints.body] if hints.body and words >= 3 else out


def told_by_description(own: str, words: int, hints: Hints) -> int:
    """Whether the page's description says the same (2), or a part of it (1), or nothing of the kind (0). `own`: the block's `key`."""
    if not hints.description or words <= 4:
        return 0
    if own == hints.description:
        return 2
    return int(hints.description.startswith(own) or own.startswith(hints.description[:60]))


def place_signs(index: int, count: int, head: int | None, table: Table) -> Total:
    """Where in the page: by tenths, and from the headline on."""
    place = table.place[index * 10 // count]
    if head is None:
        return place + table.head_none
    away = index - head
    return place + (table.head_before if away < 0 else table.after[away.bit_length()])
