"""The soak's own arithmetic: what it counts as missing, as doubled, and as over a limit."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.daemon_soak import Feeds
from benchmarks.soak import Look, account, report


def looks(*rss: int, wal: int = 100, descriptors: int = 20) -> list[Look]:
    return [Look(number, one, descriptors, 3, wal, 1000, 1.0, 0) for number, one in enumerate(rss)]


@pytest.mark.parametrize(
    ("found", "missing", "twice", "wrong"),
    [
        (looks(*[50_000] * 10), 0, 0, 0),
        (looks(*range(50_000, 80_000, 3000)), 0, 0, 1),  # it grows
        (looks(*[90_000, 90_000], *[50_000] * 8), 0, 0, 0),  # only at its beginning
        (looks(*[50_000] * 10, wal=70_000), 0, 0, 1),
        (looks(*[50_000] * 10), 3, 0, 1),
        (looks(*[50_000] * 10), 3, 1, 2),
    ],
)
def test_each_limit_that_is_broken_counts(found: list[Look], missing: int, twice: int, wrong: int) -> None:
    assert report(found, missing, twice, 100) == wrong


def test_what_was_published_is_looked_for_in_the_archive(tmp_path: Path) -> None:
    feeds = Feeds(3, 1, elapsed=lambda: 250.0, news=100.0)
    assert feeds.latest() == 3
    first, second = feeds.stories(0, 3), feeds.stories(1, 3)
    with closing(sqlite3.connect(tmp_path / "archive.db")) as conn:
        conn.execute("CREATE TABLE pages (id INTEGER PRIMARY KEY, url, state)")
        conn.execute("CREATE TABLE articles (page_id, text)")
        stored = [*first, second[0], second[0], second[1]]
        conn.executemany("INSERT INTO pages (url, state) VALUES (?, 'stored')", [(url,) for url in stored])
        conn.execute("INSERT INTO articles SELECT id, CASE url WHEN ? THEN '' ELSE 'text' END FROM pages", [second[1]])
        conn.commit()
    assert account(tmp_path / "archive.db", feeds, 3) == (2, 1, 6)
