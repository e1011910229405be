"""`.warc.zst` with and without a dictionary, and ARC files of both versions: read as WARC files in gzip are."""

from __future__ import annotations

import gzip
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import InputError
from archive.export.warc_commands import cdxj
from archive.warc import arc
from archive.warc import packed as packing
from archive.warc.reading import Broken, Found, read
from tests.intake import files
from tests.intake.files import STORY, page, rows
from tests.intake.test_others import run
from tests.warc.damage import damaged
from tests.warc.test_reading import LIMIT, both, record

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

SKIPPED = b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc"
DICTIONARY = zstd.train_dict([record(number, page(f"{number} {STORY}")) for number in range(60)], 4000)


def frames(*records: bytes, by: zstd.ZstdDict | None = None) -> bytes:
    return b"".join(zstd.compress(one, zstd_dict=by) for one in records)


def skippable(content: bytes) -> bytes:
    return b"\x5d\x2a\x4d\x18" + len(content).to_bytes(4, "little") + content


def found(content: bytes) -> list[Found]:
    return [one for one in read(io.BytesIO(content), limit=LIMIT) if isinstance(one, Found)]


@pytest.mark.parametrize(
    "head", [b"", skippable(DICTIONARY.dict_content), skippable(zstd.compress(DICTIONARY.dict_content))], ids=["none", "plain", "packed"]
)
def test_each_frame_has_its_place_and_can_be_read_from_there(head: bytes) -> None:
    by = DICTIONARY if head else None
    content = head + frames(record(1), by=by) + SKIPPED + frames(record(2, b"x" * 5000), record(3), by=by) + SKIPPED
    assert [one.url[-1] for one in found(content)] == ["1", "2", "3"]
    for one in found(content):
        part = zstd.decompress(content[one.offset : one.offset + one.length], zstd_dict=by)
        assert part.startswith(b"WARC/1.1\r\n")
        (again, *_) = read(io.BytesIO(content), limit=LIMIT, start=one.offset)
        assert isinstance(again, Found) and again.url == one.url


def test_raw_content_is_a_dictionary_too() -> None:
    by = zstd.ZstdDict(record(7, STORY.encode()), is_raw=True)
    content = skippable(by.dict_content) + frames(record(1, STORY.encode()), by=by)
    assert both(content) == (["1"], []) and len(content) < len(by.dict_content) + 200


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (skippable(b"\x37\xa4\x30\xec nonsense"), "its dictionary cannot be read"),
        (skippable(zstd.compress(b"\0" * 17 * 2**20)), "unpacks to more than any has"),
        (skippable(zstd.compress(DICTIONARY.dict_content)[:-9]), "its dictionary is cut"),
        (b"\x5d\x2a\x4d\x18\xff\xff\xff\xff", "its dictionary has 4,294,967,295 bytes"),
        (b"\x5d\x2a\x4d\x18\xff\xff\x00\x00abc", "the file ends inside its dictionary"),
    ],
)
def test_a_dictionary_that_cannot_be_read_is_told_of_once(head: bytes, what: str) -> None:
    names, reasons = both(head + frames(*(record(number) for number in range(9)), by=DICTIONARY))
    assert not names and len(reasons) == 1 and what in reasons[0]


def test_frames_without_the_dictionary_that_they_need_are_named() -> None:
    names, reasons = both(frames(record(1)) + frames(record(2), by=DICTIONARY) + frames(record(3)))
    assert names == ["1", "3"] and len(reasons) == 1 and "Dictionary mismatch" in reasons[0]


def test_behind_a_broken_frame_reading_goes_on_and_a_cut_one_is_named() -> None:
    one, two, three = (frames(record(number, bytes(range(256)) * 40)) for number in (1, 2, 3))
    names, reasons = both(one + two[:100] + b"\xff" * 40 + two[140:] + three)
    assert names == ["1", "3"] and len(reasons) >= 1
    assert both(one + two[:-20]) == (["1"], ["the file ends inside a zstd frame"])


def test_a_frame_that_expands_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MOST_UNPACKED", 2**20)
    names, reasons = both(frames(record(1), record(9, b"\0" * 50_000_000), record(2)))
    assert names == ["1", "2"] and reasons == ["it unpacks to more than 200 times its size: a bomb (http://example.com/9)"]


