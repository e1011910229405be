"""Captures with their heads and bodies. Two are one where page or feed, address, time to the second, status and payload are the same.

Neither their run nor their milliseconds count: an archive that was written to a WARC file and imported has an import's runs, and files
of others have seconds.
"""

from __future__ import annotations

from typing import Any

from archive.keys import url_key
from archive.store import tombstones
from archive.store.merging import payloads, provenance
from archive.store.merging.theirs import Merge, rows_of

# Where one of both has no payload, what came over the wire has to be the same: a body may be missing, since it was damaged.
_ALIKE = """SELECT c.id FROM met_captures m JOIN captures c ON c.id = m.id LEFT JOIN bodies b ON b.id = c.body_id
WHERE m.at = ?1 AND c.role = ?2 AND c.url = ?3 AND c.page_id IS ?4 AND (c.role <> 'feed' OR c.feed_id IS ?5) AND c.status IS ?6
AND (b.sha256 IS ?7 OR (b.sha256 IS NULL OR ?7 IS NULL) AND c.wire_sha1 IS ?8) ORDER BY b.sha256 IS ?7 DESC, c.id"""


def bring(merge: Merge, where: str, *values: object, page_id: int | None = None, buried: frozenset[bytes] = frozenset()) -> int:
    """Brings their captures of which `where` is true, in their order; gives back how many were new. Call inside a transaction.

    `page_id`: our page that they belong to.
    """
    rows = rows_of(merge.other, f"SELECT * FROM captures WHERE {where} ORDER BY id", *values)  # noqa: S608 - our own words
    return sum(_one(merge, row, page_id, buried) for row in rows)


def _one(merge: Merge, row: dict[str, Any], page_id: int | None, buried: frozenset[bytes]) -> bool:
    theirs = row.pop("id")
    if row["feed_id"] is not None and row["feed_id"] not in merge.feeds and row["role"] == "feed":
        return False
    if row["role"] == "page" and merge.is_buried(tombstones.page(url_key(row["url"]))):
        return False
    row |= {"feed_id": merge.feeds.get(row["feed_id"]), "page_id": page_id}
    digest = merge.theirs("SELECT sha256 FROM bodies WHERE id = ?", row["body_id"])
    key = (
        row["fetched_at"][:19], row["role"], row["url"], page_id, row["feed_id"], row["status"], digest[0][0] if digest else None,
        row["wire_sha1"],
    )  # fmt: skip
    known = [int(one[0]) for one in merge.store.conn.execute(_ALIKE, key)]
    ours = merge.nth(known, ("capture", *key))
    if ours is not None:
        merge.note("captures", theirs, ours)
        _mend(merge, ours, row)
        return False
    merge.note("captures", theirs, _insert(merge, theirs, row, buried))
    return True


def _role(row: dict[str, Any]) -> str:
    return str(row["role"]) if row["role"] != "page" or row["verdict"] in ("stored", "part") else "other"


def _insert(merge: Merge, theirs: int, row: dict[str, Any], buried: frozenset[bytes]) -> int:
    body_id = payloads.bring(merge, row["body_id"], url=row["url"], role=_role(row), buried=buried)
    if body_id is None and row["body_id"] is not None:
        row["error"] = row["error"] or "its body was damaged in the archive that it came from"
    row |= {name: merge.as_ours("captures", row[name]) for name in ("redirected_from", "revisit_of", "part_of")}
    if row["revisit_of"] is None:
        row["revisit_profile"] = None
    ours = merge.insert("captures", row | {"body_id": body_id, "run_id": merge.run(row["run_id"])})
    merge.store.conn.execute("INSERT INTO met_captures VALUES (?, ?)", (row["fetched_at"][:19], ours))
    for request, response in merge.theirs("SELECT request, response FROM capture_heads WHERE capture_id = ?", theirs):
        merge.insert("capture_heads", {"capture_id": ours, "request": request, "response": response})
    provenance.bring(merge, theirs, ours)
    return ours


def _mend(merge: Merge, ours: int, row: dict[str, Any]) -> None:
    """A body that came damaged from one archive may come whole from another."""
    if row["body_id"] is None or merge.ours("SELECT body_id FROM captures WHERE id = ?", ours) is not None:
        return
    body_id = payloads.bring(merge, row["body_id"], url=row["url"], role=_role(row))
    if body_id is not None:
        merge.store.conn.execute("UPDATE captures SET body_id = ?, error = ? WHERE id = ?", (body_id, row["error"], ours))
