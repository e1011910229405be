"""Readings: captures read by the cleaner become articles, one row per page and revision; each text finds its story.

A reading never changes a capture. Cleaning again writes the same rows anew: an article's id belongs to the capture that first read so.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from archive.counters import only_counts
from archive.keys import quiet_text, text_digest
from archive.model import Article, Image
from archive.store import changes, credits, furniture, further, markdown, revisits, same_page, stories, walls
from archive.store.connect import Store
from archive.times import from_iso, iso, iso_or_none

_NOTHING_NEW = 0.95  # share of a text's shingles that an earlier reading has: some advertisement changes with each visit


@dataclass(frozen=True, slots=True)
class _Read:
    """A capture and what was made of it, on the way into the tables."""

    capture_id: int
    page_id: int
    url: str
    fetched_at: str
    article: Article
    digest: str


def save(
    store: Store, capture_id: int, article: Article, *, cleaner_version: int, run_id: int | None, now: datetime, furniture_version: int = 0,
    pages: int = 1,
) -> int | None:  # fmt: skip
    """Keeps the reading of one capture; gives back the article it became or joined, None where no story was found.

    Call inside a transaction, in capture order for the captures of one page. `furniture_version`: of the outlet's furniture, as it was
    known to the cleaner; `pages`: that were read, the story's further ones among them. Where more of these have come meanwhile, the
    capture is read again.
    """
    row = store.conn.execute("SELECT page_id, url, fetched_at FROM captures WHERE id = ?", (capture_id,)).fetchone()
    read = _Read(capture_id, int(row[0]), row[1], row[2], article, text_digest(article.text))
    first = store.conn.execute("SELECT 1 FROM readings WHERE capture_id = ?", (capture_id,)).fetchone() is None
    home = same_page.resolve(store, read.page_id, read.url, article)
    if home == read.page_id:
        same_page.adopt(store, home, capture_id, article)
    article_id = _join(store, read) if home == read.page_id else _join_other(store, read, home)
    store.conn.execute(
        "INSERT INTO readings (capture_id, article_id, run_id, cleaned_at, cleaner_version, reason, furniture) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (capture_id) DO UPDATE SET article_id = excluded.article_id, run_id = excluded.run_id,"
        " cleaned_at = excluded.cleaned_at, cleaner_version = excluded.cleaner_version, reason = excluded.reason,"
        " furniture = excluded.furniture, same_as = NULL",
        (capture_id, article_id, run_id, iso(now), cleaner_version, article.reason, furniture_version),
    )
    revisits.follow(store, capture_id, now=now, good=article_id is not None and article.reason is None and article.wall is None)
    if article_id is not None:
        store.conn.execute("UPDATE articles SET cleaner_version = ? WHERE id = ?", (cleaner_version, article_id))
    if further.count(store, capture_id) < pages:
        store.conn.execute("DELETE FROM clean_queue WHERE capture_id = ?", (capture_id,))
    if first and article_id is not None and _own(store, capture_id) == article_id:
        furniture.count(store, read.page_id)
    if article.wall is not None:
        walls.note(store, read.page_id, capture_id, article.wall, article.reason or article.wall, first=first, now=now)
    else:
        walls.forget(store, capture_id)
    return article_id


def save_failure(store: Store, capture_id: int, reason: str, *, cleaner_version: int, run_id: int | None, now: datetime) -> None:
    """The cleaner could not finish on a capture: what an earlier one made of it stays. Call inside a transaction."""
    store.conn.execute(
        "INSERT INTO readings (capture_id, run_id, cleaned_at, cleaner_version, reason) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (capture_id) DO UPDATE SET run_id = excluded.run_id, cleaned_at = excluded.cleaned_at,"
        " cleaner_version = excluded.cleaner_version, reason = excluded.reason",
        (capture_id, run_id, iso(now), cleaner_version, reason),
    )
    store.conn.execute("UPDATE readings SET cleaner_version = ? WHERE same_as = ?", (cleaner_version, capture_id))
    store.conn.execute("DELETE FROM clean_queue WHERE capture_id = ?", (capture_id,))


def _join(store: Store, read: _Read) -> int | None:
    """The page's own series: the same text joins the revision before, another text is a revision of its own."""
    own = _own(store, read.capture_id)
    before = store.conn.execute(
        "SELECT id, text_digest, headline, text FROM articles WHERE page_id = ? AND capture_id < ? ORDER BY capture_id DESC LIMIT 1",
        (read.page_id, read.capture_id),
    ).fetchone()
    if before and (
        not read.article.text
        or (_same_headline(before[2], read.article.headline) and (before[1] == read.digest or only_counts(before[3], read.article.text)))
        or _is_beginning(read.article, before[3])
    ):
        # A page that lost its text (a consent wall, an error page) never takes the place of a good reading.
        _drop(store, own, instead=int(before[0]))
        return int(before[0]) if read.article.text or not before[3] else None
    if not read.article.text and not read.article.headline:
        _drop(store, own, instead=None)
        return None
    return _write(store, read, own, before_id=int(before[0]) if before else None)


