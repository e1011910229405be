"""Collections of texts without pages: each line is kept as it stands, read like a page, and comes back from every export."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from archive.browse import snapshot
from archive.errors import InputError
from archive.export.line_commands import jsonl
from archive.import_commands import import_
from archive.merge import merge
from archive.model import TEXT_RECORD
from archive.reclean import clean_again
from archive.store import visits
from archive.store.connect import open_reader
from archive.warc.reading import Found, read
from tests.archive.parts import NOW
from tests.browse.parts import Pages
from tests.export.exchanges import build
from tests.export.test_warc import run as run_export
from tests.intake import files
from tests.intake.files import STORY, page, rows
from tests.intake.test_others import run
from tests.intake.test_round_trip import state

LINE = {
    "url": "https://harbour.example/a",
    "title": "Ferry late",
    "text": STORY,
    "fetched_at": "2024-01-02T03:04:05Z",
    "author": "Ada Merrow",
}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "wirecopy.db"


def bring(archive: Path, said: list[dict[str, Any] | str], name: str = "texts.jsonl") -> str:
    return run(files.lines(archive.parent / name, said), "-a", archive).stdout


def exported(archive: Path) -> Path:
    out = archive.parent / "out.jsonl"
    done = CliRunner().invoke(jsonl, [str(out), "-a", str(archive), "--all-revisions", "--without-text"], standalone_mode=False)
    assert done.exception is None, done.exception
    return out


def test_a_text_is_kept_as_its_line_stands_and_becomes_an_article(archive: Path) -> None:
    assert "1 captures, 1 of them pages to read" in bring(archive, [LINE])
    assert rows(archive, "SELECT headline, text, byline, outlet FROM articles") == [("Ferry late", STORY, "Ada Merrow", "harbour-example")]
    ((mime, status, heads, dated, fetched),) = rows(
        archive, "SELECT c.mime, c.status, i.heads, i.dated, c.fetched_at FROM captures c JOIN imported i ON i.capture_id = c.id"
    )
    assert (mime, status, heads, dated, fetched) == (TEXT_RECORD, None, "made", "manifest", "2024-01-02T03:04:05.000Z")
    with open_reader(archive) as store:
        payload = visits.payload(store, 1)
    assert payload is not None and payload.body == json.dumps(LINE).encode()
    assert rows(archive, "SELECT state, next_try_at, recheck_at FROM pages") == [("stored", None, None)]


def test_a_newer_cleaner_reads_the_line_again(archive: Path) -> None:
    bring(archive, [LINE])
    before = rows(archive, "SELECT headline, text, byline FROM articles")
    asyncio.run(clean_again(archive, everything=True, jobs=1, tell=lambda *_: None))
    assert rows(archive, "SELECT headline, text, byline FROM articles") == before


def test_texts_of_several_outlets_are_one_story(archive: Path) -> None:
    bring(archive, [LINE, LINE | {"url": "https://valley.example/b", "author": "V. Post"}])
    assert rows(archive, "SELECT count(*), count(DISTINCT story_id), count(DISTINCT outlet) FROM articles") == [(2, 1, 2)]


def test_without_a_time_of_its_own_a_text_has_that_of_its_file_and_is_known_again_in_a_copy(archive: Path, tmp_path: Path) -> None:
    undated = {name: value for name, value in LINE.items() if name != "fetched_at"} | {"date": "2003-04-05"}
    path = files.lines(tmp_path / "a.jsonl", [undated])
    os.utime(path, (1_600_000_000, 1_600_000_000))
    run(path, "-a", archive)
    assert rows(archive, "SELECT c.fetched_at, i.dated FROM captures c JOIN imported i ON i.capture_id = c.id") == [
        (datetime.fromtimestamp(1_600_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"), "file")
    ]
    assert rows(archive, "SELECT published_at, published_raw FROM articles") == [(None, "2003-04-05")]
    assert "0 captures, 0 of them pages to read; 1 were known" in bring(archive, [undated, ""], "copy.jsonl")


def test_of_a_page_that_is_here_an_undated_text_is_kept_and_not_read(archive: Path) -> None:
    bring(archive, [{"url": LINE["url"], "html": page().decode(), "fetched_at": "2020-01-01T00:00:00Z"}])
    undated = {"url": LINE["url"], "text": "Another text of this page, which says that all is well."}
    assert "1 visits are older than what was read of their pages, or nothing says of when they are" in bring(archive, [undated], "b.jsonl")
    assert rows(archive, "SELECT revision, is_latest, text = ? FROM articles", STORY) == [(1, 1, 1)]
    assert rows(archive, "SELECT count(*) FROM captures") == [(2,)]


@pytest.mark.parametrize("name", ["list.json", "packed.jsonl.gz", "packed.json.gz"])
def test_lists_and_packed_files_are_read_too(archive: Path, tmp_path: Path, name: str) -> None:
    others = [LINE | {"url": f"https://harbour.example/{number}"} for number in range(3)]
    content = json.dumps(others, indent=2) if ".json." in f"{name}." and "jsonl" not in name else "\n".join(map(json.dumps, others))
    (tmp_path / name).write_bytes(gzip.compress(content.encode()) if name.endswith(".gz") else content.encode())
    assert "3 captures, 3 of them pages to read" in run(tmp_path / name, "-a", archive).stdout
    assert rows(archive, "SELECT count(*) FROM articles WHERE text = ?", STORY) == [(3,)]


def test_bad_lines_are_named_with_their_number_and_the_good_ones_go_in(archive: Path, tmp_path: Path) -> None:
    path = files.lines(
        tmp_path / "a.jsonl",
        ["{", LINE, {"text": STORY}, {"url": "https://harbour.example/x"}, {"url": "https://harbour.example/y", "text": "x" * 9_000_000},
         {"source": "https://harbour.example/", "text": STORY}, {"source": "https://harbour.example/z", "text": STORY}],
    )  # fmt: skip
    result = CliRunner().invoke(import_, [str(path), "-a", str(archive)])
    assert isinstance(result.exception, InputError)
    for what in (
        "a.jsonl, at 1: the line is no JSON", "at 3: the line has no http(s) URL (url, link)",
        "at 4: the line holds neither a page (html, html_base64) nor a text", "at 5: the line is longer than 8.38861 MB",
        "at 6: the line has no http(s) URL",
    ):  # fmt: skip
        assert what in result.stderr
    assert rows(archive, "SELECT url FROM articles ORDER BY 1") == [("https://harbour.example/a",), ("https://harbour.example/z",)]


def test_a_text_leaves_as_a_conversion_and_comes_back_as_it_was(archive: Path, tmp_path: Path) -> None:
    bring(
        archive,
        [
            LINE,
            LINE | {"text": STORY + "\n\nMore of it.", "fetched_at": "2024-02-02T00:00:00Z"},
            LINE | {"fetched_at": "2024-03-02T00:00:00Z"},
        ],
    )
    run_export("warc", tmp_path / "out.warc.gz", "-a", archive)
    with (tmp_path / "out.warc.gz").open("rb") as file:
        found = [one for one in read(file, limit=10**6) if isinstance(one, Found)]
    texts = [one for one in found if one.type == "conversion"]
    assert {one.get("content-type") for one in texts} == {TEXT_RECORD} and json.loads(texts[0].block) == LINE
    assert not [one for one in found if one.type in ("response", "resource")]
    run_export("wacz", tmp_path / "out.wacz", "-a", archive)
    with zipfile.ZipFile(tmp_path / "out.wacz") as made:
        assert len(made.read("pages/pages.jsonl").splitlines()) == 1  # its head: a player has no page to show
    for name in ("out.warc.gz", "out.wacz"):
        run(tmp_path / name, "-a", tmp_path / f"{name}.db")
        assert state(tmp_path / f"{name}.db") == state(archive)
        assert "0 captures" in run(tmp_path / name, "-a", archive).stdout


def test_a_text_of_ours_in_a_file_without_its_metadata_is_taken_all_the_same(archive: Path, tmp_path: Path) -> None:
    block = json.dumps(LINE).encode()
    content = files.record("conversion", block, WARC_Target_URI=LINE["url"], Content_Type=TEXT_RECORD)
    other = files.record("conversion", b"Text of a page.", WARC_Target_URI="https://valley.example/", Content_Type="text/plain")
    (tmp_path / "a.warc.gz").write_bytes(content + other)
    run(tmp_path / "a.warc.gz", "-a", archive)
    assert rows(archive, "SELECT headline, url FROM articles") == [("Ferry late", LINE["url"])]


def test_an_archive_s_own_lines_come_back_with_their_outlets_texts_and_times(archive: Path, tmp_path: Path) -> None:
    build(archive)
    asyncio.run(clean_again(archive, everything=True, jobs=1, tell=lambda *_: None))
    before = rows(archive, _SAID)
    out = exported(archive)
    run(out, "-a", tmp_path / "new.db")
    assert rows(tmp_path / "new.db", _SAID) == before and len(before) >= 3
    again = "SELECT count(*) FROM captures", "SELECT count(*) FROM articles", "SELECT count(*) FROM pages"
    counts = [rows(archive, sql) for sql in again]
    assert "0 captures, 0 of them pages to read; 3 were known" in run(out, "-a", archive).stdout
    assert [rows(archive, sql) for sql in again] == counts


_SAID = (
    "SELECT a.url, a.outlet, a.headline, a.text, a.revision, a.is_latest, a.published_at, a.language, a.authors, c.fetched_at"
    " FROM articles a JOIN captures c ON c.id = a.capture_id ORDER BY a.url, a.revision"
)


def test_merging_takes_texts_like_pages_and_twice_changes_nothing(archive: Path, tmp_path: Path) -> None:
    bring(archive, [LINE])
    bring(tmp_path / "other.db", [LINE, LINE | {"url": "https://harbour.example/b", "title": "Another"}], "b.jsonl")
    assert merge(archive, tmp_path / "other.db", now=NOW).counts["articles"] == 1
    assert not merge(archive, tmp_path / "other.db", now=NOW).changed
    assert rows(archive, "SELECT headline FROM articles ORDER BY 1") == [("Another",), ("Ferry late",)]


def test_the_browser_s_page_says_that_there_is_no_page_and_gives_the_line(archive: Path) -> None:
    bring(archive, [LINE])
    pages = Pages(archive)
    shown = pages.get("/article/1").text
    assert "a text without its page, as it was imported" in shown and "/snapshot/1/bytes" in shown and "<iframe" not in shown
    answer = pages.get("/snapshot/1/bytes")
    assert answer.content == json.dumps(LINE).encode() and 'filename="capture-1.json"' in answer.headers["content-disposition"]
    with open_reader(archive) as store:
        payload = visits.payload(store, 1)
    assert payload is not None and snapshot.shown(payload) is None
