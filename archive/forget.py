"""`wirecopy forget` on one screen: find all that a page or an outlet left, show it, raise the tombstone, take it away, scrub the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive.errors import ArchiveError, UsageError
from archive.keys import url_key
from archive.lock import clean_lock, keeping_lock, run_lock
from archive.store import emptying, forgetting, pages, tombstones
from archive.store.connect import Store, open_store, telling
from archive.store.forgetting import Extent
from archive.store.tombstones import Tombstone


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be taken down: a page by its URL or by an article's id, or an outlet by its code."""

    kind: str  # page or outlet
    name: str  # the URL, or the code
    page_ids: tuple[int, ...]  # empty: a page that was never met, or an outlet
    outlet: str | None


@dataclass(frozen=True, slots=True)
class Words:
    """What the tombstone says beside."""

    reason: str | None
    who: str
    keep_url: bool = False


def forget(
    archive: Path, what: str, words: Words, *, now: datetime, agree: Callable[[Wanted, Extent], bool],
    tell: Callable[[int, int], None] = lambda *_: None,
) -> Tombstone | None:  # fmt: skip
    """Takes down a page or an outlet's pages, with all their addresses, visits and revisions; None where `agree` says no.

    `agree` is asked with what would go, before anything does. A page goes in one transaction. An outlet's go a hundred at a time, its
    tombstone first: where it is ended early, the same call goes on. Then the search index is merged. Older copies that were
    dropped before may still lie in unused parts of the file: `compact.give_back` writes it anew.

    Raises UsageError where there is no such outlet, ArchiveLocked while a run, a clean or a backup is at work.
    """
    locks = keeping_lock(archive), clean_lock(archive), run_lock(archive)
    with locks[0], locks[1], locks[2], _open(archive) as store, telling(archive):
        wanted = find(store, what)
        if not agree(wanted, _extent(store, wanted)):
            return None
        tombstone_id = _page(store, wanted, words, now) if wanted.kind == "page" else _outlet(store, wanted, words, now, tell)
        with store.transaction():
            forgetting.scrub(store)
        store.checkpoint()
        return tombstones.get(store, tombstone_id)


@contextmanager
def _open(archive: Path) -> Iterator[Store]:
    with open_store(archive) as store:
        store.conn.execute("PRAGMA secure_delete=ON")  # what goes is overwritten with zeros
        yield store


def find(store: Store, what: str) -> Wanted:
    """The page with this URL or of the article with this id, or the outlet with this code. Raises UsageError."""
    if "://" in what:
        page_id = pages.find(store, url_key(what))
        return _of_page(store, what, page_id)
    if what.isascii() and what.isdigit() and len(what) < 19:
        row = store.conn.execute("SELECT page_id, url FROM articles WHERE id = ?", (int(what),)).fetchone()
        if row:
            return _of_page(store, str(row[1]), int(row[0]))
    if store.conn.execute("SELECT 1 FROM outlets WHERE code = ?", (what,)).fetchone() is None:
        raise UsageError(
            f"there is no outlet or article {what} in this archive", hint="give a page's URL, an article's id, or an outlet's id"
        )
    return Wanted("outlet", what, (), what)


def _of_page(store: Store, url: str, page_id: int | None) -> Wanted:
    if page_id is None:
        return Wanted("page", url, (), None)
    sql = "SELECT o.code FROM pages p JOIN outlets o ON o.id = p.outlet_id WHERE p.id = ?"
    return Wanted("page", url, tuple(forgetting.pages_of(store, page_id)), store.conn.execute(sql, (page_id,)).fetchone()[0])


def _extent(store: Store, wanted: Wanted) -> Extent:
    """All of it, also where it goes in several transactions."""
    if wanted.kind == "page":
        forgetting.list_gone(store, wanted.page_ids)
        return forgetting.extent(store, len(forgetting.documents_naming(store)))
    forgetting.list_gone(store, forgetting.some_of_outlet(store, wanted.name, most=-1), entries_of=wanted.name)
    return forgetting.extent(store, len(forgetting.documents_of(store, wanted.name)))


