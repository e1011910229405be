"""Articles sorted by partition, on disk: which ones belong together, and in which order they are written.

The order is kept in a private file of SQLite's that ends with the process: ten million articles take no memory here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from archive.selection import Selection
from archive.store import selecting
from archive.store.connect import Store

Key = Callable[[str, str], str]  # of a time and an outlet

_PORTION = 5000  # ids of a partition that are handed out together


class Partitions:
    """Ids of a selection by the key of their partition."""

    def __init__(self, store: Store, selection: Selection, key: Key, *, last: int, after: int) -> None:
        self._conn = sqlite3.connect("")  # "": a file of its own, on the disk, gone when it is closed
        self._conn.execute("CREATE TABLE plan (key TEXT, id INTEGER, PRIMARY KEY (key, id)) WITHOUT ROWID")
        self.articles = 0
        for batch in selecting.keys(store, selection, last=last, after=after):
            self._conn.executemany("INSERT INTO plan VALUES (?, ?)", [(key(at, outlet), number) for number, at, outlet in batch])
            self.articles += len(batch)
        self._conn.commit()

    def keys(self, first: str = "") -> list[str]:
        """The partitions from `first` on."""
        return [row[0] for row in self._conn.execute("SELECT DISTINCT key FROM plan WHERE key >= ? ORDER BY key", (first,))]

    def ids(self, key: str, after: int) -> Iterator[list[int]]:
        """The ids of one partition beyond `after`."""
        while rows := self._conn.execute(
            "SELECT id FROM plan WHERE key = ? AND id > ? ORDER BY id LIMIT ?", (key, after, _PORTION)
        ).fetchall():
            yield [row[0] for row in rows]
            after = rows[-1][0]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._conn.close()
