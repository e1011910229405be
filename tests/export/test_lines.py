"""JSON lines and CSV: what they say, that it is what their schema says, and that nothing in them does harm."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import UsageError
from archive.export.blocks import packer
from archive.export.fields import FIELDS, NAME, chosen
from archive.export.jsonl import dumped
from archive.export.records import CELL, cell
from archive.export.schema import json_schema
from tests.export.conftest import CONTROLS, HOSTILE, Export

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def test_a_line_says_all_that_is_known_and_is_as_its_schema_says(export_: Export) -> None:
    lines = [json.loads(line) for line in export_("jsonl", "--fields", "all").stdout.splitlines()]
    schema = json_schema(chosen("all"))
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    assert [list(check.iter_errors(line)) for line in lines] == [[]] * 4
    full = lines[2]
    assert list(full) == [field.name for field in FIELDS]
    assert full["schema"] == NAME == "wirecopy/article/1"
    assert (full["authors"], full["published_at"], full["text_markdown"]) == (["Asha Rao", "B. Lind"], "2026-11-22T10:00:00Z", "**Zürich**")
    assert full["images"] == [{"url": "https://valley.example/3.jpg", "caption": "Der Saal", "credit": "dpa", "alt": "Saal"}]
    assert len(full["body_sha256"]) == 64


def test_the_schema_refuses_what_is_none_of_ours(export_: Export) -> None:
    schema = json.loads(export_("schema").stdout)
    line = json.loads(export_("jsonl").stdout.splitlines()[0])
    for name, wrong in (("schema", "wirecopy/article/2"), ("id", "1"), ("published_at", "2026-11-22 10:00"), ("authors", None)):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.Draft202012Validator(schema).validate(line | {name: wrong})


def test_fields_are_chosen_by_name_in_the_order_asked_for(export_: Export) -> None:
    assert json.loads(export_("jsonl", "--fields", "headline,id", "--agency", "dpa").stdout) == {"headline": "Zürich: ein Pakt", "id": 4}
    with pytest.raises(UsageError, match="no field 'headlin'"):
        export_("jsonl", "--fields", "headlin")


def test_a_hostile_text_comes_back_as_it_was_and_its_line_is_one_line(export_: Export) -> None:
    out = export_("jsonl", "--fields", "headline,text", "--outlet", "valley").stdout
    assert len(out.splitlines()) == 2  # Python's splitlines breaks at NEL, LS and PS as well
    assert "\x1b" not in out
    assert "\u202e" not in export_("jsonl").stdout
    assert json.loads(out.splitlines()[0]) == {"headline": HOSTILE, "text": CONTROLS}


@given(st.text())
def test_any_text_is_one_line_of_json_that_means_the_same(text: str) -> None:
    line = dumped({"text": text}).decode()
    assert json.loads(line) == {"text": text}
    assert len(line.splitlines()) == 1


def test_csv_is_read_by_any_reader_of_csv(export_: Export) -> None:
    content = export_("csv", "--fields", "id,headline,authors,is_partial,images,subhead").stdout_bytes.decode()
    rows = list(csv.DictReader(io.StringIO(content, newline=""), strict=True))
    assert [row["id"] for row in rows] == ["2", "3", "4", "5"]
    assert rows[1]["headline"] == HOSTILE
    assert rows[2]["authors"] == "Asha Rao; B. Lind"
    assert (rows[2]["is_partial"], rows[0]["is_partial"], rows[0]["subhead"]) == ("true", "false", "")
    assert json.loads(rows[2]["images"])[0]["credit"] == "dpa"
    assert content.count("\r\n") == 5


def test_texts_in_csv_keep_their_lines_and_lose_their_control_characters(export_: Export) -> None:
    rows = list(csv.DictReader(io.StringIO(export_("csv", "--fields", "text").stdout_bytes.decode(), newline=""), strict=True))
    assert rows[0]["text"] == "The ferry has come.\n\nIt was fog."
    assert rows[1]["text"] == CONTROLS.replace("\x00", "\ufffd").replace("\x1b", "\ufffd")


def test_for_spreadsheets_nothing_is_a_formula_and_nothing_is_too_long(export_: Export) -> None:
    content = export_("csv", "--excel", "--fields", "id,headline,authors").stdout_bytes
    assert content.startswith(b"\xef\xbb\xbfid,")
    assert [row[1] for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))][2] == "'" + HOSTILE
    assert len(cell("x" * 40_000, excel=True)) == CELL
    assert cell(-3, excel=True) == "-3"


@given(st.text())
def test_no_cell_for_spreadsheets_begins_as_a_formula(text: str) -> None:
    assert not cell(text, excel=True).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize(("name", "unpack"), [("a.jsonl", bytes), ("a.jsonl.gz", gzip.decompress), ("a.jsonl.zst", zstd.decompress)])
def test_the_suffix_says_how_it_is_compressed(export_: Export, tmp_path: Path, name: str, unpack: type[bytes]) -> None:
    export_("jsonl", tmp_path / name)
    content = (tmp_path / name).read_bytes()
    assert unpack(content) == export_("jsonl", "-").stdout_bytes
    assert (packer(name)(b"x") == b"x") == (name == "a.jsonl")


def test_a_selection_without_articles_is_an_empty_file_and_no_error(export_: Export, tmp_path: Path) -> None:
    done = export_("csv", tmp_path / "none.csv", "--since", "2030", "--fields", "id,url")
    assert (done.exit_code, done.stderr) == (0, f"{tmp_path}/none.csv: no article is of this selection.\n")
    assert (tmp_path / "none.csv").read_bytes() == b"id,url\r\n"