def _page(store: Store, wanted: Wanted, words: Words, now: datetime) -> int:
    forgetting.list_gone(store, wanted.page_ids)
    documents = forgetting.documents_naming(store)
    known = [tombstones.page(url_key(wanted.name)), *forgetting.digests(store)]

    def raised() -> int:
        url = wanted.name if words.keep_url else None
        return tombstones.raise_(
            store, known, kind="page", outlet=wanted.outlet, url=url, reason=words.reason, who=words.who, now=now
        )  # fmt: skip

    return _take_away(store, documents, raised)


def _outlet(store: Store, wanted: Wanted, words: Words, now: datetime, tell: Callable[[int, int], None]) -> int:
    code = wanted.name
    with store.transaction():
        tombstone_id = tombstones.raise_(
            store, [tombstones.outlet(code)], kind="outlet", outlet=code, url=None, reason=words.reason, who=words.who, now=now
        )
        store.conn.execute("UPDATE outlets SET active = 0 WHERE code = ?", (code,))
        store.conn.execute("UPDATE feeds SET active = 0 WHERE outlet_id = (SELECT id FROM outlets WHERE code = ?)", (code,))
    sql = "SELECT count(*) FROM pages WHERE outlet_id = (SELECT id FROM outlets WHERE code = ?)"
    total = done = int(store.conn.execute(sql, (code,)).fetchone()[0])
    while some := forgetting.some_of_outlet(store, code):
        forgetting.list_gone(store, some)
        _take_away(store, [], lambda: _add(store, tombstone_id))
        done -= len(some)
        tell(total - done, total)
    forgetting.list_gone(store, [], entries_of=code)
    _take_away(store, forgetting.documents_of(store, code), lambda: _add(store, tombstone_id))
    return tombstone_id


def _add(store: Store, tombstone_id: int) -> int:
    tombstones.add(store, tombstone_id, forgetting.digests(store))
    return tombstone_id


def _take_away(store: Store, documents: list[int], raised: Callable[[], int]) -> int:
    """What is listed, and the bytes of the feed documents; in one transaction, with the tombstone, once nothing stands on them."""
    for body_id in [*forgetting.gone_bodies(store), *documents]:
        emptying.free(store, body_id, nullcontext)
    with forgetting.without_foreign_keys(store), store.transaction():
        tombstone_id = raised()
        went = forgetting.extent(store, len(documents))
        tombstones.mend_words(store, forgetting.urls(store))
        forgetting.delete(store, tombstone_id)
        for body_id in documents:
            emptying.empty(store, body_id, emptying.Why(tombstone_id=tombstone_id))
        tombstones.count(store, tombstone_id, _numbers(went))
    return tombstone_id


def _numbers(went: Extent) -> dict[str, int]:
    return {
        "pages": went.pages,
        "captures": went.captures,
        "articles": went.articles,
        "entries": went.entries,
        "bodies": went.bodies + went.documents,
    }


def lift(archive: Path, what: str) -> Tombstone:
    """Takes a tombstone away. What went does not come back; it may come in again. Raises UsageError where there is none."""
    digest = tombstones.page(url_key(what)) if "://" in what else tombstones.outlet(what)
    with keeping_lock(archive), run_lock(archive), open_store(archive) as store, store.transaction():
        lifted = tombstones.lift(store, digest)
    if lifted is None:
        raise UsageError(f"{what} was not taken down in this archive", hint="`wirecopy forget --list` lists what was")
    return lifted


def listed(store: Store) -> list[Tombstone]:
    """All tombstones, the oldest first; none in an archive from before there were any. Raises ArchiveError."""
    try:
        with telling(store.path, reading=True):
            return tombstones.every(store)
    except ArchiveError as problem:
        if "no such table" in str(problem.__cause__):
            return []
        raise
