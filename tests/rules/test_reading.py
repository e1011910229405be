"""Rules 25, 26 and 31: encodings, documents that mean harm, documents that are none."""

from __future__ import annotations

import asyncio

import pytest

from archive.workers import WorkerPool
from crawler.polling import Reader
from tests.crawl.parts import capture
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


def test_rule_31_a_200_with_html_or_an_empty_body_is_an_error(world: World) -> None:
    assert world.outcomes("html") == ["new", "not-a-feed", "not-a-feed"]
    assert [bool(poll["error"]) for poll in world.person.polls(world.feeds["html"])] == [False, True, True]


def test_rule_31_such_an_answer_deletes_nothing_and_its_validators_are_not_taken(world: World) -> None:
    kept = world.person.feed(world.feeds["html"])
    assert (kept["etag"], kept["failures"]) == ('"good"', 2.0)
    assert [one.get("If-None-Match") for one in world.main.requests("/html")] == [None, '"good"', '"good"']
    assert len(world.person.titles(world.feeds["html"])) == 1
    assert world.person.column("SELECT state FROM pages WHERE url = ?", world.main.url("/p/kept")) == ["stored"]
