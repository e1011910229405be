"""Tombstones: what was taken down is known again, without its address being kept, and never comes in again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from archive.store.connect import Store
from archive.times import iso


@dataclass(frozen=True, slots=True)
class Tombstone:
    """One take-down, as it is on record."""

    tombstone_id: int
    forgotten_at: str
    kind: str  # page or outlet
    outlet: str | None
    url: str | None  # None: only its digest is kept
    reason: str | None
    who: str | None
    pages: int
    captures: int
    articles: int
    entries: int
    bodies: int


_COLUMNS = "id, forgotten_at, kind, outlet, url, reason, who, pages, captures, articles, entries, bodies"


def page(key: str) -> bytes:
    """How the page with this key (keys.url_key) is known again."""
    return _digest(f"page:{key}")


def entry(feed: str, identity: int) -> bytes:
    """How an entry of the feed with this URL is known again, whatever it links to."""
    return _digest(f"entry:{feed}\n{identity}")


def outlet(code: str) -> bytes:
    """How an outlet is known again."""
    return _digest(f"outlet:{code}")


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()


def of(store: Store, *digests: bytes) -> int | None:
    """The tombstone that has one of these digests; None where none has."""
    sql = "SELECT tombstone_id FROM tombstone_keys WHERE digest = ?"
    found = (store.conn.execute(sql, (digest,)).fetchone() for digest in digests)
    return next((int(row[0]) for row in found if row), None)


def get(store: Store, tombstone_id: int) -> Tombstone:
    row = store.conn.execute(f"SELECT {_COLUMNS} FROM tombstones WHERE id = ?", (tombstone_id,)).fetchone()  # noqa: S608 - our own names
    return Tombstone(*row)


def every(store: Store) -> list[Tombstone]:
    """All of them, the oldest first."""
    return [Tombstone(*row) for row in store.conn.execute(f"SELECT {_COLUMNS} FROM tombstones ORDER BY id")]  # noqa: S608


def raise_(
    store: Store, digests: Iterable[bytes], *, kind: str, outlet: str | None, url: str | None, reason: str | None, who: str, now: datetime
) -> int:  # fmt: skip
    """A new one, or the one that has one of these digests already: it gets the others as well. Call inside a transaction."""
    known = list(digests)
    tombstone_id = of(store, *known)
    if tombstone_id is None:
        row = store.conn.execute(
            "INSERT INTO tombstones (forgotten_at, kind, outlet, url, reason, who) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
            (iso(now), kind, outlet, url, reason, who),
        ).fetchone()
        tombstone_id = int(row[0])
    add(store, tombstone_id, known)
    return tombstone_id


def add(store: Store, tombstone_id: int, digests: Iterable[bytes]) -> None:
    """More that is known by it. Call inside a transaction."""
    store.conn.executemany(
        "INSERT OR IGNORE INTO tombstone_keys (digest, tombstone_id) VALUES (?, ?)", [(one, tombstone_id) for one in digests]
    )


def count(store: Store, tombstone_id: int, went: dict[str, int]) -> None:
    """Adds what went to its numbers; `went` has some of its columns. Call inside a transaction."""
    sets = ", ".join(f"{name} = {name} + :{name}" for name in went)
    store.conn.execute(f"UPDATE tombstones SET {sets} WHERE id = :id", {**went, "id": tombstone_id})  # noqa: S608 - names of columns


def lift(store: Store, digest: bytes) -> Tombstone | None:
    """Takes a tombstone away: what it kept out may come in again; what went does not come back. Call inside a transaction."""
    tombstone_id = of(store, digest)
    if tombstone_id is None:
        return None
    lifted = get(store, tombstone_id)
    store.conn.execute("DELETE FROM tombstone_keys WHERE tombstone_id = ?", (tombstone_id,))
    # Feed documents that went for it stay empty; a note of it takes the tombstone's place.
    row = store.conn.execute(
        "INSERT INTO prunings (started_at, finished_at, policy) SELECT forgotten_at, forgotten_at, 'named a page that was taken down'"
        " FROM tombstones WHERE id = ? AND EXISTS (SELECT 1 FROM pruned WHERE tombstone_id = ?1) RETURNING id",
        (tombstone_id,),
    ).fetchone()
    if row:
        store.conn.execute("UPDATE pruned SET pruning_id = ?, tombstone_id = NULL WHERE tombstone_id = ?", (row[0], tombstone_id))
    store.conn.execute("DELETE FROM tombstones WHERE id = ?", (tombstone_id,))
    return lifted


def mend_words(store: Store, urls: Iterable[str]) -> None:
    """Takes addresses out of what `verify` once said. Call inside a transaction."""
    for url in urls:
        store.conn.execute(
            "UPDATE audits SET failures = replace(failures, ?1, '(taken down)') WHERE instr(failures, ?1)",
            (json.dumps(url, ensure_ascii=False)[1:-1],),
        )
