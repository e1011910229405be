"""What feeds said: their documents, polls and entries, feed by feed; then what is of no page and no feed, and backfill."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from archive.keys import url_key
from archive.store import tombstones
from archive.store.merging import exchanges, order, payloads
from archive.store.merging.theirs import Merge, rows_of
from archive.store.needles import needles

FEW = 200  # rows in one transaction

Transaction = Callable[[], AbstractContextManager[Any]]


def bring_feed(merge: Merge, theirs: int, ours: int, transaction: Transaction) -> None:
    """All of one feed, in several transactions."""
    merge.seen.clear()
    polled = merge.ours("SELECT EXISTS (SELECT 1 FROM polls WHERE feed_id = ?)", ours)
    new_before = merge.counts["polls"] + merge.counts["entries"]
    url = merge.theirs("SELECT url FROM feeds WHERE id = ?", theirs)[0][0]
    buried = _buried(merge, theirs, url)
    _portions(
        merge,
        "captures",
        "role = 'feed' AND feed_id = ?",
        theirs,
        transaction,
        lambda where, *of: exchanges.bring(merge, where, *of, buried=buried),
    )
    _portions(merge, "polls", "feed_id = ?", theirs, transaction, lambda where, *of: _polls(merge, ours, where, *of))
    _portions(merge, "entries", "feed_id = ?", theirs, transaction, lambda where, *of: _entries(merge, ours, url, where, *of))
    if polled and merge.counts["polls"] + merge.counts["entries"] > new_before:
        with transaction():
            order.polls_and_entries_of(merge.store.conn, ours)


def bring_rest(merge: Merge, transaction: Transaction) -> None:
    """robots.txt and what else is of no page and no feed; what backfill has read."""
    merge.seen.clear()
    _portions(
        merge,
        "captures",
        "page_id IS NULL AND (role <> 'feed' OR feed_id IS NULL) AND id > ?",
        0,
        transaction,
        lambda where, *of: exchanges.bring(merge, where, *of),
    )
    with transaction():
        for row in rows_of(merge.other, "SELECT * FROM backfill ORDER BY id"):
            outlet_id = merge.outlets.get(row["outlet_id"])
            key = (outlet_id, row["url"], row["since"], row["until"])
            same = "SELECT 1 FROM backfill WHERE outlet_id = ? AND url = ? AND since = ? AND until = ?"
            if outlet_id is not None and merge.ours(same, *key) is None:
                del row["id"]
                merge.insert("backfill", row | {"outlet_id": outlet_id, "feed_id": merge.feeds.get(row["feed_id"])})


def _portions(
    merge: Merge, table: str, where: str, of: int, transaction: Transaction, bring: Callable[..., object]
) -> None:  # fmt: skip
    """Their rows of which `where` is true, few at a time, in the order of their ids."""
    after = 0
    while True:
        last = merge.theirs(f"SELECT max(id) FROM (SELECT id FROM {table} WHERE {where} AND id > ? ORDER BY id LIMIT ?)", of, after, FEW)  # noqa: S608
        if last[0][0] is None:
            return
        with transaction():
            bring(f"{where} AND id > ? AND id <= ?", of, after, last[0][0])
        after = last[0][0]


def _buried(merge: Merge, theirs: int, url: str) -> frozenset[bytes]:
    """What a document of this feed has where it names what was taken down here."""
    if merge.ours("SELECT 1 FROM tombstone_keys LIMIT 1") is None:
        return frozenset()
    said = merge.theirs("SELECT identity, url, guid, title FROM entries WHERE feed_id = ?", theirs)
    return needles(row[1:] for row in said if _is_buried(merge, url, row[0], row[1]))


def _is_buried(merge: Merge, feed: str, identity: int, url: str) -> bool:
    return merge.is_buried(tombstones.entry(feed, identity), tombstones.page(url_key(url)))


def _polls(merge: Merge, feed_id: int, where: str, *of: int) -> None:
    for row in rows_of(merge.other, f"SELECT * FROM polls WHERE {where} ORDER BY id", *of):  # noqa: S608 - our own words
        theirs = row.pop("id")
        row |= {"feed_id": feed_id, "capture_id": merge.as_ours("captures", row["capture_id"])}
        key = (row["polled_at"], feed_id, row["outcome"])
        known = merge.store.conn.execute(
            "SELECT p.id FROM met_polls m JOIN polls p ON p.id = m.id WHERE m.at = ? AND p.feed_id = ? AND p.outcome = ? ORDER BY p.id",
            key,
        )
        ours = merge.nth([int(one[0]) for one in known], ("poll", *key))
        if ours is None:
            ours = merge.insert("polls", row | {"run_id": merge.run(row["run_id"])})
            merge.store.conn.execute("INSERT INTO met_polls VALUES (?, ?)", (row["polled_at"], ours))
            for gap in rows_of(merge.other, "SELECT * FROM gaps WHERE poll_id = ?", theirs):
                merge.insert("gaps", gap | {"poll_id": ours})
        merge.note("polls", theirs, ours)


def _entries(merge: Merge, feed_id: int, feed: str, where: str, *of: int) -> None:
    for row in rows_of(merge.other, f"SELECT * FROM entries WHERE {where} ORDER BY id", *of):  # noqa: S608 - our own words
        if _is_buried(merge, feed, row["identity"], row["url"]):
            continue
        theirs, poll_id = row.pop("id"), merge.as_ours("polls", row["poll_id"])
        known = merge.store.conn.execute(
            "SELECT id, first_seen_at FROM entries WHERE feed_id = ? AND identity = ? AND digest = ?",
            (feed_id, row["identity"], row["digest"]),
        ).fetchone()
        if known is None:
            content = payloads.bring(merge, row["content_id"], url="", role="page")
            row |= {"feed_id": feed_id, "poll_id": poll_id, "page_id": merge.as_ours("pages", row["page_id"]), "content_id": content}
            ours = merge.insert("entries", row)
            for terms in rows_of(merge.other, "SELECT * FROM terms WHERE entry_id = ?", theirs):
                merge.insert("terms", terms | {"entry_id": ours})
        elif row["first_seen_at"] < known[1]:
            merge.store.conn.execute(
                "UPDATE entries SET first_seen_at = ?, poll_id = ? WHERE id = ?", (row["first_seen_at"], poll_id, known[0])
            )
