"""What `wirecopy export wacz` writes: a ZIP whose parts agree, that can be gone on with. Players are asked in tests/validators."""

from __future__ import annotations

import gzip
import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from archive.errors import OutputError
from archive.export.warc import index, wacz
from archive.selection import Selection
from archive.store.connect import open_reader
from tests.export.exchanges import END, A, build
from tests.export.test_warc import _stop_at, run


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    build(tmp_path / "wirecopy.db")
    return tmp_path / "wirecopy.db"


@pytest.fixture
def made(archive: Path, tmp_path: Path) -> zipfile.ZipFile:
    run("wacz", tmp_path / "out.wacz", "-a", archive, "--title", "Harbour, November")
    assert sorted(path.name for path in tmp_path.glob("out*")) == ["out.wacz"]
    return zipfile.ZipFile(tmp_path / "out.wacz")


def test_every_file_is_in_the_package_with_its_digest(made: zipfile.ZipFile) -> None:
    package = json.loads(made.read("datapackage.json"))
    assert (package["wacz_version"], package["title"], package["created"]) == ("1.1.1", "Harbour, November", "2026-11-22T10:00:00Z")
    listed = {one["path"]: one for one in package["resources"]}
    assert set(listed) | {"datapackage.json", "datapackage-digest.json"} == set(made.namelist())
    for path, one in listed.items():
        content = made.read(path)
        assert (one["hash"], one["bytes"]) == (f"sha256:{hashlib.sha256(content).hexdigest()}", len(content))
    said = json.loads(made.read("datapackage-digest.json"))
    assert said["hash"] == f"sha256:{hashlib.sha256(made.read('datapackage.json')).hexdigest()}"


def test_articles_are_listed_with_title_and_text_and_other_pages_beside_them(made: zipfile.ZipFile) -> None:
    header, *pages = (json.loads(line) for line in made.read("pages/pages.jsonl").splitlines())
    assert header == {"format": "json-pages-1.0", "id": "pages", "title": "Articles", "hasText": True}
    assert [(page["url"], page["title"], page["ts"]) for page in pages] == [
        (A, "Ferry late", "2026-11-22T11:00:00.123Z"),
        (A, "Ferry late", "2026-11-22T14:00:00.123Z"),
        (END, "Prices", "2026-11-22T11:00:00.123Z"),
    ]
    assert "fifty minutes" in pages[1]["text"]
    _, *others = (json.loads(line) for line in made.read("pages/extraPages.jsonl").splitlines())
    assert [page["url"] for page in others] == [A]  # the visit that found the same bytes


def test_what_players_read_at_random_places_is_stored_as_it_is(made: zipfile.ZipFile) -> None:
    stored = {one.filename for one in made.infolist() if one.compress_type == zipfile.ZIP_STORED}
    assert {"archive/data-00001.warc.gz", "indexes/index.cdx.gz", "indexes/index.idx"} <= stored


def test_the_index_leads_through_its_blocks_to_every_record(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "BLOCK", 4)
    monkeypatch.setattr(index, "_AT_ONCE", 3)  # sorted on disk
    run("wacz", tmp_path / "out.wacz", "-a", archive)
    made = zipfile.ZipFile(tmp_path / "out.wacz")
    meta, *places = made.read("indexes/index.idx").decode().splitlines()
    assert json.loads(meta.split(" ", 2)[2]) == {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}
    packed, lines = made.read("indexes/index.cdx.gz"), []
    for line in places:
        key, stamp, where = line.split(" ", 2)
        values = json.loads(where)
        block = packed[values["offset"] : values["offset"] + values["length"]]
        assert values["digest"] == f"sha256:{hashlib.sha256(block).hexdigest()}"
        lines += gzip.decompress(block).decode().splitlines()
        assert lines[-min(4, len(lines)) :] and f"{key} {stamp}" in "\n".join(lines)
    assert lines == sorted(lines) and len(lines) == len(set(lines)) > 8
    warc = made.read("archive/data-00001.warc.gz")
    for line in lines:
        values = json.loads(line.split(" ", 2)[2])
        assert gzip.decompress(warc[int(values["offset"]) :][: int(values["length"])]).startswith(b"WARC/1.1")


def test_one_that_was_killed_goes_on_and_gives_the_same_bytes(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "whole").mkdir()
    run("wacz", tmp_path / "whole/out.wacz", "-a", archive)
    asked: dict[str, Any] = {"selection": Selection(), "pages_only": False, "title": None, "force": False}
    with open_reader(archive) as store:
        with pytest.raises(KeyboardInterrupt):
            wacz.export_wacz(store, tmp_path / "out.wacz", **asked, tell=_stop_at(5))
        monkeypatch.setattr(wacz, "_zip", _stop_at(0))
        with pytest.raises(TypeError):  # killed once more, with the WARC files whole
            wacz.export_wacz(store, tmp_path / "out.wacz", **asked)
    monkeypatch.undo()
    with pytest.raises(OutputError, match="left of another export"):
        run("wacz", tmp_path / "out.wacz", "-a", archive, "--pages-only")
    run("wacz", tmp_path / "out.wacz", "-a", archive)
    assert (tmp_path / "out.wacz").read_bytes() == (tmp_path / "whole/out.wacz").read_bytes()


def test_one_that_is_there_is_not_replaced_unless_asked(made: zipfile.ZipFile, archive: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is there already"):
        run("wacz", tmp_path / "out.wacz", "-a", archive)
    run("wacz", tmp_path / "out.wacz", "-a", archive, "--force", "--outlet", "harbour")
