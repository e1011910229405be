"""One URL, asked for: what is sent, connections kept and replaced, secrets, addresses, TLS."""

from __future__ import annotations

import asyncio
import gzip
import random
import ssl
import threading
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest

from archive import decoding
from archive.keys import wire_digest
from archive.model import Capture
from crawler.client import exchange
from crawler.client.exchange import Limits
from crawler.pace import JITTER, Pace
from tests.certificates import Authority
from tests.crawl.raw_site import NOW, RawSite, Reply, ask, ask_once, client, serving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CLOSING = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
LIMITS = Limits(timeout=5.0, max_size=100_000)


def test_the_request_is_sent_as_it_is_recorded() -> None:
    (capture,), site = ask(Reply(OK), path="/a%20b?q=1", extra=(("If-None-Match", 'W/"ä"'),))
    assert site.asked == [
        f"GET /a%20b?q=1 HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nUser-Agent: wirecopy/test\r\nAccept: text/html\r\n"
        f'Accept-Encoding: gzip, deflate, br, zstd\r\nIf-None-Match: W/"ä"\r\nConnection: keep-alive\r\n\r\n'.encode("latin-1")
    ]
    assert capture.request_head == site.asked[0]
    assert (capture.url, capture.role, capture.fetched_at) == (site.url("/a%20b?q=1"), "page", NOW)
    assert capture.elapsed_ms is not None and capture.elapsed_ms >= 0


def test_credentials_are_sent_and_starred_out_in_the_record() -> None:
    (capture,), site = ask(Reply(OK), extra=(("Authorization", "Basic c2VjcmV0"),))
    assert b"\r\nAuthorization: Basic c2VjcmV0\r\n" in site.asked[0]
    assert capture.request_head is not None and b"c2VjcmV0" not in capture.request_head
    assert len(capture.request_head) == len(site.asked[0])


def test_cookies_that_come_are_starred_out_and_never_sent_back() -> None:
    reply = Reply(b"HTTP/1.1 200 OK\r\nSet-Cookie: id=geheim; Path=/\r\nContent-Length: 2\r\n\r\nok")
    captures, site = ask(reply, reply, times=2)
    assert all(b"geheim" not in (capture.response_head or b"geheim") for capture in captures)
    assert b"cookie" not in b"".join(site.asked).lower()


def test_a_connection_is_kept_and_used_again() -> None:
    captures, site = ask(Reply(OK), Reply(OK), Reply(OK), times=3)
    assert ([capture.body for capture in captures], site.connections) == ([b"ok"] * 3, 1)


def test_a_connection_that_the_server_wants_closed_is_not_used_again() -> None:
    captures, site = ask(Reply(CLOSING), Reply(OK), times=2)
    assert ([capture.body for capture in captures], site.connections) == ([b"ok"] * 2, 2)


def test_a_stale_idle_connection_is_replaced_and_the_request_asked_once_more() -> None:
    captures, site = ask(Reply(OK), Reply(b"", "close"), Reply(OK), times=2)
    assert [(capture.body, capture.error) for capture in captures] == [(b"ok", None)] * 2
    assert (site.connections, len(site.asked)) == (2, 3)


@pytest.mark.parametrize(("longest", "timeout", "connections"), [(5.0, 5.0, 1), (0.05, 5.0, 2), (5.0, 1.0, 2)])
def test_a_connection_that_was_idle_for_long_is_not_used_again(
    monkeypatch: pytest.MonkeyPatch, longest: float, timeout: float, connections: int
) -> None:
    monkeypatch.setattr(exchange, "MAX_IDLE", longest)

    async def run() -> tuple[list[bytes | None], int]:
        async with serving(Reply(OK), Reply(OK)) as site, client() as made:
            bodies = []
            for pause in (0.6, 0.0):
                bodies.append((await made.exchange(site.url(), "page", accept="*/*", limits=Limits(timeout=timeout))).body)
                await asyncio.sleep(pause)
            return bodies, site.connections

    assert asyncio.run(run()) == ([b"ok", b"ok"], connections)


