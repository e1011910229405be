"""A consistent copy of a whole archive, made while it is in use; and what can be told of a copy by looking at it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.errors import ArchiveDamaged, ArchiveError, OutputError
from archive.store import bodies
from archive.store.connect import Store, open_reader, telling

COUNTED = ("runs", "captures", "bodies", "polls", "entries")  # only ever added to while a copy is made
SAMPLE = 200  # bodies that are read back from a copy, spread over it
_LOOK = 0.2  # seconds between two looks at how far a copy is
_OPCODES = 2000  # between two calls of the progress handler: some tenths of a millisecond
_SPARE = 16 * 2**20  # bytes that have to stay free on the disk of a copy

Tell = Callable[[int, int], None]  # bytes done, bytes in all


def needed(store: Store) -> int:
    """Bytes that a copy takes: what is in use, without what is free inside the file."""
    sql = "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
    return int(store.conn.execute(sql).fetchone()[0])


def copy(store: Store, target: Path, tell: Tell = lambda *_: None) -> None:
    """Writes all of it to `target`, which must not be there, and syncs it. Runs may write meanwhile; their WAL only grows longer.

    Raises OutputError where the file cannot be made, ArchiveError where its disk has no space, ArchiveDamaged where the source cannot
    be read to the end; then, and when it is ended early, nothing is left at `target`.
    """
    _has_space(store, target)
    with _new_file(target, like=store.path):
        _vacuum_into(store, target, tell)
        with target.open("rb") as file:  # no connection of ours has it open: see `recognise`
            os.fsync(file.fileno())


def _has_space(store: Store, target: Path) -> None:
    try:
        free = shutil.disk_usage(target.parent).free
    except OSError as problem:
        raise _cannot_make(target, problem) from problem
    if (need := needed(store) + _SPARE) > free:
        raise ArchiveError(
            f"a copy of {store.path} needs {need / 1e6:,.1f} MB in {target.parent}, and {free / 1e6:,.1f} MB are free there",
            hint="free some space, or name a folder on another disk",
        )


@contextmanager
def _new_file(target: Path, *, like: Path) -> Iterator[None]:
    """An empty file that may be read by those who may read the archive; gone again unless all went well."""
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, like.stat().st_mode & 0o777))
    except OSError as problem:
        raise _cannot_make(target, problem) from problem
    try:
        yield
    except BaseException:
        for leftover in (target, Path(f"{target}-journal"), Path(f"{target}-wal"), Path(f"{target}-shm")):
            leftover.unlink(missing_ok=True)
        raise


def _cannot_make(target: Path, problem: OSError) -> OutputError:
    return OutputError(f"cannot make {target}: {problem.strerror}", hint="its folder must exist and be writable by this user")


def _vacuum_into(store: Store, target: Path, tell: Tell) -> None:
    total, looked = needed(store), 0.0

    def look() -> int:
        nonlocal looked
        if time.monotonic() - looked >= _LOOK:
            looked = time.monotonic()
            tell(min(total, target.stat().st_size), total)
        return 0

    guarded = bool(store.conn.execute("PRAGMA query_only").fetchone()[0])
    store.conn.execute("PRAGMA query_only=OFF")  # it means the other file as well
    store.conn.set_progress_handler(look, _OPCODES)
    try:
        with telling(target):
            store.conn.execute("VACUUM INTO ?", (str(target.absolute()),))
    except ArchiveDamaged as problem:
        raise ArchiveDamaged(f"{store.path} is damaged: {problem.__cause__}", hint="`wirecopy verify` says what is damaged") from problem
    except ArchiveError as problem:
        if getattr(problem.__cause__, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_INTERRUPT:
            raise KeyboardInterrupt from problem  # raised while the progress was looked at: SQLite had to be ended first
        raise
    finally:
        store.conn.set_progress_handler(None, 0)
        store.conn.execute(f"PRAGMA query_only={int(guarded)}")


def counts(store: Store) -> dict[str, int]:
    """Rows of the tables that are only added to."""
    with telling(store.path, reading=True):
        return {name: int(store.conn.execute(f"SELECT count(*) FROM {name}").fetchone()[0]) for name in COUNTED}  # noqa: S608 - our own


def identity(store: Store) -> str | None:
    """identity.id; None in an archive from before there was one."""
    try:
        row = store.conn.execute("SELECT id FROM identity").fetchone()
    except sqlite3.OperationalError:
        return None
    return str(row[0]) if row else None


def newest(store: Store) -> str | None:
    """When its newest run began; None where there was none."""
    return store.conn.execute("SELECT max(started_at) FROM runs").fetchone()[0]  # type: ignore[no-any-return]


def look_over(path: Path, tell: Callable[[int], None] = lambda _: None, *, sample: int = SAMPLE) -> tuple[dict[str, int], list[str]]:
    """(rows by table, what is wrong): the file's structure, and some bodies, spread over it, read back against their digests.

    `tell` is called with the bodies read so far. Raises ArchiveError where the file is no archive, or no whole one.
    """
    with open_reader(path) as store, telling(path, reading=True):
        wrong = [f"file: {line}" for (line,) in store.conn.execute("PRAGMA quick_check(20)") if line != "ok"]
        wrong += [] if wrong else _sample(store, sample, tell)
        return counts(store), wrong


def _sample(store: Store, most: int, tell: Callable[[int], None]) -> list[str]:
    first, last = store.conn.execute("SELECT coalesce(min(id), 0), coalesce(max(id), -1) FROM bodies").fetchone()
    step, wrong, body_id = max(1, (last - first + 1) // most), [], first
    for done in range(1, most + 2):
        row = store.conn.execute("SELECT id FROM bodies WHERE id >= ? ORDER BY id LIMIT 1", (body_id,)).fetchone()
        if row is None or body_id > last:
            break
        if (damage := bodies.damage(store, int(row[0]))) is not None:
            wrong.append(damage)
        body_id = max(int(row[0]) + 1, body_id + step)
        tell(done)
    return wrong
