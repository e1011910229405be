"""wirecopy itself, and wirecopy without its cleaning. No politeness delay; robots.txt is asked and honoured."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.ingest.peer import Job, Page, Peer

PAGES = """
SELECT p.url, c.body_id IS NOT NULL, h.response IS NOT NULL, coalesce(a.text, '') <> '', a.headline IS NOT NULL,
       coalesce(a.published_at, a.published_raw) IS NOT NULL
FROM pages p
JOIN captures c ON c.id = (SELECT min(id) FROM captures WHERE page_id = p.id AND verdict = 'stored')
JOIN capture_heads h ON h.capture_id = c.id
LEFT JOIN articles a ON a.page_id = p.id AND a.is_latest
"""


def sources(feeds: tuple[str, ...], *, keep: str = "") -> str:
    """A sources.toml with an outlet for each feed. `keep`: the pattern of links that are fetched."""
    lines = ['[fetch]\ncontact = "mailto:benchmark@example.org"\ndelay = 0\nallow_private = ["127.0.0.0/8"]\n']
    for number, feed in enumerate(feeds, 1):
        kept = f"keep = '{keep}'\n" if keep else ""
        lines.append(f'[[outlet]]\nid = "outlet-{number}"\n{kept}\n  [[outlet.feed]]\n  url = "{feed}"\n')
    return "\n".join(lines)


def crawl(job: Job, program: list[str], keep: str = "") -> list[str]:
    job.store.mkdir(exist_ok=True)
    known = job.write("sources.toml", sources(job.feeds, keep=keep))
    return [*program, "crawl", "--all", "--archive", str(job.store / "wirecopy.db"), "--sources", str(known)]


def whole(job: Job) -> list[str]:
    return crawl(job, [sys.executable, "-m", "scheduler.cli"])


def raw_only(job: Job) -> list[str]:
    return crawl(job, [sys.executable, "-m", "benchmarks.ingest.crawls.raw_only"])


def not_modified(store: Path) -> int:
    """Polls of feeds that were answered with 304."""
    with closing(sqlite3.connect(store / "wirecopy.db")) as conn:
        return int(conn.execute("SELECT count(*) FROM captures WHERE role = 'feed' AND status = 304").fetchone()[0])


def pages(store: Path) -> Iterator[Page]:
    if not (store / "wirecopy.db").exists():
        return
    with closing(sqlite3.connect(store / "wirecopy.db")) as conn:
        for url, *there in conn.execute(PAGES):
            yield Page(url, *map(bool, there))


WHOLE = Peer("wirecopy", "`wirecopy crawl --all`: raw, exact heads, text, title, date, stories, full-text index", whole, pages)
RAW_ONLY = Peer("wirecopy-raw", "the same, its cleaning left out by hand: raw and exact heads", raw_only, pages)
