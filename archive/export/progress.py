"""What an export says while it works and when it is done. Knows nothing of how it works."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TextIO

from archive.terminal import plain

_EVERY = 0.2  # seconds between two states of the line


@dataclass(frozen=True, slots=True)
class Step:
    """How far an export is. `share`: of the articles that are looked through, 0 to 1."""

    articles: int
    size: int  # bytes written
    share: float


class Progress:
    """Keeps a line up to date on a terminal; on anything else it says nothing until the end."""

    def __init__(self, out: TextIO | None = None, *, quiet: bool = False) -> None:
        self._out = out or sys.stderr
        self._quiet = quiet
        self._live = self._out.isatty() and not quiet
        self._began = time.monotonic()
        self._shown_at = 0.0
        self._first: int | None = None

    def __call__(self, step: Step) -> None:
        now = time.monotonic()
        if self._first is None:
            self._first = step.articles
        if not self._live or now - self._shown_at < _EVERY:
            return
        self._shown_at = now
        rate = (step.articles - self._first) / max(now - self._began, 0.001)
        self._out.write(f"\r\x1b[K{step.articles:,} articles · {megabytes(step.size)} · {min(step.share, 0.99):.0%} · {rate:,.0f} a second")
        self._out.flush()

    def clear(self) -> None:
        if self._live:
            self._out.write("\r\x1b[K")
            self._out.flush()

    def close(self, name: str, step: Step, *, before: int = 0, files: int | None = None) -> None:
        """The last line. `before`: articles that an earlier try or round had written."""
        self.clear()
        if self._quiet:
            return
        seconds = time.monotonic() - self._began
        new = step.articles - before
        earlier = f" ({new:,} of them now)" if before else ""
        inside = "" if files is None else f", {files:,} {'file' if files == 1 else 'files'}"
        self._out.write(
            f"{plain(name)}: {step.articles:,} {'article' if step.articles == 1 else 'articles'}{earlier}{inside},"
            f" {megabytes(step.size)}, {seconds:.1f} s.\n"
            if step.articles
            else f"{plain(name)}: no article is of this selection.\n"
        )


def megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 1e5 else f"{size / 1e3:,.1f} kB"


def share(at: int, first: int, last: int) -> float:
    """How much of the ids is looked through."""
    return (at - first) / max(1, last - first)
