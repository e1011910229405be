"""What backfill finds is filed under feeds of its own, in archives of before as well."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive.store import backfill
from archive.store.connect import Store, open_store
from tests.archive import parts
from tests.archive.parts import FEED, NOW

MAP = "https://harbour.example/sitemap.xml"
SINCE = NOW - timedelta(days=30)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with parts.new_store(tmp_path) as made:
        yield made


def planned(store: Store) -> None:
    """A backfill of an outlet whose one polled feed is a sitemap that is read as well."""
    run = parts.begin(store)
    parts.poll(store, run, parts.said(["https://harbour.example/a"], parts.lease(store, run)))
    with store.transaction():
        roots = (("sitemap", FEED), ("sitemap", MAP), ("pages", FEED + "?page=1"))
        backfill.begin(store, "harbour", roots, since=SINCE, until=None, everywhere=False, again=False, now=NOW)  # type: ignore[arg-type]


def filed(store: Store) -> list[tuple[object, ...]]:
    """Where each document's stories are filed."""
    return parts.rows(store, "SELECT b.url, f.url, f.active FROM backfill b LEFT JOIN feeds f ON f.id = b.feed_id ORDER BY b.id")


APART = [(FEED, f"{FEED}#past", 0), (MAP, f"{MAP}#past", 0), (FEED + "?page=1", None, None)]


def test_a_sitemap_that_is_a_polled_feed_as_well_is_filed_apart(store: Store) -> None:
    planned(store)
    assert filed(store) == APART


def test_an_archive_of_before_goes_on_apart_and_keeps_what_was_filed(tmp_path: Path) -> None:
    with parts.new_store(tmp_path) as store:
        planned(store)
        _as_before(store)
        live, known = parts.rows(store, "SELECT * FROM feeds WHERE active"), parts.rows(store, "SELECT id FROM feeds WHERE url = ?", MAP)
    with open_store(tmp_path / "wirecopy.db") as again:
        assert filed(again) == APART
        assert parts.rows(again, "SELECT * FROM feeds WHERE active") == live
        assert parts.rows(again, "SELECT id FROM feeds WHERE url = ?", f"{MAP}#past") == known
        assert [step.url for step in backfill.waiting(again, ["harbour"], limit=9)] == [row[0] for row in APART]


def _as_before(store: Store) -> None:
    """Filed as until m010: under the sitemap's own URL, be it polled or not."""
    store.conn.execute("UPDATE backfill SET feed_id = (SELECT id FROM feeds f WHERE f.active) WHERE url = ?", (FEED,))
    store.conn.execute("DELETE FROM feeds WHERE url = ?", (f"{FEED}#past",))
    store.conn.execute("UPDATE feeds SET url = ? WHERE url = ?", (MAP, f"{MAP}#past"))
    store.conn.execute("DELETE FROM _sqlite_migrations WHERE name = 'm010_backfill_apart'")
