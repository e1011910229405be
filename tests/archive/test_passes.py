"""Cleaning as a pass over stored raw: first and again, with the real cleaner in real workers."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive import passes
from archive.clean import CLEANER_VERSION
from archive.cli import clean as clean_command
from archive.errors import ArchiveLocked, NoWorker
from archive.lock import Turns, clean_lock, run_lock
from archive.model import Article, CleanTask, Entry, Image
from archive.passes import Cleaned, clean_pending
from archive.reclean import clean_again
from archive.store import clean_queue
from archive.store.connect import Store
from archive.workers import WorkerPool
from archive.writer import Writer
from tests.archive import parts
from tests.archive.parts import NOW, Page, page_of

SENTENCES = (
    "The harbour master said on Monday that the northern pier would stay closed until the divers had looked at its foundations.",
    "Two ferries were sent to the old terminal, where passengers waited for more than three hours in the rain before boarding.",
    "The company that runs the ferries said that it would pay back all tickets, and asked travellers to call before they leave home.",
)
STORY = "\n\n".join(SENTENCES)


def clean_all(archive: Path, *, deadline: float = 30.0) -> Cleaned:
    async def body() -> Cleaned:
        writer, pool = Writer(archive), WorkerPool(2, deadline=deadline)
        try:
            return await clean_pending(archive, writer, pool)
        finally:
            await pool.close()
            writer.close()

    return asyncio.run(body())


def test_every_stored_page_is_read_and_the_queue_is_empty_then(store: Store) -> None:
    page = Page(store)
    page.fetch(page_of(STORY, title="Northern pier stays closed"))
    Page(store, "https://harbour.example/b", run_id=page.run_id).fetch(b"%PDF-1.4 not a page")
    done = clean_all(store.path)
    assert (done.done, done.without_text, done.failed) == (2, 1, 0)
    assert clean_queue.waiting(store) == 0
    ((headline, text),) = parts.rows(store, "SELECT headline, text FROM articles")
    assert headline == "Northern pier stays closed"
    assert str(text).endswith(STORY)
    assert parts.rows(store, "SELECT cleaner_version FROM readings") == [(CLEANER_VERSION,)] * 2


def test_articles_are_numbered_in_the_order_of_their_captures(store: Store) -> None:
    """However many workers there are, and whichever is faster."""
    run = parts.begin(store)
    pages = [Page(store, f"https://harbour.example/{n}", run_id=run) for n in range(40)]
    captures = [page.fetch(page_of(STORY.replace("Two", str(n)), title=f"Pier {n} stays closed")) for n, page in enumerate(pages)]
    assert clean_all(store.path).done == 40
    assert [row[0] for row in parts.rows(store, "SELECT capture_id FROM articles ORDER BY id")] == captures


def test_the_cleaner_is_told_what_the_feed_said_last(store: Store) -> None:
    run = parts.begin(store)
    link = "https://harbour.example/a"
    for hours, title in enumerate(("First title", "Second title")):
        now = NOW + timedelta(hours=hours)
        said = Entry(url=link, url_given=link, guid="1", title=title, authors=("A. Writer",), content="<p>Ünïcode</p>", published_at=NOW)
        tasks = parts.poll(store, run, parts.said([said], parts.lease(store, run, now=now), now=now))
        for task in tasks:
            parts.visit(store, run, task, parts.answer(link, page_of(STORY)))
    due, damaged = clean_queue.batch(store, after=0, limit=10)
    first, entry = due[0], due[0].entry
    assert entry is not None
    assert (entry.title, entry.authors, entry.content, entry.published_at) == ("Second title", ("A. Writer",), "<p>Ünïcode</p>", NOW)
    assert (first.body, first.headers, first.timezone) == (page_of(STORY), {"content-type": "text/html; charset=utf-8"}, "Asia/Kolkata")
    assert damaged == []
    store.conn.execute("UPDATE bodies SET data = x'00' WHERE id = (SELECT max(content_id) FROM entries)")
    due, _ = clean_queue.batch(store, after=0, limit=10)
    assert due[0].entry is not None and due[0].entry.content is None  # damaged evidence does not keep the page from being read


def test_cleaning_again_takes_what_an_older_version_read_or_all(store: Store) -> None:
    page = Page(store)
    for text in (STORY, STORY + "\n\nMore."):
        page.say(text)
    assert clean_queue.ask_again(store, below_version=1) == 0
    assert clean_queue.ask_again(store, below_version=2) == 2
    assert clean_queue.ask_again(store) == 2


def test_a_cleaner_that_cannot_finish_loses_nothing_that_was_read_before(store: Store) -> None:
    article_id = Page(store).say(STORY)
    clean_queue.ask_again(store)
    done = clean_all(store.path, deadline=0.001)
    assert (done.done, done.failed) == (1, 1)
    assert parts.rows(store, "SELECT id, text FROM articles") == [(article_id, STORY)]
    (row,) = parts.rows(store, "SELECT article_id, reason FROM readings")
    assert row[0] == article_id and "deadline" in str(row[1])
    assert clean_queue.waiting(store) == 0


def test_a_bug_in_the_cleaner_costs_one_page_and_says_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    Page(store).fetch(page_of(STORY))
    monkeypatch.setattr(passes, "clean", os.getpid)  # takes no arguments: a TypeError in the worker
    assert clean_all(store.path).failed == 1
    assert "TypeError" in str(parts.one(store, "SELECT reason FROM readings"))


def test_where_no_worker_can_be_started_pages_go_on_waiting(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("can't start new thread")

    Page(store).fetch(page_of(STORY))
    with monkeypatch.context() as broken, pytest.raises(NoWorker):
        broken.setattr(asyncio, "create_subprocess_exec", refuse)
        clean_all(store.path)
    assert parts.one(store, "SELECT count(*) FROM readings") == 0
    assert clean_all(store.path).done == 1


def test_a_page_with_half_a_character_in_its_markup_keeps_no_other_from_being_read(store: Store) -> None:
    page = Page(store)
    facts = rb'<script type="application/ld+json">{"@type": "NewsArticle", "image": "https://harbour.example/\ud800.png"}</script></head>'
    page.fetch(page_of(STORY).replace(b"</head>", facts))
    Page(store, "https://harbour.example/b", run_id=page.run_id).fetch(page_of(STORY.replace("Two", "Three")))
    assert clean_all(store.path).done == 2
    assert clean_queue.waiting(store) == 0


@pytest.mark.parametrize(
    "half",
    [
        Article(headline="\ud800", text=STORY),
        Article(text=STORY, keywords=("pier", "\ud800")),
        Article(text=STORY, images=(Image("https://harbour.example/a.png", caption="\ud800"),)),
        Article(text=STORY, evidence={"text": "\ud800"}),
    ],
)
def test_what_cannot_be_encoded_is_told_as_a_failure(store: Store, monkeypatch: pytest.MonkeyPatch, half: Article) -> None:
    Page(store).fetch(page_of(STORY))

    async def give_half(*_: object, **__: object) -> Article:
        return half

    monkeypatch.setattr(WorkerPool, "call", give_half)
    assert clean_all(store.path).failed == 1
    assert "cannot be encoded" in str(parts.one(store, "SELECT reason FROM readings"))


def test_a_damaged_body_loses_nothing_that_was_read_before_and_stops_nobody(store: Store) -> None:
    page = Page(store)
    article_id = page.say(STORY)
    other = Page(store, "https://harbour.example/b", run_id=page.run_id)
    other.fetch(page_of(STORY.replace("harbour", "railway"), title="Another", seed=77))
    store.conn.execute("UPDATE bodies SET data = x'00' WHERE id = (SELECT body_id FROM captures WHERE page_id = ?)", (other.id,))
    third = Page(store, "https://harbour.example/c", run_id=page.run_id)
    third.fetch(page_of(STORY.replace("ferries", "trams"), title="A third one"))
    clean_queue.ask_again(store)
    done = clean_all(store.path)
    assert (done.done, done.failed) == (3, 1)
    assert parts.one(store, "SELECT page_id FROM articles WHERE id = ?", article_id) == page.id
    assert parts.rows(store, "SELECT page_id FROM articles ORDER BY id") == [(page.id,), (third.id,)]


def test_a_pass_that_is_cut_off_goes_on_where_it_stood(store: Store) -> None:
    run = parts.begin(store)
    for number in range(70):
        Page(store, f"https://harbour.example/{number}", run_id=run).fetch(page_of(STORY, title=f"Pier {number}"))

    async def cut_off() -> None:
        writer, pool = Writer(store.path), WorkerPool(1)
        started = asyncio.Event()
        task = asyncio.ensure_future(clean_pending(store.path, writer, pool, tell=lambda _: started.set()))
        await started.wait()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await pool.close()
        writer.close()

    asyncio.run(cut_off())
    left = clean_queue.waiting(store)
    assert 0 < left < 70
    assert clean_all(store.path).done == left
    assert parts.one(store, "SELECT count(*) FROM articles") == parts.one(store, "SELECT count(DISTINCT page_id) FROM articles") == 70


def test_news_that_comes_in_while_a_pass_waits_is_read_by_it(store: Store) -> None:
    page = Page(store)
    page.fetch(page_of(STORY, title="Pier"))
    more = iter([page_of(STORY.replace("Two", "Three"), title="Pier again"), None])

    async def body() -> Cleaned:
        async def wait_for_more() -> bool:
            body = next(more)
            if body is not None:
                page.fetch(body)
            return body is not None

        writer, pool = Writer(store.path), WorkerPool(1)
        try:
            return await clean_pending(store.path, writer, pool, more=wait_for_more)
        finally:
            await pool.close()
            writer.close()

    assert asyncio.run(body()).done == 2
    assert parts.one(store, "SELECT max(revision) FROM articles") == 2


def test_the_command_reads_what_waits_and_with_all_everything(store: Store) -> None:
    page = Page(store)
    page.fetch(page_of(STORY, title="Pier"))
    for arguments, expected in (([], "1 pages read; 0 without text"), ([], "0 pages read"), (["--all"], "1 pages read")):
        result = CliRunner().invoke(clean_command, ["-a", str(store.path), "--jobs", "1", *arguments], standalone_mode=False)
        assert result.exception is None
        assert expected in result.stdout


def test_the_command_waits_while_a_run_is_at_work(store: Store) -> None:
    Page(store).fetch(page_of(STORY, title="Pier"))
    ended = threading.Event()

    def a_run() -> None:
        with run_lock(store.path):
            begun.set()
            time.sleep(2.5)
            ended.set()

    begun, thread = threading.Event(), threading.Thread(target=a_run)
    thread.start()
    begun.wait(10)
    result = CliRunner().invoke(clean_command, ["-a", str(store.path)], standalone_mode=False)
    assert ended.is_set() and "1 pages read" in result.stdout
    assert "A run is at work: waiting" in result.stderr or not result.stderr.strip()  # no bar where there is no terminal
    thread.join()


def test_a_run_finds_its_lock_free_while_pages_are_read_again(store: Store) -> None:
    run = parts.begin(store)
    for number in range(passes.BATCH * 2):
        Page(store, f"https://harbour.example/{number}", run_id=run).fetch(page_of(STORY, title=f"Pier {number}"))
    seen: list[int] = []

    def tell(done: Cleaned, _: int) -> None:
        with run_lock(store.path, wait=5):  # raises where it is not
            seen.append(done.done)

    asyncio.run(clean_again(store.path, everything=True, jobs=1, tell=tell))
    assert seen == [passes.BATCH, passes.BATCH * 2]


def test_two_commands_do_not_read_the_same_pages(store: Store) -> None:
    with clean_lock(store.path):
        result = CliRunner().invoke(clean_command, ["-a", str(store.path)], standalone_mode=False)
    assert isinstance(result.exception, ArchiveLocked) and result.exception.exit_code == 75
    assert "another `wirecopy clean` is at work" in str(result.exception)


def test_an_interrupted_command_does_not_wait_for_the_run(store: Store) -> None:
    Page(store).fetch(page_of(STORY))
    turns = Turns(store.path)
    with run_lock(store.path):
        turns.give_up()
        with pytest.raises(ArchiveLocked), turns.turn():
            pass


def test_what_is_to_be_read_again_is_left_to_the_command(store: Store) -> None:
    page = Page(store)
    page.say(STORY)
    assert clean_queue.ask_again(store) == 1
    new = page.fetch(page_of(STORY + "\n\nMore."))
    assert (clean_queue.waiting(store), clean_queue.waiting(store, again=False)) == (2, 1)
    assert [task.capture_id for task in clean_queue.batch(store, after=0, limit=9, again=False)[0]] == [new]


def test_a_newer_cleaner_makes_no_revision_of_a_page_that_a_run_read_before_it(store: Store) -> None:
    page = Page(store)
    page.fetch(page_of(STORY, title="Pier"))
    first = parts.one(store, "SELECT min(id) FROM captures WHERE page_id = ?", page.id)
    parts.read(store, int(str(first)), Article(headline="Pier", text="As an older cleaner read it."))
    page.fetch(page_of(STORY, title="Pier", seed=5))
    asyncio.run(_new_ones(store.path))
    assert parts.one(store, "SELECT count(*) FROM articles") == 2  # the run cannot know better
    asyncio.run(clean_again(store.path, everything=False, jobs=1, tell=lambda *_: None))
    assert parts.rows(store, "SELECT revision, capture_id FROM articles") == [(1, first)]
    assert parts.rows(store, "SELECT DISTINCT article_id FROM readings") == [(1,)]


async def _new_ones(archive: Path) -> None:
    writer, pool = Writer(archive), WorkerPool(1)
    try:
        await clean_pending(archive, writer, pool, again=False)
    finally:
        await pool.close()
        writer.close()


def test_a_reading_without_a_story_says_why(store: Store) -> None:
    page = Page(store)
    parts.read(store, page.fetch(), Article(reason="a video page"))
    assert parts.rows(store, "SELECT reason FROM readings") == [("a video page",)]


def test_a_pass_that_is_called_off_closes_its_connection_only_behind_the_query_under_way(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, go_on, after = threading.Event(), threading.Event(), Future[int]()

    def slow(reader: Store, *, after_query: Future[int] = after, **_: int) -> tuple[list[CleanTask], list[tuple[int, str]]]:
        inside.set()
        go_on.wait(20)
        try:  # a closed connection raises here; one that is closed in the middle of a query crashes the process
            after_query.set_result(reader.conn.execute("SELECT 7").fetchone()[0])
        except BaseException as problem:
            after_query.set_exception(problem)
        return [], []

    monkeypatch.setattr(clean_queue, "batch", slow)

    async def body() -> None:
        writer, pool = Writer(store.path), WorkerPool(1)
        work = asyncio.ensure_future(clean_pending(store.path, writer, pool))
        while not inside.is_set():
            await asyncio.sleep(0.01)
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
        go_on.set()
        await pool.close()
        writer.close()

    asyncio.run(body())
    assert after.result(20) == 7
