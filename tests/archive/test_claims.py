"""Claims in batches, spread over domains; and a configuration that is written only where it differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.migrations import migrations
from archive.model import Feed, Lease, Outlet
from archive.store import feeds
from archive.store.connect import Store, open_store
from archive.store.feeds import PER_DOMAIN
from tests.archive import parts
from tests.archive.parts import HARBOUR, NOW

MINUTE = timedelta(minutes=1)
VALLEY = Outlet("valley", "Valley Post")


def urls(domain: str, count: int) -> list[str]:
    return [f"https://desk-{number}.{domain}/rss" for number in range(count)]


def configure(store: Store, *groups: Sequence[str], outlet: Outlet = HARBOUR) -> None:
    """Feeds that came due a minute after each other, in this order; all an hour ago or more."""
    listed = [url for group in groups for url in group]
    feeds.sync(store, [outlet], [Feed(outlet.code, url) for url in listed], NOW)
    for number, url in enumerate(listed):
        due = NOW - timedelta(days=1) + number * MINUTE
        store.conn.execute("UPDATE feeds SET next_poll_at = ? WHERE url = ?", (f"{due:%Y-%m-%dT%H:%M:%SZ}", url))


def complete(store: Store, run: int, leases: Sequence[Lease], *, wait: timedelta = timedelta(hours=1)) -> None:
    for lease in leases:
        parts.poll(store, run, replace(parts.said([], lease), document=None, captures=(), next_poll_at=NOW + wait))


def test_one_domain_with_many_feeds_leaves_room_for_the_others(store: Store) -> None:
    configure(store, urls("giant.example", 200), urls("a.example", 2), [f"https://www.outlet-{n}.example/rss" for n in range(40)])
    run = parts.begin(store)
    batch = feeds.claim(store, run, NOW, began=NOW, limit=60)
    of = Counter("giant" if "giant" in lease.url else "other" for lease in batch)
    assert of == {"giant": PER_DOMAIN, "other": 60 - PER_DOMAIN}
    assert [lease.url for lease in batch[:PER_DOMAIN]] == urls("giant.example", PER_DOMAIN)  # the most overdue ones come first


def test_batches_take_all_that_was_due_when_the_run_began_once_and_then_end(store: Store) -> None:
    configure(store, urls("giant.example", 60), urls("a.example", 3), urls("b.co.uk", 3))
    run, polled, sizes = parts.begin(store), list[str](), list[int]()
    while batch := feeds.claim(store, run, NOW, began=NOW, limit=30):
        sizes.append(len(batch))
        polled += [lease.url for lease in batch]
        complete(store, run, batch, wait=-2 * MINUTE)  # the clock was set back: they look due already
    assert sizes == [30, 26, 10]
    assert Counter(polled) == Counter(dict.fromkeys(polled, 1))
    assert len(polled) == 66


def test_what_comes_due_while_a_run_is_at_work_is_left_for_the_next(store: Store) -> None:
    configure(store, urls("a.example", 2))
    run, later = parts.begin(store), NOW + timedelta(hours=2)
    complete(store, run, feeds.claim(store, run, NOW, began=NOW))
    assert feeds.claim(store, run, later, began=NOW) == []
    assert len(feeds.claim(store, parts.begin(store), later, began=later)) == 2


def test_a_lease_begins_when_its_batch_is_claimed_and_is_not_claimed_again_by_its_own_run(store: Store) -> None:
    configure(store, urls("a.example", 2))
    run, late = parts.begin(store), NOW + timedelta(hours=3)
    first = feeds.claim(store, run, late, began=NOW, limit=1)
    assert parts.rows(store, "SELECT lease_until FROM feeds WHERE lease_run_id IS NOT NULL") == [("2026-11-22T14:00:00Z",)]
    second = feeds.claim(store, run, late + timedelta(hours=2), began=NOW)  # the first one still waits in a line: its lease is over
    assert (len(first), len(second), first != second) == (1, 1, True)


def test_everything_is_claimed_once_due_or_not_when_asked_for(store: Store) -> None:
    configure(store, urls("a.example", 30), urls("b.example", 10))
    store.conn.execute("UPDATE feeds SET next_poll_at = '2027-01-01T00:00:00Z' WHERE id % 2")
    run, sizes = parts.begin(store), list[int]()
    while batch := feeds.claim(store, run, NOW, began=NOW, every=True, limit=30):
        sizes.append(len(batch))
        complete(store, run, batch)
    assert sum(sizes) == 40
    assert len(feeds.claim(store, parts.begin(store), NOW, began=NOW, every=True)) == PER_DOMAIN + 10  # anew for another run


def test_outlets_that_are_not_asked_for_are_left(store: Store) -> None:
    feeds.sync(store, [HARBOUR, VALLEY], [Feed("harbour", "https://h.example/"), Feed("valley", "https://v.example/")], NOW)
    asked = frozenset({"valley", "nobody"})
    assert [one.outlet for one in feeds.claim(store, parts.begin(store), NOW, outlets=asked)] == ["valley"]
    assert feeds.is_due(store, NOW, outlets=frozenset({"harbour"}))
    assert not feeds.is_due(store, NOW, outlets=asked)
    assert not feeds.is_due(store, NOW - MINUTE)
    assert feeds.is_due(store, NOW - MINUTE, every=True)


def test_a_feed_that_is_put_off_is_free_and_due_later(store: Store) -> None:
    run = parts.begin(store)
    lease = parts.lease(store, run)
    feeds.put_off(store, lease, NOW + timedelta(hours=1), "quiet hours")
    assert parts.rows(store, "SELECT lease_run_id, lease_until, next_poll_at, next_poll_reason, last_polled_at FROM feeds") == [
        (None, None, "2026-11-22T11:00:00Z", "quiet hours", None)
    ]
    assert feeds.claim(store, run, NOW, began=NOW) == []


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://feeds.daily.co.uk/rss", "daily.co.uk"),
        ("https://www.daily.example/rss", "daily.example"),
        ("http://127.0.0.7:8000/rss", "127.0.0.7"),
        ("http://[::1]/rss", "::1"),
        ("http://intranet/rss", "intranet"),
    ],
)
def test_a_feeds_domain_is_the_registrable_one_else_its_host(store: Store, url: str, domain: str) -> None:
    configure(store, [url])
    assert parts.rows(store, "SELECT domain FROM feeds") == [(domain,)]


# --- the configuration --------------------------------------------------------------------------------------------------


def written(store: Store, outlets: Sequence[Outlet], listed: Sequence[Feed]) -> int:
    """Rows that bringing the archive in line writes."""
    before = store.conn.total_changes
    feeds.sync(store, outlets, listed, NOW)
    return store.conn.total_changes - before


def test_only_what_differs_is_written(store: Store) -> None:
    outlets, listed = [HARBOUR, VALLEY], [Feed("harbour", "https://h.example/"), Feed("valley", "https://v.example/", "rss", "15m")]
    assert written(store, outlets, listed) == 4
    assert written(store, outlets, listed) == 0
    assert written(store, outlets, [listed[0], replace(listed[1], schedule="1h")]) == 1
    assert written(store, outlets, [listed[0], replace(listed[1], outlet="harbour")]) == 1
    assert written(store, [HARBOUR, replace(VALLEY, timezone="Europe/Berlin")], [listed[0]]) == 2
    assert written(store, [HARBOUR], [listed[0]]) == 1
    assert written(store, [HARBOUR], [listed[0]]) == 0
    assert parts.rows(store, "SELECT code, active FROM outlets") == [("harbour", 1), ("valley", 0)]
    assert parts.rows(store, "SELECT url, active FROM feeds") == [("https://h.example/", 1), ("https://v.example/", 0)]
    assert written(store, outlets, listed) == 2
    assert parts.rows(store, "SELECT o.code, f.schedule, f.active FROM feeds f JOIN outlets o ON o.id = f.outlet_id") == [
        ("harbour", None, 1),
        ("valley", "15m", 1),
    ]


def test_feeds_of_an_archive_of_before_get_their_domain_and_keep_all_else(tmp_path: Path) -> None:
    with parts.new_store(tmp_path) as store:
        parts.lease(store, parts.begin(store))
        store.conn.execute("ALTER TABLE feeds DROP COLUMN domain")
        store.conn.execute("ALTER TABLE feeds DROP COLUMN last_run_id")
        for index in ("entries_feed", "polls_read", "polls_whole", "runs_running", "readings_run"):
            store.conn.execute(f"DROP INDEX {index}")
        store.conn.execute("DELETE FROM _sqlite_migrations WHERE name = 'm003_queue'")
        before = parts.rows(store, "SELECT * FROM feeds")
    with open_store(tmp_path / "wirecopy.db") as again:
        assert [row[: len(before[0])] for row in parts.rows(again, "SELECT * FROM feeds")] == before
        assert migrations.pending(Database(again.conn, execute_plugins=False)) == []
        assert parts.rows(again, "SELECT domain, last_run_id FROM feeds") == [(None, None)]
        assert written(again, [HARBOUR], [Feed("harbour", parts.FEED)]) == 1
        assert parts.rows(again, "SELECT domain FROM feeds") == [("harbour.example",)]
