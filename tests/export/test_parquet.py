"""Folders of Parquet files: typed, partitioned, continued."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from pyarrow import parquet as pq

from archive.errors import ArchiveError, OutputError, Stopped, UsageError
from archive.export import folder
from archive.model import Article
from archive.selection import Selection
from archive.store import selecting
from archive.store.connect import Store
from archive.store.partitions import Partitions
from tests.archive.parts import Page
from tests.export.conftest import Export


def files(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def test_columns_have_types_and_say_what_lines_say(export_: Export, tmp_path: Path) -> None:
    export_("parquet", tmp_path / "p", "--fields", "all", "--partition", "none")
    table = ds.dataset(tmp_path / "p").to_table()
    assert table.schema.field("published_at").type == pa.timestamp("ms", tz="UTC")
    assert table.schema.field("authors").type.value_type == pa.string()
    assert table.schema.field("id").type == pa.int64()
    assert b"first_seen" not in (table.schema.field("id").metadata or {})
    lines = [json.loads(line) for line in export_("jsonl", "--fields", "all").stdout.splitlines()]
    rows = table.to_pylist()
    assert rows[2]["published_at"] == datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert rows[2]["images"] == [{"url": "https://valley.example/3.jpg", "caption": "Der Saal", "credit": "dpa", "alt": "Saal"}]
    plain = ("id", "headline", "text", "authors", "keywords", "is_partial", "story_id", "text_markdown")
    assert [[row[name] for name in plain] for row in rows] == [[line[name] for name in plain] for line in lines]


@pytest.mark.parametrize(
    ("partition", "folders"),
    [
        ("day", ["day=2026-11-19", "day=2026-11-22"]),
        ("month", ["month=2026-11"]),
        ("outlet", ["outlet=harbour", "outlet=valley"]),
    ],
)
def test_each_partition_is_a_folder_as_hive_names_it(export_: Export, tmp_path: Path, partition: str, folders: list[str]) -> None:
    export_("parquet", tmp_path / "p", "--partition", partition)
    assert sorted(path.name for path in (tmp_path / "p").iterdir() if path.is_dir()) == folders
    table = ds.dataset(tmp_path / "p", partitioning="hive").to_table()
    assert sorted(table.column("id").to_pylist()) == [2, 3, 4, 5]
    assert {f"{partition}={one}" for one in table.column(partition).to_pylist()} == set(folders)


def test_files_and_row_groups_are_bounded(export_: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "ROWS", 3)
    monkeypatch.setattr("archive.export.parquet.GROUP_ROWS", 2)
    export_("parquet", tmp_path / "p", "--partition", "none", "--all-revisions")
    found = [pq.ParquetFile(path) for path in sorted((tmp_path / "p").glob("*.parquet"))]
    assert [file.metadata.num_rows for file in found] == [3, 2]
    assert [found[0].metadata.row_group(group).num_rows for group in range(2)] == [2, 1]
    assert found[0].metadata.row_group(0).column(0).compression == "ZSTD"


def test_files_end_where_their_text_is_long_enough(export_: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "SIZE", 1)
    export_("parquet", tmp_path / "p", "--partition", "none")
    assert sorted(path.name for path in (tmp_path / "p").glob("*.parquet")) == [f"articles-{n:010}.parquet" for n in (2, 3, 4, 5)]


@pytest.mark.parametrize("partition", ["none", "day", "outlet"])
@pytest.mark.parametrize("at", [0, 1, 2, 3])
def test_an_export_that_was_stopped_goes_on_to_the_same_files(
    export_: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, partition: str, at: int
) -> None:
    monkeypatch.setattr(folder, "ROWS", 1)
    export_("parquet", tmp_path / "whole", "--partition", partition)
    with pytest.MonkeyPatch.context() as patch:
        real, told = folder._settle, [0]

        def settle(fresh: Path, path: Path) -> None:
            if told[0] == at:
                raise KeyboardInterrupt
            told[0] += 1
            real(fresh, path)

        patch.setattr(folder, "_settle", settle)
        with pytest.raises(Stopped, match=f"stopped after {at} articles"):
            export_("parquet", tmp_path / "p", "--partition", partition)
    assert not (tmp_path / "p").exists()
    export_("parquet", tmp_path / "p", "--partition", partition)
    assert files(tmp_path / "p") == files(tmp_path / "whole")
    assert not list(tmp_path.glob("*.part*"))


@pytest.mark.parametrize("partition", ["none", "day"])
def test_append_adds_files_with_what_is_new(export_: Export, library: Store, tmp_path: Path, partition: str) -> None:
    out = tmp_path / "p"
    export_("parquet", out, "--append", "--partition", partition)
    before = files(out)
    Page(library, "https://harbour.example/4", run_id=1).say(Article("Fair", text="The fair was closed again."))
    Page(library, "https://harbour.example/1", run_id=1).say(Article("Ferry", text="The ferry has gone."))
    assert "6 articles (2 of them now)" in export_("parquet", out, "--append", "--partition", partition).stderr
    after = files(out)
    assert {name: after[name] for name in before} == before
    assert sorted(ds.dataset(out, partitioning="hive").to_table().column("id").to_pylist()) == [2, 3, 4, 5, 6, 7]
    assert len(after) == len(before) + 1


def test_an_order_that_cannot_be_kept_is_told_of(library: Store) -> None:
    with Partitions(library, Selection(), lambda at, _: at[:10], last=9, after=0) as plan:
        assert plan.keys() == ["2026-11-19", "2026-11-22"]
        plan._conn.close()
        with pytest.raises(ArchiveError, match="cannot be sorted") as told:
            plan.keys()
    assert "SQLITE_TMPDIR" in (told.value.hint or "")


def test_an_article_that_is_gone_meanwhile_is_left_out(library: Store) -> None:
    found = [one.id for batch in selecting.these(library, [2, 3, 77], last=99) for one in batch]
    assert found == [2, 3]


def test_a_folder_that_is_no_export_is_never_removed(export_: Export, tmp_path: Path) -> None:
    out = tmp_path / "p"
    out.mkdir()
    (out / "thesis.txt").write_text("precious")
    for options in ((), ("--append",), ("--force",), ("--force", "--append")):
        with pytest.raises(OutputError):
            export_("parquet", out, *options)
    assert (out / "thesis.txt").read_text() == "precious"


def test_force_replaces_a_folder_that_an_export_made(export_: Export, tmp_path: Path) -> None:
    export_("parquet", tmp_path / "p", "--outlet", "valley")
    with pytest.raises(OutputError, match="stands already"):
        export_("parquet", tmp_path / "p")
    export_("parquet", tmp_path / "p", "--force", "--partition", "none")
    assert ds.dataset(tmp_path / "p").count_rows() == 4


@pytest.mark.parametrize("options", [(), ("--append",)])
def test_an_empty_folder_is_as_good_as_none(export_: Export, tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "p").mkdir()
    export_("parquet", tmp_path / "p", *options)
    assert ds.dataset(tmp_path / "p").count_rows() == 4


def test_an_empty_selection_is_a_folder_without_files(export_: Export, tmp_path: Path) -> None:
    done = export_("parquet", tmp_path / "p", "--since", "2030")
    assert (done.exit_code, list(files(tmp_path / "p"))) == (0, [".wirecopy-export"])


def test_without_pyarrow_the_remedy_is_named(export_: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "archive.export.parquet", raising=False)
    with pytest.raises(UsageError, match="needs pyarrow") as told:
        export_("parquet", tmp_path / "p")
    assert "pip install '.[parquet]'" in str(told.value.hint)
