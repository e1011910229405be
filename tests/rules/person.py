"""A person's folder for the rules: sources.toml, the archive beside it, runs, and plain reading of the archive."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archive.times import iso
from scheduler.run import Options, Result, run

HEAD = """[fetch]
contact = "https://crawl.example.org/about"
delay = 0
second_try = {second_try}
max_size = "200 KB"
allow_private = [{networks}]
"""


def tell_nobody(_: dict[str, Any]) -> None:
    pass


@dataclass
class Person:
    """Outlets are added before the first run; `allowed` are the loopback addresses that may be dialled."""

    folder: Path
    allowed: tuple[str, ...] = ("127.0.0.1/32",)
    outlets: list[str] = field(default_factory=list)
    second_try: float = 0  # most tests need not wait for one

    @property
    def archive(self) -> Path:
        return self.folder / "wirecopy.db"

    @property
    def sources(self) -> Path:
        return self.folder / "sources.toml"

    def takes(self, outlet: str, *urls: str, settings: str = "", feed: str = "") -> None:
        """Adds an outlet with these feeds; `settings` are further lines of its table, `feed` of each feed's."""
        feeds = "".join(f'\n  [[outlet.feed]]\n  url = "{url}"\n  {feed}\n' for url in urls)
        self.outlets.append(f'\n[[outlet]]\nid = "{outlet}"\nname = "{outlet}"\n{settings}\n{feeds}')
        networks = ", ".join(f'"{one}"' for one in self.allowed)
        self.sources.write_text(HEAD.format(networks=networks, second_try=self.second_try) + "".join(self.outlets), encoding="utf-8")

    def crawl(self, *, every: bool = True, ahead: timedelta = timedelta(0)) -> Result:
        """One run over everything, or (not `every`) over what is due; its clock may be ahead of the machine's."""
        return run(Options(self.archive, self.sources, every=every, ahead=ahead), tell_nobody)

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(self.archive)) as conn:
            conn.row_factory = sqlite3.Row
            return [dict(row) for row in conn.execute(sql, values)]

    def column(self, sql: str, *values: object) -> list[Any]:
        return [next(iter(row.values())) for row in self.rows(sql, *values)]

    def execute(self, sql: str) -> None:
        with closing(sqlite3.connect(self.archive)) as conn, conn:
            conn.executescript(sql)

    def held(self, host: str, length: timedelta) -> None:
        """Remembers that a host holds us off for so long from now, and that its robots.txt is stale."""
        with closing(sqlite3.connect(self.archive)) as conn, conn:
            conn.execute("UPDATE hosts SET robots_expires_at = '2026-01-01T00:00:00Z'")
            until = iso(datetime.now(UTC) + length)
            conn.execute("INSERT INTO hosts (host, not_before, reason) VALUES (?, ?, '429')", (host, until))

    def polls(self, url: str) -> list[dict[str, Any]]:
        """All attempts at a feed, in order."""
        return self.rows("SELECT p.* FROM polls p JOIN feeds f ON f.id = p.feed_id WHERE f.url = ? ORDER BY p.id", url)

    def outcomes(self, url: str) -> list[str]:
        return [poll["outcome"] for poll in self.polls(url)]

    def feed(self, url: str) -> dict[str, Any]:
        return self.rows("SELECT * FROM feeds WHERE url = ?", url)[0]

    def titles(self, url: str) -> list[str]:
        """Titles of all entries that a feed brought, in order."""
        return self.column("SELECT e.title FROM entries e JOIN feeds f ON f.id = e.feed_id WHERE f.url = ? ORDER BY e.id", url)
