"""The run lock: one writing process at a time for one archive.

SQLite before 3.51.3 (and 3.50.7, 3.44.6) can lose commits when two connections checkpoint at one moment (the WAL-reset bug), so that
this is more than tidiness. An OS lock ends with its process, however that ends; the file beside the archive stays and means nothing.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from archive.errors import ArchiveError, ArchiveLocked

GRACE = 1.0  # seconds: a run that is just ending, or was just killed, may hold it for a moment


@contextmanager
def run_lock(archive: Path, *, wait: float = GRACE) -> Iterator[int]:
    """Holds the lock of `archive` and gives its file descriptor, to be handed to child processes that write.

    Raises ArchiveLocked if another process holds it for longer than `wait` seconds, ArchiveError if the folder cannot be written to.
    """
    taken = ArchiveLocked(f"another run is at work on {archive}", hint="let it finish; or wait for it with --wait SECONDS")
    with _lock(archive, ".lock", taken, wait) as handle:
        yield handle


@contextmanager
def clean_lock(archive: Path) -> Iterator[None]:
    """Held by `wirecopy clean` from beginning to end: there is one at a time. Raises as `run_lock`."""
    taken = ArchiveLocked(f"another `wirecopy clean` is at work on {archive}", hint="let it finish, or stop it: what it did is kept")
    with _lock(archive, ".clean.lock", taken, GRACE):
        yield


@contextmanager
def compact_lock(archive: Path) -> Iterator[None]:
    """Held by `wirecopy compact` from beginning to end: there is one at a time. Raises as `run_lock`."""
    taken = ArchiveLocked(f"another `wirecopy compact` is at work on {archive}", hint="let it finish, or stop it: what it did is kept")
    with _lock(archive, ".compact.lock", taken, GRACE):
        yield


@contextmanager
def keeping_lock(archive: Path) -> Iterator[None]:
    """Held by what copies the whole archive or takes something out of it: backup, restore, merge, prune, forget. There is one at a time.

    What is taken down must not come back with a backup that began before. Raises as `run_lock`.
    """
    taken = ArchiveLocked(f"a backup, restore, merge, prune or forget is at work on {archive}", hint="let it finish, or stop it")
    with _lock(archive, ".keeping.lock", taken, GRACE):
        yield


@contextmanager
def import_lock(archive: Path) -> Iterator[None]:
    """Held by `wirecopy import` from beginning to end: there is one at a time. Raises as `run_lock`."""
    taken = ArchiveLocked(f"another `wirecopy import` is at work on {archive}", hint="let it finish, or stop it: what it brought is kept")
    with _lock(archive, ".import.lock", taken, GRACE):
        yield


class Turns:
    """The run lock for work that goes on beside runs: taken for each commit alone, so that a run never waits for more than that.

    While a run is under way a turn waits for its end; after `give_up` it raises ArchiveLocked instead.
    """

    def __init__(self, archive: Path, waits: Callable[[bool], None] = lambda _: None) -> None:
        """`waits` is called with True when a turn begins to wait for a run, and with False when it has come."""
        self._archive, self._waits, self._over = archive, waits, False

    def give_up(self) -> None:
        self._over = True

    @contextmanager
    def turn(self) -> Iterator[None]:
        waited = False
        with ExitStack() as held:
            while True:
                try:
                    held.enter_context(run_lock(self._archive, wait=0 if self._over else GRACE))
                    break
                except ArchiveLocked:
                    if self._over:
                        raise
                    if not waited:
                        self._waits(True)
                    waited = True
            if waited:
                self._waits(False)
            yield


@contextmanager
def _lock(archive: Path, suffix: str, taken: ArchiveLocked, wait: float) -> Iterator[int]:
    path = archive.with_name(archive.name + suffix)
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o664)
    except OSError as problem:
        raise ArchiveError(
            f"cannot write beside {archive}: {problem.strerror}",
            hint="the archive's folder must exist and be writable by this user",
        ) from problem
    try:
        _take(handle, taken, time.monotonic() + wait)
        yield handle
    finally:
        os.close(handle)


def _take(handle: int, taken: ArchiveLocked, until: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= until:
                raise taken from None
            time.sleep(0.05)
