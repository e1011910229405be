"""An export to a file an article: the files, a table of them beside, and how far it is."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archive.errors import OutputError
from archive.export.fields import BY_NAME
from archive.export.files import FRONT, file_name
from archive.export.place import MARK, Manner, Place, State
from archive.export.progress import Progress, Step, share
from archive.export.records import cell, written
from archive.export.track import Track, begin, job, synced
from archive.selection import Selection
from archive.store import selecting
from archive.store.connect import Store
from archive.store.selecting import Selected

TABLE = "articles.csv"


@dataclass(frozen=True, slots=True)
class Files:
    """A format of files; `name` with its version."""

    name: str
    suffix: str
    content: Callable[[Selected], bytes]
    markdown: bool = False


def export_files(store: Store, selection: Selection, form: Files, out: Path, manner: Manner) -> None:
    """Writes the selection to the folder `out`, a file an article. Raises as `archive.export.run.export_lines`.

    A kill loses nothing; after a power failure the files of the last moments may be missing or empty: --force begins anew.
    """
    selecting.check(store, selection)
    place, progress = Place(out, manner, folder=True), Progress(quiet=manner.quiet)
    with place.held():
        state = begin(store, place, job(store, selection, form.name, None))
        (place.data / MARK).touch()
        with (place.data / TABLE).open("a+b") as table:
            _wind(table, place, state)
            track = Track(place, state, lambda: synced(table))
            with track.stopping(progress.clear):
                if not state.table:
                    track.move(table=table.write(written(("file", *FRONT))))
                for batch in selecting.articles(store, selection, last=state.last, after=state.after, markdown=form.markdown):
                    _write(place.data, batch, selection, form, table, track)
                    progress(Step(track.state.articles, track.state.size, share(batch[-1].id, state.since, state.last)))
                track.keep()
        os.sync()  # each file on its own would take a disk's turn each
        place.finish(track.state)
    at = track.state
    progress.close(str(out), Step(at.articles, at.size, 1), before=state.articles, files=at.files)


def _wind(table: BinaryIO, place: Place, state: State) -> None:
    if os.fstat(table.fileno()).st_size < state.table:
        raise OutputError(f"{place.data / TABLE} is shorter than it was left", hint="--force begins anew")
    table.truncate(state.table)


def _write(folder: Path, batch: list[Selected], selection: Selection, form: Files, table: BinaryIO, track: Track) -> None:
    size = rows = 0
    for article in batch:
        name = file_name(article, article.at if selection.by == "published" else article.first_seen_at, form.suffix)
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        size += path.write_bytes(form.content(article))
        rows += table.write(written([name, *(cell(BY_NAME[field].value(article)) for field in FRONT)]))
    at = track.state
    track.move(
        after=batch[-1].id, articles=at.articles + len(batch), files=at.files + len(batch), size=at.size + size, table=at.table + rows
    )
