"""One request and its answer, from URL to Capture. A failure of the web is a Capture with an error, never an exception."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from archive import decoding
from archive.keys import wire_digest
from archive.model import Capture, CaptureRole
from crawler.client import heads
from crawler.client.connection import Answer, Broken, Connection, pairs_of
from crawler.guard import Refused, Resolver
from crawler.pace import Sending

IDLE_PER_HOST = 1  # one request at a time per host needs no more
# Seconds after which an idle connection is not used again. Apache and Node close theirs after 5 s (nginx after 75): a request on one that
# is closed under it is sent a second time, and that waits for the host's whole delay. Delays of one or two seconds keep their connections.
MAX_IDLE = 4.0
# Bytes of a body that are unpacked on the spot, where they can become at most 64 times as much: that takes up to 20 ms, and mostly .5.
AT_ONCE = 256 * 1024
Clock = Callable[[], datetime]


async def _at_once() -> None:
    """Nothing to wait for."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one exchange may cost."""

    timeout: float = 30.0  # seconds, from dialling to the last byte
    connect_timeout: float = 10.0  # seconds, name and connection
    max_size: int = 8 * 2**20  # bytes, on the wire and decoded
    keep_start: bool = False  # the first `max_size` bytes of what is larger are kept, marked as cut
    verify_tls: bool = True


class Client:
    """Exchanges one URL after the other, keeping idle connections. Belongs to one event loop."""

    def __init__(self, resolver: Resolver, *, user_agent: str, clock: Clock, tls: ssl.SSLContext | None = None) -> None:
        self._resolver = resolver
        self._user_agent = user_agent
        self._clock = clock
        self._tls = tls
        self._lax: ssl.SSLContext | None = None
        self._idle: dict[_Key, list[_Idle]] = defaultdict(list)

    async def exchange(
        self, url: str, role: CaptureRole, *, accept: str, limits: Limits,
        extra: Iterable[tuple[str, str]] = (), sending: Sending = _at_once,
    ) -> Capture:  # fmt: skip
        """GETs `url` (percent-encoded, http or https). `extra` are further header fields: validators, credentials.

        `sending` is awaited before each time that the request is sent. Raises nothing but CancelledError.
        """
        head = heads.request_head(
            url,
            [
                ("User-Agent", self._user_agent),
                ("Accept", accept),
                ("Accept-Encoding", decoding.ACCEPTED),
                *extra,
                ("Connection", "keep-alive"),
            ],
        )
        capture = Capture(url=url, role=role, fetched_at=self._clock(), request_head=heads.blanked(head))
        started = time.monotonic()
        capture = await self._within(capture, head, limits, _Talk(sending))
        return replace(capture, elapsed_ms=round((time.monotonic() - started) * 1000))

    async def close(self) -> None:
        """Closes what is idle."""
        for idle in self._idle.values():
            for one in idle:
                one.connection.close()
        self._idle.clear()

    # --- one attempt ----------------------------------------------------------------------------------------------

    async def _within(self, capture: Capture, head: bytes, limits: Limits, talk: _Talk) -> Capture:
        try:
            async with asyncio.timeout(limits.timeout):
                answer = await self._talk(capture.url, head, limits, talk)
        except Refused as refusal:
            return _unsent(capture, talk, f"not dialled: {refusal}")
        except TimeoutError:
            return self._timed_out(capture, talk, limits)
        except Broken as broken:
            cut = broken.cut if broken.answer.status is not None else None
            kept = _described(replace(capture, ip=talk.ip), broken.answer, keep=cut != "length")
            kept = replace(kept, truncated=cut, error=str(broken))
            return _with_start(kept, broken.answer, limits.max_size) if cut == "length" and limits.keep_start else kept
        except ssl.SSLCertVerificationError as problem:
            return _unsent(capture, talk, f"its TLS certificate is not valid: {problem.verify_message or problem}")
        except (OSError, ssl.SSLError) as problem:
            return _unsent(capture, talk, f"no connection: {_os_reason(problem)}")
        return await _whole(replace(capture, ip=talk.ip), answer, limits)

    def _timed_out(self, capture: Capture, talk: _Talk, limits: Limits) -> Capture:
        if talk.connection is None:
            return _unsent(capture, talk, f"no connection within {limits.connect_timeout:g} s")
        partial = talk.connection.so_far
        kept = _described(replace(capture, ip=talk.ip), partial, keep=True)
        error = f"not complete within {limits.timeout:g} s"
        return replace(kept, error=error) if partial.status is None else replace(kept, truncated="time", error=error)

    async def _talk(self, url: str, head: bytes, limits: Limits, talk: _Talk) -> Answer:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        key = _Key(parts.scheme, parts.hostname or "", port, limits.verify_tls)
        while fresh := self._reusable(key, limits):
            talk.connection, talk.ip = fresh.connection, fresh.ip
            try:
                return await self._ask(key, head, limits, talk)
            except Broken as broken:
                if broken.answer.head:
                    raise
                # An idle connection that the server had closed meanwhile: the request was not answered, so it is asked anew.
        talk.connection = None
        async with asyncio.timeout(limits.connect_timeout):
            connection, talk.ip = await self._dial(key, talk)
        talk.connection = connection
        return await self._ask(key, head, limits, talk)

    def _reusable(self, key: _Key, limits: Limits) -> _Idle | None:
        """An idle connection that is likely to stand; those that are not are closed.

        Where one has been idle for half the time that an exchange has, its host's delay is long: a second sending would come too late.
        """
        while idle := self._idle[key]:
            one = idle.pop()
            if not one.connection.closed and time.monotonic() - one.since <= min(MAX_IDLE, limits.timeout / 2):
                return one
            one.connection.close()
        return None

    async def _ask(self, key: _Key, head: bytes, limits: Limits, talk: _Talk) -> Answer:
        assert talk.connection is not None and talk.ip is not None  # noqa: S101 - dialled or idle
        await talk.sending()
        answer = await talk.connection.ask(head, limit=limits.max_size)
        if not talk.connection.closed and len(self._idle[key]) < IDLE_PER_HOST:
            self._idle[key].append(_Idle(talk.connection, talk.ip, time.monotonic()))
        else:
            talk.connection.close()
        return answer

    async def _dial(self, key: _Key, talk: _Talk) -> tuple[Connection, str]:
        """A new connection to the first address that takes it. Raises Refused, OSError, TimeoutError."""
        tls = self._context(verify=key.verify_tls) if key.scheme == "https" else None
        failure: OSError | None = None
        for address in (await self._resolver.resolve(key.host, key.port))[:4]:
            talk.ip = address
            try:
                _, connection = await asyncio.get_running_loop().create_connection(
                    Connection,
                    address,
                    key.port,
                    ssl=tls,
                    server_hostname=key.host if tls else None,
                )
            except ssl.SSLCertVerificationError:
                raise
            except OSError as problem:
                failure = problem
            else:
                return connection, address
        raise failure or OSError("no address")

    def _context(self, *, verify: bool) -> ssl.SSLContext:
        """Made once each: reading the certificates of the system costs 20 ms."""
        if verify:
            self._tls = self._tls or _tls_context()
            return self._tls
        if self._lax is None:
            self._lax = _tls_context()
            self._lax.check_hostname = False
            self._lax.verify_mode = ssl.CERT_NONE
        return self._lax


