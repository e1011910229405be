"""Content-Encoding undone, bounded: a bomb costs its cap and no more. Pure."""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPTED = "gzip, deflate, br, zstd"
_MAX_CODINGS = 3  # applied one over the other; nobody honest uses two
_LOOK = 400  # bytes; compressed ones that long without a control character do not happen
_TEXT = re.compile(rb"[\t\n\f\r -\xff]+\Z")
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,64}[<{\[][\t\n\f\r -\xff]+\Z")  # no coding begins so
_MAX_MEMBERS = 256  # gzip members or zstd frames in a row: each costs a copy of what follows it, so their number is bounded


class TooLarge(Exception):
    """The decoded body would be larger than allowed; `start` is as much of it as is."""

    def __init__(self, start: bytes) -> None:
        super().__init__("the decoded body is too large")
        self.start = start


class Undecodable(Exception):
    """The body is not what its Content-Encoding says, or it is cut; the message says which."""


def decode(entity: bytes, content_encoding: str | None, *, limit: int) -> bytes:
    """The payload of an entity body. Raises TooLarge beyond `limit` bytes, Undecodable for cut, broken or unknown codings.

    A body that is not in the coding it is declared to be in and plainly is text, or declared as gzip and plainly is none, is taken as
    it is: servers that lie so (`Content-Encoding: utf-8`, `text/html`, `binary`) mean the bytes they send, and browsers read them.
    """
    codings = [name.strip().lower() for name in (content_encoding or "").split(",")]
    codings = [name for name in codings if name and name not in ("identity", "none", "utf-8", "utf8")]
    if len(codings) > _MAX_CODINGS:
        raise Undecodable(f"{len(codings)} content codings over one another")
    for name in reversed(codings):
        entity = _undone(entity, name, limit) if entity else entity
    if len(entity) > limit:
        raise TooLarge(entity[:limit])
    return entity


def _undone(entity: bytes, name: str, limit: int) -> bytes:
    """One coding undone."""
    decoder = _DECODERS.get(name)
    if decoder is None:
        if _TEXT.match(entity[:_LOOK]):
            return entity
        raise Undecodable(f"unknown content coding {name[:40]!r}")
    try:
        return decoder(entity, limit)
    except Undecodable:
        if _MARKUP.match(entity[:_LOOK]):
            return entity
        raise


def _gunzip(data: bytes, limit: int) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    pieces: list[bytes] = []  # mostly one, which joining does not copy
    for _ in range(_MAX_MEMBERS):
        try:
            piece, data = _inflate(data, limit, 31)
        except TooLarge as beyond:
            raise TooLarge(b"".join((*pieces, beyond.start))) from None
        pieces.append(piece)
        limit -= len(piece)
        if not data.startswith(b"\x1f\x8b"):  # a gzip file may have several members; what follows the last one is padding
            return b"".join(pieces)
    raise Undecodable(f"more than {_MAX_MEMBERS} gzip members in a row")


def _undeflate(data: bytes, limit: int) -> bytes:
    try:
        return _inflate(data, limit, zlib.MAX_WBITS)[0]  # RFC 9110: the zlib format
    except Undecodable:
        return _inflate(data, limit, -zlib.MAX_WBITS)[0]  # what some servers send: raw deflate


def _inflate(data: bytes, limit: int, window: int) -> tuple[bytes, bytes]:
    inflater = zlib.decompressobj(window)
    try:
        out = inflater.decompress(data, limit + 1)
    except zlib.error as problem:
        raise Undecodable(f"broken compressed body: {problem}") from problem
    if len(out) > limit:
        raise TooLarge(out[:limit])
    if not inflater.eof:
        raise Undecodable("the compressed body is cut")
    return out, inflater.unused_data


def _unbrotli(data: bytes, limit: int) -> bytes:
    decompressor = brotli.Decompressor()
    try:
        pieces = [decompressor.process(data, output_buffer_limit=limit + 1)]
        size = len(pieces[0])
        while size <= limit and not decompressor.is_finished() and not decompressor.can_accept_more_data():
            pieces.append(decompressor.process(b"", output_buffer_limit=limit + 1 - size))
            size += len(pieces[-1])
    except brotli.error as problem:
        raise Undecodable(f"broken brotli body: {problem}") from problem
    out = b"".join(pieces)
    if size > limit:
        raise TooLarge(out[:limit])
    if not decompressor.is_finished():
        raise Undecodable("the compressed body is cut")
    return out


def _unzstd(data: bytes, limit: int) -> bytes:
    pieces: list[bytes] = []
    for _ in range(_MAX_MEMBERS):
        decompressor = zstd.ZstdDecompressor()
        try:
            pieces.append(decompressor.decompress(data, max_length=limit + 1))
        except (zstd.ZstdError, MemoryError) as problem:
            raise Undecodable(f"broken zstd body: {problem}") from problem
        if len(pieces[-1]) > limit:
            raise TooLarge(b"".join((*pieces[:-1], pieces[-1][:limit])))
        if not decompressor.eof:
            raise Undecodable("the compressed body is cut")
        limit -= len(pieces[-1])
        data = decompressor.unused_data
        if not data:
            return b"".join(pieces)
    raise Undecodable(f"more than {_MAX_MEMBERS} zstd frames in a row")


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _undeflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
