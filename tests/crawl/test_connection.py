"""One answer from bytes on a socket: its head byte for byte, its body by length, chunks or the connection's end, its faults in words."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.keys import wire_digest
from crawler.client.connection import MAX_HEAD, Answer, Connection
from crawler.client.exchange import Limits
from tests.crawl.raw_site import Reply, ask, ask_once

BODY = b"<!doctype html><p>Ministers met."
ODD_HEAD = (
    b"HTTP/1.1 200 Fine, thank you\r\nDATE: Sun, 22 Nov 2026 12:00:00 GMT\r\nx-Odd-CASE:no space\r\nX-Twice: 1\r\n"
    b"X-Between: b\r\nX-Twice:   2  \r\nX-Folded: one\r\n two\r\nContent-Type: text/html;charset=UTF-8\r\nCONTENT-length: 32\r\n\r\n"
)


def test_the_head_is_kept_byte_for_byte_with_case_order_repeats_and_folds() -> None:
    capture = ask_once(ODD_HEAD + BODY)
    assert capture.response_head == ODD_HEAD
    assert (capture.status, capture.body, capture.error) == (200, BODY, None)
    assert (capture.mime, capture.charset, capture.protocol, capture.ip) == ("text/html", "UTF-8", "HTTP/1.1", "127.0.0.1")
    assert (capture.wire_length, capture.wire_sha1) == (32, wire_digest(BODY))


def test_a_head_with_bare_line_feeds_is_kept_as_it_came() -> None:
    head = b"HTTP/1.1 200 OK\nContent-Length: 32\nX-Unix: yes\n\n"
    capture = ask_once(head + BODY)
    assert (capture.response_head, capture.body, capture.error) == (head, BODY, None)


@pytest.mark.parametrize("interim", [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"])
def test_an_interim_answer_before_the_real_one_is_passed_over(interim: bytes) -> None:
    capture = ask_once(interim * 2 + ODD_HEAD + BODY)
    assert (capture.response_head, capture.status, capture.body) == (ODD_HEAD, 200, BODY)


def test_a_flood_of_interim_answers_is_cut_off() -> None:
    capture = ask_once(b"HTTP/1.1 100 Continue\r\n\r\n" * 5000, "hang")
    assert capture.status is None
    assert capture.error == "more than 10 interim answers"


def test_chunks_are_joined_and_their_trailers_do_not_reach_the_head() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    capture = ask_once(head + b"5;ext=1\r\n<!doc\r\n1b \r\ntype html><p>Ministers met.\r\n0\r\nX-Trailer: late\r\n\r\n")
    assert (capture.response_head, capture.body, capture.error) == (head, BODY, None)


def test_a_body_without_a_length_ends_with_its_connection() -> None:
    capture = ask_once(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + BODY, "close")
    assert (capture.body, capture.error, capture.truncated, capture.protocol) == (BODY, None, None, "HTTP/1.0")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + BODY,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n" + BODY,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n" + BODY,
    ],
    ids=["by length", "between chunks", "within a chunk"],
)
def test_a_body_cut_by_a_disconnect_is_kept_and_said_to_be_cut(answer: bytes) -> None:
    capture = ask_once(answer, "close")
    assert (capture.status, capture.body, capture.truncated) == (200, BODY, "disconnect")
    assert capture.error == "the connection was closed in the middle of the answer"


def test_a_connection_closed_within_the_head_gives_no_status() -> None:
    capture = ask_once(b"HTTP/1.1 200 OK\r\nContent-Le", "close")
    assert (capture.status, capture.response_head, capture.body) == (None, None, None)
    assert capture.error == "the connection was closed in the middle of the answer"


def test_a_new_connection_closed_without_an_answer_is_not_asked_again() -> None:
    (capture,), site = ask(Reply(b"", "close"), Reply(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
    assert capture.error == "the connection was closed"
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
    ],
    ids=["until the end", "chunked", "by length"],
)
def test_an_endless_body_is_cut_at_the_cap_and_not_kept(head: bytes) -> None:
    capture = ask_once(head, "flood")
    assert (capture.status, capture.body, capture.truncated) == (200, None, "length")
    assert capture.error is not None and capture.error.startswith("the body is larger than")
    assert capture.wire_length is not None and capture.wire_length < 1_000_000


def test_a_body_that_drips_is_ended_by_the_deadline_and_kept_as_cut() -> None:
    capture = ask_once(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", "drip", limits=Limits(timeout=0.3))
    assert (capture.status, capture.truncated, capture.error) == (200, "time", "not complete within 0.3 s")
    assert capture.body is not None and set(capture.body) == {ord("x")}


def test_an_answer_that_never_comes_is_ended_by_the_deadline() -> None:
    capture = ask_once(b"", "hang", limits=Limits(timeout=0.2))
    assert (capture.status, capture.response_head, capture.error) == (None, None, "not complete within 0.2 s")


@pytest.mark.parametrize(
    "data", [b"220 mail.example.org ESMTP\r\n", b"\x16\x03\x01\x02\x00\x01", b"<html>no head at all</html>", b"HTTP/1.1 abc\r\n\r\n"]
)
def test_what_is_not_http_is_said_to_be_none(data: bytes) -> None:
    capture = ask_once(data, "hang")
    assert (capture.status, capture.body) == (None, None)
    assert capture.error is not None and capture.error.startswith("the answer is not HTTP: ")


def test_an_answer_that_switches_protocols_is_refused() -> None:
    capture = ask_once(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x05hello", "hang")
    assert capture.body is None
    assert capture.error is not None


def test_a_huge_head_is_refused() -> None:
    capture = ask_once(b"HTTP/1.1 200 OK\r\n" + b"X-Filler: yes\r\n" * (MAX_HEAD // 10), "hang")
    assert (capture.status, capture.response_head) == (None, None)
    assert capture.error == "the head is larger than 256 KB"


def test_a_head_of_one_endless_line_is_refused() -> None:
    capture = ask_once(b"HTTP/1.1 200 OK\r\nX-Long: ", "flood")
    assert capture.status is None
    assert capture.error is not None


def test_length_and_chunks_at_once_are_read_by_the_chunks() -> None:
    """RFC 9112, 6.3: Transfer-Encoding overrides Content-Length."""
    capture = ask_once(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n" + BODY + b"\r\n0\r\n\r\n")
    assert (capture.body, capture.error) == (BODY, None)


@pytest.mark.parametrize("status", [b"304 Not Modified", b"204 No Content"])
def test_answers_without_a_body_end_with_their_head_whatever_length_they_state(status: bytes) -> None:
    head = b"HTTP/1.1 " + status + b'\r\nETag: "v2"\r\nContent-Length: 5000\r\n\r\n'
    captures, site = ask(Reply(head), Reply(head), times=2)
    assert [(capture.response_head, capture.error) for capture in captures] == [(head, None)] * 2
    assert site.connections == 1
    assert not any(capture.body for capture in captures)


def test_two_answers_to_one_request_close_the_connection() -> None:
    good = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
    captures, site = ask(Reply(good + b"a1" + good + b"XX"), Reply(good + b"b2"), times=2)
    assert [capture.body for capture in captures] == [b"a1", b"b2"]
    assert site.connections == 2


class Wire(asyncio.Transport):
    """A transport that leads nowhere: what comes is handed to the connection by the test."""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Nobody listens."""

    def abort(self) -> None:
        """There is nothing to close."""


