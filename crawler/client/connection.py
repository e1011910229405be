"""A connection: one answer at a time, parsed by llhttp, its head kept byte for byte. Decides nothing about addresses or retries."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import Literal

import httptools

from crawler.client import heads

MAX_HEAD = 256 * 1024  # bytes: no honest head comes near
_BLANK_LINE = re.compile(rb"\n\r?\n")
MAX_INTERIM = 10  # interim answers (1xx) before the real one: a flood of them would keep us busy for nothing


class Broken(Exception):
    """The answer cannot be had whole; what came of it stands in `answer`. The message says what happened."""

    def __init__(self, message: str, answer: Answer, *, cut: Literal["length", "disconnect"] | None = None) -> None:
        super().__init__(message)
        self.answer = answer
        self.cut: Literal["length", "disconnect"] | None = cut


@dataclass(slots=True)
class Answer:
    """What came back so far."""

    head: bytearray = field(default_factory=bytearray)  # as received, with its closing blank line
    status: int | None = None
    protocol: str | None = None
    body: bytearray = field(default_factory=bytearray)  # the entity body: transfer coding undone, content coding not


class Connection(asyncio.Protocol):
    """Sends a request head, gives back the answer. Idle in between; closed as soon as anything is odd."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer = Answer()
        self._done: asyncio.Future[None] | None = None
        self._limit = 0
        self._headed = False  # the head is complete
        self._sized = False  # the body's end is stated, by length or chunks
        self._reusable = False
        self._interim = 0
        self.closed = False
        self.used = 0  # answers given

    # --- for the exchange ---------------------------------------------------------------------------------------

    async def ask(self, head: bytes, *, limit: int) -> Answer:
        """Sends `head`, gives the whole answer with a body of at most `limit` bytes on the wire.

        Raises Broken when it ends early, is no HTTP, or is too large; the connection is closed then.
        """
        assert self._transport is not None  # noqa: S101 - connected before it is handed out
        self._answer, self._headed, self._sized, self._reusable, self._interim = Answer(), False, False, False, 0
        self._limit = limit
        self._parser = httptools.HttpResponseParser(self)
        self._parser.set_dangerous_leniencies(
            lenient_headers=True,
            lenient_chunked_length=True,  # Content-Length beside chunks is passed over (RFC 9112, 6.3)
            lenient_optional_lf_after_cr=True,
            lenient_optional_cr_before_lf=True,
            lenient_spaces_after_chunk_size=True,
        )
        self._done = asyncio.get_running_loop().create_future()
        self._transport.write(head)
        try:
            await self._done
        except BaseException:
            self.close()
            raise
        finally:
            self._done = None
        self.used += 1
        if not self._reusable:
            self.close()
        return self._answer

    @property
    def so_far(self) -> Answer:
        """What has come of the answer, for a caller whose time is up."""
        return self._answer

    def close(self) -> None:
        self.closed = True
        if self._transport is not None:
            self._transport.abort()

    # --- asyncio.Protocol ---------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a stream
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if self._over():
            self.close()  # nobody asked
            return
        if not self._headed:
            self._keep_head(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._fail("it answers by switching protocols")
        except httptools.HttpParserError as problem:
            self._fail(f"the answer is not HTTP: {problem}")
        if not self._headed and len(self._answer.head) > MAX_HEAD:
            self._fail(f"the head is larger than {MAX_HEAD // 1024} KB", cut="length")

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        if self._done is None or self._done.done():
            return
        if self._headed and not self._sized and exc is None:
            self._done.set_result(None)  # a body without a length ends with its connection (RFC 9112, 6.3)
        else:
            self._fail(
                "the connection was closed in the middle of the answer" if self._answer.head else "the connection was closed",
                cut="disconnect",
            )

    # --- llhttp's callbacks -------------------------------------------------------------------------------------

    def on_header(self, name: bytes, value: bytes) -> None:
        lower = name.lower()
        if lower == b"content-length" or (lower == b"transfer-encoding" and b"chunked" in value.lower()):
            self._sized = True

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200 or self._over():
            return
        self._headed = True
        self._answer.status = status
        self._answer.protocol = f"HTTP/{self._parser.get_http_version()}"
        self._cut_head()

    def on_body(self, chunk: bytes) -> None:
        if self._over():
            return
        self._answer.body += chunk
        if len(self._answer.body) > self._limit:
            self._fail(f"the body is larger than {self._limit / 1_000_000:g} MB", cut="length")

    def on_message_complete(self) -> None:
        if self._over():
            self.close()  # more than one answer to one request
            return
        if not self._headed:  # an interim answer (1xx): the real one follows
            del self._answer.head[: _head_end(self._answer.head)]
            self._sized = False
            self._interim += 1
            if self._interim > MAX_INTERIM:
                self._fail(f"more than {MAX_INTERIM} interim answers")
            return
        self._reusable = self._parser.should_keep_alive()
        if self._done is not None:
            self._done.set_result(None)

    # --- inside -------------------------------------------------------------------------------------------------

    def _over(self) -> bool:
        return self._done is None or self._done.done()

    def _keep_head(self, data: bytes) -> None:
        self._answer.head += data[: MAX_HEAD + 1]

    def _cut_head(self) -> None:
        """Keeps of the bytes received only those up to the blank line."""
        del self._answer.head[_head_end(self._answer.head) :]

    def _fail(self, message: str, *, cut: Literal["length", "disconnect"] | None = None) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_exception(Broken(message, self._answer, cut=cut))
        self.close()


def _head_end(raw: bytearray) -> int:
    """Where the first head in `raw` ends, behind its blank line."""
    found = _BLANK_LINE.search(raw)
    return found.end() if found else len(raw)


def pairs_of(answer: Answer) -> heads.Pairs:
    """The answer's head, read."""
    return heads.response_pairs(bytes(answer.head))