def test_a_window_larger_than_any_memory_is_refused() -> None:
    options: dict[int, int] = {zstd.CompressionParameter.window_log: 30, zstd.CompressionParameter.enable_long_distance_matching: 1}
    packer = zstd.ZstdCompressor(options=options)
    wide = packer.compress(record(1)) + packer.flush()
    names, reasons = both(wide + frames(record(2)))
    assert names == ["2"] and len(reasons) == 1 and "memory" in reasons[0]


def test_a_warc_of_zstd_is_imported_and_indexed(tmp_path: Path) -> None:
    content = gzip.decompress(files.browsertrix(tmp_path / "b.warc.gz").read_bytes())
    records = [b"WARC/1." + one for one in content.split(b"WARC/1.")[1:]]
    (tmp_path / "b.warc.zst").write_bytes(skippable(DICTIONARY.dict_content) + frames(*records, by=DICTIONARY))
    assert "4 captures" in run(tmp_path / "b.warc.zst", "-a", tmp_path / "a.db").stdout
    assert rows(tmp_path / "a.db", "SELECT name, format FROM imports") == [("b.warc.zst", "warc")]
    assert "0 captures" in run(tmp_path / "b.warc.gz", "-a", tmp_path / "a.db").stdout
    lines = CliRunner().invoke(cdxj, [str(tmp_path / "b.warc.zst")], standalone_mode=False).stdout.splitlines()
    place = json.loads(lines[0].split(" ", 2)[2])
    part = (tmp_path / "b.warc.zst").read_bytes()[int(place["offset"]) :][: int(place["length"])]
    assert zstd.decompress(part, zstd_dict=DICTIONARY).startswith(b"WARC/1.")


def test_what_is_broken_is_named_with_file_and_offset(tmp_path: Path) -> None:
    whole, wrong = frames(record(1)), record(2).replace(b"hello", b"hullo")
    (tmp_path / "b.warc.zst").write_bytes(whole + frames(wrong))
    what = rf"b\.warc\.zst, byte {len(whole)}: its block is not what its digest says \(http://example\.com/2\)"
    with pytest.raises(InputError, match=what):
        CliRunner().invoke(cdxj, [str(tmp_path / "b.warc.zst")], standalone_mode=False, catch_exceptions=False)


def test_lines_of_json_may_be_packed_with_zstd(tmp_path: Path) -> None:
    line = {"url": "https://harbour.example/1", "html": page().decode(), "fetched_at": "2024-01-02T03:04:05Z"}
    (tmp_path / "a.jsonl.zst").write_bytes(zstd.compress(json.dumps(line).encode() + b"\n") * 2)
    assert "1 captures" in run(tmp_path, "-a", tmp_path / "a.db").stdout
    (tmp_path / "b.jsonl.zst").write_bytes(
        zstd.compress(json.dumps(line).encode() + b"\n") + zstd.compress(json.dumps(line).encode())[:-30]
    )
    with pytest.raises(InputError, match="is damaged"):
        run(tmp_path / "b.jsonl.zst", "-a", tmp_path / "a.db")


# --- ARC --------------------------------------------------------------------------------------------------------------------

URL = "http://www.harbour.example/news/ferry late?a=1"


def version_1(*documents: tuple[str, bytes]) -> list[bytes]:
    """As the Internet Archive's crawlers wrote it from 1996 on."""
    about = b"1 0 InternetArchive\nURL IP-address Archive-date Content-type Archive-length\n"
    first = b"filedesc://IA-001102.arc 0.0.0.0 19960923142103 text/plain %d\n%b\n" % (len(about), about)
    return [first, *(b"%b 192.0.2.5 20010203040506 text/html %d\n%b\n" % (url.encode(), len(doc), doc) for url, doc in documents)]


def version_2(*documents: tuple[str, bytes]) -> list[bytes]:
    about = b"2 0 Alexa\nURL IP-address Archive-date Content-type Result-code Checksum Location Offset Filename Archive-length\n"
    first = b"filedesc://IA-2.arc 0.0.0.0 19980923142103 text/plain 200 - - 0 IA-2.arc %d\n%b\n" % (len(about), about)
    line = b"%b 192.0.2.5 20010203040506 text/html; charset=utf-8 200 ABCD - 99 IA-2.arc %d\n%b\n"
    return [first, *(line % (url.encode(), len(doc), doc) for url, doc in documents)]


