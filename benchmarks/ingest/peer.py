"""What the benchmark knows of a peer: how it is installed and called, and how to see what it stored."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Job:
    """One peer's work in one round: the same folder for its first run and those that follow it."""

    folder: Path  # its own: configuration here, what it stores in `store`
    python: Path  # of its environment
    feeds: tuple[str, ...]
    kinds: dict[str, str] = field(default_factory=dict)  # feed -> rss or atom

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def write(self, name: str, text: str) -> Path:
        target = self.folder / name
        target.write_text(text, encoding="utf-8")
        return target

    def script(self, name: str) -> Path:
        """A command of its environment."""
        return self.python.parent / name


@dataclass(frozen=True, slots=True)
class Page:
    """One stored page: its address where it is known, and what there is of it."""

    url: str
    raw: bool  # the bytes of the document, or its text before anything is taken away
    heads: bool  # the response's header fields
    text: bool
    title: bool
    date: bool


@dataclass(frozen=True, slots=True)
class Peer:
    """A crawler that is compared."""

    name: str
    about: str  # what it was told to do
    command: Callable[[Job], list[str]]  # may write its configuration; called before each run
    pages: Callable[[Path], Iterator[Page]]  # what stands in the store
    needs: tuple[str, ...] = ()  # what pip installs into its environment
    program: str = ""  # what has to be on the PATH


@dataclass(frozen=True, slots=True)
class Tally:
    """What a store holds: numbers of pages."""

    pages: int = 0
    listed: int = 0  # of those that the feeds list: by their addresses
    raw: int = 0
    heads: int = 0
    text: int = 0
    title: int = 0
    date: int = 0
    nameless: int = 0  # stored without the address that was fetched


def tally(pages: Iterable[Page], listed: frozenset[str]) -> Tally:
    """Counts. A page that stands there twice is counted twice, but once among those listed."""
    every = list(pages)
    known = {page.url for page in every}
    counts = {name: sum(getattr(page, name) for page in every) for name in ("raw", "heads", "text", "title", "date")}
    return Tally(pages=len(every), listed=len(known & listed), nameless=sum(not page.url for page in every), **counts)


def disk(folder: Path) -> int:
    """Bytes that a folder's files take on disk, in whole blocks: many small files pay for their ends."""
    paths = (Path(where) / name for where, _, names in os.walk(folder) for name in names)
    return sum(path.stat().st_blocks * 512 for path in paths)
