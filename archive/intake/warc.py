"""Exchanges of a WARC file, ours or another's, as captures. Pure.

Of others, pages are taken: answers in HTML, redirects, and what a wirecopy archive says of itself. Pictures, scripts and the like are
left out. Of ours everything is taken, and stands in the new archive as it stood in the old one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, BinaryIO

from archive.intake.answer import Answer, answer
from archive.intake.arrival import DOCUMENT_LIMIT, PAGE_LIMIT, Arrival, Brought, LeftOut, OutletSaid, Payload, Source, Unreadable
from archive.intake.events import Event, events
from archive.keys import fetch_url
from archive.model import TEXT_RECORD, Capture
from archive.secrets import blanked
from archive.times import iso_ms
from archive.warc import heads
from archive.warc.reading import Broken, Found, read

_LIMIT = DOCUMENT_LIMIT + heads.MAX_HEAD
_OUTLET = "urn:wirecopy:outlet:"
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_CAPTURE = "wirecopy-capture/1"
_ROLES = ("page", "feed", "robots")
_TRUNCATED = ("length", "time", "disconnect", "unspecified")


def arrivals(file: BinaryIO, *, start: int = 0) -> Iterator[tuple[int, Brought]]:
    """(offset, what stands there), in the order of the file, from offset `start` on. Raises OSError where the file cannot be read."""
    for event in events(read(file, limit=_LIMIT, start=start)):
        if isinstance(event, Broken):
            yield event.offset, Unreadable(event.offset, event.reason)
        elif (brought := _of(event)) is not None:
            yield event.offset, brought


def _of(event: Event) -> Brought | None:
    """None for what is no exchange and says nothing of one: a warcinfo record, a crawler's notes."""
    try:
        if event.main is None and event.about is None:
            return _outlet(event.other)
        return _arrival(event)
    except ValueError as problem:
        return Unreadable(event.offset, str(problem))


def _outlet(found: Found | None) -> OutletSaid | None:
    """An outlet's metadata record, of ours."""
    if found is None or found.type != "metadata" or not found.url.startswith(_OUTLET) or found.is_cut:
        return None
    said = _json(found)
    return OutletSaid(said) if isinstance(said.get("code"), str) else None


def _arrival(event: Event) -> Brought:
    main, said = event.main, _json(event.about) if event.about else {}
    if said.get("format") not in (None, _CAPTURE):
        raise ValueError(f"its metadata record is of another version of wirecopy: {str(said['format'])[:40]!r}")
    named = main or event.about
    assert named is not None  # noqa: S101 - the caller has looked
    url = fetch_url(str(said.get("url", "")) if said else named.url)
    if url is None:
        return LeftOut() if not said else Unreadable(event.offset, "it has no http(s) URL")
    capture = Capture(url=url, role="page", fetched_at=_date(named), ip=_ip(named), request_head=_request(event))
    where = Source(event.offset, named.id or None, "stated", "record")
    if main is None:
        return _ours(Arrival(capture, where, None, said), None)
    if main.get("warc-segment-number"):
        return LeftOut()
    if main.type in ("resource", "conversion"):
        return _resource(main, capture, where, said)
    found = answer(main.block, limit=DOCUMENT_LIMIT if said else PAGE_LIMIT, is_cut=main.is_cut)
    if found is None:
        return LeftOut() if not said else Unreadable(event.offset, "it holds no HTTP answer")
    arrival = Arrival(_answered(capture, found, main), where, _repeats(main), said)
    return _ours(arrival, found) if said else _theirs(arrival)


def _answered(capture: Capture, found: Answer, main: Found) -> Capture:
    cut: Any = main.get("warc-truncated")
    is_revisit = main.type == "revisit"
    return replace(
        capture, response_head=blanked(found.head), status=found.status, protocol=found.protocol, mime=found.mime, charset=found.charset,
        content_encoding=found.content_encoding, body=None if is_revisit or found.status == 304 else found.body,
        wire_length=None if is_revisit else found.wire_length, wire_sha1=None if is_revisit else found.wire_sha1,
        truncated=found.truncated or (cut if cut in _TRUNCATED and not is_revisit else None), error=found.error,
    )  # fmt: skip


