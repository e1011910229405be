"""A damaged file and its WAL as numbered pages. Opens for reading alone, changes nothing, takes no lock."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from types import TracebackType
from typing import Self

from archive.errors import ArchiveError
from archive.salvage.records import Broken

MAGIC = b"SQLite format 3\0"
OUR_PAGE_SIZE = 4096  # bytes: archives are made so, and a file without a header is taken to be one
_WAL_HEAD, _FRAME_HEAD = 32, 24  # bytes
_SMALLEST, _LARGEST = 512, 65536  # bytes of a page


class PageFile:
    """The pages of a file, each as its last commit left it: from the WAL where one that counts is there, else from the file.

    `count`: pages that there are, or should be. `notes`: what is wrong with file and WAL as a whole. `header`: whether the file's
    header can be used. Raises ArchiveError where the file cannot be opened at all.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.notes = path, list[str]()
        self._file, size = _open(path)
        wal = Path(f"{path}-wal")
        self._wal, wal_size = _open(wal) if wal.exists() else (-1, 0)
        try:
            self._look(size, wal_size)
        except BaseException:
            self.close()
            raise

    def _look(self, size: int, wal_size: int) -> None:
        head = _read(self._file, 100, 0)
        sized = head[:16] == MAGIC and _page_size(head[16:18])
        self.size = sized or _wal_page_size(_read(self._wal, _WAL_HEAD, 0) if wal_size else b"") or OUR_PAGE_SIZE
        self._from_wal, committed = self._frames(wal_size) if wal_size > _WAL_HEAD else ({}, 0)
        if wal_size > _WAL_HEAD and not self._from_wal:
            self.notes.append("its WAL has no commit that counts")
        if 1 in self._from_wal:
            head = _read(self._wal, 100, self._from_wal[1])
        self.header = head[:16] == MAGIC and _page_size(head[16:18]) == self.size
        if not self.header:
            self.notes.append("the header is damaged" if size else "the file is empty")
        self.head = head if self.header else b""
        said = int.from_bytes(head[28:32], "big") if self.header else 0
        self.there = size // self.size
        self.count = max(self.there, committed, *self._from_wal, 0) if self._from_wal else self.there
        if committed:
            self.count = max(committed, max(self._from_wal))
        elif said > self.there:
            missing = said - self.there
            self.notes.append(f"the file is cut: {missing:,} of {said:,} pages are missing at its end")
            self.missing = missing
        self.usable = self.size - (head[20] if self.header and head[20] <= self.size // 2 else 0)

    missing = 0  # pages that the header counts and the file does not have

    def page(self, number: int) -> bytes:
        """Page `number`, from 1 on. Raises Broken where it is not there or the disk does not give it."""
        if not 0 < number <= self.count:
            raise Broken(f"page {number} is beyond the end of the file")
        try:
            if number in self._from_wal:
                data = os.pread(self._wal, self.size, self._from_wal[number])
            else:
                data = os.pread(self._file, self.size, (number - 1) * self.size)
        except OSError as problem:  # a failing disk: what it does not give is lost, all else is not
            raise Broken(f"page {number} cannot be read: {problem.strerror}") from problem
        if len(data) != self.size:
            raise Broken(f"page {number} is beyond the end of the file")
        return data

    def _frames(self, wal_size: int) -> tuple[dict[int, int], int]:
        """Where in the WAL the newest committed copy of each page stands, and how many pages the last commit counts.

        A frame counts if its salts and its running checksum are right, and a commit follows it: as SQLite reads a WAL.
        """
        head = _read(self._wal, _WAL_HEAD, 0)
        if _wal_page_size(head) != self.size:
            return {}, 0
        order = ">" if head[3] & 1 else "<"
        sums = _checksum(order, head[:24], (0, 0))
        if sums != struct.unpack(">II", head[24:32]):
            return {}, 0
        found: dict[int, int] = {}
        since: dict[int, int] = {}
        pages = 0
        for at in range(_WAL_HEAD, wal_size - self.size - _FRAME_HEAD + 1, self.size + _FRAME_HEAD):
            frame = _read(self._wal, _FRAME_HEAD + self.size, at)
            if len(frame) < _FRAME_HEAD + self.size or frame[8:16] != head[16:24]:
                break
            sums = _checksum(order, frame[_FRAME_HEAD:], _checksum(order, frame[:8], sums))
            if sums != struct.unpack(">II", frame[16:24]):
                break
            number, commit = struct.unpack(">II", frame[:8])
            since[number] = at + _FRAME_HEAD
            if commit:
                found |= since
                since, pages = {}, commit
        return {number: at for number, at in found.items() if number <= pages}, pages

    def state(self) -> tuple[object, ...]:
        """Changes when somebody writes to the file or its WAL."""
        looks = [os.fstat(handle) for handle in (self._file, self._wal) if handle >= 0]
        return tuple((look.st_size, look.st_mtime_ns) for look in looks)

    def close(self) -> None:
        for handle in (self._file, self._wal):
            if handle >= 0:
                os.close(handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


def _open(path: Path) -> tuple[int, int]:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as problem:
        raise ArchiveError(f"cannot read {path}: {problem.strerror}", hint="check the path and who may read it") from problem
    return handle, os.fstat(handle).st_size


def _read(handle: int, length: int, at: int) -> bytes:
    try:
        return os.pread(handle, length, at)
    except OSError:
        return b""


def _page_size(said: bytes) -> int:
    """0 where it is none."""
    size = int.from_bytes(said, "big")
    size = _LARGEST if size == 1 else size
    return size if _SMALLEST <= size <= _LARGEST and not size & size - 1 else 0


def _wal_page_size(head: bytes) -> int:
    if len(head) < _WAL_HEAD or head[:4] not in (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83"):
        return 0
    size = int.from_bytes(head[8:12], "big")
    return size if _SMALLEST <= size <= _LARGEST and not size & size - 1 else 0


def _checksum(order: str, data: bytes, sums: tuple[int, int]) -> tuple[int, int]:
    """The WAL's checksum, gone on with: two sums that run through each other."""
    one, other = sums
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = one + first + other & 0xFFFFFFFF
        other = other + second + one & 0xFFFFFFFF
    return one, other
