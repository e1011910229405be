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
    plans = {sql: _plan(store, sql) for sql in asked if sql.startswith("SELECT")}
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


def _plan(store: Store, sql: str) -> str:
    return "\n".join(row[3] for row in store.conn.execute(f"EXPLAIN QUERY PLAN {sql}"))
