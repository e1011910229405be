"""From which files their captures were imported: an import that one of both archives has made is not made again."""

from __future__ import annotations

from typing import Any

from archive.store.merging.theirs import Merge, rows_of

_SAME = "SELECT id FROM imports WHERE sha256 = ? AND format = ? AND outlet = ?"


def bring(merge: Merge, theirs: int, ours: int) -> None:
    """What is known of the origin of a capture that came. Call inside a transaction."""
    for row in rows_of(merge.other, "SELECT * FROM imported WHERE capture_id = ?", theirs):
        merge.insert("imported", row | {"capture_id": ours, "import_id": _import(merge, row["import_id"])})


def _import(merge: Merge, theirs: int) -> int:
    (row,) = rows_of(merge.other, "SELECT * FROM imports WHERE id = ?", theirs)
    known: Any = merge.ours(_SAME, row["sha256"], row["format"], row["outlet"])
    if known is not None:
        return int(known)
    del row["id"]
    return merge.insert("imports", row | {"run_id": merge.run(row["run_id"])})
