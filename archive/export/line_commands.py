"""Formats that are a stream of lines. Arguments, printing and exit codes; imports the rest when it is needed."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from archive.options import archive_option
from archive.selection import Selection, selection_options


@click.command()
@archive_option
@selection_options
@click.option("--fields", metavar="NAMES", help="These fields, separated by commas.")
def jsonl(archive: Path, selection: Selection, fields: str | None) -> None:
    """Write an article a line, as JSON.

    \b
    Example: wirecopy export jsonl --agency pti --since 2026-11 > pti.jsonl
    """
    from archive.export.fields import chosen
    from archive.export.jsonl import line
    from archive.store import selecting
    from archive.store.connect import open_reader

    wanted = chosen(fields)
    with open_reader(archive) as store:
        selecting.check(store, selection)
        for batch in selecting.articles(store, selection, last=selecting.newest(store)):
            for article in batch:
                sys.stdout.buffer.write(line(article, wanted))
    sys.stdout.buffer.flush()
