"""`wirecopy prune` on one screen: list what a policy takes, show it; then bytes and texts go a few at a time, and a log says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive.errors import ArchiveLocked, UsageError
from archive.lock import Turns, keeping_lock
from archive.store import emptying, pruning
from archive.store.connect import Store, open_reader, open_store, telling
from archive.store.pruning import Policy, Share


@dataclass(slots=True)
class Pruned:
    """What went. Sizes in bytes."""

    bodies: int = 0
    payload: int = 0
    stored: int = 0
    texts: int = 0
    left: int = 0  # bodies that stayed: something stands on them that cannot be read


def would_go(archive: Path, policy: Policy) -> list[Share]:
    """What the policy takes, outlet by outlet, the largest first. Changes nothing. Raises UsageError for an outlet that is not there."""
    with open_reader(archive) as store, telling(archive, reading=True):
        store.conn.execute("PRAGMA query_only=OFF")  # TEMP tables; the file itself is open for reading alone
        return _listed(store, policy)


def prune(
    archive: Path, policy: Policy, words: str, *, now: datetime, tell: Callable[[int, int], None] = lambda *_: None,
    waits: Callable[[bool], None] = lambda _: None,
) -> Pruned:  # fmt: skip
    """Takes what the policy takes; `words` say in the log which it was.

    Runs go on beside it: the run lock is held for its commits alone. Ended at any moment it leaves an archive in which all that is left
    can be read, and the same call goes on. Raises ArchiveLocked where a backup or the like is at work, UsageError as `would_go`.
    """
    turns = Turns(archive, waits)
    with keeping_lock(archive), _open(archive, turns) as store, telling(archive):
        shares = _listed(store, policy)
        if not shares:
            return Pruned()
        with turns.turn(), store.transaction():
            pruning_id = pruning.begin(store, words, now)
        total = sum(share.bodies + share.texts for share in shares)
        left = _bodies(store, pruning_id, turns, lambda done: tell(done, total))
        _texts(store, pruning_id, turns, lambda done: tell(sum(share.bodies for share in shares) + done, total))
        with turns.turn(), store.transaction():
            pruning.finish(store, pruning_id, now)
        sql = "SELECT bodies, payload_bytes, stored_bytes, texts FROM prunings WHERE id = ?"
        bodies, payload, stored, texts = store.conn.execute(sql, (pruning_id,)).fetchone()
        return Pruned(bodies, payload, stored, texts, left)


def _listed(store: Store, policy: Policy) -> list[Share]:
    if unknown := pruning.unknown_outlets(store, policy.outlets or frozenset()):
        raise UsageError(
            f"no outlet {', '.join(unknown)} in this archive", hint='`sqlite-utils wirecopy.db "select code from outlets"` lists them'
        )
    pruning.list_going(store, policy)
    return pruning.shares(store)


@contextmanager
def _open(archive: Path, turns: Turns) -> Iterator[Store]:
    with turns.turn():
        store = open_store(archive)
    try:
        yield store
    finally:
        turns.give_up()
        with suppress(ArchiveLocked), turns.turn():
            store.checkpoint()
        store.close()


def _bodies(store: Store, pruning_id: int, turns: Turns, tell: Callable[[int], None]) -> int:
    """Those first that stand on others; then what others stand on, when these were packed otherwise. Gives back how many stayed."""
    going, stayed = pruning.listed(store), 0
    for start in range(0, len(going), pruning.FEW):
        few = going[start : start + pruning.FEW]
        while few:
            with turns.turn(), store.transaction():
                few = pruning.take(store, pruning_id, few)
            unreadable = [body_id for body_id in few if not emptying.free(store, body_id, turns.turn)]
            stayed += len(unreadable)
            few = [body_id for body_id in few if body_id not in unreadable]
        tell(min(start + pruning.FEW, len(going)))
    return stayed


def _texts(store: Store, pruning_id: int, turns: Turns, tell: Callable[[int], None]) -> None:
    done = 0
    while True:
        with turns.turn(), store.transaction():
            some = pruning.take_texts(store, pruning_id)
        if not some:
            return
        done += some
        tell(done)
