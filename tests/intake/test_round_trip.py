"""An archive that is written and brought in again is the same archive: captures, heads, digests, articles, stories, what feeds said."""

from __future__ import annotations

import asyncio
import gzip
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.intake import run as running
from archive.intake import warc
from archive.intake.arrival import Arrival, LeftOut, OutletSaid, Unreadable
from archive.intake.files import find
from archive.intake.run import Asked, Telling, bring
from archive.reclean import clean_again
from archive.store.connect import open_store
from tests.export.exchanges import build
from tests.export.test_warc import run as run_export
from tests.intake import files
from tests.intake.files import rows
from tests.intake.test_others import run

SAME = {
    "captures": "SELECT c.url, c.fetched_at, c.role, c.status, c.mime, c.charset, c.ip, c.protocol, c.elapsed_ms, b.sha256,"
    " c.revisit_profile, r.fetched_at, c.content_encoding, c.wire_length, c.wire_sha1, c.truncated, c.error, c.verdict, h.request,"
    " h.response, d.url, t.url, f.url, p.url FROM captures c LEFT JOIN bodies b ON b.id = c.body_id LEFT JOIN feeds f ON f.id = c.feed_id"
    " LEFT JOIN capture_heads h ON h.capture_id = c.id LEFT JOIN captures r ON r.id = c.revisit_of LEFT JOIN pages p ON p.id = c.page_id"
    " LEFT JOIN captures d ON d.id = c.redirected_from LEFT JOIN captures t ON t.id = c.part_of ORDER BY c.id",
    "articles": "SELECT c.url, c.fetched_at, a.revision, a.is_latest, a.outlet, a.text_digest, a.text, a.headline, a.subhead, a.byline,"
    " a.authors, a.agency, a.dateline, a.published_at, a.modified_at, a.first_seen_at, a.language, a.section, a.keywords, a.is_partial,"
    " a.evidence FROM articles a JOIN captures c ON c.id = a.capture_id ORDER BY a.id",
    "readings": "SELECT c.url, c.fetched_at, a.revision, r.reason FROM readings r"
    " JOIN captures c ON c.id = r.capture_id LEFT JOIN articles a ON a.id = r.article_id ORDER BY c.id",
    "stories": "SELECT min(a.id), group_concat(a.id), s.agency, s.headline FROM articles a"
    " JOIN stories s ON s.id = a.story_id GROUP BY s.id",
    "entries": "SELECT f.url, e.identity, e.digest, e.guid, e.url, e.title, e.summary, b.sha256, e.status, e.first_seen_at, p.url,"
    " o.polled_at FROM entries e JOIN feeds f ON f.id = e.feed_id JOIN polls o ON o.id = e.poll_id LEFT JOIN pages p ON p.id = e.page_id"
    " LEFT JOIN bodies b ON b.id = e.content_id ORDER BY 1, 2, 3, 10",
    "polls": "SELECT f.url, p.polled_at, p.outcome, p.status, p.entries, p.new_entries, p.gap, p.etag_sent, c.fetched_at FROM polls p"
    " JOIN feeds f ON f.id = p.feed_id LEFT JOIN captures c ON c.id = p.capture_id ORDER BY 1, 2",
    "pages": "SELECT p.url, p.state, p.first_seen_at, p.stored_at, p.alive_at, p.removed_at IS NULL, p.status, s.url, f.url FROM pages p"
    " LEFT JOIN pages s ON s.id = p.same_as LEFT JOIN feeds f ON f.id = p.feed_id ORDER BY p.url",
    "outlets": "SELECT code, name, homepage, host, language, timezone, agency FROM outlets ORDER BY 1",
    "furniture": "SELECT o.code, f.host, f.key, f.line, f.is_text FROM furniture f JOIN outlets o ON o.id = f.outlet_id ORDER BY 1, 2, 3",
    "bodies": "SELECT sha256 FROM bodies ORDER BY 1",
}


