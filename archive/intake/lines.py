"""Lines of JSON as captures: a page with its URL and time, or a text alone, as collections of texts have it. Pure.

A page is {"url", "html" or "html_base64", "fetched_at"}. A text without its page is kept as the object itself, byte for byte, under a media
type of its own, and read by `archive.clean.text_record`. Fields have the names that collections give them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import IO, Any

from archive.clean.text_record import TEXTS, paragraphs_of
from archive.intake.arrival import PAGE_LIMIT, Arrival, Brought, Dated, Source, Unreadable
from archive.intake.elements import TooLong, elements
from archive.intake.manifest import when
from archive.keys import fetch_url
from archive.model import TEXT_RECORD, Capture

_URLS = ("url", "uri", "link", "original_url", "source_url", "canonical_url", "permalink")
_PERHAPS = ("source", "id", "guid")  # an address in some collections (trafilatura's, feeds'); elsewhere a name, or an outlet's home page
_HTML, _BASE64 = ("html", "raw_html"), ("html_base64", "raw_base64", "raw")
_TIMES = ("fetched_at", "crawled_at", "date_download", "downloaded_at", "retrieved_at", "accessed_at", "warc_date", "timestamp")
_PAGE_TIMES = (*_TIMES, "date")  # of a text, `date` is when it was published
_OURS = "wirecopy/article/1"


def arrivals(file: IO[bytes], changed: datetime, *, start: int = 0) -> Iterator[tuple[int, Brought]]:
    """(number, page or text) of each line, or element of a list, counted from 1, beyond number `start`.

    `changed`: when the file was, by which a text is dated that does not say when it was fetched. Raises OSError where it cannot be read.
    """
    for number, element in enumerate(elements(file), 1):
        if number <= start:
            continue
        if isinstance(element, TooLong):
            yield number, Unreadable(number, element.reason)
        elif element.strip():
            yield number, _brought(element, number, changed)


def _brought(element: bytes, number: int, changed: datetime) -> Brought:
    try:
        said = json.loads(element)
    except (ValueError, RecursionError):
        return Unreadable(number, "the line is no JSON")
    if not isinstance(said, dict):
        return Unreadable(number, "the line is no JSON object")
    url = _url(said)
    if url is None:
        return Unreadable(number, "the line has no http(s) URL (url, link): pages and texts are told apart by their address")
    try:
        body, charset = _body(said)
    except ValueError as problem:
        return Unreadable(number, str(problem))
    at = when(_first(said, _TIMES if body is None else _PAGE_TIMES) or "")
    if body is None:
        return _text(element, said, url, number, at, changed)
    if at is None:
        return Unreadable(number, "the line does not say when the page was fetched (fetched_at, with its zone: 2026-11-22T10:00:00Z)")
    cut = len(body) > PAGE_LIMIT
    capture = Capture(
        url=url, role="page", fetched_at=at, body=body[:PAGE_LIMIT], mime="text/html", charset=charset,
        truncated="length" if cut else None, status=_status(said),
        error=f"the body is larger than {PAGE_LIMIT / 1_000_000:g} MB: the rest was left out" if cut else None,
    )  # fmt: skip
    return Arrival(capture, Source(number, None, "made", "manifest"))


def _text(element: bytes, said: dict[str, Any], url: str, number: int, at: datetime | None, changed: datetime) -> Brought:
    """A text alone: the payload is what stands in the file, white space around it left out."""
    body = element.removeprefix(b"\xef\xbb\xbf").strip()
    if len(body) > PAGE_LIMIT:
        return Unreadable(number, f"the line is longer than {PAGE_LIMIT / 1_000_000:g} MB, which no article is")
    if not paragraphs_of(said):
        return Unreadable(number, f"the line holds neither a page (html, html_base64) nor a text ({', '.join(TEXTS[:2])}, content ...)")
    dated: Dated = "manifest" if at is not None else "file"
    capture = Capture(url=url, role="page", fetched_at=at or changed, body=body, mime=TEXT_RECORD)
    return Arrival(capture, Source(number, None, "made", dated), said=_ours(said, url))


def _ours(said: dict[str, Any], url: str) -> dict[str, Any]:
    """What `wirecopy export jsonl` says of the page that the text was read of, as a WARC file of ours says it."""
    if said.get("schema") != _OURS:
        return {}
    page = {"url": url} | ({"first_seen_at": said["first_seen_at"]} if said.get("revision") == 1 and "first_seen_at" in said else {})
    return {"outlet": said.get("outlet"), "page": page, "read_of": said.get("body_sha256")}


def _url(said: dict[str, Any]) -> str | None:
    for name in (*_URLS, *_PERHAPS):
        value = said.get(name)
        url = fetch_url(value.encode("utf-8", "replace").decode()) if isinstance(value, str) else None
        if url is not None and (name in _URLS or url.rstrip("/").count("/") > 2 or "?" in url):
            return url
    return None


def _body(said: dict[str, Any]) -> tuple[bytes | None, str | None]:
    """(page, charset): a text was decoded by somebody, and goes back into UTF-8; bytes stay what they are. Raises ValueError."""
    if coded := _first(said, _BASE64):
        try:
            return base64.b64decode(coded, validate=True), None
        except ValueError:
            raise ValueError("its base64 cannot be decoded") from None
    text = _first(said, _HTML)
    return (None, None) if text is None else (text.encode("utf-8", "replace"), "utf-8")


def _first(said: dict[str, Any], names: Sequence[str]) -> str | None:
    return next((value for name in names if isinstance(value := said.get(name), str) and value), None)


def _status(said: dict[str, Any]) -> int | None:
    value = said.get("status")
    return value if isinstance(value, int) and 100 <= value < 600 else None
