"""A CDXJ index of WARC files, made by reading them: what is in the index can be read back. Sorted on disk, bounded in memory."""

from __future__ import annotations

import heapq
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, TextIO

from archive.errors import InputError, InputMissing
from archive.warc.index import line
from archive.warc.reading import Broken, Found, read
from archive.warc.record import digest, member

HEAD_ALONE = 512 * 1024  # bytes of a block that are kept: an index needs its head
BLOCK = 300  # lines packed together, as cdxj-indexer does it
_AT_ONCE = 50_000  # lines sorted in memory, some 20 MB


def lines(
    files: Iterable[Path], look: Callable[[Found], object] = lambda _: None, *, limit: int = HEAD_ALONE
) -> Iterator[str]:  # fmt: skip
    """The files' index, sorted, without line ends. `look` is shown every record with up to `limit` bytes of its block.

    Raises InputMissing, and InputError where a record cannot be read or has no place of its own (a file packed as a whole).
    """
    with ExitStack() as closing:
        runs: list[TextIO] = []
        some: list[str] = []
        for path in files:
            for found in records(path, limit=limit):
                look(found)
                one = line(found, path.name)
                if one is not None:
                    some.append(one)
                if len(some) >= _AT_ONCE:
                    runs.append(closing.enter_context(_spilled(some)))
                    some = []
        yield from heapq.merge(sorted(some), *((row.rstrip("\n") for row in run) for run in runs))


def records(path: Path, *, limit: int) -> Iterator[Found]:
    """The records of a file of which all has to be whole. Raises InputMissing, InputError."""
    try:
        with path.open("rb") as file:
            for found in read(file, limit=limit):
                if isinstance(found, Broken):
                    raise InputError(f"{path}, byte {found.offset:,}: {found.reason}", hint="write the file anew")
                if not found.length:
                    raise InputError(
                        f"{path} is packed as a whole: its records have no places of their own",
                        hint="unpack it, and index that",
                    )
                yield found
    except OSError as problem:
        raise InputMissing(f"cannot read {path}: {problem.strerror}", hint="check the path and who may read it") from problem


def write_packed(index: Iterable[str], packed: BinaryIO, places: TextIO, *, name: str) -> int:
    """The index as blocks of gzip, and where they are: `index.cdx.gz` and `index.idx`. Gives back how many lines it has."""
    places.write(f"!meta 0 {json.dumps({'format': 'cdxj-gzip-1.0', 'filename': name})}\n")
    offset = count = 0
    for block in _blocks(index):
        data = member("".join(f"{one}\n" for one in block).encode())
        where = {"offset": offset, "length": len(data), "digest": digest(data), "filename": name}
        places.write(f"{' '.join(block[0].split(' ', 2)[:2])} {json.dumps(where)}\n")
        packed.write(data)
        offset, count = offset + len(data), count + len(block)
    return count


def _blocks(index: Iterable[str]) -> Iterator[list[str]]:
    block: list[str] = []
    for one in index:
        block.append(one)
        if len(block) == BLOCK:
            yield block
            block = []
    if block:
        yield block


def _spilled(some: list[str]) -> TextIO:
    run = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed by the caller's stack
    run.writelines(f"{one}\n" for one in sorted(some))
    run.seek(0)
    return run
