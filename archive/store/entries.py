"""Entries: what feeds said, appended. A changed entry is a new row; one that flaps for ever stops at a cap."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from archive.keys import key_hash, url_key
from archive.model import Entry, PageTask, Poll
from archive.store import bodies, pages, tombstones
from archive.store.connect import Store
from archive.times import from_iso, iso, iso_or_none

MAX_VERSIONS = 20  # rows kept of one entry, or of one page under changing guids: some feeds change with each request


@dataclass(slots=True)
class Brought:
    """What one document added."""

    entries: int | None = None
    new: int = 0
    gap: bool = False
    buried: int | None = None  # the tombstone of an entry that the document names all the same
    tasks: list[PageTask] = field(default_factory=list)
    fresh: set[tuple[str, int]] = field(default_factory=set)  # what this document itself brought: naming it twice makes it no known one


def record(store: Store, poll_id: int, poll: Poll, wanted: Callable[[str], bool]) -> Brought:
    """Appends what is new in the poll's document and queues pages not met before. Call inside a transaction.

    The oldest entry comes first, so that the last rows of a feed are its newest entries. Pages to fetch are given the other way round.

    `wanted` says of a URL to fetch whether the source's keep and skip patterns let it through.
    """
    assert poll.document is not None  # noqa: S101 - the caller has looked
    listed = poll.document.entries
    brought = Brought(entries=len(listed))
    identities = _identities(listed)
    known = 0
    for entry, identity in _oldest_first(listed, identities, poll.polled_at):
        known += _one(store, poll_id, poll, entry, identity, wanted, brought)
    brought.tasks.reverse()
    brought.gap = bool(listed) and known == 0 and poll.lease.last_success_at is not None
    return brought


def _oldest_first(listed: Sequence[Entry], identities: Sequence[int], now: datetime) -> list[tuple[Entry, int]]:
    """By publication; those that state none, or one that lies ahead, count as of now. Those of one time: last listed first, as feeds do."""
    last_listed_first = list(zip(listed, identities, strict=True))[::-1]
    return sorted(last_listed_first, key=lambda pair: min(pair[0].published_at or now, now))


def knows(store: Store, feed_id: int, listed: Sequence[Entry]) -> bool:
    """Whether one of these entries, or its page, was known before."""
    return any(
        _versions(store, feed_id, identity) or (entry.url and pages.find(store, url_key(entry.url)) is not None)
        for entry, identity in zip(listed, _identities(listed), strict=True)
    )


def looks_into_gaps(store: Store, feed_id: int, limit: int) -> list[tuple[datetime, bool]]:
    """The last gaps of a feed that were looked into, newest first: when, and whether that closed it."""
    rows = store.conn.execute(
        "SELECT p.polled_at, g.closed_by IS NOT NULL FROM polls p CROSS JOIN gaps g ON g.poll_id = p.id WHERE p.feed_id = ?"
        " ORDER BY p.id DESC LIMIT ?",
        (feed_id, limit),
    )
    return [(from_iso(at), bool(closed)) for at, closed in rows]


def _one(store: Store, poll_id: int, poll: Poll, entry: Entry, identity: int, wanted: Callable[[str], bool], brought: Brought) -> int:
    """Records one entry; 1 if it, or its page, was known before: what was taken down counts as known, and is not recorded."""
    buried = tombstones.of(store, tombstones.entry(poll.lease.url, identity), tombstones.page(url_key(entry.url)))
    if buried is not None:
        brought.buried = buried
        return 1
    versions = _versions(store, poll.lease.feed_id, identity)
    status = _status(entry, poll.polled_at)
    page_id, met = None, False
    if status != "usable":
        page_id = _known_page(store, poll.lease.feed_id, entry, identity)
    elif wanted(entry.url):
        page_id, met = _meet(store, poll, entry, identity, brought)
    digest = _digest(entry, status)
    changed = digest not in versions and len(versions) < MAX_VERSIONS  # one that goes back to what it said before is no news
    news = status != "usable" or _says_updated(store, poll.lease.feed_id, identity, entry)
    if changed and page_id is not None and not met and news:
        brought.tasks += pages.look_again(store, page_id, poll.polled_at)
    if changed and (met or page_id is None or _entries_of(store, page_id) < MAX_VERSIONS):
        _insert(store, poll_id, poll, entry, status, identity, digest, page_id)
    known = (bool(versions) and ("entry", identity) not in brought.fresh) or (
        page_id is not None and not met and ("page", page_id) not in brought.fresh
    )
    if not known:
        brought.fresh |= {("entry", identity)} | ({("page", page_id)} if page_id is not None else set())
    return int(known)


def _meet(store: Store, poll: Poll, entry: Entry, identity: int, brought: Brought) -> tuple[int, bool]:
    """The page of an entry that may be used: (page id, new); a new one is to be fetched, unless an embargo holds it back."""
    embargo = _embargo(entry, poll.polled_at)
    page_id, met = _page(store, poll, entry, identity, embargo)
    brought.new += met
    if met and embargo is None:
        of, dated_at = poll.lease, entry.updated_at or entry.published_at
        brought.tasks.append(PageTask(page_id, entry.url, of.outlet, of.outlet_id, of.feed_id, dated_at=dated_at))
    return page_id, met


def _status(entry: Entry, now: datetime) -> Literal["usable", "canceled", "expired"]:
    """The feed's word, and `expired` once its time is over."""
    return "expired" if entry.status == "usable" and entry.expires_at is not None and entry.expires_at <= now else entry.status


