"""`wirecopy stories`, `wirecopy story`, and the views behind them, as people use them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.diff import diff
from archive.errors import UsageError
from archive.model import Article
from archive.store import stories as grouping
from archive.store.connect import Store
from archive.stories import Wanted, _question
from archive.story_commands import stories, story
from tests.archive import parts
from tests.archive.story_parts import Wire
from tests.grouping.texts import BRIEF, FERRY, HARBOUR, MARKET

NINE = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[tuple[Path, Store]]:
    """A story of three outlets, one of two, one of one, and a round-up."""
    end = "\n\nThe mayor will speak tonight."
    with parts.new_store(tmp_path) as store:
        wire = Wire(store)
        wire.say(HARBOUR, headline="Harbour closed", published_at=NINE, agency="pti")
        wire.say(HARBOUR + end, outlet=1, headline="Port shut", published_at=NINE.replace(hour=11, minute=5))
        wire.say("\n\n".join(HARBOUR.split("\n\n")[:3]), outlet=2, headline="Storm\x1b[2J", published_at=NINE.replace(hour=10))
        wire.say(FERRY, headline="Ferry aground", published_at=NINE)
        wire.say(FERRY, outlet=1, headline="Ferry stuck", published_at=NINE.replace(hour=8))
        wire.say(BRIEF, headline="Bridge", published_at=NINE)
        heads = "\n\n".join(["\n\n".join(text.split("\n\n")[:3]) for text in (HARBOUR, FERRY, MARKET)])
        wire.say(heads, outlet=3, headline="The day", published_at=NINE.replace(hour=13))
        yield store.path, store


def asked(command: object, archive: Path, *arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments, "--archive", str(archive)])  # type: ignore[arg-type]


def test_stories_are_listed_by_the_outlets_that_ran_them_with_who_was_first(archive: tuple[Path, Store]) -> None:
    shown = asked(stories, archive[0]).stdout
    assert shown.index("1  Harbour closed (pti)") < shown.index("4  Ferry aground")
    assert "3 copies on 3 outlets, 2026-11-22 09:00 UTC to 2026-11-22 11:05 UTC\n  harbour, metro, valley\n" in shown
    assert "  valley, harbour\n" in shown  # who ran it first, not whose feed was read first
    assert "Bridge" not in shown


def test_the_list_can_be_narrowed(archive: tuple[Path, Store]) -> None:
    path = archive[0]
    assert [json.loads(line)["story_id"] for line in asked(stories, path, "--json").stdout.splitlines()] == [1, 4]
    assert "Ferry" not in asked(stories, path, "--agency", "PTI").stdout
    assert "Ferry" not in asked(stories, path, "--outlet", "metro").stdout
    assert "Ferry" not in asked(stories, path, "--limit", "1").stdout
    assert "Bridge" in asked(stories, path, "--least", "1").stdout
    nothing = asked(stories, path, "--since", "2027")
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    assert "No story was found" in nothing.stderr


def test_a_timeline_tells_when_who_and_what_became_of_the_text(archive: tuple[Path, Store]) -> None:
    shown = asked(story, archive[0], "1").stdout
    words = len(HARBOUR.split())
    kept = f"{words} words: 97% of the reference text, 1 paragraph cut, 0 words added"
    assert "Story 1, agency pti: 3 texts on 3 outlets" in shown
    assert f"The Harbour Times\n  Harbour closed\n  {kept}; other headline; credits pti; article 1\n" in shown
    assert "Metro  +1 h 00 min\n  Storm" in shown
    # It was seen when the others were, and is the longest of that hour: not the one that says that it was first.
    assert f"Valley  +2 h 05 min\n  Port shut\n  {words + 5} words, the reference text; credits no agency; article 2\n" in shown
    assert "A part of it is in story 7" in shown
    assert "\x1b" not in shown


def test_texts_are_held_against_the_agency_s_own_however_late_it_came_and_before_a_pass_as_after_it(tmp_path: Path) -> None:
    """The command, the views and the table say the same of every text."""
    cut = "\n\n".join(HARBOUR.split("\n\n")[:4])
    with parts.new_store(tmp_path) as store:
        wire = Wire(store)
        wire.say(cut, headline="Storm", published_at=NINE, agency="pti")
        wire.say(cut + "\n\nOur desk has more.", outlet=1, headline="Storm", published_at=NINE.replace(hour=10))
        wire.say(HARBOUR, outlet=2, headline="Harbour closed", published_at=NINE.replace(hour=12), agency="pti")
        wire.say(HARBOUR + "\n\nCorrected at noon.", outlet=1, url="https://valley.example/1", headline="Harbour closed")
        with store.transaction() as conn:
            conn.execute("UPDATE outlets SET agency = 'pti' WHERE code = 'metro'")
        before = json.loads(asked(story, store.path, "1", "--json").stdout)
        with store.transaction():
            grouping.compare(store)
        assert json.loads(asked(story, store.path, "1", "--json").stdout) == before
        assert (before["reference_id"], before["texts"][0]["article_id"]) == (3, 1)
        told = {text["article_id"]: (text["kept_percent"], text["added_percent"], text["paragraphs_cut"]) for text in before["texts"]}
        assert told[2][2] == 2  # an older revision has figures here as well
        rows = parts.rows(store, "SELECT article_id, kept_percent, added_percent, paragraphs_cut FROM copies WHERE story_id = 1")
        assert len(rows) == 3
        assert all(told[int(str(row[0]))] == row[1:] for row in rows)
        assert parts.rows(store, "SELECT * FROM (SELECT article_id, kept_percent, added_percent, paragraphs_cut FROM story_timeline)") == [
            (number, *(told[number] if number != 2 else (None, None, None))) for number in [text["article_id"] for text in before["texts"]]
        ]
        assert parts.rows(store, "SELECT article_id, is_wire, headline_changed FROM story_timeline WHERE is_reference") == [(3, 1, 0)]
        assert parts.rows(store, "SELECT reference_id, reference_outlet FROM story_copies") == [(3, "metro")]
        shown = asked(story, store.path, "1").stdout
        assert "the reference text; the agency's own page; credits pti; article 3" in shown
        assert "of the reference text, 2 paragraphs cut, 0 words added; other headline; credits pti; article 1" in shown
        assert "  + Our desk has more.\n" in shown
        assert asked(diff, store.path, "1").stdout == asked(diff, store.path, "3", "1").stdout
        assert isinstance(asked(diff, store.path, "3").exception, UsageError)


def test_an_article_of_the_story_will_do_as_well(archive: tuple[Path, Store]) -> None:
    found = json.loads(asked(story, archive[0], "5", "--json").stdout)
    assert (found["story_id"], [text["article_id"] for text in found["texts"]]) == (4, [5, 4])
    assert found["reference_id"] == 5
    assert found["texts"][1]["kept"] == {"share": 1.0, "added": 0, "paragraphs": []}
    assert [text["is_reference"] for text in found["texts"]] == [True, False]


def test_an_address_of_a_page_that_ran_it_will_do(archive: tuple[Path, Store]) -> None:
    by_id = asked(story, archive[0], "4").stdout
    assert by_id
    assert asked(story, archive[0], "https://valley.example/4?utm_source=x").stdout == by_id


@pytest.mark.parametrize("what", ["77", "9" * 40, "²", "https://valley.example/never"])
def test_what_is_no_story_is_told_of(archive: tuple[Path, Store], what: str) -> None:
    problem = asked(story, archive[0], what).exception
    assert isinstance(problem, UsageError)
    assert problem.hint


def test_a_page_without_a_text_says_why_it_has_no_story(archive: tuple[Path, Store]) -> None:
    path, store = archive
    page = parts.Page(store, "https://harbour.example/video", run_id=1)
    page.say(Article(headline=None, reason="a video page"))
    with pytest.raises(UsageError, match="a video page"):
        CliRunner().invoke(story, [page.url, "--archive", str(path)], catch_exceptions=False)
    headline = parts.Page(store, "https://harbour.example/bare", run_id=1)
    headline.say(Article(headline="A headline alone"))
    with pytest.raises(UsageError, match="has no text, and so no story"):
        CliRunner().invoke(story, [headline.url, "--archive", str(path)], catch_exceptions=False)


def test_stories_come_in_the_order_that_was_asked_for(archive: tuple[Path, Store]) -> None:
    def ids(*arguments: str) -> list[int]:
        return [json.loads(line)["story_id"] for line in asked(stories, archive[0], "--json", *arguments).stdout.splitlines()]

    assert ids("--least", "1", "--sort", "newest")[0] == 7
    assert ids("--least", "1", "--sort", "oldest") == [4, 1, 6, 7]
    assert ids("--agency", "press trust of india") == [1]


def test_an_agency_or_an_outlet_that_nobody_knows_is_told_of(archive: tuple[Path, Store]) -> None:
    for arguments in (("--agency", "ptj"), ("--outlet", "valey")):
        problem = asked(stories, archive[0], *arguments).exception
        assert isinstance(problem, UsageError)
        assert problem.hint


@pytest.mark.parametrize(
    ("wanted", "plan"),
    [
        (Wanted(), "a USING COVERING INDEX articles_story"),
        (Wanted(agency="pti"), "s USING INDEX stories_agency"),
        (Wanted(since="2026", until="2027"), "a USING INDEX articles_first_seen"),
    ],
)
def test_no_text_is_read_to_list_stories(archive: tuple[Path, Store], wanted: Wanted, plan: str) -> None:
    sql, values = _question(wanted)
    plans = [str(row[3]) for row in parts.rows(archive[1], "EXPLAIN QUERY PLAN " + sql, *values, 2, None, None, 5)]
    assert any(plan in one for one in plans), plans
    assert not any("SCAN" in one for one in plans), plans


def test_a_round_up_says_what_it_has(archive: tuple[Path, Store]) -> None:
    shown = asked(story, archive[0], "7").stdout
    assert "Has a part of story 1" in shown
    assert "Has a part of story 4" in shown


def test_rebuilding_gives_the_same_ids_and_says_how_many(archive: tuple[Path, Store]) -> None:
    path, store = archive
    before = parts.rows(store, "SELECT id, story_id FROM articles")
    done = asked(stories, path, "--rebuild")
    assert (done.exit_code, done.stdout) == (0, "7 articles grouped.\n")
    assert parts.rows(store, "SELECT id, story_id FROM articles") == before
    assert grouping.waiting(store) == 0


def test_the_views_answer_in_plain_sql(archive: tuple[Path, Store]) -> None:
    store = archive[1]
    assert parts.rows(store, "SELECT story_id, copies, outlets, texts, first_outlet, credited FROM story_copies ORDER BY 1") == [
        (1, 3, 3, 3, "harbour", 1),
        (4, 2, 2, 1, "valley", 0),
    ]
    assert parts.rows(store, "SELECT outlet, word_for_word, credited FROM story_timeline WHERE story_id = 4") == [
        ("valley", 1, 0),
        ("harbour", 1, 0),
    ]
    assert parts.rows(store, "SELECT outlet, articles, shared, shared_percent, first_with FROM outlet_reuse ORDER BY 1") == [
        ("coast", 1, 0, 0.0, 0),
        ("harbour", 3, 2, 66.7, 1),
        ("metro", 1, 1, 100.0, 0),
        ("valley", 2, 2, 100.0, 1),
    ]


def test_a_story_that_has_no_article_in_the_midst_of_a_replay_is_none(archive: tuple[Path, Store]) -> None:
    path, store = archive
    with store.transaction() as conn:
        conn.execute("INSERT INTO stories (id, headline, first_seen_at) VALUES (900, 'Gone', '2026-11-22T10:00:00Z')")
    with pytest.raises(UsageError, match="no story 900"):
        CliRunner().invoke(story, ["900", "--archive", str(path)], catch_exceptions=False)
