"""sources.toml for a process that stays: checked when it changes, kept as it was when it was last good, handed to each run."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from archive.errors import ArchiveError
from crawler.sources import load

Mark = tuple[int, int, int] | None  # of a file: changes when somebody writes to it; None: it is not there


class Kept:
    """sources.toml as it was when it was last good: a file beside the archive, for the runs alone to read."""

    def __init__(self, path: Path, archive: Path) -> None:
        self._path, self._copy = path, archive.with_name(archive.name + ".daemon.toml")
        self._data, self._written, self._seen = b"", False, mark(path)
        self._counts = ""

    def read(self) -> None:
        """Reads and checks the file. Raises SourcesError, and keeps what it had."""
        self._seen = mark(self._path)  # first: an edit from here on is seen as one
        sources = load(self._path)
        with suppress(OSError):
            self._data, self._written = self._path.read_bytes(), False
        self._counts = f"{sum(len(one.feeds) for one in sources.outlets)} feeds of {len(sources.outlets)} outlets"

    def changed(self) -> bool:
        """Whether somebody has written to the file since it was last read, good or not."""
        return mark(self._path) != self._seen

    def copy(self) -> Path:
        """Where the runs find it: written in one step, for this user alone (URLs may hold credentials). Raises ArchiveError."""
        if not self._written:
            fresh = self._copy.with_name(self._copy.name + ".new")
            try:
                fresh.unlink(missing_ok=True)
                with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:  # noqa: PTH123 - its mode matters
                    out.write(self._data)
                fresh.replace(self._copy)
            except OSError as problem:
                raise ArchiveError(
                    f"cannot write {self._copy}: {problem.strerror}", hint="free some space, or mend the folder"
                ) from problem
            self._written = True
        return self._copy

    def forget(self) -> None:
        with suppress(OSError):
            self._copy.unlink(missing_ok=True)

    def __str__(self) -> str:
        return f"{self._path}, {self._counts}"


def mark(path: Path) -> Mark:
    """What tells one state of a file from another, without reading it."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns)
