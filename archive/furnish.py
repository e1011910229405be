"""A pass over stored raw: which lines recur on an outlet's pages, and are furniture. What is found serves the next cleaning."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from archive.clean.lines import lines
from archive.clean.recurring import LEAST_PAGES, Line, furniture
from archive.errors import ArchiveDamaged
from archive.model import CleanTask
from archive.passes import evidence
from archive.store import clean_queue
from archive.store import furniture as store_furniture
from archive.store.connect import Store, open_reader
from archive.store.furniture import Found
from archive.workers import WorkerDied, WorkerPool
from archive.writer import Writer

AT_ONCE = 8  # pages in memory: a page may have megabytes
PER_RUN = 2  # outlets; each costs the reading of sixty pages for each of its hosts, and a run with nothing to do must stay cheap


async def furnish(
    archive: Path, writer: Writer, pool: WorkerPool, *, limit: int = PER_RUN, clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    tell: Callable[[int, int], None] = lambda *_: None,
) -> int:  # fmt: skip
    """Learns the furniture of outlets with many pages since the last time; gives back how many lines are new.

    `tell` is called with the outlets that are done and how many there are.

    Reads the pages as they were received, as if no furniture were known: what is learned depends on these pages alone.
    """
    new = 0
    due = await asyncio.to_thread(_due, archive, limit)
    for done, outlet_id in enumerate(due):
        tell(done, len(due))
        hosts = await asyncio.to_thread(_sampled, archive, outlet_id)
        found = [one for host, captures in hosts.items() for one in await _of_host(archive, pool, host, captures)]
        new += await asyncio.wrap_future(writer.submit(partial(_keep, outlet_id=outlet_id, found=found, now=clock())))
    return new


def _keep(store: Store, *, outlet_id: int, found: list[Found], now: datetime) -> int:
    return store_furniture.keep(store, outlet_id, found, now)


def _due(archive: Path, limit: int) -> list[int]:
    with open_reader(archive) as store:
        return store_furniture.due(store, limit)


def _sampled(archive: Path, outlet_id: int) -> dict[str, list[int]]:
    """Captures to look at, host by host; hosts with few of them are left out."""
    with open_reader(archive) as store:
        return {host: captures for host, captures in store_furniture.sample(store, outlet_id).items() if len(captures) >= LEAST_PAGES}


def _tasks(archive: Path, captures: list[int]) -> list[CleanTask]:
    with open_reader(archive) as store:
        return [task for capture_id in captures if (task := _task(store, capture_id))]


def _task(store: Store, capture_id: int) -> CleanTask | None:
    try:
        return clean_queue.task(store, capture_id)
    except ArchiveDamaged:  # `wirecopy verify` tells; the other pages do as well
        return None


async def _of_host(archive: Path, pool: WorkerPool, host: str, captures: list[int]) -> list[Found]:
    pages: list[tuple[Line, ...]] = []
    for start in range(0, len(captures), AT_ONCE):
        tasks = await asyncio.to_thread(_tasks, archive, captures[start : start + AT_ONCE])
        pages += await asyncio.gather(*(_lines(pool, task) for task in tasks))
    return [Found(host, one.key, one.text, one.pages, one.looked_at) for one in furniture(pages)]


async def _lines(pool: WorkerPool, task: CleanTask) -> tuple[Line, ...]:
    try:
        return await pool.call(lines, task.body, **evidence(task))
    except (WorkerDied, RuntimeError):  # its reading has said so
        return ()