def test_idle_connections_outlast_usual_delays_and_end_before_usual_servers_close_them() -> None:
    assert 2.0 * (1 + JITTER) < exchange.MAX_IDLE < 5.0


def test_where_the_delay_is_longer_than_an_exchange_may_take_a_server_that_closes_idle_connections_is_asked_all_the_same() -> None:
    """A second sending would have to wait for the delay, and the exchange's time would be up."""

    async def run() -> list[str | None]:
        async with serving(Reply(OK, "reset"), Reply(OK, "reset"), Reply(OK)) as site, client() as made:
            pace, errors = Pace(random.Random(1)), list[str | None]()  # noqa: S311 - spreads requests
            for _ in range(3):
                async with pace.turn("127.0.0.1", 1.3) as sending:
                    limits = Limits(timeout=1.2)
                    errors.append((await made.exchange(site.url(), "page", accept="*/*", limits=limits, sending=sending)).error)
            return errors

    assert asyncio.run(run()) == [None, None, None]


def test_each_sending_waits_for_its_time_the_second_one_on_a_new_connection_as_well() -> None:
    asked_before: list[int] = []

    async def run() -> int:
        async with serving(Reply(OK), Reply(b"", "close"), Reply(OK)) as site, client() as made:

            async def sending() -> None:
                asked_before.append(len(site.asked))

            for _ in range(2):
                await made.exchange(site.url(), "page", accept="*/*", limits=LIMITS, sending=sending)
            return len(site.asked)

    assert (asyncio.run(run()), asked_before) == (3, [0, 1, 2])


