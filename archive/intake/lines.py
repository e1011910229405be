"""Lines of JSON as captures: {"url", "html" or "html_base64", "fetched_at"}. Pure.

A line with a text and no page is refused: an archive keeps pages as they were received and makes its texts of them, so that a cleaner can
read them again. A text without its page cannot be checked, read again, or told from what somebody made of it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import IO, Any

from archive.intake.arrival import PAGE_LIMIT, Arrival, Brought, Source, Unreadable
from archive.intake.manifest import when
from archive.keys import fetch_url
from archive.model import Capture

MAX_LINE = 4 * PAGE_LIMIT  # bytes: a page of the largest size, every character of it escaped
_HTML, _BASE64, _TIMES = ("html", "raw_html"), ("html_base64", "raw_base64", "raw"), ("fetched_at", "crawled_at", "timestamp", "date")


def arrivals(file: IO[bytes], *, start: int = 0) -> Iterator[tuple[int, Brought]]:
    """(number, page) of each line, counted from 1, beyond line `start`. Raises OSError where the file cannot be read."""
    number = 0
    while line := file.readline(MAX_LINE):
        number += 1
        whole = line.endswith(b"\n") or len(line) < MAX_LINE
        while not whole and (rest := file.readline(MAX_LINE)):
            whole = rest.endswith(b"\n")
        if number <= start or not line.strip():
            continue
        if len(line) == MAX_LINE and not line.endswith(b"\n"):
            yield number, Unreadable(number, f"the line is longer than {MAX_LINE / 1_000_000:g} MB")
        else:
            yield number, _page(line, number)


def _page(line: bytes, number: int) -> Brought:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return Unreadable(number, "the line is no JSON")
    if not isinstance(said, dict):
        return Unreadable(number, "the line is no JSON object")
    url = fetch_url((_first(said, ("url", "uri", "link")) or "").encode("utf-8", "replace").decode())
    if url is None:
        return Unreadable(number, "the line has no http(s) URL (url)")
    try:
        body, charset = _body(said)
        at = when(_first(said, _TIMES) or "")
    except ValueError as problem:
        return Unreadable(number, str(problem))
    if body is None:
        text = " It has a text alone: pages are kept as they were received, and texts made of them." if said.get("text") else ""
        return Unreadable(number, f"the line holds no page (html or html_base64).{text}")
    if at is None:
        return Unreadable(number, "the line does not say when the page was fetched (fetched_at, with its zone: 2026-11-22T10:00:00Z)")
    cut = len(body) > PAGE_LIMIT
    capture = Capture(
        url=url, role="page", fetched_at=at, body=body[:PAGE_LIMIT], mime="text/html", charset=charset,
        truncated="length" if cut else None, status=_status(said),
        error=f"the body is larger than {PAGE_LIMIT / 1_000_000:g} MB: the rest was left out" if cut else None,
    )  # fmt: skip
    return Arrival(capture, Source(number, None, "made", "manifest"))


def _body(said: dict[str, Any]) -> tuple[bytes | None, str | None]:
    """(page, charset): a text was decoded by somebody, and goes back into UTF-8; bytes stay what they are. Raises ValueError."""
    if coded := _first(said, _BASE64):
        try:
            return base64.b64decode(coded, validate=True), None
        except ValueError:
            raise ValueError("its base64 cannot be decoded") from None
    text = _first(said, _HTML)
    return (None, None) if text is None else (text.encode("utf-8", "replace"), "utf-8")


def _first(said: dict[str, Any], names: tuple[str, ...]) -> str | None:
    return next((value for name in names if isinstance(value := said.get(name), str) and value), None)


def _status(said: dict[str, Any]) -> int | None:
    value = said.get("status")
    return value if isinstance(value, int) and 100 <= value < 600 else None
