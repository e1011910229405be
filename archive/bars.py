"""A bar for work in several parts, each with its own length. Knows click alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@contextmanager
def in_parts(label: str, *, shown: bool = True) -> Iterator[Callable[[str, int, int], None]]:
    """Gives a function that is told what is done, how much of it, of how much; on a terminal alone anything is shown."""
    if not (shown and sys.stderr.isatty()):
        yield lambda *_: None
        return
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def tell(what: str, done: int, total: int) -> None:
            if bar.label != what:
                bar.label, bar.pos = what, 0
            bar.length = max(1, total)
            bar.update(max(0, min(done, total) - bar.pos))

        yield tell
