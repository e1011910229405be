"""Furniture as the archive learns it: when, from which pages, and what follows from it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from archive.furnish import furnish
from archive.reclean import clean_again
from archive.store import clean_queue, furniture
from archive.store.connect import Store, open_store
from archive.workers import WorkerPool
from archive.writer import Writer
from tests.archive import parts
from tests.archive.parts import NOW, Page
from tests.archive.test_passes import clean_all
from tests.clean.test_recurring import pages

COUNT = 24
NOTE = "ask at the counter"


def learn(archive: Path, limit: int = 10) -> int:
    async def body() -> int:
        writer, pool = Writer(archive), WorkerPool(2)
        try:
            return await furnish(archive, writer, pool, limit=limit, clock=lambda: NOW)
        finally:
            await pool.close()
            writer.close()

    return asyncio.run(body())


def again(archive: Path) -> int:
    return asyncio.run(clean_again(archive, everything=False, jobs=2, tell=lambda *_: None)).done


def texts_with_note(store: Store) -> object:
    return parts.one(store, "SELECT count(*) FROM articles WHERE text LIKE ?", f"%{NOTE}%")


@pytest.fixture
def full(store: Store) -> Store:
    """An outlet with as many pages as are needed, each with the same note below another story; all are read."""
    run_id = parts.begin(store)
    for number, body in enumerate(pages(COUNT)):
        Page(store, f"https://harbour.example/{number}", run_id=run_id).fetch(body)
    clean_all(store.path)
    return store


def test_what_recurs_is_learned_and_left_out_from_then_on(full: Store) -> None:
    assert texts_with_note(full) == COUNT
    assert learn(full.path) == 1
    ((host, pages_, looked_at, version, line),) = parts.rows(full, "SELECT host, pages, looked_at, version, line FROM furniture")
    assert (host, pages_, looked_at, version) == ("harbour.example", COUNT, COUNT, 1) and NOTE in str(line)
    ids = parts.rows(full, "SELECT id, page_id, revision FROM articles ORDER BY id")
    assert again(full.path) == COUNT
    assert texts_with_note(full) == 0
    assert parts.rows(full, "SELECT id, page_id, revision FROM articles ORDER BY id") == ids
    assert parts.rows(full, "SELECT DISTINCT furniture FROM readings") == [(1,)]
    assert again(full.path) == 0


def test_a_page_that_comes_later_is_read_without_it_at_once(full: Store) -> None:
    learn(full.path)
    Page(full, "https://harbour.example/later", run_id=parts.begin(full)).fetch(pages(COUNT + 1)[-1])
    clean_all(full.path)
    assert parts.one(full, "SELECT instr(text, ?) FROM articles WHERE url LIKE '%/later'", NOTE) == 0


def test_pages_that_are_looked_at_again_are_read_anew_so_that_no_revision_comes_of_it(full: Store) -> None:
    full.conn.execute("UPDATE pages SET recheck_at = '2026-12-01T00:00:00Z' WHERE id = 1")
    learn(full.path)
    assert clean_queue.waiting(full) == 1
    clean_all(full.path)
    assert texts_with_note(full) == COUNT - 1


def test_it_is_learned_when_there_are_twice_as_many_or_a_thousand_more(store: Store) -> None:
    outlet_id = Page(store).task.outlet_id
    cases = [
        (furniture.FIRST - 1, 0, False),
        (furniture.FIRST, 0, True),
        (39, 20, False),
        (40, 20, True),
        (2999, 2000, False),
        (3000, 2000, True),
    ]
    for articles, after, expected in cases:
        row = (outlet_id, articles, after)
        store.conn.execute("INSERT OR REPLACE INTO furnishings (outlet_id, articles, learned_after) VALUES (?, ?, ?)", row)
        assert (furniture.due(store, 5) == [outlet_id]) is expected
    assert furniture.due(store, 0) == []


def test_a_second_learning_finds_nothing_new_and_is_not_due_soon(full: Store) -> None:
    assert learn(full.path) == 1
    assert learn(full.path) == 0
    assert parts.rows(full, "SELECT articles, learned_after, version FROM furnishings") == [(COUNT, COUNT, 1)]


def test_reading_again_and_an_unchanged_page_do_not_count(full: Store) -> None:
    page = Page(full, "https://harbour.example/0", run_id=parts.begin(full))
    page.visits = 1
    page.fetch(pages(1)[0])
    with full.transaction():
        full.conn.execute("INSERT INTO clean_queue (capture_id) SELECT capture_id FROM readings")
    clean_all(full.path)
    assert parts.one(full, "SELECT articles FROM furnishings") == COUNT


def test_what_was_found_once_stays_for_the_pages_that_have_it(full: Store) -> None:
    learn(full.path)
    with full.transaction():
        assert furniture.keep(full, 1, [], NOW + timedelta(days=1)) == 0
    assert parts.one(full, "SELECT count(*) FROM furniture") == 1


def test_a_person_can_say_that_a_line_is_text(full: Store) -> None:
    learn(full.path)
    full.conn.execute("UPDATE furniture SET is_text = 1")
    again(full.path)
    assert texts_with_note(full) == COUNT
    with full.transaction():
        full.conn.execute("UPDATE furnishings SET learned_after = 0")
    learn(full.path)
    assert parts.one(full, "SELECT is_text FROM furniture") == 1


def test_a_damaged_page_is_left_out_of_the_learning(full: Store) -> None:
    full.conn.execute("UPDATE bodies SET sha256 = replace(sha256, substr(sha256, 1, 4), '0000') WHERE id = (SELECT max(id) FROM bodies)")
    assert learn(full.path) == 1
    assert parts.one(full, "SELECT looked_at FROM furniture") == COUNT - 1


def test_an_archive_of_before_counts_what_it_has_read(full: Store) -> None:
    path = full.path
    full.conn.executescript(
        "DROP TABLE furniture; DROP TABLE furnishings; ALTER TABLE readings DROP COLUMN furniture;"
        "DELETE FROM _sqlite_migrations WHERE name = 'm015_furniture'"
    )
    full.close()
    with open_store(path) as opened:
        assert parts.rows(opened, "SELECT articles, learned_after, version FROM furnishings") == [(COUNT, 0, 0)]
