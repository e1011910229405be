"""HTTP heads in WARC records. A record has the decoded payload, so a head that speaks of a coded one is renamed there, and back.

Content-Encoding, Transfer-Encoding and a Content-Length that no longer holds get `X-Crawl-` before their names, as Common Crawl
has it, and a new Content-Length ends the head: all else stays byte for byte, and `restored` gives back what came over the wire.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_HEAD = 256 * 1024  # bytes: no honest head comes near
_PREFIX = b"X-Crawl-"
_LINE = re.compile(rb"[^\n]*(?:\n[ \t][^\n]*)*(?:\n|\Z)")  # with its folded lines
_END = re.compile(rb"\r?\n\r?\n")
_CODED = (b"content-encoding", b"transfer-encoding", b"content-length")
_RENAMED = tuple(_PREFIX.lower() + name for name in _CODED)
_STATUS = re.compile(rb"(HTTP/\d(?:\.\d)?)[ \t]+(\d{3})(?:[ \t\r\n]|\Z)")
_IDENTITY = (b"", b"identity")


@dataclass(frozen=True, slots=True)
class Message:
    """An HTTP message in a record's block."""

    head: bytes  # with its closing blank line
    body: bytes
    protocol: str | None = None  # of an answer
    status: int | None = None  # of an answer


def parse(block: bytes) -> Message | None:
    """Head and body of a request or an answer; None where there is no end of a head."""
    found = _END.search(block, 0, MAX_HEAD)
    if found is None:
        return None
    head = block[: found.end()]
    status = _STATUS.match(head)
    return Message(
        head, block[found.end() :], status[1].decode("ascii") if status else None, int(status[2]) if status else None
    )  # fmt: skip


def values(head: bytes, name: str) -> list[str]:
    """The values under a name (lower case), in order; folded lines joined."""
    found = []
    for line in _lines(head):
        field, colon, value = line.partition(b":")
        if colon and field.strip().lower() == name.encode("ascii"):
            found.append(" ".join(value.decode("latin-1").split()))
    return found


def value(head: bytes, name: str) -> str | None:
    """The first value under a name (lower case)."""
    return next(iter(values(head, name)), None)


def media_type(head: bytes) -> tuple[str | None, str | None]:
    """(media type in lower case, charset as given) of Content-Type."""
    mime, _, parameters = (value(head, "content-type") or "").partition(";")
    found = re.search(r"charset\s*=\s*[\"']?([^\s\"';,]{1,40})", parameters, re.IGNORECASE)
    return mime.strip().lower()[:100] or None, found[1] if found else None


def beside_payload(head: bytes, length: int, *, coded: bool = False) -> bytes:
    """The head as it stands before a payload of `length` bytes; the very same where it holds for it already.

    `coded`: the payload is still as its Content-Encoding says, since it could not be decoded.
    """
    outdated = {name for name in _CODED if _is_outdated(head, name, length, coded)}
    if not outdated:
        return head
    outdated.add(b"content-length")
    first, *rest = _lines(head)
    kept = [_PREFIX + line if _name(line) in outdated else line for line in rest]
    end = b"\r\n" if first.endswith(b"\r\n") else b"\n"
    last = next((place for place in range(len(kept) - 1, -1, -1) if kept[place].strip()), -1) + 1
    return first + b"".join([*kept[:last], b"Content-Length: %d" % length + end, *kept[last:]])


def restored(head: bytes) -> bytes:
    """What `beside_payload` was given; a head without renamed fields is given back as it is."""
    lines = _lines(head)
    if not any(_name(line) in _RENAMED for line in lines):
        return head
    kept = [line for line in lines if _name(line) != b"content-length"]
    return b"".join(line[len(_PREFIX) :] if _name(line) in _RENAMED else line for line in kept)


def is_renamed(head: bytes) -> bool:
    """Whether its fields on coding and length are not those that came over the wire."""
    return any(_name(line) in _RENAMED for line in _lines(head))


def _is_outdated(head: bytes, name: bytes, length: int, coded: bool) -> bool:
    found = [value.strip().lower().encode("latin-1") for value in values(head, name.decode("ascii"))]
    if name == b"content-length":
        return any(value != b"%d" % length for value in found)
    if name == b"content-encoding" and coded:
        return False
    return any(value not in _IDENTITY for value in found)


def _lines(head: bytes) -> list[bytes]:
    """Each with its line end, folded lines in one piece."""
    return [line for line in _LINE.findall(head) if line]


def _name(line: bytes) -> bytes:
    return line.partition(b":")[0].strip().lower()
