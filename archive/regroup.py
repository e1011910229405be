"""Passes over articles: those that wait find their stories; copies are held against their story's text, revisions against the one before.

All of it goes portion by portion, and can be ended at any moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from archive.lock import Turns, clean_lock
from archive.store import changes, stories
from archive.store.connect import Store, open_reader, open_store
from archive.writer import Writer

PER_RUN = 2000  # articles: some two seconds, so that a run stays as short as it was
STEPS_PER_RUN = 4000  # stories and comparisons: a second at most
CHANGES_PER_RUN = 500  # revisions of an archive from before, likewise


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What there is to do."""

    articles: int  # to be grouped
    stories: int  # whose copies are to be compared
    revisions: int  # that are to be compared


async def group_waiting(
    archive: Path, writer: Writer, *, limit: int | None = PER_RUN, tell: Callable[[int, int], None] = lambda *_: None
) -> int:  # fmt: skip
    """Groups what waits, `limit` articles at most (None: all of them); gives back how many it were. Then compares what came.

    Only where an archive is from before its texts were compared, where the rules have changed, or where somebody asked for it does
    anything wait to be grouped. `tell` is called with what is done and how many there are.
    """
    waiting = await asyncio.to_thread(_waiting, archive)
    done = 0
    while waiting.articles and (limit is None or done < limit):
        progress = await asyncio.wrap_future(writer.submit(partial(stories.regroup)))
        done += progress.done
        tell(done, max(waiting.articles, done))
        if progress.finished:
            break
    if waiting.stories:
        await _all(writer, stories.compare, None if limit is None else STEPS_PER_RUN)
    if waiting.revisions:
        await _all(writer, changes.catch_up, None if limit is None else CHANGES_PER_RUN)
    return done


async def _all(writer: Writer, portion: Callable[[Store], int], limit: int | None) -> None:
    """Portions until none is left, or so much is done."""
    done = 0
    while (limit is None or done < limit) and (steps := await asyncio.wrap_future(writer.submit(portion))):
        done += steps


def group_again(
    archive: Path, *, anew: bool, tell: Callable[[str, int, int], None], waits: Callable[[bool], None] = lambda _: None
) -> int:  # fmt: skip
    """Groups all articles again where `anew`, else those that wait, and compares copies and revisions; gives back how many articles.

    Runs go on beside it: the run lock is held for one portion at a time. Ended at any moment, it goes on where it stood, here or in the
    next runs. `tell` is called with what is at work, what of it is done and how much there is. Raises ArchiveLocked where
    `wirecopy clean` or another one of these is at work.
    """
    turns = Turns(archive, waits)
    with clean_lock(archive):
        try:
            grouped = 0
            while True:
                with turns.turn(), open_store(archive) as store:
                    progress, left = _portion(store, anew=anew and not grouped)
                grouped += progress.done
                tell("Grouping", grouped, grouped + left.articles)
                if progress.finished:
                    break
            for label, portion, count in (
                ("Comparing copies", stories.compare, stories.due),
                ("Revisions", changes.catch_up, changes.waiting),
            ):
                _to_the_end(archive, turns, portion, count, partial(tell, label))
            return grouped
        finally:
            turns.give_up()


def _to_the_end(
    archive: Path, turns: Turns, portion: Callable[[Store], int], count: Callable[[Store], int], tell: Callable[[int, int], None]
) -> None:  # fmt: skip
    total = steps = 1
    while steps:
        with turns.turn(), open_store(archive) as store:
            total = max(total, count(store))
            with store.transaction():
                steps = portion(store)
            tell(total - count(store), total)


def _portion(store: Store, *, anew: bool) -> tuple[stories.Progress, _Waiting]:
    with store.transaction():
        if anew:
            stories.begin_anew(store)
            changes.forget(store)
        progress = stories.regroup(store)
    return progress, _count(store)


def _waiting(archive: Path) -> _Waiting:
    with open_reader(archive) as store:
        return _count(store)


def _count(store: Store) -> _Waiting:
    return _Waiting(stories.waiting(store), stories.due(store), changes.waiting(store))
