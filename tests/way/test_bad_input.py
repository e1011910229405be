"""What a person can do wrong, and what a machine can run out of: a clear message, a hint, the right exit code, and nothing lost."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archive.store.connect import open_store
from scheduler.units import here
from tests.way.conftest import Check, Place
from tests.way.parts import Desktop, check_reported, clean_environment, reported

READERS = (("status",), ("search", "buoys"), ("show", "1"), ("explain", "1"), ("verify",))


def complains(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """One error and one hint for people, no traceback, nothing on standard output."""
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    error, hint = done.stderr.splitlines()
    assert error.startswith("Error: ")
    assert hint.startswith("Hint: ")
    for word in words:
        assert word in done.stderr


# --- sources.toml -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[fetch\n", ("sources.toml:1: ",)),
        ("[fetch]\ncolour = 'red'\n", ("sources.toml:2: ", "colour")),
        ("[[outlet]]\nid = 'x'\nname = 'X'\nhomepage = 'nowhere'\nlanguage = 'en'\ntimezone = 'UTC'\n", ("sources.toml:4: ", "nowhere")),
    ],
)
def test_a_broken_sources_toml_is_named_with_its_line_and_no_archive_is_made(place: Place, text: str, words: tuple[str, ...]) -> None:
    desktop = place()
    (desktop.folder / "sources.toml").write_text(text, encoding="utf-8")
    complains(desktop.run("crawl"), 78, *words)
    assert not desktop.archive.exists()


def test_a_broken_sources_toml_leaves_an_archive_as_it_was(place: Place, undisturbed: Desktop) -> None:
    desktop = place()
    shutil.copy(undisturbed.archive, desktop.archive)
    before = desktop.archive.read_bytes()
    (desktop.folder / "sources.toml").write_text("[[outlet]]\n", encoding="utf-8")
    complains(desktop.run("crawl", "--all"), 78, "sources.toml")
    assert desktop.archive.read_bytes() == before


def test_a_missing_sources_toml_is_said_to_be_missing(place: Place) -> None:
    desktop = place()
    (desktop.folder / "sources.toml").unlink()
    complains(desktop.run("crawl"), 78, "sources.toml", "wirecopy init")


def test_a_source_that_is_not_there_is_a_usage_error(place: Place) -> None:
    desktop = place()
    complains(desktop.run("crawl", "suryagarh-tiems"), 64, "suryagarh-tiems", "wirecopy sources")
    assert not desktop.archive.exists()


# --- the archive --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", READERS)
def test_a_missing_archive_is_said_to_be_missing_and_is_not_made(place: Place, arguments: tuple[str, ...]) -> None:
    desktop = place()
    complains(desktop.run(*arguments), 74, "no archive at wirecopy.db", "wirecopy crawl")
    assert not desktop.archive.exists()


def foreign_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("CREATE TABLE recipes (title TEXT)")
        conn.execute("INSERT INTO recipes VALUES ('dal')")


FOREIGN: dict[str, Callable[[Path], object]] = {
    "a text": lambda path: path.write_text("Dear diary, today I learned what a database is. " * 100),
    "a database of something else": foreign_database,
    "an empty file": lambda path: path.write_bytes(b""),
}


@pytest.mark.parametrize("what", FOREIGN)
@pytest.mark.parametrize("arguments", [("crawl",), ("status",), ("verify",)])
def test_a_file_that_is_no_archive_is_left_alone_byte_for_byte(place: Place, what: str, arguments: tuple[str, ...]) -> None:
    desktop = place()
    FOREIGN[what](desktop.archive)
    before = desktop.archive.read_bytes()
    complains(desktop.run(*arguments), 74, "wirecopy.db")
    assert desktop.archive.read_bytes() == before
    assert {one.name for one in desktop.folder.iterdir()} <= {"sources.toml", "wirecopy.db", "wirecopy.db.lock"}


def smash_the_header(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\0" * 4096)


def smash_the_middle(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xa5" * (size // 2))


def cut_in_half(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(size // 2 // 4096 * 4096)


@pytest.mark.parametrize("damage", [smash_the_header, smash_the_middle, cut_in_half])
def test_a_damaged_archive_is_neither_used_nor_replaced(place: Place, undisturbed: Desktop, damage: Callable[[Path], None]) -> None:
    desktop = place()
    shutil.copy(undisturbed.archive, desktop.archive)
    damage(desktop.archive)
    before = desktop.archive.stat().st_size
    complains(desktop.run("crawl", "--all"), 74, "wirecopy.db", "damaged")
    assert desktop.archive.stat().st_size >= before
    done = desktop.run("verify")
    assert done.returncode == 74
    assert "Error: " in done.stderr
    assert "Traceback" not in done.stderr


# --- the machine --------------------------------------------------------------------------------------------------------


def mounting() -> list[str] | None:
    """The command that runs another one where it may mount what it likes; None where the system does not let us."""
    for command in (["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"]):
        try:
            done = subprocess.run([*command, "sh", "-c", "mount -t tmpfs none /mnt"], capture_output=True, check=False, timeout=10)
        except OSError:
            return None
        if done.returncode == 0:
            return command
    return None


MOUNTING = mounting()
needs_mounts = pytest.mark.skipif(MOUNTING is None, reason="this system lets nobody mount a file system of their own (unshare --mount)")


ROOM_FOR_SOME = 1_500_000  # bytes beside an empty archive: the first pages go in, all of them and their log do not


def in_own_mounts(desktop: Desktop, script: str, **given: str) -> subprocess.CompletedProcess[str]:
    """Runs a shell script in the desktop's parent folder; `$W` is the wirecopy command, what is given more are variables too."""
    assert MOUNTING is not None
    wirecopy = " ".join(here().command)
    return subprocess.run(
        [*MOUNTING, "sh", "-c", script], cwd=desktop.folder.parent, env=clean_environment() | {"W": wirecopy} | given, capture_output=True,
        text=True, check=False, timeout=180,
    )  # fmt: skip


