"""A folder of HTML files as captures: where each was fetched is found in a manifest, or in what the page says of itself.

Nobody knows the heads that such a file came with: there are none, and the capture says so. Its time is the manifest's, else the one that
the program which saved it wrote into it, else that of the file's last change.
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from archive.intake.arrival import PAGE_LIMIT, Arrival, Brought, Dated, Source, Unreadable
from archive.intake.files import PAGES
from archive.intake.manifest import Listed, when
from archive.keys import fetch_url
from archive.model import Capture

_HEAD = 256 * 1024  # bytes in which a page says where it is from
_TAG = re.compile(rb"<(link|meta)\b([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"([a-zA-Z:-]{1,30})\s{0,9}=\s{0,9}(?:\"([^\"]{0,3000})\"|'([^']{0,3000})'|([^\s\"'>]{1,3000}))")
_SAVED_FROM = re.compile(rb"<!--\s{0,9}saved from url=\(\d{1,5}\)(\S{1,3000})\s{0,9}-->", re.IGNORECASE)
_SINGLE_FILE = re.compile(rb"Page saved with SingleFile\s{0,20}url:\s{0,9}(\S{1,3000})(?:\s{1,20}saved date:\s{0,9}([^\r\n]{1,80}))?")
_JS_DATE = re.compile(r"\w{3} (\w{3} \d{2} \d{4} \d{2}:\d{2}:\d{2}) GMT([+-]\d{4})")


def arrivals(folder: Path, manifest: Mapping[str, Listed], *, start: int = 0) -> Iterator[tuple[int, Brought]]:
    """(number, page) of each file, in the order of their paths, from number `start` on; a path that is a file is taken alone.

    Links are not followed. Raises OSError where the folder cannot be read.
    """
    for number, path in enumerate(files(folder)):
        if number >= start:
            yield number, _page(path, path.relative_to(folder).as_posix() if path != folder else path.name, number, manifest)


def files(folder: Path) -> Iterator[Path]:
    """HTML files, in the order of their paths."""
    if not folder.is_dir():
        yield folder
        return
    for where, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(where, name)
            if name.lower().endswith(PAGES) and path.is_file() and not path.is_symlink():
                yield path


def _page(path: Path, name: str, number: int, manifest: Mapping[str, Listed]) -> Brought:
    try:
        with path.open("rb") as file:
            body = file.read(PAGE_LIMIT + 1)
            changed = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
    except OSError as problem:
        return Unreadable(number, f"{name}: {problem.strerror}")
    listed = manifest.get(name, Listed(None, None))
    name = os.fsencode(name).decode("utf-8", "replace")
    saved_url, saved_at = stated(body)
    url = fetch_url(listed.url or saved_url or "")
    if url is None:
        return Unreadable(number, f"{name}: nothing says which URL it is from (a manifest, rel=canonical, og:url, or a comment)")
    at, dated = _time(listed, saved_at, changed)
    cut = len(body) > PAGE_LIMIT
    capture = Capture(
        url=url, role="page", fetched_at=at, body=body[:PAGE_LIMIT], mime="text/html", truncated="length" if cut else None,
        error=f"the file is larger than {PAGE_LIMIT / 1_000_000:g} MB: the rest was left out" if cut else None,
    )  # fmt: skip
    return Arrival(capture, Source(0, name, "made", dated))


def _time(listed: Listed, saved_at: datetime | None, changed: datetime) -> tuple[datetime, Dated]:
    if listed.fetched_at is not None:
        return listed.fetched_at, "manifest"
    return (saved_at, "page") if saved_at is not None else (changed, "file")


def stated(body: bytes) -> tuple[str | None, datetime | None]:
    """(URL, time of saving) as a page says it: a comment of the program that saved it, else rel=canonical, else og:url."""
    head = body[:_HEAD]
    if found := _SINGLE_FILE.search(head):
        return _text(found[1]), _saved(_text(found[2] or b""))
    if found := _SAVED_FROM.search(head):
        return _text(found[1]), None
    named: dict[str, str] = {}
    for tag in _TAG.finditer(head):
        fields = {one[1].lower(): _text(one[2] or one[3] or one[4] or b"") for one in _ATTRIBUTE.finditer(tag[2])}
        if "canonical" in fields.get(b"rel", "").lower().split():
            named.setdefault("canonical", fields.get(b"href", ""))
        if fields.get(b"property", fields.get(b"name", "")).lower() == "og:url":
            named.setdefault("og:url", fields.get(b"content", ""))
    return next((url for key in ("canonical", "og:url") if (url := named.get(key)) and fetch_url(url)), None), None


def _saved(text: str) -> datetime | None:
    """`Sun Nov 22 2026 10:00:00 GMT+0000 (UTC)`, as SingleFile writes it."""
    if found := _JS_DATE.match(text):
        try:
            return datetime.strptime(f"{found[1]} {found[2]}", "%b %d %Y %H:%M:%S %z").astimezone(UTC)
        except ValueError:
            return None
    return when(text)


def _text(raw: bytes) -> str:
    return html.unescape(raw.decode("utf-8", "replace")).strip()
