"""What `wirecopy compact` reads and replaces: bodies that wait, a few of one host at a time; new packings in their place, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.blobs import Packed
from archive.errors import ArchiveDamaged
from archive.keys import host_of
from archive.packing import Better, Body
from archive.sketch import sketch
from archive.store import bodies, keyframes
from archive.store.connect import Store

FEW = 48  # bodies packed together: each is a base that the others may stand on
PAYLOAD = 24 * 2**20  # bytes of payload in memory at a time; one body may have more


@dataclass(frozen=True, slots=True)
class Few:
    """Bodies of one host and kind that wait, with the bases that they may stand on beside each other. `unread`: damaged ones."""

    host: str
    role: str
    bodies: tuple[Body, ...]
    bases: dict[int, bytes]
    unread: tuple[int, ...]


def waiting(store: Store) -> int:
    return int(store.conn.execute("SELECT count(*) FROM compact_queue").fetchone()[0])


def queue_all(store: Store) -> None:
    """Lets every body wait again, under the host and kind of its first capture. Call inside a transaction."""
    store.conn.execute("DELETE FROM compact_queue")
    store.conn.create_function("host_of", 1, lambda url: url and host_of(url), deterministic=True)
    store.conn.execute(
        "INSERT OR IGNORE INTO compact_queue (host, role, body_id) SELECT coalesce(host_of(c.url), ''), CASE WHEN c.id IS NULL THEN 'page'"
        " WHEN c.role <> 'page' THEN c.role WHEN c.verdict IN ('stored', 'part') THEN 'page' ELSE 'other' END, b.id FROM bodies b"
        " LEFT JOIN captures c ON c.id = (SELECT min(id) FROM captures WHERE body_id = b.id) WHERE b.id NOT IN (SELECT body_id FROM pruned)"
    )


def all_waiting(store: Store) -> Iterator[Few]:
    """What waits, host by host, each body once; what is replaced meanwhile is not handed out again."""
    last: tuple[str, str, int] = ("", "", -1)
    while rows := store.conn.execute(
        "SELECT host, role, body_id, length FROM compact_queue JOIN bodies ON id = body_id WHERE (host, role, body_id) > (?, ?, ?)"
        " ORDER BY host, role, body_id LIMIT ?",
        (*last, FEW),
    ).fetchall():
        host, role = rows[0][:2]
        ids, size = [int(rows[0][2])], int(rows[0][3])
        for its_host, its_role, body_id, length in rows[1:]:
            size += length
            if (its_host, its_role) != (host, role) or size > PAYLOAD:
                break
            ids.append(int(body_id))
        last = (host, role, ids[-1])
        yield _few(store, host, role, ids)


def _few(store: Store, host: str, role: str, ids: list[int]) -> Few:
    found, unread = [], []
    for body_id in ids:
        try:
            found.append(_body(store, body_id, ids))
        except ArchiveDamaged:  # it stays as it is; `verify` tells of it
            unread.append(body_id)
    near = {body_id for body_id, _ in keyframes.of(store, host, role)} | {body.base_id for body in found if body.base_id is not None}
    bases, size = {}, 0
    for base_id in sorted(near - set(ids), reverse=True):
        try:
            payload = bodies.base(store, base_id)
        except ArchiveDamaged:
            continue
        if (size := size + len(payload)) > PAYLOAD:
            break
        bases[base_id] = payload
    return Few(host, role, tuple(found), bases, tuple(unread))


def _body(store: Store, body_id: int, together: Sequence[int]) -> Body:
    *packed, base_id = store.conn.execute("SELECT sha256, length, codec, data, base_id FROM bodies WHERE id = ?", (body_id,)).fetchone()
    on_it = (int(row[0]) for row in store.conn.execute("SELECT id FROM bodies WHERE base_id = ?", (body_id,)))
    pinned = not set(on_it) <= set(together)
    return Body(body_id, bodies.get(store, body_id), Packed(*packed), base_id, pinned)


def replace(store: Store, few: Few, better: Sequence[Better]) -> bool:
    """Puts the new packings in the place of the old ones, and reads each back from the file; False, and nothing done, where another
    process has changed meanwhile what they rely on. Call inside a transaction.

    Raises ArchiveDamaged where a body does not come back as it was: the transaction must not be committed then.
    """
    if not _stands(store, few, better):
        return False
    for one in better:
        store.conn.execute(
            "UPDATE bodies SET codec = ?, base_id = ?, data = ? WHERE id = ?", (one.packed.codec, one.base_id, one.packed.data, one.id)
        )
        store.bases.pop(one.id, None)
    for one in better:
        bodies.get(store, one.id)
    _keep_bases(store, few, better)
    done = [(body.id,) for body in few.bodies] + [(body_id,) for body_id in few.unread]
    store.conn.executemany(
        "DELETE FROM compact_queue WHERE host = ? AND role = ? AND body_id = ?", [(few.host, few.role, *one) for one in done]
    )
    return True


def _stands(store: Store, few: Few, better: Sequence[Better]) -> bool:
    """Whether the bodies are as they were read, all bases stand alone afterwards, and nothing stands on what no longer will."""
    before, after = {body.id: body for body in few.bodies}, {one.id: one for one in better}
    for one in better:
        was = before[one.id]
        row = store.conn.execute("SELECT codec, base_id, data FROM bodies WHERE id = ?", (one.id,)).fetchone()
        if row is None or row != (was.packed.codec, was.base_id, was.packed.data):
            return False
        if one.base_id is not None and not _alone(store, one.base_id, after):
            return False
        if one.packed.codec != "zstd":
            on_it = [int(row[0]) for row in store.conn.execute("SELECT id FROM bodies WHERE base_id = ?", (one.id,))]
            if any(body_id not in after or after[body_id].base_id == one.id for body_id in on_it):
                return False
    return True


def _alone(store: Store, body_id: int, after: dict[int, Better]) -> bool:
    if body_id in after:
        return after[body_id].packed.codec == "zstd"
    return store.conn.execute("SELECT 1 FROM bodies WHERE id = ? AND codec = 'zstd'", (body_id,)).fetchone() is not None


def _keep_bases(store: Store, few: Few, better: Sequence[Better]) -> None:
    """The bases that were found good are the host's keyframes from now on; what became a delta is none any more."""
    newest: dict[int, int] = {}
    for one in better:
        if one.base_id is None:
            continue
        keyframes.drop(store, one.id)
        newest[one.base_id] = max(one.id, newest.get(one.base_id, 0))
    if not few.host:
        return
    payloads = {body.id: body.payload for body in few.bodies} | few.bases
    for base_id, by in sorted(newest.items(), key=lambda pair: pair[1]):
        keyframes.add(store, few.host, few.role, base_id, sketch(payloads[base_id]), used_by=by)