@needs_mounts
def test_a_full_disk_loses_nothing_and_the_next_run_goes_on(place: Place, same_as_undisturbed: Check) -> None:
    desktop = place()
    empty = desktop.folder.parent / "empty.db"
    open_store(empty, create=True).close()
    done = in_own_mounts(
        desktop,
        """
        mkdir small kept && mount -t tmpfs -o size=100k none small && cp desk/sources.toml small && cd small || exit 9
        $W crawl >/dev/null 2>../kept/none.err; echo "none $?" *
        mount -o remount,size=$SOME none . || exit 9
        $W crawl -v >../kept/some.out 2>../kept/some.err; echo "some $?"
        mount -o remount,size=64m none . || exit 9
        $W verify >/dev/null; echo "verify $?"
        $W crawl >/dev/null; echo "rest $?"
        cp wirecopy.db* ../desk/
        """,
        SOME=str(empty.stat().st_size + ROOM_FOR_SOME),
    )
    kept = {one.name: one.read_text() for one in (desktop.folder.parent / "kept").iterdir()}
    assert done.stdout.splitlines() == ["none 74 sources.toml wirecopy.db.lock", "some 74", "verify 0", "rest 0"], (done, kept)
    for name in ("none.err", "some.err"):
        error, hint = kept[name].splitlines()
        assert error.startswith("Error: no space left for wirecopy.db")
        assert hint.startswith("Hint: free some space")
    assert reported(kept["some.out"].splitlines(keepends=True))
    check_reported(desktop, reported(kept["some.out"].splitlines(keepends=True)))
    same_as_undisturbed(desktop)


@needs_mounts
def test_a_read_only_folder_can_be_read_and_says_why_it_cannot_be_crawled_into(place: Place, undisturbed: Desktop) -> None:
    desktop = place()
    shutil.copy(undisturbed.archive, desktop.archive)
    before = desktop.archive.read_bytes()
    done = in_own_mounts(
        desktop,
        """
        mount --bind desk desk && mount -o remount,ro,bind desk && cd desk || exit 9
        $W crawl --all; echo "crawl $?"
        $W crawl -a other.db; echo "other $?"
        $W search buoys | grep -c 'ocean buoys'; $W status pti-wire >/dev/null; echo "status $?"
        """,
    )
    words = done.stdout.split()
    assert words[:4] == ["crawl", "74", "other", "74"], done
    assert int(words[4]) > 0
    assert words[5:] == ["status", "0"]
    first, hint, *rest = done.stderr.splitlines()
    assert "wirecopy.db" in first
    assert "Read-only" in first
    assert "writable" in hint
    assert len(rest) == 2
    assert desktop.archive.read_bytes() == before
