"""The same articles in the same order give the same stories: at once, after a kill, in a replay, for an archive of before."""

from __future__ import annotations

import dataclasses
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.grouping import GROUPING_VERSION
from archive.model import Article
from archive.store import stories
from archive.store.connect import Store, open_store
from tests.archive import parts
from tests.archive.parts import Page
from tests.archive.story_parts import DAY, OUTLETS, START, TEXTS, Wire, everything, piece, replay
from tests.grouping.texts import FERRY, HARBOUR, MARKET


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with parts.new_store(tmp_path) as made:
        yield made


# --- the same again --------------------------------------------------------------------------------------------------

arrivals = st.lists(st.tuples(st.sampled_from(TEXTS), st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=9)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(arrivals)
def test_the_same_order_gives_the_same_ids_and_so_does_a_replay(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[str, int, int]]
) -> None:
    found = []
    for _ in range(2):
        with parts.new_store(tmp_path_factory.mktemp("archive")) as made:
            wire = Wire(made)
            for text, outlet, page in said:
                wire.say(text, outlet=outlet, url=f"https://{OUTLETS[outlet].code}.example/page/{page}")
            found.append(everything(made))
            replay(made)
            assert everything(made) == found[0]
    assert found[0] == found[1]


def test_a_second_replay_gives_what_the_first_gave_whatever_was_read_anew_before(store: Store) -> None:
    wire = Wire(store)
    page = Page(store, "https://harbour.example/first", run_id=wire.run_id)
    capture = page.fetch()
    parts.read(store, capture, Article(headline="H", text=HARBOUR))
    wire.say(HARBOUR + "\n\nMore soon.", outlet=1)
    parts.read(store, capture, Article(headline="H", text=MARKET), version=2)
    wire.say(FERRY, outlet=2)
    replay(store)
    first = everything(store)
    assert [row[1] for row in first["articles"]] == [1, 2, 3]
    replay(store, portion=1)
    assert everything(store) == first


def test_what_comes_during_a_replay_is_grouped_in_its_turn(store: Store) -> None:
    wire = Wire(store)
    ids = [wire.say(HARBOUR), wire.say(FERRY)]
    with store.transaction():
        stories.begin_anew(store)
        assert not stories.regroup(store, portion=1).finished
    ids += [wire.say(HARBOUR + "\n\nMore soon.", outlet=1), wire.say(FERRY, outlet=1)]
    assert [wire.story(one) for one in ids] == [1, 2, 3, 2]  # by its text alone until then
    assert stories.waiting(store) == 3
    with store.transaction():
        assert stories.regroup(store).finished
    assert [wire.story(one) for one in ids] == [1, 2, 1, 2]
    assert parts.one(store, "SELECT count(*) FROM stories") == 2
    assert stories.waiting(store) == 0


def test_a_new_archive_has_the_rules_of_today(store: Store) -> None:
    assert parts.one(store, "SELECT version FROM story_index") == GROUPING_VERSION


def test_other_rules_have_all_articles_grouped_anew(store: Store) -> None:
    wire = Wire(store)
    wire.say(HARBOUR)
    before = everything(store)
    store.conn.execute("UPDATE story_index SET version = ?", (GROUPING_VERSION - 1,))
    assert stories.waiting(store) == 1
    with store.transaction():
        assert stories.regroup(store) == stories.Progress(1, finished=True)
    assert everything(store) == before


def test_what_a_killed_process_had_not_committed_was_never_there(store: Store) -> None:
    wire = Wire(store)
    wire.say(HARBOUR)
    before = everything(store), parts.rows(store, "SELECT * FROM story_index")
    with pytest.raises(KeyboardInterrupt), store.transaction():
        stories.place(store, piece(2, HARBOUR + "\n\nMore soon."))
        stories.place(store, piece(3, FERRY))
        raise KeyboardInterrupt
    assert (everything(store), parts.rows(store, "SELECT * FROM story_index")) == before
    assert wire.story(wire.say(HARBOUR + "\n\nMore soon.", outlet=1)) == 1


