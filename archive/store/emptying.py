"""Bodies on their way out: what stands on them is packed otherwise first, then their bytes go. Decides nothing.

A body that is emptied keeps its row: the digest says for ever what was received. One that is removed leaves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from archive.blobs import Packed, pack, unpack
from archive.errors import ArchiveDamaged
from archive.keys import host_of
from archive.sketch import sketch
from archive.store import bodies, keyframes
from archive.store.connect import Store

FEW = 32  # bodies packed anew in one transaction: a quarter of a second


@dataclass(frozen=True, slots=True)
class Why:
    """On whose account bytes go: a row of prunings, or of tombstones."""

    pruning_id: int | None = None
    tombstone_id: int | None = None


class Turn(Protocol):
    """Something to be entered around each transaction: the run lock, where it is not held anyway."""

    def __call__(self) -> AbstractContextManager[None]: ...


def free(store: Store, body_id: int, turn: Turn) -> bool:
    """Packs otherwise what stands on a body, a few at a time; False where something is left that cannot be read.

    Each transaction leaves every body readable. A run that is let in between may have used the body once more: ask again with
    `stands_alone` in the transaction that takes it away.
    """
    new_base: int | None = None
    after = 0
    while True:
        with turn(), store.transaction():
            rows = store.conn.execute("SELECT id FROM bodies WHERE base_id = ? AND id > ? ORDER BY id LIMIT ?", (body_id, after, FEW))
            ids = [int(row[0]) for row in rows]
            if not ids:
                return stands_alone(store, body_id)
            for one in ids:
                new_base = _pack_otherwise(store, one, new_base)
            after = ids[-1]


def unbind(store: Store, body_id: int) -> bool:
    """`free` within a transaction that is open: for a body that came only just now, on which little can stand."""
    new_base: int | None = None
    for (one,) in store.conn.execute("SELECT id FROM bodies WHERE base_id = ? ORDER BY id", (body_id,)).fetchall():
        new_base = _pack_otherwise(store, one, new_base)
    return stands_alone(store, body_id)


def stands_alone(store: Store, body_id: int) -> bool:
    """Whether nothing is packed against it."""
    return store.conn.execute("SELECT 1 FROM bodies WHERE base_id = ? LIMIT 1", (body_id,)).fetchone() is None


def _pack_otherwise(store: Store, body_id: int, base_id: int | None) -> int | None:
    """Against the first of its kind that was made to stand alone, or alone; gives back what the next ones may stand on."""
    try:
        payload = bodies.get(store, body_id)
        base = None if base_id is None else bodies.base(store, base_id)
    except ArchiveDamaged:  # `verify` tells of it
        return base_id
    packed = pack(payload, base, digest=_digest(store, body_id))
    alone = packed if base is None else pack(payload, digest=packed.sha256)
    if packed.codec == "zstd-base" and len(packed.data) < len(alone.data):
        _replace(store, body_id, packed, base_id, payload, base)
        return base_id
    _replace(store, body_id, alone, None, payload, None)
    if alone.codec != "zstd":
        return base_id
    host, role = _kind(store, body_id)
    if host:
        keyframes.add(store, host, role, body_id, sketch(payload), used_by=body_id)
    return body_id


def _digest(store: Store, body_id: int) -> str:
    return str(store.conn.execute("SELECT sha256 FROM bodies WHERE id = ?", (body_id,)).fetchone()[0])


def _replace(store: Store, body_id: int, packed: Packed, base_id: int | None, payload: bytes, base: bytes | None) -> None:
    if unpack(packed, base) != payload:
        raise ArchiveDamaged(f"body {body_id} was packed and came back as something else", hint="the archive was left as it was")
    store.conn.execute("UPDATE bodies SET codec = ?, base_id = ?, data = ? WHERE id = ?", (packed.codec, base_id, packed.data, body_id))
    store.bases.pop(body_id, None)
    store.conn.execute("INSERT OR IGNORE INTO compact_queue (host, role, body_id) VALUES (?, ?, ?)", (*_kind(store, body_id), body_id))


def _kind(store: Store, body_id: int) -> tuple[str, str]:
    """(host, role) of its first capture, as keyframes have them; no host where it is no page's or feed's."""
    row = store.conn.execute("SELECT url, role, verdict FROM captures WHERE body_id = ? ORDER BY id LIMIT 1", (body_id,)).fetchone()
    if row is None:
        queued = store.conn.execute("SELECT host, role FROM compact_queue WHERE body_id = ?", (body_id,)).fetchone()
        return (queued[0], queued[1]) if queued else ("", "page")
    return host_of(row[0]), row[1] if row[1] != "page" or row[2] in ("stored", "part") else "other"


def empty(store: Store, body_id: int, why: Why) -> None:
    """Takes its bytes away. Call inside a transaction, when nothing stands on it."""
    _let_go(store, body_id)
    store.conn.execute("UPDATE bodies SET codec = 'raw', base_id = NULL, data = x'' WHERE id = ?", (body_id,))
    store.conn.execute(
        "INSERT OR REPLACE INTO pruned (body_id, pruning_id, tombstone_id) VALUES (?, ?, ?)", (body_id, why.pruning_id, why.tombstone_id)
    )


def remove(store: Store, body_ids: Iterable[int]) -> None:
    """Takes the rows away, whose last users are gone. Call inside a transaction, when nothing stands on them."""
    for body_id in body_ids:
        _let_go(store, body_id)
        store.conn.execute("DELETE FROM pruned WHERE body_id = ?", (body_id,))
        store.conn.execute("DELETE FROM bodies WHERE id = ?", (body_id,))


def _let_go(store: Store, body_id: int) -> None:
    keyframes.drop(store, body_id)
    store.conn.execute("DELETE FROM compact_queue WHERE body_id = ?", (body_id,))
    store.bases.pop(body_id, None)
