"""Collections of other people, brought in by the command: what is taken, what it is labelled as, what is left out and named."""

from __future__ import annotations

import base64
import gzip
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from archive.errors import InputError, InputMissing, UsageError
from archive.import_commands import import_
from archive.model import Feed
from archive.store import feeds
from archive.store.connect import open_store
from tests.archive.parts import HARBOUR, NOW
from tests.intake import files
from tests.intake.files import STORY, page, record, rows


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(import_, [str(argument) for argument in arguments], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "wirecopy.db"


_CAPTURE = (
    "SELECT c.url, c.fetched_at, c.status, c.verdict, c.mime, c.ip, c.truncated, i.heads, i.dated, h.request, h.response, b.length"
    " FROM captures c JOIN imported i ON i.capture_id = c.id LEFT JOIN capture_heads h ON h.capture_id = c.id"
    " LEFT JOIN bodies b ON b.id = c.body_id ORDER BY c.id"
)


def test_a_warc_of_wget_becomes_an_article_with_its_heads_as_stated(archive: Path, tmp_path: Path) -> None:
    said = run(files.wget(tmp_path / "wget.warc.gz"), "-a", archive).stdout
    assert "1 captures, 1 of them pages to read; 0 were known, 2 other records left out." in said
    ((url, at, status, verdict, mime, ip, cut, heads, dated, request, response, length),) = rows(archive, _CAPTURE)
    assert (url, at, status, verdict, mime, ip, cut) == (
        "http://www.harbour.example/news/ferry", "2021-05-06T07:08:09.000Z", 200, "stored", "text/html", "192.0.2.5", None,
    )  # fmt: skip
    assert (heads, dated, length) == ("stated", "record", len(page()))
    assert request == b"GET /news/ferry HTTP/1.1\r\nCookie: *********\r\n\r\n"
    assert b"Transfer-Encoding: chunked\r\nSet-Cookie: *********\r\n" in response
    ((headline, text, outlet, seen),) = rows(archive, "SELECT headline, text, outlet, first_seen_at FROM articles")
    assert (headline, text, outlet, seen) == ("Ferry late after crane falls", STORY, "harbour-example", "2021-05-06T07:08:09Z")
    assert rows(archive, "SELECT code, name, host, active FROM outlets") == [("harbour-example", "harbour.example", "harbour.example", 0)]
    assert rows(archive, "SELECT state, next_try_at, recheck_at FROM pages WHERE capture_id IS NOT NULL") == [("stored", None, None)]
    assert rows(archive, "SELECT trigger, status FROM runs") == [("import", "ok")] and not files.checked(archive)


def test_a_warc_of_common_crawl_gets_its_fields_back_and_a_cut_page_is_marked(archive: Path, tmp_path: Path) -> None:
    run(files.common_crawl(tmp_path / "cc.warc.gz"), "-a", archive)
    (first, second) = rows(archive, _CAPTURE)
    assert b"\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\nServer: nginx" in first[10] and b"Content-Length" not in first[10]
    assert (first[6], second[6]) == (None, "length")
    assert rows(archive, "SELECT count(*), count(DISTINCT story_id) FROM articles") == [(2, 1)]


def test_a_warc_of_browsertrix_keeps_redirects_and_revisits_and_leaves_out_the_rest(archive: Path, tmp_path: Path) -> None:
    run(files.browsertrix(tmp_path / "bx.warc.gz"), "-a", archive)
    found = rows(
        archive,
        "SELECT url, status, verdict, content_encoding, revisit_of, redirected_from, body_id IS NOT NULL, error FROM captures ORDER BY id",
    )
    url = "https://metro.example/story/1"
    assert found == [
        ("https://metro.example/s/1", 301, "hop", None, None, None, 0, None),
        (url, 200, "stored", "gzip", None, 1, 1, None),
        (url, 200, "stored", "gzip", 2, None, 1, None),
        ("https://metro.example/gone", 404, "gone", None, None, None, 1, None),
    ]
    assert rows(archive, "SELECT count(*) FROM articles") == [(1,)]
    assert rows(archive, "SELECT state FROM pages WHERE url = 'https://metro.example/gone'") == [("gone",)]


def test_a_wacz_is_read_without_unpacking_it_whatever_names_it_holds(archive: Path, tmp_path: Path) -> None:
    inner = files.browsertrix(tmp_path / "bx.warc.gz").read_bytes()
    with zipfile.ZipFile(tmp_path / "others.wacz", "w") as package:
        package.writestr("archive/../../../evil.warc.gz", files.wget(tmp_path / "w.warc.gz").read_bytes())
        package.writestr("archive/data.warc.gz", inner, compress_type=zipfile.ZIP_DEFLATED)
        package.writestr("pages/pages.jsonl", "{}")
    before = sorted(path.name for path in tmp_path.iterdir())
    run(tmp_path / "others.wacz", "-a", archive)
    assert {row[0] for row in rows(archive, "SELECT name FROM imports")} == {"others.wacz!evil.warc.gz", "others.wacz!data.warc.gz"}
    assert rows(archive, "SELECT count(*) FROM captures") == [(5,)]
    assert {path.name for path in tmp_path.iterdir() if not path.name.startswith("wirecopy.db")} == set(before)


def test_the_same_file_again_brings_nothing_and_neither_does_the_same_exchange_in_another(archive: Path, tmp_path: Path) -> None:
    path = files.browsertrix(tmp_path / "bx.warc.gz")
    run(path, "-a", archive)
    tables = _sizes(archive)
    assert "1 file (1 read before): 0 captures" in run(path, "-a", archive).stdout
    assert "0 captures, 0 of them pages to read; 4 were known" in run(path, "-a", archive, "--again").stdout
    (tmp_path / "plain.warc").write_bytes(gzip.decompress(path.read_bytes()))
    assert "4 were known" in run(tmp_path / "plain.warc", "-a", archive).stdout
    assert _sizes(archive) == tables


def _sizes(archive: Path) -> list[files.Row]:
    names = ("captures", "articles", "readings", "pages", "bodies")
    return rows(archive, " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in names))  # noqa: S608 - our own names


def test_pages_of_a_host_that_is_an_outlet_are_filed_under_it_and_never_take_its_place_in_the_queue(archive: Path, tmp_path: Path) -> None:
    with open_store(archive, create=True) as store:
        feeds.sync(store, [HARBOUR], [Feed(HARBOUR.code, "https://harbour.example/rss.xml")], NOW)
    run(files.wget(tmp_path / "wget.warc.gz"), "-a", archive)
    assert rows(archive, "SELECT outlet FROM articles") == [("harbour",)]
    run(files.common_crawl(tmp_path / "cc.warc.gz"), "-a", archive, "--outlet", "from-the-crawl")
    assert rows(archive, "SELECT outlet, count(*) FROM articles GROUP BY 1") == [("from-the-crawl", 2), ("harbour", 1)]
    assert rows(archive, "SELECT count(*) FROM pages WHERE next_try_at IS NOT NULL OR recheck_at IS NOT NULL") == [(0,)]


def test_an_older_visit_of_a_page_that_was_read_is_kept_and_does_not_pass_for_its_newest_text(archive: Path, tmp_path: Path) -> None:
    url = "https://harbour.example/a"
    for name, year, text in (("new", 2023, STORY), ("old", 2019, STORY.replace("forty", "ten"))):
        block = files.answer(page(text))
        (tmp_path / f"{name}.warc.gz").write_bytes(record("response", block, WARC_Target_URI=url, WARC_Date=f"{year}-01-01T00:00:00Z"))
    run(tmp_path / "new.warc.gz", "-a", archive)
    assert "1 visits are older" in run(tmp_path / "old.warc.gz", "-a", archive).stdout
    assert rows(archive, "SELECT count(*) FROM captures") == [(2,)]
    assert rows(archive, "SELECT is_latest, instr(text, 'forty') > 0 FROM articles") == [(1, 1)]


def test_of_several_files_the_oldest_is_read_first(archive: Path, tmp_path: Path) -> None:
    for name, year, text in (("a", 2023, STORY), ("b", 2019, STORY.replace("forty", "ten"))):
        block = files.answer(page(text))
        (tmp_path / f"{name}.warc.gz").write_bytes(
            record("response", block, WARC_Target_URI="https://harbour.example/a", WARC_Date=f"{year}-01-01T00:00:00Z")
        )
    run(tmp_path, "-a", archive)
    assert rows(archive, "SELECT revision, is_latest, instr(text, 'forty') > 0 FROM articles ORDER BY 1") == [(1, 0, 0), (2, 1, 1)]


# --- what cannot be read -------------------------------------------------------------------------------------------------


def test_what_is_broken_is_named_with_its_place_and_the_rest_is_in(archive: Path, tmp_path: Path) -> None:
    path = files.browsertrix(tmp_path / "bx.warc.gz")
    content = path.read_bytes()
    path.write_bytes(content[:-40] + b"\0" * 8 + files.wget(tmp_path / "w").read_bytes())
    with pytest.raises(InputError, match="1 place could not be read") as problem:
        run(path, "-a", archive)
    assert problem.value.exit_code == 65
    assert rows(archive, "SELECT count(*) FROM articles") == [(2,)]
    assert rows(archive, "SELECT broken, finished_at IS NOT NULL FROM imports") == [(1, 1)]
    result = CliRunner().invoke(import_, [str(path), "-a", str(archive), "--again"])
    assert "bx.warc.gz, at " in result.stderr


def test_a_page_that_is_too_large_is_cut_and_marked_and_a_bomb_is_no_page(archive: Path, tmp_path: Path) -> None:
    large = page() + b"<!-- " + b"x" * (9 * 2**20) + b" -->"
    bomb = gzip.compress(b"\0" * (60 * 2**20))
    content = [
        record("response", files.answer(large), WARC_Target_URI="https://harbour.example/large"),
        record("response", files.answer(bomb, "Content-Encoding: gzip"), WARC_Target_URI="https://harbour.example/bomb"),
    ]
    (tmp_path / "large.warc.gz").write_bytes(b"".join(content))
    run(tmp_path / "large.warc.gz", "-a", archive)
    (cut, none) = rows(archive, _CAPTURE)
    assert (cut[3], cut[6], cut[11]) == ("stored", "length", 8 * 2**20) and (none[3], none[6], none[11]) == ("refused", "length", None)
    assert rows(archive, "SELECT headline FROM articles") == [("Ferry late after crane falls",)]


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.warc.zst", b"\x28\xb5\x2f\xfd....", "is damaged: Unable to decompress"),
        ("a.bin", b"\x7fELF", "is no WARC, ARC, WACZ, HTML or JSONL file"),
        ("a.wacz", b"PK\x03\x04 not really", "is damaged: File is not a zip file"),
    ],
)
def test_a_file_of_another_make_is_refused(archive: Path, tmp_path: Path, name: str, content: bytes, what: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=what):
        run(tmp_path / name, "-a", archive)
    assert not archive.exists()


