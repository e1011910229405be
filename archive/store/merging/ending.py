"""What is known only when all is there: other addresses of pages, keyframes, counted articles, stories."""

from __future__ import annotations

import json

from archive.store import stories
from archive.store.connect import Store
from archive.store.merging.theirs import Merge
from archive.times import iso


def addresses(merge: Merge) -> None:
    """Pages that are other addresses of one. One that we have read as a page of its own stays that, until it is read anew."""
    for theirs, home, capture_id in merge.theirs("SELECT id, same_as, capture_id FROM pages WHERE same_as IS NOT NULL ORDER BY id"):
        ours, its_home = merge.as_ours("pages", theirs), merge.as_ours("pages", home)
        if ours is None or its_home is None:
            continue
        its_home = int(merge.ours("SELECT coalesce(same_as, id) FROM pages WHERE id = ?", its_home))
        merge.store.conn.execute(
            "UPDATE pages SET same_as = ?1, capture_id = coalesce(capture_id, ?3) WHERE id = ?2 AND id <> ?1 AND same_as IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM articles WHERE page_id = ?2) AND NOT EXISTS (SELECT 1 FROM pages WHERE same_as = ?2)",
            (its_home, ours, merge.as_ours("captures", capture_id)),
        )


_KEYFRAMES = """SELECT k.host, k.role, k.sketch, b.sha256, n.sha256 FROM keyframes k JOIN bodies b ON b.id = k.body_id
LEFT JOIN bodies n ON n.id = k.used_by ORDER BY k.used_by DESC"""
_KNOWN = "SELECT count(*) FROM keyframes WHERE host = ? AND role = ?"


_ELSEWHERE = """SELECT r.capture_id, r.article_id FROM readings r JOIN captures c ON c.id = r.capture_id
JOIN articles a ON a.id = r.article_id WHERE a.page_id <> c.page_id"""


def readings(merge: Merge) -> None:
    """Captures that were read as another page's article, which may have come after them."""
    for capture_id, article_id in merge.theirs(_ELSEWHERE):
        ours, its_article = merge.as_ours("captures", capture_id), merge.as_ours("articles", article_id)
        merge.store.conn.execute(
            "UPDATE readings SET article_id = ?1 WHERE capture_id = ?2 AND article_id IS NULL AND reason IS NULL"
            " AND EXISTS (SELECT 1 FROM articles WHERE id = ?1)",
            (its_article, ours),
        )


def keyframes(merge: Merge) -> None:
    """Of hosts that have none here. Where no body came they stay away: what is here has been packed without them."""
    if not merge.counts["bodies"]:
        return
    kinds: dict[tuple[str, str], bool] = {}
    for host, role, sketch, sha256, newest in merge.theirs(_KEYFRAMES):
        if not kinds.setdefault((host, role), merge.ours(_KNOWN, host, role) == 0):
            continue
        body_id = merge.ours("SELECT id FROM bodies WHERE sha256 = ? AND codec = 'zstd'", sha256)
        if body_id is not None:
            used_by = merge.ours("SELECT id FROM bodies WHERE sha256 = ?", newest) or body_id
            merge.insert("keyframes", {"host": host, "role": role, "body_id": body_id, "sketch": sketch, "used_by": used_by})


def count_articles(merge: Merge) -> None:
    """An outlet's furniture is learned after so many: those that came are counted, once."""
    if not merge.counts["articles"]:
        return
    merge.store.conn.executemany(
        "INSERT INTO furnishings (outlet_id, articles) SELECT ?1, count(*) FROM articles a JOIN pages p ON p.id = a.page_id"
        " WHERE p.outlet_id = ?1 HAVING count(*) > 0 ON CONFLICT DO UPDATE SET articles = max(articles, excluded.articles)",
        [(outlet_id,) for outlet_id in merge.outlets.values()],
    )


def begin(store: Store, *, identity: str | None, path: str, now: str) -> int:
    """A row of merges. Call inside a transaction."""
    sql = "INSERT INTO merges (started_at, identity, path) VALUES (?, ?, ?) RETURNING id"
    return int(store.conn.execute(sql, (now, identity, path)).fetchone()[0])


def finish(merge: Merge, merge_id: int) -> bool:
    """Closes its row, and lets stories be told anew where articles came; False where nothing came: then it leaves no row."""
    conn = merge.store.conn
    came = {table: count for table, count in sorted(merge.counts.items()) if count > 0}
    stopped = conn.execute("SELECT 1 FROM merges WHERE finished_at IS NULL AND id <> ?", (merge_id,)).fetchone()
    if not came:
        conn.execute("DELETE FROM merges WHERE id = ?", (merge_id,))
    else:
        conn.execute(
            "UPDATE merges SET finished_at = ?, counts = ?, left_out = ? WHERE id = ?",
            (iso(merge.now), json.dumps(came), json.dumps(merge.left_out, ensure_ascii=False), merge_id),
        )
    if merge.counts["articles"] or merge.mixed or stopped:
        conn.execute("UPDATE merges SET finished_at = coalesce(finished_at, ?)", (iso(merge.now),))
        stories.begin_anew(merge.store)
    return bool(came)
