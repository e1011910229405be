"""A list of a folder's files with their URLs and times: CSV with a head, or lines of JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from archive.errors import InputError, InputMissing

_NAMES = {"file": ("file", "path", "filename"), "url": ("url",), "at": ("fetched_at", "date", "timestamp")}


@dataclass(frozen=True, slots=True)
class Listed:
    """What a manifest says of a file."""

    url: str | None
    fetched_at: datetime | None


def read(path: Path) -> dict[str, Listed]:
    """What it says, by the path of the file in the folder, with slashes. Kept in memory: some 300 bytes a file.

    Raises InputMissing, and InputError where a line cannot be read.
    """
    found: dict[str, Listed] = {}
    try:
        for number, row in _rows(path):
            values = {key: next((row[name].strip() for name in names if row.get(name)), None) for key, names in _NAMES.items()}
            if values["file"] is None:
                raise InputError(f"{path}, line {number}: it names no file", hint="a manifest has the columns file, url and fetched_at")
            found[values["file"].replace("\\", "/").removeprefix("./")] = Listed(values["url"], _at(path, number, values["at"]))
    except OSError as problem:
        raise InputMissing(f"cannot read {path}: {problem.strerror}", hint="check the path and who may read it") from problem
    except (UnicodeDecodeError, csv.Error) as problem:
        raise InputError(f"{path} is no table in UTF-8: {problem}", hint="a manifest is CSV with a head, or lines of JSON") from problem
    return found


def when(text: str) -> datetime | None:
    """A time with its zone, ISO 8601; `20261122100000` counts as UTC, as in CDX files. None for anything else: no zone is guessed."""
    text = text.strip()
    try:
        if text.isascii() and text.isdecimal() and len(text) == 14:
            return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        if path.name.lower().endswith((".jsonl", ".ndjson")):
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, _object(path, number, line)
            return
        for number, row in enumerate(csv.DictReader(file), 2):
            yield number, {str(name).strip().lower(): value for name, value in row.items() if isinstance(value, str)}


def _object(path: Path, number: int, line: str) -> dict[str, str]:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise InputError(f"{path}, line {number}: no JSON object", hint="each line is an object with file, url and fetched_at")
    return {name: value for name, value in said.items() if isinstance(value, str)}


def _at(path: Path, number: int, text: str | None) -> datetime | None:
    if text is None:
        return None
    found = when(text)
    if found is None:
        raise InputError(f"{path}, line {number}: {text[:40]!r} is no time with a zone", hint="write it as 2026-11-22T10:00:00Z")
    return found
