"""Memory that two processes share: a message is written into it once and read where it lies. What it says is theirs to know.

A page through a pipe is copied four times, and a page of memory is found for each 4 KB of it; here it is copied twice.
"""

from __future__ import annotations

import mmap
import os
import pickle
import tempfile
from typing import Any

_STEP = 2**20  # bytes that it grows by: most messages fit into the first


class Shared:
    """One message at a time, a pickle at the beginning. Both sides map the same file, which has no name; it grows and never shrinks."""

    def __init__(self, handle: int | None = None) -> None:
        """A new one, or the other side's by its inherited `handle`. Raises OSError."""
        self.handle = _nameless() if handle is None else handle
        self._map = self._mapped(_STEP)
        self._end = 0

    def put(self, message: object) -> int:
        """Writes `message` in place of what is there; its length in bytes, for the other side. Raises what pickling it raises, OSError."""
        self._end = 0
        pickle.dump(message, self, protocol=pickle.HIGHEST_PROTOCOL)  # long byte strings are handed to `write` as they are
        return self._end

    def write(self, piece: bytes | bytearray | memoryview | pickle.PickleBuffer) -> None:
        """Adds to the message: what `pickle` asks of a file."""
        with memoryview(piece) as view:
            start, self._end = self._end, self._end + view.nbytes
            self._reach(self._end)
            self._map[start : self._end] = view

    def get(self, length: int) -> Any:
        """The message that the other side put there."""
        self._reach(length)
        with memoryview(self._map) as everything, everything[:length] as message:
            return pickle.loads(message)  # noqa: S301 - our own parent's, or our own child's

    def close(self) -> None:
        if not self._map.closed:
            self._map.close()
            os.close(self.handle)

    def _reach(self, length: int) -> None:
        """Maps as much as the message takes."""
        if length > len(self._map):
            old, self._map = self._map, self._mapped(-(-length // _STEP) * _STEP)
            old.close()

    def _mapped(self, size: int) -> mmap.mmap:
        there = os.fstat(self.handle).st_size
        if there < size:  # else the other side has made it larger already
            _write_zeros(self.handle, there, size)
        return mmap.mmap(self.handle, size)


def _write_zeros(handle: int, start: int, end: int) -> None:
    """Room that is there: where it only seems to be, as in a file with holes, a full disk would be a signal that ends the process."""
    while start < end:
        start += os.pwrite(handle, bytes(min(_STEP, end - start)), start)


def _nameless() -> int:
    """A file in memory; where the system has none such, one on disk whose name is gone."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("wirecopy-worker")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