def _tls_context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


class _Key(NamedTuple):
    """What a connection can be used for again."""

    scheme: str
    host: str
    port: int
    verify_tls: bool


class _Idle(NamedTuple):
    """A connection that waits for its next request."""

    connection: Connection
    ip: str
    since: float  # monotonic


@dataclass(slots=True)
class _Talk:
    """Where an attempt stands, for the case that its time is up."""

    sending: Sending
    connection: Connection | None = None
    ip: str | None = None


def _unsent(capture: Capture, talk: _Talk, error: str) -> Capture:
    """The capture of an attempt that never came to send its request."""
    return replace(capture, request_head=None, ip=talk.ip, error=error)


def _described(capture: Capture, answer: Answer, *, keep: bool) -> Capture:
    """The capture with what the answer says of itself; its body still as on the wire."""
    if answer.status is None:
        return capture
    pairs = pairs_of(answer)
    mime, charset = heads.media_type(pairs)
    entity = bytes(answer.body)
    return replace(
        capture,
        response_head=heads.blanked(bytes(answer.head)),
        status=answer.status,
        protocol=answer.protocol,
        mime=mime,
        charset=charset,
        content_encoding=heads.first(pairs, "content-encoding"),
        wire_length=len(entity),
        wire_sha1=wire_digest(entity),
        body=entity if keep and answer.status != 304 else None,
    )


def _with_start(capture: Capture, answer: Answer, limit: int) -> Capture:
    """The capture of an answer that was too large on the wire, with its beginning; none of a body in a coding, which is cut itself."""
    return capture if capture.content_encoding else replace(capture, body=bytes(answer.body[:limit]))


async def _whole(capture: Capture, answer: Answer, limits: Limits) -> Capture:
    """The capture with its payload; what takes long is done in a thread, so that no other exchange waits for it."""
    if len(answer.body) <= AT_ONCE and limits.max_size <= AT_ONCE * 64:
        return _decoded(_described(capture, answer, keep=True), limits)
    return await asyncio.to_thread(lambda: _decoded(_described(capture, answer, keep=True), limits))


def _decoded(capture: Capture, limits: Limits) -> Capture:
    """The capture with its payload; a body that cannot be decoded is kept as it came, with the error."""
    if capture.body is None:
        return capture
    try:
        return replace(capture, body=decoding.decode(capture.body, capture.content_encoding, limit=limits.max_size))
    except decoding.TooLarge as beyond:
        error = f"the body is larger than {limits.max_size / 1_000_000:g} MB when decoded"
        return replace(capture, body=beyond.start if limits.keep_start else None, truncated="length", error=error)
    except decoding.Undecodable as problem:
        return replace(capture, truncated="unspecified", error=str(problem))


def _os_reason(problem: OSError) -> str:
    return problem.strerror or str(problem) or type(problem).__name__
