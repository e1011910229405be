"""Stories for people: which were copied most, and the timeline of one: who ran it, when, what they kept and what they added. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from archive.errors import UsageError
from archive.grouping.kept import Kept, kept
from archive.store.connect import Store, telling
from archive.store.stories import Copy, beside_reference

_SHOWN = 500  # texts of one story: a live page may have thousands of revisions


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which stories are listed; None: anything will do. Times are those of first sight."""

    agency: str | None = None  # code, lower case
    outlet: str | None = None  # outlets.code: it has a copy
    since: str | None = None  # UTC, as stored
    until: str | None = None  # the first moment that is too late
    outlets: int = 2  # that printed it, at least
    sort: str = "copied"  # what comes first, one of SORTS


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
    """One text of a story, beside the story's reference text. The figures are those of the table `copies`, of older revisions too."""

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
    is_reference: bool
    is_wire: bool  # on the agency's own page
    kept: Kept | None  # None: this is the reference text
    reference_words: int
    kept_percent: int  # of the reference's words, that stand in this text
    added_percent: int  # of this text's words, that are not of the reference
    paragraphs_cut: int  # of the reference
    paragraphs_added: int
    headline_changed: bool | None  # None: one of both has no headline
    disclaimer: bool  # the page says that it runs the agency's text as it came
    by_house: bool  # an agency's text under the house's own byline


@dataclass(frozen=True, slots=True)
class Facts:
    """What the tables `copies` and `changes` hold of one text: how late it is, and what kind of change."""

    change: str | None  # the kind, beside the revision before; None: a first one, or not compared yet
    is_wire: bool  # on the agency's own page
    delay_seconds: int | None  # behind the agency's own page, else behind the story's first; of a page's first text alone


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
    reference_id: int  # the article whose text the others are held against: the agency's own, else the longest of the story's first hour
    texts: tuple[Text, ...]
    related: tuple[Related, ...]
    more: int  # texts that are not shown


# What comes first: what the most outlets ran (the newer of equal ones), what was printed last, what was printed first.
SORTS = {"copied": "outlets DESC, first_at DESC", "newest": "first_at DESC", "oldest": "first_at"}

# Along articles_story, which holds all that is asked of an article: no text is read.
_COPIED = """
SELECT s.id, sum(a.is_latest), count(DISTINCT a.outlet) AS outlets, min(coalesce(a.published_at, a.first_seen_at)) AS first_at,
  max(coalesce(a.published_at, a.first_seen_at)), s.agency, s.headline
FROM {tables} WHERE {wanted} GROUP BY a.story_id HAVING outlets >= ? AND (? IS NULL OR sum(a.outlet = ?) > 0)
ORDER BY {order}, s.id LIMIT ?
"""


def most_copied(store: Store, wanted: Wanted, *, limit: int) -> list[Copied]:
    """The stories that the most outlets ran, or as `wanted.sort` says."""
    sql, values = _question(wanted)
    with telling(store.path, reading=True):
        rows = store.conn.execute(sql, (*values, wanted.outlets, wanted.outlet, wanted.outlet, limit)).fetchall()
        return [_copied(store, row) for row in rows]


def _question(wanted: Wanted) -> tuple[str, list[str]]:
    parts = {"s.agency = ?": wanted.agency, "a.first_seen_at >= ?": wanted.since, "a.first_seen_at < ?": wanted.until}
    narrow = {part: value for part, value in parts.items() if value is not None}
    tables = "articles a JOIN stories s ON s.id = a.story_id"
    if wanted.agency:  # its stories first: SQLite would go through all articles
        tables = "stories s CROSS JOIN articles a ON a.story_id = s.id"
    sql = _COPIED.format(tables=tables, wanted=" AND ".join(["a.story_id IS NOT NULL", *narrow]), order=SORTS[wanted.sort])
    return sql, list(narrow.values())


def _copied(store: Store, row: tuple[int, int, int, str, str, str | None, str | None]) -> Copied:
    story_id, copies, outlets, first_at, last_at, agency, headline = row
    order = store.conn.execute(
        "SELECT outlet FROM articles WHERE story_id = ? GROUP BY outlet ORDER BY min(coalesce(published_at, first_seen_at)), min(id)",
        (story_id,),
    )
    who = tuple(outlet for (outlet,) in order)
    return Copied(story_id, copies, outlets, first_at, last_at, who[0], agency, headline, who)


