"""Full-text search over the articles: words as people type them, ranked, with highlighted snippets. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

from archive.asked import outlet_asked
from archive.store.connect import Store, telling
from archive.words import match_of

MARK_ON, MARK_OFF = "\ue000", "\ue001"  # around the words found, in `Hit.snippet`: private use, no control characters
_WEIGHTS = (8.0, 4.0, 2.0, 1.0)  # headline, subhead, byline, text: a word in the headline says most
_SNIPPET = 28  # tokens
# Matches ranked together. All of them would be the best order, but each costs 2 microseconds: a word of a million articles took seconds.
RANKED = 2000
RANKED_OF_ONE = 200  # with an outlet or agency, for which many matches are looked at to find one
LOOKED_UP = 200_000  # articles of a time, to find between which ids they are: 20 ms
_EVERY_ID = (0, 2**62)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a hit has to meet beside the words; None: anything will do."""

    outlet: str | None = None  # outlets.code
    agency: str | None = None  # code, lower case
    since: str | None = None  # UTC, as stored; compared with the time of publication, else that of first sight
    until: str | None = None  # the first moment that is too late
    all_revisions: bool = False
    story: int | None = None  # stories.id


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found. `snippet` has MARK_ON and MARK_OFF around the words found; nothing in it is made safe for a terminal."""

    article_id: int
    at: str
    outlet: str
    agency: str | None
    headline: str | None
    url: str
    revision: int
    story_id: int | None
    snippet: str


def search(store: Store, words: str, filters: Filters = Filters(), *, limit: int = 20, offset: int = 0) -> list[Hit]:
    """The best hits first; where there are more than RANKED, the best of the newest RANKED, then of those before them.

    Raises UsageError where there is nothing to search for, or no such outlet.
    """
    match = match_of(words)
    outlet_asked(store, filters.outlet)
    with telling(store.path):
        return [_hit(store, match, article_id) for article_id in _ranked(store, match, filters, limit, offset)]


def _ranked(store: Store, match: str, filters: Filters, limit: int, offset: int) -> list[int]:
    """Article ids, best first within each block of RANKED, the newest block first.

    The index gives matches by id without sorting, so that only those blocks are read, weighed and looked up that are asked for.
    """
    sql = f"""SELECT a.id, bm25(articles_fts, {", ".join(map(str, _WEIGHTS))}) FROM articles_fts f JOIN articles a ON a.id = f.rowid
    WHERE f.articles_fts MATCH :match AND f.rowid BETWEEN :first AND :last AND (:all OR a.is_latest)
      AND (:outlet IS NULL OR a.outlet = :outlet) AND (:agency IS NULL OR a.agency = :agency) AND (:story IS NULL OR a.story_id = :story)
      AND (:since IS NULL OR coalesce(a.published_at, a.first_seen_at) >= :since)
      AND (:until IS NULL OR coalesce(a.published_at, a.first_seen_at) < :until)
    ORDER BY f.rowid DESC LIMIT :most"""  # noqa: S608 - numbers
    first, last = _between(store, filters)
    block = RANKED_OF_ONE if filters.outlet or filters.agency or filters.story else RANKED
    values = {
        "match": match, "all": filters.all_revisions, "outlet": filters.outlet, "agency": filters.agency, "story": filters.story,
        "since": filters.since, "until": filters.until, "most": -(-(offset + limit) // block) * block, "first": first, "last": last,
    }  # fmt: skip
    found = [(at // block, score, -article_id) for at, (article_id, score) in enumerate(store.conn.execute(sql, values))]
    return [-newest for _, _, newest in sorted(found)[offset : offset + limit]]


def _between(store: Store, filters: Filters) -> tuple[int, int]:
    """Ids between which all articles of that time are; all ids where there are too many to look them up.

    The indexes of time know it sooner than match by match: an id costs .05 microseconds there, a match that is passed over 2.
    """
    if filters.since is None and filters.until is None:
        return _EVERY_ID
    some = "SELECT id FROM articles WHERE {0} >= :since AND {0} < :until LIMIT :most"
    row = store.conn.execute(
        f"SELECT min(id), max(id), count(*) FROM (SELECT * FROM ({some.format('published_at')})"  # noqa: S608 - our own names
        f" UNION ALL SELECT * FROM ({some.format('first_seen_at')}))",
        {"since": filters.since or "", "until": filters.until or "~", "most": LOOKED_UP},  # "~" is behind all digits
    ).fetchone()
    if row[2] >= LOOKED_UP:
        return _EVERY_ID
    return (0, 0) if row[0] is None else (int(row[0]), int(row[1]))


def _hit(store: Store, match: str, article_id: int) -> Hit:
    row = store.conn.execute(
        "SELECT a.id, coalesce(a.published_at, a.first_seen_at), a.outlet, a.agency, a.headline, a.url, a.revision, a.story_id,"
        " snippet(articles_fts, 3, ?, ?, '…', ?) FROM articles_fts f JOIN articles a ON a.id = f.rowid"
        " WHERE f.articles_fts MATCH ? AND f.rowid = ?",
        (MARK_ON, MARK_OFF, _SNIPPET, match, article_id),
    ).fetchone()
    return Hit(*row)
