"""`wirecopy restore`: the backup takes the archive's place whole; what was there is kept, and its WAL never gets into the new one."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.backup import backup
from archive.errors import ArchiveDamaged, ArchiveLocked, ArchiveMissing, OutputError
from archive.keeping_commands import restore as command
from archive.lock import run_lock
from archive.restore import restore
from archive.rotation import Rules
from archive.store.connect import open_store
from tests.archive import parts
from tests.keeping.parts import an_archive, of, ran, run, some_pages, sound

NIGHT = datetime(2026, 11, 30, 3, 15, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    (tmp_path / "sources.toml").write_text("# as of the backup\n")
    return an_archive(tmp_path / "wirecopy.db")


@pytest.fixture
def saved(archive: Path) -> Path:
    """A backup of six pages; the archive has eight since."""
    made = backup(archive, archive.parent / "backups", rules=Rules(), now=NIGHT, sources=archive.parent / "sources.toml")
    with open_store(archive) as store:
        some_pages(store, 2, at=70)
    return made.path


def articles(path: Path) -> int:
    return int(str(of(path, "SELECT count(*) FROM articles")[0][0]))


def test_where_no_archive_stands_the_backup_becomes_one(saved: Path, tmp_path: Path) -> None:
    target = tmp_path / "new" / "wirecopy.db"
    target.parent.mkdir()
    said = ran(command, saved, "-a", target, "-s", target.parent / "sources.toml", "--full")
    assert "6 bodies, its newest run of 2026-11-22T10:00:00Z" in said
    assert (target.parent / "sources.toml").read_text() == "# as of the backup\n"
    with open_store(target) as store:
        sound(store)
        some_pages(store, 1, at=90)


def test_an_archive_that_stands_is_not_touched_unless_forced_and_then_kept(saved: Path, archive: Path) -> None:
    with pytest.raises(OutputError, match="there already"):
        restore(saved, archive, force=False, now=NIGHT)
    assert articles(archive) == 8
    done = restore(saved, archive, force=True, now=NIGHT)
    assert articles(archive) == 6
    assert done.kept is not None and done.kept.name == "wirecopy-before-20261130T031500Z.db"
    assert articles(done.kept) == 8
    assert articles(saved) == 6


def test_sources_that_stand_are_left_and_those_of_the_backup_named(saved: Path, archive: Path, tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text("# of today\n")
    said = ran(command, saved, "-a", archive, "-s", tmp_path / "sources.toml", "--force")
    assert "was left as it was" not in said and "left as it is" in said
    assert (tmp_path / "sources.toml").read_text() == "# of today\n"


def test_a_wal_that_the_old_archive_left_does_not_get_into_the_new_one(saved: Path, archive: Path) -> None:
    """A run that was killed leaves its WAL; next to another file SQLite would take it for that file's own."""
    crashed = archive.with_name("crashed.db")
    with open_store(archive) as store:
        some_pages(store, 3, at=80)
        shutil.copy(archive, crashed)
        shutil.copy(f"{archive}-wal", f"{crashed}-wal")
    assert Path(f"{crashed}-wal").stat().st_size > 0
    done = restore(saved, crashed, force=True, now=NIGHT)
    assert not Path(f"{crashed}-wal").exists()
    with open_store(crashed) as store:
        sound(store)
        assert parts.one(store, "SELECT count(*) FROM articles") == 6
    assert done.kept is not None and articles(done.kept) == 11


@pytest.mark.parametrize("beside", ["-wal", "-journal"])
def test_what_was_left_beside_an_archive_that_is_gone_is_set_aside(saved: Path, archive: Path, beside: str) -> None:
    with open_store(archive) as store:
        some_pages(store, 3, at=80)
        shutil.copy(f"{archive}-wal", archive.with_name(f"lost.db{beside}"))
    lost = archive.with_name("lost.db")
    assert restore(saved, lost, force=False, now=NIGHT).kept is None
    assert articles(lost) == 6
    assert archive.with_name(f"lost-before-20261130T031500Z.db{beside}").exists()


def test_a_damaged_archive_is_kept_with_its_wal(saved: Path, archive: Path) -> None:
    with open_store(archive) as store:
        some_pages(store, 3, at=80)
        shutil.copy(f"{archive}-wal", archive.with_name("torn.db-wal"))
    torn = archive.with_name("torn.db")
    torn.write_bytes(b"SQLite format 3\0" + b"\xff" * 8176)
    done = restore(saved, torn, force=True, now=NIGHT)
    assert articles(torn) == 6
    assert done.kept is not None and done.kept.stat().st_size == 8192
    assert Path(f"{done.kept}-wal").exists()


def test_a_backup_that_is_not_sound_changes_nothing(saved: Path, archive: Path) -> None:
    conn = sqlite3.connect(saved)
    conn.execute("UPDATE bodies SET data = zeroblob(length(data)) WHERE id = 2")
    conn.commit()
    conn.close()
    with pytest.raises(ArchiveDamaged, match="not sound"):
        restore(saved, archive, force=True, now=NIGHT)
    assert articles(archive) == 8
    assert [name for name in parts.names(archive.parent) if "before" in name or "restored" in name] == []


def test_it_waits_for_nobody_who_is_at_work(saved: Path, archive: Path) -> None:
    with run_lock(archive), pytest.raises(ArchiveLocked):
        restore(saved, archive, force=True, now=NIGHT)
    reader = sqlite3.connect(archive)
    reader.execute("SELECT count(*) FROM articles").fetchone()
    with pytest.raises(ArchiveLocked, match="another program has"):
        restore(saved, archive, force=True, now=NIGHT)
    reader.close()
    assert articles(archive) == 8


def test_a_missing_backup_and_the_archive_itself_are_refused(archive: Path, tmp_path: Path) -> None:
    done = run(command, tmp_path / "none.db", "-a", archive)
    assert isinstance(done.exception, ArchiveMissing)
    with pytest.raises(OutputError, match="the archive itself"):
        restore(archive, archive, force=True, now=NIGHT)


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
import archive.restore
calls = int(sys.argv[3])
def count(*args):
    global calls
    calls -= 1
    if calls < 0:
        os.kill(os.getpid(), signal.SIGKILL)
right = {name: getattr(os, name) for name in ("link", "unlink", "rename", "fsync", "open")}
for name, function in right.items():
    def counted(*args, _function=function, **named):
        count()
        return _function(*args, **named)
    setattr(os, name, counted)
archive.restore.restore(Path(sys.argv[1]), Path(sys.argv[2]), force=True, now=datetime(2026, 12, 24, tzinfo=UTC))
"""


def test_killed_before_any_of_its_steps_a_whole_archive_stands_there(saved: Path, archive: Path, tmp_path: Path) -> None:
    """Before each call that opens, links, renames, removes or syncs a file."""
    for calls in range(100):
        folder = tmp_path / str(calls)
        folder.mkdir()
        with open_store(archive) as store:
            some_pages(store, 1, at=200 + calls)
            shutil.copy(archive, folder / "wirecopy.db")
            shutil.copy(f"{archive}-wal", folder / "wirecopy.db-wal")
        before = articles(archive)
        done = subprocess.run([sys.executable, "-c", KILLED, saved, folder / "wirecopy.db", str(calls)], check=False)
        with open_store(folder / "wirecopy.db") as store:
            sound(store)
            assert parts.one(store, "SELECT count(*) FROM articles") in (6, before)
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
        restore(saved, folder / "wirecopy.db", force=True, now=NIGHT)
        assert articles(folder / "wirecopy.db") == 6
    assert 5 < calls < 100
