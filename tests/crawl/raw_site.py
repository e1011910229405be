"""A site on loopback that sends exactly the bytes it is told to, and notes exactly the bytes it was asked with."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from archive.model import Capture
from crawler.client.exchange import Client, Limits
from crawler.guard import Guard, Resolver

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
End = Literal["keep", "close", "reset", "hang", "drip", "flood"]


@dataclass(frozen=True)
class Reply:
    """Bytes to send, and what then: keep or close the connection, close it as the next request comes, say nothing more, drip on slowly,
    or send on without end."""

    data: bytes
    end: End = "keep"


@dataclass
class RawSite:
    """Answers requests with its replies, in order, whatever connection they come on."""

    replies: Iterator[Reply]
    host: str = "127.0.0.1"
    scheme: str = "http"
    port: int = 0
    asked: list[bytes] = field(default_factory=list)
    connections: int = 0

    def url(self, path: str = "/") -> str:
        return f"{self.scheme}://{self.host}:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self._answer(await reader.readuntil(b"\r\n\r\n"), reader, writer):
                pass
        writer.close()

    async def _answer(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        self.asked.append(head)
        reply = next(self.replies)
        writer.write(reply.data)
        await writer.drain()
        if reply.end == "reset":
            await reader.readexactly(1)
            return False
        if reply.end == "hang":
            await asyncio.sleep(60)
        while reply.end in ("drip", "flood"):
            writer.write(b"x" * (1 if reply.end == "drip" else 65536))
            await writer.drain()
            await asyncio.sleep(0.02 if reply.end == "drip" else 0)
        return reply.end == "keep"


@asynccontextmanager
async def serving(*replies: Reply, tls: ssl.SSLContext | None = None) -> AsyncIterator[RawSite]:
    site = RawSite(iter(replies), scheme="https" if tls else "http")
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0, ssl=tls)
    site.port = server.sockets[0].getsockname()[1]
    tasks = asyncio.all_tasks()
    try:
        yield site
    finally:
        server.close()
        for task in asyncio.all_tasks() - tasks:
            task.cancel()


@asynccontextmanager
async def client(*, allow: tuple[str, ...] = ("127.0.0.0/8", "::1/128"), tls: ssl.SSLContext | None = None) -> AsyncIterator[Client]:
    resolver = Resolver(Guard(allow), timeout=5.0)
    made = Client(resolver, user_agent="wirecopy/test", clock=lambda: NOW, tls=tls)
    try:
        yield made
    finally:
        await made.close()
        resolver.close()


def ask(
    *replies: Reply,
    times: int = 1,
    path: str = "/",
    limits: Limits = Limits(timeout=5.0, max_size=100_000),  # noqa: B008 - frozen
    extra: tuple[tuple[str, str], ...] = (),
) -> tuple[list[Capture], RawSite]:
    """Asks a site with these replies, `times` in a row over one client."""

    async def run() -> tuple[list[Capture], RawSite]:
        async with serving(*replies) as site, client() as made:
            captures = [await made.exchange(site.url(path), "page", accept="text/html", limits=limits, extra=extra) for _ in range(times)]
            return captures, site

    return asyncio.run(run())


def ask_once(data: bytes, end: End = "keep", *, limits: Limits = Limits(timeout=5.0, max_size=100_000)) -> Capture:  # noqa: B008
    """The one capture of asking for `/` once."""
    return ask(Reply(data, end), limits=limits)[0][0]
