"""A file an article, and datasets: names that stay in the folder, front matter that no page can end, cards that say what is there."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from archive.errors import Stopped
from archive.export import files_run
from archive.export.files import file_name, markdown
from archive.model import Article
from archive.selection import Selection
from archive.store import selecting
from archive.store.connect import Store
from archive.store.selecting import Selected
from tests.archive.parts import Page
from tests.export.conftest import CONTROLS, HOSTILE, Export
from tests.export.test_parquet import files


@pytest.fixture
def hostile(library: Store) -> Selected:
    return next(one for batch in selecting.articles(library, Selection(), last=99) for one in batch if one.id == 3)


def test_a_text_file_has_the_headline_and_the_text(export_: Export, tmp_path: Path) -> None:
    export_("text", tmp_path / "t")
    found = files(tmp_path / "t")
    assert list(found) == [
        ".wirecopy-export", "2026-11-19/valley-3.txt", "2026-11-22/harbour-2.txt", "2026-11-22/harbour-5.txt", "2026-11-22/valley-4.txt",
        "articles.csv",
    ]  # fmt: skip
    assert found["2026-11-22/harbour-2.txt"].decode() == "Ferry here\n\nThe ferry has come.\n\nIt was fog.\n"
    assert "\x1b" not in found["2026-11-19/valley-3.txt"].decode()


def test_the_table_beside_names_each_file_with_what_is_known(export_: Export, tmp_path: Path) -> None:
    export_("text", tmp_path / "t", "--by", "seen")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "t" / "articles.csv").read_bytes().decode(), newline=""), strict=True))
    assert [row["id"] for row in rows] == ["2", "3", "4", "5"]
    assert all((tmp_path / "t" / row["file"]).is_file() for row in rows)
    assert {row["file"][:10] for row in rows} == {"2026-11-22"}
    assert rows[1]["headline"] == HOSTILE


def test_front_matter_is_yaml_that_says_what_is_known(export_: Export, tmp_path: Path) -> None:
    export_("markdown", tmp_path / "m")
    _, front, body = (tmp_path / "m" / "2026-11-22" / "valley-4.md").read_text("utf-8").split("---\n", 2)
    said = yaml.safe_load(front)
    assert (said["headline"], said["authors"], said["word_count"]) == ("Zürich: ein Pakt", ["Asha Rao", "B. Lind"], 7)
    assert body == "\n# Zürich: ein Pakt\n\n**Zürich**\n"


def test_a_hostile_page_adds_nothing_to_the_front_matter(hostile: Selected) -> None:
    _, front, body = markdown(hostile).decode().split("---\n", 2)
    said = yaml.safe_load(front)
    assert (said["headline"], said["authors"], said["keywords"]) == (HOSTILE, ["--- | x: y", "@sum"], ["a; b", "#"])
    assert said["outlet_name"] == "Valley\nPost \u202e"
    assert "\x1b" not in body
    assert CONTROLS.split("\x00")[0] in body


@given(st.text())
@example("\ufffe\uffff\x7f\x85\u2028---")
def test_any_headline_is_one_value_of_the_front_matter(headline: str) -> None:
    from archive.export.files import _json

    assert yaml.safe_load(f"headline: {_json(headline)}\nid: 1\n") == {"headline": headline, "id": 1}


@given(st.text(), st.text())
def test_no_name_leaves_the_folder(outlet: str, at: str) -> None:
    class Some:
        id = 7

    some = Some()
    some.outlet = outlet  # type: ignore[attr-defined]
    assert re.fullmatch(r"(undated|\d{4}-\d\d-\d\d)/[a-z0-9]([a-z0-9-]*[a-z0-9])?-7\.txt", file_name(some, at, ".txt"))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["text", "markdown"])
@pytest.mark.parametrize("at", [0, 1, 3])
def test_an_export_of_files_that_was_stopped_goes_on_to_the_same_files(
    export_: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, at: int
) -> None:
    monkeypatch.setattr(selecting, "BATCH", 1)
    export_(kind, tmp_path / "whole")
    with pytest.MonkeyPatch.context() as patch:
        real, told = files_run._write, [0]

        def write(*arguments: object) -> None:
            told[0] += 1
            if told[0] > at:
                raise KeyboardInterrupt
            real(*arguments)  # type: ignore[arg-type]

        patch.setattr(files_run, "_write", write)
        with pytest.raises(Stopped):
            export_(kind, tmp_path / "t")
    with (tmp_path / "t.part" / "articles.csv").open("ab") as table:
        table.write(b"torn")
    export_(kind, tmp_path / "t")
    assert files(tmp_path / "t") == files(tmp_path / "whole")


def test_append_adds_files_and_lines_of_the_table(export_: Export, library: Store, tmp_path: Path) -> None:
    export_("text", tmp_path / "t", "--append")
    Page(library, "https://harbour.example/4", run_id=1).say(Article("Fair", text="The fair was closed again."))
    assert "5 articles (1 of them now), 5 files" in export_("text", tmp_path / "t", "--append").stderr
    assert (tmp_path / "t" / "2026-11-22" / "harbour-6.txt").read_text() == "Fair\n\nThe fair was closed again.\n"
    assert (tmp_path / "t" / "articles.csv").read_text("utf-8").splitlines()[-1].startswith("2026-11-22/harbour-6.txt,Fair,")


def test_a_dataset_has_a_card_and_shards(export_: Export, tmp_path: Path) -> None:
    export_("dataset", tmp_path / "wire_copy-2026", "--agency", "dpa")
    found = files(tmp_path / "wire_copy-2026")
    assert list(found) == [".wirecopy-export", "README.md", "data/train-0000000004.parquet"]
    _, front, words = found["README.md"].decode().split("---\n", 2)
    card = yaml.safe_load(front)
    assert card["pretty_name"] == "wire copy 2026"
    assert card["configs"] == [{"config_name": "default", "data_files": [{"split": "train", "path": "data/*.parquet"}]}]
    features = {feature["name"]: feature for feature in card["dataset_info"]["features"]}
    assert features["published_at"]["dtype"] == "timestamp[ms, tz=UTC]"
    assert features["authors"] == {"name": "authors", "sequence": "string"}
    assert "1 news article in 1 file" in words
    assert '`{"agencies": ["dpa"]}`' in words


def test_a_dataset_of_json_lines_needs_no_pyarrow(export_: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "archive.export.parquet", raising=False)
    export_("dataset", tmp_path / "d", "--shards", "jsonl", "--title", "A: b\n---")
    (shard,) = (tmp_path / "d" / "data").glob("*.jsonl.gz")
    assert gzip.decompress(shard.read_bytes()) == export_("jsonl").stdout_bytes
    card = yaml.safe_load((tmp_path / "d" / "README.md").read_text("utf-8").split("---\n")[1])
    assert (card["pretty_name"], card["configs"][0]["data_files"][0]["path"]) == ("A: b ---", "data/*.jsonl.gz")


def test_a_dataset_that_grows_counts_anew(export_: Export, library: Store, tmp_path: Path) -> None:
    export_("dataset", tmp_path / "d", "--append")
    Page(library, "https://harbour.example/4", run_id=1).say(Article("Fair", text="The fair was closed again."))
    export_("dataset", tmp_path / "d", "--append")
    assert "5 news articles in 2 files" in (tmp_path / "d" / "README.md").read_text("utf-8")
    assert json.loads((tmp_path / "d.export.json").read_text("utf-8"))["articles"] == 5
