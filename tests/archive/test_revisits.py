"""Unchanged captures: they have the reading of the one they repeat, follow it, and are read themselves where anything else differs."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from archive.clean import CLEANER_VERSION
from archive.model import Article
from archive.passes import clean_pending
from archive.reclean import clean_again
from archive.store import clean_queue, readings
from archive.store.connect import Store
from archive.workers import WorkerPool
from archive.writer import Writer
from tests.archive import parts
from tests.archive.parts import NOW, Page, answer, page_of, visit

BODY = page_of("The harbour master said on Monday that the pier would stay closed until the divers had looked at it.", title="Pier")
LATER = NOW + timedelta(hours=9)


def queued(store: Store) -> list[object]:
    return [row[0] for row in parts.rows(store, "SELECT capture_id FROM clean_queue ORDER BY capture_id")]


def read_of(store: Store) -> list[tuple[object, ...]]:
    return parts.rows(store, "SELECT capture_id, article_id, cleaner_version, same_as FROM readings ORDER BY capture_id")


@pytest.fixture
def page(store: Store) -> Page:
    """A page that was fetched and read."""
    made = Page(store)
    parts.read(store, made.fetch(BODY), Article(headline="Pier", text="A text."))
    return made


def test_the_same_bytes_again_are_not_read_again(store: Store, page: Page) -> None:
    second, third = page.fetch(BODY), page.fetch(BODY)
    assert queued(store) == []
    assert read_of(store) == [(1, 1, 1, None), (second, 1, 1, 1), (third, 1, 1, 1)]
    assert parts.one(store, "SELECT count(*) FROM articles") == 1


def test_other_bytes_are_read_and_so_is_what_repeats_them_before_they_are(store: Store, page: Page) -> None:
    second = page.fetch(BODY + b"<!-- 2 -->")
    third = page.fetch(BODY + b"<!-- 2 -->")
    assert queued(store) == [second, third]


def test_bytes_of_before_the_last_change_are_read(store: Store, page: Page) -> None:
    parts.read(store, page.fetch(BODY + b"<!-- 2 -->"), Article(headline="Pier", text="Another text."))
    back = page.fetch(BODY)
    assert queued(store) == [back]


@pytest.mark.parametrize(
    "differs", [{"mime": "application/xhtml+xml"}, {"charset": "windows-1252"}, {"url": "https://harbour.example/moved"}]
)
def test_what_came_with_the_bytes_may_make_another_article_of_them(store: Store, page: Page, differs: dict[str, str]) -> None:
    capture = replace(answer(page.url, BODY, now=LATER), **differs)  # type: ignore[arg-type]
    stored = visit(store, page.run_id, page.task, capture, now=LATER)
    assert stored.revisit
    assert queued(store) == [stored.capture_id]


def test_what_a_feed_has_said_since_may_make_another_article_of_them(store: Store, page: Page) -> None:
    with store.transaction() as conn:
        conn.execute(
            "INSERT INTO polls (run_id, feed_id, polled_at, outcome, reason) VALUES (?, 1, '2026-11-22T20:00:00Z', 'new', '')",
            (page.run_id,),
        )
        conn.execute(
            "INSERT INTO entries (feed_id, page_id, poll_id, identity, digest, url, title, first_seen_at)"
            " SELECT 1, ?, max(id), 1, 1, ?, 'Another headline', '2999-01-01T00:00:00Z' FROM polls",
            (page.id, page.url),
        )
    again = page.fetch(BODY)
    assert queued(store) == [again]


@pytest.mark.parametrize("article", [Article(reason="no story was found"), Article(headline="Cookies", reason="a wall", wall="consent")])
def test_what_was_no_story_is_looked_at_each_time(store: Store, article: Article) -> None:
    page = Page(store)
    parts.read(store, page.fetch(BODY), article)
    again = page.fetch(BODY)
    assert queued(store) == [again]


def test_unchanged_captures_follow_when_the_first_is_read_anew(store: Store, page: Page) -> None:
    second = page.fetch(BODY)
    assert clean_queue.ask_again(store) == 1
    assert queued(store) == [1]
    parts.read(store, 1, Article(headline="Pier", text="A better text."), version=7)
    assert read_of(store) == [(1, 1, 7, None), (second, 1, 7, 1)]
    assert clean_queue.ask_again(store, below_version=7) == 0


def test_they_are_read_themselves_when_the_first_turns_out_to_be_a_wall(store: Store, page: Page) -> None:
    second = page.fetch(BODY)
    parts.read(store, 1, Article(headline="Cookies", reason="a wall", wall="consent"), version=7)
    assert queued(store) == [second]
    assert read_of(store)[1][3] is None


def test_a_cleaner_that_cannot_finish_on_the_first_leaves_them_their_article(store: Store, page: Page) -> None:
    second = page.fetch(BODY)
    with store.transaction():
        readings.save_failure(store, 1, "over its deadline", cleaner_version=7, run_id=None, now=NOW)
    assert read_of(store)[1] == (second, 1, 7, 1)


def test_a_run_and_a_newer_cleaner_read_each_text_once(store: Store) -> None:
    page = Page(store)
    page.fetch(BODY)

    async def run() -> int:
        writer, pool = Writer(store.path), WorkerPool(1)
        try:
            return (await clean_pending(store.path, writer, pool)).done
        finally:
            await pool.close()
            writer.close()

    assert asyncio.run(run()) == 1
    page.fetch(BODY)
    assert asyncio.run(run()) == 0
    done = asyncio.run(clean_again(store.path, everything=True, jobs=1, tell=lambda *_: None))
    assert (done.done, done.failed) == (1, 0)
    assert read_of(store) == [(1, 1, CLEANER_VERSION, None), (2, 1, CLEANER_VERSION, 1)]
