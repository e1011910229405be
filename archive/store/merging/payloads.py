"""Bodies: known by their digests. One that is new comes as it is packed where its base is here, else it is packed anew."""

from __future__ import annotations

from archive.errors import ArchiveDamaged, BodyPruned
from archive.keys import host_of
from archive.store import bodies, emptying
from archive.store.merging.theirs import Merge


def bring(merge: Merge, body_id: int | None, *, url: str, role: str, buried: frozenset[bytes] = frozenset()) -> int | None:
    """Our body with the bytes of theirs; None where there is none, or it is damaged: then that is told of.

    What was pruned here stays pruned; what was pruned there comes as its digest alone, and so does what has one of the `buried` needles.
    Call inside a transaction.
    """
    if body_id is None:
        return None
    sha256, length, codec, data, base_id = merge.theirs("SELECT sha256, length, codec, data, base_id FROM bodies WHERE id = ?", body_id)[0]
    ours = merge.ours("SELECT id FROM bodies WHERE sha256 = ?", sha256)
    if ours is not None:
        return int(ours)
    try:
        payload = bodies.get(merge.other, body_id)
    except BodyPruned:
        return _hollow(merge, sha256, length, _pruning(merge, body_id))
    except ArchiveDamaged as problem:
        merge.leave_out(f"damaged there: {problem} ({url})")
        return None
    if any(needle in payload for needle in buried):
        return _hollow(merge, sha256, length, _withheld(merge))
    base = None if base_id is None else _base(merge, base_id)
    if base_id is not None and base is None:
        merge.counts["bodies"] += 1
        return bodies.put(merge.store, payload, host=host_of(url), role=role)
    ours = merge.insert("bodies", {"sha256": sha256, "length": length, "codec": codec, "base_id": base, "data": data})
    for host, its_role in merge.theirs("SELECT host, role FROM compact_queue WHERE body_id = ?", body_id):
        merge.store.conn.execute("INSERT OR IGNORE INTO compact_queue (host, role, body_id) VALUES (?, ?, ?)", (host, its_role, ours))
    return int(ours)


def _base(merge: Merge, base_id: int) -> int | None:
    """Our body with the bytes of their base, where it is one that can be stood on."""
    sha256 = merge.theirs("SELECT sha256 FROM bodies WHERE id = ?", base_id)[0][0]
    return merge.ours("SELECT id FROM bodies WHERE sha256 = ? AND codec = 'zstd'", sha256)  # type: ignore[no-any-return]


def _hollow(merge: Merge, sha256: str, length: int, pruning_id: int) -> int:
    body_id = merge.insert("bodies", {"sha256": sha256, "length": length, "codec": "raw", "base_id": None, "data": b""})
    emptying.empty(merge.store, body_id, emptying.Why(pruning_id=pruning_id))
    return body_id


def _pruning(merge: Merge, body_id: int) -> int:
    rows = merge.theirs("SELECT pruning_id FROM pruned WHERE body_id = ?", body_id)
    return pruning(merge, rows[0][0]) if rows and rows[0][0] is not None else _withheld(merge)


def pruning(merge: Merge, theirs: int) -> int:
    """Our row of prunings for theirs."""
    if theirs not in merge.prunings:
        when, ended, policy = merge.theirs("SELECT started_at, finished_at, policy FROM prunings WHERE id = ?", theirs)[0]
        merge.prunings[theirs] = _noted(merge, when, ended, policy)
    return merge.prunings[theirs]


def _withheld(merge: Merge) -> int:
    if None not in merge.prunings:
        merge.prunings[None] = _noted(merge, "2000-01-01T00:00:00Z", None, "a merge: it named a page that was taken down")
    return merge.prunings[None]


def _noted(merge: Merge, when: str, ended: str | None, policy: str) -> int:
    ours = merge.ours("SELECT id FROM prunings WHERE started_at = ? AND policy = ?", when, policy)
    if ours is not None:
        return int(ours)
    return merge.insert("prunings", {"started_at": when, "finished_at": ended, "policy": policy})
