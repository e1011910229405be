"""A WARC file as a run of bytes: plain, or gzip members inflated piece by piece. Knows where a record begins, and finds the next one."""

from __future__ import annotations

import io
import re
import zlib
from typing import BinaryIO, Protocol

_PIECE = 64 * 1024
_MAGIC = b"\x1f\x8b\x08"
_RECORD = re.compile(rb"(?:\A|\n)(WARC/\d)")
# A gzip member that unpacks to more than this, and to more than so many times its size, is made to cost time, not to hold a page:
# HTML of one repeated line packs 300 times, and a page is no gigabyte.
MOST_UNPACKED = 256 * 2**20
MOST_TIMES = 200


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
        place = self.offset + 1
        self._file.seek(place)
        before = b""
        while piece := self._file.read(_PIECE):
            window = before + piece
            found = _RECORD.search(window) if before else re.search(rb"\n(WARC/\d)", window)
            if found and found.start(1) + place - len(before) > self.offset:
                self._file.seek(place - len(before) + found.start(1))
                return True
            place += len(piece)
            before = window[-8:]
        return False


class GzipSource:
    """Gzip members, as a rule one a record. Padding of zeros between them is passed by."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        self._file = file
        self._raw = b""  # read, and not yet inflated
        self._at = start  # in the file, where `_raw` begins
        self._out = bytearray()  # inflated, and not yet read
        self._inflater: zlib._Decompress | None = None
        self._member = start
        self._unpacked = 0
        self.offset = start
        self.is_alone = True
        self.at_boundary = False

    def begin(self) -> bool:
        if not self._out:
            self._fill()
        if self._out or self._inflater is not None:
            self.is_alone = self._unpacked == len(self._out)
            self.offset = self._member
            return True
        return self._open()

    def line(self, limit: int) -> bytes:
        while (end := self._out.find(b"\n")) < 0 and len(self._out) < limit and self._more():
            pass
        return self._take(min(limit, end + 1 if end >= 0 else len(self._out)))

    def read(self, size: int) -> bytes:
        while len(self._out) < size and self._more():
            pass
        return self._take(size)

    def left(self) -> int | None:
        return None

    def end_record(self) -> None:
        while len(self._out) < 4 and self._more():
            pass
        for end in (b"\r\n\r\n", b"\n\n", b"\r\n", b"\n"):
            if self._out.startswith(end):
                del self._out[: len(end)]
                break
        while not self._out and self._inflater is not None and self._more():
            pass
        self.at_boundary = not self._out and self._inflater is None
        if self.at_boundary:
            self.offset = self._at

    def seek_next(self) -> bool:
        """On to the next member: behind this one where it ends, else behind the piece that could not be inflated."""
        self._out.clear()
        try:
            while self._inflater is not None and self._more():
                self._out.clear()
        except (zlib.error, Cut):
            pass
        self._inflater = None
        self._out.clear()
        if self._at <= self._member:
            self._skip(self._member + 1 - self._at)
        return self._find()

    # --- inside ---------------------------------------------------------------------------------------------------------

    def _take(self, size: int) -> bytes:
        taken = bytes(self._out[:size])
        del self._out[:size]
        return taken

    def _open(self) -> bool:
        """Begins the next member; False at the end of the file."""
        while True:
            if len(self._raw) < len(_MAGIC):
                self._raw += self._file.read(_PIECE)
            padding = len(self._raw) - len(self._raw.lstrip(b"\0"))
            if not padding:
                break
            self._skip(padding)
        if not self._raw:
            self.offset = self._at
            return False
        self._member = self.offset = self._at
        self._unpacked, self.is_alone = 0, True
        self._inflater = zlib.decompressobj(31)
        return True

    def _fill(self) -> None:
        while not self._out and self._inflater is not None and self._more():
            pass

    def _more(self) -> bool:
        """Inflates another piece; False at the end of the member. Raises zlib.error, Cut."""
        if self._inflater is None:
            return False
        if not self._raw:
            self._raw = self._file.read(_PIECE)
            if not self._raw:
                self._inflater = None
                raise Cut("the file ends inside a gzip member")
        # What could not be inflated stays in `_raw` up to its beginning: the next member is sought from there.
        piece = self._inflater.decompress(self._raw, _PIECE)
        rest = self._inflater.unused_data if self._inflater.eof else self._inflater.unconsumed_tail
        self._at += len(self._raw) - len(rest)
        self._raw = rest
        self._unpacked += len(piece)
        if self._inflater.eof:
            self._inflater = None
        elif self._unpacked > MOST_UNPACKED and self._unpacked > MOST_TIMES * (self._at - self._member):
            self._inflater = None
            raise Cut(f"it unpacks to more than {MOST_TIMES} times its size: a bomb")
        self._out += piece
        return True

    def _skip(self, size: int) -> None:
        while size > len(self._raw):
            size -= len(self._raw)
            self._at += len(self._raw)
            self._raw = self._file.read(_PIECE)
            if not self._raw:
                return
        self._raw = self._raw[size:]
        self._at += size

    def _find(self) -> bool:
        while True:
            place = self._raw.find(_MAGIC)
            if place >= 0:
                self._skip(place)
                return self._open()
            self._skip(max(0, len(self._raw) - len(_MAGIC) + 1))
            piece = self._file.read(_PIECE)
            if not piece:
                return False
            self._raw += piece
