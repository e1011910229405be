"""An Atom feed of a selection: its newest articles, a few at a time, into a file that is replaced in one step."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from archive.errors import OutputError
from archive.export.atom import Feed, feed
from archive.export.blocks import packer
from archive.export.place import sync, telling
from archive.export.progress import Progress, Step
from archive.export.run import terminal_writer
from archive.selection import Selection
from archive.store import selecting
from archive.store.connect import Store
from archive.store.selecting import Selected

_TOGETHER = 50  # articles in memory


def export_atom(
    store: Store, selection: Selection, out: Path | None, *, limit: int, title: str, url: str | None, quiet: bool = False
) -> None:  # fmt: skip
    """Raises UsageError where the selection names what is not there, OutputError where `out` cannot be written."""
    selecting.check(store, selection)
    progress = Progress(quiet=quiet)
    last = selecting.newest(store)
    ids = selecting.latest(store, selection, last=last, limit=limit)
    updated_at = next((article.first_seen_at for article in _articles(store, ids[:1], last)), None)
    about = Feed(url or f"urn:uuid:{uuid5(NAMESPACE_URL, json.dumps([title, selection.said()]))}", title, url, updated_at)
    pieces = feed(about, _articles(store, ids, last))
    if out is None:
        write = terminal_writer() if sys.stdout.isatty() else sys.stdout.buffer.write
        size = sum(write(piece) for piece in pieces)
        sys.stdout.buffer.flush()
    else:
        with telling(out):
            size = _replace(out, pieces)
    progress.close("standard output" if out is None else str(out), Step(len(ids), size, 1))


def _articles(store: Store, ids: list[int], last: int) -> Iterator[Selected]:
    """In the order of `ids`."""
    for start in range(0, len(ids), _TOGETHER):
        some = ids[start : start + _TOGETHER]
        found = {article.id: article for batch in selecting.these(store, sorted(some), last=last) for article in batch}
        yield from (found[number] for number in some if number in found)


def _replace(out: Path, pieces: Iterator[bytes]) -> int:
    if not out.parent.is_dir():
        raise OutputError(f"there is no folder {out.parent}", hint="make it first, or name another one")
    if out.is_dir():
        raise OutputError(f"{out} is a folder", hint="name a file")
    fresh = out.with_name(f".{out.name}.{os.getpid()}.new")
    try:
        with fresh.open("wb") as file:
            size = file.write(packer(out.name)(b"".join(pieces))) if out.suffix in (".gz", ".zst") else sum(map(file.write, pieces))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(out)
    finally:
        fresh.unlink(missing_ok=True)
    sync(out.parent)
    return size
