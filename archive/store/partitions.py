"""Articles sorted by partition, on disk: which ones belong together, and in which order they are written.

The order is kept in a private file of SQLite's that ends with the process: ten million articles take no memory here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from archive.errors import ArchiveError
from archive.selection import Selection
from archive.store import selecting
from archive.store.connect import Store

Key = Callable[[str, str], str]  # of a time and an outlet

_PORTION = 5000  # ids of a partition that are handed out together


class Partitions:
    """Ids of a selection by the key of their partition. Raises ArchiveError where there is no space to sort them."""

    def __init__(self, store: Store, selection: Selection, key: Key, *, last: int, after: int) -> None:
        self._conn = sqlite3.connect("")  # "": a file of its own, on the disk, gone when it is closed
        with _sorting():
            self._conn.execute("CREATE TABLE plan (key TEXT, id INTEGER, PRIMARY KEY (key, id)) WITHOUT ROWID")
        for batch in selecting.keys(store, selection, last=last, after=after):
            with _sorting(), self._conn:
                self._conn.executemany("INSERT INTO plan VALUES (?, ?)", [(key(at, outlet), number) for number, at, outlet in batch])

    def keys(self, first: str = "") -> list[str]:
        """The partitions from `first` on."""
        with _sorting():
            return [row[0] for row in self._conn.execute("SELECT DISTINCT key FROM plan WHERE key >= ? ORDER BY key", (first,))]

    def ids(self, key: str, after: int) -> Iterator[list[int]]:
        """The ids of one partition beyond `after`."""
        while some := self._some(key, after):
            yield some
            after = some[-1]

    def _some(self, key: str, after: int) -> list[int]:
        sql = "SELECT id FROM plan WHERE key = ? AND id > ? ORDER BY id LIMIT ?"
        with _sorting():
            return [row[0] for row in self._conn.execute(sql, (key, after, _PORTION))]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._conn.close()


@contextmanager
def _sorting() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as problem:
        raise ArchiveError(
            f"articles cannot be sorted by partition: {problem}", hint="free some space in /var/tmp, or name a folder in SQLITE_TMPDIR"
        ) from problem
