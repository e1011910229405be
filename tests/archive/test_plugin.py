"""The plugin, as people meet it: the real sqlite-utils command on a real archive."""

from __future__ import annotations

import gc
import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from archive.model import Article
from archive.store.connect import Store
from tests.archive import parts
from tests.archive.parts import Page, names, page_of

SQLITE_UTILS = Path(sys.executable).with_name("sqlite-utils")
NULLS = "select wire_body(null), wire_html(null), wire_markdown(null), wire_text_diff(1, null), wire_host(null), wire_key(null)"
LATIN = "<html><head><meta charset=iso-8859-2></head><p>Żółć".encode("iso-8859-2")


def sqlite_utils(*arguments: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([SQLITE_UTILS, *map(str, arguments)], capture_output=True, check=False)


def query(archive: Path, sql: str) -> Any:
    done = sqlite_utils("query", archive, sql)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def archive(store: Store) -> Path:
    """Two revisions of one page (bodies 1 and 2), and a page whose charset only its `<meta>` tells (body 3)."""
    page = Page(store)
    for text in ("The harbour is shut.\n\nShips wait outside.", "The harbour is open.\n\nShips wait outside.\n\nNobody was hurt."):
        parts.read(store, page.fetch(page_of(text)), Article(headline="Harbour", text=text))
    Page(store, "https://harbour.example/pl", run_id=page.run_id).fetch(LATIN)
    return store.path


def test_sqlite_utils_knows_the_plugin() -> None:
    assert {"name": "wirecopy", "hooks": ["prepare_connection"]}.items() <= json.loads(sqlite_utils("plugins").stdout)[0].items()


def test_wire_body_gives_the_exact_bytes_also_those_that_stand_on_a_base(archive: Path) -> None:
    for body_id, text in (
        (1, "The harbour is shut.\n\nShips wait outside."),
        (2, "The harbour is open.\n\nShips wait outside.\n\nNobody was hurt."),
    ):
        done = sqlite_utils("query", archive, f"select wire_body({body_id})", "--raw")
        assert done.stdout == page_of(text)
    assert query(archive, "select base_id from bodies where id = 2") == [{"base_id": 1}]
    assert sqlite_utils("query", archive, "select wire_body(3)", "--raw").stdout == LATIN


def test_wire_html_gives_text_by_the_page_s_own_charset_or_the_one_given(archive: Path) -> None:
    (row,) = query(archive, "select wire_html(body_id) as html from captures where id = 3")
    assert row["html"].endswith("<p>Żółć")
    (row,) = query(archive, "select wire_html(3, 'iso-8859-1') as html, wire_html(3, null) as own")
    assert row["own"].endswith("<p>Żółć")
    assert row["html"].endswith("<p>¯ó³æ")  # the HTTP charset stands before the page's own


def test_null_gives_null(archive: Path) -> None:
    database = Database(archive)
    assert database.execute(NULLS).fetchone() == (None,) * 6
    database.close()


def test_wire_markdown_gives_the_text_with_its_structure(archive: Path, store: Store) -> None:
    Page(store, "https://harbour.example/b").say(Article(headline="Harbour", text="Shut.", text_markdown="*Shut.*"))
    assert query(archive, "select wire_markdown(id) as it from articles") == [{"it": ""}, {"it": ""}, {"it": "*Shut.*"}]
    assert query(archive, "select wire_markdown(77) as it") == [{"it": None}]


def test_wire_text_diff_shows_what_was_reworded_and_what_came(archive: Path) -> None:
    done = sqlite_utils("query", archive, "select wire_text_diff(1, 2)", "--raw")
    assert done.stdout.decode().splitlines() == [
        "--- article 1", "+++ article 2", "@@", "  Harbour", "~ The harbour is [-shut.-] {+open.+}", "  Ships wait outside.",
        "+ Nobody was hurt.",
    ]  # fmt: skip


def test_hosts_and_keys_of_urls() -> None:
    database, url = Database(memory=True), "https://News.example:8080/A/?utm_source=x"
    assert database.execute("select wire_host(?), wire_key(?)", [url, url]).fetchone() == ("news.example", "news.example:8080/A")


def test_the_view_joins_articles_with_their_raw_pages(archive: Path) -> None:
    rows = query(archive, "select article_id, revision, is_latest, html from raw_pages order by article_id")
    assert [(row["article_id"], row["revision"], row["is_latest"]) for row in rows] == [(1, 1, 0), (2, 2, 1)]
    assert "The harbour is open." in rows[1]["html"]


def test_what_cannot_be_read_back_is_an_error_that_says_why(archive: Path) -> None:
    conn = sqlite3.connect(archive)
    conn.execute("UPDATE bodies SET data = zeroblob(30) WHERE id = 1")
    conn.commit()
    conn.close()
    done = sqlite_utils("query", archive, "select wire_body(1)", "--raw")
    assert done.returncode != 0
    assert b"cannot be read back" in done.stderr
    assert b"no article 77" in sqlite_utils("query", archive, "select wire_text_diff(1, 77)").stderr


def test_nothing_of_it_is_stored_in_the_archive(archive: Path) -> None:
    query(archive, "select count(*) from raw_pages")
    conn = sqlite3.connect(archive)
    stored = conn.execute("SELECT group_concat(name || sql, ' ') FROM sqlite_schema WHERE sql IS NOT NULL").fetchone()[0]
    conn.close()
    assert "raw_pages" not in stored
    assert "wire_html(" not in stored.replace("wire_html(id) its text", "")


def test_people_may_still_change_tables_with_transform(archive: Path) -> None:
    assert sqlite_utils("transform", archive, "articles", "--rename", "subhead", "standfirst").returncode == 0
    assert query(archive, "select count(*) as n from raw_pages") == [{"n": 2}]


def test_a_database_in_memory_has_the_functions_but_not_the_view() -> None:
    database = Database(memory=True)
    assert database.execute("select wire_host('http://a.example/')").fetchone() == ("a.example",)
    with pytest.raises(sqlite3.OperationalError):
        database.execute("select wire_body(1)")
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        database.execute("select * from raw_pages")


def test_files_of_other_makes_are_opened_as_without_it(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.db"
    Database(theirs).table("t").insert({"a": 1})
    before = theirs.read_bytes()
    assert [row["a"] for row in Database(theirs).table("t").rows] == [1]
    assert theirs.read_bytes() == before
    for name, content in (("empty.db", b""), ("noise.db", b"no database at all" * 100)):
        (tmp_path / name).write_bytes(content)
        database = Database(tmp_path / name)
        assert database.execute("select wire_key('http://a.example/x/')").fetchone() == ("a.example/x",)
        database.close()
    assert names(tmp_path) == ["empty.db", "noise.db", "theirs.db"]


def test_read_only_and_locked_archives_are_opened_as_without_it(store: Store) -> None:
    Page(store).say("A text.")
    conn = sqlite3.connect(f"file:{store.path}?mode=ro", uri=True)
    assert Database(conn).execute("select length(html) from raw_pages").fetchone()[0] > 1000
    conn.close()
    store.conn.execute("BEGIN EXCLUSIVE")
    database = Database(store.path)
    assert database.execute("select wire_html(1) is not null").fetchone() == (1,)  # WAL: readers go on
    store.conn.execute("ROLLBACK")
    assert database.execute("PRAGMA busy_timeout").fetchone() == (5000,)
    database.close()


def test_another_program_s_row_factory_and_open_transaction_stay_as_they_are(store: Store) -> None:
    Page(store).say("A text.")
    conn = sqlite3.connect(store.path)
    conn.row_factory = sqlite3.Row
    conn.execute("BEGIN")
    database = Database(conn)
    assert conn.in_transaction and conn.row_factory is sqlite3.Row
    assert database.execute("select count(*) as n from raw_pages").fetchone()["n"] == 1
    conn.close()


def test_a_connection_that_is_dropped_is_closed(store: Store) -> None:
    """The functions hold no reference to their connection: it would stay open for ever."""
    Page(store).say("A text.")
    store.close()  # SQLite keeps closed files at hand while another connection of the process holds locks on them
    descriptors = Path("/proc/self/fd")
    if not descriptors.exists():
        pytest.skip("no /proc on this system to count open files in")
    before = len(names(descriptors))
    for _ in range(5):
        database = Database(store.path)
        assert database.execute("select count(html) from raw_pages").fetchone() == (1,)
        del database
    gc.collect()
    assert len(names(descriptors)) <= before + 1
