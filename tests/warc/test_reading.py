"""Reading WARC files of anybody: whole, damaged, hostile. What is whole is given, what is broken is named with its place."""

from __future__ import annotations

import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.warc import packed as packing_
from archive.warc.reading import MAX_BROKEN, Found, read
from archive.warc.record import Record, encode, member, record_id
from tests.warc.damage import damaged

LIMIT = 10_000


def record(number: int, block: bytes = b"HTTP/1.1 200 OK\r\n\r\nhello") -> bytes:
    fields = (("WARC-Target-URI", f"http://example.com/{number}"),)
    return encode(Record("response", record_id(str(number)), "2026-11-22T10:00:00Z", fields, block))


def packed(*records: bytes) -> bytes:
    return b"".join(member(one) for one in records)


def both(content: bytes, limit: int = LIMIT) -> tuple[list[str], list[str]]:
    """(URLs of what was found, reasons of what was not)."""
    found, broken = [], []
    for one in read(io.BytesIO(content), limit=limit):
        if isinstance(one, Found):
            assert len(one.block) <= limit
            found.append(one.url.rpartition("/")[2])
        else:
            broken.append(one.reason)
    return found, broken


@pytest.mark.parametrize("whole", [packed, lambda *records: b"".join(records)], ids=["gzip", "plain"])
def test_each_record_has_its_place_in_the_file(whole: object) -> None:
    content = whole(record(1), record(2, b"x" * 5000), record(3))  # type: ignore[operator]
    found = [one for one in read(io.BytesIO(content), limit=LIMIT) if isinstance(one, Found)]
    assert [one.url[-1] for one in found] == ["1", "2", "3"]
    for one in found:
        part = content[one.offset : one.offset + one.length]
        assert (gzip.decompress(part) if part[:2] == b"\x1f\x8b" else part).startswith(b"WARC/1.1\r\n")
        (again, *_) = read(io.BytesIO(content), limit=LIMIT, start=one.offset)
        assert isinstance(again, Found) and again.url == one.url


def test_a_file_that_was_packed_as_a_whole_is_read_and_its_records_have_no_place_of_their_own() -> None:
    found = [one for one in read(io.BytesIO(gzip.compress(record(1) + record(2))), limit=LIMIT) if isinstance(one, Found)]
    assert [(one.url[-1], one.length) for one in found] == [("1", 0), ("2", 0)]


def test_of_a_large_block_the_beginning_is_kept_and_its_digest_is_checked_over_all_of_it() -> None:
    whole = record(1, b"y" * 200_000)
    (found,) = read(io.BytesIO(packed(whole)), limit=LIMIT)
    assert isinstance(found, Found) and found.is_cut and (len(found.block), found.size) == (LIMIT, 200_000)
    assert both(packed(whole[:-5] + b"z" + whole[-4:], record(2))) == (
        ["2"],
        ["its block is not what its digest says (http://example.com/1)"],
    )


@pytest.mark.parametrize("packing", [packed, lambda *records: b"".join(records)], ids=["gzip", "plain"])
def test_behind_a_broken_record_reading_goes_on(packing: object) -> None:
    broken = record(2).replace(b"Content-Length: ", b"Content-Length: x")
    found, reasons = both(packing(record(1), broken, record(3), record(4)))  # type: ignore[operator]
    assert (found, reasons) == (["1", "3", "4"], ["its head states no Content-Length"])


def test_a_file_that_ends_inside_a_record_gives_what_is_before_it() -> None:
    assert both(packed(record(1), record(2))[:-20]) == (["1"], ["the file ends inside a gzip member (http://example.com/2)"])
    assert both((record(1) + record(2))[:-20])[0] == ["1"]


def test_what_stands_between_gzip_members_is_passed_by() -> None:
    found, reasons = both(packed(record(1)) + b"\0" * 100 + packed(record(2)) + b"garbage" + packed(record(3)))
    assert found == ["1", "2", "3"] and len(reasons) == 1


def test_an_older_make_with_bare_line_feeds_and_folded_fields_is_read() -> None:
    content = b"WARC/0.18\nWARC-Type: response\nwarc-target-uri: <http://example.com/\n 1>\nContent-Length: 3\n\nabc\n\n"
    (found,) = read(io.BytesIO(content), limit=LIMIT)
    assert isinstance(found, Found) and (found.type, found.block) == ("response", b"abc")


def test_a_bomb_costs_no_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing_, "MOST_UNPACKED", 2**20)
    bomb = encode(Record("response", "urn:x", "2026-11-22T10:00:00Z", (("WARC-Target-URI", "http://example.com/9"),), b"\0" * 5_000_000))
    found, reasons = both(packed(record(1), bomb, record(2)))
    assert found == ["1", "2"] and reasons == ["it unpacks to more than 200 times its size: a bomb (http://example.com/9)"]


def test_a_length_that_the_file_does_not_have_costs_nothing() -> None:
    head = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 999999999999\r\n\r\n"
    assert both(head + record(1))[0] == ["1"]


def test_a_file_of_nothing_but_broken_places_is_given_up() -> None:
    found, reasons = both(b"\nWARC/1.0\n:\n" * (3 * MAX_BROKEN))
    assert not found and len(reasons) == MAX_BROKEN + 1 and "was not read" in reasons[-1]


@pytest.mark.parametrize("content", [b"", b"\r\n\r\n", b"\0" * 100, b"\x1f\x8b", b"<html>not a WARC</html>", b"PK\x03\x04" * 50])
def test_what_is_no_warc_gives_nothing(content: bytes) -> None:
    assert both(content)[0] == []


WHOLE = [whole(*(record(n, bytes([n]) * n * 40) for n in range(1, 8))) for whole in (packed, lambda *all_: b"".join(all_))]


@given(damaged(WHOLE))
def test_whatever_was_done_to_its_bytes_a_file_is_read_to_its_end(content: bytes) -> None:
    for one in read(io.BytesIO(content), limit=LIMIT):
        assert 0 <= one.offset <= len(content)
        if isinstance(one, Found):
            assert len(one.block) <= min(LIMIT, one.size)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_to_their_end(content: bytes) -> None:
    for start in (b"", b"WARC/1.1\r\n", b"\x1f\x8b\x08\0\0\0\0\0\0\x03", b"WARC/1.0\r\nContent-Length: 7\r\n\r\n"):
        list(read(io.BytesIO(start + content), limit=100))
