"""What the tests of pages are made of: a small archive, a hostile one, and a server on loopback that remembers what it was asked."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from lxml import etree
from lxml import html as lxml_html

from archive.browse import server
from archive.browse.pages import Site
from archive.model import Article
from archive.store.connect import open_store
from scheduler.status import feeds_status
from tests.archive import library, parts

NOW = parts.NOW + timedelta(hours=3)
HOSTILE = '<script>document.title="RAN"</script><img src=x onerror=alert(1)>"\'&\u202e{{ 7 * 7 }}'


def site(path: Path, now: datetime = NOW) -> Site:
    return Site(path, lambda store, moment: feeds_status(store, None, now=moment), clock=lambda: now)


def small(folder: Path) -> Path:
    """Three outlets and an agency's own pages, a story on all three outlets, a page in two revisions, one gone, a feed that fails."""
    path = folder / "wirecopy.db"
    library.build(path, parts.NOW)
    return path


def page(folder: Path, body: bytes, article: Article, *, mime: str = "text/html", charset: str | None = None) -> tuple[Path, int, int]:
    """An archive with one page, twice read in other words: (path, article, capture)."""
    path = folder / "wirecopy.db"
    with open_store(path, create=True) as store:
        made = parts.Page(store)
        made.say(replace(article, text=f"Before. {article.text}"))
        answer = replace(parts.answer(made.url, body, now=NOW), mime=mime, charset=charset)
        stored = parts.visit(store, made.run_id, made.task, answer, now=NOW)
        article_id = parts.read(store, stored.capture_id, article)
        assert article_id is not None
        assert stored.capture_id is not None
        return path, article_id, stored.capture_id


class Pages:
    """Datasette's own client on an archive, called without await."""

    def __init__(self, path: Path, now: datetime = NOW, **options: Any) -> None:
        self.datasette = server.datasette_for(site(path, now), **options)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.ask("GET", path, **headers)

    def ask(self, method: str, path: str, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = asyncio.run(self.datasette.client.request(method, path, headers=named))
        assert isinstance(answer, httpx.Response)
        return answer


@contextmanager
def serving(app: Callable[..., Any]) -> Iterator[str]:
    """The app on a loopback port of its own, in a thread: its address."""
    import uvicorn

    with server.bound("127.0.0.1", 0) as listening:
        running = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False, lifespan="off", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            running.should_exit = True
            thread.join()


class Canary:
    """An address on loopback that must not be asked: counts connections, remembers paths, answers each with `body`."""

    def __init__(self) -> None:
        self.body = b""
        self.connections = 0
        self.paths: list[str] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def forget(self) -> None:
        self.connections, self.paths = 0, []

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(20)
            try:
                asked = connection.recv(65536)
                self.paths += [asked.split(b" ")[1].decode()] if asked.count(b" ") else []
                body = self.body if asked.startswith(b"GET /control ") else b""
                head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
                connection.sendall(head % len(body) + body)
            except OSError:
                return

    def close(self) -> None:
        self._listening.close()


def text(answer_text: str) -> str:
    """What a person reads, white space folded."""
    document = lxml_html.document_fromstring(answer_text)
    etree.strip_elements(document, "style", "script", with_tail=False)
    return " ".join(" ".join(map(str, document.itertext())).split())
