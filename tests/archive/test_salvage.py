"""Reading SQLite files without SQLite: held to what SQLite itself reads."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.salvage.btree import Reader, Tree
from archive.salvage.pages import PageFile
from archive.salvage.records import Broken, record, varint

VALUE = st.one_of(
    st.none(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.text(st.characters(exclude_categories=["Cs"])), st.binary()
)
ROWS = st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), VALUE, VALUE), max_size=30, unique_by=lambda row: row[0])


def rows_of(path: Path, table: str, *, keyed: bool = False) -> tuple[list[tuple[object, ...]], Tree]:
    with PageFile(path) as pages:
        schema = {row.values[1]: row.values[3] for row in Reader(pages).rows(1, Tree())}
        tree, root = Tree(), schema[table]
        assert isinstance(root, int)
        return [(row.rowid, *row.values) for row in Reader(pages).rows(root, tree, keyed=keyed)], tree


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, page_size=st.sampled_from([512, 4096, 65536]))
def test_rows_are_what_sqlite_reads(tmp_path: Path, rows: list[tuple[int, object, object]], page_size: int) -> None:
    path = tmp_path / "any.db"
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as conn:
        conn.execute(f"PRAGMA page_size={page_size}")
        conn.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a, b)")
        conn.executemany("INSERT INTO t VALUES (?, ?, ?)", rows)
        conn.commit()
        expected = conn.execute("SELECT id, NULL, a, b FROM t ORDER BY id").fetchall()
    found, tree = rows_of(path, "t")
    assert (found, tree.holes) == (expected, [])


@pytest.mark.parametrize("length", [1, 400, 485, 486, 3000, 4061, 4062, 4096, 20_000, 1_000_000])
def test_what_spills_over_its_page_is_followed(tmp_path: Path, length: int) -> None:
    path = tmp_path / "any.db"
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("CREATE TABLE t (a)")
        conn.execute("CREATE TABLE k (a PRIMARY KEY, b) WITHOUT ROWID")
        conn.execute("INSERT INTO t VALUES (?)", ["x" * length])
        conn.execute("INSERT INTO k VALUES (?, 7)", ["y" * length])
        conn.commit()
    assert rows_of(path, "t")[0] == [(1, "x" * length)]
    assert rows_of(path, "k", keyed=True)[0] == [(None, "y" * length, 7)]


def test_large_trees_come_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "any.db"
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("CREATE TABLE t (a)")
        conn.execute("CREATE TABLE k (a PRIMARY KEY) WITHOUT ROWID")
        conn.executemany("INSERT INTO t VALUES (?)", ((str(n) * 9,) for n in range(20_000)))
        conn.executemany("INSERT INTO k VALUES (?)", ((n,) for n in range(20_000)))
        conn.commit()
    assert rows_of(path, "t")[0] == [(n + 1, str(n) * 9) for n in range(20_000)]
    assert sorted(row[1] for row in rows_of(path, "k", keyed=True)[0]) == list(range(20_000))  # type: ignore[type-var]


def test_a_wal_counts_up_to_its_last_whole_commit(tmp_path: Path) -> None:
    live, copy = tmp_path / "live.db", tmp_path / "copy.db"
    with closing(sqlite3.connect(live, isolation_level=None)) as conn:
        conn.execute("PRAGMA journal_mode=WAL")
        conn.execute("PRAGMA wal_autocheckpoint=0")
        conn.execute("CREATE TABLE t (a)")
        for n in range(50):
            conn.execute("INSERT INTO t VALUES (?)", [str(n) * 500])
        shutil.copy(live, copy)
        shutil.copy(f"{live}-wal", f"{copy}-wal")
    expected = [(n + 1, str(n) * 500) for n in range(50)]
    assert rows_of(copy, "t")[0] == expected
    os.truncate(f"{copy}-wal", Path(f"{copy}-wal").stat().st_size - 10)  # the last commit's last page is torn
    assert rows_of(copy, "t")[0] == expected[:-1]


@given(st.binary(max_size=60))
def test_no_bytes_break_the_decoder_of_records(data: bytes) -> None:
    with suppress(Broken):
        assert isinstance(record(data), tuple)


@given(st.binary(min_size=1, max_size=10))
def test_numbers_end_within_nine_bytes(data: bytes) -> None:
    try:
        value, end = varint(data, 0)
    except Broken:
        return
    assert 0 < end <= 9 and -(2**63) <= value < 2**63


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_tree_ends_and_gives_rows_or_holes(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "any.db"
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA page_size=512")
        conn.execute("CREATE TABLE t (a, b)")
        conn.executemany("INSERT INTO t VALUES (?, ?)", ((n, "x" * (n * 37 % 900)) for n in range(60)))
        conn.commit()
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(512, len(content) - 1))
        piece = data.draw(st.binary(min_size=1, max_size=64))
        content[at : at + len(piece)] = piece
    path.write_bytes(content)
    found, tree = rows_of(path, "t")
    assert len(found) <= 60 and (len(found) == 60 or tree.holes)


def test_a_page_that_the_disk_does_not_give_is_a_hole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "any.db"
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("CREATE TABLE t (a)")
        conn.executemany("INSERT INTO t VALUES (?)", (("x" * 1000,) for _ in range(60)))
        conn.commit()
    pread = os.pread

    def failing(handle: int, length: int, at: int) -> bytes:
        if at == 4 * 4096:
            raise OSError(5, "Input/output error")
        return pread(handle, length, at)

    monkeypatch.setattr(os, "pread", failing)
    found, tree = rows_of(path, "t")
    assert 50 < len(found) < 60
    assert [hole.why for hole in tree.holes] == ["page 5 cannot be read: Input/output error"]
