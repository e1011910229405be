"""Further pages of a story that its site parts into several: captures beside that of its first page, read together with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from archive.keys import url_key
from archive.model import Capture, Further, PageState, PageTask
from archive.store import bodies, captures, pages, tombstones
from archive.store.connect import Store
from archive.times import iso_ms


def record(store: Store, run_id: int, task: PageTask, first: Capture, hops: Sequence[Capture], verdict: PageState) -> bool:
    """Keeps the exchange of a further page; True where it is one (`verdict` stored) and the story is to be read anew with it.

    `first` is the capture of the story's first page, which has to be in the archive already. Call inside a transaction.
    """
    row = store.conn.execute(
        "SELECT id FROM captures WHERE page_id = ? AND fetched_at = ? AND url = ? AND part_of IS NULL ORDER BY id DESC LIMIT 1",
        (task.page_id, iso_ms(first.fetched_at), first.url),
    ).fetchone()
    if row is None or any(tombstones.of(store, tombstones.page(url_key(hop.url))) is not None for hop in hops):
        return False
    kept = verdict == "stored"
    captures.append(
        store, run_id, hops, verdict="part" if kept else verdict, feed_id=task.feed_id, page_id=task.page_id, part_of=int(row[0])
    )
    if kept:
        follows(store, int(row[0]), hops[-1].url, page_id=task.page_id)
    return kept


def follows(store: Store, first: int, url: str, *, page_id: int) -> None:
    """A further page has come: it is known as an address of the story's page, and the story is read anew. Call inside a transaction."""
    if (
        pages.find(store, url_key(url)) is None
    ):  # a feed that names it brings nothing new; one that has done so already has a page of its own
        pages.alias(store, url, of=page_id, fetched=True)
    store.conn.execute("INSERT INTO clean_queue (capture_id) VALUES (?) ON CONFLICT DO UPDATE SET again = 0", (first,))


def of(store: Store, capture_id: int) -> tuple[Further, ...]:
    """The further pages that were fetched with a story's first page, in order. Raises ArchiveDamaged where a body cannot be read back."""
    rows = store.conn.execute(
        "SELECT url, body_id, mime, charset FROM captures WHERE part_of = ? AND verdict = 'part' AND body_id IS NOT NULL ORDER BY id",
        (capture_id,),
    ).fetchall()
    return tuple(Further(row[0], bodies.get(store, row[1]), content_type(row[2], row[3])) for row in rows)


def count(store: Store, capture_id: int) -> int:
    """How many pages `of` gives."""
    row = store.conn.execute(
        "SELECT count(*) FROM captures WHERE part_of = ? AND verdict = 'part' AND body_id IS NOT NULL", (capture_id,)
    ).fetchone()
    return int(row[0])


def content_type(mime: str | None, charset: str | None) -> Mapping[str, str]:
    """What a capture's columns say of its Content-Type, as the header that the cleaner is given."""
    if mime is None:
        return {}
    return {"content-type": f"{mime}; charset={charset}" if charset else mime}
