"""What came in and what became of it: the right rows, along an index, however many articles there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive.arrived import HOUR, Span
from archive.store import arrivals, visits
from archive.store.connect import Store, is_current, open_reader
from archive.times import iso
from tests.archive import library, parts
from tests.archive.parts import NOW

EVER = Span("", "~")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("library") / "wirecopy.db"
    library.build(path, NOW)
    with open_reader(path) as made:
        yield made


def test_articles_are_counted_by_day_outlet_and_agency_without_later_revisions(store: Store) -> None:
    found = {(one.slot, one.outlet, one.agency): one.articles for one in arrivals.counted(store, EVER)}
    day = iso(NOW)[:10]
    assert found == {
        (day, "harbour", "pti"): 1, (day, "harbour", "ians"): 1, (day, "harbour", None): 1, (day, "valley", "pti"): 1,
        (day, "valley", None): 2, (day, "metro", None): 2, (day, "newswire", "pti"): 1,
    }  # fmt: skip
    assert {one.slot for one in arrivals.counted(store, EVER, width=HOUR)} == {f"{day}T04"}


@pytest.mark.parametrize(("span", "count"), [
    (EVER, 9), (Span("", "~", "harbour"), 3), (Span("", "~", None, "pti"), 3), (Span("2026-11-22T04:02", "~"), 5), (Span("", "2026-11"), 0),
])  # fmt: skip
def test_what_is_counted_is_what_is_listed(store: Store, span: Span, count: int) -> None:
    assert sum(one.articles for one in arrivals.counted(store, span)) == len(arrivals.latest(store, span, limit=100)) == count


def test_a_list_goes_on_where_it_was_left(store: Store) -> None:
    whole = [line.article_id for line in arrivals.latest(store, EVER, limit=100)]
    found: list[int] = []
    before = ("~", 0)
    while some := arrivals.latest(store, EVER, limit=2, before=before):
        found += [line.article_id for line in some]
        before = (some[-1].first_seen_at, some[-1].article_id)
    assert found == whole


def test_a_story_on_several_outlets_is_told_with_who_ran_it_first(store: Store) -> None:
    budget, strike = arrivals.spread(store, EVER, limit=10)  # what the most outlets ran comes first
    assert (budget.outlets, budget.first_outlet, budget.who, budget.agency) == (3, "valley", ("valley", "harbour", "metro"), "pti")
    assert (strike.outlets, strike.first_outlet, strike.who, strike.agency) == (2, "newswire", ("newswire", "metro"), "pti")
    assert arrivals.spread(store, Span("", "~", "metro"), limit=10) == []


def test_what_changed_comes_with_what_stood_there_before(store: Store) -> None:
    (found,) = arrivals.revised(store, EVER, limit=10)
    assert ("Nine companies" in found.old_text, "Eleven companies" in found.text) == (True, True)


def test_what_is_gone_is_told_with_its_last_article(tmp_path: Path) -> None:
    with parts.new_store(tmp_path) as store:
        page = parts.Page(store)
        article = page.say("A text.")
        store.conn.execute("UPDATE pages SET removed_at = ?, alive_at = first_seen_at", (iso(NOW + timedelta(days=1)),))
        (found,) = arrivals.gone(store, EVER, limit=10)
        assert (found.article_id, found.outlet, found.headline) == (article, "harbour", "Headline")
        assert arrivals.gone(store, Span("", iso(NOW)), limit=10) == []


def test_captures_come_with_their_heads_and_bodies(store: Store) -> None:
    (page_id,) = store.conn.execute("SELECT page_id FROM articles WHERE revision = 2").fetchone()
    found = visits.of_page(store, page_id, limit=10)
    assert [one.capture_id for one in found] == sorted((one.capture_id for one in found), reverse=True)
    assert b"X-Odd:  two  spaces" in (found[0].response or b"")
    payload = visits.payload(store, found[0].capture_id)
    assert payload is not None
    assert b"Eleven companies" in payload.body
    assert visits.payload(store, 999) is None


@pytest.mark.parametrize("span", [Span("2026-11-20", "2026-11-23"), Span("2026-11-20", "2026-11-23", "harbour", "pti")])
def test_no_question_of_a_time_reads_all_articles_or_pages(store: Store, span: Span) -> None:
    asked: list[str] = []
    store.conn.set_trace_callback(asked.append)
    arrivals.counted(store, span)
    arrivals.latest(store, span, limit=10)
    arrivals.spread(store, span, limit=10)
    arrivals.revised(store, span, limit=10)
    arrivals.gone(store, span, limit=10)
    arrivals.newest(store)
    store.conn.set_trace_callback(None)
    plans = {sql: "\n".join(row[3] for row in store.conn.execute(f"EXPLAIN QUERY PLAN {sql}")) for sql in asked if sql.startswith("SELECT")}
    assert len(plans) >= 6
    for sql, plan in plans.items():
        assert not re.search(r"SCAN (?:a|b|p|articles|pages)\b(?! USING COVERING INDEX articles_first_seen$)", plan), (sql, plan)
    counted, spread = (next(plan for sql, plan in plans.items() if word in sql) for word in ("AS slot", "count(DISTINCT outlet)"))
    assert "COVERING INDEX articles_first_seen (first_seen_at>? AND first_seen_at<?)" in counted
    assert "COVERING INDEX articles_first_seen (first_seen_at>? AND first_seen_at<?)" in spread


def test_an_archive_whose_schema_is_older_is_known(store: Store, tmp_path: Path) -> None:
    assert is_current(store)
    with parts.new_store(tmp_path) as older:
        older.conn.execute("DELETE FROM _sqlite_migrations WHERE name = 'm026_browsing'")
        assert not is_current(older)
