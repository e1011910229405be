"""The one writer: a thread that owns the only writing connection and commits in batches.

Operations are functions of the store. Those that arrive together share one transaction; their callers are told after the commit, never
before. If one raises, the batch is undone and its operations run singly, so that a bad one harms no other.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import Any, TypeVar

from archive.errors import ArchiveLocked
from archive.store.connect import Store, open_store

T = TypeVar("T")
Operation = tuple[Callable[[Store], Any], "Future[Any]"]

BATCH = 50  # operations a commit: 3,334 pages/s with synchronous=FULL against 313 one by one
WAITING = 200  # operations that may wait: beyond it `submit` blocks, and the crawl slows down to the disk's pace


class Writer:
    """Runs operations in order, in one thread, until `close`."""

    def __init__(self, archive: Path, turn: Callable[[], AbstractContextManager[None]] = nullcontext) -> None:
        """`turn` is entered whenever the archive is written to: for a writer whose process does not hold the run lock throughout."""
        self._archive, self._turn = archive, turn
        self._queue: queue.Queue[Operation | None] = queue.Queue(WAITING)
        self._over = False  # `close` was called, and all before it is taken
        self._ready: Future[None] = Future()
        self._thread = threading.Thread(target=self._work, name="wirecopy-writer", daemon=True)
        self._thread.start()
        self._ready.result()  # an archive that cannot be opened is the caller's to hear of

    def submit(self, operation: Callable[[Store], T]) -> Future[T]:
        """Queues an operation; its future is done when the transaction that holds it is committed (or has failed)."""
        future: Future[T] = Future()
        self._queue.put((operation, future))
        return future

    def offer(self, operation: Callable[[Store], T]) -> Future[T] | None:
        """As `submit`, for a thread that must not wait: None where as many wait as may, and nothing was queued."""
        future: Future[T] = Future()
        try:
            self._queue.put_nowait((operation, future))
        except queue.Full:
            return None
        return future

    def close(self) -> None:
        """Writes what waits, then ends. Further operations are an error of the caller."""
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        try:
            with self._turn():
                store = open_store(self._archive)
        except BaseException as problem:  # handed to the thread that asked
            self._ready.set_exception(problem)
            return
        self._ready.set_result(None)
        with store:
            while (batch := self._take()) is not None:
                self._commit(store, batch)
            with suppress(ArchiveLocked), self._turn():
                store.checkpoint()

    def _take(self) -> list[Operation] | None:
        """All that waits, up to a batch; None when it is over. An operation whose caller has given it up is left out."""
        batch: list[Operation] = []
        while not self._over and len(batch) < BATCH:
            try:
                following = self._queue.get(block=not batch)
            except queue.Empty:
                break
            if following is None:
                self._over = True
            elif following[1].set_running_or_notify_cancel():  # from here on its future cannot be cancelled under our hands
                batch.append(following)
        return batch or None

    def _commit(self, store: Store, batch: list[Operation]) -> None:
        try:
            with self._turn(), store.transaction():
                results = [operation(store) for operation, _ in batch]
        except Exception as problem:
            if len(batch) == 1 or _is_the_files(problem):
                for _, future in batch:
                    future.set_exception(problem)
            else:
                for one in batch:
                    self._commit(store, [one])
        else:
            for (_, future), result in zip(batch, results, strict=True):
                future.set_result(result)


def _is_the_files(problem: Exception) -> bool:
    """True where the file failed (locked, full, read-only), not one operation: singly all would fail as well, each after a wait."""
    cause = problem.__cause__
    return isinstance(cause, sqlite3.OperationalError) and getattr(cause, "sqlite_errorcode", 1) & 0xFF != sqlite3.SQLITE_ERROR