def state(archive: Path) -> dict[str, list[files.Row]]:
    return {name: rows(archive, sql) for name, sql in SAME.items()}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Exchanges of every kind, read by the cleaner itself, with a line that was learned to be furniture."""
    path = tmp_path_factory.mktemp("original") / "wirecopy.db"
    build(path)
    with open_store(path) as store, store.transaction():
        store.conn.execute("INSERT OR REPLACE INTO furnishings VALUES (1, 30, 30, '2026-11-22T00:00:00Z', 1)")
        store.conn.execute("INSERT INTO furniture VALUES (1, 'harbour.example', 7, 'Read also', 9, 9, 1, 0)")
    asyncio.run(clean_again(path, everything=True, jobs=1, tell=lambda *_: None))
    return path


@pytest.fixture(params=["wacz", "warc"])
def written(request: pytest.FixtureRequest, original: Path, tmp_path: Path) -> Path:
    out = tmp_path / ("out.wacz" if request.param == "wacz" else "out.warc.gz")
    run_export(request.param, out, "-a", original)
    return out


def test_an_archive_comes_back_as_it_was(original: Path, written: Path, tmp_path: Path) -> None:
    run(written, "-a", tmp_path / "new.db")
    before, after = state(original), state(tmp_path / "new.db")
    for name in SAME:
        assert after[name] == before[name], name
    assert len(before["captures"]) > 10 and len(before["articles"]) == 3 and before["entries"] and before["furniture"]
    assert rows(tmp_path / "new.db", "SELECT DISTINCT heads FROM imported") == [("exact",)]
    assert not files.checked(tmp_path / "new.db")


def test_what_comes_back_is_written_again_with_the_same_records(original: Path, written: Path, tmp_path: Path) -> None:
    run(written, "-a", tmp_path / "new.db")
    for archive, name in ((original, "a"), (tmp_path / "new.db", "b")):
        run_export("warc", tmp_path / f"{name}.warc.gz", "-a", archive)
    first, second = ({one.source.record_id for one in _arrivals(tmp_path / f"{name}.warc.gz")} for name in "ab")
    assert first == second


def _arrivals(path: Path) -> Iterator[Arrival]:
    with path.open("rb") as file:
        yield from [one for _, one in warc.arrivals(file) if isinstance(one, Arrival)]


def test_an_archive_that_has_it_all_gets_nothing_twice(original: Path, written: Path) -> None:
    before = state(original)
    assert f": 0 captures, 0 of them pages to read; {len(before['captures'])} were known" in run(written, "-a", original).stdout
    assert state(original) == before


def test_an_import_that_was_killed_goes_on_and_comes_to_the_same(
    original: Path, written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "new.db"
    monkeypatch.setattr(running, "BATCH", 2)
    for _ in range(3):

        def brings(_: int, __: int, counts: Any) -> None:
            if counts.captures >= 2:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            bring(archive, find([written], "auto"), Asked(), jobs=1, telling=Telling(brings=brings))
    assert rows(archive, "SELECT DISTINCT status FROM runs") == [("stopped",)]
    assert rows(archive, "SELECT finished_at IS NULL FROM imports") == [(1,)]
    run(written, "-a", archive)
    assert state(archive) == state(original)


def test_pages_of_a_folder_come_back_too_and_their_heads_are_not_made_up(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/a.html").write_bytes(files.page(head="<link rel=canonical href=https://harbour.example/a>"))
    run(tmp_path / "pages", "-a", tmp_path / "old.db")
    run_export("wacz", tmp_path / "out.wacz", "-a", tmp_path / "old.db")
    run(tmp_path / "out.wacz", "-a", tmp_path / "new.db")
    assert state(tmp_path / "new.db") == state(tmp_path / "old.db")
    assert rows(tmp_path / "new.db", "SELECT heads FROM imported") == [("made",)]
    with zipfile.ZipFile(tmp_path / "out.wacz") as made:
        content = gzip.decompress(made.read("archive/data-00001.warc.gz"))
    assert b"WARC-Type: resource" in content and b"WARC-Type: response" not in content


PLACE = st.floats(0, 1, exclude_max=True)


@pytest.fixture(scope="module")
def plain(original: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("plain")
    run_export("warc", folder / "out.warc.gz", "-a", original)
    return gzip.decompress((folder / "out.warc.gz").read_bytes()) + gzip.decompress(files.browsertrix(folder / "b").read_bytes())


@given(data=st.data())
def test_whatever_was_done_to_its_bytes_a_file_brings_what_it_can_and_nothing_raises(plain: bytes, data: st.DataObject) -> None:
    content = bytearray(plain)
    for place, put, cut in data.draw(st.lists(st.tuples(PLACE, st.binary(max_size=20), st.integers(0, 40)), min_size=1, max_size=8)):
        at = int(place * len(content))
        content[at : at + cut] = put
    for offset, one in warc.arrivals(io.BytesIO(bytes(content))):
        assert 0 <= offset <= len(content) and isinstance(one, Arrival | OutletSaid | LeftOut | Unreadable)
