"""Heads beside a decoded payload, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.warc import heads

PLAIN = b"HTTP/1.1 200 OK\r\nserver:  odd  Case\r\nContent-Length: 5\r\nX-A: 1\r\nX-A: 2\r\n\r\n"
CODED = b"HTTP/1.1 200 Fine\r\nContent-ENCODING: gzip\r\nServer: a\r\nTransfer-Encoding: chunked\r\nX-Folded: a\r\n b\r\n\r\n"


def test_a_head_that_holds_for_its_payload_stays_as_it_is() -> None:
    assert heads.beside_payload(PLAIN, 5) == PLAIN


@pytest.mark.parametrize(
    "head", [b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\n\r\n"]
)
def test_a_head_that_says_nothing_of_a_coding_or_a_length_stays_as_it_is(head: bytes) -> None:
    assert heads.beside_payload(head, 77) == head


def test_what_no_longer_holds_is_renamed_and_a_length_is_added() -> None:
    assert heads.beside_payload(CODED, 1234) == (
        b"HTTP/1.1 200 Fine\r\nX-Crawl-Content-ENCODING: gzip\r\nServer: a\r\nX-Crawl-Transfer-Encoding: chunked\r\nX-Folded: a\r\n b\r\n"
        b"Content-Length: 1234\r\n\r\n"
    )


def test_a_payload_that_could_not_be_decoded_keeps_its_coding() -> None:
    head = heads.beside_payload(CODED, 9, coded=True)
    assert b"\nContent-ENCODING: gzip" in head and b"\nX-Crawl-Transfer-Encoding: chunked" in head


def test_a_head_with_bare_line_feeds_is_not_mended() -> None:
    assert heads.beside_payload(b"HTTP/1.1 200 OK\nContent-Length: 9\n\n", 3) == (
        b"HTTP/1.1 200 OK\nX-Crawl-Content-Length: 9\nContent-Length: 3\n\n"
    )


NAMES = st.sampled_from([b"Content-Encoding", b"content-length", b"Transfer-Encoding", b"Server", b"X-Odd", b"Set-Cookie"])
VALUES = st.sampled_from([b"gzip", b"12", b"chunked", b"identity", b"", b"a\r\n\tb", b"  x  ", b"\xff\xfe"])


@given(st.lists(st.tuples(NAMES, VALUES), max_size=8), st.integers(0, 10**7), st.booleans(), st.sampled_from([b"\r\n", b"\n"]))
def test_whatever_the_head_it_comes_back_byte_for_byte(fields: list[tuple[bytes, bytes]], length: int, coded: bool, end: bytes) -> None:
    head = b"HTTP/1.1 200 OK" + end + b"".join(name + b": " + value + end for name, value in fields) + end
    assert heads.restored(heads.beside_payload(head, length, coded=coded)) == head


@given(st.binary(max_size=300))
def test_whatever_the_bytes_reading_them_raises_nothing(block: bytes) -> None:
    message = heads.parse(block)
    if message is not None:
        assert message.head + message.body == block
        heads.media_type(message.head)
        heads.restored(heads.beside_payload(message.head, 3))


def test_a_message_is_taken_apart() -> None:
    message = heads.parse(PLAIN + b"hello")
    assert message is not None
    assert (message.status, message.protocol, message.body, heads.values(message.head, "x-a")) == (200, "HTTP/1.1", b"hello", ["1", "2"])


@pytest.mark.parametrize("block", [b"", b"HTTP/1.1 200 OK\r\n", b"x" * 1000])
def test_without_the_end_of_a_head_there_is_no_message(block: bytes) -> None:
    assert heads.parse(block) is None
