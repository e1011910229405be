"""`wirecopy compact` on one screen: a few bodies of a host at a time are packed better, read back, and put in the place of the old ones."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from archive.errors import ArchiveError, ArchiveLocked
from archive.lock import Turns, compact_lock, run_lock
from archive.packing import Better, repack
from archive.store import repacking
from archive.store.connect import Store, open_store, telling


@dataclass(slots=True)
class Compacted:
    """What was done so far. Sizes in bytes."""

    done: int = 0  # bodies looked at
    changed: int = 0  # of these, packed anew
    saved: int = 0  # what they take less
    left: int = 0  # that changed under its hands, in a run: the next one takes them
    unread: int = 0  # damaged, and left as they are
    free: int = 0  # bytes that are free inside the file, at the end


def compact(
    archive: Path,
    *,
    everything: bool,
    jobs: int,
    tell: Callable[[Compacted, int], None],
    waits: Callable[[bool], None] = lambda _: None,
) -> Compacted:
    """Packs better what came in since the last time, or every body.

    Runs go on beside it: the run lock is held for its commits alone. Ended at any moment, it goes on where it stood: each commit leaves
    every body readable. Raises ArchiveLocked where another one is at work. `tell` is called with what is done and how many there are.
    """
    turns, found = Turns(archive, waits), Compacted()
    with compact_lock(archive), ThreadPoolExecutor(jobs) as pool, ExitStack() as closing:  # threads: zstd lets go of the interpreter
        with turns.turn():
            store = open_store(archive)
            closing.callback(_close, store, turns)
            if everything:
                with store.transaction():
                    repacking.queue_all(store)
        with telling(archive):
            total = repacking.waiting(store)
            for few in repacking.all_waiting(store):
                better = repack(list(few.bodies), few.bases, pool.map)
                with turns.turn(), store.transaction():
                    replaced = repacking.replace(store, few, better)
                _count(found, few, better if replaced else None)
                tell(found, total)
            found.free = _free(store)
    return found


def give_back(archive: Path) -> int:
    """Makes the file as small as what is in it; gives back by how many bytes. No run can write meanwhile.

    Raises ArchiveError where the disk has no space for two copies of what is in the file, ArchiveLocked while a run is at work.
    """
    os.environ.setdefault("SQLITE_TMPDIR", str(archive.absolute().parent))  # where the space is looked for, and not in /var/tmp
    with compact_lock(archive), run_lock(archive), open_store(archive) as store, telling(archive):
        before = archive.stat().st_size
        need, there = 2 * (_size(store) - _free(store)), shutil.disk_usage(archive.absolute().parent).free
        if need > there:
            raise ArchiveError(
                f"VACUUM needs {_megabytes(need)} beside {archive} while it works, and {_megabytes(there)} are free there",
                hint="nothing is lost without it: new pages fill the space that is free inside the file",
            )
        store.conn.execute("VACUUM")
        store.checkpoint()
        return before - archive.stat().st_size


def _close(store: Store, turns: Turns) -> None:
    """The last one to close a database checkpoints it: not while a run is at work."""
    turns.give_up()
    with suppress(ArchiveLocked), turns.turn():
        store.checkpoint()
    store.close()


def _count(found: Compacted, few: repacking.Few, better: list[Better] | None) -> None:
    found.done += len(few.bodies) + len(few.unread)
    found.unread += len(few.unread)
    if better is None:
        found.left += len(few.bodies)
        return
    before = {body.id: len(body.packed.data) for body in few.bodies}
    found.changed += len(better)
    found.saved += sum(before[one.id] - len(one.packed.data) for one in better)


def _size(store: Store) -> int:
    return int(store.conn.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()[0])


def _free(store: Store) -> int:
    return int(store.conn.execute("SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size").fetchone()[0])


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
