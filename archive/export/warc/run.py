"""`wirecopy export warc` on one screen: capture by capture, in their order, as records into files."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Any

from archive.errors import ArchiveDamaged, BodyPruned
from archive.export.warc import around, records
from archive.export.warc.volumes import Volumes
from archive.selection import Selection
from archive.store import exchanges, selecting
from archive.store.connect import Store
from archive.store.exchanges import Exchange
from archive.warc.record import encode


@dataclass(slots=True)
class Exported:
    """What was written."""

    captures: int = 0
    damaged: int = 0  # captures whose payload cannot be read back: their records say so
    pruned: int = 0  # captures whose payload was taken away on purpose: likewise
    went_on: bool = False  # with what was begun before
    files: list[Path] = field(default_factory=list)


@dataclass(frozen=True)
class _Taken:
    """Which captures are taken: all up to `last`, or those with the ids `chosen`."""

    last: int
    pages_only: bool
    chosen: array[int] | None

    def has(self, capture_id: int, role: str) -> bool:
        if self.chosen is not None:
            place = _place(self.chosen, capture_id)
            return place < len(self.chosen) and self.chosen[place] == capture_id
        return capture_id <= self.last and (role == "page" or not self.pages_only)


def export(
    store: Store, out: Path, *, selection: Selection, pages_only: bool, size: int | None, force: bool,
    tell: Callable[[int, int], None] = lambda *_: None,
) -> Exported:  # fmt: skip
    """Writes the captures, oldest first, into `out`, or into files of about `size` bytes each.

    What was begun is gone on with, from the archive as it was then. The same archive and selection give the same bytes. `tell` is called
    with the captures that are done and how many there are. Raises OutputError, UsageError, ArchiveError.
    """
    selecting.check(store, selection)
    volumes = Volumes(out, {"selection": selection.said(), "pages_only": pages_only, "size": size}, size=size, force=force)
    try:
        last, date = exchanges.newest(store)
        fresh = {"last": last, "date": date or "1970-01-01T00:00:00Z", "articles": selecting.newest(store)}
        state = volumes.begin({**fresh, "after": 0, "captures": 0, "damaged": 0, "pruned": 0, "outlets": []})
        went_on = state["after"] > 0
        taken = _taken(store, selection, state, pages_only)
        total = exchanges.count(store, last=state["last"], pages_only=pages_only) if taken.chosen is None else len(taken.chosen)
        _begin_file(volumes, selection, state)
        for exchange in _exchanges(store, taken, state["after"]):
            _write(store, volumes, exchange, taken, state)
            if volumes.is_empty:
                _begin_file(volumes, selection, state)
            tell(state["captures"], total)
        return Exported(state["captures"], state["damaged"], state["pruned"], went_on, volumes.finish())
    except BaseException:
        volumes.close()
        raise


def _taken(store: Store, selection: Selection, state: dict[str, Any], pages_only: bool) -> _Taken:
    if selection == Selection():
        return _Taken(state["last"], pages_only, None)
    found: set[int] = set()
    for some in selecting.ids(store, selection, last=state["articles"]):
        found |= {one for one in exchanges.of_articles(store, some) if one <= state["last"]}
    return _Taken(state["last"], pages_only, array("q", sorted(found)))


def _exchanges(store: Store, taken: _Taken, after: int) -> Iterator[Exchange]:
    if taken.chosen is None:
        yield from exchanges.every(store, after=after, last=taken.last, pages_only=taken.pages_only)
        return
    start = _place(taken.chosen, after + 1)
    for few in range(start, len(taken.chosen), exchanges.BATCH):
        yield from exchanges.these(store, taken.chosen[few : few + exchanges.BATCH])


def _place(ids: array[int], wanted: int) -> int:
    return bisect_left(ids, wanted)


def _write(store: Store, volumes: Volumes, exchange: Exchange, taken: _Taken, state: dict[str, Any]) -> None:
    found = []
    if exchange.outlet is not None and exchange.outlet not in state["outlets"]:
        found.append(records.outlet(exchanges.outlet(store, exchange.outlet), state["date"]))
        state["outlets"].append(exchange.outlet)
    said = around.said(store, exchange)
    repeats = exchange.is_repeat and exchange.original_id is not None and taken.has(exchange.original_id, exchange.role)
    body: bytes | None = None
    try:
        body = None if repeats else exchanges.body(store, exchange)
    except ArchiveDamaged as problem:
        why = "pruned" if isinstance(problem, BodyPruned) else "damaged"
        state[why] += 1
        said[why] = str(problem)
        exchange = replace(exchange, truncated="unspecified", profile=None)
    found += records.of(exchange, body, repeats=repeats, said=said)
    volumes.write(records.encoded(found, state["info"]))
    state["captures"] += 1
    volumes.done(after=exchange.id)


def _begin_file(volumes: Volumes, selection: Selection, state: dict[str, Any]) -> None:
    if not volumes.is_empty:
        return
    said = [
        ("software", f"wirecopy/{metadata.version('wirecopy')}"),
        ("format", "WARC File Format 1.1"),
        ("conformsTo", "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"),
        ("description", _description(selection)),
    ]
    info = records.warcinfo(state["date"], volumes.name, said)
    state["info"] = info.id
    volumes.write([encode(info)])


def _description(selection: Selection) -> str:
    what = ", ".join(f"{name} {value}" for name, value in selection.said().items())
    taken = f"captures of articles: {what}" if what else "all captures"
    return (
        f"{taken}. Payloads are decoded: Content-Encoding, Transfer-Encoding and a Content-Length that no longer holds have X-Crawl- before"
        " their names. Cookies and credentials are starred out. All else of a head is as it came over the wire, unless its metadata record"
        " says heads: stated or made."
    )
