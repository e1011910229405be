"""One exchange as WARC records: the answer (or a revisit), its request, and a metadata record with what the archive knows.

What is written is what was observed. Where a head is not as it came over the wire it says so: fields on coding and length have
`X-Crawl-` before their names (`archive.warc.heads`), and cookies and credentials are starred out, as they are in the archive.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from archive.keys import wire_digest
from archive.model import TEXT_RECORD
from archive.store.exchanges import Exchange, Mark
from archive.warc import heads
from archive.warc.record import IDENTICAL, NOT_MODIFIED, Record, encode, record_id

FORMAT = "wirecopy-capture/1"
OUTLET_FORMAT = "wirecopy-outlet/1"
_HTTP = {"response": "application/http;msgtype=response", "request": "application/http;msgtype=request"}


def answer_id(mark: Mark) -> str:
    """Of the record with an exchange's answer, the same in every archive that has it."""
    return record_id("answer", mark.url, mark.fetched_at, mark.sha256 or "")


def of(exchange: Exchange, body: bytes | None, *, repeats: bool, said: dict[str, Any]) -> list[Record]:
    """The exchange's records. `repeats`: the payload stands in this export already; `body`: the payload, where it does not."""
    found = []
    if exchange.response is not None:
        found = [_answer(exchange, body, repeats=repeats)]
    elif body is not None:
        found = [_alone(exchange, body)]
    if exchange.request is not None:
        found.append(_record(exchange, "request", record_id("request", *_of(exchange)), _concurrent(found), exchange.request))
    about = record_id("metadata", *_of(exchange))
    block = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    fields = (("WARC-Target-URI", f"urn:wirecopy:capture:{exchange.mark.url}"), *_concurrent(found), ("Content-Type", "application/json"))
    return [*found, Record("metadata", about, exchange.mark.fetched_at, fields, block)]


def warcinfo(date: str, filename: str, said: Sequence[tuple[str, str]]) -> Record:
    """What a file begins with (WARC 1.1, 6.2)."""
    block = "".join(f"{name}: {' '.join(value.split())}\r\n" for name, value in said).encode("utf-8", "replace")
    fields = (("WARC-Filename", filename), ("Content-Type", "application/warc-fields"))
    return Record("warcinfo", record_id("warcinfo", filename, date, block.decode()), date, fields, block)


def outlet(said: dict[str, Any], date: str) -> Record:
    """An outlet's metadata record: what its pages are read with."""
    block = json.dumps({"format": OUTLET_FORMAT, **said}, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    fields = (("WARC-Target-URI", f"urn:wirecopy:outlet:{said['code']}"), ("Content-Type", "application/json"))
    return Record("metadata", record_id("outlet", said["code"], date, block.decode("utf-8", "replace")), date, fields, block)


def encoded(records: Sequence[Record], info: str) -> list[bytes]:
    """Each as bytes; all point to the file's warcinfo record, `info`."""
    return [encode(Record(one.type, one.id, one.date, (*one.fields, ("WARC-Warcinfo-ID", f"<{info}>")), one.block)) for one in records]


def _answer(exchange: Exchange, body: bytes | None, *, repeats: bool) -> Record:
    assert exchange.response is not None  # noqa: S101 - the caller has looked
    original, payload = exchange.original, exchange.mark.sha256
    if repeats and original is not None and exchange.is_repeat:
        head = heads.beside_payload(exchange.response, exchange.length or 0)
        fields = (("WARC-Profile", IDENTICAL), *_refers(original), ("WARC-Truncated", "length"), *_payload(payload))
        return _record(exchange, "revisit", answer_id(exchange.mark), fields, head)
    if exchange.profile == "server-not-modified" and original is not None:
        fields = (("WARC-Profile", NOT_MODIFIED), *_refers(original))
        return _record(exchange, "revisit", answer_id(exchange.mark), fields, exchange.response)
    head = exchange.response if body is None else heads.beside_payload(exchange.response, len(body), coded=_is_coded(exchange, body))
    cut = () if exchange.truncated is None else (("WARC-Truncated", exchange.truncated),)
    there = _payload(payload if body is not None else None)  # nothing is claimed of what cannot be read back
    return _record(exchange, "response", answer_id(exchange.mark), (*cut, *there), head + (body or b""))


def _alone(exchange: Exchange, body: bytes) -> Record:
    """A payload whose heads nobody knows, as imports bring it: a resource, and no answer that we would have to make up (WARC 1.1, 6.4).

    A text that another program took out of the page is no resource that stood under its URL, but a conversion of one (6.8).
    """
    kind = "conversion" if exchange.mime == TEXT_RECORD else "resource"
    cut = () if exchange.truncated is None else (("WARC-Truncated", exchange.truncated),)
    mime = exchange.mime or "application/octet-stream"
    fields = (
        ("WARC-Target-URI", exchange.mark.url),
        *cut,
        *_payload(exchange.mark.sha256),
        ("Content-Type", f"{mime}; charset={exchange.charset}" if exchange.charset else mime),
    )
    return Record(kind, answer_id(exchange.mark), exchange.mark.fetched_at, fields, body)


def _is_coded(exchange: Exchange, body: bytes) -> bool:
    """Whether the payload is still as it came over the wire, since it could not be decoded."""
    return exchange.error is not None and exchange.content_encoding is not None and wire_digest(body) == exchange.wire_sha1


def _record(exchange: Exchange, kind: str, name: str, fields: Sequence[tuple[str, str]], block: bytes) -> Record:
    named = (
        ("WARC-Target-URI", exchange.mark.url),
        ("WARC-IP-Address", exchange.ip or ""),
        ("WARC-Protocol", (exchange.protocol or "").lower()),
        *fields,
        ("Content-Type", _HTTP["request" if kind == "request" else "response"]),
    )
    return Record(kind, name, exchange.mark.fetched_at, named, block)


def _concurrent(records: Sequence[Record]) -> tuple[tuple[str, str], ...]:
    return tuple(("WARC-Concurrent-To", f"<{record.id}>") for record in records[:1])


def _refers(mark: Mark) -> tuple[tuple[str, str], ...]:
    return (
        ("WARC-Refers-To", f"<{answer_id(mark)}>"),
        ("WARC-Refers-To-Target-URI", mark.url),
        ("WARC-Refers-To-Date", mark.fetched_at),
    )


def _payload(sha256: str | None) -> tuple[tuple[str, str], ...]:
    return () if sha256 is None else (("WARC-Payload-Digest", f"sha256:{sha256}"),)


def _of(exchange: Exchange) -> tuple[str, str, str]:
    return exchange.mark.url, exchange.mark.fetched_at, exchange.mark.sha256 or ""
