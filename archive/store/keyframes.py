"""Keyframes: of each host and kind of answer a few self-contained bodies, each of another make-up, that new ones are packed against."""

from __future__ import annotations

from archive.sketch import likeness
from archive.store.connect import Store

MOST = 8  # of a host and role: with 4 real pages take 1 % more, with 16 .3 % less
ALIKE = 0.15  # likeness from which a base is worth trying; below, two pages share no more than their language does


def of(store: Store, host: str, role: str) -> list[tuple[int, bytes | None]]:
    """(body id, sketch) of a host's keyframes; a sketch is None where an older version made the keyframe."""
    rows = store.conn.execute("SELECT body_id, sketch FROM keyframes WHERE host = ? AND role = ?", (host, role))
    return [(int(row[0]), row[1]) for row in rows]


def most_alike(known: list[tuple[int, bytes]], sketch: bytes) -> int | None:
    """The keyframe that looks most like a page with this sketch, None where none does. Among equals the newest."""
    found = max(((likeness(theirs, sketch), body_id) for body_id, theirs in known), default=(0.0, 0))
    return found[1] if found[0] >= ALIKE else None


def sketched(store: Store, host: str, role: str, body_id: int, sketch: bytes) -> None:
    """Keeps the sketch of a keyframe that has none yet. Call inside a transaction."""
    store.conn.execute("UPDATE keyframes SET sketch = ? WHERE host = ? AND role = ? AND body_id = ?", (sketch, host, role, body_id))


def used(store: Store, host: str, role: str, body_id: int, by: int) -> None:
    """Body `by` was packed against this keyframe. Call inside a transaction."""
    store.conn.execute("UPDATE keyframes SET used_by = ? WHERE host = ? AND role = ? AND body_id = ?", (by, host, role, body_id))


def add(store: Store, host: str, role: str, body_id: int, sketch: bytes, *, used_by: int) -> None:
    """A new keyframe; beyond MOST the one goes that was not used for longest: its body stays, and what stands on it.

    Call inside a transaction.
    """
    store.conn.execute(
        "INSERT OR REPLACE INTO keyframes (host, role, body_id, sketch, used_by) VALUES (?, ?, ?, ?, ?)",
        (host, role, body_id, sketch, used_by),
    )
    store.conn.execute(
        "DELETE FROM keyframes WHERE host = :host AND role = :role AND body_id IN (SELECT body_id FROM keyframes"
        " WHERE host = :host AND role = :role ORDER BY used_by DESC, body_id DESC LIMIT -1 OFFSET :most)",
        {"host": host, "role": role, "most": MOST},
    )


def drop(store: Store, body_id: int) -> None:
    """A body that is no base any more. Call inside a transaction."""
    store.conn.execute("DELETE FROM keyframes WHERE body_id = ?", (body_id,))
