"""An HTTP answer of a WARC record: transfer and content coding undone, as the crawler does it. Pure, bounded.

What its writer has normalised is not known; what it says itself (fields with `X-Crawl-`) is put back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from archive import decoding
from archive.keys import wire_digest
from archive.warc import heads

_SIZE = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_CODINGS = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd"})


@dataclass(frozen=True, slots=True)
class Answer:
    """As `archive.model.Capture` names its parts."""

    head: bytes
    status: int | None
    protocol: str | None
    mime: str | None
    charset: str | None
    content_encoding: str | None
    body: bytes | None
    wire_length: int | None
    wire_sha1: str | None
    truncated: Literal["length", "unspecified"] | None = None
    error: str | None = None


def answer(block: bytes, *, limit: int, is_cut: bool) -> Answer | None:
    """The answer in a record's block; None where there is no HTTP head. `is_cut`: the block is longer than what is given of it."""
    message = heads.parse(block)
    if message is None or message.status is None:
        return None
    renamed = heads.is_renamed(message.head)
    head = heads.restored(message.head)
    entity = message.body
    if not renamed and "chunked" in (heads.value(head, "transfer-encoding") or "").lower():
        entity = _unchunked(entity)
    body, truncated, error = _payload(head, entity, limit=limit, is_cut=is_cut, decoded=renamed)
    mime, charset = heads.media_type(head)
    whole = not renamed and not is_cut
    return Answer(
        head, message.status, message.protocol, mime, charset, heads.value(head, "content-encoding"), body,
        len(entity) if whole else None, wire_digest(entity) if whole else None, truncated, error,
    )  # fmt: skip


def _payload(
    head: bytes, entity: bytes, *, limit: int, is_cut: bool, decoded: bool
) -> tuple[bytes | None, Literal["length", "unspecified"] | None, str | None]:
    """(payload, why it is cut, what went wrong)."""
    too_large = f"the body is larger than {limit / 1_000_000:g} MB"
    coding = None if decoded else heads.value(head, "content-encoding")
    if coding is None or not any(name.strip().lower() in _CODINGS for name in coding.split(",")):
        if len(entity) > limit or is_cut:
            return entity[:limit], "length", f"{too_large}: the rest was left out"
        return entity, None, None
    if is_cut:
        return None, "length", too_large
    try:
        return decoding.decode(entity, coding, limit=limit), None, None
    except decoding.TooLarge:
        return None, "length", f"{too_large} when decoded"
    except decoding.Undecodable as problem:
        return entity[:limit], "unspecified", str(problem)


def _unchunked(entity: bytes) -> bytes:
    """The entity body of its chunks (RFC 9112, 7.1); what is no chunk ends it, and one that never was chunked is taken as it is."""
    out, at = bytearray(), 0
    while found := _SIZE.match(entity, at):
        size = int(found[1], 16)
        if size == 0:
            return bytes(out)
        out += entity[found.end() : found.end() + size]
        at = found.end() + size
        at += 2 if entity[at : at + 2] == b"\r\n" else 1 if entity[at : at + 1] == b"\n" else 0
    return bytes(out) if at else entity
