"""One stored page read once more by today's cleaner, in a worker with a deadline. Stores nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from archive import show
from archive.errors import CleanerFailed, UsageError
from archive.model import CleanTask
from archive.passes import evidence
from archive.store import clean_queue
from archive.store.connect import Store, open_reader
from archive.terminal import plain
from archive.workers import DEADLINE, WorkerDied, WorkerPool

T = TypeVar("T")

_HINT = "`wirecopy search WORDS` lists articles with their ids, and the table `captures` has every exchange"


def task_of(archive: Path, what: str | None, capture_id: int | None) -> CleanTask:
    """What the cleaner is given for an article's id, a page's URL, or a capture.

    Raises UsageError where there is no such thing or no body of it, ArchiveDamaged where the body cannot be read back.
    """
    if (what is None) == (capture_id is None):
        raise UsageError("either an article or a capture has to be named", hint="give an id, a URL, or --capture N")
    with open_reader(archive) as store:
        if capture_id is None:
            capture_id = _capture_of(store, str(what))
        if not 0 < capture_id < 2**63:  # no id, and more than SQLite can be asked for
            raise UsageError(f"no capture {capture_id} in this archive", hint=_HINT)
        task = clean_queue.task(store, capture_id)
        if task is None:
            raise UsageError(_why_none(store, capture_id), hint=_HINT)
        return task


def _capture_of(store: Store, what: str) -> int:
    """The capture behind an article; of a page without one, such as a wall, the newest that has a body."""
    place = show.find(store, what)
    if place.capture_id is not None:
        return place.capture_id
    row = store.conn.execute(
        "SELECT max(id) FROM captures WHERE page_id = ? AND part_of IS NULL AND body_id IS NOT NULL AND verdict <> 'hop'",
        (place.page_id,),
    ).fetchone()
    if row[0] is None:
        raise UsageError(f"nothing was ever received of {plain(what)}", hint="`wirecopy status` shows how its outlet stands")
    return int(row[0])


def _why_none(store: Store, capture_id: int) -> str:
    row = store.conn.execute("SELECT role, page_id, status FROM captures WHERE id = ?", (capture_id,)).fetchone()
    if row is None:
        return f"no capture {capture_id} in this archive"
    if row[1] is None:
        return f"capture {capture_id} is of a {row[0]}, not of a page"
    return f"capture {capture_id} has no body (status {row[2] or 'none'})"


def apply(function: Callable[..., T], task: CleanTask, *, deadline: float = DEADLINE) -> T:
    """`function` of the page, with the cleaner's arguments. Raises CleanerFailed where it came to no end."""

    async def once() -> T:
        pool = WorkerPool(1, deadline=deadline)
        try:
            return await pool.call(function, task.body, **evidence(task))
        finally:
            await pool.close()

    try:
        return asyncio.run(once())
    except (WorkerDied, RuntimeError) as problem:
        raise CleanerFailed(
            f"the cleaner could not finish on capture {task.capture_id}: {plain(problem, width=300)}",
            hint="the page is kept as it was received, and a newer cleaner reads it again: `wirecopy clean --all`",
        ) from problem
