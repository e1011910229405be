"""The judge's web on loopback: an address for each outlet, one log of all that is asked, byte for byte.

Runs on a thread of its own. What is said is decided by the behaviours; what was asked is judged elsewhere.
"""

from __future__ import annotations

import asyncio
import hashlib
import ssl
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from benchmarks.behaviour.asked import Asked, Behaviour, Fields, Moment, Reply, Says
from benchmarks.behaviour.clock import Clock
from benchmarks.behaviour.say import page, robots

ALLOWED = "127.66.0.0/15"  # the outlets' addresses and those elsewhere
PRIVATE = "127.99.0.1"  # an address that may not be dialled
DRIP = 0.1  # seconds between two bytes of a body that never ends
BEAT, BEATS = 0.01, 5  # (seconds, how many): what came before the loop's last five beats is long noted, however slow the machine is
LONGEST = 10.0  # seconds to wait for connections of a run to end after it

Hook = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Place:
    """What is served at one address."""

    behaviour: Behaviour
    paths: dict[str, Says]
    names: dict[str, str]  # "{origin}" and the like -> address


class Web:
    """`asked` is the log. The driver says which run it is, and may hook itself in when a request has come."""

    def __init__(self, behaviours: Iterable[Behaviour], clock: Clock, tls: ssl.SSLContext | None) -> None:
        self.behaviours = tuple(behaviours)
        self.asked: list[Asked] = []
        self.run = 0
        self.hook: Hook | None = None  # told of each request of a run: its number
        self.connections: Counter[str] = Counter()  # by address that was dialled
        self.port = self.tls_port = 0
        self._clock, self._tls = clock, tls
        self._places: dict[str, Place] = {}
        self._count: Counter[tuple[str, str]] = Counter()
        self._of_run = 0
        self._beats = deque([time.monotonic()], maxlen=BEATS)
        self._talks = 0  # connections that are open

    # --- addresses ----------------------------------------------------------------------------------------------------

    def origin(self, behaviour: Behaviour) -> str:
        port = self.tls_port if behaviour.scheme == "https" else self.port
        return f"{behaviour.scheme}://{behaviour.host or self._address(behaviour, 66)}:{port}"

    def elsewhere(self, behaviour: Behaviour) -> str:
        return f"http://{self._address(behaviour, 67)}:{self.port}"

    def _address(self, behaviour: Behaviour, block: int) -> str:
        number = self.behaviours.index(behaviour)
        return f"127.{block}.{number // 200}.{number % 200 + 1}"

    def begin(self, run: int) -> None:
        self.run, self._of_run = run, 0

    def settle(self) -> None:
        """Waits until all that a run has sent is noted: a killed one leaves requests that nobody has looked at yet."""
        since = time.monotonic()
        while (self._beats[0] < since or self._talks) and time.monotonic() < since + LONGEST:
            time.sleep(BEAT)

    # --- serving ------------------------------------------------------------------------------------------------------

    async def serve(self, ready: threading.Event) -> None:
        canary = await asyncio.start_server(self._talk, PRIVATE, 0)
        self.port = canary.sockets[0].getsockname()[1]
        servers = [canary]
        for behaviour in self.behaviours:
            if behaviour.listens:
                servers += await self._open(behaviour)
        ready.set()
        await asyncio.gather(self._beat(), *(server.serve_forever() for server in servers))

    async def _beat(self) -> None:
        """Shows when this loop last came to look at what had come."""
        while True:
            self._beats.append(time.monotonic())
            await asyncio.sleep(BEAT)

    async def _open(self, behaviour: Behaviour) -> list[asyncio.Server]:
        here = self._address(behaviour, 66)
        secure = behaviour.scheme == "https"
        made = [await asyncio.start_server(self._talk, here, self.tls_port if secure else self.port, ssl=self._tls if secure else None)]
        self.tls_port = made[0].sockets[0].getsockname()[1] if secure else self.tls_port
        names = {"{origin}": self.origin(behaviour), "{elsewhere}": self.elsewhere(behaviour), "{private}": f"http://{PRIVATE}:{self.port}"}
        self._places[here] = Place(behaviour, dict(behaviour.paths), names)
        if behaviour.elsewhere:
            there = self._address(behaviour, 67)
            made.append(await asyncio.start_server(self._talk, there, self.port))
            self._places[there] = Place(behaviour, dict(behaviour.elsewhere), {**names, "{origin}": names["{elsewhere}"]})
        return made

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = writer.get_extra_info("sockname")[0]
        self.connections[address] += 1
        connection = self.connections.total()
        self._talks += 1
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            while await self._exchange(address, connection, (await reader.readuntil(b"\r\n\r\n")).decode("latin-1"), reader, writer):
                pass
        self._talks -= 1
        writer.close()

    async def _exchange(self, address: str, connection: int, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; False where the connection ends with it."""
        began, at, run = time.monotonic(), self._clock.now(), self.run
        late = began - self._beats[0]
        line, *lines = head.split("\r\n")
        method, target, _ = line.split(" ", 2)
        fields = tuple((name, value) for name, _, value in (one.partition(": ") for one in lines if one))
        place = self._places.get(address)
        reply = self._decided(place, target, fields) if place else Reply(404)
        self._of_run += 1
        if self.hook is not None:
            self.hook(self._of_run)
        try:
            return await self._said(reply, reader, writer)
        finally:
            origin = place.names["{origin}"] if place else f"http://{address}:{self.port}"
            kept = reply if target == "/robots.txt" else replace(reply, body=b"")
            digest = hashlib.sha256(reply.body).hexdigest()
            self.asked.append(
                Asked(run, at, began, time.monotonic(), connection, origin, method, target, fields, kept, digest, len(reply.body), late)
            )

    def _decided(self, place: Place, target: str, fields: Fields) -> Reply:
        path = target.partition("?")[0]
        key = (place.names["{origin}"], path)
        moment = Moment(self._clock.now() - self._clock.start, self._clock.start, path, fields, self._count[key])
        self._count[key] += 1
        reply = _says(place.paths, path)(moment)
        for name, value in place.names.items():
            reply = replace(
                reply,
                fields=tuple((field, text.replace(name, value)) for field, text in reply.fields),
                body=reply.body.replace(name.encode(), value.encode()),
            )
        return reply

    async def _said(self, reply: Reply, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if reply.stall:
            await _until_gone(reader, reply.stall)
        length = "" if reply.status == 304 else f"Content-Length: {10**9 if reply.endless else len(reply.body)}\r\n"
        fields = "".join(f"{name}: {value}\r\n" for name, value in reply.fields)
        writer.write(f"HTTP/1.1 {reply.status} Said\r\n{fields}{length}\r\n".encode("latin-1"))
        writer.write(b"" if reply.status == 304 else reply.body[: len(reply.body) // 2] if reply.cut else reply.body)
        await writer.drain()
        while reply.endless:
            writer.write(b"x")
            await writer.drain()
            if await _until_gone(reader, DRIP):
                return False
        return not reply.cut


async def _until_gone(reader: asyncio.StreamReader, seconds: float) -> bool:
    """Waits, at most until the other side has gone: then True."""
    with suppress(TimeoutError):
        return not await asyncio.wait_for(reader.read(1), seconds)
    return False


def _says(paths: dict[str, Says], path: str) -> Says:
    """What is said at a path: its own, its folder's ("/archive/*"), else a page, a robots.txt, or nothing."""
    folder = path[: path.rfind("/") + 1] + "*"
    if path in paths or folder in paths:
        return paths.get(path) or paths[folder]
    if path.startswith("/s/"):
        return lambda _: page(path)
    return robots() if path == "/robots.txt" else lambda _: Reply(404, (), b"Not here.")


@contextmanager
def serving(behaviours: Iterable[Behaviour], clock: Clock, tls: ssl.SSLContext | None) -> Iterator[Web]:
    """The web, until the block ends."""
    web, ready, loops = Web(behaviours, clock, tls), threading.Event(), list[asyncio.AbstractEventLoop]()

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        with suppress(asyncio.CancelledError):
            await web.serve(ready)

    def stop(loop: asyncio.AbstractEventLoop) -> None:
        for task in asyncio.all_tasks(loop):
            task.cancel()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    if not ready.wait(30):
        raise OSError("the loopback addresses cannot be served")
    try:
        yield web
    finally:
        loops[0].call_soon_threadsafe(stop, loops[0])
        thread.join(10)
