"""Content codings undone: whole, cut, broken, lying, bombs."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress

import brotli  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.decoding import TooLarge, Undecodable, decode

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LIMIT = 1_000_000
TEXT = b"The ministers met on Friday. " * 400


def raw_deflate(data: bytes) -> bytes:
    squeezer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return squeezer.compress(data) + squeezer.flush()


ENCODERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("X-GZIP", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "raw deflate": ("deflate", raw_deflate),
    "brotli": ("br", brotli.compress),
    "zstd": ("zstd", zstd.compress),
}
each_coding = pytest.mark.parametrize(("name", "encode"), ENCODERS.values(), ids=ENCODERS)


@each_coding
@given(data=st.binary(max_size=3000))
def test_each_coding_goes_there_and_back(name: str, encode: Callable[[bytes], bytes], data: bytes) -> None:
    assert decode(encode(data), name, limit=LIMIT) == data


@each_coding
def test_a_cut_body_is_said_to_be_cut_and_never_taken_as_whole(name: str, encode: Callable[[bytes], bytes]) -> None:
    whole = encode(TEXT)
    for keep in (len(whole) - 1, len(whole) // 2, 12):
        with pytest.raises(Undecodable):
            decode(whole[:keep], name, limit=LIMIT)


@each_coding
def test_a_bomb_is_stopped_at_the_limit(name: str, encode: Callable[[bytes], bytes]) -> None:
    bomb = encode(bytes(20_000_000))
    assert len(bomb) < 200_000
    with pytest.raises(TooLarge) as stopped:
        decode(bomb, name, limit=LIMIT)
    assert stopped.value.start == bytes(LIMIT)


@each_coding
def test_a_body_of_exactly_the_limit_is_taken_and_one_byte_more_is_not(name: str, encode: Callable[[bytes], bytes]) -> None:
    assert decode(encode(TEXT), name, limit=len(TEXT)) == TEXT
    with pytest.raises(TooLarge):
        decode(encode(TEXT + b"!"), name, limit=len(TEXT))


@pytest.mark.parametrize("coding", [None, "", "identity", "none", "utf-8", " , "])
def test_no_coding_leaves_the_body_as_it_is(coding: str | None) -> None:
    assert decode(TEXT, coding, limit=LIMIT) == TEXT


def test_a_plain_body_beyond_the_limit_is_too_large() -> None:
    with pytest.raises(TooLarge):
        decode(TEXT, None, limit=len(TEXT) - 1)


def test_a_body_that_is_declared_as_gzip_and_is_none_is_taken_as_it_is() -> None:
    assert decode(TEXT, "gzip", limit=LIMIT) == TEXT


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_an_empty_body_is_empty_in_every_coding(coding: str) -> None:
    assert decode(b"", coding, limit=LIMIT) == b""


@pytest.mark.parametrize("coding", ["deflate", "br", "zstd", "gzip, br"])
@pytest.mark.parametrize("body", [b"<!doctype html><p>plain after all", b'\xef\xbb\xbf\n{"items": []}'])
def test_markup_that_is_not_in_its_coding_is_taken_as_it_is(coding: str, body: bytes) -> None:
    assert decode(body, coding, limit=LIMIT) == body


@pytest.mark.parametrize("coding", ["deflate", "br", "zstd", "x-klingon"])
@pytest.mark.parametrize("body", [gzip.compress(TEXT, mtime=0), b"<p>\x00\x01\x02", b"\x89PNG\r\n\x1a\n\x00"])
def test_other_bytes_that_are_not_in_their_coding_are_undecodable(coding: str, body: bytes) -> None:
    with pytest.raises(Undecodable):
        decode(body, coding, limit=LIMIT)


@pytest.mark.parametrize("coding", ["text/html", "binary", "iso-8859-1", "chunked", "8bit", "x-klingon"])
def test_text_under_the_name_of_no_coding_is_taken_as_it_is(coding: str) -> None:
    assert decode(TEXT, coding, limit=LIMIT) == TEXT
    with pytest.raises(TooLarge):
        decode(TEXT, coding, limit=len(TEXT) - 1)


def test_codings_over_one_another_are_undone_from_the_outside_in() -> None:
    assert decode(gzip.compress(brotli.compress(TEXT)), "br, gzip", limit=LIMIT) == TEXT


@pytest.mark.parametrize(("coding", "reason"), [("compress", "unknown content coding"), ("gzip, " * 4, "4 content codings")])
def test_unknown_and_piled_up_codings_are_refused_with_the_reason(coding: str, reason: str) -> None:
    with pytest.raises(Undecodable, match=reason):
        decode(b"\x1f\x9d" + TEXT, coding, limit=LIMIT)


@pytest.mark.parametrize(("coding", "encode"), [("gzip", gzip.compress), ("zstd", zstd.compress)])
def test_members_in_a_row_are_joined_and_share_the_limit(coding: str, encode: Callable[[bytes], bytes]) -> None:
    assert decode(encode(b"one ") + encode(b"two"), coding, limit=7) == b"one two"
    with pytest.raises(TooLarge):
        decode(encode(b"one ") + encode(b"two"), coding, limit=6)


@pytest.mark.parametrize(("coding", "encode"), [("gzip", gzip.compress), ("zstd", zstd.compress)])
def test_endless_empty_members_are_refused_before_they_cost_anything(coding: str, encode: Callable[[bytes], bytes]) -> None:
    with pytest.raises(Undecodable, match="in a row"):
        decode(encode(b"") * 300_000, coding, limit=LIMIT)


def test_padding_behind_a_gzip_body_is_passed_over() -> None:
    assert decode(gzip.compress(TEXT) + bytes(512), "gzip", limit=LIMIT) == TEXT


@given(
    st.binary(max_size=600),
    st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, br", "x-gzip"]),
    st.sampled_from([b"", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\x78\x9c"]),
)
def test_any_bytes_in_any_coding_are_decoded_or_refused(data: bytes, coding: str, start: bytes) -> None:
    with suppress(TooLarge, Undecodable):
        assert len(decode(start + data, coding, limit=5000)) <= 5000
