"""Lines gathered into blocks: what is compressed together, and what an export that was interrupted goes on after. Pure.

Where a block ends depends on the articles alone, so that an export has the same bytes whether it was interrupted or not.
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from archive.store.selecting import Selected

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LINES = 1000  # articles of a block,
SIZE = 4 * 2**20  # or bytes, whichever is reached first; one article may have more

Line = Callable[[Selected], bytes]
Pack = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines, not compressed yet."""

    data: bytes
    articles: int
    after: int  # id of the last article


def blocks(batches: Iterable[list[Selected]], line: Line) -> Iterator[Block]:
    lines: list[bytes] = []
    size, after = 0, 0
    for batch in batches:
        for article in batch:
            lines.append(line(article))
            size, after = size + len(lines[-1]), article.id
            if len(lines) == LINES or size >= SIZE:
                yield Block(b"".join(lines), len(lines), after)
                lines, size = [], 0
    if lines:
        yield Block(b"".join(lines), len(lines), after)


def packer(name: str) -> Pack:
    """How a file of that name is compressed: a gzip member (RFC 1952) or a Zstandard frame (RFC 8878) a block, else not at all."""
    if name.endswith(".gz"):
        return lambda data: gzip.compress(data, 6, mtime=0)  # no time: the same data is the same bytes
    if name.endswith(".zst"):
        return lambda data: zstd.compress(data, 3)
    return lambda data: data
