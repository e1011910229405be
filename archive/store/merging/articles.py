"""A page with all that was fetched and read of it. Where both archives have visited it, its visits interleave by time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from archive.keys import quiet_text
from archive.store import changes, pages, readings, stories, tombstones
from archive.store.merging import exchanges, order, payloads
from archive.store.merging.theirs import Merge, rows_of
from archive.times import iso


@dataclass(frozen=True, slots=True)
class _Page:
    """One page on its way in."""

    row: dict[str, Any]  # theirs, of pages
    ours: int
    met: bool  # we knew it before
    before: str  # when we had asked for it last; '' never
    captures: int  # that came now


def bring(merge: Merge, theirs: int) -> None:
    """One page of theirs with its other addresses: what one of them brought may be another one's article. Call inside a transaction."""
    merge.seen.clear()
    rows = rows_of(merge.other, "SELECT * FROM pages WHERE id = ?1 OR same_as = ?1 ORDER BY id", theirs)
    together = [page for row in rows if (page := _page(merge, row)) is not None]
    new = frozenset(capture_id for page in together for capture_id in _unread(merge, page))
    for page in together:
        _articles(merge, page, new)
    read = {page.ours: _readings(merge, page, new) for page in together}
    for page in together:
        if page.met:
            _stand(merge, page)
        if page.captures and page.before:
            merge.mixed.add(page.ours)
            if order.captures_of(merge.store.conn, page.ours):
                _follow(merge, page)
        if page.captures or read[page.ours]:
            if page.met:
                _join(merge, page.ours)
            readings.number(merge.store, page.ours)
            changes.follow(merge.store, page.ours, None)
            _see_to(merge, page.ours)
        if page.ours in merge.mixed:
            _read_again(merge, page.ours)


def _page(merge: Merge, row: dict[str, Any]) -> _Page | None:
    """The page's row and its captures; None where it was taken down here."""
    outlet_id = merge.outlets.get(row["outlet_id"])
    if outlet_id is None or merge.is_buried(tombstones.page(row["key"])):
        if outlet_id is not None:
            merge.leave_out("taken down here: a page")
        return None
    ours = pages.find(merge.store, row["key"])
    met = ours is not None
    before = str(merge.ours("SELECT max(fetched_at) FROM captures WHERE page_id = ?", ours) or "")
    if ours is None:
        kept = {"outlet_id": outlet_id, "feed_id": merge.feeds.get(row["feed_id"]), "capture_id": None, "same_as": None}
        ours = merge.insert("pages", {name: value for name, value in row.items() if name != "id"} | kept)
    merge.note("pages", row["id"], ours)
    return _Page(row, ours, met, before, exchanges.bring(merge, "page_id = ?", row["id"], page_id=ours))


def _follow(merge: Merge, page: _Page) -> None:
    """After captures have changed their ids: what is still to come of theirs finds them again."""
    merge.store.conn.executemany(
        "UPDATE captures_as SET ours = coalesce((SELECT new FROM moved WHERE old = ours), ours) WHERE theirs = ?",
        merge.theirs("SELECT id FROM captures WHERE page_id = ?", page.row["id"]),
    )


def _unread(merge: Merge, page: _Page) -> Iterator[int]:
    """Our captures that they have read and we have not."""
    sql = "SELECT r.capture_id FROM captures c JOIN readings r ON r.capture_id = c.id WHERE c.page_id = ?"
    for (theirs,) in merge.theirs(sql, page.row["id"]):
        ours = merge.as_ours("captures", theirs)
        if ours is not None and merge.ours("SELECT 1 FROM readings WHERE capture_id = ?", ours) is None:
            yield ours


def _readings(merge: Merge, page: _Page, new: frozenset[int]) -> int:
    """What they have read of it, and we have not; gives back how many. Captures that nobody has read wait to be."""
    read = 0
    sql = "SELECT r.* FROM captures c JOIN readings r ON r.capture_id = c.id WHERE c.page_id = ? ORDER BY c.id"
    for row in rows_of(merge.other, sql, page.row["id"]):
        capture_id = merge.as_ours("captures", row["capture_id"])
        if capture_id not in new:
            continue
        row |= {
            "capture_id": capture_id, "article_id": _standing(merge, row["article_id"]), "run_id": merge.run(row["run_id"]),
            "same_as": merge.as_ours("captures", row["same_as"]),
            "furniture": 0,  # each archive has versions of its own: read by none, it is read again where ours knows any
        }  # fmt: skip
        merge.insert("readings", row)
        merge.store.conn.execute("DELETE FROM clean_queue WHERE capture_id = ?", (capture_id,))
        read += 1
    _walls(merge, page.row["id"], page.ours)
    _wait(merge, page.row["id"])
    return read


