"""Rows that are lost while others point at them: made anew from what those others know, and marked as such.

A stand-in keeps what hangs on it readable: the articles of a page whose row was lost, the entries of a poll. What nothing else knows
stays null.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from archive.keys import fetch_url, key_hash, url_key
from archive.times import iso

WHY = "lost with a damaged file; this row stands in for it"


class StandIns:
    """Makes them in the order in which tables point at each other. `made`: how many a table."""

    def __init__(self, conn: sqlite3.Connection, now: datetime) -> None:
        self._conn, self._now = conn, iso(now)
        self._run: int | None = None
        self.made = Counter[str]()

    def make(self) -> None:
        self._captures()
        self._pages()
        self._polls()
        self._feeds()
        self._outlets()
        self._runs()

    def _run_id(self) -> int:
        """A run for what has none: made when it is needed."""
        if self._run is None:
            row = self._conn.execute(
                "INSERT INTO runs (trigger, started_at, finished_at, status, software, error) VALUES ('manual', ?1, ?1, 'stopped',"
                " 'wirecopy recover', ?2) RETURNING id",
                (self._now, "no run: for what was recovered without its own"),
            ).fetchone()
            self._run = int(row[0])
        return self._run

    def _captures(self) -> None:
        """Of articles: the text is worth more than the exchange it came by."""
        lost = self._conn.execute(
            "SELECT capture_id, page_id, url, first_seen_at FROM articles WHERE capture_id NOT IN (SELECT id FROM captures)"
        ).fetchall()
        for capture_id, page_id, url, at in lost:
            self._conn.execute(
                "INSERT INTO captures (id, run_id, role, page_id, url, fetched_at, verdict, error)"
                " VALUES (?, ?, 'page', ?, ?, ?, 'failed', ?)",
                (capture_id, self._run_id(), page_id, url, at[:19] + ".000Z" if at.endswith("Z") else at, WHY),
            )
            self.made["captures"] += 1

    def _pages(self) -> None:
        for page_id in self._missing("pages", (("captures", "page_id"), ("articles", "page_id"), ("entries", "page_id"))):
            url = self._first(
                page_id,
                "SELECT url FROM captures WHERE page_id = ? AND redirected_from IS NULL AND part_of IS NULL ORDER BY id",
                "SELECT url FROM articles WHERE page_id = ? ORDER BY id",
                "SELECT url FROM entries WHERE page_id = ? ORDER BY id DESC",
            )
            url = fetch_url(str(url or ""))
            outlet = self._first(
                page_id,
                "SELECT f.outlet_id FROM captures c JOIN feeds f ON f.id = c.feed_id WHERE c.page_id = ?",
                "SELECT f.outlet_id FROM entries e JOIN feeds f ON f.id = e.feed_id WHERE e.page_id = ?",
                "SELECT o.id FROM articles a JOIN outlets o ON o.code = a.outlet WHERE a.page_id = ?",
            )
            key = url_key(url or "")
            if url is None or self._conn.execute("SELECT 1 FROM pages WHERE key_hash = ? AND key = ?", (key_hash(key), key)).fetchone():
                continue  # what points at it is cut loose
            seen = self._first(
                page_id,
                "SELECT min(first_seen_at) FROM entries WHERE page_id = ?",
                "SELECT substr(min(fetched_at), 1, 19) || 'Z' FROM captures WHERE page_id = ?",
            )
            self._conn.execute(
                "INSERT INTO pages (id, key, key_hash, url, outlet_id, feed_id, state, first_seen_at, error)"
                " VALUES (?, ?, ?, ?, ?, (SELECT feed_id FROM entries WHERE page_id = ?1 ORDER BY id LIMIT 1), 'queued', ?, ?)",
                (page_id, key, key_hash(key), url, outlet or self._unknown_outlet(page_id), seen or self._now, WHY),
            )
            self.made["pages"] += 1

    def _polls(self) -> None:
        rows = self._conn.execute(
            "SELECT poll_id, feed_id, min(first_seen_at) FROM entries WHERE poll_id NOT IN (SELECT id FROM polls) GROUP BY poll_id"
        ).fetchall()
        for poll_id, feed_id, at in rows:
            self._conn.execute(
                "INSERT INTO polls (id, run_id, feed_id, polled_at, outcome, error) VALUES (?, ?, ?, ?, 'lost', ?)",
                (poll_id, self._run_id(), feed_id, at, WHY),
            )
            self.made["polls"] += 1

    def _feeds(self) -> None:
        """Not polled until sources.toml names its address again, which then finds this row."""
        pointing = (("entries", "feed_id"), ("polls", "feed_id"), ("pages", "feed_id"), ("captures", "feed_id"), ("moves", "feed_id"))
        for feed_id in self._missing("feeds", pointing):
            url = self._first(
                feed_id, "SELECT url FROM captures WHERE feed_id = ? AND role = 'feed' AND redirected_from IS NULL ORDER BY id"
            )
            outlet = self._first(
                feed_id,
                "SELECT outlet_id FROM pages WHERE feed_id = ?",
                "SELECT p.outlet_id FROM entries e JOIN pages p ON p.id = e.page_id WHERE e.feed_id = ?",
            )
            if not url or self._conn.execute("SELECT 1 FROM feeds WHERE url = ?", (url,)).fetchone():
                url = f"lost:feed-{feed_id}"
            self._conn.execute(
                "INSERT INTO feeds (id, outlet_id, url, kind, active, next_poll_at, next_poll_reason) VALUES (?, ?, ?, 'auto', 0, ?, ?)",
                (feed_id, outlet or self._unknown_outlet(feed_id), url, self._now, WHY),
            )
            self.made["feeds"] += 1

    def _outlets(self) -> None:
        for outlet_id in self._missing("outlets", (("pages", "outlet_id"), ("feeds", "outlet_id"))):
            code = self._first(outlet_id, "SELECT a.outlet FROM articles a JOIN pages p ON p.id = a.page_id WHERE p.outlet_id = ?")
            if not code or self._conn.execute("SELECT 1 FROM outlets WHERE code = ?", (code,)).fetchone():
                code = f"lost-{outlet_id}"
            self._conn.execute(
                "INSERT INTO outlets (id, code, name, active, added_at) VALUES (?, ?, ?, 0, ?)", (outlet_id, code, code, self._now)
            )
            self.made["outlets"] += 1

    def _unknown_outlet(self, of: int) -> int:  # noqa: ARG002 - they share one
        row = self._conn.execute(
            "INSERT INTO outlets (code, name, active, added_at) VALUES ('lost', 'lost', 0, ?)"
            " ON CONFLICT (code) DO UPDATE SET code = code RETURNING id",
            (self._now,),
        ).fetchone()
        return int(row[0])

    def _runs(self) -> None:
        for run_id in self._missing("runs", (("captures", "run_id"), ("polls", "run_id"))):
            began = self._first(
                run_id,
                "SELECT substr(min(fetched_at), 1, 19) || 'Z' FROM captures WHERE run_id = ?",
                "SELECT min(polled_at) FROM polls WHERE run_id = ?",
            )
            self._conn.execute(
                "INSERT INTO runs (id, trigger, started_at, finished_at, status, software, error)"
                " VALUES (?, 'manual', ?3, ?3, 'crashed', 'wirecopy recover', ?2)",
                (run_id, WHY, began or self._now),
            )
            self.made["runs"] += 1

    def _missing(self, table: str, pointing: Iterable[tuple[str, str]]) -> list[int]:
        """Ids that others point at and that are not there."""
        asked = " UNION ".join(
            f"SELECT {column} FROM {child} WHERE {column} NOT IN (SELECT id FROM {table})"  # noqa: S608 - constants
            for child, column in pointing
        )
        return sorted(int(row[0]) for row in self._conn.execute(asked) if row[0] is not None)

    def _first(self, of: int, *questions: str) -> object:
        """The first answer that is one."""
        for question in questions:
            row = self._conn.execute(question, (of,)).fetchone()
            if row is not None and row[0] is not None:
                answer: object = row[0]
                return answer
        return None
