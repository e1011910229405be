"""An archive of exchanges of every kind, for what is written of captures."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from archive.keys import wire_digest
from archive.model import Article, Capture, Entry, Lease, PageTask, Poll, Stored
from archive.store import further, readings
from archive.store.connect import Store, open_store
from tests.archive import parts
from tests.archive.parts import NOW, page_of

A, B, END = "https://harbour.example/news/a", "https://harbour.example/news/b", "https://harbour.example/story/b?x=1"
PRICES = (
    "Prices of fish rose by nine per cent in November, the state office of figures said on Tuesday.\n\n"
    "Herring went up most, after two weeks in which the fleet had to stay in port because of storms from the north."
)
TEXT = "The ferry is late by forty minutes on Monday morning.\n\nNobody was hurt, the harbour office said after noon."
CODED = (
    b"HTTP/1.1 200 Quite OK\r\nserver:  Odd  Case\r\nContent-Encoding: gzip\r\nSet-Cookie: ****\r\nTransfer-Encoding: chunked\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n\r\n"
)


def answer(url: str, body: bytes | None, **facts: Any) -> Capture:
    """An exchange whose head says what the capture says."""
    status = facts.get("status", 200)
    head = f"HTTP/1.1 {status} Odd  Reason\r\nX-Odd:  two  spaces\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    return replace(parts.answer(url, body, **facts), response_head=head.encode())


def coded(url: str, body: bytes, hours: int) -> Capture:
    wire = b"gzip of " + body[:20]
    return replace(
        answer(url, body, now=NOW + timedelta(hours=hours, milliseconds=123)), response_head=CODED, content_encoding="gzip",
        wire_length=len(wire), wire_sha1=wire_digest(wire),
    )  # fmt: skip


def build(path: Path) -> None:
    """Feeds and robots.txt; a page with a revision, an identical revisit, a 304 and a further page; one behind a redirect; failures."""
    with open_store(path, create=True) as store:
        run = parts.begin(store)
        lease = parts.lease(store, run)
        entries = [Entry(url=url, url_given=url, guid=url, title=f"Entry {url[-1]}", content="<p>In full.</p>") for url in (A, B)]
        tasks = parts.poll(store, run, _said(lease, [*entries, "https://harbour.example/news/c"]))
        by_url = {task.url: task for task in tasks}
        first = page_of(TEXT, title="Ferry late")
        _read(store, _visit(store, run, by_url[A], coded(A, first, 1)).capture_id, "Ferry late", TEXT)
        with store.transaction():
            further.record(store, run, by_url[A], coded(A, first, 1), [answer(A + "/2", page_of("More."), now=NOW)], "stored")
            store.conn.execute("DELETE FROM clean_queue")
        _visit(store, run, by_url[A], coded(A, first, 2))
        not_modified = answer(A, None, status=304, now=NOW + timedelta(hours=3))
        not_modified = replace(not_modified, response_head=b"HTTP/1.1 304 NM\r\n\r\n", mime=None, charset=None)
        _visit(store, run, by_url[A], not_modified)
        changed = TEXT.replace("forty", "fifty")
        _read(store, _visit(store, run, by_url[A], coded(A, page_of(changed), 4)).capture_id, "Ferry late", changed)
        hop = replace(
            answer(B, None, status=302, now=NOW + timedelta(hours=1)),
            response_head=b"HTTP/1.1 302 Found\r\nLocation: /story/b\r\n\r\n",
            mime=None,
            charset=None,
        )
        stored = _visit(store, run, by_url[B], hop, coded(END, page_of(PRICES, title="Prices"), 1))
        _read(store, stored.capture_id, "Prices", PRICES)
        _failures(store, run, by_url["https://harbour.example/news/c"])
        with store.transaction():
            _robots(store, run)


def _said(lease: Lease, links: list[Any]) -> Poll:
    return replace(parts.said(links, lease), captures=(answer(lease.url, b"<rss>1</rss>", role="feed"),))


def _visit(store: Store, run: int, task: PageTask, *hops: Capture, state: str = "stored") -> Stored:
    return parts.visit(store, run, task, *hops, now=hops[-1].fetched_at, state=state)


def _read(store: Store, capture_id: int | None, headline: str, text: str) -> None:
    assert capture_id is not None
    with store.transaction():
        readings.save(store, capture_id, Article(headline, text=text, published_at=NOW), cleaner_version=1, run_id=None, now=NOW)
        store.conn.execute("DELETE FROM clean_queue WHERE capture_id = ?", (capture_id,))


def _failures(store: Store, run: int, task: PageTask) -> None:
    url = "https://harbour.example/news/c"
    unsent = Capture(url=url, role="page", fetched_at=NOW, error="no connection: refused", ip="192.0.2.9")
    unanswered = Capture(url=url, role="page", fetched_at=NOW + timedelta(hours=1), request_head=b"GET /c HTTP/1.1\r\n\r\n", error="closed")
    cut = replace(coded(url, b"half a gzip", 2), truncated="unspecified", error="the compressed body is cut")
    cut = replace(cut, wire_sha1=wire_digest(b"half a gzip"))
    large = replace(coded(url, b"", 3), body=None, truncated="length", error="the body is larger than 8 MB")
    for capture in (unsent, unanswered, cut, large):
        _visit(store, run, task, capture, state="failed")
    _visit(store, run, task, answer(url, b"not here", status=404, now=NOW + timedelta(hours=4)), state="gone")


def _robots(store: Store, run: int) -> None:
    from archive.store import captures

    capture = answer("https://harbour.example/robots.txt", b"User-agent: *\n", role="robots")
    captures.append(store, run, [capture], verdict="robots")
