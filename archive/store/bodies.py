"""Bodies: put by digest, get by digest. One of the two narrow doors: old bodies can move elsewhere behind it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from archive.blobs import REKEY_SHARE, Packed, pack, unpack
from archive.errors import ArchiveDamaged, BodyPruned
from archive.keys import payload_digest
from archive.sketch import sketch
from archive.store import keyframes
from archive.store.connect import Store

_ROW = "SELECT sha256, length, codec, data, base_id FROM bodies WHERE id = ?"
# A page's second version is packed against the first, or the base that this stands on. Where the base is another page's, each version
# repeats what is the page's own: above this share of the base's frame the first is made self-contained instead, and a base.
OTHERS_SHARE = 0.15
PATIENCE = 2.0  # versions within which that has to pay: with 1 the second version takes less, with 3 those after it


@dataclass(frozen=True)
class _New:
    """A payload on its way in."""

    payload: bytes
    digest: str
    host: str
    role: str

    @cached_property
    def sketch(self) -> bytes:
        return sketch(self.payload)


def put(store: Store, payload: bytes, *, host: str = "", role: str = "page", previous: int | None = None) -> int:
    """The id of the body with these bytes, stored now if it is new. Call inside a transaction.

    A new body is packed against the page's `previous` body (or the one which that stands on), else against the keyframe of its
    host and role that looks most like it. A delta that takes too large a share of its base's own frame says that the base does not
    fit: the body then stands alone and becomes a keyframe.
    """
    new = _New(payload, payload_digest(payload), host, role)
    known = store.conn.execute("SELECT id, length > 0 AND length(data) = 0 FROM bodies WHERE sha256 = ?", (new.digest,)).fetchone()
    if known:
        return _put_back(store, new, int(known[0])) if known[1] else int(known[0])
    body_id = _put_on_previous(store, new, previous) or _put_on_keyframe(store, new) or _put_alone(store, new)
    _queue(store, new, body_id)
    return body_id


def get(store: Store, body_id: int) -> bytes:
    """The payload, checked against its digest. Raises ArchiveDamaged when it is not what was stored, BodyPruned when it was taken away."""
    row = _row(store, body_id)
    if row[1] and not row[3]:
        raise _pruned(store, body_id)
    while True:
        try:
            return unpack(Packed(*row[:4]), None if row[4] is None else base(store, int(row[4])))
        except ArchiveDamaged:
            # Between the two reads `wirecopy compact` may have packed the base against another body, and this one as well.
            before, row = row, _row(store, body_id)
            if row == before:
                raise


def damage(store: Store, body_id: int) -> str | None:
    """Why it cannot be read back, in words; None where it can, or where it was taken away on purpose."""
    try:
        get(store, body_id)
    except BodyPruned:
        return None
    except ArchiveDamaged as problem:
        return str(problem)
    return None


_WHY_PRUNED = """SELECT coalesce(r.started_at, t.forgotten_at), r.policy FROM pruned p LEFT JOIN prunings r ON r.id = p.pruning_id
LEFT JOIN tombstones t ON t.id = p.tombstone_id WHERE p.body_id = ?"""


def _pruned(store: Store, body_id: int) -> ArchiveDamaged:
    row = store.conn.execute(_WHY_PRUNED, (body_id,)).fetchone()
    if row is None:
        return ArchiveDamaged(f"body {body_id} is empty, and no pruning says why", hint="restore it from a backup")
    why = f"pruned on {row[0][:10]} ({row[1]})" if row[1] else f"taken away on {row[0][:10]}: it named a page that was taken down"
    return BodyPruned(f"body {body_id} was {why}", hint="its digest is kept, its bytes are not: a backup from before may have them")


def _row(store: Store, body_id: int) -> tuple[str, int, str, bytes, int | None]:
    row: tuple[str, int, str, bytes, int | None] | None = store.conn.execute(_ROW, (body_id,)).fetchone()
    if row is None:
        raise ArchiveDamaged(f"body {body_id} is not there", hint="run `wirecopy verify` for the full list")
    return row


def _put_on_previous(store: Store, new: _New, previous: int | None) -> int | None:
    row = None if previous is None else store.conn.execute("SELECT coalesce(base_id, id) FROM bodies WHERE id = ?", (previous,)).fetchone()
    if previous is None or row is None or (found := _delta(store, new, int(row[0]))) is None:
        return None
    base_id, (delta, share) = int(row[0]), found
    if share > OTHERS_SHARE and base_id != previous and not _of_one_address(store, previous, base_id):
        return _put_on_promoted(store, new, previous, len(delta.data)) or (_insert(store, delta, base_id) if share <= REKEY_SHARE else None)
    return _insert(store, delta, base_id) if share <= REKEY_SHARE else None


def _put_on_promoted(store: Store, new: _New, previous: int, otherwise: int) -> int | None:
    """Makes the previous version self-contained and packs the new one against it, where that pays; `otherwise`: bytes without it."""
    try:
        payload = get(store, previous)
    except ArchiveDamaged:
        return None
    alone = pack(payload)
    delta = pack(new.payload, payload, digest=new.digest)
    if alone.codec != "zstd" or delta.codec != "zstd-base" or unpack(alone) != payload:
        return None
    now = len(alone.data) - _frame_length(store, previous) + len(delta.data)
    if now > PATIENCE * otherwise or len(delta.data) > REKEY_SHARE * len(alone.data):
        return None
    store.conn.execute("UPDATE bodies SET codec = 'zstd', base_id = NULL, data = ? WHERE id = ?", (alone.data, previous))
    _queue(store, new, previous)
    return _insert(store, delta, previous)


def _put_back(store: Store, new: _New, body_id: int) -> int:
    """A payload that was pruned, and came again with a new capture: it is kept anew. One that names what was taken down stays away."""
    if store.conn.execute("SELECT 1 FROM pruned WHERE body_id = ? AND tombstone_id IS NOT NULL", (body_id,)).fetchone():
        return body_id
    alone = pack(new.payload, digest=new.digest)
    store.conn.execute("UPDATE bodies SET codec = ?, base_id = NULL, data = ? WHERE id = ?", (alone.codec, alone.data, body_id))
    store.conn.execute("DELETE FROM pruned WHERE body_id = ?", (body_id,))
    _queue(store, new, body_id)
    return body_id


def _put_on_keyframe(store: Store, new: _New) -> int | None:
    base_id = keyframes.most_alike(_candidates(store, new), new.sketch) if new.host else None
    if base_id is None:
        return None
    if (found := _delta(store, new, base_id)) is None:
        keyframes.drop(store, base_id)  # damaged, or no base any more: the best match of page after page, it would keep all of them alone
        return None
    delta, share = found
    if share > REKEY_SHARE:
        return None
    body_id = _insert(store, delta, base_id)
    keyframes.used(store, new.host, new.role, base_id, by=body_id)
    return body_id


def _put_alone(store: Store, new: _New) -> int:
    alone = pack(new.payload, digest=new.digest)
    body_id = _insert(store, alone, None)
    if new.host and alone.codec == "zstd":
        keyframes.add(store, new.host, new.role, body_id, new.sketch, used_by=body_id)
    return body_id


def _candidates(store: Store, new: _New) -> list[tuple[int, bytes]]:
    """Keyframes of the host with their sketches; those that an older version kept are sketched now."""
    found = []
    for body_id, theirs in keyframes.of(store, new.host, new.role):
        if theirs is None:
            try:
                theirs = sketch(get(store, body_id))
            except ArchiveDamaged:
                continue
            keyframes.sketched(store, new.host, new.role, body_id, theirs)
        found.append((body_id, theirs))
    return found


def _delta(store: Store, new: _New, base_id: int) -> tuple[Packed, float] | None:
    """The payload packed against a base, and its share of the base's own frame; None where that is none, or nothing is gained.

    A damaged base is passed over: `verify` tells of it, and what comes in now is kept all the same.
    """
    row = store.conn.execute("SELECT length(data) FROM bodies WHERE id = ? AND codec = 'zstd'", (base_id,)).fetchone()
    if row is None or not row[0]:
        return None  # asked of the file, not of the bases at hand: `wirecopy compact` may have packed it against another one
    try:
        packed = pack(new.payload, base(store, base_id), digest=new.digest)
    except ArchiveDamaged:
        return None
    return (packed, len(packed.data) / int(row[0])) if packed.codec == "zstd-base" else None


def _of_one_address(store: Store, one: int, other: int) -> bool:
    """Whether one URL gave both bodies."""
    sql = "SELECT 1 FROM captures WHERE body_id = ? AND url = (SELECT url FROM captures WHERE body_id = ? LIMIT 1) LIMIT 1"
    return store.conn.execute(sql, (other, one)).fetchone() is not None


def base(store: Store, body_id: int) -> bytes:
    """The payload of a self-contained body, kept at hand. Raises ArchiveDamaged where it is not that, or not what was stored."""
    if body_id in store.bases:
        store.bases.move_to_end(body_id)
        return store.bases[body_id]
    row = store.conn.execute(_ROW, (body_id,)).fetchone()
    if row is None or row[4] is not None:
        raise ArchiveDamaged(f"base {body_id} is missing or not self-contained", hint="run `wirecopy verify` for the full list")
    return store.remember_base(body_id, unpack(Packed(*row[:4])))


def _frame_length(store: Store, body_id: int) -> int:
    return int(store.conn.execute("SELECT length(data) FROM bodies WHERE id = ?", (body_id,)).fetchone()[0])


def _queue(store: Store, new: _New, body_id: int) -> None:
    store.conn.execute("INSERT OR IGNORE INTO compact_queue (host, role, body_id) VALUES (?, ?, ?)", (new.host, new.role, body_id))


def _insert(store: Store, packed: Packed, base_id: int | None) -> int:
    row = store.conn.execute(
        "INSERT INTO bodies (sha256, length, codec, base_id, data) VALUES (?, ?, ?, ?, ?) RETURNING id",
        (packed.sha256, packed.length, packed.codec, base_id, packed.data),
    ).fetchone()
    return int(row[0])
