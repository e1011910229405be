"""Pages: the memory of seen links, and the fetch queue. A link counts as seen only when its page is stored."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from archive.keys import key_hash, url_key
from archive.model import Known, PageTask, Stored, Visit
from archive.store import captures, revisits, tombstones
from archive.store.connect import Store
from archive.times import from_iso, from_iso_or_none, iso, iso_due_or_none, iso_ms, iso_or_none

_TASK = """SELECT p.id, p.url, o.code, p.outlet_id, p.feed_id, p.attempts, p.stored_at, p.checks, p.etag, p.last_modified,
  (SELECT c.fetched_at FROM articles a JOIN captures c ON c.id = a.capture_id WHERE a.page_id = p.id AND a.is_latest),
  CASE WHEN p.stored_at IS NULL THEN (SELECT max(coalesce(e.updated_at, e.published_at)) FROM entries e WHERE e.page_id = p.id) END
  FROM pages p JOIN outlets o ON o.id = p.outlet_id"""


_DUE = "(p.next_try_at <= :now OR (p.recheck_at <= :now AND p.next_try_at IS NULL))"
_DUE_IDS = "SELECT id FROM pages WHERE next_try_at <= :now UNION ALL SELECT id FROM pages WHERE recheck_at <= :now AND next_try_at IS NULL"
# A page that was stored once stays so when a later fetch fails; only its being gone is news.
_STATE = """state = CASE WHEN capture_id IS NOT NULL AND ?1 <> 'gone' THEN 'stored' ELSE ?1 END, attempts = ?2,
  next_try_at = ?3, status = ?4, error = ?5, capture_id = coalesce(?6, capture_id), recheck_at = ?8,
  removed_at = CASE WHEN ?1 = 'gone' THEN coalesce(removed_at, CASE WHEN stored_at IS NOT NULL THEN ?9 END)
  WHEN ?1 = 'stored' THEN NULL ELSE removed_at END"""
_ALIVE = ", alive_at = ?9, stored_at = coalesce(stored_at, ?9), checks = checks + ?12"
_REPLACED = f"{_ALIVE}, etag = ?10, last_modified = ?11"
_REFRESHED = f"{_ALIVE}, etag = coalesce(?10, etag), last_modified = coalesce(?11, last_modified)"
# Due pages up to which they are looked up one by one along their indexes (some 3 microseconds each, for every batch); beyond, all pages
# are gone through in the order of their ids, which finds the next ones soon where many are due.
FEW = 10_000


def find(store: Store, key: str) -> int | None:
    """The page with this key, by 64-bit hash, verified against the text."""
    for page_id, text in store.conn.execute("SELECT id, key FROM pages WHERE key_hash = ?", (key_hash(key),)):
        if text == key:
            return int(page_id)
    return None


def meet(
    store: Store, url: str, *, outlet_id: int, feed_id: int | None, now: datetime, not_before: datetime | None = None
) -> tuple[int, bool]:
    """The page of this URL, queued for fetching if it was not known: (page id, new). Call inside a transaction.

    `not_before`: an embargo that lies ahead; a page that waits is held longer when its feed says so, and let go when it no longer does.
    """
    key = url_key(url)
    known = find(store, key)
    if known is not None:
        return known, _queue_claimed(store, known, feed_id, now, not_before)
    row = store.conn.execute(
        "INSERT INTO pages (key, key_hash, url, outlet_id, feed_id, state, first_seen_at, next_try_at)"
        " VALUES (?, ?, ?, ?, ?, 'queued', ?, ?) RETURNING id",
        (key, key_hash(key), url, outlet_id, feed_id, iso(now), iso(not_before or now)),
    ).fetchone()
    return int(row[0]), True


def _queue_claimed(store: Store, page_id: int, feed_id: int | None, now: datetime, not_before: datetime | None) -> bool:
    """Queues a page that so far only another page's canonical link has named: now a feed names it, and a claim may be wrong.

    So is one whose embargo was lifted. One that was put off or shortened is kept, and is no news.
    """
    claimed = store.conn.execute(
        "UPDATE pages SET next_try_at = ?, first_seen_at = ?, feed_id = ? WHERE id = ? AND state = 'queued' AND next_try_at IS NULL",
        (iso(not_before or now), iso(now), feed_id, page_id),
    )
    waiting = "UPDATE pages SET next_try_at = ?1 WHERE id = ?2 AND state = 'queued' AND attempts = 0"
    if not_before is not None:  # only the feed that named the page may hold it back for longer: another one may know it as free
        store.conn.execute(f"{waiting} AND (next_try_at > ?1 OR feed_id IS ?3)", (iso(not_before), page_id, feed_id))
        return claimed.rowcount == 1
    lifted = store.conn.execute(f"{waiting} AND next_try_at > ?1", (iso(now), page_id))
    return claimed.rowcount == 1 or lifted.rowcount == 1


def look_again(store: Store, page_id: int, now: datetime) -> list[PageTask]:
    """Queues a stored page for another fetch: its feed says that the story changed. Call inside a transaction."""
    store.conn.execute("UPDATE pages SET next_try_at = ? WHERE id = ? AND state = 'stored' AND next_try_at IS NULL", (iso(now), page_id))
    rows = store.conn.execute(f"{_TASK} WHERE p.id = ? AND p.state = 'stored'", (page_id,)).fetchall()
    return [_as_task(store, row) for row in rows]


def alias(store: Store, url: str, *, of: int, fetched: bool) -> None:
    """Makes `url` known as another address of page `of`. Call inside a transaction.

    `fetched` says that the page was fetched from there (a redirect's target): a link to it is not fetched again. Otherwise it is
    only claimed (a canonical link), and fetched if ever a feed names it.
    """
    key = url_key(url)
    if find(store, key) is None and tombstones.of(store, tombstones.page(key)) is None:
        store.conn.execute(
            "INSERT INTO pages (key, key_hash, url, outlet_id, feed_id, state, first_seen_at, capture_id, same_as)"
            " SELECT ?, ?, ?, outlet_id, NULL, CASE WHEN ? THEN state ELSE 'queued' END, first_seen_at,"
            " CASE WHEN ? THEN capture_id END, coalesce(same_as, id) FROM pages WHERE id = ?",
            (key, key_hash(key), url, fetched, fetched, of),
        )


def due(
    store: Store,
    now: datetime,
    *,
    limit: int = 1000,
    after: int = 0,
    outlets: frozenset[str] | None = None,
    all_failed: bool = False,
    all_stored: bool = False,
) -> list[PageTask]:
    """Pages whose fetch is due, in id order, beyond id `after`; `all_failed` takes those that wait for a later try as well.

    Looks at stored pages (`recheck_at`) come when they are due; `all_stored` takes every stored page.
    """
    waits = " OR (p.next_try_at IS NOT NULL AND coalesce(p.status, 0) NOT IN (429, 503))" if all_failed else ""
    waits += " OR (p.state = 'stored' AND p.same_as IS NULL)" if all_stored else ""
    few = not waits and _few_due(store, now)
    when = f"p.id IN ({_DUE_IDS}) AND +p.id > :after" if few else f"({_DUE}{waits}) AND p.id > :after"
    rows = store.conn.execute(
        f"{_TASK} WHERE {when} AND o.active"  # noqa: S608 - constants
        " AND (:outlets IS NULL OR o.code IN (SELECT value FROM json_each(:outlets))) ORDER BY p.id LIMIT :limit",
        {
            "now": iso(now),
            "after": after,
            "limit": limit,
            "outlets": None if outlets is None else json.dumps(sorted(outlets)),
        },
    ).fetchall()
    return [_as_task(store, row) for row in rows]


def _few_due(store: Store, now: datetime) -> bool:
    sql = f"SELECT count(*) FROM (SELECT 1 FROM ({_DUE_IDS}) LIMIT :limit)"  # noqa: S608 - a constant
    return int(store.conn.execute(sql, {"now": iso(now), "limit": FEW + 1}).fetchone()[0]) <= FEW


def _as_task(store: Store, row: tuple[Any, ...]) -> PageTask:
    task, (stored_at, checks, etag, last_modified, changed_at, dated_at) = PageTask(*row[:6]), row[6:]
    if stored_at is None:
        return replace(task, dated_at=from_iso_or_none(dated_at))
    changed = from_iso(changed_at or stored_at)
    quiet = store.conn.execute(
        "SELECT count(*) FROM captures WHERE page_id = ? AND verdict = 'stored' AND fetched_at > ?", (task.page_id, iso_ms(changed))
    ).fetchone()[0]
    return replace(task, known=Known(changed, checks, quiet, etag, last_modified))


def count_due(store: Store, now: datetime) -> int:
    """How many pages a run would fetch now, those that its own polls bring left aside."""
    sql = f"SELECT count(*) FROM pages p JOIN outlets o ON o.id = p.outlet_id WHERE o.active AND {_DUE}"  # noqa: S608 - a constant
    return int(store.conn.execute(sql, {"now": iso(now)}).fetchone()[0])


def latest_urls(store: Store, feed_id: int, limit: int) -> list[str]:
    """URLs of the pages that a feed named first, newest first."""
    rows = store.conn.execute(
        "SELECT p.url FROM entries e JOIN pages p ON p.id = e.page_id WHERE e.feed_id = ? ORDER BY e.id DESC LIMIT ?", (feed_id, limit)
    )
    return [row[0] for row in rows]


def places(store: Store, outlet_id: int, limit: int) -> list[str]:
    """URLs of stories that the outlet's polled feeds brought, newest first; of each feed as many as of the others, at most."""
    sql = "SELECT id, url FROM pages WHERE feed_id = ? AND state <> 'refused' ORDER BY id DESC LIMIT ?"
    polled = store.conn.execute("SELECT id FROM feeds WHERE outlet_id = ? AND active", (outlet_id,)).fetchall()
    each = -(-limit // max(1, len(polled)))  # a busy feed must not hide where a quiet one has its stories
    found = [row for (feed_id,) in polled for row in store.conn.execute(sql, (feed_id, each))]
    return [url for _, url in sorted(found, reverse=True)[:limit]]


def last_id(store: Store) -> int:
    """The id of the newest page, 0 in an empty archive."""
    return int(store.conn.execute("SELECT coalesce(max(id), 0) FROM pages").fetchone()[0])


def record(store: Store, run_id: int, visit: Visit) -> Stored:
    """Keeps what a visit brought and sets the page's one state. Call inside a transaction."""
    visit, task = _veiled(store, visit), visit.task
    capture_id = captures.append(store, run_id, visit.captures, verdict=visit.state, feed_id=task.feed_id, page_id=task.page_id)
    accepted = visit.state == "stored" and capture_id is not None
    revisit = accepted and _is_revisit(store, capture_id)
    to_read = accepted and visit.captures[-1].body is not None
    if to_read and capture_id is not None and not (revisit and revisits.inherit(store, capture_id)):
        store.conn.execute("INSERT OR IGNORE INTO clean_queue (capture_id) VALUES (?)", (capture_id,))
    store.conn.execute(
        f"UPDATE pages SET {_STATE}{_alive(visit) if accepted else ''} WHERE id = ?7",  # noqa: S608 - constants
        (
            visit.state,
            0 if accepted else task.attempts + 1,
            iso_due_or_none(visit.next_try_at),
            visit.captures[-1].status if visit.captures else None,
            visit.error,
            capture_id if to_read else None,
            task.page_id,
            iso_or_none(visit.recheck_at),
            _at(visit),
            *((visit.etag, visit.last_modified, int(task.known is not None)) if accepted else ()),
        ),
    )
    return Stored(capture_id, accepted, revisit)


def _veiled(store: Store, visit: Visit) -> Visit:
    """The visit; where it led to a page that was taken down, without what came of it."""
    if all(tombstones.of(store, tombstones.page(url_key(hop.url))) is None for hop in visit.captures):
        return visit
    hops = tuple(replace(hop, body=None, request_head=None, response_head=None) for hop in visit.captures[:1])
    return replace(visit, captures=hops, state="refused", error="it leads to a page that was taken down", next_try_at=None, recheck_at=None)


def _at(visit: Visit) -> str:
    return iso(captures.ended_at(visit.captures[-1]) if visit.captures else visit.visited_at)


def _alive(visit: Visit) -> str:
    """What else is set of a page that is there: a 304 refreshes the validators that it gives; a 200 replaces them, none clears them."""
    return _REFRESHED if visit.captures[-1].status == 304 else _REPLACED


def _is_revisit(store: Store, capture_id: int | None) -> bool:
    row = store.conn.execute("SELECT revisit_of FROM captures WHERE id = ?", (capture_id,)).fetchone()
    return row is not None and row[0] is not None
