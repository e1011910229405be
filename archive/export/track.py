"""How far an export is: begun, gone on with, kept now and then, and kept when it is stopped."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, BinaryIO

from archive.errors import OutputError, Stopped
from archive.export.place import Place, State
from archive.selection import Selection
from archive.store import selecting
from archive.store.connect import Store

CHECKPOINT = 5.0  # seconds after which what was written is made safe, which makes the disk wait: a kill costs as much work


def job(store: Store, selection: Selection, name: str, options: Mapping[str, Any] | None) -> dict[str, Any]:
    """What an export is, as JSON has it: it goes on only where this is the same."""
    return {"archive": str(store.path.absolute()), "format": name, "selection": selection.said(), **(options or {})}


def begin(store: Store, place: Place, what: dict[str, Any]) -> State:
    """The state with which to go on: an interrupted export's own, else one that takes all articles that there are now, and are new.

    Raises OutputError where the output is another job's.
    """
    state = place.find(what) or State(what, 0)
    if state.last and not state.done:
        return state
    if state.done and state.mark != selecting.capture_of(store, state.last):
        # Then the ids beyond it are not all of newer articles.
        raise OutputError(
            f"article {state.last}, the newest one in {place.out}, was taken back when its page was read anew",
            hint="its number may be another article's now: --force begins anew",
        )
    last = selecting.newest(store)
    mark = selecting.capture_of(store, last)
    state = replace(state, since=state.last, after=state.last, last=last, mark=mark, partition="", done=False)
    place.keep(state)
    return state


class Track:
    """The state as it moves. Each move is one assignment: wherever somebody stops it, what is kept is true."""

    def __init__(self, place: Place, state: State, flush: Callable[[], None] = lambda: None) -> None:
        """`flush` puts on the disk what the state counts on."""
        self.state = state
        self._place, self._flush = place, flush
        self._kept_at = time.monotonic()

    def move(self, **changes: Any) -> None:
        self.state = replace(self.state, **changes)
        if time.monotonic() - self._kept_at >= CHECKPOINT:
            self.keep()

    def keep(self) -> None:
        self._flush()
        self._place.keep(self.state)
        self._kept_at = time.monotonic()

    @contextmanager
    def stopping(self, clear: Callable[[], None]) -> Iterator[None]:
        """Where it is stopped from the keyboard, keeps the state and raises Stopped."""
        try:
            yield
        except KeyboardInterrupt:
            self.keep()
            clear()
            raise Stopped(
                f"stopped after {self.state.articles:,} articles", hint="the same command goes on from there; --force begins anew"
            ) from None


def synced(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