def test_what_is_not_there_is_told_of(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(InputMissing, match=r"no .*none\.warc") as problem:
        run(tmp_path / "none.warc", "-a", archive)
    assert problem.value.exit_code == 66
    with pytest.raises(InputMissing, match="nothing there"):
        run(tmp_path, "-a", archive)
    with pytest.raises(UsageError, match="is no id of an outlet"):
        run(tmp_path, "-a", archive, "--outlet", "The Times")


@pytest.mark.parametrize(
    "said",
    [
        "{", "[]", '"x"', '{"format": "wirecopy-capture/9"}', '{"format": "wirecopy-capture/1", "role": "other"}',
        '{"format": "wirecopy-capture/1", "url": "gopher://x/", "role": "page"}', "[" * 100_000,
    ],
)  # fmt: skip
def test_a_metadata_record_that_makes_no_sense_is_named_and_passed_by(archive: Path, tmp_path: Path, said: str) -> None:
    _write(tmp_path / "a.warc.gz", said)
    with pytest.raises(InputError, match="1 place could not be read"):
        run(tmp_path / "a.warc.gz", "-a", archive)


def test_whatever_a_metadata_record_says_it_harms_nothing(archive: Path, tmp_path: Path) -> None:
    odd = '"\\ud800 \\u0000 \u202e"'
    entry = f'{{"identity": 1e99, "digest": 2, "feed": {odd}, "first_seen_at": "0001-01-01T00:00:00+23:59"}}'
    good = f'{{"identity": 1, "digest": 2, "feed": "https://a.example/f", "first_seen_at": "2021-01-01T00:00:00Z", "title": {odd}}}'
    _write(
        tmp_path / "a.warc.gz",
        f'{{"format": "wirecopy-capture/1", "url": "https://a.example/1", "role": "page", "verdict": {odd}, "status": {2**70},'
        f' "error": {odd}, "elapsed_ms": -5, "outlet": "../../etc", "feed": 7, "part_of": {{}}, "redirected_from": [],'
        f' "page": {{"url": {odd}, "first_seen_at": {odd}}}, "entries": [{entry}, {good}, 5], "poll": [], "ip": {odd}}}',
    )
    outlet = (
        '{"format": "wirecopy-outlet/1", "code": "a", "timezone": "../../../etc/passwd", "furniture": {"version": 1, "lines": [{}, 3]}}'
    )
    with (tmp_path / "a.warc.gz").open("ab") as file:
        file.write(record("metadata", outlet.encode(), WARC_Target_URI="urn:wirecopy:outlet:a", WARC_Date="2022-01-01T00:00:00Z"))
    run(tmp_path / "a.warc.gz", "-a", archive)
    assert rows(archive, "SELECT url, status, elapsed_ms, verdict FROM captures") == [("https://a.example/1", 200, None, "stored")]
    assert rows(archive, "SELECT count(*), count(title) FROM entries") == [(1, 1)]
    assert rows(archive, "SELECT code, timezone FROM outlets ORDER BY 1") == [("a", None), ("a-example", None)]
    assert not files.checked(archive)


def _write(path: Path, said: str) -> None:
    answer = record("response", files.answer(page()), WARC_Target_URI="https://a.example/1", WARC_Record_ID="<urn:uuid:1>")
    about = "urn:wirecopy:capture:https://a.example/1"
    path.write_bytes(answer + record("metadata", said.encode(), WARC_Target_URI=about, WARC_Concurrent_To="<urn:uuid:1>"))


# --- folders of HTML files --------------------------------------------------------------------------------------------------


def test_a_folder_of_html_files_says_where_each_page_is_from_and_how_its_time_is_known(archive: Path, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    (folder / "deep").mkdir(parents=True)
    (folder / "canonical.html").write_bytes(page(head='<link href="https://harbour.example/c?a=1&amp;b=2" rel="canonical">'))
    (folder / "deep" / "og.HTM").write_bytes(page(title="Another", head="<meta property='og:url' content='https://harbour.example/og'>"))
    (folder / "saved.html").write_bytes(b"<!-- saved from url=(0031)https://valley.example/saved/page -->\n" + page())
    when = "Sun Nov 22 2026 12:00:00 GMT+0200 (EET)"
    single = f"<!--\n Page saved with SingleFile \n url: https://valley.example/single \n saved date: {when}\n-->"
    (folder / "single.html").write_bytes(b"<!DOCTYPE html>" + single.encode() + page())
    (folder / "listed.html").write_bytes(page())
    (folder / "nowhere.html").write_bytes(page())
    (folder / "picture.png").write_bytes(b"\x89PNG")
    (folder / "link.html").symlink_to(folder / "listed.html")
    changed = datetime(2020, 1, 2, tzinfo=UTC)
    os.utime(folder / "canonical.html", (changed.timestamp(), changed.timestamp()))
    (tmp_path / "manifest.csv").write_text("File,URL,fetched_at\nlisted.html,https://metro.example/listed,20200506070809\n")
    with pytest.raises(InputError, match="1 place could not be read"):
        run(folder, "-a", archive, "--manifest", tmp_path / "manifest.csv")
    found = {row[0]: (row[1], row[7], row[8], row[9], row[10]) for row in rows(archive, _CAPTURE)}
    assert found["https://harbour.example/c?a=1&b=2"] == ("2020-01-02T00:00:00.000Z", "made", "file", None, None)
    assert found["https://metro.example/listed"][:3] == ("2020-05-06T07:08:09.000Z", "made", "manifest")
    assert found["https://valley.example/single"][:3] == ("2026-11-22T10:00:00.000Z", "made", "page")
    assert set(found) == {
        "https://harbour.example/c?a=1&b=2", "https://harbour.example/og", "https://valley.example/saved/page",
        "https://valley.example/single", "https://metro.example/listed",
    }  # fmt: skip
    assert rows(archive, "SELECT count(*) FROM articles WHERE headline IN ('Another', 'Ferry late after crane falls')") == [(5,)]
    (folder / "nowhere.html").unlink()
    (folder / "new.html").write_bytes(page(head="<link rel=canonical href=https://metro.example/new>"))
    said = run(folder, "-a", archive, "--manifest", tmp_path / "manifest.csv").stdout
    assert "1 captures, 1 of them pages to read; 5 were known" in said


@pytest.mark.parametrize(
    ("manifest", "what"),
    [
        ("url,fetched_at\nhttps://a.example/,2020-01-01T00:00:00Z\n", "line 2: it names no file"),
        ("file,url,fetched_at\na.html,https://a.example/,yesterday\n", "line 2: 'yesterday' is no time with a zone"),
    ],
)
def test_a_manifest_that_says_nothing_useful_is_refused(archive: Path, tmp_path: Path, manifest: str, what: str) -> None:
    (tmp_path / "manifest.csv").write_text(manifest)
    (tmp_path / "a.html").write_bytes(page())
    with pytest.raises(InputError, match=what):
        run(tmp_path / "a.html", "-a", archive, "--manifest", tmp_path / "manifest.csv")


# --- lines of JSON ------------------------------------------------------------------------------------------------------------


def test_lines_of_json_bring_pages_and_those_that_hold_none_are_refused_in_words(archive: Path, tmp_path: Path) -> None:
    raw = "<html lang=de><meta charset=latin-1><body><article><h1>Fähre</h1><p>Die Fähre fährt später, sagte das Amt.</p></article>"
    said: list[dict[str, Any] | str] = [
        {"url": "https://harbour.example/1", "html": page().decode(), "fetched_at": "2024-01-02T03:04:05+01:00", "title": "ignored"},
        {
            "url": "https://harbour.example/2",
            "html_base64": base64.b64encode(raw.encode("latin-1")).decode(),
            "fetched_at": "20240102030405",
        },
        {"url": "https://harbour.example/3", "title": "A title alone.", "fetched_at": "2024-01-02T03:04:05Z"},
        {"url": "https://harbour.example/4", "html": "<p>", "fetched_at": "2024-01-02"},
        {"url": "mailto:a@b", "html": "<p>"},
        "no JSON",
        "[1]",
        {"url": "https://harbour.example/5", "html_base64": "%%%", "fetched_at": "2024-01-02T03:04:05Z"},
    ]
    result = CliRunner().invoke(import_, [str(files.lines(tmp_path / "a.jsonl", said)), "-a", str(archive)])
    for what in (
        "a.jsonl, at 3: the line holds neither a page (html, html_base64) nor a text (text, maintext, content ...)",
        "at 4: the line does not say when the page was fetched", "at 5: the line has no http(s) URL", "at 6: the line is no JSON",
        "at 7: the line is no JSON object", "at 8: its base64 cannot be decoded",
    ):  # fmt: skip
        assert what in result.stderr
    (first, second) = rows(archive, _CAPTURE)
    assert (first[1], first[7], first[8], first[2]) == ("2024-01-02T02:04:05.000Z", "made", "manifest", None)
    assert second[11] == len(raw.encode("latin-1"))
    assert rows(archive, "SELECT headline FROM articles ORDER BY id") == [("Ferry late after crane falls",), ("Fähre",)]


def test_packed_lines_are_read_and_a_packed_file_that_is_cut_is_told_of(archive: Path, tmp_path: Path) -> None:
    line = {"url": "https://harbour.example/1", "html": page().decode(), "fetched_at": "2024-01-02T03:04:05Z"}
    content = gzip.compress(files.lines(tmp_path / "a.jsonl", [line] * 3).read_bytes())
    (tmp_path / "a.jsonl.gz").write_bytes(content)
    assert "1 captures, 1 of them pages to read; 2 were known" in run(tmp_path / "a.jsonl.gz", "-a", archive).stdout
    (tmp_path / "b.jsonl.gz").write_bytes(content[:-30])
    with pytest.raises(InputError, match="is damaged"):
        run(tmp_path / "b.jsonl.gz", "-a", archive)
