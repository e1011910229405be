"""The top level of a JSON object read value by value: bounded memory for huge documents, and all there is of cut ones.

`json.loads` wants a whole, valid document. This reader decodes one member and one list element at a time, inside a
window that moves over the text, and keeps what came before the place where the text is cut or broken.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

_WINDOW = 4_000_000  # characters a single value may have: objects of such a value cost some 130 MB at worst
_COUNTED = 1_000_000  # elements over the limit that are still decoded to be counted: about 1.5 s
_GAP = re.compile(r"[\s,:]{0,10000}")
_DECODER = json.JSONDecoder(strict=False)


@dataclass(slots=True)
class Scan:
    """What was read: members of the object, the first elements of its list, and how many more the list has."""

    members: dict[str, Any] = field(default_factory=dict)
    elements: list[Any] = field(default_factory=list)
    more: int = 0  # at most `_COUNTED`
    problem: str | None = None


class _Cursor:
    """A place in the text, and the window that values are decoded from."""

    def __init__(self, text: str) -> None:
        self.text, self.start, self.at = text, 0, 0
        self.window = text[:_WINDOW]

    def peek(self) -> str:
        """The next character that is no white space, comma or colon; "" at the end."""
        gap = _GAP.match(self.text, self.at)
        self.at = gap.end() if gap else self.at
        return self.text[self.at : self.at + 1]

    def value(self) -> Any:
        """The next value. Raises ValueError where none can be read, RecursionError where it is nested too deeply."""
        self.peek()
        try:
            found, end = _DECODER.raw_decode(self.window, self.at - self.start)
        except ValueError:
            if self.at == self.start:
                raise
            self.start, self.window = self.at, self.text[self.at : self.at + _WINDOW]
            found, end = _DECODER.raw_decode(self.window, 0)
        self.at = self.start + end
        return found


def scan(text: str, list_name: str, limit: int) -> Scan:
    """The members of a JSON object; of one list, the first `limit` elements are kept and the rest is counted."""
    found, cursor = Scan(), _Cursor(text)
    if cursor.peek() != "{":
        found.problem = "The document is not a JSON object."
        return found
    cursor.at += 1
    try:
        while cursor.peek() not in ("}", ""):
            name = cursor.value()
            if name == list_name and cursor.peek() == "[":
                _elements(cursor, found, limit)
            else:
                found.members[str(name)[:100]] = cursor.value()
    except (ValueError, RecursionError):
        found.problem = f"The JSON is cut or broken at character {cursor.at}."
    return found


def _elements(cursor: _Cursor, found: Scan, limit: int) -> None:
    cursor.at += 1
    while cursor.peek() not in ("]", "") and found.more < _COUNTED:
        element = cursor.value()
        if len(found.elements) < limit:
            found.elements.append(element)
        else:
            found.more += 1
    cursor.at += 1
