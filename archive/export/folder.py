"""A folder of shards: files of some tens of thousands of articles, partition by partition, one file open at a time.

A file appears under its name when it is whole. Its name is that of the first article in it, so that what is added later stands behind it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from archive.export.place import MARK, Manner, Place, State, sync
from archive.export.progress import Progress, Step, share
from archive.export.track import Track, begin, job
from archive.selection import Selection
from archive.store import selecting
from archive.store.connect import Store
from archive.store.partitions import Partitions
from archive.store.selecting import Selected

ROWS = 100_000  # articles of a file,
SIZE = 256 * 2**20  # or characters of text, whichever is reached first; a kill costs as much work
PARTITIONS = ("none", "day", "month", "outlet")


class Shard(Protocol):
    """One file that is being written."""

    def add(self, articles: Sequence[Selected]) -> None: ...
    def close(self) -> None: ...


class Format(Protocol):
    """A format of shards. `name` and `options` say what makes its bytes."""

    name: str
    suffix: str  # of a file: .parquet
    options: dict[str, Any]
    markdown: bool

    def open(self, path: Path) -> Shard: ...
    def finish(self, folder: Path, state: State, selection: Selection) -> None:
        """Writes what stands beside the shards."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How files lie in the folder."""

    partition: str = "none"
    under: str = ""  # a folder for them
    stem: str = "articles"

    def key(self, at: str, outlet: str) -> str:
        """The partition's folder, as Hive names them; "" for none."""
        values = {"none": "", "day": f"day={at[:10]}", "month": f"month={at[:7]}", "outlet": f"outlet={quote(outlet, safe='')}"}
        return values[self.partition]

    def path(self, key: str, first: int, suffix: str) -> str:
        return "/".join(filter(None, (self.under, key, f"{self.stem}-{first:010}{suffix}")))


def export_folder(store: Store, selection: Selection, form: Format, layout: Layout, out: Path, manner: Manner) -> None:
    """Writes the selection to the folder `out`. Raises as `archive.export.run.export_lines`."""
    selecting.check(store, selection)
    place, progress = Place(out, manner, folder=True), Progress(quiet=manner.quiet)
    with place.held():
        what = job(store, selection, form.name, {**form.options, "partition": layout.partition})
        state = begin(store, place, what)
        (place.data / MARK).touch()
        track = Track(place, state)
        with track.stopping(progress.clear), ExitStack() as closing:
            for key, batches in _partitions(store, selection, form, layout, state, closing):
                _write(form, layout, place, track, key, batches, progress)
            form.finish(place.data, track.state, selection)
        place.finish(track.state)
    at = track.state
    progress.close(str(out), Step(at.articles, at.size, 1), before=state.articles, files=at.files)


def _partitions(
    store: Store, selection: Selection, form: Format, layout: Layout, state: State, closing: ExitStack
) -> Iterator[tuple[str, Iterator[list[Selected]]]]:  # fmt: skip
    """What is left to be written: partition by partition, each in the order of its ids."""
    last = state.last
    if layout.partition == "none":
        yield "", selecting.articles(store, selection, last=last, after=state.after, markdown=form.markdown)
        return
    plan = closing.enter_context(Partitions(store, selection, layout.key, last=last, after=state.since))
    for key in plan.keys(state.partition):
        after = state.after if key == state.partition else state.since
        portions = plan.ids(key, after)
        yield key, (batch for ids in portions for batch in selecting.these(store, ids, last=last, markdown=form.markdown))


def _write(
    form: Format, layout: Layout, place: Place, track: Track, key: str, batches: Iterator[list[Selected]], progress: Progress
) -> None:  # fmt: skip
    """One partition, in as many files as it takes."""
    for few in _files(batches):
        first = next(few)
        path = place.data / layout.path(key, first[0].id, form.suffix)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.new")
        shard, done, after = form.open(fresh), 0, 0
        for batch in _with(first, few):
            shard.add(batch)
            done, after = done + len(batch), batch[-1].id
            at = track.state
            progress(Step(at.articles + done, at.size, share(after, at.since, at.last)))
        shard.close()
        _settle(fresh, path)
        at = track.state
        track.move(partition=key, after=after, articles=at.articles + done, files=at.files + 1, size=at.size + path.stat().st_size)
        track.keep()


def _files(batches: Iterator[list[Selected]]) -> Iterator[Iterator[list[Selected]]]:
    """The batches of one file after those of another; each has to be taken to its end. Where one ends depends on the articles alone."""
    held: list[list[Selected]] = []

    def one() -> Iterator[list[Selected]]:
        rows = size = 0
        while rows < ROWS and size < SIZE:
            batch = held.pop() if held else next(batches, None)
            if batch is None:
                return
            taken = _room(batch, ROWS - rows, SIZE - size)
            if taken < len(batch):
                held.append(batch[taken:])
            rows, size = rows + taken, size + sum(len(article.text) for article in batch[:taken])
            yield batch[:taken]

    while held or (batch := next(batches, None)) is not None:
        if not held and batch:
            held.append(batch)
        yield one()


def _room(batch: Sequence[Selected], rows: int, size: int) -> int:
    """How many articles of the batch go into a file that has this room left: one at least."""
    taken = 0
    for article in batch[:rows]:
        taken, size = taken + 1, size - len(article.text)
        if size <= 0:
            break
    return taken


def _with(first: list[Selected], rest: Iterator[list[Selected]]) -> Iterator[list[Selected]]:
    yield first
    yield from rest


def _settle(fresh: Path, path: Path) -> None:
    """The file is on the disk before it has its name."""
    handle = os.open(fresh, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    fresh.replace(path)
    sync(path.parent)
