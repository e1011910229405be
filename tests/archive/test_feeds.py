"""The due-queue and what feeds said: claimed once, completed once, nothing said is lost."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from archive.model import Entry, Feed, Move, Outlet
from archive.store import feeds, pages
from archive.store.connect import Store
from archive.store.entries import MAX_VERSIONS
from tests.archive import parts
from tests.archive.parts import FEED, HARBOUR, NOW

A, B = "https://harbour.example/a", "https://harbour.example/b"


def entry(link: str, **facts: object) -> Entry:
    return Entry(url=link, url_given=link, **facts)  # type: ignore[arg-type]


def test_what_is_counted_as_due_is_what_a_run_would_claim(store: Store) -> None:
    run = parts.begin(store)
    lease = parts.lease(store, run)
    assert feeds.count_due(store, NOW) == 1
    held = dataclasses.replace(parts.said([A], lease), not_before=NOW + timedelta(hours=9), next_poll_at=NOW)
    parts.poll(store, run, held)
    assert (feeds.count_due(store, NOW), feeds.claim(store, run, NOW, every=True)) == (0, [])
    assert feeds.count_due(store, NOW + timedelta(hours=9)) == 1


def test_a_new_feed_is_due_at_once_and_claimed_by_one_run_only(store: Store) -> None:
    run, other = parts.begin(store), parts.begin(store)
    lease = parts.lease(store, run)
    assert (lease.url, lease.outlet, lease.last_polled_at, lease.failures) == (FEED, "harbour", None, 0.0)
    assert feeds.claim(store, other, NOW) == []
    assert feeds.claim(store, other, NOW, every=True) == []
    assert feeds.claim(store, run, NOW, every=True) == []  # it has it already
    assert parts.rows(store, "SELECT lease_run_id FROM feeds") == [(run,)]


def test_a_claim_that_was_not_completed_ends_by_itself(store: Store) -> None:
    parts.lease(store, parts.begin(store))
    later = NOW + timedelta(hours=1, seconds=1)
    assert [one.url for one in feeds.claim(store, parts.begin(store), later)] == [FEED]


def test_claims_of_crashed_runs_are_freed_and_own_ones_kept(store: Store) -> None:
    crashed, run = parts.begin(store), parts.begin(store)
    parts.lease(store, crashed)
    feeds.release_crashed(store, run)
    assert [one.url for one in feeds.claim(store, run, NOW)] == [FEED]
    feeds.release_crashed(store, run)
    assert parts.rows(store, "SELECT lease_run_id FROM feeds") == [(run,)]


def test_most_overdue_feeds_are_claimed_first_up_to_the_limit_and_of_the_outlets_asked_for(store: Store) -> None:
    other = Outlet("valley", "Valley Post")
    feeds.sync(store, [HARBOUR], [Feed("harbour", "https://harbour.example/2")], NOW)
    feeds.sync(store, [HARBOUR], [Feed("harbour", "https://harbour.example/2"), Feed("harbour", FEED)], NOW - timedelta(hours=1))
    feeds.sync(
        store,
        [HARBOUR, other],
        [Feed("harbour", "https://harbour.example/2"), Feed("harbour", FEED), Feed("valley", "https://valley.example/f")],
        NOW,
    )
    run = parts.begin(store)
    assert [one.url for one in feeds.claim(store, run, NOW, outlets=frozenset({"valley"}))] == ["https://valley.example/f"]
    assert [one.url for one in feeds.claim(store, run, NOW, limit=1)] == [FEED]
    assert [one.url for one in feeds.claim(store, run, NOW, limit=1)] == ["https://harbour.example/2"]


def test_a_feed_that_left_the_configuration_is_kept_but_not_polled_until_it_comes_back(store: Store) -> None:
    run = parts.begin(store)
    parts.lease(store, run)
    feeds.sync(store, [], [], NOW)
    later = NOW + timedelta(days=1)
    assert feeds.claim(store, run, later) == []
    assert parts.one(store, "SELECT count(*) FROM feeds WHERE NOT active") == 1
    feeds.sync(store, [HARBOUR], [Feed("harbour", FEED, kind="rss")], later)
    assert [one.kind for one in feeds.claim(store, run, later)] == ["rss"]


def test_a_completed_poll_keeps_what_was_seen_and_decided(store: Store) -> None:
    run = parts.begin(store)
    tasks = parts.poll(store, run, parts.said([A, B], parts.lease(store, run)))
    assert [(task.url, task.attempts) for task in tasks] == [(A, 0), (B, 0)]
    assert parts.rows(store, "SELECT outcome, status, entries, new_entries, gap, reason FROM polls") == [("new", 200, 2, 2, 0, "learned")]
    assert parts.rows(store, "SELECT etag, title, last_outcome, lease_run_id, next_poll_at FROM feeds") == [
        ('"1"', "The feed", "new", None, "2026-11-22T10:15:00Z")
    ]
    assert parts.rows(store, "SELECT role, verdict FROM captures") == [("feed", "read")]


def test_a_failed_poll_keeps_the_validators_and_adds_its_weight_a_success_clears_it(store: Store) -> None:
    run = parts.begin(store)
    parts.poll(store, run, parts.said([A], parts.lease(store, run)))
    later = NOW + timedelta(hours=1)
    failed = parts.said([], feeds.claim(store, run, later)[0], now=later, outcome="http-error")
    parts.poll(store, run, dataclasses.replace(failed, document=None, failure_weight=0.5, etag=None, next_poll_at=later))
    assert parts.rows(store, "SELECT etag, failures, last_success_at FROM feeds") == [('"1"', 0.5, "2026-11-22T10:00:00Z")]
    lease = feeds.claim(store, run, later)[0]
    assert lease.failures == 0.5
    parts.poll(store, run, parts.said([A], lease, now=later))
    assert parts.rows(store, "SELECT failures, last_success_at FROM feeds") == [(0.0, "2026-11-22T11:00:00Z")]


def poll_again(store: Store, run: int, *entries: Entry | str, hours: int) -> list[str]:
    """Polled once more, `hours` later; gives back the URLs to be fetched."""
    now = NOW + timedelta(hours=hours)
    lease = parts.lease(store, run, now=now)
    return [task.url for task in parts.poll(store, run, parts.said(entries, lease, now=now))]


def test_an_entry_that_stays_as_it_is_makes_no_further_row(store: Store) -> None:
    run = parts.begin(store)
    assert poll_again(store, run, entry(A, guid="1", title="One"), hours=0) == [A]
    assert poll_again(store, run, entry(A, guid="1", title="One"), hours=1) == []
    assert parts.rows(store, "SELECT guid, title, url FROM entries") == [("1", "One", A)]


def test_a_changed_entry_is_a_new_row_and_no_new_page(store: Store) -> None:
    run = parts.begin(store)
    poll_again(store, run, entry(A, guid="1", summary="One"), hours=0)
    assert poll_again(store, run, entry(A, guid="1", summary="One, corrected"), hours=1) == []
    assert parts.rows(store, "SELECT summary FROM entries ORDER BY id") == [("One",), ("One, corrected",)]
    assert parts.one(store, "SELECT count(*) FROM pages") == 1


def test_a_stored_page_is_looked_at_again_when_its_feed_gives_another_title_or_time_of_change(store: Store) -> None:
    run = parts.begin(store)
    (task,) = parts.poll(store, run, parts.said([entry(A, title="One")], parts.lease(store, run)))
    assert poll_again(store, run, entry(A, title="One, still waiting"), hours=1) == []  # its first fetch is still due
    parts.visit(store, run, task, parts.answer(A, b"<p>page"))
    assert poll_again(store, run, entry(A, title="Two"), hours=2) == [A]
    assert [due.url for due in pages.due(store, NOW + timedelta(hours=2))] == [A]
    assert poll_again(store, run, entry(A, title="Two", updated_raw="today"), hours=3) == [A]


def test_an_entry_that_goes_back_to_what_it_said_does_not_have_its_page_fetched_at_each_poll(store: Store) -> None:
    run = parts.begin(store)
    (task,) = parts.poll(store, run, parts.said([entry(A, title="One")], parts.lease(store, run)))
    parts.visit(store, run, task, parts.answer(A, b"<p>page"))
    assert poll_again(store, run, entry(A, title="Two"), hours=1) == [A]
    assert [poll_again(store, run, entry(A, title="One"), hours=hours) for hours in (2, 3, 4)] == [[], [], []]


def test_an_entry_that_flaps_for_ever_stops_at_a_cap(store: Store) -> None:
    run = parts.begin(store)
    for hours in range(MAX_VERSIONS + 5):
        poll_again(store, run, entry(A, guid="1", summary=f"{hours} readers"), hours=hours)
    assert parts.one(store, "SELECT count(*) FROM entries") == MAX_VERSIONS


def test_a_page_whose_guid_changes_with_each_request_stops_at_the_cap_as_well(store: Store) -> None:
    run = parts.begin(store)
    for hours in range(MAX_VERSIONS + 5):
        poll_again(store, run, entry(A, guid=f"urn:{hours}"), hours=hours)
    assert parts.one(store, "SELECT count(*) FROM entries") == MAX_VERSIONS
    assert parts.one(store, "SELECT count(*) FROM pages") == 1


def test_one_guid_on_several_links_names_none_of_them_alone(store: Store) -> None:
    run = parts.begin(store)
    assert poll_again(store, run, entry(A, guid="0"), entry(B, guid="0"), hours=0) == [A, B]
    assert poll_again(store, run, entry(A, guid="0"), entry(B, guid="0"), hours=1) == []
    assert parts.rows(store, "SELECT url FROM entries ORDER BY id") == [(B,), (A,)]  # the last listed is the oldest


def test_a_known_guid_with_another_query_behind_the_same_address_is_the_page_that_is_known(store: Store) -> None:
    run = parts.begin(store)
    assert poll_again(store, run, entry(f"{A}?sid=1", guid="1"), hours=0) == [f"{A}?sid=1"]
    assert poll_again(store, run, entry(f"{A}?sid=2", guid="1"), hours=1) == []
    assert parts.rows(store, "SELECT page_id, url FROM entries ORDER BY id") == [(1, f"{A}?sid=1"), (1, f"{A}?sid=2")]


def test_another_query_is_another_page_without_a_guid_to_say_so_and_another_path_is_one_in_spite_of_it(store: Store) -> None:
    run = parts.begin(store)
    assert poll_again(store, run, entry(f"{A}?sid=1"), entry(A, guid="1"), hours=0) == [f"{A}?sid=1", A]
    assert poll_again(store, run, entry(f"{A}?sid=2"), entry(B, guid="1"), hours=1) == [f"{A}?sid=2", B]


def test_a_feed_whose_schedule_was_changed_is_due_at_once_and_then_follows_it(store: Store) -> None:
    run = parts.begin(store)
    poll_again(store, run, A, hours=0)
    planned = parts.one(store, "SELECT next_poll_at FROM feeds")
    feeds.sync(store, [HARBOUR], [Feed(HARBOUR.code, FEED)], NOW)
    assert parts.one(store, "SELECT next_poll_at FROM feeds") == planned
    feeds.sync(store, [HARBOUR], [Feed(HARBOUR.code, FEED, schedule="5m")], NOW)
    assert parts.rows(store, "SELECT next_poll_at, next_poll_reason FROM feeds") == [("2026-11-22T10:00:00Z", "its schedule was changed")]


NEW, NEWER = "https://harbour.example/new.xml", "https://harbour.example/newer.xml"
VALIDATORS = "SELECT etag, last_modified, body_sha256 FROM feeds"


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        (Move(NEW, NOW, taken=True), Move(NEW, NOW, taken=True), True),
        (Move(NEW, NOW, taken=True), Move(NEW, NOW), False),
        (Move(NEW, NOW, taken=True), None, False),
        (Move(NEW, NOW, taken=True), Move(NEWER, NOW, meanwhile=NEW), True),
        (Move(NEWER, NOW, meanwhile=NEW), Move(NEWER, NOW, taken=True), False),
        (Move(NEW, NOW), Move(NEW, NOW, taken=True), False),
        (Move(NEW, NOW), Move(NEW, NOW, polls=2), True),
        (Move(NEW, NOW), None, True),
    ],
)
def test_validators_are_forgotten_when_the_next_poll_asks_another_address(
    store: Store, before: Move | None, after: Move | None, *, kept: bool
) -> None:
    run = parts.begin(store)
    lease = dataclasses.replace(parts.lease(store, run), move=before)
    parts.poll(store, run, dataclasses.replace(parts.said([A], lease), last_modified="Monday", move=after))
    assert parts.rows(store, VALIDATORS) == [('"1"', "Monday", "00") if kept else (None, None, None)]
    assert parts.lease(store, run, now=NOW + timedelta(hours=1)).move == after


@pytest.mark.parametrize("written", [NEW, NEWER])
def test_a_feed_that_moves_on_goes_on_as_it_was_under_either_of_its_new_addresses(store: Store, written: str) -> None:
    run = parts.begin(store)
    lease = parts.lease(store, run)
    parts.poll(store, run, dataclasses.replace(parts.said([A], lease), move=Move(NEWER, NOW, meanwhile=NEW)))
    feeds.sync(store, [HARBOUR], [Feed(HARBOUR.code, written)], NOW)
    assert parts.rows(store, "SELECT id, url, active FROM feeds") == [(lease.feed_id, written, 1)]
    assert parts.one(store, "SELECT count(*) FROM moves") == 0


def test_a_feed_that_moved_goes_on_as_it_was_when_its_new_address_is_written_into_sources_toml(store: Store) -> None:
    run, new = parts.begin(store), "https://harbour.example/new.xml"
    lease = parts.lease(store, run)
    parts.poll(store, run, dataclasses.replace(parts.said([A], lease), move=Move(new, NOW, taken=True)))
    feeds.sync(store, [HARBOUR], [Feed(HARBOUR.code, new)], NOW)
    assert parts.rows(store, "SELECT id, url, active, last_outcome FROM feeds") == [(lease.feed_id, new, 1, "new")]
    assert parts.one(store, "SELECT count(*) FROM moves") == 0


def test_a_tombstone_beside_its_own_entry_does_not_make_the_guid_look_shared(store: Store) -> None:
    run = parts.begin(store)
    assert poll_again(store, run, entry(A, guid="1"), hours=0) == [A]
    poll_again(store, run, entry(A, guid="1"), entry("", guid="1", status="canceled"), hours=1)
    assert parts.rows(store, "SELECT identity, status FROM entries ORDER BY id") == [
        (parts.one(store, "SELECT min(identity) FROM entries"), "usable"),
        (parts.one(store, "SELECT min(identity) FROM entries"), "canceled"),
    ]


def test_one_link_twice_in_a_document_is_one_page(store: Store) -> None:
    run = parts.begin(store)
    assert poll_again(store, run, A, f"{A}?utm_source=rss", hours=0) == [
        f"{A}?utm_source=rss"
    ]  # as it was listed first: the last is the oldest
    assert parts.rows(store, "SELECT entries, new_entries FROM polls") == [(2, 1)]


def test_a_link_that_is_left_out_is_recorded_without_a_page(store: Store) -> None:
    run = parts.begin(store)
    assert poll_again(store, run, "https://harbour.example/skip/a", hours=0) == []
    assert parts.rows(store, "SELECT page_id, url FROM entries") == [(None, "https://harbour.example/skip/a")]


def test_a_withdrawn_entry_is_recorded_and_its_page_not_fetched(store: Store) -> None:
    run = parts.begin(store)
    assert poll_again(store, run, entry(A, guid="1", status="canceled"), hours=0) == []
    assert parts.rows(store, "SELECT status, page_id FROM entries") == [("canceled", None)]


def test_full_text_in_the_feed_is_kept_as_a_body(store: Store) -> None:
    run = parts.begin(store)
    poll_again(store, run, entry(A, content="<p>Å full text</p>"), hours=0)
    assert parts.one(store, "SELECT b.length FROM entries e JOIN bodies b ON b.id = e.content_id") == len("<p>Å full text</p>".encode())


@pytest.mark.parametrize(("second", "gap"), [((A, B), 0), ((B,), 1), ((B, B), 1), ((B, "https://harbour.example/c"), 1), ((), 0)])
def test_a_document_that_shares_nothing_with_what_was_known_is_marked_as_a_gap(store: Store, second: tuple[str, ...], gap: int) -> None:
    run = parts.begin(store)
    poll_again(store, run, A, hours=0)
    poll_again(store, run, *second, hours=1)
    assert parts.rows(store, "SELECT gap FROM polls ORDER BY id") == [(0,), (gap,)]


def test_a_poll_that_fails_half_way_leaves_the_claim_and_the_validators(store: Store) -> None:
    run = parts.begin(store)
    lease = parts.lease(store, run)
    with pytest.raises(ZeroDivisionError), store.transaction():
        feeds.complete(store, run, parts.said([A, B], lease), lambda url: bool(1 // (url != B)))
    assert parts.one(store, "SELECT count(*) FROM polls") == parts.one(store, "SELECT count(*) FROM pages") == 0
    assert parts.rows(store, "SELECT etag, lease_run_id FROM feeds") == [(None, run)]
    assert pages.due(store, NOW) == []