def _received_in(pieces: list[bytes]) -> Answer:
    async def run() -> Answer:
        connection = Connection()
        connection.connection_made(Wire())
        asking = asyncio.ensure_future(connection.ask(b"GET / HTTP/1.1\r\n\r\n", limit=1000))
        await asyncio.sleep(0)
        for piece in pieces:
            connection.data_received(piece)
        connection.connection_lost(None)
        return await asking

    return asyncio.run(run())


CHUNKED_HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@settings(max_examples=150)
@given(
    st.sampled_from([(ODD_HEAD, BODY), (CHUNKED_HEAD, b"20\r\n" + BODY + b"\r\n0\r\nX-Late: 1\r\n\r\n"), (b"HTTP/1.1 200 OK\n\n", BODY)]),
    st.booleans(),
    st.sets(st.integers(1, 340), max_size=30),
)
def test_it_makes_no_difference_into_which_pieces_an_answer_is_cut(answer: tuple[bytes, bytes], early: bool, cuts: set[int]) -> None:
    whole = (b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" if early else b"") + b"".join(answer)
    edges = [0, *sorted(cut for cut in cuts if cut < len(whole)), len(whole)]
    received = _received_in([whole[start:end] for start, end in itertools.pairwise(edges)])
    assert (bytes(received.head), bytes(received.body), received.status) == (answer[0], BODY, 200)


@settings(max_examples=60)
@given(st.sampled_from([b"", b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\n", CHUNKED_HEAD, ODD_HEAD]), st.binary(max_size=80))
def test_whatever_bytes_come_back_there_is_a_capture_that_is_whole_or_says_why_not(start: bytes, rest: bytes) -> None:
    capture = ask_once(start + rest, "close")
    assert capture.error or capture.status is not None
    assert (capture.status is None) == (capture.response_head is None)
