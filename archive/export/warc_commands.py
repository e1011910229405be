"""`wirecopy export warc`, `wacz` and `cdxj`. Arguments, printing and exit codes; imports the rest when it is needed."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.options import archive_option
from archive.selection import Selection, selection_options

if TYPE_CHECKING:
    from archive.export.warc.run import Exported

Command = Callable[..., Any]
_SIZE = re.compile(r"(\d{1,12})([KMGT]?)B?\Z", re.IGNORECASE)
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_OUT = click.Path(path_type=Path, dir_okay=False)


def _size(ctx: click.Context, parameter: click.Parameter, value: str | None) -> int | None:  # noqa: ARG001 - click's signature
    """Bytes of `500M`, `1G`."""
    found = _SIZE.match(value or "")
    if value is None:
        return None
    if found is None or not int(found[1]):
        raise click.BadParameter("a size is a number, with K, M, G or T behind it where that is meant: 500M, 1G")
    return int(found[1]) * _UNITS[found[2].upper()]


def _pages_only(command: Command) -> Command:
    return click.option("--pages-only", is_flag=True, help="Leave out feed documents and robots.txt.")(command)


def _force(command: Command) -> Command:
    return click.option("--force", is_flag=True, help="Replace a file of this name.")(command)


@click.command()
@click.argument("out", type=_OUT)
@archive_option
@selection_options
@_pages_only
@click.option("--size", callback=_size, metavar="SIZE", help="Begin another file after so many bytes: 500M, 1G. Names get a number.")
@_force
def warc(archive: Path, out: Path, selection: Selection, pages_only: bool, size: int | None, force: bool) -> None:
    """Write captures as WARC 1.1: requests, answers, revisits, redirects, and what was read of them.

    Without options every capture is written, also errors, feeds and robots.txt. With some, the captures of these articles: every
    visit that reads so, the redirects that led there, a story's further pages. docs/warc.md says what stands in the records.

    Can be stopped at any time: the same command goes on where it stood.

    \b
    Example: wirecopy export warc november.warc.gz --since 2026-11 --until 2026-11
    """
    from archive.export.warc.run import export
    from archive.store.connect import open_reader

    with open_reader(archive) as store, _bar("Writing") as tell:
        done = export(store, out, selection=selection, pages_only=pages_only, size=size, force=force, tell=tell)
    _say(done)


@click.command()
@click.argument("out", type=_OUT)
@archive_option
@selection_options
@_pages_only
@click.option("--title", metavar="TEXT", help="Of the collection, as players show it; by default the file's name.")
@_force
def wacz(archive: Path, out: Path, selection: Selection, pages_only: bool, title: str | None, force: bool) -> None:
    """Write captures as WACZ: WARC files, their index and a list of articles, to be opened in a player.

    Takes what `wirecopy export warc` takes. ReplayWeb.page (replayweb.page) and pywb show it.

    Works in a folder OUT.part beside OUT. Can be stopped at any time: the same command goes on where it stood.

    \b
    Example: wirecopy export wacz story.wacz --story 4
    """
    from archive.export.warc.wacz import export_wacz
    from archive.store.connect import open_reader

    with open_reader(archive) as store, _bar("Writing") as tell:
        done = export_wacz(store, out, selection=selection, pages_only=pages_only, title=title, force=force, tell=tell)
    _say(done)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("-o", "--output", "out", type=_OUT, help="Into this file; by default to standard output.")
@_force
def cdxj(files: tuple[Path, ...], out: Path | None, force: bool) -> None:
    """Write the CDXJ index of WARC and ARC files, ours or others', sorted, as pywb and wayback machines read it.

    \b
    Example: wirecopy export cdxj november.warc.gz > november.cdxj
    """
    from archive.errors import OutputError
    from archive.export.warc.index import lines
    from archive.export.warc.volumes import replace, telling

    if out is None:
        for line in lines(files):
            sys.stdout.write(f"{line}\n")
        return
    if out.exists() and not force:
        raise OutputError(f"{out} is there already", hint="name another file, or replace it with --force")

    def write(fresh: Path) -> None:
        with fresh.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines(files))

    with telling(out):
        replace(out, write)


@contextmanager
def _bar(label: str) -> Iterator[Callable[[int, int], None]]:
    from archive.errors import Stopped

    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def tell(done: int, total: int) -> None:
            bar.length = max(1, total)
            bar.update(done - bar.pos)

        try:
            yield tell
        except KeyboardInterrupt:
            raise Stopped("stopped: what is written is kept", hint="the same command goes on") from None


def _say(done: Exported) -> None:
    from archive.errors import ArchiveDamaged

    begun = " (gone on with what was begun before)" if done.went_on else ""
    click.echo(f"{done.captures:,} captures written{begun}: {', '.join(str(path) for path in done.files)}", err=True)
    if done.pruned:
        click.echo(f"Of {done.pruned:,} captures the payload was pruned: their records hold the heads alone.", err=True)
    if done.damaged:
        raise ArchiveDamaged(
            f"of {done.damaged:,} captures the payload cannot be read back: their records hold the heads alone",
            hint="`wirecopy verify` names the bodies; restore what is damaged from a backup",
        )
