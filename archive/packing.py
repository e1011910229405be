"""How a few bodies of one host are packed best: which of them are bases, and what stands on which. Pure; bytes in, packings out.

Slow levels, and many tries: this is for `wirecopy compact`, off the way of the pages that come in.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from archive.blobs import Packed, pack, unpack
from archive.errors import ArchiveDamaged
from archive.sketch import likeness, sketch

T = TypeVar("T")
Tries = dict[int, dict[int, int]]  # body -> base -> bytes

LEVEL = 12  # of deltas, 3.7 to 4.5 ms a page; 17 takes 4 % less in 11 to 18 ms
BASE_LEVEL = 19  # of what stands alone, 23 to 33 ms: few do, and many stand on them; 12 takes 4 % more
TRY_LEVEL = 3  # for comparing bases: it ranks them as the slow levels do
NEAREST = 6  # bodies that each is tried against, by likeness and then by nearness in time


@dataclass(frozen=True, slots=True)
class Body:
    """A body as it stands. `pinned`: others stand on it that are not packed anew with it, so that it has to stay self-contained."""

    id: int
    payload: bytes
    packed: Packed
    base_id: int | None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Better:
    """A new packing of a body, read back and found to be the same payload. `base_id`: None where it stands alone."""

    id: int
    packed: Packed
    base_id: int | None


Run = Callable[[Callable[[Body], T], Iterable[Body]], Iterable[T]]  # how a function is called for each body: `map`, or that of a pool


def repack(few: list[Body], bases: Mapping[int, bytes], run: Run[Any] = map) -> list[Better]:
    """New packings of those bodies that become smaller, or have to become bases; `bases`: further bodies that stand alone, by id.

    Each result is self-contained or stands on a body that is so afterwards. Raises ArchiveDamaged where a packing does not give its
    payload back: nothing may be replaced then.
    """
    chosen = _choose(few, bases, run)
    payloads = {body.id: body.payload for body in few} | dict(bases)
    used = set(chosen.values())

    def better(body: Body) -> Better | None:
        base_id = chosen[body.id]
        base = None if base_id is None else payloads[base_id]
        new = pack(body.payload, base, level=BASE_LEVEL if base is None else LEVEL, digest=body.packed.sha256)
        stays = body.base_id is None or (body.id not in used and chosen.get(body.base_id) is None)
        if stays and len(new.data) >= len(body.packed.data):
            return None
        if unpack(new, base) != body.payload:
            raise ArchiveDamaged(f"body {body.id} was packed and came back as something else", hint="the archive was left as it was")
        return Better(body.id, new, base_id if new.codec == "zstd-base" else None)

    return [one for one in run(better, few) if one is not None]


def _choose(few: list[Body], bases: Mapping[int, bytes], run: Run[Any]) -> dict[int, int | None]:
    """For each body the one that it stands on, None for those that stand alone.

    Greedily: at first those are bases that have to stand alone; then, as long as that saves bytes, the one more that saves most.
    """
    frames = dict(zip((body.id for body in few), run(_frame, few), strict=True))
    able = {body_id for body_id, frame in frames.items() if frame.codec == "zstd"} | set(bases)
    sizes = {body_id: len(frame.data) for body_id, frame in frames.items()}
    tries = _tries(few, bases, able, run)
    standing = {*bases, *(body.id for body in few if body.pinned)}
    cost = {body_id: _cheapest(body_id, tries, sizes, standing)[0] for body_id in tries}
    while (found := _best_base(tries, sizes, cost, standing)) is not None:
        standing.add(found)
        cost = {body_id: _cheapest(body_id, tries, sizes, standing)[0] for body_id in tries}
    return {body_id: _cheapest(body_id, tries, sizes, standing)[1] for body_id in tries}


def _frame(body: Body) -> Packed:
    return pack(body.payload, level=TRY_LEVEL, digest=body.packed.sha256)


def _cheapest(body_id: int, tries: Tries, sizes: Mapping[int, int], standing: set[int]) -> tuple[int, int | None]:
    """(bytes, base) of a body; a base stands alone, and so does what fits on none."""
    if body_id not in standing:
        size, base_id = min(((size, base_id) for base_id, size in tries[body_id].items() if base_id in standing), default=(sys.maxsize, 0))
        if size < sizes[body_id]:
            return size, base_id
    return sizes[body_id], None


def _best_base(tries: Tries, sizes: Mapping[int, int], cost: Mapping[int, int], standing: set[int]) -> int | None:
    """The body that, made a base, saves most bytes over all; None where none saves any."""
    gains: dict[int, int] = {}
    for body_id, against in tries.items():
        for base_id, size in against.items():
            if body_id not in standing and base_id not in standing and size < cost[body_id]:
                gains[base_id] = gains.get(base_id, cost[base_id] - sizes[base_id]) + cost[body_id] - size
    found = max(gains, key=lambda base_id: (gains[base_id], base_id), default=None)
    return found if found is not None and gains[found] > 0 else None


def _tries(few: list[Body], bases: Mapping[int, bytes], able: set[int], run: Run[Any]) -> Tries:
    """For each body the bytes that it takes against those that look most like it, of those that are `able` to be a base."""
    payloads = {body.id: body.payload for body in few} | dict(bases)
    sketches = {body_id: sketch(payload) for body_id, payload in payloads.items()}

    def tried(body: Body) -> dict[int, int]:
        near = _nearest(body, sketches, able)
        found = {other: pack(body.payload, payloads[other], level=TRY_LEVEL, digest=body.packed.sha256) for other in near}
        return {other: len(packed.data) for other, packed in found.items() if packed.codec == "zstd-base"}

    return dict(zip((body.id for body in few), run(tried, few), strict=True))


def _nearest(body: Body, sketches: Mapping[int, bytes], able: set[int]) -> list[int]:
    """The base that it has, where that is here, and those that look most like it, of equals the nearest in time."""
    ours = sketches[body.id]
    others = [(other != body.base_id, -round(likeness(ours, sketches[other]), 1), abs(other - body.id), other) for other in able]
    return [other for *_, other in sorted(others) if other != body.id][:NEAREST]
