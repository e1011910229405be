"""`wirecopy clean` on one screen: queue what has to be read anew, then read all that waits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from archive.clean import CLEANER_VERSION
from archive.furnish import furnish
from archive.passes import Cleaned, clean_pending
from archive.store import clean_queue
from archive.store.connect import open_store
from archive.workers import WorkerPool
from archive.writer import Writer

EVERY_OUTLET = 1_000_000


async def clean_again(archive: Path, *, everything: bool, jobs: int, tell: Callable[[Cleaned, int], None]) -> Cleaned:
    """Learns furniture where that is due, then reads what waits and what an older cleaner has read, or everything.

    The caller holds the run lock.

    `tell` is called with what is done and how many there are in all.
    """
    with open_store(archive):  # makes its tables those of today
        pass
    writer, pool = Writer(archive), WorkerPool(jobs)
    try:
        await furnish(archive, writer, pool, limit=EVERY_OUTLET)
        with open_store(archive) as store:
            waiting = clean_queue.ask_again(store, below_version=None if everything else CLEANER_VERSION)
        return await clean_pending(archive, writer, pool, tell=lambda cleaned: tell(cleaned, waiting))
    finally:
        await pool.close()
        writer.close()
