"""HTTP/1.1 on loopback for the demo world: sockets, threads and writing. It knows no outlet and no story."""

from __future__ import annotations

import errno
import socket
import threading
import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from socketserver import TCPServer

from scheduler.demo.replies import Reply

# (which listener, method, target, headers as received) -> what to send
Respond = Callable[[int, str, str, Sequence[tuple[str, str]]], Reply]

_PIECES = 4  # a slow page comes in so many
_POLL_SECONDS = 0.05  # how soon a listener notices that it is to stop
_ATTEMPTS = 20  # a port that is free on one address may be taken on another


class Listener(ThreadingHTTPServer):
    """One outlet's address."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], index: int, respond: Respond, slow_seconds: float) -> None:
        self.index = index
        self.respond = respond
        self.slow_seconds = slow_seconds
        self._open: set[socket.socket] = set()
        super().__init__(address, _Handler)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port as bound."""
        host, port = self.socket.getsockname()[:2]
        return host, port

    def server_bind(self) -> None:
        """Without the look-up of the host's name that HTTPServer makes."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.address

    def finish_request(self, request, client_address) -> None:  # type: ignore[no-untyped-def]
        self._open.add(request)
        try:
            super().finish_request(request, client_address)
        except OSError:
            pass  # the client went away
        finally:
            self._open.discard(request)

    def start(self) -> None:
        """Serves in a thread of its own until `stop`."""
        threading.Thread(target=self.serve_forever, args=(_POLL_SECONDS,), daemon=True).start()

    def stop(self) -> None:
        """Closes the listener and every connection that is kept alive."""
        self.shutdown()
        self.server_close()
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # closed meanwhile


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Listener

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the world keeps its own record."""

    def _answer(self) -> None:
        reply = self.server.respond(self.server.index, self.command, self.path, self.headers.items())
        self.send_response_only(reply.status, HTTPStatus(reply.status).phrase)
        for name, value in reply.headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self._write(reply)

    def _write(self, reply: Reply) -> None:
        if not reply.slow:
            self.wfile.write(reply.body)
            return
        size = len(reply.body) // _PIECES + 1
        for start in range(0, len(reply.body), size):
            time.sleep(self.server.slow_seconds / _PIECES)
            self.wfile.write(reply.body[start : start + size])


def listen(count: int, respond: Respond, *, bind: str, port: int, one_address: bool, slow_seconds: float) -> list[Listener]:
    """Bound listeners, not yet serving.

    They lie on `bind` and the addresses after it, on one port (0: a free one). Where the system lacks those addresses
    (macOS has 127.0.0.1 alone), or with `one_address`, they share one address and have a port each.

    Raises OSError where a port that was asked for is taken.
    """

    def at(host: str, number: int, index: int) -> Listener:
        return Listener((host, number), index, respond, slow_seconds)

    if not one_address:
        for _ in range(_ATTEMPTS):
            try:
                return _side_by_side(count, at, bind, port)
            except OSError as error:
                if error.errno == errno.EADDRNOTAVAIL:
                    bind = "127.0.0.1"
                    break
                if port:
                    raise
    return _all(count, lambda index: at(bind, port + index if port else 0, index))


def _side_by_side(count: int, at: Callable[[str, int, int], Listener], bind: str, port: int) -> list[Listener]:
    first = at(bind, port, 0)
    chosen = first.address[1]
    try:
        return [first, *_all(count - 1, lambda index: at(str(ip_address(bind) + index + 1), chosen, index + 1))]
    except OSError:
        first.server_close()
        raise


def _all(count: int, make: Callable[[int], Listener]) -> list[Listener]:
    made: list[Listener] = []
    try:
        for index in range(count):
            made.append(make(index))  # noqa: PERF401 - what was made must be closed when one fails
    except OSError:
        for listener in made:
            listener.server_close()
        raise
    return made
