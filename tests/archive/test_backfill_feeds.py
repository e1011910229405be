"""What backfill has to read is filed under feeds of its own, in archives of before as well; it is bounded."""

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


# --- how much is kept of what documents name ------------------------------------------------------------------------------


def named(store: Store, *found: str, left_out: str | None = None, most: int = 3) -> int:
    """What a sitemap of the outlet names; gives back how many there was no room for. The outlet's own sitemap counts as well."""
    with store.transaction():
        backfill.begin(store, "harbour", [("sitemap", MAP)], since=SINCE, until=None, everywhere=False, again=False, now=NOW)
        (step,) = backfill.waiting(store, ["harbour"])
        return backfill.add(store, step, [(one, left_out) for one in found], kind="sitemap", now=NOW, most=most)


def states(store: Store) -> dict[object, object]:
    return {str(url).rpartition("/")[2]: state for url, state in parts.rows(store, "SELECT url, state FROM backfill ORDER BY id")}


def test_what_there_is_no_room_for_is_counted_and_what_is_known_needs_none(store: Store) -> None:
    parts.lease(store, parts.begin(store))
    assert named(store, "x/1", "x/2") == 0
    assert named(store, "x/1", "x/2", "x/3", "x/4") == 2
    assert states(store) == {"sitemap.xml": "waiting", "1": "waiting", "2": "waiting"}


def test_what_is_left_out_takes_no_room_of_what_is_read_and_is_bounded_as_well(store: Store) -> None:
    parts.lease(store, parts.begin(store))
    assert named(store, *(f"x/{n}" for n in range(9)), left_out="its address names no stories") == 0
    assert list(states(store).values()) == ["waiting"] + ["left out"] * 3
    assert named(store, "y/1", "y/2") == 0


def test_what_was_left_out_is_read_once_somebody_names_it_who_may(store: Store) -> None:
    parts.lease(store, parts.begin(store))
    named(store, "x/1", "x/2", left_out="it lies on another site")
    named(store, "x/1")
    assert states(store) == {"sitemap.xml": "waiting", "1": "waiting", "2": "left out"}


def test_to_read_all_again_is_not_to_read_what_was_left_out(store: Store) -> None:
    parts.lease(store, parts.begin(store))
    named(store, "x/1", left_out="it lies on another site")
    with store.transaction():
        (step,) = backfill.waiting(store, ["harbour"])
        backfill.done(store, step, state="read", beyond=7, elsewhere=2, now=NOW)
        seen = backfill.progress(store, "harbour", since=SINCE, until=None)
        backfill.begin(store, "harbour", [("sitemap", MAP)], since=SINCE, until=None, everywhere=False, again=True, now=NOW)
    assert (seen.read, seen.left_out, seen.beyond, seen.elsewhere) == (1, 1, 7, 2)
    assert states(store) == {"sitemap.xml": "waiting", "1": "left out"}
