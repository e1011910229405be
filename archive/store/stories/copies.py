"""What each copy of a story kept of the story's reference text, how late it was and whom it credits: the table `copies`.

Triggers enter in `copies_due` whose articles came, changed or went; this pass makes their rows, after the pages were read. Rows hold what
the articles say and nothing else, so that it does not matter in which order they were made.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import astuple, dataclass, fields

from archive.grouping.kept import SAME, Figures, Told, figures, told, whole_percent
from archive.grouping.reference import COPIES_VERSION, Candidate, other_headline, reference, start
from archive.store.connect import Store
from archive.times import from_iso

MOST_PAGES = 2000  # of a story that have rows, those first seen: a "story" of more is a template that thousands of pages share
PORTION = 400  # steps a transaction: a story is one, a comparison of two texts another one (.25 ms for 300 words)
_OF_AGENCY = 50  # per cent of a text that may be its own: more, and a house's byline over it is no wonder


@dataclass(frozen=True, slots=True)
class Copy:
    """A row of `copies`; the schema says what the columns mean."""

    article_id: int
    story_id: int
    agency: str | None
    outlet: str
    is_wire: int
    first_seen_at: str
    printed_at: str | None
    delay_seconds: int | None
    delay_by: str | None
    reference_id: int | None
    kept_percent: int | None
    added_percent: int | None
    paragraphs_cut: int | None
    paragraphs_added: int | None
    headline_changed: int | None
    credited: int
    disclaimer: int
    by_house: int
    made_of: int | None


_NAMES = ", ".join(field.name for field in fields(Copy))
_HOLES = ", ".join("?" * len(fields(Copy)))


@dataclass(frozen=True, slots=True)
class _Text:
    """An article of the story."""

    article_id: int
    page_id: int
    outlet: str
    revision: int
    is_latest: int
    is_wire: int
    agency: str | None
    disclaimer: int
    headline: str | None
    by_house: int
    published_at: str | None
    first_seen_at: str
    length: int
    digest: str


def due(store: Store) -> int:
    """How many stories wait."""
    return int(store.conn.execute("SELECT count(*) FROM copies_due").fetchone()[0])


def compare(store: Store, *, portion: int = PORTION) -> int:
    """Makes the rows of stories that wait, the newest ones first; gives back the steps it took, 0: none waits.

    Call inside a transaction. A story with more copies than a portion has steps goes on in the next one.
    """
    conn, steps = store.conn, 0
    for (story_id,) in conn.execute("SELECT story_id FROM copies_due ORDER BY story_id DESC LIMIT ?", (portion,)).fetchall():
        compared, finished = _story(conn, story_id, max(1, portion - steps))
        steps += 1 + compared
        if finished:
            conn.execute("DELETE FROM copies_due WHERE story_id = ?", (story_id,))
        if steps >= portion:
            break
    return steps


def beside_reference(store: Store, story_id: int, articles: Collection[int]) -> tuple[int, dict[int, Copy]] | None:
    """The story's reference text, and each of these articles of it as its row would be, also older revisions and a page that is alone.

    Reads only: what waits for its row is compared here and now. None: the story has no article.
    """
    conn = store.conn
    counted = _first_seen(conn, story_id)
    pages = _pages(conn, story_id, [*counted, *_pages_of(conn, articles)])
    if not pages:
        return None
    agency = conn.execute("SELECT agency FROM stories WHERE id = ?", (story_id,)).fetchone()[0]
    standing = _standing(conn, story_id)
    beside = _Beside(conn, [own for own in pages if own[0].page_id in counted], alone=False)
    rows = {
        text.article_id: beside.copy(story_id, agency, own[0], text, standing.get(text.article_id))[0]
        for own in pages for text in own if text.article_id in articles
    }  # fmt: skip
    return beside.reference_id, rows


def forget(conn: sqlite3.Connection) -> None:
    """All rows are to be made anew. Call inside a transaction."""
    conn.execute("DELETE FROM copies")
    conn.execute("INSERT INTO copies_due (story_id) SELECT id FROM stories WHERE true ON CONFLICT DO NOTHING")


def _story(conn: sqlite3.Connection, story_id: int, most: int) -> tuple[int, bool]:
    """Brings a story's rows up to date, with `most` comparisons; gives back how many it were, and whether that was all."""
    standing = _standing(conn, story_id)
    made: dict[int, Copy] = {}
    compared, finished = 0, True
    for copy, anew in _copies(conn, story_id, standing):
        made[copy.article_id] = copy
        compared += anew
        if compared >= most:  # what is left is looked at again, to be found as it is or to be made
            finished = False
            break
    changed = [astuple(copy) for copy in made.values() if copy != standing.get(copy.article_id)]
    conn.executemany(f"INSERT OR REPLACE INTO copies ({_NAMES}) VALUES ({_HOLES})", changed)  # noqa: S608
    if finished:
        conn.executemany("DELETE FROM copies WHERE article_id = ?", [(one,) for one in standing if one not in made])
    return compared, finished


def _standing(conn: sqlite3.Connection, story_id: int) -> dict[int, Copy]:
    return {row[0]: Copy(*row) for row in conn.execute(f"SELECT {_NAMES} FROM copies WHERE story_id = ?", (story_id,))}  # noqa: S608


def _copies(conn: sqlite3.Connection, story_id: int, standing: dict[int, Copy]) -> Iterator[tuple[Copy, bool]]:
    """The story's rows as they have to be, each with whether texts were compared for it."""
    row = conn.execute("SELECT agency FROM stories WHERE id = ?", (story_id,)).fetchone()
    pages = _pages(conn, story_id, _first_seen(conn, story_id)) if row else []
    if not pages or (len(pages) == 1 and row[0] is None):
        return
    beside = _Beside(conn, pages, alone=len(pages) == 1)
    for own in pages:
        if own[-1].is_latest:  # else the page has another story now
            yield beside.copy(story_id, row[0], own[0], own[-1], standing.get(own[-1].article_id))