def _standing(merge: Merge, theirs: int | None) -> int | None:
    """Our article for theirs, unless it was joined with another one meanwhile."""
    return merge.ours("SELECT id FROM articles WHERE id = ?", merge.as_ours("articles", theirs))  # type: ignore[no-any-return]


def _articles(merge: Merge, page: _Page, new: frozenset[int]) -> None:
    for row in rows_of(merge.other, "SELECT * FROM articles WHERE page_id = ? ORDER BY id", page.row["id"]):
        capture_id = merge.as_ours("captures", row["capture_id"])
        if capture_id is None:
            continue
        known = merge.ours("SELECT id FROM articles WHERE capture_id = ?", capture_id)
        if known is None and capture_id not in new:  # we read it otherwise: as an earlier revision, or as none
            known = merge.ours("SELECT article_id FROM readings WHERE capture_id = ?", capture_id)
        elif known is None:
            known = _insert(merge, row, page.ours, capture_id)
        if known is not None:
            merge.note("articles", row["id"], int(known))


def _insert(merge: Merge, row: dict[str, Any], page_id: int, capture_id: int) -> int:
    theirs = int(row["id"])
    outlet = merge.ours("SELECT o.code FROM pages p JOIN outlets o ON o.id = p.outlet_id WHERE p.id = ?", page_id)
    article_id = readings.next_id(merge.store)
    own = {"id": article_id, "page_id": page_id, "capture_id": capture_id, "story_id": None, "revision": -capture_id, "is_latest": 0}
    merge.insert("articles", row | own | {"outlet": outlet})
    merge.store.conn.execute(
        "INSERT INTO grouping_turns (place, article_id) SELECT coalesce(max(place), 0) + 1, ? FROM grouping_turns", (article_id,)
    )
    for (data,) in merge.theirs("SELECT data FROM markdown WHERE article_id = ?", theirs):
        merge.insert("markdown", {"article_id": article_id, "data": data})
    for credit in rows_of(merge.other, "SELECT * FROM credits WHERE article_id = ?", theirs):
        merge.insert("credits", credit | {"article_id": article_id})
    for (pruning_id,) in merge.theirs("SELECT pruning_id FROM pruned_texts WHERE article_id = ?", theirs):
        merge.insert("pruned_texts", {"article_id": article_id, "pruning_id": payloads.pruning(merge, pruning_id)})
    return article_id


def _walls(merge: Merge, theirs: int, ours: int) -> None:
    for capture_id, kind in merge.theirs("SELECT capture_id, kind FROM walls WHERE page_id = ?", theirs):
        known = merge.as_ours("captures", capture_id)
        if known is not None and merge.ours("SELECT 1 FROM walls WHERE capture_id = ?", known) is None:
            merge.insert("walls", {"capture_id": known, "page_id": ours, "kind": kind})


def _wait(merge: Merge, theirs: int) -> None:
    sql = "SELECT q.capture_id, q.again FROM clean_queue q JOIN captures c ON c.id = q.capture_id WHERE c.page_id = ?"
    for capture_id, again in merge.theirs(sql, theirs):
        ours = merge.as_ours("captures", capture_id)
        if ours is not None and merge.ours("SELECT 1 FROM readings WHERE capture_id = ?", ours) is None:
            merge.store.conn.execute("INSERT OR IGNORE INTO clean_queue (capture_id, again) VALUES (?, ?)", (ours, again))


_LATER = ("state", "attempts", "next_try_at", "status", "error", "removed_at", "recheck_at", "etag", "last_modified")  # of the last visit


