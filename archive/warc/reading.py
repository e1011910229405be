"""Reads records of any WARC or ARC file, plain or packed, one after the other. Bounded in memory; what is broken is named, and passed by.

Of a block at most `limit` bytes are kept; digests are checked over all of it. Where a record makes no sense, the next place that
looks like one is sought: a damaged file gives what is whole in it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from archive.warc import arc
from archive.warc.packed import PackedSource, packing
from archive.warc.source import Cut, PlainSource, Source

MAX_FIELDS = 64 * 1024  # bytes of a record's own head: no honest one comes near
MAX_BROKEN = 1000  # in one file, after which it is given up: each costs a look at what follows it
_PIECE = 64 * 1024
_VERSION = re.compile(rb"WARC/\d+\.\d+[ \t]*\Z")
_LENGTH = re.compile(r"\d{1,15}\Z")
_BLANK_LINES = 8  # before a record: some writers put more than the two that end the one before
_ALGORITHMS = {"sha1": 20, "sha256": 32, "md5": 16, "sha512": 64}  # bytes of each


class Malformed(Exception):
    """No record stands here; the message says why."""


@dataclass(frozen=True, slots=True)
class Found:
    """A record as it was read."""

    offset: int  # where it (its gzip member) begins in the file, in bytes
    length: int  # up to the next one, in the file; 0 where its gzip member holds others as well
    fields: tuple[tuple[str, str], ...]  # names as given, in order
    block: bytes  # at most `limit` bytes of it
    size: int  # bytes of the block

    @property
    def is_cut(self) -> bool:
        return len(self.block) < self.size

    def get(self, name: str) -> str | None:
        """The first value of a field, whatever the case of its name."""
        return next((value for key, value in self.fields if key.lower() == name), None)

    @property
    def type(self) -> str:
        return (self.get("warc-type") or "").lower()

    @property
    def id(self) -> str:
        """Without its angle brackets; "" where there is none."""
        return (self.get("warc-record-id") or "").strip("<>")

    @property
    def url(self) -> str:
        """Of the target; some writers put it in angle brackets, as WARC 1.0 has it by mistake."""
        return (self.get("warc-target-uri") or "").strip("<>")


@dataclass(frozen=True, slots=True)
class Broken:
    """A place in the file where no record could be read."""

    offset: int
    reason: str


def read(file: BinaryIO, *, limit: int, start: int = 0) -> Iterator[Found | Broken]:
    """The file's records from offset `start` on, where one has to begin. The file has to be seekable.

    Raises OSError where the file cannot be read; whatever its bytes are, nothing else.
    """
    try:
        source = _source(file, start)
    except Cut as problem:
        yield Broken(0, f"{problem}: nothing of this file was read")
        return
    broken = 0
    while True:
        offset = source.offset
        try:
            if not source.begin():
                return
            offset = source.offset
            found = _one(source, limit)
            if found is not None:
                yield found
        except (Malformed, Cut) as problem:
            broken += 1
            yield Broken(offset, str(problem))
            if broken >= MAX_BROKEN:
                yield Broken(source.offset, f"{MAX_BROKEN:,} places of this file are broken: the rest of it was not read")
                return
            if not source.seek_next():
                return


def _source(file: BinaryIO, start: int) -> Source:
    way = packing(file)
    return PlainSource(file, start) if way is None else PackedSource(file, start, way)


def _one(source: Source, limit: int) -> Found | None:
    """The record that begins here; None where nothing but white space is left."""
    version = _first_line(source)
    if version is None:
        return None
    offset, alone = source.offset, source.is_alone
    fields = _fields(source) if _VERSION.match(version) else arc.fields(version)
    if fields is None:
        raise Malformed("no WARC record begins here")
    size = _size(fields)
    if (left := source.left()) is not None and size > left:
        raise Malformed(f"the file ends inside the record{_named(fields)}: {size:,} bytes are said, and {left:,} are there")
    try:
        block = _block(source, size, limit, _stated(fields))
    except (Malformed, Cut) as problem:
        raise Malformed(f"{problem}{_named(fields)}") from problem
    source.end_record()
    return Found(offset, source.offset - offset if alone and source.at_boundary else 0, fields, block, size)


def _named(fields: tuple[tuple[str, str], ...]) -> str:
    """The record's own words for what it is of, to be told with what is wrong with it."""
    url = next((value for name, value in fields if name.lower() == "warc-target-uri"), "").strip("<>")
    return f" ({url[:200]})" if url else ""


def _first_line(source: Source) -> bytes | None:
    for _ in range(_BLANK_LINES):
        line = source.line(MAX_FIELDS)
        if not line:
            return None
        if line.strip():
            return line.rstrip(b"\r\n")
    raise Malformed("no WARC record begins here")


def _fields(source: Source) -> tuple[tuple[str, str], ...]:
    fields: list[tuple[str, str]] = []
    left = MAX_FIELDS
    while line := source.line(left):
        left -= len(line)
        text = line.rstrip(b"\r\n")
        if not line.endswith(b"\n"):
            break
        if not text:
            return tuple(fields)
        if text[:1] in b" \t" and fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {_text(text)}")
            continue
        name, colon, value = text.partition(b":")
        if not colon or not name.strip():
            raise Malformed("a line of its head has no name")
        fields.append((_text(name), _text(value)))
    raise Malformed("its head has no end" if left > 0 else f"its head is larger than {MAX_FIELDS // 1024} KB")


def _text(raw: bytes) -> str:
    return raw.strip().decode("utf-8", "replace")


def _size(fields: tuple[tuple[str, str], ...]) -> int:
    said = next((value for name, value in fields if name.lower() == "content-length"), None)
    if said is None or not _LENGTH.match(said):
        raise Malformed("its head states no Content-Length")
    return int(said)


def _block(source: Source, size: int, limit: int, stated: tuple[str, bytes] | None) -> bytes:
    """The block's first `limit` bytes; all of it is read and held against its digest."""
    kept = bytearray()
    hasher = hashlib.new(stated[0], usedforsecurity=False) if stated else None
    left = size
    while left:
        piece = source.read(min(left, _PIECE))
        if not piece:
            raise Malformed(f"the file ends inside the record: {left:,} of {size:,} bytes are missing")
        left -= len(piece)
        if hasher:
            hasher.update(piece)
        if len(kept) < limit:
            kept += piece[: limit - len(kept)]
    if hasher and stated and hasher.digest() != stated[1]:
        raise Malformed("its block is not what its digest says")
    return bytes(kept)


def _stated(fields: tuple[tuple[str, str], ...]) -> tuple[str, bytes] | None:
    """(algorithm, digest) of WARC-Block-Digest; None where there is none that we can make."""
    said = next((value for name, value in fields if name.lower() == "warc-block-digest"), "")
    name, _, text = said.partition(":")
    name = name.strip().lower().replace("-", "")
    if name not in _ALGORITHMS:
        return None
    for decode in (bytes.fromhex, lambda text: base64.b32decode(text.upper().ljust(-(-len(text) // 8) * 8, "="))):
        try:
            found = decode(text.strip())
        except ValueError:
            continue
        if len(found) == _ALGORITHMS[name]:
            return name, found
    return None
