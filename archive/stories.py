"""Stories for people: which were copied most, and the timeline of one: who ran it, when, what they kept and what they added. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from archive.errors import UsageError
from archive.grouping.kept import Kept, kept
from archive.store.connect import Store, telling

_SHOWN = 500  # texts of one story: a live page may have thousands of revisions


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which stories are listed; None: anything will do. Times are those of first sight."""

    agency: str | None = None  # code, lower case
    outlet: str | None = None  # outlets.code: it has a copy
    since: str | None = None  # UTC, as stored
    until: str | None = None  # the first moment that is too late
    outlets: int = 2  # that printed it, at least


@dataclass(frozen=True, slots=True)
class Copied:
    """A story and who ran it."""

    story_id: int
    copies: int  # pages
    outlets: int
    first_at: str  # publication of the first one, where it is known; else first sight
    last_at: str
    first_outlet: str
    agency: str | None
    headline: str | None
    who: tuple[str, ...]  # outlets, in the order in which they ran it


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a story, beside the story's first."""

    article_id: int
    at: str
    at_is_first_seen: bool
    outlet: str
    outlet_name: str
    headline: str | None
    agency: str | None
    revision: int
    words: int
    url: str
    kept: Kept | None  # None: this is the first text


@dataclass(frozen=True, slots=True)
class Related:
    """Another story that shares a part of a text."""

    story_id: int
    headline: str | None
    kind: str  # contains, reuses: this story has of that one; contained, reused: that story has of this one
    share: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """A story, text by text."""

    story_id: int
    agency: str | None
    headline: str | None
    texts: tuple[Text, ...]
    related: tuple[Related, ...]
    more: int  # texts that are not shown


_MOST_COPIED = """
WITH seen AS (
  SELECT a.story_id, a.outlet, coalesce(a.published_at, a.first_seen_at) AS at, a.id, a.is_latest FROM articles a
  WHERE a.story_id IS NOT NULL AND (?1 IS NULL OR a.first_seen_at >= ?1) AND (?2 IS NULL OR a.first_seen_at < ?2)
)
SELECT s.id, sum(n.is_latest), count(DISTINCT n.outlet) AS outlets, min(n.at) AS first_at, max(n.at), s.agency, s.headline
FROM seen n JOIN stories s ON s.id = n.story_id WHERE (?3 IS NULL OR s.agency = ?3)
  AND (?4 IS NULL OR EXISTS (SELECT 1 FROM seen o WHERE o.story_id = s.id AND o.outlet = ?4))
GROUP BY s.id HAVING outlets >= ?5 ORDER BY outlets DESC, first_at DESC, s.id LIMIT ?6
"""


def most_copied(store: Store, wanted: Wanted, *, limit: int) -> list[Copied]:
    """The stories that the most outlets ran, the newer of equal ones first."""
    values = (wanted.since, wanted.until, wanted.agency, wanted.outlet, wanted.outlets, limit)
    with telling(store.path, reading=True):
        return [_copied(store, row) for row in store.conn.execute(_MOST_COPIED, values).fetchall()]


def _copied(store: Store, row: tuple[int, int, int, str, str, str | None, str | None]) -> Copied:
    story_id, copies, outlets, first_at, last_at, agency, headline = row
    order = store.conn.execute(
        "SELECT outlet FROM articles WHERE story_id = ? GROUP BY outlet ORDER BY min(coalesce(published_at, first_seen_at)), min(id)",
        (story_id,),
    )
    who = tuple(outlet for (outlet,) in order)
    return Copied(story_id, copies, outlets, first_at, last_at, who[0], agency, headline, who)


def timeline(store: Store, number: int) -> Timeline:
    """The story of that id; where no story has it, that of the article. Raises UsageError where there is neither."""
    with telling(store.path, reading=True):
        story = _find(store, number)
        rows = store.conn.execute(
            "SELECT a.id, coalesce(a.published_at, a.first_seen_at) AS at, a.published_at IS NULL, a.outlet, coalesce(o.name, a.outlet),"
            " a.headline, a.agency, a.revision, a.word_count, a.url, a.text FROM articles a LEFT JOIN outlets o ON o.code = a.outlet"
            " WHERE a.story_id = ? ORDER BY at, a.id LIMIT ?",
            (story[0], _SHOWN),
        ).fetchall()
        count = store.conn.execute("SELECT count(*) FROM articles WHERE story_id = ?", (story[0],)).fetchone()[0]
        related = _related(store, story[0])
    reference = rows[0][10]
    texts = tuple(_text(row, reference if place else None) for place, row in enumerate(rows))
    return Timeline(story[0], story[1], story[2], texts, related, count - len(rows))


def _text(row: tuple[Any, ...], reference: str | None) -> Text:
    article_id, at, first_seen, outlet, name, headline, agency, revision, words, url, text = row
    beside = None if reference is None else kept(reference, text)
    return Text(article_id, at, bool(first_seen), outlet, name, headline, agency, revision, words, url, beside)


def _find(store: Store, number: int) -> tuple[int, str | None, str | None]:
    for sql in (
        # In the midst of a replay a story may have no article left, or none yet.
        "SELECT id, agency, headline FROM stories s WHERE id = ? AND EXISTS (SELECT 1 FROM articles WHERE story_id = s.id)",
        "SELECT s.id, s.agency, s.headline FROM articles a JOIN stories s ON s.id = a.story_id WHERE a.id = ?",
    ):
        row = store.conn.execute(sql, (number,)).fetchone()
        if row:
            return (int(row[0]), row[1], row[2])
    raise UsageError(f"there is no story {number}", hint="`wirecopy stories` lists them; an article's id will do as well")


_LINKED = """
SELECT s.id, s.headline, l.kind, max(l.share) FROM story_links l JOIN story_texts mine ON mine.id = l.{mine}
JOIN story_texts theirs ON theirs.id = l.{theirs} JOIN stories s ON s.id = theirs.story_id
WHERE mine.story_id = ? AND theirs.story_id <> mine.story_id GROUP BY s.id, l.kind ORDER BY max(l.share) DESC LIMIT 50
"""
_REVERSED = {"contains": "contained", "reuses": "reused"}


def _related(store: Store, story_id: int) -> tuple[Related, ...]:
    """Stories that this one has parts of, then those that have parts of it."""
    ours = store.conn.execute(_LINKED.format(mine="text_id", theirs="of_text_id"), (story_id,))
    found = [Related(other, headline, kind, share / 100) for other, headline, kind, share in ours]
    theirs = store.conn.execute(_LINKED.format(mine="of_text_id", theirs="text_id"), (story_id,))
    return (*found, *(Related(other, headline, _REVERSED.get(kind, kind), share / 100) for other, headline, kind, share in theirs))
