"""Reads everything back: does the archive still hold what was put in? Names what does not, and where it belongs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from archive import story_check
from archive.errors import ArchiveDamaged, BodyPruned
from archive.keys import key_hash, text_digest, url_key
from archive.migrations import TRIGGERS
from archive.store import bodies, markdown
from archive.store.connect import Store, is_current, telling
from archive.times import iso

MAX_NAMED = 200  # failures named of one kind; the rest is counted
_MAX_USES = 3  # places named for one damaged body


@dataclass(slots=True)
class Audit:
    """What was read back, and what was not as it should be: one sentence each."""

    checked: int = 0  # bodies
    size: int = 0  # bytes of payload
    pruned: int = 0  # bodies whose bytes were taken away on purpose
    failures: list[str] = field(default_factory=list)


def remedy(failures: list[str]) -> str:
    """What to do about them."""
    derived = [failure for failure in failures if failure.startswith("stories: ")]
    keep = "keep the file as it is; restore it from a backup, or save what can be read: wirecopy recover"
    if not derived:
        return keep
    return f"{story_check.REMEDY}; no page is concerned" if len(derived) == len(failures) else f"{keep}; then {story_check.REMEDY}"


def body_count(store: Store) -> int:
    """Raises ArchiveDamaged where they cannot be counted."""
    with telling(store.path):
        return int(store.conn.execute("SELECT count(*) FROM bodies").fetchone()[0])


def audit(store: Store, tell: Callable[[], None] | None = None) -> Audit:
    """Checks all that can be checked by reading; `tell` is called after each body. Never raises for damage: it is the result."""
    found = Audit()
    for name, check in (
        ("file", _integrity), ("foreign keys", _foreign_keys), ("triggers", _triggers), ("bases", _bases),
        ("bodies", lambda store: _bodies(store, found, tell)), ("pages", _pages), ("keys", _keys), ("articles", _articles),
        ("stories", lambda store: story_check.check(store) if is_current(store) else iter(())),
    ):  # fmt: skip
        found.failures += _named(check, store, name)
    return found


def check_search_index(store: Store) -> list[str]:
    """Compares the search index with the articles. Needs to write (FTS5 asks so), and changes nothing."""
    try:
        store.conn.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as problem:
        if (getattr(problem, "sqlite_errorname", "") or "").startswith("SQLITE_CORRUPT"):
            rebuild = "INSERT INTO articles_fts(articles_fts) VALUES ('rebuild')"
            return [f"search index: it differs from the articles; mend it with sqlite3: {rebuild}"]
        raise
    return []


def keep(store: Store, found: Audit, *, started_at: datetime, now: datetime) -> None:
    """Writes the audit's row."""
    with store.transaction() as conn:
        conn.execute(
            "INSERT INTO audits (started_at, finished_at, checked, bytes, failures) VALUES (?, ?, ?, ?, ?)",
            (iso(started_at), iso(now), found.checked, found.size, json.dumps(found.failures, ensure_ascii=False)),
        )


def _named(check: Callable[[Store], Iterator[str]], store: Store, name: str) -> list[str]:
    """The check's sentences, capped; damage that ends the check itself is one more."""
    sentences: list[str] = []
    more = 0
    try:
        for sentence in check(store):
            if len(sentences) < MAX_NAMED:
                sentences.append(f"{name}: {sentence}")
            else:
                more += 1
    except (sqlite3.DatabaseError, TypeError, ValueError, AttributeError) as problem:  # a damaged row has values of any kind
        sentences.append(f"{name}: could not be read to the end: {problem}")
    return [*sentences, *([f"{name}: and {more:,} more"] if more else [])]


def _integrity(store: Store) -> Iterator[str]:
    for (line,) in store.conn.execute(f"PRAGMA integrity_check({MAX_NAMED})"):
        if line != "ok":
            yield line


def _foreign_keys(store: Store) -> Iterator[str]:
    for table, row_id, parent, _ in store.conn.execute("PRAGMA foreign_key_check"):
        yield f"row {row_id} of {table} points at a row of {parent} that is not there"


