"""The numbers in a text. Two texts from one template have the words in common, and not the numbers. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from zlib import crc32

_MOST = 64  # numbers that are kept: a table has hundreds, and the first ones tell


def figures(words: Iterable[str]) -> frozenset[int]:
    """16 bits of each different number."""
    found = dict.fromkeys(word for word in words if word[0].isdigit())
    return frozenset(crc32(word.encode()) & 0xFFFF for word in list(found)[:_MOST])


def agreement(one: frozenset[int], other: frozenset[int]) -> float:
    """Share of the numbers of the text with fewer that are in the other one; 1.0 where one of them has none."""
    least = min(len(one), len(other))
    return len(one & other) / least if least else 1.0


def pack(found: frozenset[int]) -> bytes:
    return array("H", sorted(found)).tobytes()


def unpack(packed: bytes) -> frozenset[int]:
    return frozenset(array("H", packed))
