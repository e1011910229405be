"""Crawls the feeds of a list, as harnesses hand them over: `python -m benchmarks.given_feeds --feeds LIST --archive FILE`.

Becomes `wirecopy crawl --all --verbose`; with --export it stays its parent, and copies what was archived into a database of two tables:
pages (url, text, title, raw) and errors (url, error). Whatever else the harness does to a crawl, it does to the real command.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from archive.store import bodies
from archive.store.connect import Store, open_reader
from scheduler.units import here

ERRORS = (
    "SELECT url, coalesce(error, verdict || ' ' || coalesce(status, '')) FROM captures"
    " WHERE error IS NOT NULL OR verdict IN ('failed', 'blocked', 'gone', 'refused', 'dead')",
    "SELECT url, coalesce(error, state) FROM pages WHERE error IS NOT NULL OR state IN ('failed', 'blocked', 'gone', 'refused', 'dead')",
    "SELECT f.url, p.outcome || ' ' || coalesce(p.error, '') FROM polls p JOIN feeds f ON f.id = p.feed_id"
    " WHERE p.error IS NOT NULL OR p.outcome NOT IN ('new', 'nothing-new', 'not-modified', 'same-body')",
    "SELECT c.url, w.kind FROM walls w JOIN captures c ON c.id = w.capture_id",
    "SELECT c.url, r.reason FROM readings r JOIN captures c ON c.id = r.capture_id WHERE r.reason IS NOT NULL",
)


def sources_toml(feeds: Sequence[str], allowed: Sequence[str], delay: float | None) -> str:
    """An outlet a feed, so that each stands for itself."""
    networks = ", ".join(f'"{network}"' for network in allowed)
    lines = [f'[fetch]\ncontact = "https://crawl.example.org/about"\nallow_private = [{networks}]\n']
    lines += [f"delay = {delay:g}\n"] if delay is not None else []
    lines += [
        f'\n[[outlet]]\nid = "o{number}"\nname = "o{number}"\n\n  [[outlet.feed]]\n  url = "{url}"\n' for number, url in enumerate(feeds)
    ]
    return "".join(lines)


def written(text: str) -> Path:
    """A file with this text, whole under its name, outside of the archive's folder: that one may be read-only or full."""
    path = Path(tempfile.gettempdir()) / f"wirecopy-{hashlib.sha256(text.encode()).hexdigest()[:16]}.toml"
    if not path.exists():
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
    return path


def export(archive: Path, target: Path) -> None:
    """What the archive has, for a judge that knows two tables."""
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    with closing(sqlite3.connect(fresh)) as out, open_reader(archive) as store:
        out.execute("CREATE TABLE pages (url, text, title, raw)")
        out.execute("CREATE TABLE errors (url, error)")
        out.executemany("INSERT INTO pages VALUES (?, ?, ?, ?)", _pages(store))
        for question in ERRORS:
            out.executemany("INSERT INTO errors VALUES (?, ?)", store.conn.execute(question).fetchall())
        said = store.conn.execute("PRAGMA integrity_check").fetchone()[0]
        out.commit()
    if said != "ok":
        raise SystemExit(f"integrity_check: {said}")
    fresh.replace(target)


def _pages(store: Store) -> list[tuple[str, str, str, bytes]]:
    rows = store.conn.execute(
        "SELECT c.url, a.text, a.headline, c.body_id FROM articles a JOIN captures c ON c.id = a.capture_id"
    ).fetchall()
    return [(url, text, title or "", bodies.get(store, body_id)) for url, text, title, body_id in rows]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.given_feeds")
    parser.add_argument("--feeds", type=Path, required=True, help="a file, one URL a line")
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--allow", default="", help="private networks that may be asked, with commas")
    parser.add_argument("--delay", type=float, help="seconds between two requests to a host")
    parser.add_argument("--deadline", type=float)
    parser.add_argument("--export", type=Path, metavar="FILE")
    asked = parser.parse_args(arguments)
    sources = written(sources_toml(asked.feeds.read_text().split(), [one for one in asked.allow.split(",") if one], asked.delay))
    command = [*here().command, "crawl", "--all", "--verbose", "--archive", str(asked.archive), "--sources", str(sources)]
    command += [f"--deadline={asked.deadline:g}"] if asked.deadline else []
    if asked.export is None:
        os.execv(command[0], command)  # noqa: S606 - it is what the harness kills, starves and preloads
    crawl = subprocess.Popen(command)  # noqa: S603 - our own command
    signal.signal(signal.SIGTERM, lambda *_: crawl.send_signal(signal.SIGTERM))
    code = crawl.wait()
    if asked.archive.exists():
        export(asked.archive, asked.export)
    return code


if __name__ == "__main__":
    sys.exit(main())
