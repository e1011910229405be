"""What was exchanged with a page's server: its captures with their heads, and one capture's body."""

from __future__ import annotations

from dataclasses import dataclass

from archive.store import bodies
from archive.store.connect import Store, telling


@dataclass(frozen=True, slots=True)
class Exchange:
    """One capture of a page, redirects and further pages among them."""

    capture_id: int
    fetched_at: str
    url: str
    status: int | None
    mime: str | None
    verdict: str
    error: str | None
    length: int | None  # bytes of the payload; None: none was kept
    revisit_of: int | None
    request: bytes | None
    response: bytes | None


@dataclass(frozen=True, slots=True)
class Payload:
    """A capture's body as it was received, its content coding undone."""

    capture_id: int
    url: str
    fetched_at: str
    mime: str | None
    charset: str | None
    truncated: str | None
    body: bytes


_OF_PAGE = """SELECT c.id, c.fetched_at, c.url, c.status, c.mime, c.verdict, c.error, b.length, c.revisit_of, h.request, h.response
FROM captures c LEFT JOIN bodies b ON b.id = c.body_id LEFT JOIN capture_heads h ON h.capture_id = c.id
WHERE c.page_id = ? ORDER BY c.id DESC LIMIT ?"""


def of_page(store: Store, page_id: int, *, limit: int) -> list[Exchange]:
    """The newest captures of the page, the last one first."""
    with telling(store.path, reading=True):
        return [Exchange(*row) for row in store.conn.execute(_OF_PAGE, (page_id, limit)).fetchall()]


def payload(store: Store, capture_id: int) -> Payload | None:
    """The capture's body, checked against its digest; None where there is no such capture, or it has none. Raises ArchiveDamaged."""
    sql = "SELECT id, url, fetched_at, mime, charset, truncated, body_id FROM captures WHERE id = ?"
    with telling(store.path, reading=True):
        row = store.conn.execute(sql, (capture_id,)).fetchone()
        if row is None or row[6] is None:
            return None
        return Payload(*[*row[:6], bodies.get(store, int(row[6]))])
