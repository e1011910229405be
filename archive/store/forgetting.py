"""Take-down: everything that one page, or one outlet's pages, left in the archive is found, and goes. Decides nothing.

What goes is listed in TEMP tables first (`gone_pages`, `gone_captures`, ...), so that a dry run and the deed see the same.
Foreign keys are off meanwhile: each deleted capture would otherwise be looked for in every other one, along no index.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from archive.errors import ArchiveDamaged
from archive.keys import url_key
from archive.store import bodies, emptying, stories, tombstones
from archive.store.connect import Store
from archive.store.needles import needles
from archive.times import from_iso, iso

FEW = 100  # pages of an outlet that go in one transaction

_LISTS = """
DROP TABLE IF EXISTS temp.gone_pages; DROP TABLE IF EXISTS temp.gone_captures; DROP TABLE IF EXISTS temp.gone_articles;
DROP TABLE IF EXISTS temp.gone_entries; DROP TABLE IF EXISTS temp.gone_bodies;
CREATE TEMP TABLE gone_pages (id INTEGER PRIMARY KEY); CREATE TEMP TABLE gone_captures (id INTEGER PRIMARY KEY);
CREATE TEMP TABLE gone_articles (id INTEGER PRIMARY KEY); CREATE TEMP TABLE gone_entries (id INTEGER PRIMARY KEY);
CREATE TEMP TABLE gone_bodies (id INTEGER PRIMARY KEY);
"""
_DEPENDENT = """
INSERT INTO gone_captures SELECT id FROM captures WHERE page_id IN gone_pages;
INSERT INTO gone_articles SELECT id FROM articles WHERE page_id IN gone_pages;
INSERT OR IGNORE INTO gone_entries SELECT id FROM entries WHERE page_id IN gone_pages;
INSERT OR IGNORE INTO gone_entries SELECT e.id FROM gone_entries g JOIN entries s ON s.id = g.id
  JOIN entries e ON e.feed_id = s.feed_id AND e.identity = s.identity;
