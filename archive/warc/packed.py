"""A packed WARC or ARC file: gzip members, or frames of Zstandard, as a rule one a record, unpacked piece by piece.

Sources: WARC 1.1, annex D, for gzip; "Zstandard Compression for WARC Files 1.0" (iipc.github.io/warc-specifications) for `.warc.zst`,
where a skippable frame at the file's beginning may hold the dictionary that all of its frames are packed with.
"""

from __future__ import annotations

import sys
import zlib
from typing import BinaryIO, Protocol

from archive.warc.source import Cut

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# A member that unpacks to more than this, and to more than so many times its size, is made to cost time, not to hold a page:
# HTML of one repeated line packs 300 times, and a page is no gigabyte.
MOST_UNPACKED = 256 * 2**20
MOST_TIMES = 200
MAX_DICTIONARY = 16 * 2**20  # bytes: those in use have 100 KB to 1 MB
_MAX_WINDOW_LOG = 27  # 128 MB, which is what zstd itself takes unless it is told otherwise
_PIECE = 64 * 1024
_GZIP, _ZSTD, _DICTIONARY = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18"
_TRAINED = b"\x37\xa4\x30\xec"  # a dictionary with tables (RFC 8878, 5); one without is raw content


class Unpacker(Protocol):
    """Unpacks one member."""

    eof: bool

    def take(self, raw: bytes) -> tuple[bytes, bytes]:
        """(at most `_PIECE` bytes unpacked, what is left of `raw`). Raises Cut for what cannot be unpacked."""


class Packing(Protocol):
    """A way of packing."""

    name: str  # of a member
    magic: bytes  # that each begins with

    def unpacker(self) -> Unpacker: ...

    def between(self, raw: bytes) -> int:
        """How many bytes to pass by, before the next member, of what begins with `raw` (8 bytes of it at least, but at the file's end)."""


class Gzip:
    """Padding of zeros between members is passed by."""

    name, magic = "gzip member", _GZIP

    def unpacker(self) -> Unpacker:
        return _Inflating()

    def between(self, raw: bytes) -> int:
        return len(raw) - len(raw.lstrip(b"\0"))


class _Inflating:
    def __init__(self) -> None:
        self._inner = zlib.decompressobj(31)
        self.eof = False

    def take(self, raw: bytes) -> tuple[bytes, bytes]:
        try:
            piece = self._inner.decompress(raw, _PIECE)
        except zlib.error as problem:
            raise Cut(str(problem)) from problem
        self.eof = self._inner.eof
        return piece, self._inner.unused_data if self.eof else self._inner.unconsumed_tail


class Zstd:
    """Skippable frames between others are passed by."""

    name, magic = "zstd frame", _ZSTD

    def __init__(self, dictionary: zstd.ZstdDict | None) -> None:
        self._dictionary = dictionary

    def unpacker(self) -> Unpacker:
        return _Unframing(self._dictionary)

    def between(self, raw: bytes) -> int:
        at = 0
        while len(raw) >= at + 8 and raw[at] >> 4 == 5 and raw[at + 1 : at + 4] == _DICTIONARY[1:]:
            at += 8 + int.from_bytes(raw[at + 4 : at + 8], "little")
        return at


class _Unframing:
    """The decoder takes all of a piece at once and keeps what it has not unpacked yet: until then it is left in `raw`."""

    def __init__(self, dictionary: zstd.ZstdDict | None) -> None:
        options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _MAX_WINDOW_LOG}
        self._inner = zstd.ZstdDecompressor(zstd_dict=dictionary, options=options)
        self._taken = False
        self.eof = False

    def take(self, raw: bytes) -> tuple[bytes, bytes]:
        try:
            piece = self._inner.decompress(b"" if self._taken else raw, _PIECE)
        except zstd.ZstdError as problem:
            raise Cut(str(problem)) from problem
        self.eof = self._inner.eof
        self._taken = not self.eof and not self._inner.needs_input
        return piece, self._inner.unused_data if self.eof else raw if self._taken else b""