def timeline(store: Store, number: int, *, of_article: bool = False, shown: int = _SHOWN) -> Timeline:
    """The story of that id; where no story has it, or `of_article`, that of the article. Raises UsageError where there is none."""
    with telling(store.path, reading=True):
        story = _find(store, number, of_article=of_article)
        rows = store.conn.execute(
            "SELECT a.id, coalesce(a.published_at, a.first_seen_at) AS at, a.published_at IS NULL, a.outlet, coalesce(o.name, a.outlet),"
            " a.headline, a.agency, a.revision, a.word_count, a.url, a.text FROM articles a LEFT JOIN outlets o ON o.code = a.outlet"
            " WHERE a.story_id = ? ORDER BY at, a.id LIMIT ?",
            (story[0], shown),
        ).fetchall()
        count = store.conn.execute("SELECT count(*) FROM articles WHERE story_id = ?", (story[0],)).fetchone()[0]
        related = _related(store, story[0])
        beside = beside_reference(store, story[0], {row[0] for row in rows})
        assert beside is not None  # noqa: S101 - it has articles
        reference_id, copies = beside
        reference = store.conn.execute("SELECT text, word_count FROM articles WHERE id = ?", (reference_id,)).fetchone()
    texts = tuple(_text(row, copies[row[0]], *reference) for row in rows)
    return Timeline(story[0], story[1], story[2], reference_id, texts, related, count - len(rows))


def facts(store: Store, story: Timeline) -> dict[int, Facts]:
    """By article_id, of those of the story's texts that a pass has compared so far. A story of none gives none."""
    with telling(store.path, reading=True):
        rows = store.conn.execute(
            "SELECT a.id, c.kind, coalesce(k.is_wire, 0),"
            " iif(a.revision = min(a.revision) OVER (PARTITION BY a.page_id), k.delay_seconds, NULL)"
            " FROM articles a LEFT JOIN changes c ON c.article_id = a.id"
            " LEFT JOIN articles n ON n.page_id = a.page_id AND n.is_latest AND n.story_id = a.story_id"
            " LEFT JOIN copies k ON k.article_id = n.id AND k.story_id = a.story_id"
            " WHERE a.story_id = ? AND (c.article_id IS NOT NULL OR k.article_id IS NOT NULL)",
            (story.story_id,),
        ).fetchall()
    return {row[0]: Facts(row[1], bool(row[2]), row[3]) for row in rows}


def _text(row: tuple[Any, ...], copy: Copy, reference: str, reference_words: int) -> Text:
    article_id, at, first_seen, outlet, name, headline, agency, revision, words, url, text = row
    is_reference = article_id == copy.reference_id
    return Text(
        article_id=article_id, at=at, at_is_first_seen=bool(first_seen), outlet=outlet, outlet_name=name, headline=headline, agency=agency,
        revision=revision, words=words, url=url, is_reference=is_reference, is_wire=bool(copy.is_wire),
        kept=None if is_reference else kept(reference, text), reference_words=reference_words,
        kept_percent=copy.kept_percent or 0, added_percent=copy.added_percent or 0,
        paragraphs_cut=copy.paragraphs_cut or 0, paragraphs_added=copy.paragraphs_added or 0,
        headline_changed=None if copy.headline_changed is None else bool(copy.headline_changed),
        disclaimer=bool(copy.disclaimer), by_house=bool(copy.by_house),
    )  # fmt: skip


_BY_ID = "SELECT id, agency, headline FROM stories s WHERE id = ? AND EXISTS (SELECT 1 FROM articles WHERE story_id = s.id)"
_BY_ARTICLE = "SELECT s.id, s.agency, s.headline FROM articles a JOIN stories s ON s.id = a.story_id WHERE a.id = ?"


def _find(store: Store, number: int, *, of_article: bool) -> tuple[int, str | None, str | None]:
    # In the midst of a replay a story may have no article left, or none yet.
    for sql in (_BY_ARTICLE,) if of_article else (_BY_ID, _BY_ARTICLE):
        row = store.conn.execute(sql, (number,)).fetchone() if number < 2**63 else None
        if row:
            return (int(row[0]), row[1], row[2])
    if of_article:
        raise UsageError(f"article {number} has no text, and so no story", hint="`wirecopy show` says why")
    raise UsageError(f"there is no story {number}", hint="`wirecopy stories` lists them; an article's id or URL will do as well")


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
