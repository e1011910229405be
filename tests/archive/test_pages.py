"""The memory of seen links and the fetch queue: each page is fetched once, and ends in exactly one state."""

from __future__ import annotations

from datetime import timedelta

import pytest

from archive.model import Feed, Outlet, PageTask
from archive.store import captures, feeds, pages
from archive.store.connect import Store
from tests.archive import parts
from tests.archive.parts import NOW, answer

A = "https://harbour.example/a"
LATER = NOW + timedelta(days=30)


def queued(store: Store, *links: str) -> tuple[int, list[PageTask]]:
    run = parts.begin(store)
    return run, parts.poll(store, run, parts.said(links, parts.lease(store, run)))


def test_a_link_counts_as_seen_only_when_its_page_is_stored(store: Store) -> None:
    run, (task,) = queued(store, A)
    assert pages.due(store, NOW) == [task]
    stored = parts.visit(store, run, task, answer(A, b"<p>page"))
    assert stored.stored and not stored.revisit
    assert pages.due(store, LATER) == []
    assert parts.rows(store, "SELECT state, attempts, status, error, capture_id FROM pages") == [
        ("stored", 0, 200, None, stored.capture_id)
    ]
    assert parts.rows(store, "SELECT capture_id FROM clean_queue") == [(stored.capture_id,)]


def test_a_page_that_failed_is_tried_again_when_its_time_comes(store: Store) -> None:
    run, (task,) = queued(store, A)
    parts.visit(store, run, task, answer(A, b"busy", status=503), state="failed")
    assert pages.due(store, NOW) == []
    again = pages.due(store, NOW + timedelta(hours=1))
    assert [(one.page_id, one.attempts) for one in again] == [(task.page_id, 1)]
    parts.visit(store, run, again[0], answer(A, b"<p>page", now=LATER), now=LATER)
    assert parts.rows(store, "SELECT state, attempts, next_try_at FROM pages") == [("stored", 0, None)]
    assert parts.rows(store, "SELECT verdict FROM captures WHERE role = 'page' ORDER BY id") == [("failed",), ("stored",)]


@pytest.mark.parametrize("state", ["gone", "refused", "dead", "blocked"])
def test_a_page_that_was_given_up_is_not_due_again(store: Store, state: str) -> None:
    run, (task,) = queued(store, A)
    stored = parts.visit(store, run, task, answer(A, b"no", status=410), state=state)
    assert not stored.stored
    assert pages.due(store, LATER) == pages.due(store, LATER, all_failed=True) == []
    assert parts.rows(store, "SELECT state, capture_id FROM pages") == [(state, None)]
    assert parts.one(store, "SELECT count(*) FROM clean_queue") == 0
    assert parts.rows(store, "SELECT state, url FROM failures") == [(state, A)]


def test_a_visit_that_dialled_nothing_is_recorded_all_the_same(store: Store) -> None:
    run, (task,) = queued(store, A)
    assert parts.visit(store, run, task, state="refused").capture_id is None
    assert parts.rows(store, "SELECT state, status, attempts FROM pages") == [("refused", None, 1)]


def test_due_pages_are_those_of_the_outlets_asked_for_however_many_wait_elsewhere(store: Store) -> None:
    queued(store, *(f"https://harbour.example/{n}" for n in range(5)))
    other = parts.Page(store, "https://valley.example/a", outlet=Outlet("valley", "Valley Post"))
    store.conn.execute("UPDATE outlets SET active = 1")
    assert [task.page_id for task in pages.due(store, NOW, limit=2, outlets=frozenset({"valley"}))] == [other.id]
    assert len(pages.due(store, NOW, limit=2)) == 2
    assert pages.count_due(store, NOW) == 6
    assert [task.page_id for task in pages.due(store, NOW, after=5)] == [other.id]
    assert pages.due(store, NOW, outlets=frozenset()) == []


def test_pages_of_an_outlet_that_was_taken_out_wait(store: Store) -> None:
    queued(store, A)
    store.conn.execute("UPDATE outlets SET active = 0")
    assert pages.due(store, LATER) == []


def test_every_hop_of_a_redirect_is_a_capture_of_its_own(store: Store) -> None:
    run, (task,) = queued(store, A)
    end = "https://harbour.example/news/a"
    parts.visit(store, run, task, answer(A, b"moved", status=301), answer(end, b"<p>page"))
    hops = parts.rows(store, "SELECT id, redirected_from, url, status, verdict FROM captures WHERE role = 'page' ORDER BY id")
    (first, _, *_), (_, before, url, *_) = hops
    assert (before, url) == (first, end)
    assert [hop[3:] for hop in hops] == [(301, "hop"), (200, "stored")]


def test_the_same_bytes_again_are_a_revisit_that_is_recorded(store: Store) -> None:
    page = parts.Page(store, A)
    first, second = page.fetch(b"<p>page"), page.fetch(b"<p>page")
    assert parts.rows(store, "SELECT id, revisit_of, revisit_profile FROM captures ORDER BY id") == [
        (first, None, None), (second, first, "identical-payload-digest")
    ]  # fmt: skip
    assert parts.one(store, "SELECT count(*) FROM bodies") == 1


def test_an_answer_of_not_modified_points_at_what_it_confirms(store: Store) -> None:
    page = parts.Page(store, A)
    first = page.fetch(b"<p>page")
    parts.visit(store, page.run_id, page.task, answer(A, None, status=304))
    assert parts.rows(store, "SELECT body_id, revisit_of, revisit_profile FROM captures WHERE id > ?", first) == [
        (None, first, "server-not-modified")
    ]


def test_heads_are_kept_byte_for_byte(store: Store) -> None:
    capture_id = parts.Page(store, A).fetch()
    assert parts.rows(store, "SELECT request, response FROM capture_heads WHERE capture_id = ?", capture_id) == [
        (answer(A, b"").request_head, answer(A, b"").response_head)
    ]


def test_no_hops_are_no_capture(store: Store) -> None:
    run, _ = queued(store)
    with store.transaction():
        assert captures.append(store, run, [], verdict="refused") is None


def test_pages_whose_keys_have_one_hash_stay_apart(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "key_hash", lambda _: 7)
    first, second = parts.Page(store, A), parts.Page(store, "https://harbour.example/b")
    assert first.id != second.id
    assert pages.find(store, "harbour.example/b") == second.id
    assert pages.find(store, "harbour.example/c") is None


def test_a_busy_feed_does_not_hide_where_a_quiet_one_has_its_stories(store: Store) -> None:
    run = parts.begin(store)
    feeds.sync(
        store, [parts.HARBOUR], [Feed("harbour", "https://harbour.example/quiet"), Feed("harbour", "https://harbour.example/busy")], NOW
    )
    quiet, busy = feeds.claim(store, run, NOW)
    parts.poll(store, run, parts.said(["https://harbour.example/quiet/1"], quiet))
    parts.poll(store, run, parts.said([f"https://harbour.example/busy/{n}" for n in range(9)], busy))
    assert [url[24:] for url in pages.places(store, quiet.outlet_id, 6)] == ["busy/0", "busy/1", "busy/2", "quiet/1"]
    assert [url[24:] for url in pages.places(store, quiet.outlet_id, 1)] == ["busy/0"]
    feeds.sync(store, [parts.HARBOUR], [Feed("harbour", "https://harbour.example/quiet")], NOW)
    assert [url[24:] for url in pages.places(store, quiet.outlet_id, 6)] == ["quiet/1"]
