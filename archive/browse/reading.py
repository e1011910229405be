"""A connection a question, with a deadline: no read transaction is open while a page is written or sent, and none outlives its question.

A reader that stays in a transaction keeps the writer from taking the WAL over into the file, and it grows without end.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.errors import ArchiveError, ArchiveLocked
from archive.store.connect import Store, is_current, open_reader

SECONDS = 5.0  # that one page may read; the slowest of an archive with a million articles takes a tenth of it
PATIENCE = 2.0  # seconds that a locked archive is waited for
_STEPS = 20_000  # of SQLite's virtual machine, between two looks at the clock: less than a millisecond


class TooSlow(ArchiveError):
    """The question would take longer than SECONDS."""

    exit_code = 75


@contextmanager
def reading(path: Path, seconds: float = SECONDS) -> Iterator[Store]:
    """The archive, to ask it something; each statement is a read of its own. Raises TooSlow, and as `open_reader`."""
    end = time.monotonic() + seconds
    with open_reader(path, patience=PATIENCE) as store:
        store.conn.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
        try:
            yield store
        except ArchiveLocked:
            raise
        except ArchiveError as problem:
            if time.monotonic() <= end:
                raise
            hint = "ask for a shorter time or for less"
            raise TooSlow(f"the archive had no answer within {seconds:g} seconds", hint=hint) from problem


def check(path: Path) -> None:
    """Raises ArchiveError where the archive cannot be browsed: missing, damaged, locked, or of an older schema."""
    with reading(path) as store:
        if not is_current(store):
            raise ArchiveError(
                f"{path} was last written by an older wirecopy, and pages are read only",
                hint="run a command that writes, for instance `wirecopy crawl`: it brings the archive up to date",
            )
