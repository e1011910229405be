"""`wirecopy status`: what was polled and kept, told as it is on record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import UsageError
from archive.model import Article, Feed, Outlet
from archive.store import feeds
from archive.store.connect import Store
from scheduler.monitor import status
from scheduler.status import Row, feeds_status
from scheduler.status_table import WIDTH, as_table
from tests.archive import parts
from tests.archive.parts import FEED, HARBOUR, NOW

COAST = Outlet("coast", "The Coast")
COAST_FEED = "https://coast.example/feed"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with parts.new_store(tmp_path) as made:
        feeds.sync(made, [HARBOUR, COAST], [Feed(HARBOUR.code, FEED), Feed(COAST.code, COAST_FEED)], NOW - timedelta(days=10))
        yield made


def polled(store: Store, *links: str, days_ago: float = 0, **more: Any) -> None:
    """The Harbour's feed is polled, and these links stand in it."""
    when = NOW - timedelta(days=days_ago)
    run_id = parts.begin(store, now=when)
    leased = next(one for one in feeds.claim(store, run_id, when, every=True) if one.url == FEED)
    poll = parts.said(links, leased, now=when)
    parts.poll(store, run_id, replace(poll, **more))


def failed(store: Store, *, days_ago: float = 0, error: str = "HTTP 503", outcome: str = "http-error") -> None:
    polled(store, days_ago=days_ago, outcome=outcome, error=error, document=None, failure_weight=0.5)


def row_of(store: Store, outlet: str = "harbour") -> Row:
    (row,) = feeds_status(store, outlet, now=NOW)
    return row


def table(store: Store, outlet: str | None = None) -> list[str]:
    return as_table(feeds_status(store, outlet, now=NOW), detailed=outlet is not None, now=NOW)


def test_a_feed_that_was_never_polled_says_so_and_is_due_now(store: Store) -> None:
    row = row_of(store, "coast")
    assert (row["state"], row["last_polled_at"], row["last_success_at"]) == ("new", None, None)
    line = next(line for line in table(store) if line.startswith("coast"))
    assert " new " in line
    assert " now " in line


def test_entries_are_counted_on_the_day_of_the_poll_that_brought_them(store: Store) -> None:
    polled(store, "https://harbour.example/a", "https://harbour.example/b", days_ago=6)
    polled(store, "https://harbour.example/b", "https://harbour.example/c", days_ago=1)
    polled(store, "https://harbour.example/c")
    assert row_of(store)["entries_per_day"] == [2, 0, 0, 0, 0, 1, 0]


def test_what_is_older_than_seven_days_is_not_counted(store: Store) -> None:
    polled(store, "https://harbour.example/a", days_ago=7)
    assert row_of(store)["entries_per_day"] == [0] * 7


def test_articles_are_counted_once_however_often_they_change(store: Store) -> None:
    polled(store, "https://harbour.example/news/a")
    page = parts.Page(store)
    page.say("The first text of it.")
    page.say(Article(headline="Headline", text="Another text."))
    assert row_of(store)["articles_per_day"] == [0, 0, 0, 0, 0, 0, 1]


def test_failures_are_told_with_their_reason_and_their_number_since_the_last_success(store: Store) -> None:
    polled(store, "https://harbour.example/a", days_ago=3)
    failed(store, days_ago=2)
    failed(store, days_ago=1)
    row = row_of(store)
    assert (row["state"], row["failed_in_a_row"], row["last_error"]) == ("failing", 2, "HTTP 503")
    assert any("harbour.example/rss.xml: HTTP 503 (2 times in a row, last success 3 d ago)" in line for line in table(store))


def test_a_success_ends_the_failures(store: Store) -> None:
    failed(store, days_ago=2)
    polled(store, "https://harbour.example/a", days_ago=1)
    row = row_of(store)
    assert (row["state"], row["failed_in_a_row"], row["last_error"]) == ("ok", 0, None)
    assert "To look at:" not in table(store)


def test_a_poll_that_knew_none_of_the_entries_is_told_as_a_gap(store: Store) -> None:
    polled(store, "https://harbour.example/a", days_ago=1)
    polled(store, "https://harbour.example/b")
    assert row_of(store)["gaps"] == 1
    assert "gaps 1 in 7 days, not closed: some entries may have come and gone" in " ".join(" ".join(table(store)).split())


def test_one_source_is_shown_in_full_with_why_it_is_polled_then(store: Store) -> None:
    polled(store, "https://harbour.example/a")
    text = "\n".join(table(store, "harbour"))
    assert "harbour: The Harbour Times" in text
    assert "https://harbour.example/rss.xml (auto, The feed)" in text
    assert "next poll     2026-11-22 10:15 UTC, in 15 min\n  because       learned" in text


def test_a_source_can_be_named_by_its_feeds_url(store: Store) -> None:
    assert [row["outlet"] for row in feeds_status(store, COAST_FEED, now=NOW)] == ["coast"]


def test_a_source_that_is_not_there_is_named(store: Store) -> None:
    with pytest.raises(UsageError, match="no source 'habour'"):
        feeds_status(store, "habour", now=NOW)


def test_a_source_that_was_removed_is_shown_only_when_it_is_named(store: Store) -> None:
    feeds.sync(store, [HARBOUR], [Feed(HARBOUR.code, FEED)], NOW)
    assert [row["outlet"] for row in feeds_status(store, None, now=NOW)] == ["harbour"]
    assert "no longer in sources.toml" in "\n".join(table(store, "coast"))


def test_a_feed_that_a_run_has_claimed_is_under_way(store: Store) -> None:
    feeds.claim(store, parts.begin(store), NOW)
    assert all("under way" in line for line in table(store)[1:])


def test_an_archive_without_feeds_says_what_to_do() -> None:
    assert "wirecopy add" in as_table([], detailed=False, now=NOW)[0]


def test_the_command_prints_json_of_the_same_rows(store: Store) -> None:
    polled(store, "https://harbour.example/a")
    done = CliRunner().invoke(status, ["--archive", str(store.path), "--json"])
    assert [row["feed"] for row in json.loads(done.stdout)] == [COAST_FEED, FEED]


@given(
    outlet=st.text(min_size=1),
    words=st.text(),
    counts=st.lists(st.integers(0, 10**7), min_size=7, max_size=7),
    minutes=st.integers(-(10**6), 10**6),
    detailed=st.booleans(),
)  # fmt: skip
def test_whatever_the_web_says_the_table_fits_and_steers_no_terminal(
    outlet: str, words: str, counts: list[int], minutes: int, detailed: bool
) -> None:
    moment = (NOW + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")
    row: Row = {
        "outlet": outlet, "outlet_name": words, "feed": f"https://{words}", "title": words, "kind": "auto", "schedule": words,
        "state": "failing", "last_polled_at": moment, "last_success_at": moment, "last_outcome": "http-error", "last_error": words,
        "failed_in_a_row": 3, "next_poll_at": moment, "next_poll_reason": words, "not_before": None, "claimed_until": None,
        "moved_to": f"https://{words}", "turned_away": {words: 3},
        "entries_per_day": counts, "articles_per_day": counts, "gaps": 2, "gaps_closed": (1, 2, words),
    }  # fmt: skip
    for line in as_table([row], detailed=detailed, now=NOW):
        assert len(line) <= WIDTH
        assert not any(ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 for letter in line)
