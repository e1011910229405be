"""Bodies: put by digest, get by digest. One of the two narrow doors: old bodies can move elsewhere behind it."""

from __future__ import annotations

from archive.blobs import REKEY_SHARE, Packed, pack, unpack
from archive.errors import ArchiveDamaged
from archive.keys import payload_digest
from archive.store.connect import Store


def put(store: Store, payload: bytes, *, host: str = "", role: str = "page", previous: int | None = None) -> int:
    """The id of the body with these bytes, stored now if it is new. Call inside a transaction.

    A new body is packed against the page's `previous` body (or the one which that stands on), else against the keyframe of its
    host and role. A delta over half its base's own frame says that the base no longer fits: the body then stands alone and
    becomes the keyframe.
    """
    digest = payload_digest(payload)
    known = store.conn.execute("SELECT id FROM bodies WHERE sha256 = ?", (digest,)).fetchone()
    if known:
        return int(known[0])
    for base_id in _bases_for(store, host, role, previous):
        try:
            delta = pack(payload, _base(store, base_id))
        except ArchiveDamaged:  # `verify` tells of it; what comes in now is kept all the same, and becomes the new keyframe
            continue
        if delta.codec == "zstd-base" and len(delta.data) <= REKEY_SHARE * _frame_length(store, base_id):
            return _insert(store, delta, base_id)
    body_id = _insert(store, alone := pack(payload), None)
    if host and alone.codec == "zstd":
        store.conn.execute("INSERT OR REPLACE INTO keyframes (host, role, body_id) VALUES (?, ?, ?)", (host, role, body_id))
    return body_id


def get(store: Store, body_id: int) -> bytes:
    """The payload, checked against its digest. Raises ArchiveDamaged when it is not what was stored."""
    row = store.conn.execute("SELECT sha256, length, codec, data, base_id FROM bodies WHERE id = ?", (body_id,)).fetchone()
    if row is None:
        raise ArchiveDamaged(f"body {body_id} is not there", hint="run `wirecopy verify` for the full list")
    base = None if row[4] is None else _base(store, int(row[4]))
    return unpack(Packed(*row[:4]), base)


def _bases_for(store: Store, host: str, role: str, previous: int | None) -> list[int]:
    """Self-contained bodies worth trying as base: the page's last version or its base, then the keyframe of its host."""
    found = store.conn.execute(
        "SELECT b.id FROM bodies p JOIN bodies b ON b.id = coalesce(p.base_id, p.id) WHERE p.id = ? AND b.codec = 'zstd'"
        " UNION ALL SELECT body_id FROM keyframes WHERE host = ? AND role = ?",
        (previous, host, role),
    )
    return list(dict.fromkeys(int(row[0]) for row in found))


def _base(store: Store, body_id: int) -> bytes:
    if body_id in store.bases:
        store.bases.move_to_end(body_id)
        return store.bases[body_id]
    row = store.conn.execute("SELECT sha256, length, codec, data, base_id FROM bodies WHERE id = ?", (body_id,)).fetchone()
    if row is None or row[4] is not None:
        raise ArchiveDamaged(f"base {body_id} is missing or not self-contained", hint="run `wirecopy verify` for the full list")
    return store.remember_base(body_id, unpack(Packed(*row[:4])))


def _frame_length(store: Store, body_id: int) -> int:
    return int(store.conn.execute("SELECT length(data) FROM bodies WHERE id = ?", (body_id,)).fetchone()[0])


def _insert(store: Store, packed: Packed, base_id: int | None) -> int:
    row = store.conn.execute(
        "INSERT INTO bodies (sha256, length, codec, base_id, data) VALUES (?, ?, ?, ?, ?) RETURNING id",
        (packed.sha256, packed.length, packed.codec, base_id, packed.data),
    ).fetchone()
    return int(row[0])
