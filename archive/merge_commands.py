"""`wirecopy merge`. Arguments, printing and exit codes; imports the rest when it is needed."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.bars import in_parts
from archive.options import archive_option

if TYPE_CHECKING:
    from archive.merge import Merged

_NAMED = 20  # things that were left out that are named on the terminal; the table `merges` has more
_TOLD = ("pages", "captures", "bodies", "articles", "entries", "polls", "runs", "feeds", "outlets")


@click.command()
@click.argument("others", type=click.Path(path_type=Path, dir_okay=False), nargs=-1, required=True, metavar="OTHER.db...")
@archive_option
def merge(others: tuple[Path, ...], archive: Path) -> None:
    """Bring in what other archives have and this one lacks.

    Pages, captures, bodies, feeds, entries, polls and runs are found again by keys and digests: done twice, nothing changes. Visits to
    one page interleave by time, and stories are told anew in that order. Outlets and feeds that are new come as not active: sources.toml
    says what is crawled. What was taken down or pruned here stays so. The other archives are only read. It can be stopped at any time and
    goes on when called again; no run can write meanwhile. Ends with 65 when something was damaged there and left out.

    \b
    Example: wirecopy merge /mnt/laptop/wirecopy.db
    """
    from archive.merge import merge as bring_in
    from archive.store.connect import open_reader

    for path in (archive, *others):
        open_reader(path).close()  # each is told of before any is touched
    damaged = False
    for other in others:
        with in_parts("Merging") as tell:
            merged = bring_in(archive, other, now=datetime.now(UTC), tell=tell)
        _print(other, merged)
        damaged |= any(why.startswith("damaged") for why in merged.left_out)
    if damaged:
        sys.exit(65)


def _print(other: Path, merged: Merged) -> None:
    from collections import Counter

    from archive.terminal import plain

    came = [f"{merged.counts[name]:,} {name}" for name in _TOLD if merged.counts.get(name)]
    click.echo(f"{other}: {', '.join(came)} came." if came else f"{other}: nothing that is not here already.")
    if merged.to_read_again:
        click.echo(f"{merged.to_read_again:,} pages have visits from both: `wirecopy clean` reads them anew, in the order of time.")
    counted = Counter(merged.left_out)
    for why, number in list(counted.items())[:_NAMED]:
        click.echo(f"Left out: {plain(why)}{f' ({number:,} times)' if number > 1 else ''}", err=True)
    if (more := max(0, len(counted) - _NAMED) + merged.more_left_out) > 0:
        click.echo(f"and {more:,} more: the table `merges` has them", err=True)