def _ours(arrival: Arrival, found: Answer | None) -> Brought:
    """With the facts that a wirecopy archive states beside the answer."""
    said, capture = arrival.said, arrival.capture
    role = said.get("role")
    if role not in _ROLES:
        raise ValueError("its metadata record names no role that is known")
    cut = said.get("truncated")
    capture = replace(
        capture, role=role, ip=capture.ip or (_text(said, "ip") or "")[:45] or None, truncated=cut if cut in _TRUNCATED else None,
        status=capture.status if found else _whole(said, "status"), elapsed_ms=_whole(said, "elapsed_ms"),
        content_encoding=_text(said, "content_encoding"), wire_length=_whole(said, "wire_length"), wire_sha1=_text(said, "wire_sha1"),
        error=_text(said, "error"),
    )  # fmt: skip
    if found is not None and capture.body == b"" and "payload" not in said:
        capture = replace(capture, body=None)
    exact = said.get("heads")
    return replace(arrival, capture=capture, source=replace(arrival.source, heads=exact if exact in ("exact", "made") else "stated"))


def _theirs(arrival: Arrival) -> Brought:
    capture = arrival.capture
    if capture.status is None or capture.status < 200:
        return LeftOut()
    if capture.status == 304:
        return arrival
    if 300 <= capture.status < 400 and capture.status != 304 and heads.value(capture.response_head or b"", "location"):
        return replace(arrival, capture=replace(capture, body=capture.body or None))
    if arrival.repeats is not None and capture.mime is None:
        return arrival  # what it repeats says what it is
    return arrival if is_html(capture.mime, capture.body) else LeftOut()


def is_html(mime: str | None, body: bytes | None) -> bool:
    """Whether it is a page, by its Content-Type, else by how it begins."""
    if mime is not None and mime not in ("application/octet-stream", "text/plain", "unknown/unknown"):
        return mime in _HTML
    start = (body or b"")[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html")) or (mime is None and b"<html" in start)


def _resource(main: Found, capture: Capture, where: Source, said: dict[str, Any]) -> Brought:
    """A payload without heads; of another's, where it is a page."""
    mime, _, parameters = (main.get("content-type") or "").partition(";")
    charset = parameters.partition("charset=")[2].strip(" \"'") or None
    if said:
        return _ours(Arrival(replace(capture, mime=mime or None, charset=charset, body=main.block), where, None, said), None)
    if mime.strip().lower() == TEXT_RECORD and not main.is_cut and main.size <= PAGE_LIMIT:
        return Arrival(replace(capture, mime=TEXT_RECORD, body=main.block), replace(where, heads="made"))
    if not is_html(mime.strip().lower() or None, main.block):
        return LeftOut()
    cut = main.size > PAGE_LIMIT
    capture = replace(
        capture, mime="text/html", charset=charset, body=main.block[:PAGE_LIMIT], truncated="length" if cut else None,
        error=f"the body is larger than {PAGE_LIMIT / 1_000_000:g} MB: the rest was left out" if cut else None,
    )  # fmt: skip
    return Arrival(capture, replace(where, heads="made"))


def _repeats(main: Found) -> Payload | None:
    if main.type != "revisit" or (main.get("warc-profile") or "").endswith("server-not-modified"):
        return None
    date = main.get("warc-refers-to-date")
    url = (main.get("warc-refers-to-target-uri") or "").strip("<>")
    return Payload(main.get("warc-payload-digest"), fetch_url(url) if url else None, iso_ms(_time(date)) if date else None)


def _request(event: Event) -> bytes | None:
    message = heads.parse(event.request.block) if event.request else None
    return blanked(message.head) if message else None


def _date(found: Found) -> datetime:
    return _time(found.get("warc-date") or "")


def _time(text: str) -> datetime:
    """A WARC-Date; one without a zone is UTC, as all of them are. Raises ValueError."""
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"its WARC-Date is no time: {text[:40]!r}") from None


def _ip(found: Found) -> str | None:
    return (found.get("warc-ip-address") or "")[:45] or None


def _json(found: Found) -> dict[str, Any]:
    try:
        said = json.loads(found.block)
        if b"\\u" in found.block:  # halves of surrogate pairs can be written so, and no database can hold them
            said = json.loads(json.dumps(said, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise ValueError("its metadata record is no JSON") from None
    if not isinstance(said, dict):
        raise ValueError("its metadata record is no JSON object")
    return said


def _text(said: dict[str, Any], name: str) -> str | None:
    value = said.get(name)
    return value if isinstance(value, str) else None


def _whole(said: dict[str, Any], name: str) -> int | None:
    value = said.get(name)
    return value if isinstance(value, int) and 0 <= value < 2**63 else None