def packing(file: BinaryIO) -> Packing | None:
    """How the file is packed, as its first bytes say; None where it is not. Raises Cut where its dictionary cannot be read."""
    file.seek(0)
    magic = file.read(4)
    if magic.startswith(_GZIP[:2]):
        return Gzip()
    return Zstd(dictionary(file)) if magic in (_ZSTD, _DICTIONARY) else None


def dictionary(file: BinaryIO) -> zstd.ZstdDict | None:
    """The dictionary in the file's first frame, packed itself or not; None where there is none. Raises Cut."""
    file.seek(0)
    head = file.read(8)
    if len(head) < 8 or not head.startswith(_DICTIONARY):
        return None
    size = int.from_bytes(head[4:], "little")
    if size > MAX_DICTIONARY:
        raise Cut(f"its dictionary has {size:,} bytes: more than {MAX_DICTIONARY:,} are not read")
    raw = file.read(size)
    if len(raw) < size:
        raise Cut("the file ends inside its dictionary")
    try:
        if raw.startswith(_ZSTD):
            inner = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _MAX_WINDOW_LOG})
            raw = inner.decompress(raw, MAX_DICTIONARY + 1)
            if len(raw) > MAX_DICTIONARY or not inner.eof:
                raise Cut("its dictionary is cut, or unpacks to more than any has")
        found = zstd.ZstdDict(raw, is_raw=not raw.startswith(_TRAINED))
        zstd.ZstdDecompressor(zstd_dict=found)  # only now it is looked at
        return found
    except (zstd.ZstdError, ValueError) as problem:
        raise Cut(f"its dictionary cannot be read: {problem}") from problem


class PackedSource:
    """Members one after the other. In memory is a piece of the file, and a piece of what it unpacks to."""

    def __init__(self, file: BinaryIO, start: int, way: Packing) -> None:
        self._file, self._way = file, way
        self._raw = b""  # read, and not yet unpacked
        self._at = start  # in the file, where `_raw` begins
        self._out = bytearray()  # unpacked, and not yet read
        self._unpacker: Unpacker | None = None
        self._member = start
        self._unpacked = 0
        self.offset = start
        self.is_alone = True
        self.at_boundary = False
        file.seek(start)

    def begin(self) -> bool:
        if not self._out:
            self._fill()
        if self._out or self._unpacker is not None:
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
        while not self._out and self._unpacker is not None and self._more():
            pass
        self.at_boundary = not self._out and self._unpacker is None
        if self.at_boundary:
            self.offset = self._at

    def seek_next(self) -> bool:
        """On to the next member: behind this one where it ends, else behind the piece that could not be unpacked."""
        self._out.clear()
        try:
            while self._unpacker is not None and self._more():
                self._out.clear()
        except Cut:
            pass
        self._unpacker = None
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
            if len(self._raw) < 8:
                self._raw += self._file.read(_PIECE)
            between = self._way.between(self._raw)
            if not between:
                break
            self._skip(between)
        if not self._raw:
            self.offset = self._at
            return False
        self._member = self.offset = self._at
        self._unpacked, self.is_alone = 0, True
        self._unpacker = self._way.unpacker()
        return True

    def _fill(self) -> None:
        while not self._out and self._unpacker is not None and self._more():
            pass

    def _more(self) -> bool:
        """Unpacks another piece; False at the end of the member. Raises Cut."""
        if self._unpacker is None:
            return False
        if not self._raw:
            self._raw = self._file.read(_PIECE)
            if not self._raw:
                self._unpacker = None
                raise Cut(f"the file ends inside a {self._way.name}")
        # What could not be unpacked stays in `_raw` up to its beginning: the next member is sought from there.
        piece, rest = self._unpacker.take(self._raw)
        self._at += len(self._raw) - len(rest)
        self._raw = rest
        self._unpacked += len(piece)
        if self._unpacker.eof:
            self._unpacker = None
        elif self._unpacked > MOST_UNPACKED and self._unpacked > MOST_TIMES * (self._at - self._member):
            self._unpacker = None
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
            place = self._raw.find(self._way.magic)
            if place >= 0:
                self._skip(place)
                return self._open()
            self._skip(max(0, len(self._raw) - len(self._way.magic) + 1))
            piece = self._file.read(_PIECE)
            if not piece:
                return False
            self._raw += piece
