"""`wirecopy import`. Arguments, printing and exit codes; imports the rest when it is needed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.options import archive_option

if TYPE_CHECKING:
    from archive.intake.arrival import Unreadable
    from archive.intake.run import Imported, Telling
    from archive.passes import Cleaned
    from archive.store.imports import Counts

_NAMED = 20  # broken places that are named one by one


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@archive_option
@click.option("--outlet", metavar="ID", help="File everything under this outlet, whatever its host.")
@click.option(
    "--format",
    "wanted",
    type=click.Choice(["auto", "warc", "html", "jsonl"]),
    default="auto",
    show_default=True,
    help="What the files are.",
)
@click.option("--manifest", type=click.Path(path_type=Path, dir_okay=False), help="A table of a folder's files: file, url, fetched_at.")
@click.option("--again", is_flag=True, help="Read also files that were read to their end before.")
@click.option("--no-clean", is_flag=True, help="Only bring the pages in; `wirecopy clean` reads them later.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    default=lambda: os.cpu_count() or 1,
    show_default="processors",
    help="Worker processes that clean.",
)
def import_(
    paths: tuple[Path, ...], archive: Path, outlet: str | None, wanted: str, manifest: Path | None, again: bool, no_clean: bool, jobs: int,
) -> None:  # fmt: skip
    """Bring collections in: WARC, ARC and WACZ files, folders of HTML files, lines of JSON with pages or with texts alone.

    What comes in is cleaned, deduplicated and grouped like everything else. Of a WARC, pages in HTML are taken, with redirects and
    errors; of one that wirecopy wrote, everything, so that an archive comes back as it was. Nothing is fetched.

    An exchange is never taken twice, and a file that is in is passed by. Can be stopped at any time: the same command goes on.
    Runs go on beside it. docs/warc.md says how files are read.

    \b
    Example: wirecopy import crawl-2024/ old.wacz
    """
    from archive.errors import InputError, Stopped
    from archive.intake import manifest as manifests
    from archive.intake.files import find
    from archive.intake.run import Asked, bring

    _check(outlet)
    asked = Asked(outlet, manifests.read(manifest) if manifest else {}, again)
    units = find(paths, wanted)
    with click.progressbar(length=1, label="Reading", file=sys.stderr) as bar:
        telling = _Telling(bar)
        try:
            done = bring(archive, units, asked, jobs=jobs, telling=telling.all(), clean=not no_clean)
        except KeyboardInterrupt:
            raise Stopped("stopped: what came in is kept", hint="the same command goes on") from None
    telling.name_broken()
    _say(done, clean=not no_clean)
    if done.counts.broken:
        raise InputError(
            f"{done.counts.broken:,} place{'s' * (done.counts.broken != 1)} could not be read, and passed by",
            hint="all else is in; the same command reads no file twice",
        )


def _check(outlet: str | None) -> None:
    import re

    from archive.errors import UsageError

    if outlet is not None and not re.match(r"[a-z0-9][a-z0-9-]{0,63}\Z", outlet):
        raise UsageError(f"{outlet!r} is no id of an outlet", hint="ids are lower-case letters, digits and hyphens, as in sources.toml")


class _Telling:
    """The progress bar, and what could not be read."""

    def __init__(self, bar: Any) -> None:
        self._bar, self._label = bar, "Reading"
        self._broken: list[str] = []

    def all(self) -> Telling:
        from archive.intake.run import Telling

        return Telling(self._brings, self._note, self._cleans, self._waits)

    def name_broken(self) -> None:
        for line in self._broken[:_NAMED]:
            click.echo(line, err=True)
        if len(self._broken) > _NAMED:
            click.echo(f"... and {len(self._broken) - _NAMED:,} more.", err=True)

    def _brings(self, read: int, total: int, counts: Counts) -> None:
        if sys.stderr.isatty():  # elsewhere each label is a line of its own
            self._bar.label = f"Reading: {counts.captures:,} captures"
        self._move(read, total)

    def _cleans(self, cleaned: Cleaned, waiting: int) -> None:
        self._bar.label = "Cleaning"
        self._move(cleaned.done, waiting)

    def _move(self, done: int, total: int) -> None:
        self._label = self._bar.label
        self._bar.length = max(1, total)
        self._bar.update(done - self._bar.pos)

    def _waits(self, begins: bool) -> None:
        self._bar.label = "A run is at work: waiting" if begins else self._label
        self._bar.render_progress()

    def _note(self, name: str, place: Unreadable) -> None:
        from archive.terminal import plain

        if len(self._broken) <= _NAMED * 50:
            self._broken.append(plain(f"{name}, at {place.offset:,}: {place.reason}", width=240))


def _say(done: Imported, *, clean: bool) -> None:
    came = done.counts
    click.echo(
        f"{done.files:,} file{_s(done.files)} ({done.before:,} read before): {came.captures:,} captures,"
        f" {came.pages:,} of them pages to read; {came.known:,} were known, {came.left_out:,} other records left out."
    )
    if came.older:
        click.echo(
            f"{came.older:,} visits are older than what was read of their pages, or nothing says of when they are: kept, and not read."
        )
    if clean:
        click.echo(f"{done.cleaned.done:,} pages read; {done.cleaned.without_text:,} without text.")


def _s(count: int) -> str:
    return "" if count == 1 else "s"
