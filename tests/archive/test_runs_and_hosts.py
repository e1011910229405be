"""What a run did, and what is remembered about a host."""

from __future__ import annotations

import json
from datetime import timedelta

from archive.model import HostRecord
from archive.store import hosts, runs
from archive.store.connect import Store
from tests.archive import parts
from tests.archive.parts import NOW, answer

A, B = "https://harbour.example/a", "https://harbour.example/b"


def test_a_run_is_counted_from_what_it_recorded(store: Store) -> None:
    run = parts.begin(store)
    first, second = parts.poll(store, run, parts.said([A, B], parts.lease(store, run)))
    parts.visit(store, run, first, answer(A, b"moved", status=301), answer(f"{A}/", b"<p>page"))
    parts.visit(store, run, second, answer(B, b"busy", status=503), state="failed")
    summary = runs.finish(store, run, status="partial", now=NOW + timedelta(seconds=90))
    expected = {
        "run": run, "polled": 1, "not_modified": 0, "entries": 2, "seen": 0, "fetched": 2, "stored": 1, "revisits": 0, "failed": 1,
        "walls": 0, "cleaned": 0, "seconds": 90.0,
    }  # fmt: skip
    assert summary == expected
    assert list(summary) == list(expected)
    assert parts.rows(store, "SELECT status, finished_at FROM runs") == [("partial", "2026-11-22T10:01:30Z")]
    assert json.loads(str(parts.one(store, "SELECT summary FROM runs"))) == expected


def test_a_run_that_was_ended_by_force_is_marked_by_the_next_one(store: Store) -> None:
    first, second = parts.begin(store), parts.begin(store)
    assert parts.rows(store, "SELECT id, status, error FROM runs ORDER BY id") == [
        (first, "crashed", "ended by force"),
        (second, "running", None),
    ]


def test_a_finished_run_leaves_no_claim_behind(store: Store) -> None:
    run = parts.begin(store)
    parts.lease(store, run)
    runs.finish(store, run, status="stopped", now=NOW)
    assert parts.rows(store, "SELECT lease_run_id, lease_until FROM feeds") == [(None, None)]


def test_a_host_that_is_not_known_has_an_empty_record(store: Store) -> None:
    assert hosts.recall(store, "harbour.example") == HostRecord("harbour.example")


def test_robots_txt_and_a_hold_are_remembered_beside_each_other(store: Store) -> None:
    run = parts.begin(store)
    record = HostRecord(
        "harbour.example", robots_status=200, robots_text=b"User-agent: *\nDisallow: /x", robots_fetched_at=NOW, robots_expires_at=NOW
    )
    with store.transaction():
        hosts.hold(store, "harbour.example", until=NOW + timedelta(minutes=5), reason="429")
        hosts.save_robots(store, run, record, (answer("https://harbour.example/robots.txt", record.robots_text, role="robots"),))
    kept = hosts.recall(store, "harbour.example")
    assert (kept.robots_text, kept.robots_status, kept.robots_expires_at) == (record.robots_text, 200, NOW)
    assert (kept.not_before, kept.reason) == (NOW + timedelta(minutes=5), "429")
    assert parts.one(store, "SELECT count(*) FROM captures WHERE role = 'robots'") == 1
    with store.transaction():
        hosts.hold(store, "harbour.example", until=NOW + timedelta(hours=1), reason="429 again")
    assert hosts.recall(store, "harbour.example").robots_text == record.robots_text
