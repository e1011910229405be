"""Damaged archives: what can be read is saved, the rest is named, the damaged file stays as it is."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import cli
from archive.errors import ArchiveDamaged, ArchiveForeign, ArchiveLocked, OutputError, RecoveredInPart, WirecopyError
from archive.lock import run_lock
from archive.migrations import migrations
from archive.model import Entry
from archive.recover import Report, recover
from archive.recover_commands import recover as command
from archive.store.connect import Store, open_store
from archive.verify import audit, check_search_index
from tests.archive import parts
from tests.archive.parts import Page

PAGE = 4096
COUNTED = (
    "outlets",
    "feeds",
    "runs",
    "pages",
    "captures",
    "capture_heads",
    "bodies",
    "polls",
    "entries",
    "articles",
    "readings",
    "markdown",
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty pages, each fetched twice and read, some long; what their feed said of them."""
    folder = tmp_path_factory.mktemp("sound")
    with parts.new_store(folder) as store:
        run_id = parts.begin(store)
        links = [f"https://harbour.example/news/{number}" for number in range(40)]
        parts.poll(
            store, run_id, parts.said([Entry(url=url, url_given=url, title=f"Story {url}") for url in links], parts.lease(store, run_id))
        )
        for number, url in enumerate(links):
            page = Page(store, url, run_id=run_id)
            page.fetch(parts.page_of(f"First {number}. " * (5 + number * number)))
            page.say(f"The harbour was closed on day {number}. " * (3 + number * 7))
    return folder / "wirecopy.db"


@pytest.fixture
def damaged(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(sound, tmp_path / "damaged.db"))


def write(path: Path, at: int, data: bytes) -> None:
    with path.open("r+b") as handle:
        handle.seek(at)
        handle.write(data)


def place_of(path: Path, sql: str) -> int:
    """Where in the file something stands that occurs once."""
    ((found,),) = ask(path, sql)
    needle = found if isinstance(found, bytes) else str(found).encode()
    return path.read_bytes().index(needle[:200])


def page_with(path: Path, sql: str) -> int:
    return place_of(path, sql) // PAGE * PAGE


