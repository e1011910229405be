"""A WARC record as bytes: its fields, its block, a gzip member of its own. Ids are made from what a record is of, so that they repeat."""

from __future__ import annotations

import hashlib
import uuid
import zlib
from dataclasses import dataclass

VERSION = "WARC/1.1"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:wirecopy:warc:1")
_LEVEL = 6  # of zlib: level 9 takes 1 % less on pages, and twice the time


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `fields` are those beside type, id, date, block digest and length, in the order in which they are written."""

    type: str
    id: str  # urn:uuid:...
    date: str  # UTC, ISO 8601 ending in Z; up to nine digits of a second (WARC 1.1, 5.4)
    fields: tuple[tuple[str, str], ...]
    block: bytes


def record_id(*of: str) -> str:
    """The same id for the same `of`, in this and every other archive (RFC 9562 UUID, version 5)."""
    return f"urn:uuid:{uuid.uuid5(_NAMESPACE, chr(10).join(of))}"


def digest(content: bytes) -> str:
    """As WARC-Block-Digest and WARC-Payload-Digest have it: SHA-256, hexadecimal, the name that a body has in the archive."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def encode(record: Record) -> bytes:
    """The record as it stands in a WARC file. A field that is empty is left out, and line breaks in a value become spaces."""
    named = [
        ("WARC-Type", record.type),
        ("WARC-Record-ID", f"<{record.id}>"),
        ("WARC-Date", record.date),
        *record.fields,
        ("WARC-Block-Digest", digest(record.block)),
        ("Content-Length", str(len(record.block))),
    ]
    lines = [f"{name}: {' '.join(value.split())}" for name, value in named if value]
    head = "\r\n".join([VERSION, *lines, "", ""]).encode("utf-8", "replace")
    return head + record.block + b"\r\n\r\n"


def member(content: bytes) -> bytes:
    """A gzip member without a time of its own (RFC 1952): equal for equal content and zlib."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, 31)
    return packer.compress(content) + packer.flush()
