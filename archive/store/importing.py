"""Exchanges that a file brings, on their way in: the same exchange is never taken twice, and no fetch is planned because of them.

What a capture is (a revisit, say) is found out as for one that the crawler brings; what a wirecopy archive says of its pages, feeds and
entries is taken over, so that the cleaner has the same evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from archive.errors import ArchiveDamaged
from archive.keys import key_hash, payload_digest
from archive.model import TEXT_RECORD, Capture, PageState
from archive.store import bodies, captures, filing, further, revisits, statements
from archive.store.connect import Store
from archive.times import iso, iso_ms

Became = Literal["page", "capture", "older", "known", "left out"]
_STATES: tuple[PageState, ...] = ("stored", "failed", "blocked", "gone", "refused", "dead")


@dataclass(frozen=True, slots=True)
class Hop:
    """One exchange, with what is kept of where it came from."""

    capture: Capture
    offset: int
    record_id: str | None
    heads: str
    dated: str
    said: dict[str, Any]
    repeats: tuple[str | None, str | None, str | None] | None = None  # (digest, URL, time) of the exchange whose payload it has


@dataclass(frozen=True, slots=True)
class Into:
    """What all exchanges of a file have in common."""

    run_id: int
    import_id: int
    outlet: str | None  # code that everything is filed under; None: each under its own host's
    now: datetime


def record(store: Store, into: Into, hops: Sequence[Hop]) -> Became:
    """Keeps one exchange, its redirects first. Call inside a transaction."""
    hops = [_with_body(store, hop) for hop in hops]
    last = hops[-1]
    place = filing.place(store, into.outlet, last.capture, last.said, hops[0].capture.url, into.now)
    identities = [identity(hop) for hop in hops]
    if _is_known(store, last, place, identities[-1]):
        statements.entries(store, into.run_id, place, last.said, into.now)
        return "known"
    if last.capture.status == 304 and not last.said and not _has_capture(store, place.page_id):
        return "left out"  # another's: it says that nothing changed, and we do not know since when
    part_of = filing.first_page(store, last.said, place.page_id)
    before = _last_id(store)
    capture_id = captures.append(
        store, into.run_id, [hop.capture for hop in hops], verdict=_verdict(last), feed_id=place.feed_id, page_id=place.page_id,
        part_of=part_of,
    )  # fmt: skip
    assert capture_id is not None  # noqa: S101 - there is a hop
    _keep_sources(store, into, hops, identities, before)
    statements.keep(store, into.run_id, capture_id, place, last.said, into.now)
    if place.page_id is None or part_of is not None:
        if part_of is not None and place.page_id is not None and _verdict(last) == "part":
            further.follows(store, part_of, last.capture.url, page_id=place.page_id)
        return "capture"
    return _read(store, place, capture_id, last)


def identity(hop: Hop) -> int:
    """What tells an exchange from all others, whichever file it is in, and whenever that was changed."""
    capture = hop.capture
    payload = payload_digest(capture.body) if capture.body is not None else (hop.repeats[0] if hop.repeats else None) or ""
    at = "" if hop.dated == "file" else iso_ms(capture.fetched_at)
    return key_hash("\n".join((capture.role, capture.url, at, str(capture.status), payload)))


def _with_body(store: Store, hop: Hop) -> Hop:
    """A revisit with the payload that it repeats; without, where it is not in the archive."""
    if hop.repeats is None or hop.capture.body is not None:
        return hop
    body_id = filing.payload(store, hop.capture, *hop.repeats)
    error = hop.capture.error or "its file refers to a payload that is neither in it nor in this archive"
    try:
        body = None if body_id is None else bodies.get(store, body_id)
    except ArchiveDamaged as problem:  # `wirecopy verify` tells of it; what else comes is taken all the same
        body, error = None, f"it repeats what cannot be read back: {problem}"
    return replace(hop, capture=replace(hop.capture, body=body, error=error if body is None else hop.capture.error))


def _is_known(store: Store, hop: Hop, place: filing.Filed, number: int) -> bool:
    """Whether this exchange came from a file before, or is the archive's own; of a text: whether what it was read of is here."""
    capture = hop.capture
    if store.conn.execute("SELECT 1 FROM imported WHERE identity = ? LIMIT 1", (number,)).fetchone():
        return True
    if isinstance(sha256 := hop.said.get("read_of"), str):
        sql = "SELECT 1 FROM captures c JOIN bodies b ON b.id = c.body_id WHERE c.page_id = ? AND b.sha256 = ? LIMIT 1"
        if store.conn.execute(sql, (place.page_id, sha256)).fetchone():
            return True
    if place.page_id is not None:
        where, of = "page_id = ?", place.page_id
    elif capture.role == "feed" and place.feed_id is not None:
        where, of = "role = 'feed' AND feed_id = ?", place.feed_id
    elif capture.role == "robots":
        where, of = "role = 'robots' AND ? IS NOT NULL", 0
    else:
        return False
    sql = f"SELECT 1 FROM captures WHERE {where} AND url = ? AND fetched_at = ? AND status IS ? LIMIT 1"  # noqa: S608 - constants
    return store.conn.execute(sql, (of, capture.url, iso_ms(capture.fetched_at), capture.status)).fetchone() is not None


