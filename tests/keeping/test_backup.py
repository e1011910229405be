"""`wirecopy backup`: a copy that was read back before it has its name; older ones go by rule, and nothing else ever does."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.backup import Made, backup
from archive.errors import ArchiveDamaged, ArchiveError, ArchiveLocked, ArchiveMissing, OutputError
from archive.keeping_commands import backup as command
from archive.lock import keeping_lock, run_lock
from archive.rotation import Rules
from archive.store import copying
from archive.store.connect import Store, open_store
from tests.archive import parts
from tests.keeping.parts import an_archive, of, ran, run, some_pages, sound

NIGHT = datetime(2026, 11, 30, 3, 15, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    (tmp_path / "sources.toml").write_text("# what is crawled\n")
    return an_archive(tmp_path / "wirecopy.db")


def make(archive: Path, *, night: int = 0, rules: Rules = Rules(), folder: str = "backups", full: bool = False) -> Made:  # noqa: B008 - frozen
    at = NIGHT + timedelta(days=night)
    return backup(archive, archive.parent / folder, rules=rules, now=at, sources=archive.parent / "sources.toml", full=full)


def test_the_copy_is_whole_named_by_its_time_and_has_the_sources_beside_it(archive: Path) -> None:
    made = make(archive)
    assert parts.names(archive.parent / "backups") == ["wirecopy-20261130T031500Z.db", "wirecopy-20261130T031500Z.sources.toml"]
    assert made.bodies == 6
    with open_store(made.path) as copy:
        sound(copy)
        assert parts.one(copy, "SELECT count(*) FROM articles") == 6


def test_the_command_says_what_it_made_and_nothing_when_it_is_to_be_quiet(archive: Path, tmp_path: Path) -> None:
    said = ran(command, tmp_path / "kept", "-a", archive, "-s", tmp_path / "sources.toml", "--full")
    assert "6 bodies" in said and "all of it read back" in said and "sources.toml" in said
    assert ran(command, tmp_path / "other", "-a", archive, "-s", tmp_path / "none.toml", "-q") == ""
    assert "No " in ran(command, tmp_path / "third.db", "-a", archive, "-s", tmp_path / "none.toml")
    assert (tmp_path / "third.db").exists()


def test_what_a_run_writes_meanwhile_does_not_disturb_it(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right = copying._vacuum_into

    def meanwhile(store: Store, target: Path, tell: copying.Tell) -> None:
        with run_lock(archive), open_store(archive) as writer:
            some_pages(writer, 3, at=50)
            right(store, target, tell)
            some_pages(writer, 2, at=60)

    monkeypatch.setattr(copying, "_vacuum_into", meanwhile)
    assert make(archive).bodies == 9


def test_older_ones_go_by_rule_with_their_sources(archive: Path) -> None:
    for night in range(5):
        make(archive, night=night)
    made = make(archive, night=9, rules=Rules(last=2, daily=3))
    assert len(made.gone) == 3
    assert parts.names(archive.parent / "backups") == [
        f"wirecopy-{day}T031500Z{end}" for day in ("20261203", "20261204", "20261209") for end in (".db", ".sources.toml")
    ]


def test_what_is_of_other_origin_is_left_alone(archive: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "notes.db").write_text("mine")
    (folder / "wirecopy-20200101T000000Z.db").write_text("no archive at all")
    (folder / "wirecopy-20200199T000000Z.db").write_text("no date")
    an_archive(folder / "wirecopy-20200102T000000Z.db")  # another archive of the same name
    (folder / "wirecopy-20200103T000000Z.db").symlink_to(make(archive).path)
    made = make(archive, night=1, rules=Rules(last=1))
    assert [path.name for path in made.gone] == ["wirecopy-20261130T031500Z.db"]
    assert len(made.left) == 3
    assert {"notes.db", "wirecopy-20200101T000000Z.db", "wirecopy-20200102T000000Z.db"} < set(parts.names(folder))
    assert (folder / "wirecopy-20200103T000000Z.db").is_symlink()


def test_a_copy_that_is_not_sound_is_kept_aside_and_no_older_one_goes(archive: Path) -> None:
    good = make(archive).path
    with open_store(archive) as store:
        store.conn.execute("UPDATE bodies SET data = zeroblob(length(data)) WHERE id = 3")
    for night in (1, 2):
        with pytest.raises(ArchiveDamaged, match="not sound"):
            make(archive, night=night, rules=Rules(last=1))
    assert [name for name in parts.names(good.parent) if name.endswith(".db")] == [good.name, "wirecopy-damaged.db"]


def test_a_file_that_is_there_is_never_replaced(archive: Path) -> None:
    made = make(archive)
    for target in (made.path, archive):
        with pytest.raises(OutputError, match="there already"):
            backup(archive, target, rules=Rules(), now=NIGHT)
    with pytest.raises(OutputError, match="there already"):
        make(archive)


def test_a_folder_that_cannot_be_made_or_filled_is_told_of(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (archive.parent / "file").write_text("")
    with pytest.raises(OutputError, match="cannot make"):
        make(archive, folder="file/backups")
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 10_000_000})())
    with pytest.raises(ArchiveError, match=r"needs .* MB in .*backups"):
        make(archive)
    assert parts.names(archive.parent / "backups") == []


def test_a_missing_archive_leaves_nothing_behind(tmp_path: Path) -> None:
    done = run(command, "-a", tmp_path / "none.db")
    assert isinstance(done.exception, ArchiveMissing)
    assert parts.names(tmp_path) == []


def test_there_is_one_at_a_time_and_none_while_something_is_taken_out(archive: Path) -> None:
    with keeping_lock(archive), pytest.raises(ArchiveLocked, match="forget"):
        make(archive)


def test_a_damaged_source_is_told_of_and_leaves_no_copy(archive: Path) -> None:
    with open_store(archive) as store:
        root = parts.one(store, "SELECT rootpage FROM sqlite_schema WHERE name = 'bodies'")
    assert isinstance(root, int)
    content = bytearray(archive.read_bytes())
    content[(root - 1) * 4096 : root * 4096] = b"\xff" * 4096
    archive.write_bytes(content)
    with pytest.raises(ArchiveError):
        make(archive)
    assert parts.names(archive.parent / "backups") == []


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
import archive.backup
from archive.rotation import Rules
name = sys.argv[2]
module = archive.backup.copying if hasattr(archive.backup.copying, name) else archive.backup
right = getattr(module, name)
def kill(*args, **named):
    if name != "_publish" or args[1].suffix == ".db":
        os.kill(os.getpid(), signal.SIGKILL)
    right(*args, **named)
setattr(module, name, kill)
path = Path(sys.argv[1])
archive.backup.backup(path, path.parent / "backups", rules=Rules(last=1), now=datetime(2026, 12, 24, tzinfo=UTC))
"""


