"""A pass over articles: those that wait to be grouped find their stories, portion by portion. It can be ended at any moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

from archive.lock import Turns, clean_lock
from archive.store import stories
from archive.store.connect import Store, open_reader, open_store
from archive.writer import Writer

PER_RUN = 2000  # articles: some two seconds, so that a run stays as short as it was


async def group_waiting(
    archive: Path, writer: Writer, *, limit: int | None = PER_RUN, tell: Callable[[int, int], None] = lambda *_: None
) -> int:  # fmt: skip
    """Groups what waits, `limit` articles at most (None: all of them); gives back how many it were.

    Only where an archive is from before its texts were compared, where the rules have changed, or where somebody asked for it does
    anything wait. `tell` is called with what is done and how many there are.
    """
    waiting = await asyncio.to_thread(_waiting, archive)
    done = 0
    while waiting and (limit is None or done < limit):
        progress = await asyncio.wrap_future(writer.submit(partial(stories.regroup)))
        done += progress.done
        tell(done, max(waiting, done))
        if progress.finished:
            break
    return done


def group_again(archive: Path, *, anew: bool, tell: Callable[[int, int], None], waits: Callable[[bool], None] = lambda _: None) -> int:
    """Groups all articles again where `anew`, else those that wait; gives back how many.

    Runs go on beside it: the run lock is held for one portion at a time. Ended at any moment, it goes on where it stood, here or in the
    next runs. Raises ArchiveLocked where `wirecopy clean` or another one of these is at work.
    """
    turns = Turns(archive, waits)
    with clean_lock(archive):
        try:
            done = 0
            while True:
                with turns.turn(), open_store(archive) as store:
                    progress, left = _portion(store, anew=anew and not done)
                done += progress.done
                tell(done, done + left)
                if progress.finished:
                    return done
        finally:
            turns.give_up()


def _portion(store: Store, *, anew: bool) -> tuple[stories.Progress, int]:
    with store.transaction():
        if anew:
            stories.begin_anew(store)
        progress = stories.regroup(store)
    return progress, stories.waiting(store)


def _waiting(archive: Path) -> int:
    with open_reader(archive) as store:
        return stories.waiting(store)