def _embargo(entry: Entry, now: datetime) -> datetime | None:
    """The embargo that lies ahead; None where there is none any more."""
    return entry.embargo_until if entry.embargo_until is not None and entry.embargo_until > now else None


def _known_page(store: Store, feed_id: int, entry: Entry, identity: int) -> int | None:
    """The page of an entry that is withdrawn or over, if we know it: then it is looked at once more, and nothing is deleted."""
    row = store.conn.execute(
        "SELECT page_id FROM entries WHERE feed_id = ? AND identity = ? AND page_id IS NOT NULL ORDER BY id LIMIT 1", (feed_id, identity)
    ).fetchone()
    return int(row[0]) if row else pages.find(store, url_key(entry.url)) if entry.url else None


def _page(store: Store, poll: Poll, entry: Entry, identity: int, embargo: datetime | None) -> tuple[int, bool]:
    """The page of an entry: (page id, new).

    Some feeds give their links another query with each request (a session, a counter). Where the guid is one that this feed used
    before, for the same host and path, it is the page known by it; without a guid to say so, another query is another page.
    """
    if entry.guid and pages.find(store, url_key(entry.url)) is None:
        row = store.conn.execute(
            "SELECT p.id, p.url FROM entries e JOIN pages p ON p.id = e.page_id"
            " WHERE e.feed_id = ? AND e.identity = ? ORDER BY e.id LIMIT 1",
            (poll.lease.feed_id, identity),
        ).fetchone()
        if row and _address(row[1]) == _address(entry.url):
            return int(row[0]), False
    return pages.meet(store, entry.url, outlet_id=poll.lease.outlet_id, feed_id=poll.lease.feed_id, now=poll.polled_at, not_before=embargo)


def _address(url: str) -> str:
    return url_key(url).partition("?")[0]


def _identities(listed: Sequence[Entry]) -> list[int]:
    """guid, else link; a guid that stands on several links of one document identifies nothing alone."""
    links: dict[str, set[str]] = defaultdict(set)
    for entry in listed:
        if entry.guid and entry.status == "usable":  # a tombstone names its entry's guid and no link
            links[entry.guid].add(url_key(entry.url))
    return [_identity(entry, shared=entry.guid is not None and len(links[entry.guid]) > 1) for entry in listed]


def _identity(entry: Entry, *, shared: bool) -> int:
    if not entry.guid:
        return key_hash(url_key(entry.url))
    return key_hash(f"{entry.guid}\n{url_key(entry.url)}" if shared else entry.guid)


def _digest(entry: Entry, status: str) -> int:
    said: tuple[object, ...] = (
        entry.url, entry.title, entry.published_raw, entry.updated_raw, entry.authors, entry.categories, entry.summary, entry.content,
        status,
    )  # fmt: skip
    terms = (iso_or_none(entry.embargo_until), iso_or_none(entry.expires_at))
    return key_hash(json.dumps((*said, terms) if any(terms) else said))


def _versions(store: Store, feed_id: int, identity: int) -> set[int]:
    rows = store.conn.execute("SELECT digest FROM entries WHERE feed_id = ? AND identity = ?", (feed_id, identity))
    return {int(row[0]) for row in rows}


def _says_updated(store: Store, feed_id: int, identity: int, entry: Entry) -> bool:
    """Whether the feed says that the story changed: another headline or another time of change than it last gave for this entry."""
    row = store.conn.execute(
        "SELECT title, updated_raw FROM entries WHERE feed_id = ? AND identity = ? ORDER BY id DESC LIMIT 1", (feed_id, identity)
    ).fetchone()
    return row is not None and (row[0], row[1]) != (entry.title, entry.updated_raw)


def _entries_of(store: Store, page_id: int) -> int:
    return int(store.conn.execute("SELECT count(*) FROM entries WHERE page_id = ?", (page_id,)).fetchone()[0])


def _insert(store: Store, poll_id: int, poll: Poll, entry: Entry, status: str, identity: int, digest: int, page_id: int | None) -> None:
    content_id = None if not entry.content else bodies.put(store, entry.content.encode("utf-8", "replace"))
    row = store.conn.execute(
        "INSERT INTO entries (feed_id, page_id, poll_id, identity, digest, guid, url, title, published_at, published_raw, updated_at,"
        " updated_raw, authors, categories, summary, content_id, status, first_seen_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            poll.lease.feed_id, page_id, poll_id, identity, digest, entry.guid, entry.url_given, entry.title,
            iso_or_none(entry.published_at), entry.published_raw, iso_or_none(entry.updated_at), entry.updated_raw,
            _json(entry.authors), _json(entry.categories), entry.summary, content_id, status, iso(poll.polled_at),
        ),
    ).fetchone()  # fmt: skip
    if entry.embargo_until or entry.expires_at:
        store.conn.execute(
            "INSERT INTO terms (entry_id, embargo_until, expires_at) VALUES (?, ?, ?)",
            (row[0], iso_or_none(entry.embargo_until), iso_or_none(entry.expires_at)),
        )


def _json(values: tuple[str, ...]) -> str | None:
    return json.dumps(values, ensure_ascii=False) if values else None
