"""`wirecopy clean` on one screen: queue what has to be read anew, then read all that waits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from archive.clean import CLEANER_VERSION
from archive.passes import Cleaned, clean_pending
from archive.store import clean_queue
from archive.store.connect import open_store
from archive.workers import WorkerPool
from archive.writer import Writer


async def clean_again(archive: Path, *, everything: bool, jobs: int, tell: Callable[[Cleaned, int], None]) -> Cleaned:
    """Reads what waits and what an older cleaner has read, or everything. The caller holds the run lock.

    `tell` is called with what is done and how many there are in all.
    """
    with open_store(archive) as store:
        waiting = clean_queue.ask_again(store, below_version=None if everything else CLEANER_VERSION)
    writer, pool = Writer(archive), WorkerPool(jobs)
    try:
        return await clean_pending(archive, writer, pool, tell=lambda cleaned: tell(cleaned, waiting))
    finally:
        await pool.close()
        writer.close()
