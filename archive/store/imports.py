"""Imports: which files were read, how far, and what came of them."""

from __future__ import annotations

from dataclasses import dataclass

from archive.store.connect import Store


@dataclass(frozen=True, slots=True)
class Import:
    """How the reading of one file stands."""

    id: int
    offset: int  # all before it is in
    finished: bool


@dataclass(slots=True)
class Counts:
    """What came of a file, or of some."""

    captures: int = 0  # new ones
    pages: int = 0  # of these, pages that are to be read
    known: int = 0  # exchanges that the archive has
    older: int = 0  # of the new ones, visits before one that was read already: kept, and not read
    left_out: int = 0
    broken: int = 0

    def add(self, other: Counts) -> None:
        for name in ("captures", "pages", "known", "older", "left_out", "broken"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def begin(store: Store, run_id: int, *, name: str, kind: str, sha256: str, outlet: str) -> Import:
    """The file's row, made if it was not read before: where to go on."""
    with store.transaction() as conn:
        conn.execute(
            "INSERT INTO imports (name, format, sha256, outlet, run_id, offset, captures, known, left_out, broken)"
            " VALUES (?, ?, ?, ?, ?, 0, 0, 0, 0, 0) ON CONFLICT (sha256, format, outlet) DO UPDATE SET run_id = excluded.run_id",
            (name, kind, sha256, outlet, run_id),
        )
        row = conn.execute(
            "SELECT id, offset, finished_at IS NOT NULL FROM imports WHERE (sha256, format, outlet) = (?, ?, ?)", (sha256, kind, outlet)
        ).fetchone()
    return Import(int(row[0]), int(row[1]), bool(row[2]))


def again(store: Store, import_id: int) -> None:
    """Reads a file from its beginning once more. Call inside a transaction."""
    store.conn.execute("UPDATE imports SET offset = 0, finished_at = NULL WHERE id = ?", (import_id,))


def move(store: Store, import_id: int, *, offset: int, counts: Counts, finished_at: str | None = None) -> None:
    """All before `offset` is in. Call inside the transaction that brought it."""
    store.conn.execute(
        "UPDATE imports SET offset = ?, captures = captures + ?, known = known + ?, left_out = left_out + ?, broken = broken + ?,"
        " finished_at = coalesce(?, finished_at) WHERE id = ?",
        (offset, counts.captures, counts.known, counts.left_out, counts.broken, finished_at, import_id),
    )


def plan_no_fetch(store: Store, run_id: int) -> None:
    """Pages that an import alone has brought are not fetched: also where a reading of them asks for another try. In a transaction."""
    store.conn.execute(
        "UPDATE pages SET next_try_at = NULL, recheck_at = NULL WHERE next_try_at IS NOT NULL AND id IN ("
        " SELECT c.page_id FROM captures c WHERE c.run_id = ?1 AND c.page_id IS NOT NULL AND NOT EXISTS ("
        " SELECT 1 FROM captures o LEFT JOIN imported i ON i.capture_id = o.id WHERE o.page_id = c.page_id AND i.capture_id IS NULL))",
        (run_id,),
    )
