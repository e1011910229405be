"""What was read out of the pages, held against what the world says that they hold: texts, stories, revisions, pages that vanish."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC
from typing import Any

import pytest

from archive.keys import url_key
from scheduler.demo import Truth
from tests.way.conftest import History

Row = dict[str, Any]


def paragraphs(row: Row) -> list[str]:
    return str(row["text"]).split("\n\n")


def all_paragraphs(row: Row, truth: Truth) -> bool:
    """All of the story's paragraphs are there, in order."""
    there = iter(paragraphs(row))
    return all(one in there for one in truth.paragraphs)


def nothing_else(row: Row, truth: Truth) -> bool:
    """Nothing but the story's paragraphs is there; the outlet's own ones and correction notes may be."""
    return set(paragraphs(row)) <= {*truth.paragraphs, *truth.boilerplate, *truth.notes}


def published(row: Row, truth: Truth) -> bool:
    return bool(row["published_at"] == f"{truth.published.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")


# field -> (what has to hold, at how many of the 78 pages at least: just below what was measured)
FIELDS: dict[str, tuple[Callable[[Row, Truth], bool], int]] = {
    "headline": (lambda row, truth: row["headline"] == truth.headline, 71),
    "agency": (lambda row, truth: row["agency"] == truth.agency, 71),
    "dateline_place": (lambda row, truth: (row["dateline_place"] or "").casefold() == (truth.dateline_place or "").casefold(), 62),
    "all paragraphs": (all_paragraphs, 71),
    "nothing else": (nothing_else, 26),
    "language": (lambda row, truth: str(row["language"]).partition("-")[0] == truth.language, 78),
    "authors": (lambda row, truth: tuple(json.loads(row["authors"])) == truth.authors, 74),
    "published_at": (published, 60),
}


def articles(history: History) -> list[tuple[Row, Truth]]:
    """The latest article of every page, with its truth."""
    rows = {url_key(row["canonical_url"] or row["url"]): row for row in history.desktop.rows("SELECT * FROM articles WHERE is_latest")}
    return [(rows[url_key(one.url)], one) for one in history.world.articles() if one.robots_allow]


@pytest.mark.parametrize("field", FIELDS)
def test_what_is_read_out_of_a_page_is_what_it_holds(history: History, field: str) -> None:
    holds, floor = FIELDS[field]
    wrong = [f"{truth.outlet}/{truth.story}" for row, truth in articles(history) if not holds(row, truth)]
    assert len(articles(history)) - len(wrong) >= floor, wrong


def test_a_text_that_pages_share_word_for_word_is_one_story(history: History) -> None:
    texts, stories = defaultdict(set), defaultdict(set)
    for row, _ in articles(history):
        texts[row["text_digest"]].add(row["story_id"])
        stories[row["story_id"]].add(row["text_digest"])
    assert all(len(found) == 1 for found in texts.values())
    assert history.desktop.values("SELECT count(*) FROM stories") == [len(stories)]


@pytest.mark.parametrize(
    ("story", "outlets"), [("reservoirs", ("pti-wire", "suryagarh-times")), ("cyclone-watch", ("pti-wire", "suryagarh-times"))]
)
def test_a_text_that_several_outlets_print_word_for_word_is_one_story(history: History, story: str, outlets: tuple[str, ...]) -> None:
    truths = [history.truth(outlet, story) for outlet in outlets]
    assert len({one.text for one in truths}) == 1
    ids = {row["story_id"] for row, truth in articles(history) if truth in truths}
    assert len(ids) == 1
    rows = history.desktop.rows("SELECT copies, outlets, who, agency FROM duplicates WHERE story_id = ?", *ids)
    assert [(row["copies"], row["outlets"], row["agency"], set(row["who"].split(","))) for row in rows] == [(2, 2, "pti", set(outlets))]


# --- revisions ----------------------------------------------------------------------------------------------------------


def test_pages_have_the_revisions_that_the_world_made_and_no_others(history: History) -> None:
    made = {(one.outlet, url_key(one.url)): one.revision + 1 for one in history.world.articles() if one.robots_allow}
    found = Counter((row["outlet"], url_key(row["canonical_url"] or row["url"])) for row in history.desktop.rows("SELECT * FROM articles"))
    assert found == made
    assert sorted(made.values())[-3:] == [1, 2, 2]


def test_both_texts_of_a_corrected_page_are_kept(history: History) -> None:
    rows = history.desktop.rows(
        "SELECT headline, text, is_latest FROM articles WHERE outlet = 'pti-wire' AND headline LIKE 'Nine%' ORDER BY id"
    )
    truths = [history.truth("pti-wire", "buoys", epoch) for epoch in (0, 1)]
    assert [row["headline"] for row in rows] == [one.headline for one in truths]
    assert [row["is_latest"] for row in rows] == [0, 1]
    for row, truth in zip(rows, truths, strict=True):
        assert truth.paragraphs[0].split("140 ")[-1].split("104 ")[-1] in row["text"]
        assert ("104 ocean buoys" in row["text"]) == (truth.revision == 1)


