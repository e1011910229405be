"""Captures: exchanges as observed, appended hop by hop. Nothing here is ever changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from archive.keys import host_of
from archive.model import Capture
from archive.store import bodies
from archive.store.connect import Store
from archive.times import from_iso, iso_ms

_COLUMNS = [
    "run_id",
    "role",
    "feed_id",
    "page_id",
    "redirected_from",
    "url",
    "fetched_at",
    "elapsed_ms",
    "status",
    "mime",
    "charset",
    "ip",
    "protocol",
    "body_id",
    "revisit_of",
    "revisit_profile",
    "content_encoding",
    "wire_length",
    "wire_sha1",
    "truncated",
    "error",
    "verdict",
    "part_of",
]
_LONGEST = 10**7  # milliseconds: what files of others say is held to three hours
# What `ended_at` says, of a row of captures.
ENDED_AT = f"strftime('%Y-%m-%dT%H:%M:%SZ', fetched_at, (min(coalesce(elapsed_ms, 0), {_LONGEST}) / 1000.0) || ' seconds')"
_INSERT = f"INSERT INTO captures ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))}) RETURNING id"  # noqa: S608 - our own names


def append(
    store: Store,
    run_id: int,
    hops: Sequence[Capture],
    *,
    verdict: str,
    feed_id: int | None = None,
    page_id: int | None = None,
    part_of: int | None = None,
) -> int | None:
    """Appends the hops of one exchange; gives back the id of the last one, None for no hops. Call inside a transaction.

    `part_of`: the capture of a story's first page, where these hops lead to a further one.
    """
    last: int | None = None
    for position, capture in enumerate(hops):
        final = position == len(hops) - 1
        last = _append_one(store, run_id, capture, verdict if final else "hop", feed_id, page_id, last, part_of)
    return last


def ended_at(capture: Capture) -> datetime:
    """When its last byte came, of what is kept of it alone: so that an archive that is exported and imported says the same of its pages."""
    return from_iso(iso_ms(capture.fetched_at)) + timedelta(milliseconds=min(capture.elapsed_ms or 0, _LONGEST))


def _append_one(
    store: Store,
    run_id: int,
    capture: Capture,
    verdict: str,
    feed_id: int | None,
    page_id: int | None,
    before: int | None,
    part_of: int | None,
) -> int:
    earlier = None if verdict == "hop" else _earlier(store, capture, feed_id, page_id, part_of)
    body_id, revisit_of, profile = _body(store, capture, verdict, earlier)
    row = store.conn.execute(
        _INSERT,
        (
            run_id, capture.role, feed_id, page_id, before, capture.url, iso_ms(capture.fetched_at), capture.elapsed_ms, capture.status,
            capture.mime, capture.charset, capture.ip, capture.protocol, body_id, revisit_of, profile, capture.content_encoding,
            capture.wire_length, capture.wire_sha1, capture.truncated, capture.error, verdict, part_of,
        ),
    ).fetchone()  # fmt: skip
    store.conn.execute(
        "INSERT INTO capture_heads (capture_id, request, response) VALUES (?, ?, ?)",
        (row[0], capture.request_head, capture.response_head),
    )
    return int(row[0])


def _earlier(store: Store, capture: Capture, feed_id: int | None, page_id: int | None, part_of: int | None) -> tuple[int, int] | None:
    """The last capture of this page, further page or feed that has a body: (capture id, body id)."""
    if page_id is not None and part_of is not None:
        where, of = "page_id = :of AND part_of IS NOT NULL AND url = :url AND verdict = 'part'", page_id
    elif page_id is not None:
        where, of = "page_id = :of AND part_of IS NULL AND verdict <> 'hop'", page_id
    elif capture.role == "feed" and feed_id is not None:
        where, of = "role = 'feed' AND feed_id = :of AND verdict NOT IN ('hop', 'part')", feed_id
    else:
        return None
    row = store.conn.execute(
        f"SELECT id, body_id FROM captures WHERE {where} AND body_id IS NOT NULL ORDER BY id DESC LIMIT 1",  # noqa: S608 - constants
        {"of": of, "url": capture.url},
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else None


def _body(store: Store, capture: Capture, verdict: str, earlier: tuple[int, int] | None) -> tuple[int | None, int | None, str | None]:
    """(body id, revisit of, revisit profile) of a capture."""
    if capture.status == 304:
        return None, earlier[0] if earlier else None, "server-not-modified" if earlier else None
    if capture.body is None:
        return None, None, None
    previous = earlier[1] if earlier else None
    body_id = bodies.put(store, capture.body, host=host_of(capture.url), role=_make_up(capture, verdict), previous=previous)
    if earlier and previous == body_id:
        return body_id, earlier[0], "identical-payload-digest"
    return body_id, None, None


def _make_up(capture: Capture, verdict: str) -> str:
    """Pages, feeds and error pages of one host look alike among themselves: each kind has its own keyframe."""
    if capture.role == "page":
        return "page" if verdict in ("stored", "part") else "other"
    return capture.role
