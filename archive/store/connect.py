"""Opens the archive: recognises it, never replaces it, and says in words what is wrong with it."""

from __future__ import annotations

import os
import sqlite3
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlite_utils import Database

from archive.errors import ArchiveDamaged, ArchiveError, ArchiveForeign, ArchiveLocked, ArchiveMissing
from archive.migrations import APPLICATION_ID, migrations

BUSY_SECONDS = 30.0  # people's own `sqlite-utils` may hold the file for a moment
WAL_LIMIT = 64 * 2**20  # bytes: the WAL file is cut back to this after a checkpoint
_BASE_CACHE = 48 * 2**20  # bytes of decoded bases kept at hand


class Store:
    """One connection to one archive. Not thread-safe: it belongs to the thread that made it.

    `transaction()` is BEGIN IMMEDIATE: a deferred one that turns to writing fails at once when somebody else has written
    (SQLITE_BUSY_SNAPSHOT), whatever the timeout.
    """

    def __init__(self, path: Path, conn: sqlite3.Connection) -> None:
        self.path = path
        self.conn = conn
        self.bases: OrderedDict[int, bytes] = OrderedDict()
        self._bases_size = 0

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing. Raises ArchiveError in words when the disk is full, the file read-only, locked or damaged."""
        with telling(self.path):
            self.conn.execute("BEGIN IMMEDIATE")
            try:
                yield self.conn
                self.conn.execute("COMMIT")  # may fail as well: a small batch meets a full disk only here
            except BaseException:
                self._forget_bases()  # ids of bodies that are undone now may come again for other bytes
                # A full disk has rolled back already; going on in autocommit would write half records.
                if self.conn.in_transaction:
                    self.conn.execute("ROLLBACK")
                raise

    def remember_base(self, body_id: int, payload: bytes) -> bytes:
        self.bases[body_id] = payload
        self._bases_size += len(payload)
        while self._bases_size > _BASE_CACHE and len(self.bases) > 1:
            self._bases_size -= len(self.bases.popitem(last=False)[1])
        return payload

    def _forget_bases(self) -> None:
        self.bases.clear()
        self._bases_size = 0

    def checkpoint(self) -> None:
        """Moves what the WAL holds into the file; a reader that pins it only makes this do less."""
        with suppress(sqlite3.OperationalError):
            self.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        with suppress(sqlite3.Error):
            self.conn.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


def open_store(path: str | Path, *, create: bool = False, upgrade_loosely: bool = False) -> Store:
    """The archive at `path`, its schema brought up to date; made new where `create` allows and nothing is there.

    `upgrade_loosely`: rows may point at others that are not there yet, while the schema is brought up to date and afterwards.

    Raises ArchiveMissing, ArchiveForeign, ArchiveDamaged or ArchiveError; an existing file is never replaced.
    """
    path = Path(path)
    if not path.exists():
        _refuse_orphan(path)
        if not create:
            raise ArchiveMissing(f"no archive at {path}", hint="`wirecopy crawl` makes one; or name yours with --archive")
        _make(path)
    recognise(path)
    with telling(path):
        conn = _connect(path)
        try:
            conn.execute("PRAGMA journal_mode=WAL")
            if upgrade_loosely:
                conn.execute("PRAGMA foreign_keys=OFF")
            database = Database(conn, execute_plugins=False)
            if migrations.pending(database):
                migrations.apply(database)
        except BaseException:
            conn.close()
            raise
    return Store(path, conn)


def open_reader(path: str | Path, *, patience: float | None = None, cache: int | None = None) -> Store:
    """The archive at `path` for reading alone; a locked one is waited for `patience` seconds, else BUSY_SECONDS; with a `cache` of so many
    bytes. Raises as `open_store`."""
    path = Path(path)
    if not path.exists():
        _refuse_orphan(path)
        raise ArchiveMissing(f"no archive at {path}", hint="`wirecopy crawl` makes one; or name yours with --archive")
    recognise(path)
    with telling(path):
        try:
            conn = _connect(path, "?mode=ro", patience)
        except sqlite3.OperationalError as problem:
            if not _errorname(problem).startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")):
                raise
            # A read-only folder: WAL needs to write beside the file, unless the file is promised not to change.
            conn = _connect(path, "?immutable=1", patience)
        conn.execute("PRAGMA query_only=ON")
        if cache is not None:
            conn.execute(f"PRAGMA cache_size=-{cache // 1024}")
    return Store(path, conn)


def is_current(store: Store) -> bool:
    """Whether all steps of the schema have been taken: a reader takes none."""
    with telling(store.path, reading=True):
        return not migrations.pending(Database(store.conn, execute_plugins=False))


def _refuse_orphan(path: Path) -> None:
    """A WAL without its archive may hold the newest pages: a new archive under that name would have SQLite throw them away."""
    wal = Path(f"{path}-wal")
    with suppress(OSError):
        if wal.stat().st_size:
            raise ArchiveDamaged(
                f"{path} is gone, but its write-ahead log {wal.name} is there: an archive was removed or renamed without it",
                hint="put the archive back beside it; or move the log away to begin a new archive",
            )


def steps_missing(store: Store) -> tuple[list[str], list[str]]:
    """(steps of the schema that an archive has not taken, steps that it has taken and that are not known here)."""
    with telling(store.path, reading=True):
        taken = {row[0] for row in store.conn.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = 'wirecopy'")}
    known = [one.name for one in migrations._migrations]
    return [name for name in known if name not in taken], sorted(taken - set(known))


def recognise(path: Path) -> None:
    """Returns if the file is an archive of ours, by its header; writes nothing. Raises ArchiveForeign, ArchiveDamaged, ArchiveError.

    SQLite alone may open the file: a plain open() and close() drops the locks that this process's connections hold on it (POSIX
    locks belong to the process), and then the next program that closes the archive deletes the WAL under them.
    """
    try:
        size = path.stat().st_size
    except OSError as problem:
        raise ArchiveError(f"cannot read {path}: {problem.strerror}", hint="check the path and who may read it") from problem
    if not size:
        raise ArchiveDamaged(
            f"{path} is empty: an archive was emptied there, or the file is not one",
            hint="restore it from a backup; or, if its -wal file is still there, try `wirecopy recover`; or move it away to begin anew",
        )
    with telling(path, reading=True):
        if _application_id(path) != APPLICATION_ID:
            raise ArchiveForeign(f"{path} is an SQLite database, but not a wirecopy archive", hint="name another file with --archive")


def _application_id(path: Path) -> int:
    """The application id in the header, without locking and without a WAL: nothing is made beside a file that is not ours.

    A file whose last checkpoint was cut (a full disk, a crash) makes no sense without its WAL: it is asked again with it.
    """
    try:
        return _ask_application_id(path, "?mode=ro&immutable=1")
    except sqlite3.DatabaseError as problem:
        if _errorname(problem).startswith("SQLITE_CORRUPT") and Path(f"{path}-wal").exists():
            return _ask_application_id(path, "?mode=ro")
        if _errorname(problem) != "SQLITE_NOTADB":
            raise
        raise ArchiveForeign(
            f"{path} is not an SQLite database, or its first page is damaged",
            hint="if it was an archive, `wirecopy recover` saves what can be read; else name another file with --archive",
        ) from problem


def _ask_application_id(path: Path, mode: str) -> int:
    with closing(sqlite3.connect("file:" + _quoted(path.absolute()) + mode, uri=True)) as conn:
        return int(conn.execute("PRAGMA application_id").fetchone()[0])


@contextmanager
def telling(path: Path, *, reading: bool = False) -> Iterator[None]:
    """Turns SQLite's errors into ours: what happened, to which file, and what to do."""
    try:
        yield
    except sqlite3.Error as problem:
        raise in_words(path, problem, reading=reading) from problem