def _same_headline(one: str | None, other: str | None) -> bool:
    return quiet_text(one or "") == quiet_text(other or "")


def _is_beginning(article: Article, before: str) -> bool:
    """Whether a story's further pages could not be had this time, and what could be says nothing new."""
    return article.continues_at is not None and len(article.text) < len(before) and same_page.overlap(article.text, before) >= _NOTHING_NEW


def _join_other(store: Store, read: _Read, home: int) -> int | None:
    """Another address of a page that we have: no revision, only a further capture of it."""
    row = store.conn.execute(
        "SELECT id FROM articles WHERE page_id = ? ORDER BY text_digest = ? DESC, revision DESC LIMIT 1",
        (home, read.digest),
    ).fetchone()
    _drop(store, _own(store, read.capture_id), instead=int(row[0]))
    return int(row[0])


def _own(store: Store, capture_id: int) -> int | None:
    row = store.conn.execute("SELECT id FROM articles WHERE capture_id = ?", (capture_id,)).fetchone()
    return int(row[0]) if row else None


def _drop(store: Store, own: int | None, *, instead: int | None) -> None:
    """Takes back a revision that a newer cleaner no longer sees; what pointed at it points at `instead`."""
    if own is None or own == instead:
        return
    page_id, capture_id, story_id, digest = store.conn.execute(
        "SELECT page_id, capture_id, story_id, text_digest FROM articles WHERE id = ?", (own,)
    ).fetchone()
    _ask_later_ones(store, int(page_id), int(capture_id))
    store.conn.execute("UPDATE readings SET article_id = ? WHERE article_id = ?", (instead, own))
    store.conn.execute("DELETE FROM articles WHERE id = ?", (own,))
    stories.leave(store, story_id, own, digest)
    number(store, int(page_id))
    changes.follow(store, int(page_id), None)


def _ask_later_ones(store: Store, page_id: int, capture_id: int) -> None:
    """Later captures of a page are read again: each is a revision or none by what was read before it, and that is another text now.

    In a pass that reads all of them in order they wait already; not so where a run has read the page's newest one meanwhile.
    """
    store.conn.execute(
        "INSERT OR IGNORE INTO clean_queue (capture_id) SELECT r.capture_id FROM captures c JOIN readings r ON r.capture_id = c.id"
        " WHERE c.page_id = ? AND c.id > ? AND r.same_as IS NULL",
        (page_id, capture_id),
    )


def _write(store: Store, read: _Read, own: int | None, before_id: int | None) -> int:
    said = store.conn.execute("SELECT text_digest, headline, story_id FROM articles WHERE id = ?", (own,)).fetchone()
    if said is None or tuple(said[:2]) != (read.digest, read.article.headline):
        _ask_later_ones(store, read.page_id, read.capture_id)
    article_id = own or next_id(store)
    values = _columns(store, read, article_id, before_id, again=own is not None)
    if own is not None:
        sets = ", ".join(f"{name} = :{name}" for name in values)
        store.conn.execute(f"UPDATE articles SET {sets} WHERE id = :id", {**values, "id": own})  # noqa: S608 - our own names
        markdown.save(store, own, read.article.text, read.article.text_markdown)
        credits.save(store, own, read.article.credits)
        if said[0] != read.digest:
            stories.leave(store, said[2] if said[2] != values["story_id"] else None, own, said[0])
        number(store, read.page_id)
        changes.follow(store, read.page_id, None if tuple(said[:2]) == (read.digest, read.article.headline) else own)
        return own
    values |= {
        "id": article_id,  # the story that it founds has this id too
        "page_id": read.page_id,
        "capture_id": read.capture_id,
        "revision": -read.capture_id,
        "cleaner_version": 0,
    }
    names = ", ".join(values)
    holes = ", ".join(f":{name}" for name in values)
    store.conn.execute(f"INSERT INTO articles ({names}) VALUES ({holes})", values)  # noqa: S608
    markdown.save(store, article_id, read.article.text, read.article.text_markdown)
    credits.save(store, article_id, read.article.credits)
    number(store, read.page_id)
    changes.follow(store, read.page_id, article_id)
    return article_id


