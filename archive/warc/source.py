"""A WARC or ARC file as a run of bytes: what `reading` reads, and a plain file. Knows where a record begins, and finds the next one."""

from __future__ import annotations

import io
import re
from typing import BinaryIO, Protocol

_PIECE = 64 * 1024
# Where a record may begin: in a WARC file; in an ARC file, of which every line would do that begins with a URL, an address and a time.
_RECORD = re.compile(rb"\n(WARC/\d|(?:https?|ftp|dns|filedesc):[^\s]{1,2000} [0-9A-Fa-f.:-]{1,45} \d{12,14} )")
_OVERLAP = 2100  # bytes of the piece before that are looked at once more: no such beginning is longer


class Cut(Exception):
    """The bytes end, or unpack to more than any record has."""


class Source(Protocol):
    """What `reading` reads."""

    offset: int  # in the file, where the record that is read begins
    is_alone: bool  # nothing of its gzip member was read before it
    at_boundary: bool  # the record's end is a place where reading can begin

    def begin(self) -> bool:
        """Makes ready for a record; False at the end of the file."""

    def line(self, limit: int) -> bytes:
        """Up to and with the next line feed, `limit` bytes at most; b"" at the end."""

    def read(self, size: int) -> bytes:
        """`size` bytes, fewer only at the end."""

    def left(self) -> int | None:
        """How many bytes are left; None where that is not known."""

    def end_record(self) -> None:
        """Passes the line ends behind a record; `offset` is then that of the next one."""

    def seek_next(self) -> bool:
        """After something broken: goes to the next place where a record may begin; False where there is none."""


class PlainSource:
    """An uncompressed file."""

    is_alone = at_boundary = True

    def __init__(self, file: BinaryIO, start: int) -> None:
        file.seek(0, io.SEEK_END)
        self._size = file.tell()
        file.seek(start)
        self._file = file if isinstance(file, io.BufferedReader) else io.BufferedReader(file)  # type: ignore[type-var]
        self.offset = start

    def begin(self) -> bool:
        self.offset = self._file.tell()
        return self.offset < self._size

    def line(self, limit: int) -> bytes:
        return self._file.readline(max(0, limit))

    def read(self, size: int) -> bytes:
        return self._file.read(size)

    def left(self) -> int | None:
        return self._size - self._file.tell()

    def end_record(self) -> None:
        for _ in range(2):
            here = self._file.tell()
            if self._file.readline(2) not in (b"\r\n", b"\n"):
                self._file.seek(here)
                break
        self.offset = self._file.tell()

    def seek_next(self) -> bool:
        place = self.offset
        self._file.seek(place)
        before = b""
        while piece := self._file.read(_PIECE):
            window = before + piece
            if found := _RECORD.search(window):
                self._file.seek(place - len(before) + found.start(1))
                return True
            place += len(piece)
            before = window[-_OVERLAP:]
        return False