def test_an_idle_connection_that_breaks_within_its_answer_is_not_asked_again() -> None:
    captures, site = ask(Reply(OK), Reply(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nha", "close"), Reply(OK), times=2)
    assert (captures[1].body, captures[1].truncated, len(site.asked)) == (b"ha", "disconnect", 2)


def test_an_unfinished_connection_is_never_used_again() -> None:
    captures, site = ask(Reply(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nha", "hang"), Reply(OK), times=2, limits=Limits(timeout=0.3))
    assert [capture.truncated for capture in captures] == ["time", None]
    assert (captures[1].body, site.connections) == (b"ok", 2)


def test_the_body_is_kept_decoded_and_its_length_and_digest_as_on_the_wire() -> None:
    packed = brotli.compress(b"Ministers met. " * 100)
    capture = ask_once(b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed)
    assert (capture.body, capture.content_encoding) == (b"Ministers met. " * 100, "br")
    assert (capture.wire_length, capture.wire_sha1) == (len(packed), wire_digest(packed))


def test_a_bomb_is_not_kept_and_said_to_be_too_large_when_decoded() -> None:
    bomb = brotli.compress(bytes(5_000_000))
    capture = ask_once(b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: %d\r\n\r\n" % len(bomb) + bomb)
    assert (capture.body, capture.truncated) == (None, "length")
    assert capture.error is not None and capture.error.endswith("when decoded")


def test_a_body_that_cannot_be_decoded_is_kept_as_it_came_with_the_error() -> None:
    capture = ask_once(b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 5\r\n\r\nplain")
    assert (capture.body, capture.truncated) == (b"plain", "unspecified")
    assert capture.error is not None


def test_a_304_has_a_head_and_no_body() -> None:
    capture = ask_once(b'HTTP/1.1 304 Not Modified\r\nETag: "v2"\r\n\r\n')
    assert (capture.status, capture.body, capture.error) == (304, None, None)


def test_an_address_that_is_not_public_is_not_dialled() -> None:
    capture, site = _asked_without_leave()
    assert capture.error == "not dialled: 127.0.0.1 is at 127.0.0.1: not public, and not in allow_private"
    assert (capture.request_head, capture.status, site.connections) == (None, None, 0)


def _asked_without_leave() -> tuple[Capture, RawSite]:
    async def run() -> tuple[Capture, RawSite]:
        async with serving(Reply(OK)) as site, client(allow=()) as made:
            return await made.exchange(site.url(), "page", accept="*/*", limits=LIMITS), site

    return asyncio.run(run())


def test_a_port_where_nobody_listens_is_no_connection() -> None:
    async def run() -> Capture:
        async with serving() as site:
            url = site.url()
        async with client() as made:
            return await made.exchange(url, "page", accept="*/*", limits=LIMITS)

    capture = asyncio.run(run())
    assert (capture.status, capture.ip) == (None, "127.0.0.1")
    assert capture.error is not None and capture.error.startswith("no connection: ")


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", "x" * 70 + ".example"])
def test_a_name_that_does_not_resolve_is_no_connection(host: str) -> None:
    async def run() -> Capture:
        async with client() as made:
            return await made.exchange(f"http://{host}/", "page", accept="*/*", limits=LIMITS)

    capture = asyncio.run(run())
    assert capture.status is None
    assert capture.error is not None and capture.error.startswith("no connection")


def _over_tls(authority: Authority, trusted: ssl.SSLContext | None, host: str) -> Capture:
    async def run() -> Capture:
        async with serving(Reply(OK), tls=authority.server_context()) as site, client(tls=trusted) as made:
            site.host = host
            return await made.exchange(site.url(), "page", accept="*/*", limits=LIMITS)

    return asyncio.run(run())


def test_tls_with_a_certificate_that_nobody_vouches_for_is_refused(authority: Authority) -> None:
    capture = _over_tls(authority, None, "127.0.0.1")
    assert (capture.status, capture.body) == (None, None)
    assert capture.error is not None and capture.error.startswith("its TLS certificate is not valid: ")


def test_tls_with_a_certificate_of_a_trusted_authority_is_accepted(authority: Authority) -> None:
    capture = _over_tls(authority, ssl.create_default_context(cafile=str(authority.file)), "127.0.0.1")
    assert (capture.status, capture.body, capture.error) == (200, b"ok", None)


def test_tls_with_a_certificate_for_another_name_is_refused(authority: Authority) -> None:
    capture = _over_tls(authority, ssl.create_default_context(cafile=str(authority.file)), "localhost")
    assert capture.status is None
    assert capture.error is not None and capture.error.startswith("its TLS certificate is not valid: ")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    folder: Path = tmp_path_factory.mktemp("authority")
    return Authority.made(folder)


def test_a_large_body_is_unpacked_beside_the_other_exchanges(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []
    decode = decoding.decode

    def noted(entity: bytes, content_encoding: str | None, *, limit: int) -> bytes:
        threads.append(threading.current_thread())
        return decode(entity, content_encoding, limit=limit)

    monkeypatch.setattr(decoding, "decode", noted)
    for size in (exchange.AT_ONCE // 2, exchange.AT_ONCE * 2):
        body = random.Random(size).randbytes(size)  # noqa: S311 - hides nothing
        packed = gzip.compress(body, 1)
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
        (capture,), _ = ask(Reply(head + packed), limits=Limits(timeout=5.0, max_size=2**21))
        assert (capture.body, capture.wire_sha1, capture.error) == (body, wire_digest(packed), None)
    assert [thread is threading.main_thread() for thread in threads] == [True, False]


PLAIN = b"HTTP/1.1 200 OK\r\n\r\n" + b"line\n" * 50_000
PACKED = gzip.compress(b"line\n" * 50_000)


@pytest.mark.parametrize("data", [PLAIN, b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(PACKED) + PACKED])
@pytest.mark.parametrize(("keep", "body"), [(True, b"line\n" * 20_000), (False, None)])
def test_of_what_is_too_large_the_start_is_kept_where_it_is_asked_for(data: bytes, keep: bool, body: bytes | None) -> None:
    capture = ask_once(data, "close", limits=Limits(timeout=5.0, max_size=100_000, keep_start=keep))
    assert (capture.truncated, capture.body, capture.error is not None) == ("length", body, True)