@pytest.mark.parametrize("version", [version_1, version_2])
@pytest.mark.parametrize("name", ["a.arc", "a.arc.gz", "a.arc.zst"])
def test_an_arc_file_is_imported_and_indexed(tmp_path: Path, version: object, name: str) -> None:
    other = "http://www.harbour.example/picture"
    documents = (URL, files.answer(page())), (other, files.answer(b"GIF8", mime="image/gif")), ("dns:harbour.example", b"20010203\n")
    records: list[bytes] = version(*documents)  # type: ignore[operator]
    pack: Callable[[bytes], bytes] = {".gz": lambda one: gzip.compress(one, mtime=0), "zst": zstd.compress}.get(name[-3:], bytes)
    (tmp_path / name).write_bytes(b"".join(map(pack, records)))
    assert "1 captures, 1 of them pages to read; 0 were known, 2 other records left out." in run(tmp_path, "-a", tmp_path / "a.db").stdout
    assert rows(tmp_path / "a.db", "SELECT c.url, c.fetched_at, c.status, c.ip, i.heads FROM captures c JOIN imported i ON 1") == [
        ("http://www.harbour.example/news/ferry%20late?a=1", "2001-02-03T04:05:06.000Z", 200, "192.0.2.5", "stated")
    ]
    assert rows(tmp_path / "a.db", "SELECT headline, text FROM articles") == [("Ferry late after crane falls", STORY)]
    lines = CliRunner().invoke(cdxj, [str(tmp_path / name)], standalone_mode=False).stdout.splitlines()
    assert len(lines) == 2
    place = json.loads(lines[0].split(" ", 2)[2])
    content = (tmp_path / name).read_bytes()
    assert content[int(place["offset"]) :][: int(place["length"])].startswith(pack(records[1])[:40])
    (again, *_) = read(io.BytesIO(content), limit=LIMIT, start=int(place["offset"]))
    assert isinstance(again, Found) and again.url == URL


def test_behind_a_broken_record_of_an_arc_file_reading_goes_on() -> None:
    first, one, two = version_1((URL, b"HTTP/1.0 200 OK\r\n\r\nabc"), ("http://a.example/2", b"HTTP/1.0 200 OK\r\n\r\ndef"))
    pieces = list(read(io.BytesIO(first + one[:-9] + b"\n" + two), limit=LIMIT))
    assert [one.url for one in pieces if isinstance(one, Found)][-1] != "" and any(isinstance(one, Broken) for one in pieces)
    assert [one.url for one in read(io.BytesIO(first + b"nonsense\n" + two), limit=LIMIT) if isinstance(one, Found)][
        -1
    ] == "http://a.example/2"


@pytest.mark.parametrize(
    "line", [b"", b"GET / HTTP/1.1", b"http://a.example/ 192.0.2.5 2001 text/html 5", b"http://a/ - 20010203040506 - x"]
)
def test_other_lines_head_no_record_of_an_arc_file(line: bytes) -> None:
    assert arc.fields(line) is None


@given(st.binary(max_size=300))
def test_any_line_is_a_head_or_none(line: bytes) -> None:
    for start in (b"", b"http://a/ 1.1.1.1 20010203040506 "):
        said = arc.fields(start + line + b" 7")
        assert said is None or dict(said)["Content-Length"] == "7"


WHOLE = [
    skippable(DICTIONARY.dict_content) + frames(*(record(n, bytes([n]) * n * 40) for n in range(1, 5)), by=DICTIONARY),
    frames(record(1), record(2)) + SKIPPED * 3 + frames(record(3)),
    b"".join(version_1(*((f"http://a.example/{n}", b"HTTP/1.0 200 OK\r\n\r\nabc") for n in range(4)))),
]


@given(damaged(WHOLE))
def test_whatever_was_done_to_its_bytes_a_packed_file_is_read_to_its_end(content: bytes) -> None:
    assert all(0 <= one.offset <= len(content) for one in read(io.BytesIO(content), limit=LIMIT))