def root_of(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as conn:
        return (int(conn.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", [table]).fetchone()[0]) - 1) * PAGE


def saved(path: Path) -> tuple[Report, Path]:
    """Recovers into a file beside it, which has to be a sound archive; the damaged one has to stay as it was."""
    before = {suffix: Path(f"{path}{suffix}").read_bytes() for suffix in ("", "-wal") if Path(f"{path}{suffix}").exists()}
    target = path.with_name(f"{path.name}.recovered")
    target.unlink(missing_ok=True)
    report = recover(path, target, now=parts.NOW)
    assert {suffix: Path(f"{path}{suffix}").read_bytes() for suffix in before} == before
    with open_store(target) as store:
        assert audit(store).failures + check_search_index(store) == []
    assert report.left == []
    return report, target


def counts(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as conn:
        return {table: conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in COUNTED}  # noqa: S608


def content(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as conn:
        tables = [
            name for (name,) in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'articles_fts_%'")
        ]
        return {
            name: sorted(conn.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)  # noqa: S608
            for name in tables
            if name not in ("_sqlite_migrations", "recoveries")
        }


def ask(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as conn:
        return conn.execute(sql).fetchall()


# --- nothing is lost ----------------------------------------------------------------------------------------------------


def test_a_sound_archive_comes_out_as_it_is(sound: Path, damaged: Path) -> None:
    report, target = saved(damaged)
    assert report.whole
    assert content(target) == content(sound)


def test_a_header_that_was_overwritten_costs_nothing(sound: Path, damaged: Path) -> None:
    write(damaged, 0, b"NOT A DATABASE!!")
    report, target = saved(damaged)
    assert report.whole and report.notes == ["the header is damaged"]
    assert content(target) == content(sound)


def test_without_its_first_page_tables_are_told_by_their_rows(sound: Path, damaged: Path) -> None:
    write(damaged, 0, bytes(PAGE))
    report, target = saved(damaged)
    assert counts(target) == counts(sound)
    assert not report.whole  # nobody knows what else was there


def test_damage_in_indexes_alone_costs_nothing(sound: Path, damaged: Path) -> None:
    for index in ("pages_key", "captures_page", "entries_identity"):
        write(damaged, root_of(damaged, index), os.urandom(PAGE))
    report, target = saved(damaged)
    assert report.whole
    assert content(target) == content(sound)


def test_an_inner_page_that_is_gone_leaves_the_leaves_below_it(sound: Path, damaged: Path) -> None:
    for table in ("captures", "articles", "bodies"):
        write(damaged, root_of(damaged, table), bytes(PAGE))
    report, target = saved(damaged)
    assert counts(target) == counts(sound)
    strays = {table.name: table.strays for table in report.tables if table.strays}
    assert strays == {name: counts(sound)[name] for name in ("captures", "articles", "bodies")}


def test_the_write_ahead_log_alone_is_enough(sound: Path, tmp_path: Path) -> None:
    """A program emptied the file; what was not moved into it yet, here all of it, is in the log."""
    live, left = tmp_path / "live.db", tmp_path / "left.db"
    shutil.copy(sound, live)
    with closing(sqlite3.connect(live, isolation_level=None)) as conn:
        conn.execute("PRAGMA wal_autocheckpoint=0")
        conn.execute("VACUUM")
        shutil.copy(f"{live}-wal", f"{left}-wal")
        left.touch()
    report, target = saved(left)
    assert counts(target) == counts(sound)
    assert report.notes == []


def test_what_is_committed_in_the_log_counts(sound: Path, tmp_path: Path) -> None:
    live, left = tmp_path / "live.db", tmp_path / "left.db"
    shutil.copy(sound, live)
    with closing(sqlite3.connect(live, isolation_level=None)) as conn:
        conn.execute("UPDATE outlets SET name = 'as the log has it'")
        for suffix in ("", "-wal"):
            shutil.copy(f"{live}{suffix}", f"{left}{suffix}")
    report, target = saved(left)
    assert report.whole
    assert ask(target, "SELECT name FROM outlets") == [("as the log has it",)]


# --- something is lost --------------------------------------------------------------------------------------------------


def test_a_damaged_body_is_left_out_and_its_page_fetched_again(damaged: Path) -> None:
    ((body_id, page_id),) = ask(damaged, "SELECT body_id, page_id FROM captures WHERE id = (SELECT capture_id FROM pages WHERE id = 7)")
    write(damaged, place_of(damaged, f"SELECT data FROM bodies WHERE id = {body_id}") + 50, b"\0" * 20)  # noqa: S608
    report, target = saved(damaged)
    assert report.bodies_lost >= 1 and report.pages >= 1 and not report.whole
    assert body_id in report.bodies
    ((state, due, etag),) = ask(target, f"SELECT state, next_try_at, etag FROM pages WHERE id = {page_id}")  # noqa: S608
    assert (due, etag) == ("2026-11-22T10:00:00Z", None)
    assert state in ("stored", "queued")


def test_a_lost_row_of_a_page_is_made_again_from_what_points_at_it(sound: Path, damaged: Path) -> None:
    at = page_with(damaged, "SELECT key FROM pages WHERE id = 20")
    root = root_of(damaged, "pages")
    write(damaged, at if at != root else root, bytes(PAGE))
    report, target = saved(damaged)
    assert report.stand_ins.get("pages")
    assert ask(target, "SELECT id, url, key FROM pages ORDER BY id") == ask(sound, "SELECT id, url, key FROM pages ORDER BY id")
    assert counts(target)["articles"] == 40


def test_an_article_whose_text_was_changed_is_read_anew(damaged: Path) -> None:
    at = damaged.read_bytes().index(b"closed on day 3.")
    write(damaged, at, b"opened on day 3.")
    report, target = saved(damaged)
    assert report.articles + sum(report.cut.values()) >= 1
    assert report.to_clean >= 1
    assert not [text for (text,) in ask(target, "SELECT text FROM articles") if "opened" in str(text)]


@pytest.mark.parametrize("share", [0.15, 0.35, 0.6, 0.9])
def test_a_cut_file_gives_what_is_left_of_it(sound: Path, damaged: Path, share: float) -> None:
    os.truncate(damaged, int(damaged.stat().st_size * share) + 100)
    try:
        report, target = saved(damaged)
    except ArchiveDamaged as problem:
        assert "nothing of an archive" in str(problem) and share < 0.3
        return
    assert not report.whole and any("the file is cut" in note for note in report.notes)
    assert all(count <= counts(sound)[name] for name, count in counts(target).items() if name != "runs")


def test_a_lost_log_leaves_what_was_moved_into_the_file(sound: Path, tmp_path: Path) -> None:
    live, left = tmp_path / "live.db", tmp_path / "left.db"
    shutil.copy(sound, live)
    with closing(sqlite3.connect(live, isolation_level=None)) as conn:
        conn.execute("UPDATE outlets SET name = 'lost with the log'")
        shutil.copy(live, left)
    report, target = saved(left)
    assert report.whole and ask(target, "SELECT name FROM outlets") == [("The Harbour Times",)]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_damaged_what_comes_out_is_a_sound_archive(sound: Path, damaged: Path, data: st.DataObject) -> None:
    shutil.copy(sound, damaged)
    pages = damaged.stat().st_size // PAGE
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, pages - 1)) * PAGE + data.draw(st.sampled_from([0, 8, 100, 2000, PAGE - 30]))
        write(damaged, at, data.draw(st.one_of(st.binary(min_size=1, max_size=30), st.just(bytes(PAGE)), st.just(b"\xff" * 900))))
    report, _ = saved(damaged)
    assert report.tables


# --- whose file it is ---------------------------------------------------------------------------------------------------


def test_an_archive_of_an_older_schema_takes_the_later_steps(tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    with closing(sqlite3.connect(old, isolation_level=None)) as conn:
        from sqlite_utils import Database

        from archive.migrations import APPLICATION_ID

        conn.execute(f"PRAGMA application_id={APPLICATION_ID}")
        migrations.apply(Database(conn, execute_plugins=False), stop_before="m009_markdown")
        conn.execute("INSERT INTO outlets (code, name, added_at) VALUES ('old', 'Old Times', '2026-01-01T00:00:00Z')")
    for harm in (b"", b"NOT A DATABASE!!", bytes(PAGE)):
        write(old, 0, harm)
        _, target = saved(old)
        assert ask(target, "SELECT code, name FROM outlets") == [("old", "Old Times")]


def test_steps_whose_rows_are_lost_are_told_by_what_they_made(sound: Path, damaged: Path) -> None:
    for lost in ("m020_stories", "m018_smaller"):
        with closing(sqlite3.connect(damaged)) as conn:
            conn.execute("DELETE FROM _sqlite_migrations WHERE name >= ?", [lost])
            conn.commit()
        report, target = saved(damaged)
        assert report.whole
        assert content(target) == content(sound)


def test_what_people_added_is_carried_over(damaged: Path) -> None:
    with closing(sqlite3.connect(damaged)) as conn:
        conn.executescript(
            "CREATE TABLE notes (page_id INTEGER, note TEXT); INSERT INTO notes VALUES (3, 'ask them'), (4, NULL);"
            "CREATE INDEX notes_page ON notes(page_id); CREATE VIEW my_notes AS SELECT note FROM notes WHERE note IS NOT NULL;"
            "ALTER TABLE pages ADD COLUMN mark TEXT; UPDATE pages SET mark = 'read' WHERE id = 3;"
        )
    report, target = saved(damaged)
    assert report.whole
    assert ask(target, "SELECT * FROM my_notes") == [("ask them",)]
    assert ask(target, "SELECT id FROM pages WHERE mark = 'read'") == [(3,)]
    assert ask(target, "SELECT page_id FROM notes INDEXED BY notes_page WHERE page_id = 4") == [(4,)]


def test_nothing_of_an_archive_is_said_so_and_makes_no_file(tmp_path: Path) -> None:
    for content in (b"", b"a letter\n" * 5000, os.urandom(50_000)):
        (tmp_path / "foreign.db").write_bytes(content)
        with pytest.raises(ArchiveDamaged, match="nothing of an archive was found"):
            recover(tmp_path / "foreign.db", tmp_path / "new.db")
    assert [name for name in parts.names(tmp_path) if not name.endswith(".lock")] == ["foreign.db"]


# --- the command --------------------------------------------------------------------------------------------------------


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments], standalone_mode=False)


def test_the_command_ends_with_0_only_where_nothing_was_lost(damaged: Path, tmp_path: Path) -> None:
    assert run(damaged, tmp_path / "a.db").exception is None
    write(damaged, root_of(damaged, "captures"), bytes(PAGE))
    done = run(damaged, tmp_path / "b.db", "--json")
    assert isinstance(done.exception, RecoveredInPart) and done.exception.exit_code == 65
    said = json.loads(done.stdout)
    assert said["whole"] is False
    assert [table["damaged"] for table in said["tables"] if table["name"] == "captures"] == [1]
    ((kept,),) = ask(tmp_path / "b.db", "SELECT report FROM recoveries")
    assert json.loads(str(kept)) == said


def test_nothing_is_overwritten(damaged: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    for target in (damaged, tmp_path / "mine.txt"):
        done = run(damaged, target)
        assert isinstance(done.exception, OutputError) and done.exception.exit_code == 73
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_a_run_that_is_at_work_is_waited_for(damaged: Path, tmp_path: Path) -> None:
    with run_lock(damaged), pytest.raises(ArchiveLocked):
        recover(damaged, tmp_path / "new.db")


def test_verify_says_what_is_damaged_and_what_can_be_read(damaged: Path) -> None:
    write(damaged, root_of(damaged, "captures"), bytes(PAGE))
    done = CliRunner().invoke(cli.verify, ["-a", str(damaged)], standalone_mode=False)
    assert isinstance(done.exception, ArchiveDamaged) and "wirecopy recover" in str(done.exception.hint)
    assert "captures: 81 rows, 81 of them from pages that nothing led to any more, 1 damaged place" in done.output
    write(damaged, 0, b"NOT A DATABASE!!")
    done = CliRunner().invoke(cli.verify, ["-a", str(damaged)], standalone_mode=False)
    assert isinstance(done.exception, ArchiveForeign)
    assert "The header is damaged." in done.output and "articles: 40 rows" in done.output


def test_a_log_without_its_archive_is_not_taken_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "wirecopy.db-wal").write_bytes(b"x" * 100)
    with pytest.raises(ArchiveDamaged, match=r"wirecopy\.db is gone"):
        open_store(tmp_path / "wirecopy.db", create=True)
    assert parts.names(tmp_path) == ["wirecopy.db-wal"]


def test_a_recovered_archive_goes_on(damaged: Path) -> None:
    """The stories of a damaged archive are told anew, and a page that is read anew gets its article back."""
    write(damaged, page_with(damaged, "SELECT text FROM articles WHERE id = 30"), bytes(PAGE))
    _, target = saved(damaged)
    from archive.store import clean_queue, stories

    store: Store
    with open_store(target) as store:
        assert clean_queue.waiting(store, again=False) >= 1
        assert stories.waiting(store) == counts(target)["articles"]
        while True:
            with store.transaction():
                if stories.regroup(store).finished:
                    break
        assert audit(store).failures == []


def test_every_error_is_one_of_ours(tmp_path: Path) -> None:
    done = run(tmp_path / "not there.db", tmp_path / "new.db")
    assert isinstance(done.exception, WirecopyError) and "no file at" in str(done.exception)
