"""Articles of a selection, in the order of their ids, a few at a time. Reads only.

No read transaction lasts longer than one look at WINDOW ids or one batch: a long one would keep the WAL from being emptied while a crawl
writes. What is taken is what the archive has up to the article `last`, and the newest revisions are the newest among these: articles
that come in meanwhile change nothing, so that a work which goes on later takes the same articles as one that was never interrupted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, fields
from typing import Any

from archive.errors import ArchiveDamaged, UsageError
from archive.selection import Selection
from archive.store.connect import Store, telling
from archive.store.markdown import unpacked

WINDOW = 20_000  # ids looked through in one read transaction: some 50 ms where none of them is of the selection
CACHE = 8 * 2**20  # bytes of pages kept at hand: articles are read in order, once
BATCH = 500  # articles handed out together,
BATCH_SIZE = 2 * 2**20  # or characters of text, whichever is reached first; one article may have more


@dataclass(frozen=True, slots=True)
class Selected:
    """One article with what is known around it, as it leaves the archive. Times are UTC, ISO 8601 ending in Z."""

    id: int
    page_id: int
    page_key: str
    page_seen_at: str  # when a feed first named the page
    revision: int
    is_latest: bool
    story_id: int | None
    outlet: str
    outlet_name: str | None
    agency: str | None
    is_agency_copy: bool
    url: str
    canonical_url: str | None
    guid: str | None  # the first one that a feed gave the page
    headline: str | None
    subhead: str | None
    byline: str | None
    authors: tuple[str, ...]
    dateline: str | None
    dateline_place: str | None
    text: str
    section: str | None
    keywords: tuple[str, ...]
    language: str | None
    published_at: str | None
    published_raw: str | None
    modified_at: str | None
    modified_raw: str | None
    first_seen_at: str
    fetched_at: str
    removed_at: str | None  # when its page was found gone
    is_withdrawn: bool  # the feed's last word on the page
    image_url: str | None
    images: tuple[dict[str, str], ...]
    is_partial: bool
    word_count: int
    text_digest: str
    body_id: int | None  # bodies.id of the page as received
    body_sha256: str | None
    cleaner_version: int
    text_markdown: str | None = None  # where it is asked for

    @property
    def at(self) -> str:
        """When it was published; when it was first seen, where that is not known."""
        return self.published_at or self.first_seen_at


_COLUMNS = """a.id, a.page_id, p.key, p.first_seen_at, a.revision, (NOT EXISTS ({newer})), a.story_id, a.outlet, o.name, a.agency,
a.is_agency_copy, a.url, a.canonical_url,
(SELECT e.guid FROM entries e WHERE e.page_id = a.page_id AND e.guid IS NOT NULL ORDER BY e.id LIMIT 1),
a.headline, a.subhead, a.byline, a.authors, a.dateline, a.dateline_place, a.text, a.section, a.keywords, a.language, a.published_at,
a.published_raw, a.modified_at, a.modified_raw, a.first_seen_at, c.fetched_at, p.removed_at,
(SELECT e.status = 'canceled' FROM entries e WHERE e.page_id = a.page_id ORDER BY e.id DESC LIMIT 1), a.image_url, a.images, a.is_partial,
a.word_count, a.text_digest, c.body_id, b.sha256, a.cleaner_version"""
_NEWER = "SELECT 1 FROM articles n WHERE n.page_id = a.page_id AND n.revision > a.revision AND n.id <= :last"
_JOINED = """articles a JOIN pages p ON p.id = a.page_id JOIN captures c ON c.id = a.capture_id LEFT JOIN bodies b ON b.id = c.body_id
LEFT JOIN outlets o ON o.code = a.outlet"""
_AT = {"published": "coalesce(a.published_at, a.first_seen_at)", "seen": "a.first_seen_at"}
_NAMES = tuple(field.name for field in fields(Selected))
_TEXT = _NAMES.index("text")


def newest(store: Store) -> int:
    """The id of the newest article; 0 where there is none."""
    with telling(store.path, reading=True):
        return int(store.conn.execute("SELECT coalesce(max(id), 0) FROM articles").fetchone()[0])


def capture_of(store: Store, article_id: int) -> int | None:
    """The capture that the article was read from; None where there is no such article."""
    with telling(store.path, reading=True):
        row = store.conn.execute("SELECT capture_id FROM articles WHERE id = ?", (article_id,)).fetchone()
    return int(row[0]) if row else None


def check(store: Store, selection: Selection) -> None:
    """Raises UsageError where the selection names an outlet or a story that the archive does not have."""
    with telling(store.path, reading=True):
        known = [row[0] for row in store.conn.execute("SELECT code FROM outlets ORDER BY code")]
        for outlet in selection.outlets:
            if outlet not in known:
                raise UsageError(f"no outlet {outlet!r} in this archive", hint="it has: " + (", ".join(known) or "none yet"))
        if selection.story is not None and not _one(store, "SELECT 1 FROM stories WHERE id = ?", selection.story):
            raise UsageError(f"there is no story {selection.story}", hint="`wirecopy stories` lists them")


def articles(store: Store, selection: Selection, *, last: int, after: int = 0, markdown: bool = False) -> Iterator[list[Selected]]:
    """The selection's articles with ids beyond `after` and up to `last`, batch by batch.

    Raises ArchiveError where the archive cannot be read, ArchiveDamaged for markdown that does not fit its text.
    """
    for rows in _batches(store, selection, _everything(markdown), last, after):
        yield [_selected(row) for row in rows]


def ids(store: Store, selection: Selection, *, last: int, after: int = 0) -> Iterator[list[int]]:
    """As `articles`, their ids alone."""
    for rows in _batches(store, selection, "SELECT a.id FROM articles a", last, after):
        yield [row[0] for row in rows]


def count(store: Store, selection: Selection, *, last: int, after: int = 0) -> int:
    """How many articles `articles` would give."""
    where, values = _where(selection, last)
    sql = f"SELECT count(*) FROM articles a WHERE {where}"  # noqa: S608 - our own names
    total = 0
    with telling(store.path, reading=True):
        for start, end in _windows(store, selection, last, after):
            total += int(store.conn.execute(sql, {**values, "after": start, "until": end}).fetchone()[0])
    return total


def these(store: Store, wanted: Sequence[int], *, last: int, markdown: bool = False) -> Iterator[list[Selected]]:
    """The articles with these ids, ascending, batch by batch; those that are gone meanwhile are left out."""
    sql = f"{_everything(markdown)} WHERE a.id > :after AND a.id IN (SELECT value FROM json_each(:ids)) ORDER BY a.id"  # noqa: S608
    with telling(store.path, reading=True):
        for start in range(0, len(wanted), BATCH):
            values = {"ids": json.dumps(wanted[start : start + BATCH]), "last": last, "after": 0}
            more = True
            while more:
                rows, more = _few(store, sql, values)
                if rows:
                    yield [_selected(row) for row in rows]
                    values["after"] = rows[-1][0]


def keys(store: Store, selection: Selection, *, last: int, after: int = 0) -> Iterator[list[tuple[int, str, str]]]:
    """As `articles`, of each (id, time, outlet): the time is that which `selection.by` means."""
    sql = f"SELECT a.id, {_AT[selection.by]}, a.outlet FROM articles a"  # noqa: S608 - our own names
    for rows in _batches(store, selection, sql, last, after):
        yield [(row[0], row[1], row[2]) for row in rows]


def latest(store: Store, selection: Selection, *, last: int, limit: int) -> list[int]:
    """The ids of the selection's articles that were seen last, newest first.

    The index of first sight is gone along backwards, WINDOW articles in one read transaction, until there are enough.
    """
    where, values = _where(selection, last)
    # The condition is no WHERE: the planner would leave the index for it, and sort.
    sql = f"""SELECT a.id, a.first_seen_at, ({where}) FROM articles a WHERE (a.first_seen_at, a.id) < (:at, :id)
    ORDER BY a.first_seen_at DESC, a.id DESC LIMIT {WINDOW}"""  # noqa: S608 - our own names
    values |= {"after": 0, "until": last, "at": "~", "id": 0}  # "~" is behind all digits
    found: list[int] = []
    with telling(store.path, reading=True):
        while len(found) < limit and (rows := store.conn.execute(sql, values).fetchall()):
            found += [row[0] for row in rows if row[2]]
            values |= {"id": rows[-1][0], "at": rows[-1][1]}
    return found[:limit]


def _batches(store: Store, selection: Selection, sql: str, last: int, after: int) -> Iterator[list[Sequence[Any]]]:
    where, values = _where(selection, last)
    sql = f"{sql} WHERE {where} ORDER BY a.id LIMIT {BATCH}"
    with telling(store.path, reading=True):
        for start, end in _windows(store, selection, last, after):
            at = start
            while True:
                rows, more = _few(store, sql, {**values, "after": at, "until": end})
                if rows:
                    yield rows
                if not more:
                    break
                at = rows[-1][0]


def _few(store: Store, sql: str, values: dict[str, Any]) -> tuple[list[Sequence[Any]], bool]:
    """Rows of one read transaction, which is over when they are handed out; and whether there may be more."""
    rows, size = [], 0
    with closing(store.conn.execute(sql, values)) as cursor:
        for row in cursor:
            rows.append(row)
            size += len(row[_TEXT]) if len(row) > _TEXT else 0
            if size >= BATCH_SIZE:
                return rows, True
    return rows, len(rows) == BATCH


def _windows(store: Store, selection: Selection, last: int, after: int) -> Iterator[tuple[int, int]]:
    """(after, until): ids that are looked through one stretch at a time; the copies of a story are found by its index at once."""
    first, until = _between(store, selection)
    at, until = max(after, first - 1), min(last, until)
    step = WINDOW if selection.story is None else max(1, until)
    while at < until:
        yield at, min(at + step, until)
        at += step


def _between(store: Store, selection: Selection) -> tuple[int, int]:
    """Ids between which all articles of that time are. The indexes of time know it at .05 microseconds an article of the time."""
    if selection.since is None and selection.until is None:
        return 1, 2**62
    columns = ("first_seen_at",) if selection.by == "seen" else ("published_at", "first_seen_at")
    some = " UNION ALL ".join(f"SELECT id FROM articles WHERE {name} >= :since AND {name} < :until" for name in columns)  # noqa: S608
    values = {"since": selection.since or "", "until": selection.until or "~"}  # "~" is behind all digits
    low, high = store.conn.execute(f"SELECT min(id), max(id) FROM ({some})", values).fetchone()  # noqa: S608 - our own names
    return (1, 0) if low is None else (int(low), int(high))


def _everything(markdown: bool) -> str:
    joined = f"{_JOINED} LEFT JOIN markdown m ON m.article_id = a.id" if markdown else _JOINED
    return f"SELECT {_COLUMNS.format(newer=_NEWER)}{', m.data' if markdown else ''} FROM {joined}"  # noqa: S608 - our own names


def _where(selection: Selection, last: int) -> tuple[str, dict[str, Any]]:
    """The condition with its values, `after` and `until` to be added; what is not asked for is not in it."""
    parts = ["a.id > :after AND a.id <= :until"]
    if not selection.all_revisions:
        parts.append(f"(a.is_latest OR NOT EXISTS ({_NEWER}))")
    if not selection.without_text:
        parts.append("a.text <> ''")
    asked: dict[str, tuple[str, Any]] = {
        "outlets": ("a.outlet IN (SELECT value FROM json_each(:outlets))", json.dumps(selection.outlets) if selection.outlets else None),
        "agencies": (
            "a.agency IN (SELECT value FROM json_each(:agencies))",
            json.dumps(selection.agencies) if selection.agencies else None,
        ),
        "story": ("a.story_id = :story", selection.story),
        "since": (f"{_AT[selection.by]} >= :since", selection.since),
        "before": (f"{_AT[selection.by]} < :before", selection.until),
        "match": (
            "a.id IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH :match AND rowid > :after AND rowid <= :until)",
            selection.match,
        ),
    }
    parts += [sql for sql, value in asked.values() if value is not None]
    return " AND ".join(parts), {"last": last} | {name: value for name, (_, value) in asked.items() if value is not None}


def _selected(row: Sequence[Any]) -> Selected:
    values = dict(zip(_NAMES, row, strict=False))
    if values.get("text_markdown") is not None:
        values["text_markdown"] = unpacked(values["id"], values["text_markdown"], values["text"])
    for name in ("is_latest", "is_agency_copy", "is_withdrawn", "is_partial"):
        values[name] = bool(values[name])
    for name in ("authors", "keywords", "images"):
        values[name] = _list(values["id"], name, values[name])
    return Selected(**values)


def _list(article_id: int, name: str, value: str | None) -> tuple[Any, ...]:
    if value in (None, "[]"):
        return ()
    try:
        return tuple(json.loads(value or ""))
    except (ValueError, TypeError) as problem:
        raise ArchiveDamaged(
            f"article {article_id} has {name} that are no JSON list: {problem}", hint="`wirecopy clean --all` makes it anew"
        ) from problem


def _one(store: Store, sql: str, *values: object) -> bool:
    return store.conn.execute(sql, values).fetchone() is not None
