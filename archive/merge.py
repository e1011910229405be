"""`wirecopy merge` on one screen: what another archive has comes into this one, a few pages a transaction; then stories are told anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from archive.errors import ArchiveError, UsageError
from archive.lock import clean_lock, compact_lock, keeping_lock, run_lock
from archive.store import copying, stories
from archive.store.connect import Store, open_reader, open_store, steps_missing, telling
from archive.store.forgetting import without_foreign_keys
from archive.store.merging import articles, ending, frame, said
from archive.store.merging.theirs import Merge
from archive.times import iso

FEW = 25  # pages in one transaction, with all their visits


@dataclass(frozen=True, slots=True)
class Merged:
    """What came. `counts`: table -> new rows."""

    counts: dict[str, int]
    left_out: list[str] = field(default_factory=list)  # one sentence each
    more_left_out: int = 0
    to_read_again: int = 0  # pages that both have visited: `wirecopy clean` reads them anew

    @property
    def changed(self) -> bool:
        return any(self.counts.values())


Tell = Callable[[str, int, int], None]  # what is done, how much of it, of how much


def merge(archive: Path, other: Path, *, now: datetime, tell: Tell = lambda *_: None) -> Merged:
    """Brings into `archive` what `other` has and it lacks. Done twice, the second time changes nothing.

    `other` is only read; where an older version made it, a copy beside `archive` is brought up to date and read instead. Ended at any
    moment, what has come is sound, and the same call goes on. No run, clean or compact can be at work on `archive` meanwhile.

    Raises UsageError where both are one file, ArchiveError where `other` is of a newer version.
    """
    open_reader(other).close()  # a missing or foreign file is told of before locks are made
    if archive.exists() and other.samefile(archive):
        raise UsageError(f"{other} is the archive itself", hint="name another one")
    with ExitStack() as held:
        for lock in (keeping_lock, clean_lock, compact_lock, run_lock):
            held.enter_context(lock(archive))
        theirs = held.enter_context(_readable(archive, other, tell))
        store = held.enter_context(open_store(archive))
        held.enter_context(telling(archive))
        return _merge(store, theirs, other, now, tell)


def _merge(store: Store, theirs: Store, path: Path, now: datetime, tell: Tell) -> Merged:
    with without_foreign_keys(store), _one_moment(theirs):
        under_way = Merge(store, theirs, now)
        under_way.begin()
        with store.transaction():
            merge_id = ending.begin(store, identity=copying.identity(theirs), path=str(path.absolute()), now=iso(now))
            frame.bring(under_way)
        _pages(under_way, tell)
        _feeds(under_way, tell)
        said.bring_rest(under_way, store.transaction)
        with store.transaction():
            ending.addresses(under_way)
            ending.readings(under_way)
            ending.keyframes(under_way)
            ending.count_articles(under_way)
            ending.finish(under_way, merge_id)
    _stories(store, tell)
    store.checkpoint()
    return Merged(dict(under_way.counts), under_way.left_out, under_way.more_left_out, len(under_way.mixed))


# Each page with its other addresses; one that is itself another address of one is not passed over either.
_HOMES = "same_as IS NULL OR same_as IN (SELECT id FROM pages WHERE same_as IS NOT NULL)"


def _pages(under_way: Merge, tell: Tell) -> None:
    total = under_way.theirs(f"SELECT count(*) FROM pages WHERE {_HOMES}")[0][0]  # noqa: S608 - a constant
    after, done = 0, 0
    while ids := under_way.theirs(f"SELECT id FROM pages WHERE id > ? AND ({_HOMES}) ORDER BY id LIMIT ?", after, FEW):  # noqa: S608
        with under_way.store.transaction():
            for (page_id,) in ids:
                articles.bring(under_way, page_id)
        after, done = ids[-1][0], done + len(ids)
        tell("Pages", done, total)


def _feeds(under_way: Merge, tell: Tell) -> None:
    for done, (theirs, ours) in enumerate(under_way.feeds.items(), 1):
        said.bring_feed(under_way, theirs, ours, under_way.store.transaction)
        tell("Feeds", done, len(under_way.feeds))


def _stories(store: Store, tell: Tell) -> None:
    """Told anew in the order of time. Where that is ended early, the next runs go on with it."""
    done, total = 0, stories.waiting(store)
    while total:
        with store.transaction():
            progress = stories.regroup(store)
        done += progress.done
        tell("Stories", done, total)
        if progress.finished:
            return


@contextmanager
def _one_moment(theirs: Store) -> Iterator[None]:
    """All is read as it was at the beginning, also where a run is at work there."""
    theirs.conn.execute("BEGIN")
    try:
        yield
    finally:
        theirs.conn.execute("ROLLBACK")


@contextmanager
def _readable(archive: Path, other: Path, tell: Tell) -> Iterator[Store]:
    """The other archive, with the schema of today."""
    with open_reader(other) as store:
        missing, unknown = steps_missing(store)
        if unknown:
            raise ArchiveError(f"{other} was made by a newer wirecopy ({', '.join(unknown)})", hint="bring this one up to date first")
        if not missing:
            yield store
            return
        copy = archive.with_name(f".{archive.name}.merging")
        _remove(copy)
        copying.copy(store, copy, lambda done, total: tell("Copying the older archive", done, total))
    try:
        open_store(copy).close()
        with open_reader(copy) as store:
            yield store
    finally:
        _remove(copy)


def _remove(copy: Path) -> None:
    for one in (copy, Path(f"{copy}-wal"), Path(f"{copy}-shm"), Path(f"{copy}-journal")):
        one.unlink(missing_ok=True)
