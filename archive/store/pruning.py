"""What a policy would take: old raw bytes that nothing newer needs, old texts. Lists it in TEMP tables, and takes it a few at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from archive.store import emptying
from archive.store.connect import Store
from archive.times import iso, iso_ms

FEW = 100  # bodies or texts that go in one transaction


@dataclass(frozen=True, slots=True)
class Policy:
    """What goes. Times are those of captures (raw) and of first sight (text); None: nothing of the kind goes."""

    raw_before: datetime | None = None
    text_before: datetime | None = None  # takes their raw bytes as well: the text stands in them
    outlets: frozenset[str] | None = None  # codes; None: of all
    keep_latest: bool = False  # of each page the last good visit's bytes stay, however old

    @property
    def raw_until(self) -> datetime | None:
        """Bytes received before then go."""
        return max(filter(None, (self.raw_before, self.text_before)), default=None)


@dataclass(frozen=True, slots=True)
class Share:
    """What goes of one outlet. Sizes in bytes: of the payloads, and of what they take in the file."""

    outlet: str  # '': of none, or shared
    bodies: int
    payload: int
    stored: int
    texts: int


_TABLES = """
DROP TABLE IF EXISTS temp.these_outlets; DROP TABLE IF EXISTS temp.going; DROP TABLE IF EXISTS temp.going_texts;
CREATE TEMP TABLE these_outlets (id INTEGER PRIMARY KEY);
CREATE TEMP TABLE going (body_id INTEGER PRIMARY KEY, outlet TEXT NOT NULL);
CREATE TEMP TABLE going_texts (article_id INTEGER PRIMARY KEY, outlet TEXT NOT NULL);
"""
_OLD = """INSERT OR IGNORE INTO going SELECT c.body_id, o.code FROM captures c LEFT JOIN pages p ON p.id = c.page_id
LEFT JOIN feeds f ON f.id = c.feed_id JOIN outlets o ON o.id = coalesce(p.outlet_id, f.outlet_id) JOIN these_outlets t ON t.id = o.id
JOIN bodies b ON b.id = c.body_id WHERE c.fetched_at < :before AND length(b.data) > 0"""
_OLD_CONTENT = """INSERT OR IGNORE INTO going SELECT e.content_id, o.code FROM entries e JOIN feeds f ON f.id = e.feed_id
JOIN outlets o ON o.id = f.outlet_id JOIN these_outlets t ON t.id = o.id JOIN bodies b ON b.id = e.content_id
WHERE e.first_seen_at < :before AND length(b.data) > 0"""
_NEEDED = (
    # by a newer visit, or one of an outlet that keeps its own
    """DELETE FROM going WHERE body_id IN (SELECT c.body_id FROM going g JOIN captures c ON c.body_id = g.body_id
LEFT JOIN pages p ON p.id = c.page_id LEFT JOIN feeds f ON f.id = c.feed_id
WHERE c.fetched_at >= :before OR coalesce(coalesce(p.outlet_id, f.outlet_id), 0) NOT IN these_outlets)""",
    """DELETE FROM going WHERE body_id IN (SELECT e.content_id FROM going g JOIN entries e ON e.content_id = g.body_id
JOIN feeds f ON f.id = e.feed_id WHERE e.first_seen_at >= :before OR f.outlet_id NOT IN these_outlets)""",
    "DELETE FROM going WHERE body_id IN (SELECT robots_body_id FROM hosts WHERE robots_body_id IS NOT NULL)",
    # not read yet: nothing is known of it but its bytes
    """DELETE FROM going WHERE body_id IN (SELECT c.body_id FROM clean_queue q JOIN captures c ON c.id = q.capture_id
LEFT JOIN readings r ON r.capture_id = c.id WHERE r.capture_id IS NULL)""",
    """DELETE FROM going WHERE body_id IN (SELECT n.body_id FROM clean_queue q JOIN captures n ON n.part_of = q.capture_id
LEFT JOIN readings r ON r.capture_id = q.capture_id WHERE r.capture_id IS NULL)""",
)
_LATEST = """DELETE FROM going WHERE body_id IN (SELECT c.body_id FROM pages p JOIN captures c ON c.id = p.capture_id)
OR body_id IN (SELECT n.body_id FROM pages p JOIN captures n ON n.part_of = p.capture_id)"""
_OLD_TEXTS = """INSERT INTO going_texts SELECT a.id, a.outlet FROM articles a JOIN outlets o ON o.code = a.outlet
JOIN these_outlets t ON t.id = o.id WHERE a.text <> '' AND a.first_seen_at < :before AND (NOT :latest OR NOT a.is_latest)
AND NOT EXISTS (SELECT 1 FROM readings r JOIN captures c ON c.id = r.capture_id WHERE r.article_id = a.id AND c.fetched_at >= :before)"""


def list_going(store: Store, policy: Policy) -> None:
    """Fills the TEMP tables."""
    conn = store.conn
    for statement in filter(str.strip, _TABLES.split(";")):
        conn.execute(statement)
    conn.executemany(
        "INSERT INTO these_outlets SELECT id FROM outlets WHERE ? IN ('', code)",
        [(code,) for code in ([""] if policy.outlets is None else sorted(policy.outlets))],
    )
    if policy.raw_until is not None:
        before = {"before": iso_ms(policy.raw_until)}
        for statement in (_OLD, _OLD_CONTENT, *_NEEDED, *([_LATEST] if policy.keep_latest else [])):
            conn.execute(statement, before if ":before" in statement else {})
    if policy.text_before is not None:
        conn.execute(_OLD_TEXTS, {"before": iso(policy.text_before), "latest": policy.keep_latest})


def shares(store: Store) -> list[Share]:
    """What is listed, outlet by outlet, the largest first."""
    rows = store.conn.execute(
        "SELECT outlet, sum(bodies), sum(payload), sum(stored), sum(texts) FROM ("
        " SELECT g.outlet, count(*) AS bodies, sum(b.length) AS payload, sum(length(b.data)) AS stored, 0 AS texts"
        " FROM going g JOIN bodies b ON b.id = g.body_id GROUP BY g.outlet"
        " UNION ALL SELECT outlet, 0, 0, 0, count(*) FROM going_texts GROUP BY outlet) GROUP BY outlet ORDER BY 4 DESC, 1"
    )
    return [Share(*row) for row in rows]


def unknown_outlets(store: Store, codes: frozenset[str]) -> list[str]:
    """Those that the archive does not have."""
    return sorted(codes - {row[0] for row in store.conn.execute("SELECT code FROM outlets")})


def begin(store: Store, policy: str, now: datetime) -> int:
    """A row of prunings. Call inside a transaction."""
    row = store.conn.execute("INSERT INTO prunings (started_at, policy) VALUES (?, ?) RETURNING id", (iso(now), policy)).fetchone()
    return int(row[0])


def finish(store: Store, pruning_id: int, now: datetime) -> None:
    """All went that was to go. Call inside a transaction."""
    store.conn.execute("UPDATE prunings SET finished_at = ? WHERE id = ?", (iso(now), pruning_id))


def listed(store: Store) -> list[int]:
    """Bodies that go, those first that stand on others."""
    sql = "SELECT g.body_id FROM going g JOIN bodies b ON b.id = g.body_id ORDER BY b.base_id IS NULL, g.body_id"
    return [int(row[0]) for row in store.conn.execute(sql)]


def take(store: Store, pruning_id: int, body_ids: list[int]) -> list[int]:
    """Empties these, where nothing stands on them; gives back those on which something does. Call inside a transaction."""
    left = []
    for body_id in body_ids:
        row = store.conn.execute("SELECT length, length(data) FROM bodies WHERE id = ?", (body_id,)).fetchone()
        if not row or not row[1] or _needed_since(store, body_id):
            continue
        if not emptying.stands_alone(store, body_id):
            left.append(body_id)
            continue
        emptying.empty(store, body_id, emptying.Why(pruning_id=pruning_id))
        store.conn.execute(
            "UPDATE prunings SET bodies = bodies + 1, payload_bytes = payload_bytes + ?, stored_bytes = stored_bytes + ? WHERE id = ?",
            (*row, pruning_id),
        )
    return left


def _needed_since(store: Store, body_id: int) -> bool:
    """Whether a run that was let in between has received the same bytes once more."""
    sql = "SELECT max(fetched_at) >= (SELECT started_at FROM prunings ORDER BY id DESC LIMIT 1) FROM captures WHERE body_id = ?"
    return bool(store.conn.execute(sql, (body_id,)).fetchone()[0])


def take_texts(store: Store, pruning_id: int) -> int:
    """Takes the next few texts, with their markdown and the summaries that feeds gave; 0 when all are gone. Call inside a transaction."""
    conn = store.conn
    ids = [row[0] for row in conn.execute("SELECT article_id FROM going_texts ORDER BY article_id LIMIT ?", (FEW,))]
    for article_id in ids:
        conn.execute("UPDATE articles SET text = '' WHERE id = ?", (article_id,))
        conn.execute("DELETE FROM markdown WHERE article_id = ?", (article_id,))
        conn.execute("INSERT OR IGNORE INTO pruned_texts (article_id, pruning_id) VALUES (?, ?)", (article_id, pruning_id))
        conn.execute(
            "UPDATE entries SET summary = NULL WHERE page_id = (SELECT page_id FROM articles WHERE id = ?1 AND is_latest)", (article_id,)
        )
        conn.execute("DELETE FROM going_texts WHERE article_id = ?", (article_id,))
    conn.execute("UPDATE prunings SET texts = texts + ? WHERE id = ?", (len(ids), pruning_id))
    return len(ids)


def why_no_text(store: Store, article_id: int) -> str | None:
    """When and by which policy an article's text went; None where it did not."""
    row = store.conn.execute(
        "SELECT p.started_at, p.policy FROM pruned_texts t JOIN prunings p ON p.id = t.pruning_id WHERE t.article_id = ?", (article_id,)
    ).fetchone()
    return f"pruned on {row[0][:10]} ({row[1]})" if row else None
