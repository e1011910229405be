"""Stories in the archive: copies find each other as they come, the same way each time, and again in a replay."""

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

from archive.grouping import GROUPING_VERSION, RULES
from archive.keys import text_digest
from archive.model import Article, Outlet
from archive.store import stories
from archive.store.connect import Store, open_store
from archive.store.stories import index
from tests.archive import parts
from tests.archive.parts import Page
from tests.grouping.texts import BRIEF, COPIES, FERRY, HARBOUR, MARKET, TEMPLATE, WEATHER

OUTLETS = [parts.HARBOUR, *(Outlet(name, name.title()) for name in ("valley", "metro", "coast"))]
TABLES = ("stories", "story_texts", "story_prints_a", "story_prints_b", "story_reruns", "story_hubs", "story_paragraphs", "story_links")
DAY = 86400
START = 1_790_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with parts.new_store(tmp_path) as made:
        yield made


class Wire:
    """Texts that come in, each on a page of its own, or on one that had another text."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.run_id = parts.begin(store)
        self.pages: dict[str, Page] = {}

    def say(self, text: str, *, outlet: int = 0, url: str | None = None, **said: object) -> int:
        """Read from a page; gives back the article."""
        code = OUTLETS[outlet].code
        url = url or f"https://{code}.example/{len(self.pages)}"
        page = self.pages.setdefault(url, Page(self.store, url, run_id=self.run_id, outlet=OUTLETS[outlet]))
        article = page.say(Article(headline=str(said.pop("headline", "Headline")), text=text, **said))  # type: ignore[arg-type]
        assert article is not None
        return article

    def story(self, article: int) -> object:
        return parts.one(self.store, "SELECT story_id FROM articles WHERE id = ?", article)


def count(store: Store, table: str) -> object:
    return parts.one(store, f"SELECT count(*) FROM {table}")  # noqa: S608


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """What grouping knows."""
    tables = {table: sorted(parts.rows(store, f"SELECT * FROM {table}"), key=repr) for table in TABLES}  # noqa: S608
    return tables | {"articles": parts.rows(store, "SELECT id, story_id FROM articles ORDER BY id")}


def replay(store: Store, portion: int = 3) -> None:
    with store.transaction():
        stories.begin_anew(store)
    while True:
        with store.transaction():
            if stories.regroup(store, portion=portion).finished:
                return


def piece(number: int, text: str, *, at: int = START, outlet: int = 1) -> stories.Piece:
    return stories.Piece(number, outlet, text_digest(text), f"Headline {number}", text, None, at, at, "2026-11-22T10:00:00Z")


def place(store: Store, *pieces: stories.Piece) -> list[int]:
    with store.transaction():
        return [stories.place(store, one) for one in pieces]


# --- as they come ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", COPIES)
def test_copies_on_several_outlets_are_one_story_named_after_its_first_article(store: Store, language: str) -> None:
    original, copy, other = COPIES[language]
    wire = Wire(store)
    ids = [wire.say(text, outlet=number) for number, text in enumerate((original, copy, other, original))]
    assert [wire.story(article) for article in ids] == [ids[0], ids[0], ids[2], ids[0]]
    assert parts.rows(store, "SELECT id, first_article_id FROM stories ORDER BY id") == [(ids[0], ids[0]), (ids[2], ids[2])]


def test_the_story_knows_the_agency_that_any_copy_credits(store: Store) -> None:
    wire = Wire(store)
    wire.say(HARBOUR)
    wire.say(HARBOUR + "\n\nMore soon.", outlet=1, agency="pti")
    assert parts.rows(store, "SELECT agency FROM stories") == [("pti",)]


def test_a_later_text_of_a_page_stays_in_its_story_unless_it_is_plainly_another(store: Store) -> None:
    wire = Wire(store)
    first = wire.say(HARBOUR, url="https://harbour.example/now")
    little = "\n\n".join([*HARBOUR.split("\n\n")[:2], FERRY, MARKET])
    assert wire.story(wire.say(little, url="https://harbour.example/now")) == first
    third = wire.say(BRIEF, url="https://harbour.example/now")
    assert wire.story(third) == third


def test_a_round_up_links_to_the_stories_that_it_has_parts_of(store: Store) -> None:
    wire = Wire(store)
    first, second = wire.say(HARBOUR), wire.say(MARKET)
    heads = "\n\n".join(["\n\n".join(text.split("\n\n")[:3]) for text in (HARBOUR, MARKET)])
    third = wire.say(heads, outlet=1)
    assert wire.story(third) == third
    assert parts.rows(store, "SELECT text_id, of_text_id, kind FROM story_links ORDER BY 2") == [
        (third, first, "contains"),
        (third, second, "contains"),
    ]


def test_paragraphs_that_an_outlet_prints_with_three_stories_are_left_out_from_the_fourth_on(store: Store) -> None:
    furniture = "\n\n".join(f"Read {name} for all about the island and its people, {name} is the best." for name in "abc")
    wire = Wire(store)
    for text in (HARBOUR, FERRY, MARKET):
        wire.say(text + "\n\n" + furniture)
    brief = wire.say(BRIEF + "\n\n" + furniture)
    words = parts.one(store, "SELECT words FROM story_texts WHERE id = ?", brief)
    assert words == len(BRIEF.split())
    assert wire.story(wire.say(BRIEF + "\n\nMore soon.", outlet=1)) == brief


def test_labels_before_ever_other_teasers_are_learned_too(store: Store) -> None:
    wire = Wire(store)
    for number, text in enumerate((HARBOUR, FERRY, MARKET)):
        wire.say(f"{text}\n\nAlso read | The bridge that fell on day {number}")
    brief = wire.say(f"{BRIEF}\n\nAlso read | Something that nobody had read before")
    assert parts.one(store, "SELECT words FROM story_texts WHERE id = ?", brief) == len(BRIEF.split())


# Another story, with two paragraphs of HARBOUR.
WITH_BACKGROUND = "\n\n".join([FERRY, " ".join(reversed(FERRY.split())), *(HARBOUR.split("\n\n")[place] for place in (2, 5))])


def test_a_headline_that_an_outlet_has_over_three_stories_says_nothing_from_the_fourth_on(store: Store) -> None:
    """The page's title is the site's, and a part of an older story stands below a new one."""
    title = "The Island Globe: all the news"
    wire = Wire(store)
    first = wire.say(HARBOUR, headline=title)
    for text in (BRIEF, WEATHER.format(31, 18, 12, 65, 4), TEMPLATE.format("Alder Mills", 120, 7.25, 2031, 99.5)):
        wire.say(text, headline=title, outlet=2)
    assert wire.story(wire.say(WITH_BACKGROUND, headline=title, outlet=2)) != first


def test_elsewhere_the_same_headline_makes_a_copy_of_it(store: Store) -> None:
    wire = Wire(store)
    first = wire.say(HARBOUR, headline="Storm shuts the port of Portville")
    assert wire.story(wire.say(WITH_BACKGROUND, headline="Storm shuts the port of Portville - Valley News", outlet=1)) == first


def test_words_under_a_picture_are_no_part_of_the_story(store: Store) -> None:
    """Two stories of one day under one picture; a page that has pictures alone is found by these."""
    caption = (
        "FILE - In this July 7, 2017 file photo the minister of transport, left, talks with the head of the islands' parliament during a"
        " meeting on the future of the ferries. The two will meet again on Monday in the capital. (AP Photo/Asha Rao, file)"
    )
    wire = Wire(store)
    first = wire.say(f"{caption}\n\n{BRIEF}")
    short = "\n\n".join(FERRY.split("\n\n")[:1])
    second = wire.say(f"{caption}\n\n{short}", outlet=1)
    assert (wire.story(first), wire.story(second)) == (first, second)
    assert parts.one(store, "SELECT words FROM story_texts WHERE id = ?", first) == len(BRIEF.split())
    gallery = wire.say(f"{caption}\n\nBy our reporter", outlet=2)
    assert wire.story(gallery) == gallery
    assert wire.story(wire.say(f"Pictures\n\n{caption}", outlet=3)) == gallery


def test_runs_of_words_that_many_stories_have_become_common_property(store: Store) -> None:
    own = [" ".join(f"{word}{number}" for word in HARBOUR.split()) for number in range(RULES.hub)]
    place(store, *(piece(number, f"{text}\n\n{BRIEF}", outlet=number) for number, text in enumerate(own, 1)))
    assert parts.one(store, "SELECT count(*) FROM stories") == RULES.hub
    assert parts.one(store, "SELECT count(*) FROM story_hubs") != 0
    assert parts.rows(store, "SELECT 1 FROM story_prints_a WHERE hash IN (SELECT hash FROM story_hubs)") == []


# --- windows ---------------------------------------------------------------------------------------------------------


def test_a_window_is_forgotten_when_the_one_after_it_is_over(store: Store) -> None:
    place(store, piece(1, HARBOUR))
    place(store, piece(2, FERRY, at=START + 15 * DAY))
    assert (parts.one(store, "SELECT count(*) FROM story_prints_a") != 0, parts.one(store, "SELECT window FROM story_index")) == (True, 1)
    place(store, piece(3, MARKET, at=START + 30 * DAY))
    assert parts.rows(store, "SELECT DISTINCT story_id FROM story_prints_a") == [(3,)]
    assert parts.rows(store, "SELECT DISTINCT story_id FROM story_prints_b") == [(2,)]


def test_after_a_long_silence_both_windows_are_forgotten(store: Store) -> None:
    place(store, piece(1, HARBOUR), piece(2, FERRY, at=START + 15 * DAY), piece(3, MARKET, at=START + 400 * DAY))
    assert parts.rows(store, "SELECT DISTINCT story_id FROM story_prints_a UNION SELECT DISTINCT story_id FROM story_prints_b") == [(3,)]


def test_a_window_of_very_many_texts_ends_early(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "WINDOW_TEXTS", 2)
    place(store, piece(1, HARBOUR), piece(2, FERRY), piece(3, MARKET))
    assert parts.rows(store, "SELECT window, texts FROM story_index") == [(1, 1)]


def test_a_rerun_after_the_index_has_forgotten_it_is_of_its_story(store: Store) -> None:
    place(store, piece(1, HARBOUR), piece(2, FERRY, at=START + 20 * DAY), piece(3, MARKET, at=START + 40 * DAY))
    again = HARBOUR + "\n\nFirst published last month."
    assert place(store, piece(4, again, at=START + 60 * DAY)) == [1]
    assert parts.rows(store, "SELECT text_id, of_text_id, kind FROM story_links") == [(4, 1, "rerun")]


def test_paragraphs_that_did_not_recur_are_forgotten_with_their_window(store: Store) -> None:
    place(store, piece(1, HARBOUR), piece(2, FERRY, at=START + 15 * DAY), piece(3, MARKET, at=START + 30 * DAY))
    assert parts.rows(store, "SELECT DISTINCT story_id FROM story_paragraphs ORDER BY 1") == [(2,), (3,)]


# --- read anew, taken back -------------------------------------------------------------------------------------------


def test_a_text_that_is_read_a_little_otherwise_stays_in_its_story(store: Store) -> None:
    page, other = Page(store), Page(store, "https://valley.example/x", outlet=OUTLETS[1])
    captures = page.fetch(), other.fetch()
    for capture in captures:
        parts.read(store, capture, Article(headline="H", text=HARBOUR + "\n\nShare this."))
    parts.read(store, captures[0], Article(headline="H", text=HARBOUR), version=2)
    assert parts.rows(store, "SELECT id, story_id FROM articles ORDER BY id") == [(1, 1), (2, 1)]
    assert parts.one(store, "SELECT count(*) FROM story_texts") == 2
    parts.read(store, captures[1], Article(headline="H", text=HARBOUR), version=2)
    assert parts.rows(store, "SELECT id, story_id FROM articles ORDER BY id") == [(1, 1), (2, 1)]
    assert parts.one(store, "SELECT count(*) FROM story_texts") == 1


def test_a_text_that_is_taken_back_leaves_nothing_behind(store: Store) -> None:
    page = Page(store)
    capture = page.fetch()
    before = {table: count(store, table) for table in TABLES if table != "story_paragraphs"}
    parts.read(store, capture, Article(headline="H", text=HARBOUR))
    parts.read(store, capture, Article(reason="a login page"), version=2)
    assert {table: count(store, table) for table in before} == before


def test_when_the_first_text_is_taken_back_its_copies_still_stand_for_the_story(store: Store) -> None:
    wire = Wire(store)
    page = Page(store, "https://harbour.example/first", run_id=wire.run_id)
    capture = page.fetch()
    parts.read(store, capture, Article(headline="H", text=HARBOUR))
    second = wire.say(HARBOUR + "\n\nMore soon.", outlet=1)
    parts.read(store, capture, Article(headline="H", text=MARKET), version=2)
    assert parts.rows(store, "SELECT id, first_article_id FROM stories ORDER BY id") == [(1, second), (3, 1)]
    third = wire.say("The storm.\n\n" + HARBOUR, outlet=2)
    assert wire.story(third) == wire.story(second) == 1


# --- the same again --------------------------------------------------------------------------------------------------

TEXTS = [
    HARBOUR,
    FERRY,
    MARKET,
    BRIEF,
    HARBOUR + "\n\nMore soon.",
    FERRY + "\n\n" + HARBOUR,
    "\n\n".join(HARBOUR.split("\n\n")[2:]),
    "Short.",
]
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
