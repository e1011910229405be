"""`wirecopy restore` on one screen: the backup is looked over and copied, the old archive gets another name, the copy takes its place."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from archive.backup import SOURCES, copy_file, sync_folder
from archive.errors import ArchiveDamaged, ArchiveError, ArchiveLocked, OutputError
from archive.lock import clean_lock, compact_lock, keeping_lock, run_lock
from archive.store import copying
from archive.store.connect import open_reader, open_store, telling
from archive.verify import audit, body_count

_PATIENCE = 2000  # milliseconds for which other programs may have the archive open

Tell = Callable[[str, int, int], None]  # what is done, how much of it, of how much


@dataclass(frozen=True, slots=True)
class Restored:
    """What stands there now."""

    bodies: int
    newest: str | None  # when the newest run that it knows of began
    kept: Path | None  # the archive that was there before; None: none was
    sources: Path | None  # where the backup's sources.toml was put; None: nowhere
    sources_beside: Path | None  # the backup's sources.toml, where it was not put anywhere since one stands there already


def restore(
    backup: Path, archive: Path, *, force: bool, now: datetime, sources: Path | None = None, full: bool = False,
    tell: Tell = lambda *_: None,
) -> Restored:  # fmt: skip
    """Puts a copy of `backup` in the place of `archive`. At every moment a whole archive stands there, the old one or the new one.

    With `force` an archive that is there is kept under another name beside it; without, OutputError is raised. Raises ArchiveDamaged
    where the backup is not sound, ArchiveLocked while something is at work on the archive.
    """
    open_reader(backup).close()  # a missing or foreign file is told of before locks are made beside the archive
    if archive.exists() and backup.samefile(archive):
        raise OutputError(f"{backup} is the archive itself", hint="name a backup")
    with ExitStack() as held:
        for lock in (keeping_lock, run_lock, clean_lock, compact_lock):
            held.enter_context(lock(archive))
        if archive.exists() and not force:
            raise OutputError(f"{archive} is there already", hint="--force keeps it under another name and puts the backup in its place")
        _look_over(backup, "Reading the backup", full=full, tell=tell)
        fresh = archive.with_name(f".{archive.name}.restored")
        _remove(fresh)
        with open_reader(backup) as store:
            copying.copy(store, fresh, lambda done, total: tell("Copying", done, total))
        bodies = _look_over(fresh, "Reading back", full=full, tell=tell)
        with open_reader(fresh) as store:
            newest = copying.newest(store)
        kept = _take_its_place(archive, fresh, now)
        placed, beside = _sources(backup, sources)
    return Restored(bodies, newest, kept, placed, beside)


def _look_over(path: Path, what: str, *, full: bool, tell: Tell) -> int:
    """How many bodies it has. Raises ArchiveDamaged."""
    if full:
        with open_reader(path) as store:
            total, done = body_count(store), iter(range(1, 2**62))
            wrong = audit(store, lambda: tell(what, next(done), total)).failures
    else:
        rows, wrong = copying.look_over(path, lambda done: tell(what, done, copying.SAMPLE))
        total = rows["bodies"]
    if wrong:
        raise ArchiveDamaged(
            f"{path} is not sound ({len(wrong):,} failures, the first: {wrong[0]})",
            hint="nothing was changed: take another backup; `wirecopy verify -a BACKUP` lists all",
        )
    return total


def _take_its_place(archive: Path, fresh: Path, now: datetime) -> Path | None:
    """The copy becomes the archive. A WAL of the old one must be gone before: SQLite would write it into the new one."""
    kept = archive.with_name(f"{archive.stem}-before-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}{archive.suffix}")
    if not archive.exists():
        _set_aside(archive, kept)
    else:
        _settle(archive)
        _keep(archive, kept)
    for beside in ("-wal", "-shm", "-journal"):
        Path(f"{archive}{beside}").unlink(missing_ok=True)
    sync_folder(archive.parent)
    there = archive.exists()
    fresh.rename(archive)
    sync_folder(archive.parent)
    return kept if there else None


def _settle(archive: Path) -> None:
    """Moves what the WAL holds into the old file and ends its WAL mode, so that it is whole by itself. A damaged one stays as it is.

    SQLite refuses that while anybody has the file open, and so does this: the last one to close it would delete the WAL by its name,
    which is the new archive's by then.
    """
    try:
        with open_store(archive) as store, telling(archive):
            store.conn.execute(f"PRAGMA busy_timeout={_PATIENCE}")
            store.conn.execute("PRAGMA journal_mode=DELETE")
    except ArchiveLocked as problem:
        raise ArchiveLocked(f"another program has {archive} open", hint="end it (sqlite-utils, Datasette), and run again") from problem
    except ArchiveError:
        return


def _keep(archive: Path, kept: Path) -> None:
    """A second name for the old file, and copies of what lies beside it: it never goes without one."""
    try:
        os.link(archive, kept)
    except FileExistsError:
        raise OutputError(f"{kept} is there already", hint="move it away, and run again") from None
    except OSError:  # a file system without hard links
        shutil.copy2(archive, kept)
    for beside in ("-wal", "-journal"):
        with suppress(FileNotFoundError):
            shutil.copy2(f"{archive}{beside}", f"{kept}{beside}")


def _set_aside(archive: Path, kept: Path) -> None:
    """A WAL without its archive is of no use to anybody but the curious: it is kept, out of the way."""
    for beside in ("-wal", "-journal"):
        with suppress(FileNotFoundError):
            Path(f"{archive}{beside}").rename(f"{kept}{beside}")


def _remove(fresh: Path) -> None:
    """What a restore that was killed left behind."""
    for leftover in (fresh, Path(f"{fresh}-wal"), Path(f"{fresh}-shm"), Path(f"{fresh}-journal")):
        leftover.unlink(missing_ok=True)


def _sources(backup: Path, sources: Path | None) -> tuple[Path | None, Path | None]:
    """(where the backup's sources.toml was put, where it lies): one that stands already is never touched."""
    beside = backup.with_suffix(SOURCES)
    if sources is None or not beside.is_file():
        return None, None
    if sources.exists():
        return None, None if sources.read_bytes() == beside.read_bytes() else beside
    try:
        copy_file(beside, sources)
    except OSError:
        return None, beside
    return sources, None
