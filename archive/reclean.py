"""`wirecopy clean` on one screen: queue what has to be read anew, then read all that waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from archive.clean import CLEANER_VERSION
from archive.furnish import furnish
from archive.lock import Turns, clean_lock
from archive.passes import Cleaned, clean_pending
from archive.regroup import group_waiting
from archive.store import clean_queue
from archive.store.connect import open_store
from archive.workers import WorkerPool
from archive.writer import Writer

EVERY_OUTLET = 1_000_000


async def clean_again(
    archive: Path,
    *,
    everything: bool,
    jobs: int,
    tell: Callable[[Cleaned, int], None],
    waits: Callable[[bool], None] = lambda _: None,
    learns: Callable[[int, int], None] = lambda *_: None,
) -> Cleaned:
    """Learns furniture where that is due, then reads what waits and what an older cleaner has read, or everything.

    Runs go on beside it: the run lock is held for its commits alone, and while a run is under way nothing is written. Ended at any
    moment, it goes on where it stood. Raises ArchiveLocked where another one is at work.

    `tell` is called with what is done and how many there are in all, `waits` when it begins (True) or ends (False) to wait for a run,
    `learns` with the outlets whose furniture was learned and how many these are.
    """
    turns = Turns(archive, waits)
    with clean_lock(archive):
        writer, pool = await asyncio.to_thread(Writer, archive, turns.turn), WorkerPool(jobs)
        try:
            await furnish(archive, writer, pool, limit=EVERY_OUTLET, tell=learns)
            waiting = await asyncio.to_thread(_ask, archive, turns, None if everything else CLEANER_VERSION)
            cleaned = await clean_pending(archive, writer, pool, tell=lambda cleaned: tell(cleaned, waiting))
            late = await clean_pending(archive, writer, pool)  # that changed under its hands, in a run
            await group_waiting(archive, writer, limit=None)
            return Cleaned(cleaned.done + late.done, cleaned.without_text + late.without_text, cleaned.failed + late.failed)
        finally:
            turns.give_up()
            await pool.close()
            await asyncio.to_thread(writer.close)


def _ask(archive: Path, turns: Turns, below_version: int | None) -> int:
    with turns.turn(), open_store(archive) as store:
        return clean_queue.ask_again(store, below_version=below_version)
