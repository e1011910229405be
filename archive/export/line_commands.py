"""Formats that are a stream of lines. Arguments, printing and exit codes; imports the rest when it is needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.export.options import fields_option, out_argument, writing_options
from archive.export.place import Manner
from archive.options import archive_option
from archive.selection import Selection, selection_options

if TYPE_CHECKING:
    from archive.export.run import Lines


@click.command()
@out_argument
@archive_option
@selection_options
@fields_option
@writing_options
def jsonl(archive: Path, selection: Selection, fields: str | None, out: Path | None, manner: Manner) -> None:
    """Write an article a line, as JSON.

    An export that was stopped or killed goes on where it stood when the same command is given again.

    \b
    Example: wirecopy export jsonl pti.jsonl.gz --agency pti --since 2026-11
    """
    from archive.export import jsonl as lines
    from archive.export.fields import NAME, chosen, wants_markdown
    from archive.export.run import Lines

    wanted = chosen(fields)
    options = {"fields": [field.name for field in wanted]}
    form = Lines(NAME, lambda article: lines.line(article, wanted), options=options, markdown=wants_markdown(wanted))
    _write(archive, selection, form, out, manner)


@click.command()
@out_argument
@archive_option
@selection_options
@fields_option
@click.option("--excel", is_flag=True, help="For spreadsheets: a byte order mark, no cell is a formula, none is longer than Excel takes.")
@writing_options
def csv(archive: Path, selection: Selection, fields: str | None, excel: bool, out: Path | None, manner: Manner) -> None:
    """Write a table as CSV (RFC 4180): the names of the fields, then an article a record.

    Lists are joined by "; ". Texts keep their line breaks inside of quotes, as the RFC has it.

    \b
    Example: wirecopy export csv budget.csv --words budget --fields outlet,published_at,headline,url --excel
    """
    from archive.export.fields import VERSION, chosen, wants_markdown
    from archive.export.records import head, record
    from archive.export.run import Lines

    wanted = chosen(fields)
    options = {"fields": [field.name for field in wanted], "excel": excel}
    form = Lines(
        f"csv/{VERSION}", lambda article: record(article, wanted, excel=excel), head(wanted, excel=excel), options, wants_markdown(wanted)
    )
    _write(archive, selection, form, out, manner)


@click.command()
@out_argument
@archive_option
@selection_options
@click.option("--version", type=click.Choice(["3.1", "2.2"]), default="3.1", show_default=True, help="Of ninjs.")
@writing_options
def ninjs(archive: Path, selection: Selection, version: str, out: Path | None, manner: Manner) -> None:
    """Write IPTC ninjs (News in JSON), a news object a line.

    \b
    Example: wirecopy export ninjs afp.jsonl --agency afp --version 2.2
    """
    from archive.export.jsonl import dumped
    from archive.export.ninjs import ninjs as news_object
    from archive.export.run import Lines

    form = Lines(f"ninjs/{version}/1", lambda article: dumped(news_object(article, version)))
    _write(archive, selection, form, out, manner)


@click.command()
@out_argument
@archive_option
@selection_options
@writing_options
def jsonld(archive: Path, selection: Selection, out: Path | None, manner: Manner) -> None:
    """Write schema.org NewsArticle objects as JSON-LD, one a line, each with its context.

    \b
    Example: wirecopy export jsonld --story 1234 > story.jsonld.jsonl
    """
    from archive.export.jsonl import dumped
    from archive.export.jsonld import news_article
    from archive.export.run import Lines

    _write(archive, selection, Lines("jsonld/1", lambda article: dumped(news_article(article))), out, manner)


@click.command()
@fields_option
def schema(fields: str | None) -> None:
    """Print the JSON Schema of a line of `wirecopy export jsonl`.

    \b
    Example: wirecopy export schema > article.schema.json
    """
    import json

    from archive.export.fields import chosen
    from archive.export.schema import json_schema

    click.echo(json.dumps(json_schema(chosen(fields)), ensure_ascii=False, indent=2))


def _write(archive: Path, selection: Selection, lines: Lines, out: Path | None, manner: Manner) -> None:
    from archive.errors import UsageError
    from archive.export.run import export_lines
    from archive.store.connect import open_reader
    from archive.store.selecting import CACHE

    if manner.append and out is None:
        raise UsageError("--append needs a file to append to", hint="name it: wirecopy export FORMAT OUT --append")
    with open_reader(archive, cache=CACHE) as store:
        export_lines(store, selection, lines, out, manner)
