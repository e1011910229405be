"""A short look at the file before a run writes to it: a damaged archive is met at the beginning, not after a night of writing to it."""

from __future__ import annotations

import sqlite3
import time

from archive.errors import ArchiveDamaged
from archive.store.connect import Store, telling

SECONDS = 0.1  # a look: of a small archive all of it, of a large one each time other tables
CACHE = 2**20  # bytes: each page is read once
_STEPS = 20_000  # of SQLite's machine between two looks at the clock


def look(store: Store, turn: int, *, seconds: float = SECONDS) -> None:
    """Looks through tables with their indexes as long as the time lasts, each `turn` from another one on.

    Finds pages that are no pages, or belong to two; not what is wrong inside of a text or body: that is for `wirecopy verify`, which reads
    all of it. Raises ArchiveDamaged.
    """
    with telling(store.path):
        names = [
            name for (name,) in store.conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name")
        ]
        first = turn % len(names)
        until = time.monotonic() + seconds
        store.conn.set_progress_handler(lambda: int(time.monotonic() > until), _STEPS)
        try:
            for name in names[first:] + names[:first]:
                _check(store, name)
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorname != "SQLITE_INTERRUPT":
                raise
        finally:
            store.conn.set_progress_handler(None, 0)


def _check(store: Store, table: str) -> None:
    for (line,) in store.conn.execute(f'PRAGMA quick_check("{table}")'):
        if line != "ok":
            raise ArchiveDamaged(
                f"{store.path} is damaged (table {table}): {line}",
                hint="keep the file; `wirecopy verify` says what is damaged, `wirecopy recover` saves the rest",
            )