def next_id(store: Store) -> int:
    """The id of a new article: none that was ever given to one that was taken down."""
    sql = "SELECT max((SELECT coalesce(max(id), 0) FROM articles), (SELECT coalesce(max(last_article_id), 0) FROM tombstones)) + 1"
    return int(store.conn.execute(sql).fetchone()[0])


def _columns(store: Store, read: _Read, article_id: int, before_id: int | None, *, again: bool) -> dict[str, object]:
    article = read.article
    page = store.conn.execute(
        "SELECT o.code, p.first_seen_at, o.id FROM pages p JOIN outlets o ON o.id = p.outlet_id WHERE p.id = ?",
        (read.page_id,),
    ).fetchone()
    seen = page[1] if before_id is None else read.fetched_at[:19] + "Z"
    return {
        "story_id": stories.place(store, _piece(read, article_id, page[2], seen), before=before_id, again=again) if article.text else None,
        "outlet": page[0],
        "url": read.url,
        "canonical_url": article.canonical_url,
        "headline": article.headline,
        "subhead": article.subhead,
        "byline": article.byline,
        "authors": json.dumps(article.authors, ensure_ascii=False),
        "agency": article.agency,
        "by_house": article.by_house,
        "disclaimer": article.disclaimer,
        "dateline": article.dateline,
        "dateline_place": article.dateline_place,
        "text": article.text,
        "section": article.section,
        "keywords": json.dumps(article.keywords, ensure_ascii=False),
        "language": article.language,
        "published_at": iso_or_none(article.published_at),
        "published_raw": article.published_raw,
        "modified_at": iso_or_none(article.modified_at),
        "modified_raw": article.modified_raw,
        "first_seen_at": seen,
        "image_url": article.image_url,
        "images": json.dumps([_without_nulls(image) for image in article.images], ensure_ascii=False) if article.images else None,
        "is_partial": int(article.is_partial),
        "is_agency_copy": int(article.is_agency_copy),
        "word_count": len(article.text.split()),
        "text_digest": read.digest,
        "evidence": json.dumps(dict(article.evidence), ensure_ascii=False),
    }


def _without_nulls(image: Image) -> dict[str, str]:
    return {name: value for name, value in asdict(image).items() if value is not None}


def _piece(read: _Read, article_id: int, outlet_id: int, seen: str) -> stories.Piece:
    article = read.article
    return stories.Piece(
        article_id=article_id,
        outlet_id=outlet_id,
        digest=read.digest,
        headline=article.headline,
        text=article.text,
        agency=article.agency,
        published=None if article.published_at is None else int(article.published_at.timestamp()),
        seen=int(from_iso(read.fetched_at).timestamp()),
        first_seen_at=seen,
    )


def number(store: Store, page_id: int) -> None:
    """Revisions are numbered in capture order; the last one is the latest."""
    rows = store.conn.execute("SELECT id, revision, is_latest FROM articles WHERE page_id = ? ORDER BY capture_id", (page_id,)).fetchall()
    wanted = [(place, int(place == len(rows)), row[0]) for place, row in enumerate(rows, 1)]
    if [(row[1], row[2], row[0]) for row in rows] == wanted:
        return
    # (page, revision) stays unique meanwhile: no other number goes this far down.
    store.conn.execute("UPDATE articles SET revision = ? - id WHERE page_id = ?", (-(2**48), page_id))
    store.conn.executemany("UPDATE articles SET revision = ?, is_latest = ? WHERE id = ?", wanted)
