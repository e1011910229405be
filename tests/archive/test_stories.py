"""Stories in the archive: copies find each other as they come, within the window, and after what was read anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.grouping import RULES
from archive.model import Article
from archive.store.connect import Store
from archive.store.stories import index
from tests.archive import parts
from tests.archive.parts import Page
from tests.archive.story_parts import DAY, OUTLETS, START, TABLES, Wire, count, piece, place
from tests.grouping.texts import BRIEF, COPIES, FERRY, HARBOUR, MARKET, TEMPLATE, WEATHER


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with parts.new_store(tmp_path) as made:
        yield made


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
