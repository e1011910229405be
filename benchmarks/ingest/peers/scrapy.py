"""Plain Scrapy with a spider of forty lines, storing raw; and the same with trafilatura in its item pipeline."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.ingest.crawls import kept
from benchmarks.ingest.peer import Job, Page, Peer


def crawl(job: Job, *options: str) -> list[str]:
    feeds = job.write("feeds.txt", "\n".join(job.feeds))
    script = [str(job.python), "-m", "benchmarks.ingest.crawls.scrapy_crawl"]
    return [*script, "--store", str(job.store), "--feeds", str(feeds), *options]


def plain(job: Job) -> list[str]:
    return crawl(job)


def with_text(job: Job) -> list[str]:
    return crawl(job, "--text")


def not_modified(store: Path) -> int:
    """Polls of feeds that were answered with 304."""
    with closing(sqlite3.connect(store / "pages.db")) as conn:
        return int(conn.execute("SELECT sum(not_modified) FROM feeds").fetchone()[0] or 0)


def pages(store: Path) -> Iterator[Page]:
    if (store / "pages.db").exists():
        yield from (Page(*row) for row in kept.rows(store))


PLAIN = Peer(
    "scrapy", "a spider that keeps body (zstd) and headers in SQLite; 64 requests at a time, 8 a host", plain, pages,
    ("scrapy>=2.19,<2.20", "backports.zstd"),
)  # fmt: skip
WITH_TRAFILATURA = Peer(
    "scrapy-trafilatura", "the same, and `trafilatura.bare_extraction` with metadata in its item pipeline", with_text, pages,
    ("scrapy>=2.19,<2.20", "backports.zstd", "trafilatura", "lxml_html_clean"),
)  # fmt: skip
