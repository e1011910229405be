"""What the archive's tests are made of: a store, feeds, polls and visits, recorded by the store's own functions."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.model import Article, Capture, Entry, Feed, FeedDocument, Lease, Outlet, PageTask, Poll, Stored, Visit
from archive.store import feeds, pages, readings, runs
from archive.store.connect import Store, open_store

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
FEED = "https://harbour.example/rss.xml"
HARBOUR = Outlet("harbour", "The Harbour Times", homepage="https://harbour.example/", language="en", timezone="Asia/Kolkata")


def new_store(folder: Path) -> Store:
    return open_store(folder / "wirecopy.db", create=True)


def begin(store: Store, *, now: datetime = NOW) -> int:
    return runs.begin(store, trigger="manual", software="wirecopy/test", now=now)


def lease(store: Store, run_id: int, *, now: datetime = NOW, outlet: Outlet = HARBOUR, url: str = FEED) -> Lease:
    """One configured feed, claimed."""
    feeds.sync(store, [outlet], [Feed(outlet.code, url)], now)
    return feeds.claim(store, run_id, now)[0]


def said(links: Sequence[str | Entry], lease: Lease, *, now: datetime = NOW, outcome: str = "nothing-new", body: bytes = b"<rss/>") -> Poll:
    """A poll that brought a document with these entries."""
    entries = tuple(Entry(url=link, url_given=link, title="A title") if isinstance(link, str) else link for link in links)
    return Poll(
        lease=lease, captures=(answer(lease.url, body, role="feed", now=now),), polled_at=now, outcome=outcome,
        next_poll_at=now + timedelta(minutes=15), reason="learned", document=FeedDocument("rss", entries=entries, title="The feed"),
        body_sha256="00", etag='"1"', last_modified=None,
    )  # fmt: skip


def poll(store: Store, run_id: int, what: Poll) -> list[PageTask]:
    with store.transaction():
        return feeds.complete(store, run_id, what, lambda url: "/skip/" not in url)


def answer(url: str, body: bytes | None, *, status: int = 200, role: str = "page", now: datetime = NOW) -> Capture:
    return Capture(
        url=url, role=role, fetched_at=now, status=status, body=body, mime="text/html", charset="utf-8",  # type: ignore[arg-type]
        request_head=b"GET / HTTP/1.1\r\nHost: harbour.example\r\n\r\n", response_head=b"HTTP/1.1 200 OK\r\nX-Odd:  two  spaces\r\n\r\n",
        wire_length=len(body or b""), ip="192.0.2.7", protocol="HTTP/1.1", elapsed_ms=12,
    )  # fmt: skip


def visit(store: Store, run_id: int, task: PageTask, *hops: Capture, now: datetime = NOW, state: str = "stored") -> Stored:
    """Records a visit; a failed one is tried again after an hour."""
    again = now + timedelta(hours=1) if state == "failed" else None
    with store.transaction():
        return pages.record(store, run_id, Visit(task, hops, now, state, next_try_at=again))  # type: ignore[arg-type]


def read(store: Store, capture_id: int | None, article: Article, *, version: int = 1) -> int | None:
    assert capture_id is not None
    with store.transaction():
        return readings.save(store, capture_id, article, cleaner_version=version, run_id=None, now=NOW)


def page_of(paragraphs: str, *, title: str = "A page", seed: int = 0) -> bytes:
    """An HTML page with enough around its text that two of one host have much in common."""
    navigation = "".join(f'<li><a href="/section/{n}-{n * 7919 % 1009}">Section number {n}</a></li>' for n in range(60))
    return (
        f"<!doctype html><html><head><meta charset=utf-8><title>{title}</title></head><body><nav><ul>{navigation}</ul></nav>"
        f"<article><h1>{title}</h1>{''.join(f'<p>{p}</p>' for p in paragraphs.split(chr(10) * 2))}</article><!-- {seed} --></body></html>"
    ).encode()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def one(store: Store, sql: str, *values: object) -> object:
    """The first value of a query's first row."""
    row = store.conn.execute(sql, values).fetchone()
    return row[0] if row else None


def rows(store: Store, sql: str, *values: object) -> list[tuple[object, ...]]:
    return store.conn.execute(sql, values).fetchall()


def as_before_it_was_made_smaller(store: Store) -> None:
    """Takes step m018 back; keyframes and markdown are gone."""
    for statement in (
        "DROP TABLE keyframes", "DROP TABLE compact_queue", "DROP TABLE markdown",
        "ALTER TABLE articles ADD COLUMN text_markdown TEXT DEFAULT NULL",
        "CREATE TABLE keyframes (host TEXT, role TEXT, body_id INTEGER, PRIMARY KEY (host, role)) STRICT, WITHOUT ROWID",
        "DELETE FROM _sqlite_migrations WHERE name = 'm018_smaller'",
    ):  # fmt: skip
        store.conn.execute(statement)


def as_before_copies_were_compared(conn: sqlite3.Connection) -> None:
    """Takes step m022 back; what it made is gone."""
    for trigger in ("copies_ai", "copies_ad", "copies_au", "copies_outlets_au"):
        conn.execute(f"DROP TRIGGER {trigger}")
    for view in ("copy_facts", "story_relations"):
        conn.execute(f"DROP VIEW {view}")
    for table in ("copies", "copies_due", "changes_due"):
        conn.execute(f"DROP TABLE {table}")
    conn.executescript(
        "DROP INDEX IF EXISTS stories_agency; DROP VIEW revisions; DROP TABLE changes; CREATE VIEW revisions AS SELECT 1;"
        "DELETE FROM _sqlite_migrations WHERE name = 'm022_copies'"
    )


class Page:
    """A page of the archive that can be visited and read again and again."""

    def __init__(
        self, store: Store, url: str = "https://harbour.example/news/a", *, run_id: int | None = None, outlet: Outlet = HARBOUR
    ) -> None:
        self.store = store
        self.run_id = begin(store) if run_id is None else run_id
        if not one(store, "SELECT count(*) FROM outlets WHERE code = ?", outlet.code):
            feeds.sync(store, [outlet], [Feed(outlet.code, f"https://{outlet.code}.example/rss.xml")], NOW)
        outlet_id = one(store, "SELECT id FROM outlets WHERE code = ?", outlet.code)
        assert isinstance(outlet_id, int)
        with store.transaction():
            page_id, _ = pages.meet(store, url, outlet_id=outlet_id, feed_id=None, now=NOW)
        self.task = PageTask(page_id, url, outlet.code, outlet_id, None)
        self.id = page_id
        self.url = url
        self.visits = 0

    def fetch(self, body: bytes | None = None, *, url: str | None = None, state: str = "stored") -> int:
        """Fetched once more; gives back the capture."""
        self.visits += 1
        now = NOW + timedelta(hours=self.visits)
        body = page_of("text", seed=self.visits) if body is None else body
        stored = visit(self.store, self.run_id, self.task, answer(url or self.url, body, now=now), now=now, state=state)
        assert stored.capture_id is not None
        return stored.capture_id

    def say(self, article: Article | str, *, url: str | None = None) -> int | None:
        """Fetched once more and read; gives back the article."""
        what = Article(headline="Headline", text=article) if isinstance(article, str) else article
        return read(self.store, self.fetch(url=url), what)
