"""A site on loopback that says what it is told to, and notes each request: path, fields, when it began and when it was answered."""

from __future__ import annotations

import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Answer:
    """What is said to one request. "{origin}" in body and fields stands for the site's own."""

    status: int = 200
    fields: Fields = ()
    body: bytes = b""
    wait: float = 0.0  # seconds before it is said
    drip: bool = False  # the body comes byte by byte and never ends
    whole: Answer | None = None  # said instead to a request without validators


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    fields: Fields
    began: float  # monotonic
    ended: float

    def get(self, name: str) -> str | None:
        """The field of that name; None where it was not sent."""
        return next((value for key, value in self.fields if key.lower() == name.lower()), None)


@dataclass
class Site:
    """`answers` has for each path what is said to its first, second, ... request; the last one is said for ever."""

    host: str
    port: int = 0
    scheme: str = "http"
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    most_at_once: int = 0
    connections: int = 0
    _count: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _now: int = 0

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"

    def url(self, path: str) -> str:
        return self.origin + path

    def says(self, path: str, *answers: Answer) -> str:
        """Sets what is said at `path`; gives back its URL."""
        self.answers[path] = list(answers)
        return self.url(path)

    def requests(self, path: str) -> list[Asked]:
        return [one for one in self.asked if one.path == path]

    def paths(self) -> list[str]:
        return [one.path for one in self.asked]

    def begun(self, path: str) -> int:
        """Requests for `path` so far, those without an answer yet included."""
        return self._count[path]

    def begin(self, path: str) -> Answer:
        with self._lock:
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
            known = self.answers.get(path, [Answer(404, body=b"Not here")])
            self._count[path] += 1
            return known[min(self._count[path], len(known)) - 1]

    def end(self, asked: Asked) -> None:
        with self._lock:
            self._now -= 1
            self.asked.append(asked)

    def filled(self, text: str) -> str:
        return text.replace("{origin}", self.origin)


@contextmanager
def serving(host: str = "127.0.0.1", *, tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """A site at this loopback address, on a port of its own."""
    site = Site(host, scheme="https" if tls else "http")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle(self) -> None:
            site.connections += 1
            with suppress(ConnectionError, ssl.SSLError):
                super().handle()

        def do_GET(self) -> None:
            began = time.monotonic()
            answer = site.begin(self.path)
            if answer.whole and not (self.headers["If-None-Match"] or self.headers["If-Modified-Since"]):
                answer = answer.whole
            time.sleep(answer.wait)
            try:
                _say(self, site, answer)
            finally:
                fields = tuple((name, value) for name, value in self.headers.items())
                site.end(Asked(self.command, self.path, fields, began, time.monotonic()))

        do_HEAD = do_POST = do_GET  # noqa: N815 - the standard library's names

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """A client that turns away from a certificate is no error here."""

    server = Server((host, 0), Handler)
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    site.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def _say(handler: BaseHTTPRequestHandler, site: Site, answer: Answer) -> None:
    body = answer.body.replace(b"{origin}", site.origin.encode())
    handler.send_response_only(answer.status)
    for name, value in answer.fields:
        handler.send_header(name, site.filled(value))
    if answer.status != 304:
        handler.send_header("Content-Length", str(10_000 if answer.drip else len(body)))
    handler.end_headers()
    while answer.drip:
        handler.wfile.write(b"x")
        time.sleep(0.05)
    handler.wfile.write(body)
