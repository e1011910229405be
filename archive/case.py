"""A stored page as a test case in a folder: its bytes, what the cleaner knew beside them, and what it made of them today.

page.html       the bytes as received; page-2.html and so on, where the story has further pages
headers.json    headers, fetched_at, zone, agency, feed, furniture, further: the cleaner's other arguments; each may be missing
expected.json   url, and under `expected` what each field should be: today's reading, to be put right by hand
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from archive.errors import UsageError
from archive.model import Article, CleanTask, Entry, Further

_UNASKED = ("credits", "evidence", "reason")  # how an article was found, and in which words: not what a page says
_FEED = ("published_at", "updated_at", "embargo_until", "expires_at")  # times of an Entry


def folder_for(task: CleanTask) -> Path:
    """A name for the case, from its host and capture: letters, digits, dots and hyphens, and no credentials of the URL."""
    host = re.sub(r"[^a-z0-9.-]", "", urlsplit(task.url).netloc.rpartition("@")[2].lower()).strip(".-")
    return Path(f"{host or 'page'}-{task.capture_id}")


def write(folder: Path, task: CleanTask, article: Article) -> None:
    """Makes the folder and its files. Raises UsageError where it exists already or cannot be written."""
    known = {
        "headers": dict(task.headers),
        "fetched_at": task.fetched_at,
        "zone": task.timezone,
        "agency": task.agency,
        "feed": _said(task.entry),
        "furniture": sorted(task.furniture),
        "further": [{"url": page.url, "headers": dict(page.headers)} for page in task.further],
    }
    expected = {name: value for name, value in asdict(article).items() if name not in _UNASKED}
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise UsageError(f"{folder} exists already", hint="name another folder: a case is never overwritten") from None
    except OSError as problem:
        raise _unwritable(folder, problem) from problem
    try:
        (folder / "page.html").write_bytes(task.body)
        for number, page in enumerate(task.further, 2):
            (folder / f"page-{number}.html").write_bytes(page.body)
        (folder / "headers.json").write_bytes(_json({name: value for name, value in known.items() if value}))
        (folder / "expected.json").write_bytes(_json({"url": task.url, "expected": expected}))
    except OSError as problem:
        shutil.rmtree(folder, ignore_errors=True)  # half a case would be in the way of the next try
        raise _unwritable(folder, problem) from problem


def _unwritable(folder: Path, problem: OSError) -> UsageError:
    return UsageError(f"{folder} cannot be written: {problem.strerror}", hint="name a folder in a place where you may write")


def _said(entry: Entry | None) -> dict[str, object]:
    return {name: value for name, value in asdict(entry).items() if value} if entry else {}


def _json(content: dict[str, object]) -> bytes:
    text = json.dumps(content, ensure_ascii=False, indent=2, default=_as_text) + "\n"
    return text.encode("utf-8", "backslashreplace")  # half a surrogate pair becomes its escape, which JSON reads back


def _as_text(value: object) -> str:
    assert isinstance(value, datetime)  # noqa: S101 - nothing else of an Article or Entry is foreign to JSON
    return value.isoformat()


def arguments(folder: Path) -> dict[str, Any]:
    """The cleaner's arguments beside the bytes, as far as headers.json has them."""
    path = folder / "headers.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    out: dict[str, Any] = {}
    if "headers" in known:
        out["headers"] = known["headers"]
    if "fetched_at" in known:
        out["fetched_at"] = datetime.fromisoformat(known["fetched_at"])
    if "zone" in known:
        out["zone"] = ZoneInfo(known["zone"])
    if "agency" in known:
        out["agency"] = known["agency"]
    if "feed" in known:
        out["feed"] = _entry(known["feed"])
    if "furniture" in known:
        out["furniture"] = frozenset(known["furniture"])
    if "further" in known:
        bodies = [(folder / f"page-{number}.html").read_bytes() for number in range(2, 2 + len(known["further"]))]
        out["further"] = tuple(Further(page["url"], body, page["headers"]) for page, body in zip(known["further"], bodies, strict=True))
    return out


def _entry(said: dict[str, Any]) -> Entry:
    names = {field.name for field in fields(Entry)}
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items() if name in names}
    values |= {name: datetime.fromisoformat(values[name]) for name in _FEED if name in values}
    values = {"url": "", "url_given": ""} | values
    return Entry(**values)
