"""Stored pages are looked at again: on a decaying schedule, conditionally, and what changed or went is recorded."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model import Capture, Known, PageTask
from crawler.outcome import of_page
from crawler.recheck import MOST, STABLE, next_check
from crawler.sources.specs import RECHECK
from scheduler.demo import World
from scheduler.run import Options, run

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_the_first_look_comes_after_the_first_step() -> None:
    assert next_check(RECHECK, None, NOW) == NOW + timedelta(minutes=30)


def test_the_first_looks_are_counted_from_the_publication_that_the_feed_states() -> None:
    assert next_check(RECHECK, None, NOW, NOW - HOUR) == NOW + HOUR
    assert next_check(RECHECK, None, NOW, NOW - timedelta(days=5)) == NOW + timedelta(days=2)
    assert next_check(RECHECK, None, NOW, NOW + HOUR) == NOW + timedelta(minutes=30)  # dated ahead: a clock that is wrong
    assert next_check(RECHECK, None, NOW, NOW - timedelta(days=400)) == NOW + RECHECK[-1]


def test_looks_decay_from_the_last_change_and_steps_that_were_missed_are_passed_over() -> None:
    assert next_check(RECHECK, Known(NOW - HOUR), NOW) == NOW + HOUR
    assert next_check(RECHECK, Known(NOW - 10 * HOUR), NOW) == NOW + 14 * HOUR


def test_a_page_that_stays_as_it_is_keeps_the_last_look_alone() -> None:
    stable = Known(NOW - HOUR, checks=STABLE, quiet=STABLE - 1)
    assert next_check(RECHECK, stable, NOW) == NOW - HOUR + RECHECK[-1]


def test_looks_end_with_the_schedule_without_one_and_at_their_number() -> None:
    assert next_check(RECHECK, Known(NOW - timedelta(days=31)), NOW) is None
    assert next_check((), None, NOW) is None
    assert next_check(RECHECK, Known(NOW, checks=MOST - 1), NOW) is None


@given(st.timedeltas(timedelta(0), timedelta(days=40)), st.integers(0, 50), st.integers(0, 50))
def test_a_look_is_always_ahead(age: timedelta, checks: int, quiet: int) -> None:
    due = next_check(RECHECK, Known(NOW - age, checks, quiet), NOW)
    assert due is None or due > NOW


def test_a_page_that_ends_at_the_home_page_is_no_story_stored_or_new() -> None:
    home = Capture(url="https://a.example/", role="page", fetched_at=NOW, status=200, body=b"home")
    task = PageTask(1, "https://a.example/story", "a", 1, 1)
    known = PageTask(1, "https://a.example/story", "a", 1, 1, known=Known(NOW))
    rng = random.Random(1)  # noqa: S311 - spreads retries
    assert of_page(known, home, refusal=None, now=NOW, rng=rng).state == "gone"
    new = of_page(task, home, refusal=None, now=NOW, rng=rng)
    assert (new.state, new.error, new.next_try_at is None) == ("failed", "it redirects to the home page", False)
    assert of_page(replace(task, attempts=3), home, refusal=None, now=NOW, rng=rng).state == "gone"


@pytest.mark.parametrize("url", ["https://a.example/?p=12", "https://special.example/", "https://a.example/story"])
def test_a_story_at_the_root_of_another_site_or_behind_a_query_is_one(url: str) -> None:
    answer = Capture(url=url, role="page", fetched_at=NOW, status=200, body=b"story")
    task = PageTask(1, "https://www.a.example/story", "a", 1, 1, known=Known(NOW))
    assert of_page(task, answer, refusal=None, now=NOW, rng=random.Random(1)).state == "stored"  # noqa: S311 - spreads retries


@pytest.mark.parametrize("status", [403, 500, 503])
def test_a_home_page_that_fails_says_nothing_of_its_stories(status: int) -> None:
    answer = Capture(url="https://a.example/", role="page", fetched_at=NOW, status=status, body=b"no")
    task = PageTask(1, "https://a.example/story", "a", 1, 1, known=Known(NOW))
    assert of_page(task, answer, refusal=None, now=NOW, rng=random.Random(1)).state != "gone"  # noqa: S311 - spreads retries


def _nobody(event: dict[str, Any]) -> None:
    del event


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[sqlite3.Connection, World]]:
    """The demo world, crawled, moved on, and looked at again."""
    folder: Path = tmp_path_factory.mktemp("recheck")
    with World() as world:
        sources = folder / "sources.toml"
        sources.write_text(world.sources_toml(delay=0.0), encoding="utf-8")
        for recheck in (False, True):
            run(Options(folder / "wirecopy.db", sources, every=True, recheck=recheck), _nobody)
            if not recheck:
                world.advance()
                world.requests.clear()
        conn = sqlite3.connect(folder / "wirecopy.db")
        yield conn, world
        conn.close()


def test_every_stored_page_has_a_next_look(twice: tuple[sqlite3.Connection, World]) -> None:
    conn, _ = twice
    assert conn.execute(
        "SELECT count(*) FROM pages WHERE state = 'stored' AND stored_at IS NOT NULL AND next_try_at IS NULL AND recheck_at IS NULL"
    ).fetchone() == (0,)


def test_looks_are_conditional_and_a_304_is_a_revisit_that_asks_for_no_cleaning(twice: tuple[sqlite3.Connection, World]) -> None:
    conn, world = twice
    answered = {request.url for request in world.requests if request.status == 304}
    assert answered
    rows = conn.execute(
        "SELECT url, revisit_of, body_id FROM captures WHERE role = 'page' AND revisit_profile = 'server-not-modified'"
    ).fetchall()
    assert {row[0] for row in rows} <= answered
    assert all(row[1] is not None and row[2] is None for row in rows)
    assert conn.execute("SELECT count(*) FROM clean_queue").fetchone() == (0,)


def test_a_page_that_was_revised_gets_a_revision_and_the_first_text_stays(twice: tuple[sqlite3.Connection, World]) -> None:
    conn, world = twice
    truth = {one.url for one in world.articles() if one.revision}
    revised = {row[0] for row in conn.execute("SELECT url FROM revisions WHERE revision = 2")}
    assert truth
    assert truth <= revised


def test_a_page_that_vanished_keeps_its_text_and_is_tried_again_before_it_counts_as_removed(
    twice: tuple[sqlite3.Connection, World],
) -> None:
    conn, world = twice
    (gone,) = [one.url for one in world.articles() if one.status == 404]
    state, status, next_try, removed = conn.execute(
        "SELECT state, status, next_try_at, removed_at FROM pages WHERE url LIKE ? || '%'", (gone,)
    ).fetchone()
    assert (state, status, removed) == ("stored", 404, None)
    assert next_try is not None
    assert conn.execute("SELECT count(*) FROM articles WHERE url LIKE ? || '%' AND text <> ''", (gone,)).fetchone() == (1,)
