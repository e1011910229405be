"""Rule 29 in the archive: embargoes hold a page back, what is over or withdrawn is looked at once more, nothing is deleted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.model import Entry, Feed
from archive.store import feeds, pages
from archive.store.connect import Store
from tests.archive import parts
from tests.archive.parts import NOW

A = "https://harbour.example/a"
HOUR = timedelta(hours=1)
ENTRY = Entry(url=A, url_given=A, guid="1", title="A title")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with parts.new_store(tmp_path) as made:
        yield made


def poll(store: Store, *entries: Entry, hours: int) -> list[str]:
    """Polls once more; gives back what is to be fetched at once."""
    run = parts.begin(store)
    lease = parts.lease(store, run, now=NOW + hours * HOUR)
    return [task.url for task in parts.poll(store, run, parts.said(list(entries), lease, now=NOW + hours * HOUR))]


def stored(store: Store) -> None:
    """A is fetched."""
    (task,) = pages.due(store, NOW + HOUR)
    parts.visit(store, parts.begin(store), task, parts.answer(A, b"page"))
    assert pages.due(store, NOW + HOUR) == []


def test_an_embargoed_page_is_not_fetched_before_its_time(store: Store) -> None:
    embargoed = replace(ENTRY, embargo_until=NOW + 5 * HOUR)
    assert poll(store, embargoed, hours=0) == []
    assert pages.due(store, NOW + 4 * HOUR) == []
    assert [task.url for task in pages.due(store, NOW + 5 * HOUR)] == [A]
    assert parts.rows(store, "SELECT embargo_until, expires_at FROM terms") == [("2026-11-22T15:00:00Z", None)]
    assert poll(store, embargoed, hours=1) == []


def test_an_embargo_that_is_over_holds_nothing(store: Store) -> None:
    assert poll(store, replace(ENTRY, embargo_until=NOW - HOUR), hours=0) == [A]


def test_an_embargo_that_is_lifted_lets_the_page_go_at_once(store: Store) -> None:
    poll(store, replace(ENTRY, embargo_until=NOW + 50 * HOUR), hours=0)
    assert poll(store, ENTRY, hours=1) == [A]
    assert [task.url for task in pages.due(store, NOW + HOUR)] == [A]


@pytest.mark.parametrize("until", [3, 50])
def test_an_embargo_that_is_moved_holds_until_its_new_time_and_the_page_is_no_news(store: Store, until: int) -> None:
    poll(store, replace(ENTRY, embargo_until=NOW + 5 * HOUR), hours=0)
    assert poll(store, replace(ENTRY, embargo_until=NOW + until * HOUR), hours=1) == []
    assert pages.due(store, NOW + (until - 1) * HOUR) == []
    assert [task.url for task in pages.due(store, NOW + until * HOUR)] == [A]
    assert parts.rows(store, "SELECT outcome, new_entries FROM polls ORDER BY id") == [("new", 1), ("nothing-new", 0)]


def test_an_embargo_that_comes_before_its_page_was_fetched_holds_it(store: Store) -> None:
    assert poll(store, ENTRY, hours=0) == [A]  # and the run is killed
    assert poll(store, replace(ENTRY, embargo_until=NOW + 5 * HOUR), hours=1) == []
    assert pages.due(store, NOW + 4 * HOUR) == []


def test_another_feed_can_let_a_page_go_and_not_hold_it_back(store: Store) -> None:
    poll(store, replace(ENTRY, embargo_until=NOW + 5 * HOUR), hours=0)
    feeds.sync(store, [parts.HARBOUR], [Feed("harbour", parts.FEED), Feed("harbour", "https://harbour.example/2.xml")], NOW)
    with store.transaction():
        assert pages.meet(store, A, outlet_id=1, feed_id=2, now=NOW, not_before=NOW + 50 * HOUR) == (1, False)
        assert [task.url for task in pages.due(store, NOW + 5 * HOUR)] == [A]
        assert pages.meet(store, A, outlet_id=1, feed_id=2, now=NOW) == (1, True)
    assert [task.url for task in pages.due(store, NOW)] == [A]


def test_an_entry_that_is_over_is_recorded_and_its_page_not_fetched(store: Store) -> None:
    assert poll(store, replace(ENTRY, expires_at=NOW), hours=0) == []
    assert parts.rows(store, "SELECT status, page_id FROM entries") == [("expired", None)]
    assert parts.one(store, "SELECT count(*) FROM pages") == 0


def test_a_stored_page_whose_entry_runs_out_is_looked_at_once_more(store: Store) -> None:
    ends = replace(ENTRY, expires_at=NOW + 2 * HOUR)
    assert poll(store, ends, hours=0) == [A]
    stored(store)
    assert poll(store, ends, hours=1) == []
    assert poll(store, ends, hours=2) == [A]
    assert poll(store, ends, hours=3) == []
    assert parts.rows(store, "SELECT status, page_id FROM entries ORDER BY id") == [("usable", 1), ("expired", 1)]
    assert parts.one(store, "SELECT state FROM pages") == "stored"


@pytest.mark.parametrize("withdrawn", [replace(ENTRY, status="canceled"), Entry(url="", url_given="", guid="1", status="canceled")])
def test_a_stored_page_that_its_feed_withdraws_is_looked_at_once_more(store: Store, withdrawn: Entry) -> None:
    poll(store, ENTRY, hours=0)
    stored(store)
    assert poll(store, withdrawn, hours=1) == [A]
    assert parts.rows(store, "SELECT status, page_id FROM entries ORDER BY id") == [("usable", 1), ("canceled", 1)]