def _stand(merge: Merge, page: _Page) -> None:
    """How fetching it stands: as the archive says that visited it last. Where all of their visits were here, it stands as it does."""
    row = {**page.row, "ours": page.ours, "feed": merge.feeds.get(page.row["feed_id"])}
    merge.store.conn.execute(
        "UPDATE pages SET first_seen_at = min(first_seen_at, :first_seen_at), feed_id = coalesce(feed_id, :feed) WHERE id = :ours", row
    )
    if not page.captures:
        return
    theirs_last = merge.theirs("SELECT coalesce(max(fetched_at), '') FROM captures WHERE page_id = ?", page.row["id"])[0][0]
    if theirs_last > page.before:
        sets = ", ".join(f"{name} = :{name}" for name in _LATER)
        merge.store.conn.execute(f"UPDATE pages SET {sets} WHERE id = :ours", row)  # noqa: S608 - our own names
    merge.store.conn.execute(
        "UPDATE pages SET checks = max(checks, :checks),"
        " stored_at = min(coalesce(stored_at, :stored_at), coalesce(:stored_at, stored_at)),"
        " alive_at = max(coalesce(alive_at, :alive_at), coalesce(:alive_at, alive_at)) WHERE id = :ours",
        row,
    )


def _join(merge: Merge, page_id: int) -> None:
    """Neighbours in time that say the same are one revision: that of the first capture, under the id that we know longest."""
    conn = merge.store.conn
    sql = "SELECT id, capture_id, story_id, text_digest, headline FROM articles WHERE page_id = ? ORDER BY capture_id"
    before: tuple[Any, ...] | None = None
    for row in conn.execute(sql, (page_id,)).fetchall():
        if before is None or row[3] != before[3] or quiet_text(row[4] or "") != quiet_text(before[4] or ""):
            before = row
            continue
        stays, goes = sorted((before, row))
        conn.execute("UPDATE readings SET article_id = ? WHERE article_id = ?", (stays[0], goes[0]))
        for table in ("markdown", "pruned_texts", "grouping_turns", "credits", "changes", "copies"):
            conn.execute(f"DELETE FROM {table} WHERE article_id = ?", (goes[0],))  # noqa: S608 - our own names
        conn.execute("DELETE FROM articles WHERE id = ?", (goes[0],))
        stories.leave(merge.store, goes[2], goes[0], goes[3])
        conn.execute("UPDATE articles SET capture_id = ? WHERE id = ?", (before[1], stays[0]))
        before = (stays[0], before[1], stays[2], stays[3], stays[4])
        merge.counts["articles"] -= 1


def _see_to(merge: Merge, page_id: int) -> None:
    """The page's last good capture, and when its first revision was seen; a page of which nothing good came is fetched again."""
    conn = merge.store.conn
    conn.execute(
        "UPDATE pages SET capture_id = coalesce((SELECT max(c.id) FROM captures c WHERE c.page_id = pages.id AND c.verdict = 'stored'"
        " AND c.part_of IS NULL AND c.body_id IS NOT NULL AND c.id NOT IN (SELECT w.capture_id FROM walls w WHERE w.page_id = pages.id)),"
        " capture_id) WHERE id = ?",
        (page_id,),
    )
    conn.execute(
        "UPDATE pages SET state = 'stored' WHERE id = ? AND capture_id IS NOT NULL AND state NOT IN ('stored', 'gone')"
        " AND EXISTS (SELECT 1 FROM articles WHERE page_id = pages.id AND text <> '')",
        (page_id,),
    )
    conn.execute(
        "UPDATE pages SET state = 'failed', error = 'its bytes were damaged in the archive that it came from', next_try_at = ?"
        " WHERE id = ? AND state = 'stored' AND capture_id IS NULL AND same_as IS NULL",
        (iso(merge.now), page_id),
    )
    conn.execute(
        "UPDATE articles SET first_seen_at = (SELECT first_seen_at FROM pages WHERE id = page_id) WHERE page_id = ? AND revision = 1",
        (page_id,),
    )


def _read_again(merge: Merge, page_id: int) -> None:
    """Lets `wirecopy clean` read anew what both archives have visited: each revision is one by what was read before it."""
    merge.store.conn.execute(
        "INSERT OR IGNORE INTO clean_queue (capture_id, again) SELECT r.capture_id, 1 FROM captures c JOIN bodies b ON b.id = c.body_id"
        " JOIN readings r ON r.capture_id = c.id WHERE c.page_id = ? AND r.same_as IS NULL AND length(b.data) > 0"
        " AND (r.article_id IS NULL OR r.article_id NOT IN (SELECT article_id FROM pruned_texts))",
        (page_id,),
    )
