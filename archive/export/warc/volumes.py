"""The files of an export: written beside their names, taken up where they were left, renamed when all is whole.

`OUT.part` is the file that is written, `OUT.part.json` how far it is. After a kill the part is cut back to the last state that was
synced; every file begins with its warcinfo record, and a record is never split.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from archive.errors import OutputBroken, OutputError
from archive.warc.record import member

_EVERY = 200  # captures after which the state is synced: a kill costs what they took to write


class Volumes:
    """Writes gzip members into one file, or into as many as a largest size asks for."""

    def __init__(self, out: Path, asked: dict[str, Any], *, size: int | None, force: bool) -> None:
        """`asked`: what is exported; a part that was begun for something else is not gone on with. Raises OutputError."""
        self._out, self._asked, self._size, self._force = out, asked, size, force
        self._state_path = out.with_name(out.name + ".part.json")
        self._file: BinaryIO | None = None
        self._number, self._offset, self._since = 0, 0, 0
        self.state: dict[str, Any] = {}

    def begin(self, fresh: dict[str, Any]) -> dict[str, Any]:
        """The state to go on from: that of a part that was left, else `fresh`. Raises OutputError."""
        left = self._left()
        if left is None and not self._force:
            self._refuse_existing()
        self.state = left or fresh
        self._number, self._offset = self.state.get("volume", 0), self.state.get("offset", 0)
        with telling(self._out):
            self._file = self._part(self._number).open("r+b" if self._offset else "wb")
            self._file.truncate(self._offset)
            self._file.seek(self._offset)
        return self.state

    @property
    def name(self) -> str:
        """Of the file that is written, as it will be."""
        return self._path(self._number).name

    @property
    def is_empty(self) -> bool:
        """Nothing is in the present file: its warcinfo record comes first."""
        return self._offset == 0

    def write(self, records: list[bytes]) -> None:
        """The records, which stay together in one file."""
        assert self._file is not None  # noqa: S101 - begun
        with telling(self._out):
            for record in records:
                self._offset += self._file.write(member(record))

    def done(self, **state: Any) -> None:
        """All up to here is written as it should be: from here on the export can be gone on with."""
        self.state |= state
        self._since += 1
        if self._size is not None and self._offset >= self._size:
            self._next()
        elif self._since >= _EVERY:
            self.sync()

    def sync(self) -> None:
        """Makes the state one that survives a crash."""
        assert self._file is not None  # noqa: S101 - begun
        self._since = 0
        with telling(self._out):
            self._file.flush()
            os.fsync(self._file.fileno())
            written = {**self.state, "volume": self._number, "offset": self._offset, "asked": self._asked}
            replace(self._state_path, lambda path: path.write_text(json.dumps(written), encoding="utf-8"))

    def finish(self) -> list[Path]:
        """Gives the files their names; returns them."""
        self.sync()
        self._close()
        made = [self._path(number) for number in range(self._number + (0 if self.is_empty and self._number else 1))]
        with telling(self._out):
            for number, path in enumerate(made):
                if self._part(number).exists():  # a kill while they got their names has left some with theirs
                    self._part(number).replace(path)
            if self.is_empty and self._number:
                self._part(self._number).unlink()
            self._state_path.unlink()
        return made

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()

    def close(self) -> None:
        """Lets go of the file; what was written stays to be gone on with."""
        with suppress(OSError):
            self._close()

    def _next(self) -> None:
        self.sync()
        self._close()
        self._number, self._offset = self._number + 1, 0
        with telling(self._out):
            self._file = self._part(self._number).open("wb")
        self.sync()

    def _path(self, number: int) -> Path:
        if self._size is None:
            return self._out
        stem = self._out.name.removesuffix(".gz").removesuffix(".warc")
        return self._out.with_name(f"{stem}-{number + 1:05d}.warc.gz")

    def _part(self, number: int) -> Path:
        path = self._path(number)
        return path.with_name(path.name + ".part")

    def _refuse_existing(self) -> None:
        if self._path(0).exists():
            raise OutputError(f"{self._path(0)} is there already", hint="name another file, or replace it with --force")

    def _left(self) -> dict[str, Any] | None:
        try:
            left: dict[str, Any] = json.loads(self._state_path.read_text(encoding="utf-8"))
            volume, offset = int(left["volume"]), int(left["offset"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if left.get("asked") != self._asked:
            if self._force:
                return None
            raise OutputError(
                f"{self._state_path} is left of another export to this file", hint="end that one first, or begin anew with --force"
            )
        part = self._part(volume)
        return left if part.exists() and part.stat().st_size >= offset else None


def replace(path: Path, write: Callable[[Path], object]) -> None:
    """Writes a file beside its name and renames it: it is there whole, or not at all."""
    fresh = path.with_name(path.name + ".new")
    write(fresh)
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    fresh.replace(path)


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """Turns an error of the file system into ours."""
    try:
        yield
    except OSError as problem:
        what = f"cannot write {path}: {problem.strerror or problem}"
        if problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO):
            raise OutputBroken(what, hint="what is written is kept: with space for more, the same command goes on") from problem
        raise OutputError(what, hint="the folder must exist and be writable") from problem
