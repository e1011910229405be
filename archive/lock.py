"""The run lock: one writing process at a time for one archive.

SQLite before 3.51.3 (and 3.50.7, 3.44.6) can lose commits when two connections checkpoint at one moment (the WAL-reset bug), so that
this is more than tidiness. An OS lock ends with its process, however that ends; the file beside the archive stays and means nothing.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.errors import ArchiveError, ArchiveLocked

GRACE = 1.0  # seconds: a run that is just ending, or was just killed, may hold it for a moment


@contextmanager
def run_lock(archive: Path, *, wait: float = GRACE) -> Iterator[int]:
    """Holds the lock of `archive` and gives its file descriptor, to be handed to child processes that write.

    Raises ArchiveLocked if another process holds it for longer than `wait` seconds, ArchiveError if the folder cannot be written to.
    """
    path = archive.with_name(archive.name + ".lock")
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o664)
    except OSError as problem:
        raise ArchiveError(
            f"cannot write beside {archive}: {problem.strerror}",
            hint="the archive's folder must exist and be writable by this user",
        ) from problem
    try:
        _take(handle, archive, time.monotonic() + wait)
        yield handle
    finally:
        os.close(handle)


def _take(handle: int, archive: Path, until: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= until:
                raise ArchiveLocked(
                    f"another run is at work on {archive}", hint="let it finish; or wait for it with --wait SECONDS"
                ) from None
            time.sleep(0.05)
