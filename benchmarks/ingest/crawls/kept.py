"""A plain store for crawls whose library has none: one SQLite table, rows committed by fifties, bodies as zstd (level 3)."""

from __future__ import annotations

import sqlite3
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

BATCH = 50  # as wirecopy
SCHEMA = """
CREATE TABLE IF NOT EXISTS pages (url TEXT PRIMARY KEY, status INTEGER, heads BLOB, raw BLOB, text TEXT, title TEXT, date TEXT);
CREATE TABLE IF NOT EXISTS feeds (url TEXT PRIMARY KEY, etag TEXT, not_modified INTEGER DEFAULT 0);
"""


class Kept:
    """Rows of pages, and the validators of feeds. Any thread may write."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._conn = sqlite3.connect(folder / "pages.db", check_same_thread=False)
        self._conn.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;" + SCHEMA)
        self._lock, self._waiting = threading.Lock(), 0

    def __enter__(self) -> Kept:
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def known(self) -> set[str]:
        """URLs of all pages that are stored."""
        return {url for (url,) in self._conn.execute("SELECT url FROM pages")}

    def etags(self) -> dict[str, str]:
        return dict(self._conn.execute("SELECT url, etag FROM feeds WHERE etag <> ''"))

    def remember(self, feed: str, etag: str) -> None:
        with self._lock:
            self._conn.execute("INSERT OR REPLACE INTO feeds (url, etag) VALUES (?, ?)", (feed, etag))

    def not_modified(self, feed: str) -> None:
        """The feed's server said 304."""
        with self._lock:
            self._conn.execute("UPDATE feeds SET not_modified = not_modified + 1 WHERE url = ?", (feed,))

    def save(
        self, url: str, raw: bytes | None, *, status: int | None = None, heads: bytes | None = None,
        text: str | None = None, title: str | None = None, date: str | None = None,
    ) -> None:  # fmt: skip
        packed = zstd.compress(raw) if raw else None
        with self._lock:
            self._conn.execute("INSERT OR REPLACE INTO pages VALUES (?,?,?,?,?,?,?)", (url, status, heads, packed, text, title, date))
            self._waiting += 1
            if self._waiting >= BATCH:
                self._conn.commit()
                self._waiting = 0

    def close(self) -> None:
        self._conn.commit()
        self._conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._conn.close()


def rows(folder: Path) -> Iterator[tuple[str, bool, bool, bool, bool, bool]]:
    """(url, whether there are raw, heads, text, title, date) of each page; raw is decoded, to see that it can be."""
    with sqlite3.connect(folder / "pages.db") as conn:
        for url, raw, *others in conn.execute("SELECT url, raw, heads, text, title, date FROM pages"):
            heads, text, title, date = (bool(other) for other in others)
            yield url, bool(raw and zstd.decompress(raw)), heads, text, title, date