INSERT OR IGNORE INTO gone_bodies SELECT body_id FROM captures WHERE id IN gone_captures AND body_id IS NOT NULL;
INSERT OR IGNORE INTO gone_bodies SELECT content_id FROM entries WHERE id IN gone_entries AND content_id IS NOT NULL;
DELETE FROM gone_bodies WHERE id IN
    (SELECT c.body_id FROM gone_bodies g JOIN captures c ON c.body_id = g.id WHERE c.id NOT IN gone_captures)
  OR id IN (SELECT e.content_id FROM gone_bodies g JOIN entries e ON e.content_id = g.id WHERE e.id NOT IN gone_entries)
  OR id IN (SELECT robots_body_id FROM hosts WHERE robots_body_id IS NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Extent:
    """What goes. `size`: bytes that the bodies take in the file; `elsewhere`: pages of others with the same text, which stay."""

    pages: int
    captures: int
    articles: int
    entries: int
    bodies: int
    documents: int  # feed documents that name it: emptied
    size: int
    elsewhere: tuple[str, ...] = ()


def pages_of(store: Store, page_id: int) -> list[int]:
    """A page and its other addresses."""
    home = store.conn.execute("SELECT coalesce(same_as, id) FROM pages WHERE id = ?", (page_id,)).fetchone()[0]
    return [int(row[0]) for row in store.conn.execute("SELECT id FROM pages WHERE id = ?1 OR same_as = ?1 ORDER BY id", (home,))]


def some_of_outlet(store: Store, code: str, most: int = FEW) -> list[int]:
    """Pages of an outlet, each with its other addresses. Which come first is left to the index: all are not sorted for each few."""
    sql = "SELECT p.id FROM pages p JOIN outlets o ON o.id = p.outlet_id WHERE o.code = ? LIMIT ?"
    found = [int(row[0]) for row in store.conn.execute(sql, (code, most))]
    return sorted({one for page_id in found for one in pages_of(store, page_id)})


def list_gone(store: Store, page_ids: Iterable[int], *, entries_of: str | None = None) -> None:
    """Fills the TEMP tables for these pages; with `entries_of`, an outlet's code, all that its feeds said goes as well."""
    for statement in filter(str.strip, _LISTS.split(";")):
        store.conn.execute(statement)
    store.conn.executemany("INSERT OR IGNORE INTO gone_pages VALUES (?)", [(one,) for one in page_ids])
    if entries_of is not None:
        store.conn.execute(
            "INSERT INTO gone_entries SELECT e.id FROM outlets o JOIN feeds f ON f.outlet_id = o.id JOIN entries e ON e.feed_id = f.id"
            " WHERE o.code = ?",
            (entries_of,),
        )
    for statement in filter(str.strip, _DEPENDENT.split(";")):
        store.conn.execute(statement)


def extent(store: Store, documents: int) -> Extent:
    """What the TEMP tables hold."""
    size = store.conn.execute("SELECT coalesce(sum(length(data)), 0) FROM bodies WHERE id IN gone_bodies").fetchone()[0]
    elsewhere = store.conn.execute(
        "SELECT DISTINCT o.url FROM articles a JOIN articles o ON o.text_digest = a.text_digest"
        " WHERE a.id IN gone_articles AND o.id NOT IN gone_articles AND a.text <> '' ORDER BY o.url"
    )
    pages, captures, articles, entries, of_them = (_count(store, name) for name in ("pages", "captures", "articles", "entries", "bodies"))
    return Extent(pages, captures, articles, entries, of_them, documents, int(size), tuple(row[0] for row in elsewhere))


def _count(store: Store, name: str) -> int:
    return int(store.conn.execute(f"SELECT count(*) FROM gone_{name}").fetchone()[0])  # noqa: S608 - our own names


def digests(store: Store) -> list[bytes]:
    """How the listed pages and entries are known again: by their keys, those of what was fetched for them, and their entries."""
    keys = {row[0] for row in store.conn.execute("SELECT key FROM pages WHERE id IN gone_pages")}
    fetched = store.conn.execute("SELECT DISTINCT url FROM captures WHERE id IN gone_captures AND verdict IN ('stored', 'part')")
    keys |= {url_key(row[0]) for row in fetched}
    said = store.conn.execute(
        "SELECT DISTINCT f.url, e.identity FROM entries e JOIN feeds f ON f.id = e.feed_id WHERE e.id IN gone_entries"
    )
    return [*map(tombstones.page, sorted(keys)), *(tombstones.entry(url, identity) for url, identity in said)]


def urls(store: Store) -> list[str]:
    """Addresses of the listed pages and captures."""
    sql = "SELECT url FROM pages WHERE id IN gone_pages UNION SELECT url FROM captures WHERE id IN gone_captures"
    return [row[0] for row in store.conn.execute(sql)]


_DOCUMENTS_OF = """SELECT DISTINCT c.body_id FROM outlets o JOIN feeds f ON f.outlet_id = o.id
JOIN captures c ON c.feed_id = f.id AND c.role = 'feed' JOIN bodies b ON b.id = c.body_id WHERE o.code = ? AND length(b.data) > 0
AND NOT EXISTS (SELECT 1 FROM captures x LEFT JOIN feeds y ON y.id = x.feed_id
  WHERE x.body_id = c.body_id AND (x.role <> 'feed' OR y.outlet_id IS NOT o.id)) ORDER BY c.body_id"""
_DOCUMENTS = """SELECT DISTINCT c.body_id FROM captures c JOIN bodies b ON b.id = c.body_id WHERE c.role = 'feed' AND c.feed_id = ?
AND c.fetched_at >= ? AND length(b.data) > 0 ORDER BY c.body_id"""


def documents_naming(store: Store) -> list[int]:
    """Feed documents in which a listed entry's link, guid or title stands. One that is damaged cannot be looked into, and is left."""
    found: set[int] = set()
    feeds = store.conn.execute(
        "SELECT feed_id, min(first_seen_at) FROM entries WHERE id IN gone_entries GROUP BY feed_id ORDER BY feed_id"
    ).fetchall()
    for feed_id, first in feeds:
        said = store.conn.execute("SELECT url, guid, title FROM entries WHERE feed_id = ? AND id IN gone_entries", (feed_id,)).fetchall()
        wanted = needles(said)
        for (body_id,) in store.conn.execute(_DOCUMENTS, (feed_id, _before(first))).fetchall():
            if body_id not in found and _names(store, body_id, wanted):
                found.add(body_id)
    return sorted(found)


def _before(first_seen_at: str) -> str:
    """A moment before it: the document was asked for, and in parts perhaps, before its entries were seen."""
    return iso(from_iso(first_seen_at) - timedelta(hours=1))


def documents_of(store: Store, code: str) -> list[int]:
    """All feed documents of an outlet that no other one has."""
    return [int(row[0]) for row in store.conn.execute(_DOCUMENTS_OF, (code,))]


def _names(store: Store, body_id: int, wanted: frozenset[bytes]) -> bool:
    try:
        document = bodies.get(store, body_id)
    except ArchiveDamaged:
        return False
    return any(needle in document for needle in wanted)


def gone_bodies(store: Store) -> list[int]:
    """Bodies that nothing needs once the listed rows are gone: what stands on others first."""
    return [int(row[0]) for row in store.conn.execute("SELECT id FROM bodies WHERE id IN gone_bodies ORDER BY base_id IS NULL, id")]


@contextmanager
def without_foreign_keys(store: Store) -> Iterator[None]:
    """Around a transaction: inside of one the pragma does nothing."""
    store.conn.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        store.conn.execute("PRAGMA foreign_keys=ON")


def delete(store: Store, tombstone_id: int) -> None:
    """Takes away all that is listed. Call inside a transaction, `without_foreign_keys`, when nothing stands on the listed bodies."""
    conn = store.conn
    texts = conn.execute("SELECT id, story_id, text_digest FROM articles WHERE id IN gone_articles ORDER BY id").fetchall()
    conn.execute("UPDATE readings SET article_id = NULL WHERE article_id IN gone_articles AND capture_id NOT IN gone_captures")
    conn.execute("UPDATE readings SET same_as = NULL WHERE same_as IN gone_captures AND capture_id NOT IN gone_captures")
    conn.execute("UPDATE pages SET same_as = NULL WHERE same_as IN gone_pages AND id NOT IN gone_pages")
    conn.execute(
        "UPDATE tombstones SET last_article_id = max(last_article_id, coalesce((SELECT max(id) FROM gone_articles), 0)) WHERE id = ?",
        (tombstone_id,),
    )
    for parent in ("articles", "entries", "captures", "pages"):
        _delete_with_children(store, parent)
    for article_id, story_id, digest in texts:
        stories.leave(store, story_id, article_id, digest)
    conn.execute("DELETE FROM grouping_turns WHERE article_id IN gone_articles")
    for story_id in {row[1] for row in texts if row[1] is not None}:
        stories.told_anew(store, story_id)
    listed = gone_bodies(store)
    removable = [body_id for body_id in listed if emptying.stands_alone(store, body_id)]
    emptying.remove(store, removable)
    for body_id in set(listed) - set(removable):  # what stands on it cannot be read anyway
        emptying.empty(store, body_id, emptying.Why(tombstone_id=tombstone_id))


def _delete_with_children(store: Store, parent: str) -> None:
    """Deletes the listed rows of a table, and what says something of them: whatever table it stands in."""
    conn, gone = store.conn, f"gone_{parent}"
    tables = [row[0] for row in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'articles_fts%'")]
    for table in tables:
        for column in (row[3] for row in conn.execute(f'PRAGMA foreign_key_list("{table}")').fetchall() if row[2] == parent):
            if table != parent and (table, column) not in _ONLY_POINTS:
                conn.execute(f'DELETE FROM "{table}" WHERE "{column}" IN {gone}')  # noqa: S608 - names of our schema
    conn.execute(f"DELETE FROM {parent} WHERE id IN {gone}")  # noqa: S608 - a constant


# Rows that stay when what they point at goes: `delete` has seen to them, or they go by another column.
_ONLY_POINTS = {("readings", "article_id"), ("readings", "same_as"), ("articles", "capture_id"), ("captures", "page_id"),
                ("entries", "page_id"), ("articles", "page_id"), ("polls", "capture_id")}  # fmt: skip


def scrub(store: Store) -> None:
    """Merges the search index, whose older parts still have the words. Call inside a transaction."""
    store.conn.execute("INSERT INTO articles_fts (articles_fts) VALUES ('optimize')")
