"""Where in a TOML text its tables and keys stand, for error messages and for edits that touch nothing else.

Reads the lines' outer shape only (headers, keys, where a value ends); that the text is valid TOML is tomllib's to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

Path = tuple[str | int, ...]  # ("outlet", 0, "feed", 1, "url")

_PART = r"(?:[A-Za-z0-9_-]+|\"[^\"\n]*\"|'[^'\n]*')"
_KEY = re.compile(rf"\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_PART}(?:\s*\.\s*{_PART})*)\s*\]")
_PARTS = re.compile(_PART)
_QUOTES = ('"""', "'''", '"', "'")


@dataclass(frozen=True, slots=True)
class Block:
    """One table: its path, its header's line, and its last line with content (numbers from 0)."""

    path: Path
    first: int
    last: int


@dataclass(slots=True)
class Layout:
    """The blocks in order, and the line of each table and key (numbers from 1, as editors count)."""

    blocks: list[Block] = field(default_factory=list)
    lines: dict[Path, int] = field(default_factory=dict)

    def line_of(self, path: Path) -> int:
        """The line of a key, else of the nearest table around it, else the first."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class Lines:
    """The lines of a text's tables and keys. The text is scanned when somebody asks: a file without a mistake never is."""

    def __init__(self, text: str) -> None:
        self._text = text

    def line_of(self, path: Path) -> int:
        return self._layout.line_of(path)

    @cached_property
    def _layout(self) -> Layout:
        return layout_of(self._text)


def layout_of(text: str) -> Layout:
    """Scan a TOML text once."""
    lines = text.split("\n")
    found, arrays = Layout(), _Arrays()
    table: Path = ()
    number = 0
    while number < len(lines):
        end = number
        if header := _HEADER.match(lines[number]):
            table = arrays.open(_names(header.group(2)), array=header.group(1) == "[[")
            found.lines.setdefault(table, number + 1)
            found.blocks.append(Block(table, number, number))
        elif key := _KEY.match(lines[number]):
            end = _value_end(lines, number, key.end())
            path = (*table, *_names(key.group(1)))
            found.lines.setdefault(path, number + 1)
            if found.blocks:
                found.blocks[-1] = Block(table, found.blocks[-1].first, end)
        number = end + 1
    return found


class _Arrays:
    """How many tables each array of tables has so far."""

    def __init__(self) -> None:
        self.counts: dict[Path, int] = {}

    def open(self, names: tuple[str, ...], *, array: bool) -> Path:
        """The path that a header's names mean at this place: inside the last table of every array on the way."""
        path: Path = ()
        for position, name in enumerate(names):
            path = (*path, name)
            if array and position == len(names) - 1:
                self.counts[path] = self.counts.get(path, -1) + 1
            if path in self.counts:
                path = (*path, self.counts[path])
        return path


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PARTS.findall(dotted))


def _value_end(lines: list[str], number: int, column: int) -> int:
    """The last line of the value that starts here: strings and arrays may span lines."""
    depth, quote = 0, ""
    while number < len(lines):
        depth, quote = _scan(lines[number], column, depth, quote)
        if not quote and depth <= 0:
            return number
        number, column = number + 1, 0
    return len(lines) - 1


def _scan(line: str, at: int, depth: int, quote: str) -> tuple[int, str]:
    """Brackets and quotes open at the end of a line. Only triple quotes stay open over a line's end."""
    while at < len(line):
        if quote:
            if line[at] == "\\" and quote[0] == '"':
                at += 2
            elif line.startswith(quote, at):
                at, quote = at + len(quote), ""
            else:
                at += 1
            continue
        opened = next((mark for mark in _QUOTES if line.startswith(mark, at)), "")
        if opened:
            at, quote = at + len(opened), opened
            continue
        if line[at] == "#":
            break
        depth += (line[at] in "[{") - (line[at] in "]}")
        at += 1
    return depth, quote if len(quote) == 3 else ""
