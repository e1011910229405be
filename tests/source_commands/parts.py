"""What the tests of the source commands share: a folder with the command, and small sites on loopback."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from crawler.sources import Sources, load
from scheduler.units import here

MINE = """\
# Mine, with remarks.
[fetch]
delay = 0                    # it is my own machine
allow_private = [ "127.0.0.0/8" ]   # odd   spacing stays
"""
EARLIER = """
# Known long since.
[[outlet]]
id = "known"   # the id
name = 'Known'
homepage = "{origin}/"

  [[outlet.feed]]   # its only feed
  url = "{origin}/rss/latest.xml"
  skip = '/video/'

[[outlet]]
id = "last"
name = "Last"
"""


@dataclass(frozen=True)
class Said:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Desk:
    """A folder to work in, with the command."""

    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "sources.toml"

    @property
    def sources(self) -> Sources:
        return load(self.file)

    @property
    def urls(self) -> list[str]:
        return [feed.url for outlet in self.sources.outlets for feed in outlet.feeds]

    def run(self, *words: str, stdin: str | None = None, code: int = 0) -> Said:
        done = subprocess.run([*here().command, *words], cwd=self.folder, input=stdin or "", capture_output=True, text=True, timeout=60)
        said = Said(done.returncode, done.stdout, done.stderr)
        assert said.code == code, said
        assert "Traceback" not in said.err
        return said

    def run_on_terminal(self, typed: str, *words: str) -> str:
        """With a terminal as standard input; what it printed."""
        ours, theirs = pty.openpty()
        os.write(ours, typed.encode())
        try:
            done = subprocess.run([*here().command, *words], cwd=self.folder, stdin=theirs, capture_output=True, text=True, timeout=60)
        finally:
            os.close(ours)
            os.close(theirs)
        assert done.returncode == 0, done
        return done.stdout


Replies = dict[str, tuple[int, str, str]]  # path -> (status, media type, body); "{origin}" stands for the site's own


@dataclass
class Site:
    origin: str = ""
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    at_once: Counter[str] = field(default_factory=Counter)

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@contextmanager
def serving(replies: Replies, *, linger: float = 0.0) -> Iterator[Site]:
    """Serves on loopback; each answer takes `linger` seconds."""
    site, lock = Site(), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            with lock:
                site.at_once["now"] += 1
                site.at_once["most"] = max(site.at_once["most"], site.at_once["now"])
                site.asked.append((self.path, dict(self.headers.items())))
            status, mime, body = replies.get(self.path, (404, "text/html", "<h1>Not here</h1>"))
            data = body.replace("{origin}", site.origin).encode()
            time.sleep(linger)
            with lock:
                site.at_once["now"] -= 1
            self.send_response(status)
            self.send_header("Content-Type", mime)
            self.send_header("Content-Length", str(len(data)))
            if status in (301, 302):
                self.send_header("Location", data.decode())
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.origin = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def rss(title: str = "Harbour Post", *paths: str) -> tuple[int, str, str]:
    """A feed with a story at each path."""
    items = "".join(
        f"<item><title>Story at {path}</title><link>{{origin}}{path}</link><pubDate>Sun, 22 Nov 2026 0{place}:00:00 GMT</pubDate></item>"
        for place, path in enumerate(paths or ("/a-1", "/b-2"))
    )
    head = f"<title>{title}</title><link>{{origin}}/</link><language>en</language>"
    return 200, "application/rss+xml", f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'


def page(head: str, body: str = "") -> tuple[int, str, str]:
    return 200, "text/html", f"<!doctype html><html lang='en'><head>{head}</head><body>{body}</body></html>"


def alternate(path: str) -> str:
    return f'<link rel="alternate" type="application/rss+xml" href="{path}">'


def sources_with(*urls: str, fetch: str = "", outlet: str = "") -> str:
    feeds = "".join(f'[[outlet.feed]]\nurl = "{url}"\n' for url in urls)
    return f'{MINE}{fetch}\n[[outlet]]\nid = "post"\nname = "Post"\n{outlet}\n{feeds}'
