"""Rules 25 to 31: encodings, documents that mean harm, identities, times, changes, gaps, documents that are none."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from click.testing import CliRunner

from archive.store.entries import MAX_VERSIONS
from archive.workers import WorkerPool
from crawler.outcome import PASSING, Outcome
from crawler.polling import Reader, judge
from scheduler.monitor import status
from tests.crawl.parts import capture, lease
from tests.rules.simulated_days import TIMES, Days
from tests.rules.three_runs import RUNS, World


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("bom-first", "Café Łódź"),
        ("then-http", "Café Łódź"),
        ("then-xml", "Café Łódź"),
        ("then-utf8", "Café Łódź"),
        ("then-1252", "Café – “quoted”"),
    ],
)
def test_rule_25_encoding_is_told_by_bom_then_http_then_xml_declaration_then_utf8_then_cp1252(world: World, name: str, title: str) -> None:
    assert world.person.titles(world.feeds[name]) == [title]


@pytest.mark.parametrize("name", ["nasty", "nested", "entities"])
def test_rule_26_a_document_that_means_harm_stops_nobody(world: World, name: str) -> None:
    assert len(world.person.polls(world.feeds[name])) == RUNS
    assert all(len(title or "") < 10_000 for title in world.person.titles(world.feeds[name]))
    assert all(result.status == "partial" and result.exit_code == 0 for result in world.results)


def test_rule_26_reading_has_a_deadline_and_is_ended_by_force() -> None:
    """A deadline that no reading can meet: the worker is killed, and that is the feed's error."""

    async def read() -> str | None:
        pool = WorkerPool(1, deadline=0.0)
        try:
            return (await Reader(pool, 100).read(capture(200, body=b"<rss/>"), "auto")).error
        finally:
            await pool.close()

    error = asyncio.run(read())
    assert error is not None and "deadline" in error


def test_where_no_worker_can_be_started_a_feed_is_asked_again_soon_and_is_no_worse_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise OSError(12, "Cannot allocate memory")

    async def judged() -> Outcome:
        hops = (capture(200, body=b"<rss/>"),)
        return (await judge(lease(), hops, None, Reader(WorkerPool(1), 100), lambda _: asyncio.sleep(0, ())))[0]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", refuse)
    outcome = asyncio.run(judged())
    assert (outcome.name, outcome.weight) == ("network", PASSING)
    assert outcome.error is not None and "Cannot allocate memory" in outcome.error


def entries(days: Days, name: str) -> list[dict[str, Any]]:
    """All that a feed said of its entries, in order."""
    return days.person.rows("SELECT e.* FROM entries e JOIN feeds f ON f.id = e.feed_id WHERE f.url = ? ORDER BY e.id", days.feeds[name])


def test_rule_27_entries_are_known_by_guid_else_by_link(days: Days) -> None:
    assert [row["guid"] for row in entries(days, "corrected")] == ["c", "c"]
    assert len({row["identity"] for row in entries(days, "corrected")}) == 1
    unnamed = entries(days, "no-guids")
    assert [(row["guid"], row["title"]) for row in unnamed] == [(None, "A"), (None, "A")]
    assert len({row["identity"] for row in unnamed}) == 2


def test_rule_27_a_guid_used_twice_in_one_document_is_told_apart(days: Days) -> None:
    twins = entries(days, "twins")
    assert [(row["guid"], row["title"]) for row in twins] == [("twin", "Right"), ("twin", "Left")]
    assert len({row["identity"] for row in twins}) == 2
    assert len(days.main.requests("/p/left")) == len(days.main.requests("/p/right")) == 1


@pytest.mark.parametrize("name", ["flapping", "new-guids"])
def test_rule_27_an_entry_that_changes_with_each_poll_is_capped(days: Days, name: str) -> None:
    assert len(days.asked(name)) > MAX_VERSIONS + 5
    assert len(entries(days, name)) == MAX_VERSIONS
    assert len({row["page_id"] for row in entries(days, name)}) == 1


def test_rule_27_a_page_under_ever_new_guids_is_fetched_once(days: Days) -> None:
    assert len(days.main.requests("/p/renamed")) == 1


def test_rule_28_a_time_without_a_known_zone_is_kept_as_printed_and_never_guessed(days: Days) -> None:
    assert {row["published_raw"]: row["published_at"] for row in entries(days, "times")} == TIMES


def test_rule_28_when_it_was_first_seen_is_a_column_of_its_own(days: Days) -> None:
    first = days.person.polls(days.feeds["times"])[0]["polled_at"]
    assert {row["first_seen_at"] for row in entries(days, "times")} == {first}


def test_rule_29_a_changed_entry_is_a_new_row(days: Days) -> None:
    assert [row["title"] for row in entries(days, "corrected")] == ["Ten hurt", "Twelve hurt"]
    assert len({row["page_id"] for row in entries(days, "corrected")}) == 1


def test_rule_29_a_tombstone_is_a_row_of_its_own_and_deletes_nothing(days: Days) -> None:
    assert [(row["guid"], row["status"]) for row in entries(days, "withdrawn")] == [("tag:w", "usable"), ("tag:w", "canceled")]
    assert len({row["identity"] for row in entries(days, "withdrawn")}) == 1
    url = days.main.url("/p/withdrawn")
    assert days.person.column("SELECT state FROM pages WHERE url = ?", url) == ["stored"]
    assert len(days.main.requests("/p/withdrawn")) == 2  # looked at once more: is it gone?
    (length,) = days.person.column("SELECT max(b.length) FROM captures c JOIN bodies b ON b.id = c.body_id WHERE c.url = ?", url)
    assert length == len(days.main.answers["/p/withdrawn"][0].body)


def test_rule_30_a_poll_that_knows_none_of_the_entries_is_a_gap_on_record_and_in_status(days: Days) -> None:
    gaps = [poll["gap"] for poll in days.person.polls(days.feeds["jumping"])]
    assert gaps == [0] + [1] * (len(gaps) - 1)
    shown = CliRunner().invoke(status, ["--archive", str(days.person.archive)]).output
    told = " ".join(shown[shown.index("To look at:") :].split())
    assert f"/jumping: gaps {len(gaps) - 1} in 7 days, not closed" in told
    assert "/twins: " not in told


def test_rule_31_a_200_with_html_or_an_empty_body_is_an_error(world: World) -> None:
    assert world.outcomes("html") == ["new", "not-a-feed", "not-a-feed"]
    assert [bool(poll["error"]) for poll in world.person.polls(world.feeds["html"])] == [False, True, True]


def test_rule_31_such_an_answer_deletes_nothing_and_its_validators_are_not_taken(world: World) -> None:
    kept = world.person.feed(world.feeds["html"])
    assert (kept["etag"], kept["failures"]) == ('"good"', 2.0)
    assert [one.get("If-None-Match") for one in world.main.requests("/html")] == [None, '"good"', '"good"']
    assert len(world.person.titles(world.feeds["html"])) == 1
    assert world.person.column("SELECT state FROM pages WHERE url = ?", world.main.url("/p/kept")) == ["stored"]
