"""The one writer: batches that harm nobody, and nobody told before the commit."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from pathlib import Path
from typing import Any

import pytest

from archive.errors import ArchiveError, ArchiveLocked, ArchiveMissing
from archive.store import bodies, connect
from archive.store.connect import Store, open_reader
from archive.writer import BATCH, WAITING, Writer
from tests.archive import parts

INSERT = "INSERT INTO runs (id, trigger, started_at, software) VALUES (?, 'manual', '', '')"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    parts.new_store(tmp_path).close()
    return tmp_path / "wirecopy.db"


@pytest.fixture
def writer(archive: Path) -> Iterator[Writer]:
    made = Writer(archive)
    yield made
    made.close()


def insert(number: int) -> Callable[[Store], int]:
    def operation(store: Store) -> int:
        store.conn.execute(INSERT, (number,))
        return number

    return operation


def held(writer: Writer) -> tuple[threading.Event, Future[None]]:
    """Keeps the writer busy until the event is set, so that what follows waits for one batch."""
    go, taken = threading.Event(), threading.Event()

    def operation(_: Store) -> None:
        taken.set()
        go.wait(30)

    future = writer.submit(operation)
    taken.wait(30)
    return go, future


def stored(archive: Path) -> list[int]:
    with open_reader(archive) as reader:
        return [row[0] for row in reader.conn.execute("SELECT id FROM runs ORDER BY id")]


def test_an_operation_is_committed_before_its_caller_hears_of_it(writer: Writer, archive: Path) -> None:
    for number in range(1, 6):
        assert writer.submit(insert(number)).result(30) == number
        assert stored(archive) == list(range(1, number + 1))


def test_a_bad_operation_harms_no_other_of_its_batch(writer: Writer, archive: Path) -> None:
    def bug(store: Store) -> int:
        store.conn.execute(INSERT, (99,))
        raise KeyError("a bug")

    def breaks_a_rule(store: Store) -> int:
        store.conn.execute(INSERT, (98,))
        store.conn.execute(INSERT, (1,))
        return 1

    def no_such_table(store: Store) -> int:
        store.conn.execute("INSERT INTO nothing VALUES (1)")
        return 1

    def damaged(store: Store) -> int:
        return len(bodies.get(store, 12345))

    go, _ = held(writer)
    operations = [insert(1), bug, insert(2), breaks_a_rule, insert(3), no_such_table, damaged, insert(4)]
    futures: list[Future[Any]] = [writer.submit(operation) for operation in operations]
    go.set()
    wait(futures, 30)
    failed = [type(future.exception()).__name__ if future.exception() else future.result() for future in futures]
    assert failed == [1, "KeyError", 2, "ArchiveError", 3, "ArchiveError", "ArchiveDamaged", 4]
    assert stored(archive) == [1, 2, 3, 4]


def test_a_disk_that_is_full_is_told_to_all_of_the_batch_and_passes(writer: Writer, archive: Path) -> None:
    def limit(count: int) -> Callable[[Store], None]:
        def operation(store: Store) -> None:
            store.conn.execute(f"PRAGMA max_page_count = {count}")

        return operation

    def large(store: Store) -> None:
        store.conn.execute("INSERT INTO bodies (sha256, length, codec, data) VALUES ('', 0, 'raw', zeroblob(5000000))")

    writer.submit(limit(100)).result(30)
    go, _ = held(writer)
    futures: list[Future[Any]] = [writer.submit(insert(1)), writer.submit(large), writer.submit(insert(2))]
    go.set()
    wait(futures, 30)
    assert [isinstance(future.exception(), ArchiveError) for future in futures] == [True] * 3
    assert stored(archive) == []
    writer.submit(limit(1073741823)).result(30)
    assert writer.submit(insert(3)).result(30) == 3


def test_an_operation_whose_caller_has_given_up_is_left_out_and_the_writer_goes_on(writer: Writer, archive: Path) -> None:
    go, busy = held(writer)
    futures = [writer.submit(insert(number)) for number in (1, 2, 3)]
    assert futures[1].cancel()
    assert not busy.cancel()
    go.set()
    assert [futures[0].result(30), futures[2].result(30)] == [1, 3]
    assert stored(archive) == [1, 3]


def test_closing_writes_what_waits_however_much_it_is(archive: Path) -> None:
    writer = Writer(archive)
    go, _ = held(writer)
    futures = [writer.submit(insert(number)) for number in range(1, WAITING)]
    go.set()
    writer.close()
    assert all(future.done() for future in futures)
    assert stored(archive) == list(range(1, WAITING))
    assert WAITING > 2 * BATCH


def test_operations_run_in_order(writer: Writer) -> None:
    seen: list[int] = []
    go, _ = held(writer)
    futures = [writer.submit(lambda _, number=number: seen.append(number)) for number in range(120)]  # type: ignore[misc]
    go.set()
    wait(futures, 30)
    assert seen == list(range(120))


def test_an_archive_that_cannot_be_opened_is_told_to_who_asked_for_the_writer(tmp_path: Path) -> None:
    with pytest.raises(ArchiveMissing):
        Writer(tmp_path / "wirecopy.db")


def test_a_lock_that_stays_is_told_of_and_the_writer_goes_on_when_it_is_gone(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "BUSY_SECONDS", 0.01)
    writer = Writer(archive)
    other = sqlite3.connect(archive, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert isinstance(writer.submit(insert(1)).exception(30), ArchiveLocked)
    other.execute("ROLLBACK")
    other.close()
    assert writer.submit(insert(2)).result(30) == 2
    writer.close()
    assert stored(archive) == [2]


def test_an_offer_is_taken_while_there_is_room_and_else_refused_at_once(writer: Writer, archive: Path) -> None:
    go, first = held(writer)
    taken = [writer.offer(insert(number)) for number in range(1, WAITING + 1)]
    refused = writer.offer(insert(WAITING + 1))
    go.set()
    first.result(30)
    for future in taken:
        assert future is not None
        future.result(30)
    assert refused is None
    assert stored(archive) == list(range(1, WAITING + 1))
