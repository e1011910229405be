"""Where an export is written: beside its name until it is whole, with a small state file by which it goes on after an interruption.

    OUT.part, OUT.part.json     an export that is not finished: the data, and how far it is
    OUT                         the same data, renamed in one step when it is whole
    OUT.export.json             with --append: what OUT holds, and up to where; here OUT itself grows

What the state says is on the disk before the state is. What the data has beyond it came of a work that was killed, and is cut off.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from archive.errors import ArchiveLocked, OutputBroken, OutputError

_VERSION = 1  # of the state file


@dataclass(frozen=True, slots=True)
class State:
    """How far an export is."""

    job: dict[str, Any]  # what is exported, how, and from which archive: another job never goes on with it
    last: int  # articles up to this id are taken
    mark: int | None = None  # the capture that article `last` is of: ids of articles that were taken back may be given again
    since: int = 0  # articles beyond this id are taken: with --append, those that came after the last time
    after: int = 0  # articles up to this id are done; where partitions are written one by one: of the present one
    partition: str = ""  # the partition that is under way, or was done last
    size: int = 0  # bytes of the data that are whole
    articles: int = 0  # that are in it
    files: int = 0  # written to a folder
    done: bool = False
    table: int = 0  # bytes that are whole of a table beside the files


@dataclass(frozen=True, slots=True)
class Manner:
    """How an output is written."""

    append: bool = False  # add what is new to what an earlier export of this manner has written
    force: bool = False  # begin anew, whatever is there
    quiet: bool = False  # say nothing but errors


class Place:
    """One output, a file or a folder. One process at a time writes it."""

    def __init__(self, out: Path, manner: Manner = Manner(), *, folder: bool = False) -> None:
        self.out, self.append, self.folder = out, manner.append, folder
        self.data = out if manner.append else out.with_name(out.name + ".part")
        self._forced = manner.force
        self._state = out.with_name(out.name + (".export.json" if manner.append else ".part.json"))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Holds the output against other processes, its data there. Raises OutputError, ArchiveLocked where another one writes it."""
        with telling(self.out):
            handle = self._take()
            try:
                if self._forced:
                    self._clear()
                yield
            finally:
                os.close(handle)

    def _take(self) -> int:
        """The lock on the data, once the output is found fit: an OS lock, which ends with its process."""
        while True:
            self._check()
            handle = self._open()
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if self.data.exists() and os.path.samestat(os.fstat(handle), self.data.stat()):
                    return handle
            except BlockingIOError:
                os.close(handle)
                raise ArchiveLocked(f"another export is at work on {self.out}", hint="let it finish, or name another file") from None
            os.close(handle)  # another process has finished it, or begun it anew, since it was opened

    def find(self, job: dict[str, Any]) -> State | None:
        """How far the same job is; None where nothing was begun. Raises OutputError where it is another job's."""
        try:
            content = json.loads(self._state.read_text("utf-8"))
            if content.pop("version") != _VERSION:
                raise ValueError("another version")
            state = State(**content)
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, KeyError, AttributeError) as problem:
            raise OutputError(f"{self._state} cannot be read ({problem})", hint="--force begins anew") from problem
        for name in sorted(job.keys() | state.job.keys()):
            if job.get(name) != state.job.get(name):
                raise OutputError(
                    f"{self.data} was begun with {name} {_shown(state.job.get(name))}, and is asked for with {_shown(job.get(name))}",
                    hint="give the same command to go on with it; or --force to begin anew",
                )
        return state

    def keep(self, state: State) -> None:
        """Replaces the state in one step."""
        fresh = self._state.with_name(self._state.name + ".new")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump({"version": _VERSION, **asdict(state)}, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._state)

    def finish(self, state: State) -> None:
        """The data stands whole under its own name. An export that may grow keeps its state."""
        if self.append:
            self.keep(replace(state, done=True))
        else:
            self._rename()
            self._state.unlink(missing_ok=True)
        sync(self.out.parent)

    def _rename(self) -> None:
        """A folder cannot take the place of another one in one step: the old one, which --force lets go, steps aside first."""
        old = self.out.with_name(self.out.name + ".old")
        if self.folder and self.out.exists():
            self.out.replace(old)
        self.data.replace(self.out)
        if self.folder and old.exists() and _ours(old):
            shutil.rmtree(old)

    def _check(self) -> None:
        if not self.out.parent.is_dir():
            raise OutputError(f"there is no folder {self.out.parent}", hint="make it first, or name another one")
        if self.out.is_dir() != self.folder and self.out.exists():
            raise OutputError(f"{self.out} is a {'file' if self.folder else 'folder'}", hint="name another one")
        there = self.out.exists() and not (self.folder and not any(self.out.iterdir()))  # an empty folder is as good as none
        if self.append and there != self._state.exists() and not self._forced:
            left, gone = (self.out, self._state) if there else (self._state, self.out)
            raise OutputError(
                f"{left} is there, but {gone} is not: nothing can be appended", hint="name another file; or --force to begin anew"
            )
        if self.folder and self.out.exists() and not _ours(self.out):
            raise OutputError(f"{self.out} is a folder that no export made: it is left as it is", hint="name another one")
        if not self.append and there and not self._forced:
            raise OutputError(f"{self.out} stands already", hint="name another one; or --force to replace it")

    def _clear(self) -> None:
        """What was begun goes; a finished output stays until the new one is whole, except where it is one that grows."""
        self._state.unlink(missing_ok=True)
        if not self.folder:
            os.truncate(self.data, 0)
        elif _ours(self.data):
            for path in self.data.iterdir():
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()

    def _open(self) -> int:
        if self.folder:
            self.data.mkdir(exist_ok=True)
            return os.open(self.data, os.O_RDONLY | os.O_CLOEXEC)
        return os.open(self.data, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)


MARK = ".wirecopy-export"  # an empty file in each folder that we made: nothing else is ever removed


@contextmanager
def telling(out: Path) -> Iterator[None]:
    """Turns errors of the system into ours."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (FileNotFoundError, FileExistsError, NotADirectoryError, PermissionError, IsADirectoryError) as problem:
        raise OutputError(
            f"cannot write {problem.filename or out}: {problem.strerror}", hint="check the path, and who may write there"
        ) from problem
    except OSError as problem:
        raise OutputBroken(
            f"{out} could not be written to the end: {problem.strerror}", hint="free some space; the same command goes on from there"
        ) from problem


def sync(folder: Path) -> None:
    """The names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems cannot
            os.fsync(handle)
    finally:
        os.close(handle)


def _ours(folder: Path) -> bool:
    """Whether an export made the folder, or nothing is in it."""
    return (folder / MARK).exists() or not any(folder.iterdir())


def _shown(value: object) -> str:
    return "none" if value in (None, {}, []) else json.dumps(value, ensure_ascii=False)
