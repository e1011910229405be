"""What a run asks for each feed is found along an index: an archive of years answers as fast as one of days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive.store import backfill, feeds, pages
from archive.store.connect import Store
from tests.archive import parts
from tests.archive.parts import FEED, NOW


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with parts.new_store(tmp_path) as made:
        yield made


def test_a_claim_reads_no_table_of_facts_from_end_to_end_nor_all_polls_of_its_feed(store: Store) -> None:
    run = parts.begin(store)
    for day in (0, 10, 20):
        parts.poll(store, run, parts.said(["https://harbour.example/a"], parts.lease(store, run, now=NOW + timedelta(days=day))))
    store.conn.execute("UPDATE feeds SET last_document_at = '2026-01-01T00:00:00Z', next_poll_at = '2026-01-01T00:00:00Z'")
    asked: list[str] = []
    later = parts.begin(store)
    store.conn.set_trace_callback(asked.append)
    with store.transaction():
        assert feeds.claim(store, later, NOW + timedelta(days=30))[0].url == FEED
    store.conn.set_trace_callback(None)
    plans = _plans(store, asked)
    assert any("etag_sent IS NULL" in sql for sql in plans)
    for sql, plan in plans.items():
        assert not re.search(r"SCAN (?:polls|entries|captures|pages|runs)\b", plan), (sql, plan)
        assert "polls_feed" not in plan, (sql, plan)  # all polls of a feed: one an hour, for years


def test_what_backfill_asks_again_and_again_reads_the_pages_of_its_feeds_only(store: Store) -> None:
    lease = parts.lease(store, parts.begin(store))
    asked: list[str] = []
    store.conn.set_trace_callback(asked.append)
    backfill.progress(store, "harbour", since=NOW, until=None)
    pages.places(store, lease.outlet_id, 1000)
    store.conn.set_trace_callback(None)
    plans = [_plan(store, sql) for sql in asked if " pages " in sql]
    assert len(plans) == 2
    assert all("USING INDEX pages_feed" in plan and not re.search(r"SCAN (?:p|pages)\b", plan) for plan in plans), plans


@pytest.mark.parametrize("analysed", [False, True])
@pytest.mark.parametrize("after", [0, 1])
def test_what_is_due_is_found_without_going_through_all_pages(store: Store, after: int, *, analysed: bool) -> None:
    links = [f"https://harbour.example/{number}" for number in range(50)]
    run = parts.begin(store)
    parts.poll(store, run, parts.said(links, parts.lease(store, run)))
    store.conn.execute("UPDATE pages SET next_try_at = NULL, recheck_at = '2027-01-01T00:00:00Z' WHERE id > 2")
    store.conn.execute("UPDATE pages SET state = 'stored', next_try_at = NULL, recheck_at = '2026-01-01T00:00:00Z' WHERE id = 2")
    if analysed:
        store.conn.execute("ANALYZE")
    asked: list[str] = []
    store.conn.set_trace_callback(asked.append)
    found = [task.page_id for task in pages.due(store, NOW, after=after)]
    assert (found, pages.count_due(store, NOW)) == ([1, 2][after:], 2)
    store.conn.set_trace_callback(None)
    for sql, plan in _plans(store, asked).items():
        assert not re.search(r"SCAN (?:p|pages)\b|SEARCH p(?:ages)? USING INTEGER PRIMARY KEY \(rowid>", plan), (sql, plan)


@pytest.mark.parametrize("few", [0, 1, 2, 50])
def test_however_many_are_due_the_same_pages_come_in_the_order_of_their_ids(
    store: Store, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(pages, "FEW", few)
    links = [f"https://harbour.example/{number}" for number in range(5)]
    run = parts.begin(store)
    parts.poll(store, run, parts.said(links, parts.lease(store, run)))
    store.conn.execute("UPDATE pages SET next_try_at = NULL, recheck_at = '2026-01-01T00:00:00Z' WHERE id IN (2, 4)")
    store.conn.execute("UPDATE pages SET next_try_at = '2027-01-01T00:00:00Z' WHERE id = 3")
    assert [task.page_id for task in pages.due(store, NOW)] == [1, 2, 4, 5]
    assert [task.page_id for task in pages.due(store, NOW, after=1, limit=2)] == [2, 4]


def _plans(store: Store, asked: list[str]) -> dict[str, str]:
    return {sql: _plan(store, sql) for sql in asked if sql.startswith("SELECT")}


def _plan(store: Store, sql: str) -> str:
    return "\n".join(row[3] for row in store.conn.execute(f"EXPLAIN QUERY PLAN {sql}"))
