"""`wirecopy import` on one screen: file by file into the archive, a few exchanges at a time; then all that came is cleaned.

Runs go on beside it: the run lock is held for its commits alone. Ended at any moment, it goes on where it stood: how far a file is in
is committed together with what came of it, and an exchange that the archive has is never taken twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import urljoin

from archive.errors import ArchiveLocked
from archive.intake import folder, lines, warc
from archive.intake.arrival import Arrival, Brought, LeftOut, OutletSaid, Unreadable
from archive.intake.files import Unit
from archive.intake.manifest import Listed
from archive.keys import fetch_url
from archive.lock import Turns, import_lock
from archive.passes import Cleaned
from archive.reclean import clean_again
from archive.store import importing, imports, runs, statements
from archive.store.connect import Store, open_store
from archive.store.importing import Hop, Into
from archive.store.imports import Counts
from archive.warc import heads

BATCH = 50  # exchanges a commit,
BATCH_SIZE = 16 * 2**20  # or bytes of their bodies, whichever is reached first
_FIRST = 100  # exchanges of a file that are looked through for its time
_MOST_HOPS = 20  # redirects in a row that are kept together


@dataclass(slots=True)
class Imported:
    """What came of all files."""

    counts: Counts = field(default_factory=Counts)
    files: int = 0
    before: int = 0  # files that were read to their end before
    cleaned: Cleaned = field(default_factory=Cleaned)


@dataclass(frozen=True)
class Telling:
    """How it is told what goes on."""

    brings: Callable[[int, int, Counts], None] = lambda *_: None  # bytes read, of how many, what came
    broken: Callable[[str, Unreadable], None] = lambda *_: None  # file, and what could not be read in it
    cleans: Callable[[Cleaned, int], None] = lambda *_: None
    waits: Callable[[bool], None] = lambda _: None


@dataclass(frozen=True)
class Asked:
    """How files are read."""

    outlet: str | None = None  # code that everything is filed under
    manifest: dict[str, Listed] = field(default_factory=dict)
    again: bool = False  # read files that were read before


def bring(archive: Path, units: Sequence[Unit], asked: Asked, *, jobs: int, telling: Telling, clean: bool = True) -> Imported:
    """Brings the files in, the oldest first, and cleans what came. The archive is made where there is none.

    Raises ArchiveError, InputMissing; what cannot be read inside a file is told of, counted, and passed by.
    """
    done = Imported()
    with import_lock(archive):
        turns = Turns(archive, telling.waits)
        with turns.turn():
            store = open_store(archive, create=True)
        with store:
            run_id = _begin(store, turns)
            status, error = "stopped", None
            try:
                _bring_all(store, turns, run_id, units, asked, done, telling)
                status = "partial" if done.counts.broken else "ok"
            except BaseException as problem:
                status, error = ("stopped", None) if isinstance(problem, KeyboardInterrupt) else ("failed", str(problem))
                raise
            finally:
                turns.give_up()
                with suppress(ArchiveLocked), turns.turn():
                    runs.finish(store, run_id, status=status, now=datetime.now(UTC), error=error)
                    store.checkpoint()
        if clean:
            done.cleaned = _clean(archive, jobs, telling)
            with Turns(archive, telling.waits).turn(), open_store(archive) as store, store.transaction():
                imports.plan_no_fetch(store, run_id)
    return done


def _begin(store: Store, turns: Turns) -> int:
    with turns.turn():
        return runs.begin(store, trigger="import", software=f"wirecopy/{metadata.version('wirecopy')}", now=datetime.now(UTC))


def _bring_all(
    store: Store, turns: Turns, run_id: int, units: Sequence[Unit], asked: Asked, done: Imported, telling: Telling
) -> None:  # fmt: skip
    total, before = sum(unit.size for unit in units), 0
    for unit in _oldest_first(units):
        digest = unit.sha256()
        with turns.turn():
            state = imports.begin(store, run_id, name=unit.name, kind=unit.format, sha256=digest, outlet=asked.outlet or "")
        done.files += 1
        # A folder is the same folder with another file in it: it is always gone through, and what is known is passed by.
        anew = asked.again or unit.path.is_dir()
        if state.finished and not anew:
            done.before += 1
        else:
            start = 0 if anew and state.finished else state.offset
            into = Into(run_id, state.id, asked.outlet, datetime.now(UTC))
            _bring_one(store, turns, unit, start, into, asked, done, telling, before, total)
        before += unit.size
        telling.brings(before, total, done.counts)


def _bring_one(
    store: Store, turns: Turns, unit: Unit, start: int, into: Into, asked: Asked, done: Imported, telling: Telling, before: int, total: int,
) -> None:  # fmt: skip
    for some in _batches(_chains(_open(unit, asked, start))):
        came = Counts()
        for _, chain in some:
            if isinstance(chain, Unreadable):
                telling.broken(unit.name, chain)
        with turns.turn(), store.transaction():
            for _, chain in some:
                _keep(store, into, chain, came)
            imports.move(store, into.import_id, offset=some[-1][0], counts=came)
        done.counts.add(came)
        telling.brings(before + min(unit.size, some[-1][0]), total, done.counts)
    with turns.turn(), store.transaction():
        imports.move(
            store, into.import_id, offset=unit.size, counts=Counts(), finished_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        )  # fmt: skip


Chain = tuple[Arrival, ...] | OutletSaid | LeftOut | Unreadable


def _open(unit: Unit, asked: Asked, start: int) -> Iterator[tuple[int, Brought]]:
    if unit.format == "html":
        yield from folder.arrivals(unit.path, asked.manifest, start=start)
        return
    with unit.open() as file:
        if unit.format == "jsonl":
            yield from lines.arrivals(file, unit.changed(), start=start)
        else:
            yield from warc.arrivals(cast("BinaryIO", file), start=start)


def _chains(found: Iterable[tuple[int, Brought]]) -> Iterator[tuple[int, Chain]]:
    """Redirects together with the exchange that they lead to, where that comes next."""
    hops: list[Arrival] = []
    first = 0
    for offset, one in found:
        if hops and not (isinstance(one, Arrival) and _leads_to(hops[-1], one) and len(hops) < _MOST_HOPS):
            yield first, tuple(hops)
            hops = []
        if not isinstance(one, Arrival):
            yield offset, one
            continue
        first = first if hops else offset
        hops.append(one)
        if not _is_hop(one):
            yield first, tuple(hops)
            hops = []
    if hops:
        yield first, tuple(hops)


def _is_hop(one: Arrival) -> bool:
    if one.said:
        return one.said.get("verdict") == "hop"
    status = one.capture.status
    return status is not None and 300 <= status < 400 and status != 304


def _leads_to(hop: Arrival, one: Arrival) -> bool:
    if hop.said or one.said:
        return hop.source.record_id is not None and one.said.get("redirected_from") == hop.source.record_id
    target = heads.value(hop.capture.response_head or b"", "location") or ""
    try:
        return fetch_url(urljoin(hop.capture.url, target)) == one.capture.url
    except ValueError:
        return False


def _batches(found: Iterable[tuple[int, Chain]]) -> Iterator[list[tuple[int, Chain]]]:
    some: list[tuple[int, Chain]] = []
    size = 0
    for one in found:
        some.append(one)
        size += sum(len(hop.capture.body or b"") for hop in one[1]) if isinstance(one[1], tuple) else 0
        if len(some) >= BATCH or size >= BATCH_SIZE:
            yield some
            some, size = [], 0
    if some:
        yield some


def _keep(store: Store, into: Into, chain: Chain, came: Counts) -> None:
    if isinstance(chain, OutletSaid):
        if into.outlet is None:
            statements.outlet(store, chain.said, into.now)
        return
    if isinstance(chain, Unreadable):
        came.broken += 1
        return
    became = "left out" if isinstance(chain, LeftOut) else importing.record(store, into, [_hop(one) for one in chain])
    came.known += len(chain) if isinstance(chain, tuple) and became == "known" else 0
    came.left_out += became == "left out"
    came.older += became == "older"
    came.pages += became == "page"
    came.captures += len(chain) if isinstance(chain, tuple) and became in ("page", "capture", "older") else 0


def _hop(one: Arrival) -> Hop:
    repeats = (one.repeats.digest, one.repeats.url, one.repeats.date) if one.repeats else None
    return Hop(one.capture, one.source.offset, one.source.record_id, one.source.heads, one.source.dated, one.said, repeats)


def _oldest_first(units: Sequence[Unit]) -> list[Unit]:
    """WARC files by the time of their first exchange: a page's visits have to come in the order in which they were made."""
    return sorted(units, key=lambda unit: (_begins(unit), unit.path.as_posix(), unit.member or ""))


def _begins(unit: Unit) -> str:
    if unit.format != "warc":
        return "9999"
    with unit.open() as file:
        for _, one in islice(warc.arrivals(cast("BinaryIO", file)), _FIRST):
            if isinstance(one, Arrival):
                return one.capture.fetched_at.isoformat()
    return "9999"


def _clean(archive: Path, jobs: int, telling: Telling) -> Cleaned:
    """Reads what waits; then, where furniture was learned of it, what was read without it."""
    found = Cleaned()
    for _ in range(2):
        some = asyncio.run(clean_again(archive, everything=False, jobs=jobs, tell=telling.cleans, waits=telling.waits))
        found.done, found.without_text, found.failed = found.done + some.done, some.without_text or found.without_text, some.failed
        if not some.done:
            break
    return found
