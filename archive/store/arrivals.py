"""What came in, and what became of it, within a time: read for pages and reports. Each question is answered along an index."""

from __future__ import annotations

from typing import Any

from archive.arrived import DAY, Arrived, Gone, Line, Revised, Span, Spread
from archive.store.connect import Store, telling

_WITHIN = (
    "first_seen_at >= :since AND first_seen_at < :until AND (:outlet IS NULL OR outlet = :outlet) AND (:agency IS NULL OR agency = :agency)"
)
# The index has all that is asked for; rows of `articles`, which hold the texts, are not read.
_COUNT = f"""SELECT substr(first_seen_at, 1, :width) AS slot, outlet, agency, count(*) FROM articles INDEXED BY articles_first_seen
WHERE {_WITHIN} AND revision = 1 GROUP BY slot, outlet, agency"""  # noqa: S608 - our own words
_LINES = f"""SELECT id, first_seen_at, published_at, outlet, agency, headline, revision, is_partial, word_count FROM articles
WHERE {_WITHIN} AND (first_seen_at, id) < (:before, :before_id) AND revision = 1
ORDER BY first_seen_at DESC, id DESC LIMIT :most"""  # noqa: S608
_SPREAD = f"""SELECT story_id, count(DISTINCT outlet) AS outlets FROM articles INDEXED BY articles_first_seen
WHERE {_WITHIN} AND story_id IS NOT NULL GROUP BY story_id HAVING outlets > 1 ORDER BY outlets DESC, story_id DESC LIMIT :most"""  # noqa: S608
_REVISED = f"""SELECT a.id, b.id, a.first_seen_at, a.outlet, a.headline, b.headline, a.text, b.text
FROM (SELECT id FROM articles INDEXED BY articles_first_seen WHERE {_WITHIN} AND revision > 1 ORDER BY first_seen_at DESC LIMIT :most) f
JOIN articles a ON a.id = f.id JOIN articles b ON b.page_id = a.page_id AND b.revision = a.revision - 1
ORDER BY a.first_seen_at DESC, a.id DESC"""  # noqa: S608
_GONE = """SELECT p.id, a.id, p.removed_at, p.alive_at, o.code, a.headline, p.url FROM pages p INDEXED BY pages_removed
JOIN outlets o ON o.id = p.outlet_id LEFT JOIN articles a ON a.page_id = p.id AND a.is_latest
WHERE p.removed_at >= :since AND p.removed_at < :until AND (:outlet IS NULL OR o.code = :outlet) AND (:agency IS NULL OR a.agency = :agency)
ORDER BY p.removed_at DESC, p.id DESC LIMIT :most"""
_GOOD = "('new', 'nothing-new', 'not-modified', 'same-body')"
_FAILING = f"""SELECT o.code, f.url, f.last_outcome, f.last_success_at,
  (SELECT p.error FROM polls p WHERE p.feed_id = f.id ORDER BY p.id DESC LIMIT 1)
FROM feeds f JOIN outlets o ON o.id = f.outlet_id WHERE f.active AND o.active AND f.last_outcome NOT IN {_GOOD}
ORDER BY f.failures DESC, o.code, f.id"""  # noqa: S608


def counted(store: Store, span: Span, *, width: int = DAY) -> list[Arrived]:
    """How many articles came in, by HOUR or DAY, outlet and agency; later revisions of a page are not counted."""
    return [Arrived(*row) for row in _all(store, _COUNT, span, width=width)]


def latest(store: Store, span: Span, *, limit: int, before: tuple[str, int] = ("~", 0)) -> list[Line]:
    """Articles as they came in, the newest first; `before`: (first_seen_at, article_id) of the last one that was shown already."""
    rows = _all(store, _LINES, span, most=limit, before=before[0], before_id=before[1])
    return [Line(*[*row[:7], bool(row[7]), row[8]]) for row in rows]


def spread(store: Store, span: Span, *, limit: int) -> list[Spread]:
    """The stories that the most outlets ran within the time, the newer of equal ones first; `outlet` and `agency` are the copies'."""
    found = (_spread(store, *row) for row in _all(store, _SPREAD, span, most=limit))
    return [story for story in found if story is not None]


def _spread(store: Store, story_id: int, outlets: int) -> Spread | None:
    """None where a replay has taken the story's articles elsewhere meanwhile."""
    with telling(store.path, reading=True):
        headline, agency = store.conn.execute("SELECT headline, agency FROM stories WHERE id = ?", (story_id,)).fetchone() or (None, None)
        who = store.conn.execute(
            "SELECT outlet, min(coalesce(published_at, first_seen_at)) AS at FROM articles WHERE story_id = ? GROUP BY outlet"
            " ORDER BY at, min(id)",
            (story_id,),
        ).fetchall()
    return Spread(story_id, headline, agency, outlets, who[0][0], who[0][1], tuple(outlet for outlet, _ in who)) if who else None


def revised(store: Store, span: Span, *, limit: int) -> list[Revised]:
    """The newest later revisions within the time, each with the text before it."""
    return [Revised(*row) for row in _all(store, _REVISED, span, most=limit)]


def gone(store: Store, span: Span, *, limit: int) -> list[Gone]:
    """The pages last found gone within the time."""
    return [Gone(*row) for row in _all(store, _GONE, span, most=limit)]


def newest(store: Store) -> str | None:
    """When the last article came in; None: none did yet."""
    with telling(store.path, reading=True):
        row = store.conn.execute("SELECT max(first_seen_at) FROM articles").fetchone()
    return None if row[0] is None else str(row[0])


def feeds_failing(store: Store) -> tuple[int, list[tuple[str, str, str, str | None, str | None]]]:
    """(feeds that are polled, those that fail: outlet, URL, outcome, last success, error), the longest failing ones first."""
    with telling(store.path, reading=True):
        polled = store.conn.execute(
            "SELECT count(*) FROM feeds f JOIN outlets o ON o.id = f.outlet_id WHERE f.active AND o.active"
        ).fetchone()[0]
        return int(polled), store.conn.execute(_FAILING).fetchall()


def outlets(store: Store) -> dict[str, str]:
    """Code -> name of all outlets that were ever configured."""
    with telling(store.path, reading=True):
        return dict(store.conn.execute("SELECT code, name FROM outlets ORDER BY name COLLATE NOCASE, code"))


def _all(store: Store, sql: str, span: Span, **more: object) -> list[tuple[Any, ...]]:
    """All rows at once: no read transaction outlives the call, so none keeps the WAL from being taken over."""
    values = {"since": span.since, "until": span.until, "outlet": span.outlet, "agency": span.agency, **more}
    with telling(store.path, reading=True):
        return store.conn.execute(sql, values).fetchall()
