"""`wirecopy export atom`. Arguments, printing and exit codes; imports the rest when it is needed."""

from __future__ import annotations

from pathlib import Path

import click

from archive.export.options import out_argument, quiet_option
from archive.options import archive_option
from archive.selection import Selection, selection_options


@click.command()
@out_argument
@archive_option
@selection_options
@click.option("-n", "--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="Entries, at most.")
@click.option("--title", default="wirecopy", show_default=True, help="Of the feed.")
@click.option("--url", metavar="URL", help="Where the feed will be found: its self link, and its id.")
@quiet_option
def atom(archive: Path, selection: Selection, limit: int, title: str, url: str | None, out: Path | None, quiet: bool) -> None:
    """Write an Atom feed of what was seen last, the newest first. A changed page comes up again, under the same id.

    OUT is replaced in one step, so that it can be written where a web server has it.

    \b
    Example: wirecopy export atom /srv/www/pti.xml --agency pti --url https://example.org/pti.xml
    """
    from archive.export.atom_run import export_atom
    from archive.store.connect import open_reader
    from archive.store.selecting import CACHE

    with open_reader(archive, cache=CACHE) as store:
        export_atom(store, selection, out, limit=limit, title=title, url=url, quiet=quiet)