@pytest.mark.parametrize("moment", ["_vacuum_into", "_look_over", "_publish", "_rotate"])
def test_killed_at_any_step_it_leaves_the_older_one_and_no_half_one(archive: Path, moment: str) -> None:
    make(archive)
    done = subprocess.run([sys.executable, "-c", KILLED, archive, moment], check=False)
    assert done.returncode == -signal.SIGKILL
    for path in (archive.parent / "backups").glob("wirecopy-*.db"):
        assert of(path, "PRAGMA quick_check") == [("ok",)]
    assert (archive.parent / "backups" / "wirecopy-20261130T031500Z.db").exists()
    made = make(archive, night=40, rules=Rules(last=1))
    assert [name for name in parts.names(made.path.parent) if not name.endswith(".toml")] == [made.path.name]


def test_it_can_be_interrupted_and_leaves_nothing(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "_OPCODES", 1)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backup(archive, archive.parent / "backups", rules=Rules(), now=NIGHT, tell=stop)
    assert parts.names(archive.parent / "backups") == []


def test_an_archive_of_an_older_version_is_copied_as_it_is(archive: Path) -> None:
    with open_store(archive) as store:
        store.conn.execute("DROP TABLE identity")
        store.conn.execute("DELETE FROM _sqlite_migrations WHERE name = 'm023_keeping'")
    made = make(archive)
    assert of(made.path, "SELECT count(*) FROM sqlite_schema WHERE name = 'identity'") == [(0,)]


def test_the_copy_may_be_read_by_those_who_may_read_the_archive(archive: Path) -> None:
    archive.chmod(0o640)
    assert make(archive).path.stat().st_mode & 0o777 == 0o640


def test_plain_sqlite_opens_it_on_a_read_only_disk(archive: Path) -> None:
    path = make(archive).path
    conn = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    assert conn.execute("SELECT count(*) FROM articles").fetchone() == (6,)
    conn.close()