@pytest.mark.parametrize(("outlet", "story"), [("suryagarh-times", "turtles"), ("meridian-6", "kabaddi")])
def test_a_page_whose_advertisements_or_related_lists_change_has_no_new_revision(history: History, outlet: str, story: str) -> None:
    page = history.page_id(outlet, story)
    bodies = history.desktop.values("SELECT body_id FROM captures WHERE page_id = ? AND verdict = 'stored'", page)
    assert len(bodies) == len(set(bodies)) == 3
    articles = history.desktop.rows(
        "SELECT DISTINCT article_id FROM readings r JOIN captures c ON c.id = r.capture_id WHERE c.page_id = ?", page
    )
    assert len(articles) == 1


# --- what goes wrong on the way -----------------------------------------------------------------------------------------


def test_a_page_that_vanishes_stays_in_the_archive(history: History) -> None:
    page = history.page_id("suryagarh-times", "handloom")
    captures = history.desktop.rows("SELECT status, verdict FROM captures WHERE page_id = ? ORDER BY id", page)
    assert [(row["status"], row["verdict"]) for row in captures] == [(200, "stored"), (404, "failed"), (410, "gone")]
    rows = history.desktop.rows("SELECT state, status, error, next_try_at FROM pages WHERE id = ?", page)
    assert rows == [{"state": "gone", "status": 410, "error": "HTTP 410 Gone", "next_try_at": None}]
    done = history.desktop.run("show", history.truth("suryagarh-times", "handloom").url, "--text")
    assert done.returncode == 0
    assert all(one in done.stdout for one in history.truth("suryagarh-times", "handloom", 0).paragraphs)


def test_a_feed_that_turns_into_an_html_page_is_an_error_and_deletes_nothing(history: History) -> None:
    feed = history.world.origin("ledgerline") + "/atom.xml"
    polls = history.desktop.rows(
        "SELECT p.outcome, p.status, p.error FROM polls p JOIN feeds f ON f.id = p.feed_id WHERE f.url = ? ORDER BY p.id", feed
    )
    assert [row["outcome"] for row in polls] == ["new", "not-modified", "not-a-feed", "new", "nothing-new"]
    assert polls[2]["status"] == 200
    assert "HTML" in polls[2]["error"]
    assert any(line.startswith(f"NOT-A-FEED {feed}") for line in history.steps["one"].lines)
    wanted = [one for one in history.world.articles() if one.outlet == "ledgerline" and one.robots_allow]
    assert history.desktop.values("SELECT count(*) FROM articles WHERE outlet = 'ledgerline' AND is_latest") == [len(wanted)]


def test_an_ill_formed_feed_is_read_all_the_same(history: History) -> None:
    feed = history.world.origin("coast-herald") + "/rss.php"
    polls = history.desktop.rows(
        "SELECT p.outcome, p.entries FROM polls p JOIN feeds f ON f.id = p.feed_id WHERE f.url = ? ORDER BY p.id", feed
    )
    published = [sum(one.outlet == "coast-herald" for one in history.world.articles(epoch)) for epoch in (0, 1)]
    assert [(row["outcome"], row["entries"]) for row in polls[::2][:2]] == [("new", published[0]), ("new", published[1])]


def test_a_feed_that_moved_is_read_where_it_went(history: History) -> None:
    feed = history.world.origin("deux-rives") + "/flux/rss.xml"
    rows = history.desktop.rows(
        "SELECT hop.status, c.url, c.status AS found, p.outcome FROM polls p JOIN feeds f ON f.id = p.feed_id"
        " JOIN captures c ON c.id = p.capture_id JOIN captures hop ON hop.id = c.redirected_from WHERE f.url = ? ORDER BY p.id",
        feed,
    )
    assert rows[0] == {"status": 301, "url": history.world.origin("deux-rives") + "/flux/une.xml", "found": 200, "outcome": "new"}
    assert len(rows) == 3


def test_new_guids_for_old_links_bring_no_new_pages(history: History) -> None:
    asked = Counter(one.url for one in history.world.requests if one.outlet == "nadipur-courier" and "/article" in one.path)
    assert set(asked.values()) == {1}
    assert history.desktop.values("SELECT max(guids) FROM (SELECT count(DISTINCT guid) AS guids FROM entries GROUP BY page_id)") == [2]


def test_search_finds_a_story_by_its_words(history: History) -> None:
    done = history.desktop.run("search", '"ocean buoys" 104')
    assert done.returncode == 0
    assert "Nine coastal states to share data of 104 ocean buoys" in done.stdout
    found = history.desktop.sqlite_utils("search", "wirecopy.db", "articles", "104 buoys", "-c", "outlet")
    assert "pti-wire" in {row["outlet"] for row in json.loads(found.stdout)}
