"""The objects of a JSON file, one by one, as their bytes: lines, or the elements of one list. Pure, bounded in memory.

Of a list each element is cut out as it stands: what it says is for others to read.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from archive.intake.arrival import PAGE_LIMIT

MAX_ELEMENT = 4 * PAGE_LIMIT  # bytes: a page of the largest size, every character of it escaped
_PIECE = 64 * 1024
_GAP = re.compile(r"[ \t\r\n,]*")
_DECODER = json.JSONDecoder()
_TOO_LONG = f"longer than {MAX_ELEMENT / 1_000_000:g} MB, which no page is"


@dataclass(frozen=True, slots=True)
class TooLong:
    """An element that was passed by; of a list, with all behind it."""

    reason: str


def elements(file: IO[bytes]) -> Iterator[bytes | TooLong]:
    """Each line, blank ones too, or each element of the list that the file is. Raises OSError where the file cannot be read."""
    first = file.readline(MAX_ELEMENT)
    while first and not first.removeprefix(codecs.BOM_UTF8).strip():
        yield first
        first = file.readline(MAX_ELEMENT)
    if first.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"["):
        yield from _of_list(first, file)
    else:
        yield from _lines(first, file)


def _lines(line: bytes, file: IO[bytes]) -> Iterator[bytes | TooLong]:
    while line:
        if len(line) == MAX_ELEMENT and not line.endswith(b"\n"):
            while (rest := file.readline(MAX_ELEMENT)) and not rest.endswith(b"\n"):
                pass
            yield TooLong(_TOO_LONG)
        else:
            yield line
        line = file.readline(MAX_ELEMENT)


def _of_list(first: bytes, file: IO[bytes]) -> Iterator[bytes | TooLong]:
    """An element that is not whole in what was read is tried again with twice as much: each byte is looked at a few times at most."""
    text = codecs.getincrementaldecoder("utf-8")("surrogateescape")  # what is no UTF-8 comes out as it went in
    held = text.decode(first.removeprefix(codecs.BOM_UTF8)).lstrip()
    at, step, ended = 1, _PIECE, False
    while True:
        at = _gap_ends(held, at)
        if held.startswith("]", at):
            return
        end = _end(held, at)
        if end is not None and (ended or end < len(held)):
            yield held[at:end].encode("utf-8", "surrogateescape")
            at, step = end, _PIECE
            continue
        held, at = held[at:], 0
        if ended or len(held) > MAX_ELEMENT:
            yield TooLong("the list ends here in the middle, or is no JSON from here on" if ended else _TOO_LONG)
            return
        piece = file.read(step)
        ended, step = not piece, step * 2
        held += text.decode(piece, final=ended)


def _gap_ends(text: str, at: int) -> int:
    found = _GAP.match(text, at)
    return found.end() if found else at


def _end(text: str, at: int) -> int | None:
    """Where the value that begins at `at` ends; None where it does not, or is none."""
    try:
        return _DECODER.raw_decode(text, at)[1]
    except (ValueError, RecursionError):
        return None