@dataclass(frozen=True, slots=True)
class _Percents:
    """The figures of a comparison, as they are stored."""

    kept: int | None
    added: int | None
    cut: int | None
    more: int | None


_NOT_COMPARED = _Percents(None, None, None, None)


class _Beside:
    """A story's pages and its reference text, which is read when it is first needed."""

    def __init__(self, conn: sqlite3.Connection, pages: Sequence[Sequence[_Text]], *, alone: bool) -> None:
        self._conn = conn
        self._alone = alone  # then nothing is compared
        self._start = start([_candidate(own[0], own[0]) for own in pages])
        self.reference_id = reference([_candidate(text, own[0]) for own in pages for text in own]).article_id
        self._reference = next(text for own in pages for text in own if text.article_id == self.reference_id)
        self._told: Told | None = None

    def copy(self, story_id: int, agency: str | None, first: _Text, one: _Text, standing: Copy | None) -> tuple[Copy, bool]:
        """The row of a page whose first and newest texts these are, and whether texts were compared for it."""
        old, late = self._reference, self._start.delay(_candidate(first, first))
        made_of = None if self._alone else _key(old.digest, one.digest)
        known = standing is not None and standing.made_of == made_of
        found = _of(standing) if standing is not None and known else self._compare(one)
        other = None if self._alone else other_headline(old.headline, one.headline)
        ours = agency is not None and one.agency is None and not one.is_wire and found.added is not None and found.added <= _OF_AGENCY
        return Copy(
            article_id=one.article_id, story_id=story_id, agency=agency, outlet=one.outlet, is_wire=one.is_wire,
            first_seen_at=first.first_seen_at, printed_at=first.published_at,
            delay_seconds=None if self._alone else late.seconds, delay_by=None if self._alone else late.by,
            reference_id=None if self._alone else old.article_id,
            kept_percent=found.kept, added_percent=found.added, paragraphs_cut=found.cut, paragraphs_added=found.more,
            headline_changed=None if other is None else int(other), credited=int(one.agency is not None), disclaimer=one.disclaimer,
            by_house=int(ours and one.by_house), made_of=made_of,
        ), not known and not self._alone and old.digest != one.digest  # fmt: skip

    def _compare(self, one: _Text) -> _Percents:
        if self._alone:
            return _NOT_COMPARED
        found = SAME if one.digest == self._reference.digest else self._figures(one)
        return _Percents(whole_percent(found.kept), 100 - whole_percent(1 - found.added), found.paragraphs_cut, found.paragraphs_added)

    def _figures(self, one: _Text) -> Figures:
        if self._told is None:
            self._told = told(self._text(self._reference))
        return figures(self._told, told(self._text(one)))

    def _text(self, one: _Text) -> str:
        return str(self._conn.execute("SELECT text FROM articles WHERE id = ?", (one.article_id,)).fetchone()[0])


def _of(copy: Copy) -> _Percents:
    return _Percents(copy.kept_percent, copy.added_percent, copy.paragraphs_cut, copy.paragraphs_added)


def _key(*digests: str) -> int:
    made = hashlib.blake2b(f"{COPIES_VERSION} {' '.join(digests)}".encode(), digest_size=8)
    return int.from_bytes(made.digest(), "big", signed=True)


_TEXTS = """
SELECT a.id, a.page_id, a.outlet, a.revision, a.is_latest, coalesce(json_extract(a.evidence, '$.agency') = 'host of the agency'
  OR (o.agency IS NOT NULL AND coalesce(a.agency, o.agency) = o.agency), 0), a.agency,
  a.disclaimer IS NOT NULL, a.headline, a.by_house IS NOT NULL, a.published_at, a.first_seen_at, length(a.text), a.text_digest
FROM articles a LEFT JOIN outlets o ON o.code = a.outlet WHERE a.story_id = ? AND a.page_id IN (SELECT value FROM json_each(?))
ORDER BY a.page_id, a.revision
"""
_FIRST_SEEN = "SELECT page_id FROM articles WHERE story_id = ? GROUP BY page_id ORDER BY min(first_seen_at), page_id LIMIT ?"


def _first_seen(conn: sqlite3.Connection, story_id: int) -> set[int]:
    """The pages that have rows."""
    return {row[0] for row in conn.execute(_FIRST_SEEN, (story_id, MOST_PAGES))}


def _pages_of(conn: sqlite3.Connection, articles: Collection[int]) -> list[int]:
    rows = conn.execute("SELECT page_id FROM articles WHERE id IN (SELECT value FROM json_each(?))", (json.dumps([*articles]),))
    return [row[0] for row in rows]


def _pages(conn: sqlite3.Connection, story_id: int, of: Collection[int]) -> list[list[_Text]]:
    """The story's articles on these pages, page by page, the older revision first."""
    found: dict[int, list[_Text]] = {}
    for row in conn.execute(_TEXTS, (story_id, json.dumps([*of]))):
        text = _Text(*row)
        found.setdefault(text.page_id, []).append(text)
    return list(found.values())


def _candidate(text: _Text, first: _Text) -> Candidate:
    """What the choice of the reference asks of a text; `first`: the first one of its page in this story.

    A page that had another story before has that one's time of publication, as often as not: it is not believed.
    """
    printed = None if first.published_at is None or first.revision > 1 else _seconds(first.published_at)
    return Candidate(text.article_id, bool(text.is_wire), printed, _seconds(text.first_seen_at), text.revision, text.length)


def _seconds(stamp: str) -> int:
    return int(from_iso(stamp).timestamp())
