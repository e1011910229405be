"""An export on one screen: articles of a selection, line by line, into a file that is whole or goes on where it stood."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from archive.errors import OutputError
from archive.export.blocks import Block, Line, blocks, packer
from archive.export.place import Manner, Place, State
from archive.export.progress import Progress, Step, share
from archive.export.track import Track, begin, job, synced
from archive.selection import Selection
from archive.store import selecting
from archive.store.connect import Store


@dataclass(frozen=True, slots=True)
class Lines:
    """A format of lines. `name` and `options` say what makes its bytes: an export goes on only where they are the same."""

    name: str  # with its version: jsonl/1
    line: Line
    head: bytes = b""  # before the first article
    options: dict[str, Any] | None = None
    markdown: bool = False


def export_lines(store: Store, selection: Selection, lines: Lines, out: Path | None, manner: Manner) -> None:
    """Writes the selection to `out`, to standard output where there is none.

    Raises UsageError where the selection names what is not there, OutputError where `out` stands already or cannot be written,
    Stopped where it was ended from the keyboard: the same call goes on then.
    """
    selecting.check(store, selection)
    progress = Progress(quiet=manner.quiet)
    if out is None:
        _to_stdout(store, selection, lines, progress)
        return
    place = Place(out, manner)
    with place.held():
        state = begin(store, place, job(store, selection, lines.name, lines.options))
        _to_file(store, selection, lines, place, state, progress)


def _to_file(store: Store, selection: Selection, lines: Lines, place: Place, state: State, progress: Progress) -> None:
    before, pack = state.articles, packer(place.out.name)
    with place.data.open("r+b") as file:
        _wind(file, place, state)
        track = Track(place, state, lambda: synced(file))
        with track.stopping(progress.clear):
            if not state.size and lines.head:
                track.move(size=file.write(pack(lines.head)))
            for block in _blocks(store, selection, lines, state):
                at = track.state
                track.move(size=at.size + file.write(pack(block.data)), articles=at.articles + block.articles, after=block.after)
                progress(Step(track.state.articles, track.state.size, share(block.after, state.since, state.last)))
            track.keep()
    place.finish(track.state)
    progress.close(str(place.out), Step(track.state.articles, track.state.size, 1), before=before)


def _wind(file: BinaryIO, place: Place, state: State) -> None:
    """To the end of what is whole; what a killed export wrote beyond it is cut off."""
    if os.fstat(file.fileno()).st_size < state.size:
        raise OutputError(f"{place.data} is shorter than it was left", hint="--force begins anew")
    file.truncate(state.size)
    file.seek(state.size)


def _to_stdout(store: Store, selection: Selection, lines: Lines, progress: Progress) -> None:
    state = State({}, selecting.newest(store))
    write = terminal_writer() if sys.stdout.isatty() else sys.stdout.buffer.write
    size, articles = write(lines.head), 0
    for block in _blocks(store, selection, lines, state):
        size, articles = size + write(block.data), articles + block.articles
        if not sys.stdout.isatty():
            progress(Step(articles, size, share(block.after, 0, state.last)))
    sys.stdout.buffer.flush()
    progress.close("standard output", Step(articles, size, 1))


def terminal_writer() -> Callable[[bytes], int]:
    """Untrusted text on a terminal: control characters are replaced."""
    from archive.terminal import plain_block

    def write(data: bytes) -> int:
        sys.stdout.buffer.write(plain_block(data.decode("utf-8", "replace")).encode())
        return len(data)

    return write


def _blocks(store: Store, selection: Selection, lines: Lines, state: State) -> Iterator[Block]:
    batches = selecting.articles(store, selection, last=state.last, after=state.after, markdown=lines.markdown)
    return blocks(batches, lines.line)
