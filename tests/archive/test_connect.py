"""Opening: an archive is recognised, never replaced, appears whole, and what is wrong is said in words."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from archive.errors import ArchiveDamaged, ArchiveError, ArchiveForeign, ArchiveLocked, ArchiveMissing
from archive.migrations import APPLICATION_ID, TRIGGERS
from archive.store import bodies, connect
from archive.store.connect import Store, open_reader, open_store, recognise, telling
from tests.archive import parts
from tests.archive.parts import names

COUNT_RUNS = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); print(c.execute('SELECT count(*) FROM runs').fetchone()[0]); c.close()"


def in_another_process(code: str, *arguments: object) -> str:
    done = subprocess.run([sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, check=False)
    return done.stdout.strip() + done.stderr.strip()


def test_a_missing_archive_is_told_of_and_not_made(tmp_path: Path) -> None:
    for opened in (open_store, open_reader):
        with pytest.raises(ArchiveMissing, match=r"no archive at .*wirecopy\.db") as problem:
            opened(tmp_path / "wirecopy.db")
        assert problem.value.hint
    assert names(tmp_path) == []


def test_a_new_archive_appears_whole_and_nothing_else_with_it(tmp_path: Path) -> None:
    parts.new_store(tmp_path).close()
    assert names(tmp_path) == ["wirecopy.db"]
    conn = sqlite3.connect(tmp_path / "wirecopy.db")
    assert conn.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    assert conn.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert {row[0] for row in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")} == set(TRIGGERS)
    conn.close()


def test_an_archive_that_cannot_be_made_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError):
        open_store(tmp_path / "no such folder" / "wirecopy.db", create=True)
    assert names(tmp_path) == []


def test_a_new_archive_that_fails_half_way_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("disk is full")

    monkeypatch.setattr("archive.store.connect.migrations.apply", fail)
    with pytest.raises(ArchiveError):
        parts.new_store(tmp_path)
    assert names(tmp_path) == []


@pytest.mark.parametrize("content", [b"An SQLite file this is not. " * 40, b"\x00" * 4096])
def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "wirecopy.db"
    path.write_bytes(content)
    for opened in (open_store, open_reader, recognise):
        with pytest.raises(ArchiveForeign, match="not an SQLite database"):
            opened(path)
    assert path.read_bytes() == content
    assert names(tmp_path) == ["wirecopy.db"]


def test_a_database_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "wirecopy.db"
    conn = sqlite3.connect(path)
    conn.execute("PRAGMA journal_mode=WAL")
    conn.execute("CREATE TABLE theirs (id INTEGER)")
    conn.close()
    before = path.read_bytes()
    with pytest.raises(ArchiveForeign, match="not a wirecopy archive"):
        open_store(path, create=True)
    assert path.read_bytes() == before
    assert names(tmp_path) == ["wirecopy.db"]


def test_an_emptied_file_is_not_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "wirecopy.db"
    path.touch()
    with pytest.raises(ArchiveDamaged, match="is empty"):
        open_store(path, create=True)
    assert path.stat().st_size == 0


def test_a_folder_in_place_of_the_file_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="cannot read"):
        open_store(tmp_path, create=True)


def test_a_damaged_file_is_called_damaged(store: Store) -> None:
    path = store.path
    store.close()
    content = bytearray(path.read_bytes())
    content[100:4096] = b"\xff" * 3996  # the schema's page, behind the header
    path.write_bytes(content)
    with pytest.raises(ArchiveDamaged, match="is damaged"):
        open_store(path)


def test_odd_names_are_opened_as_they_are(tmp_path: Path) -> None:
    for name in ("a b?mode=memory#x.db", "100%25.db", "ünï.db", "it's.db"):
        open_store(tmp_path / name, create=True).close()
        with open_reader(tmp_path / name) as reader:
            assert parts.one(reader, "SELECT count(*) FROM runs") == 0
        assert (tmp_path / name).exists()


def test_two_programs_may_make_the_archive_at_once(tmp_path: Path) -> None:
    code = (
        "import sys; from archive.store.connect import open_store; from archive.store import runs; from datetime import datetime, UTC\n"
        "with open_store(sys.argv[1], create=True) as s: runs.begin(s, trigger='manual', software='x', now=datetime.now(UTC))"
    )
    path = tmp_path / "wirecopy.db"
    with ThreadPoolExecutor(3) as threads:
        said = list(threads.map(lambda _: in_another_process(code, path), range(3)))
    assert said == ["", "", ""]
    with open_store(path) as store:
        assert parts.one(store, "SELECT count(*) FROM runs") == 3
    assert names(tmp_path) == ["wirecopy.db"]


def test_opening_for_reading_keeps_the_locks_of_the_writer_in_this_process(store: Store) -> None:
    """Else another program takes itself for the last one, removes the WAL on closing, and later commits go nowhere."""
    parts.begin(store)
    reader = open_reader(store.path)
    assert in_another_process(COUNT_RUNS, store.path) == "1"
    parts.begin(store)
    assert in_another_process(COUNT_RUNS, store.path) == "2"
    reader.close()
    assert in_another_process(COUNT_RUNS, store.path) == "2"
    parts.begin(store)
    assert in_another_process(COUNT_RUNS, store.path) == "3"


def test_a_reader_writes_nothing(store: Store) -> None:
    with open_reader(store.path) as reader, pytest.raises(ArchiveError), reader.transaction() as conn:
        conn.execute("DELETE FROM outlets")


@pytest.fixture
def read_only_archive() -> Iterator[Path]:
    """An archive with one run, in a folder where this process may not write: root is made somebody else for the time."""
    nobody = 65534
    with tempfile.TemporaryDirectory() as name, ExitStack() as undo:
        folder = Path(name)
        with parts.new_store(folder) as store:
            parts.begin(store)
        (folder / "wirecopy.db").chmod(0o444)
        folder.chmod(0o555)
        undo.callback(folder.chmod, 0o755)
        if os.geteuid() == 0:
            os.seteuid(nobody)
            undo.callback(os.seteuid, 0)
        yield folder / "wirecopy.db"


def test_an_archive_in_a_read_only_folder_can_be_read(read_only_archive: Path) -> None:
    with open_reader(read_only_archive) as reader:
        assert parts.one(reader, "SELECT count(*) FROM runs") == 1


def test_an_archive_in_a_read_only_folder_says_that_it_cannot_be_written(read_only_archive: Path) -> None:
    with pytest.raises(ArchiveError, match=r"cannot write to .*wirecopy\.db"), open_store(read_only_archive) as opened:
        parts.begin(opened)
    with pytest.raises(ArchiveError, match="cannot write"):
        open_store(read_only_archive.with_name("new.db"), create=True)


def test_a_locked_archive_is_told_of(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "BUSY_SECONDS", 0.05)
    with open_store(store.path) as other:
        store.conn.execute("BEGIN IMMEDIATE")
        with pytest.raises(ArchiveLocked, match="locked"):
            parts.begin(other)
        store.conn.execute("ROLLBACK")
        assert parts.begin(other) == 1


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    def fail_half_way() -> None:
        with store.transaction() as conn:
            conn.execute("INSERT INTO runs (trigger, started_at, software) VALUES ('manual', '', '')")
            raise KeyError("the operation's own")

    with pytest.raises(KeyError):
        fail_half_way()
    assert parts.one(store, "SELECT count(*) FROM runs") == 0
    assert parts.begin(store) == 1


@pytest.mark.parametrize("sql", ["SELECT newer FROM runs", "SELECT 1 FROM newer"])
def test_a_reader_that_meets_the_tables_of_another_version_says_what_to_do(store: Store, sql: str) -> None:
    with pytest.raises(ArchiveError, match="written by another version") as problem, telling(store.path, reading=True):
        store.conn.execute(sql)
    assert problem.value.hint == "`wirecopy crawl` brings it up to date"


def test_a_full_disk_leaves_whole_batches_only(store: Store) -> None:
    """`max_page_count` gives the same error as a file system without space."""
    pages = parts.one(store, "PRAGMA page_count")
    store.conn.execute(f"PRAGMA max_page_count = {pages}")
    run = parts.begin(store)
    with pytest.raises(ArchiveError, match="no space left"), store.transaction():
        for number in range(400):
            bodies.put(store, os.urandom(2000) + bytes([number % 256]), host="harbour.example")
    assert parts.one(store, "SELECT count(*) FROM bodies") == 0
    assert parts.one(store, "PRAGMA integrity_check") == "ok"
    store.conn.execute("PRAGMA max_page_count = 1073741823")
    with store.transaction():
        body_id = bodies.put(store, b"it goes on")
    assert bodies.get(store, body_id) == b"it goes on"
    assert run == 1


def test_a_commit_that_fails_ends_the_transaction_and_forgets_its_bases(tmp_path: Path) -> None:
    """A small batch meets a full disk only when it is committed; what it stored must not serve as base for what comes later."""
    with parts.new_store(tmp_path) as store:
        real = store.conn

        class Failing:
            full = True

            def __getattr__(self, name: str) -> object:
                return getattr(real, name)

            def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
                if sql == "COMMIT" and self.full:
                    raise sqlite3.OperationalError("database or disk is full")
                return real.execute(sql, *values)  # type: ignore[arg-type]

        failing = Failing()
        store.conn = failing  # type: ignore[assignment]
        with pytest.raises(ArchiveError), store.transaction():
            bodies.put(store, parts.page_of("One."), host="harbour.example")
            bodies.put(store, parts.page_of("Two."), host="harbour.example")
        assert not store.bases
        failing.full = False
        with store.transaction():
            ids = [bodies.put(store, parts.page_of(text), host="harbour.example") for text in ("Three.", "Four.")]
        assert [bodies.get(store, body_id) for body_id in ids] == [parts.page_of("Three."), parts.page_of("Four.")]


def test_an_archive_can_be_opened_again_and_again(store: Store) -> None:
    parts.begin(store)
    store.close()
    for _ in range(3):
        with open_store(store.path, create=True) as again:
            assert parts.one(again, "SELECT count(*) FROM runs") == 1
            again.checkpoint()


def test_plain_sqlite_opens_every_table_and_view(store: Store) -> None:
    parts.Page(store).say("A text.")
    conn = sqlite3.connect(store.path)
    names = [row[0] for row in conn.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")]
    assert {"articles", "captures", "feeds", "stories", "runs", "latest", "cdx", "storage"} <= set(names)
    for name in names:
        conn.execute(f'SELECT * FROM "{name}"').fetchall()  # noqa: S608 - names of the schema
    conn.close()