KILLED = """
import os, signal, sys
from archive.store import stories
from archive.store.connect import open_store
with open_store(sys.argv[1]) as store, store.transaction():
    stories.begin_anew(store)
    stories.regroup(store, portion=1)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_replay_that_is_killed_within_a_portion_loses_and_doubles_nothing(tmp_path: Path) -> None:
    with parts.new_store(tmp_path) as store:
        wire = Wire(store)
        for number, text in enumerate((HARBOUR, FERRY, HARBOUR + "\n\nMore soon.")):
            wire.say(text, outlet=number)
        before = everything(store)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(store.path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    with open_store(store.path) as store:
        assert everything(store) == before
        assert stories.waiting(store) == 0
        replay(store)
        assert everything(store) == before


# --- an archive of before --------------------------------------------------------------------------------------------


def as_before(path: Path, texts: list[str]) -> list[tuple[object, ...]]:
    """An archive as it was when equal texts alone were one story; gives back its articles."""
    with open_store(path, create=True) as made:
        wire = Wire(made)
        for number, text in enumerate(texts):
            wire.say(text, outlet=number % 4)
        articles = parts.rows(made, "SELECT id, text_digest FROM articles ORDER BY id")
    conn = sqlite3.connect(path, isolation_level=None)
    parts.as_before_copies_were_compared(conn)
    conn.executescript("DROP VIEW duplicates; UPDATE articles SET story_id = NULL;")
    for kind in ("view", "table"):
        sql = "SELECT name FROM sqlite_schema WHERE type = ? AND (name LIKE 'stor%' OR name = 'outlet_reuse') AND name <> 'storage'"
        for (name,) in conn.execute(sql, (kind,)).fetchall():
            conn.execute(f"DROP {kind} {name}")
    conn.executescript(
        "CREATE TABLE stories (id INTEGER PRIMARY KEY, text_digest TEXT NOT NULL UNIQUE, headline TEXT, agency TEXT,"
        " first_article_id INTEGER, first_seen_at TEXT NOT NULL) STRICT;"
        "INSERT INTO stories (text_digest, headline, first_article_id, first_seen_at)"
        " SELECT text_digest, headline, min(id), first_seen_at FROM articles GROUP BY text_digest ORDER BY min(id);"
        "UPDATE articles SET story_id = (SELECT id FROM stories s WHERE s.text_digest = articles.text_digest);"
        "CREATE VIEW duplicates AS SELECT 1;"
        "DELETE FROM _sqlite_migrations WHERE name = 'm020_stories'"
    )
    conn.close()
    return articles


def test_an_archive_of_before_loses_nothing_and_is_grouped_by_a_replay(tmp_path: Path) -> None:
    path = tmp_path / "wirecopy.db"
    articles = as_before(path, [HARBOUR, HARBOUR, FERRY, HARBOUR + "\n\nMore soon.", FERRY + "\n\nMore soon."])
    with open_store(path) as made:
        assert parts.rows(made, "PRAGMA foreign_key_check") == []
        assert parts.rows(made, "SELECT id, text_digest FROM articles ORDER BY id") == articles
        assert parts.one(made, "SELECT count(*) FROM stories") == 4
        assert stories.waiting(made) == 5
        wire = Wire(made)
        last = wire.say(MARKET, url="https://harbour.example/last")
        while True:
            with made.transaction():
                if stories.regroup(made, portion=2).finished:
                    break
        assert parts.rows(made, "SELECT id, story_id FROM articles ORDER BY id") == [(1, 1), (2, 1), (3, 3), (4, 1), (5, 3), (last, last)]
        assert parts.rows(made, "SELECT id, first_article_id FROM stories ORDER BY id") == [(1, 1), (3, 3), (last, last)]
        assert parts.rows(made, "PRAGMA foreign_key_check") == []


def test_times_that_cannot_be_are_not_believed() -> None:
    late = dataclasses.replace(piece(1, HARBOUR), published=START + 400 * DAY)
    assert late.at == START
    assert dataclasses.replace(late, published=None).at == START
    assert dataclasses.replace(late, published=START - DAY).at == START - DAY
    assert datetime.fromtimestamp(START, UTC) + timedelta(days=1) > datetime.fromtimestamp(START, UTC)