def _errorname(problem: sqlite3.Error) -> str:
    return getattr(problem, "sqlite_errorname", "") or ""


def in_words(path: Path | str, problem: sqlite3.Error, *, reading: bool = False) -> ArchiveError:
    """What SQLite says, as an error of ours."""
    name = _errorname(problem)
    text = str(problem)
    if reading and name.startswith(("SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_IOERR")):
        return ArchiveError(f"cannot read {path}: {text}", hint="check the path and who may read it")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return ArchiveLocked(f"{path} is locked by another program", hint="wait for it, or end it, and run again")
    if name.startswith("SQLITE_FULL"):
        return ArchiveError(f"no space left for {path}: nothing of the last batch was written", hint="free some space and run again")
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return ArchiveDamaged(
            f"{path} is damaged: {text}", hint="keep the file; `wirecopy verify` says what is damaged, `wirecopy recover` saves the rest"
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return ArchiveError(f"cannot write to {path}: {text}", hint="the file and its folder must be writable by this user")
    if text.startswith(("no such column", "no such table")):  # a reader changes nothing: it meets tables as they were left
        return ArchiveError(
            f"{path} was last written by another version of wirecopy ({text})", hint="`wirecopy crawl` brings it up to date"
        )
    if reading:
        return ArchiveError(f"cannot read {path}: {text}", hint="`wirecopy verify` says whether the archive is sound")
    return ArchiveError(f"{path}: {text}", hint="nothing of the last batch was written; run again")


def _connect(path: Path, mode: str = "?mode=rw", patience: float | None = None) -> sqlite3.Connection:
    uri = "file:" + _quoted(path.absolute()) + mode
    timeout = BUSY_SECONDS if patience is None else patience
    conn = sqlite3.connect(uri, uri=True, timeout=timeout, isolation_level=None, check_same_thread=False)
    try:
        conn.execute("PRAGMA foreign_keys=ON")
        conn.execute("PRAGMA synchronous=FULL")  # NORMAL may lose acknowledged pages on power loss
        conn.execute(f"PRAGMA journal_size_limit={WAL_LIMIT}")
        conn.execute("PRAGMA cache_size=-32768")
        conn.execute("SELECT 1 FROM sqlite_schema").fetchone()
    except BaseException:
        conn.close()
        raise
    return conn


def _quoted(path: Path) -> str:
    return str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _make(path: Path) -> None:
    """A new archive appears under its name in one step, complete: a crash leaves nothing that could be taken for one."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with telling(path), suppress_leftovers(fresh):
            conn = sqlite3.connect(fresh, isolation_level=None)
            try:
                conn.execute("PRAGMA page_size=4096")
                conn.execute(f"PRAGMA application_id={APPLICATION_ID}")
                conn.execute("PRAGMA synchronous=FULL")
                migrations.apply(Database(conn, execute_plugins=False))
                conn.execute("PRAGMA journal_mode=WAL")
            finally:
                conn.close()
            os.link(fresh, path)  # fails where somebody else was faster: theirs stays
            sync_folder(path.parent)
    except FileExistsError:
        return
    except OSError as problem:
        raise ArchiveError(f"cannot make {path}: {problem.strerror}", hint="the folder must exist and be writable") from problem


@contextmanager
def suppress_leftovers(fresh: Path) -> Iterator[None]:
    try:
        yield
    finally:
        for leftover in (fresh, Path(f"{fresh}-wal"), Path(f"{fresh}-shm"), Path(f"{fresh}-journal")):
            with suppress(OSError):
                leftover.unlink()


def sync_folder(folder: Path) -> None:
    """Makes sure that names that came or went in a folder outlive a power loss."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
