"""What all else hangs on: outlets and feeds by their names, runs by what they say of themselves, tombstones, furniture."""

from __future__ import annotations

from typing import Any

from archive.store import tombstones
from archive.store.merging.theirs import Merge, rows_of


def bring(merge: Merge) -> None:
    """Call inside a transaction."""
    _tombstones(merge)
    _outlets(merge)
    _feeds(merge)
    _runs(merge)
    _furniture(merge)


def _tombstones(merge: Merge) -> None:
    """What was taken down there never comes in here either; what stands here already is told of, and left to a person."""
    came: set[bytes] = set()
    for row in rows_of(merge.other, "SELECT * FROM tombstones ORDER BY id"):
        row["last_article_id"] = 0  # ids are the other archive's own
        digests = [bytes(one[0]) for one in merge.theirs("SELECT digest FROM tombstone_keys WHERE tombstone_id = ?", row.pop("id"))]
        new = [digest for digest in digests if not merge.is_buried(digest)]
        if not new:
            continue
        ours = tombstones.of(merge.store, *digests)
        tombstones.add(merge.store, merge.insert("tombstones", row) if ours is None else ours, new)
        merge.counts["tombstone_keys"] += len(new)
        came |= set(new)
    if came:
        for key, url in merge.store.conn.execute("SELECT key, url FROM pages"):
            if tombstones.page(key) in came:
                merge.leave_out(f"taken down there, and kept here: `wirecopy forget {url}`")


def _outlets(merge: Merge) -> None:
    for row in rows_of(merge.other, "SELECT * FROM outlets ORDER BY id"):
        theirs = row.pop("id")
        if merge.is_buried(tombstones.outlet(row["code"])):
            merge.leave_out(f"taken down here: outlet {row['code']}")
            continue
        ours = merge.ours("SELECT id FROM outlets WHERE code = ?", row["code"])
        # Whether it is crawled here is for sources.toml to say.
        merge.outlets[theirs] = merge.insert("outlets", row | {"active": 0}) if ours is None else ours


def _feeds(merge: Merge) -> None:
    for row in rows_of(merge.other, "SELECT * FROM feeds ORDER BY id"):
        theirs, outlet_id = row.pop("id"), merge.outlets.get(row["outlet_id"])
        if outlet_id is None:
            continue
        ours = merge.ours("SELECT id FROM feeds WHERE url = ?", row["url"])
        if ours is None:
            row |= {"outlet_id": outlet_id, "active": 0, "lease_run_id": None, "lease_until": None, "last_run_id": None}
            ours = merge.insert("feeds", row)
        merge.feeds[theirs] = ours


def _runs(merge: Merge) -> None:
    """Two runs are one where they began and ended in the same second and counted the same.

    One that we do not have comes with the first exchange or poll of it: where we have them all, of another run (they were imported), it
    stays away. One that has none comes at once.
    """
    known = _by_beginning(merge)
    for row in rows_of(merge.other, "SELECT * FROM runs ORDER BY id"):
        theirs = row.pop("id")
        if row["status"] == "running":  # there; here it will never end
            row |= {"status": "crashed", "error": "ended by force"}
        key = (row["started_at"], row["trigger"], row["software"], row["finished_at"], row["summary"])
        ours = merge.nth(known.get(key, []), ("run", *key))
        if ours is not None:
            merge.runs[theirs] = ours
        elif merge.theirs(_HAS_ANY, theirs)[0][0]:
            merge.new_runs[theirs] = row
        else:
            merge.runs[theirs] = merge.insert("runs", row)


_HAS_ANY = "SELECT EXISTS (SELECT 1 FROM captures WHERE run_id = ?1) OR EXISTS (SELECT 1 FROM polls WHERE run_id = ?1)"


def _by_beginning(merge: Merge) -> dict[tuple[Any, ...], list[int]]:
    known: dict[tuple[Any, ...], list[int]] = {}
    for run_id, *key in merge.store.conn.execute("SELECT id, started_at, trigger, software, finished_at, summary FROM runs ORDER BY id"):
        known.setdefault(tuple(key), []).append(run_id)
    return known


def _furniture(merge: Merge) -> None:
    """Lines that either knows are known then; a page that was read without them is read anew by `wirecopy clean`."""
    for theirs, ours in merge.outlets.items():
        version = int(merge.ours("SELECT version FROM furnishings WHERE outlet_id = ?", ours) or 0) + 1
        new = 0
        for row in rows_of(merge.other, "SELECT * FROM furniture WHERE outlet_id = ?", theirs):
            where = (ours, row["host"], row["key"])
            if merge.ours("SELECT 1 FROM furniture WHERE outlet_id = ? AND host = ? AND key = ?", *where) is None:
                merge.insert("furniture", row | {"outlet_id": ours, "version": version})
                new += 1
        if new:
            merge.store.conn.execute(
                "INSERT INTO furnishings (outlet_id, articles, version) VALUES (?, 0, ?)"
                " ON CONFLICT DO UPDATE SET version = excluded.version",
                (ours, version),
            )