def _triggers(store: Store) -> Iterator[str]:
    standing = {row[0] for row in store.conn.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")}
    whole = is_current(store)  # an archive that an older version left has no more than that one made
    for name in TRIGGERS:
        if name not in standing and (whole or name.startswith("articles_")):
            stale = "search goes" if name.startswith("articles_") else "the tables of copies go"
            yield f"{name} is missing, so {stale} stale (`sqlite-utils transform` drops triggers)"


def _bases(store: Store) -> Iterator[str]:
    for body_id, base_id in store.conn.execute(
        "SELECT d.id, d.base_id FROM bodies d LEFT JOIN bodies b ON b.id = d.base_id WHERE d.base_id IS NOT NULL AND b.codec IS NOT 'zstd'"
    ):
        yield f"body {body_id} stands on body {base_id}, which is missing or not self-contained"
    for host, role, body_id in store.conn.execute(
        "SELECT k.host, k.role, k.body_id FROM keyframes k LEFT JOIN bodies b ON b.id = k.body_id WHERE b.codec IS NOT 'zstd'"
    ):
        yield f"body {body_id} counts as a keyframe of {host} ({role}), but is missing or not self-contained"


def _bodies(store: Store, found: Audit, tell: Callable[[], None] | None) -> Iterator[str]:
    for body_id, length in store.conn.execute("SELECT id, length FROM bodies ORDER BY id"):
        try:
            bodies.get(store, body_id)
        except BodyPruned:  # on purpose, as the table `pruned` says
            found.pruned += 1
            continue
        except ArchiveDamaged as problem:
            yield f"{problem} (body {body_id}; {_uses(store, body_id)})"
        else:
            found.size += length
        found.checked += 1
        if tell:
            tell()


def _uses(store: Store, body_id: int) -> str:
    """What a damaged body was: page, URL and outlet, feed or robots.txt."""
    rows = store.conn.execute(
        "SELECT c.page_id, c.role, c.url, o.code FROM captures c LEFT JOIN pages p ON p.id = c.page_id"
        " LEFT JOIN feeds f ON f.id = c.feed_id LEFT JOIN outlets o ON o.id = coalesce(p.outlet_id, f.outlet_id)"
        " WHERE c.body_id = ? ORDER BY c.id LIMIT ?",
        (body_id, _MAX_USES + 1),
    ).fetchall()
    if not rows:
        return "used by no capture"
    named = [
        f"{f'page {page_id}' if page_id else role} of {outlet or 'no outlet'}: {url}" for page_id, role, url, outlet in rows[:_MAX_USES]
    ]
    return "; ".join(named) + ("; and others" if len(rows) > _MAX_USES else "")


def _pages(store: Store) -> Iterator[str]:
    for page_id, url, outlet in store.conn.execute(
        "SELECT p.id, p.url, o.code FROM pages p LEFT JOIN outlets o ON o.id = p.outlet_id LEFT JOIN captures c ON c.id = p.capture_id"
        " LEFT JOIN bodies b ON b.id = c.body_id WHERE p.state = 'stored' AND b.id IS NULL"
    ):
        yield f"page {page_id} of {outlet} counts as stored, but nothing of it is kept: {url}"


def _keys(store: Store) -> Iterator[str]:
    for key, count in store.conn.execute("SELECT key, count(*) FROM pages GROUP BY key_hash, key HAVING count(*) > 1"):
        yield f"{count} pages have the key {key}"
    for page_id, url, key, hashed in store.conn.execute("SELECT id, url, key, key_hash FROM pages"):
        if key != url_key(url) or hashed != key_hash(key):
            yield f"page {page_id} is filed under a wrong key: {url}"


def _articles(store: Store) -> Iterator[str]:
    for page_id, count in store.conn.execute("SELECT page_id, sum(is_latest) FROM articles GROUP BY page_id HAVING sum(is_latest) <> 1"):
        yield f"page {page_id} has {count} latest revisions"
    tables = {row[0] for row in store.conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}  # an older archive has fewer
    pruned = {row[0] for row in store.conn.execute("SELECT article_id FROM pruned_texts")} if "pruned_texts" in tables else frozenset()
    for article_id, outlet, url, text, digest in store.conn.execute("SELECT id, outlet, url, text, text_digest FROM articles"):
        if text_digest(text) != digest and (text or article_id not in pruned):
            yield f"article {article_id} of {outlet} does not have the text that was written: {url}"
    for (article_id,) in store.conn.execute("SELECT article_id FROM markdown") if "markdown" in tables else ():
        try:
            markdown.get(store, article_id)
        except ArchiveDamaged as problem:
            yield str(problem)