def _has_capture(store: Store, page_id: int | None) -> bool:
    return page_id is not None and store.conn.execute("SELECT 1 FROM captures WHERE page_id = ? LIMIT 1", (page_id,)).fetchone() is not None


def _last_id(store: Store) -> int:
    return int(store.conn.execute("SELECT coalesce(max(id), 0) FROM captures").fetchone()[0])


def _keep_sources(store: Store, into: Into, hops: Sequence[Hop], identities: Sequence[int], before: int) -> None:
    ids = [row[0] for row in store.conn.execute("SELECT id FROM captures WHERE id > ? ORDER BY id", (before,))]
    for capture_id, hop, number in zip(ids, hops, identities, strict=True):
        store.conn.execute(
            "INSERT INTO imported (capture_id, import_id, record_id, offset, heads, dated, identity) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (capture_id, into.import_id, hop.record_id, hop.offset, hop.heads, hop.dated, number),
        )


def _verdict(hop: Hop) -> str:
    """What became of it, as its own archive says; else by its status."""
    said = hop.said.get("verdict")
    if isinstance(said, str) and said.isprintable() and 0 < len(said) <= 40:
        return said
    capture = hop.capture
    if capture.status is not None and 300 <= capture.status < 400 and capture.status != 304:
        return "hop"
    if capture.body is None and capture.status != 304:
        return "refused" if capture.truncated == "length" else "failed"
    if capture.status in (None, 200, 203, 304):
        return "stored"
    return "gone" if capture.status in (404, 410) else "blocked" if capture.status in (401, 402, 403, 407, 451) else "failed"


def _read(store: Store, place: filing.Filed, capture_id: int, hop: Hop) -> Became:
    """Queues what came for reading, and sets the page's state where nobody else has."""
    verdict = _verdict(hop)
    to_read = verdict == "stored" and hop.capture.body is not None
    older = to_read and (_was_seen_later(store, place.page_id, capture_id, hop.capture) or _stands_back(store, place, capture_id, hop))
    if place.is_ours and verdict in _STATES and not older:
        _set_page(store, place.page_id, capture_id, verdict, hop.capture, to_read=to_read)
    if not to_read:
        return "capture"
    if older:
        return "older"
    if not revisits.inherit(store, capture_id):
        store.conn.execute("INSERT OR IGNORE INTO clean_queue (capture_id) VALUES (?)", (capture_id,))
    return "page"


def _was_seen_later(store: Store, page_id: int | None, capture_id: int, capture: Capture) -> bool:
    """Whether a later visit is in the archive already: read now, this one would pass for the page's newest text."""
    row = store.conn.execute(
        "SELECT 1 FROM captures WHERE page_id = ? AND id < ? AND verdict = 'stored' AND part_of IS NULL AND body_id IS NOT NULL"
        " AND fetched_at > ? LIMIT 1",
        (page_id, capture_id, iso_ms(capture.fetched_at)),
    ).fetchone()
    return row is not None


def _stands_back(store: Store, place: filing.Filed, capture_id: int, hop: Hop) -> bool:
    """Whether it is a text that does not say of when it is, and the page itself is in the archive."""
    if hop.dated != "file" or hop.capture.mime != TEXT_RECORD:
        return False
    row = store.conn.execute(
        "SELECT 1 FROM captures WHERE page_id = ? AND id < ? AND verdict = 'stored' AND part_of IS NULL AND body_id IS NOT NULL"
        " AND mime IS NOT ? LIMIT 1",
        (place.page_id, capture_id, TEXT_RECORD),
    ).fetchone()
    return row is not None


def _set_page(store: Store, page_id: int | None, capture_id: int, verdict: str, capture: Capture, *, to_read: bool) -> None:
    """As a visit does it (`archive.store.pages`), without another try."""
    good = verdict == "stored"
    at = iso(captures.ended_at(capture))
    store.conn.execute(
        "UPDATE pages SET state = CASE WHEN capture_id IS NOT NULL AND ?1 <> 'gone' THEN 'stored' ELSE ?1 END, status = ?2, error = ?3,"
        " attempts = CASE WHEN ?4 THEN 0 ELSE attempts + 1 END, capture_id = coalesce(?5, capture_id), next_try_at = NULL,"
        " removed_at = CASE WHEN ?1 = 'gone' THEN coalesce(removed_at, CASE WHEN stored_at IS NOT NULL THEN ?6 END)"
        " WHEN ?4 THEN NULL ELSE removed_at END, checks = checks + (?4 AND stored_at IS NOT NULL),"
        " stored_at = CASE WHEN ?4 THEN coalesce(stored_at, ?6) ELSE stored_at END, alive_at = CASE WHEN ?4 THEN ?6 ELSE alive_at END"
        " WHERE id = ?7",
        (verdict, capture.status, capture.error, good, capture_id if to_read else None, at, page_id),
    )
