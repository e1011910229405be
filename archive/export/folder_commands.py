"""Formats that are a folder of files. Arguments, printing and exit codes; imports the rest when it is needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.export.options import fields_option, folder_argument, writing_options
from archive.export.place import Manner
from archive.options import archive_option
from archive.selection import Selection, selection_options

if TYPE_CHECKING:
    from archive.export.files_run import Files


@click.command()
@folder_argument
@archive_option
@selection_options
@fields_option
@click.option(
    "--partition",
    type=click.Choice(["day", "month", "outlet", "none"]),
    default="day",
    show_default=True,
    help="A folder for each, as Hive names them: day=2026-11-22. The day is the one that --by means, in UTC.",
)
@writing_options
def parquet(archive: Path, selection: Selection, fields: str | None, partition: str, out: Path, manner: Manner) -> None:
    """Write a folder of Parquet files: typed columns for pandas, Polars, DuckDB, Spark and R. Needs the extra `parquet`.

    Times are UTC timestamps, lists are lists. An export that was stopped or killed goes on with the file that it was at.

    \b
    Example: wirecopy export parquet articles/ --since 2026 --partition month
    """
    from archive.export.fields import chosen
    from archive.export.folder import Layout, export_folder
    from archive.export.parquet import Parquet
    from archive.store.connect import open_reader
    from archive.store.selecting import CACHE

    form = Parquet(chosen(fields), left_out="outlet" if partition == "outlet" else None)
    with open_reader(archive, cache=CACHE) as store:
        export_folder(store, selection, form, Layout(partition), out, manner)


@click.command()
@folder_argument
@archive_option
@selection_options
@fields_option
@click.option(
    "--shards",
    type=click.Choice(["parquet", "jsonl"]),
    default="parquet",
    show_default=True,
    help="The files in it: Parquet needs the extra `parquet`, gzipped JSON lines do not.",
)
@click.option("--title", help="Of the dataset, for its card; default: the folder's name.")
@writing_options
def dataset(
    archive: Path, selection: Selection, fields: str | None, shards: str, title: str | None, out: Path, manner: Manner
) -> None:  # fmt: skip
    """Write a folder that `datasets.load_dataset` reads, with a card that says what is in it.

    \b
    Example: wirecopy export dataset pti-2026 --agency pti --since 2026 --title "PTI copy of 2026"
    """
    from archive.export.dataset import Dataset, title_of
    from archive.export.fields import chosen
    from archive.export.folder import Format, Layout, export_folder
    from archive.store.connect import open_reader
    from archive.store.selecting import CACHE

    wanted = chosen(fields)
    columns: Format | None = None
    if shards == "parquet":
        from archive.export.parquet import Parquet

        columns = Parquet(wanted)
    form = Dataset(wanted, columns, title=" ".join(title.split()) if title else title_of(out.absolute()))
    with open_reader(archive, cache=CACHE) as store:
        export_folder(store, selection, form, Layout(under="data", stem="train"), out, manner)


@click.command()
@folder_argument
@archive_option
@selection_options
@writing_options
def text(archive: Path, selection: Selection, out: Path, manner: Manner) -> None:
    """Write a plain text file an article, for corpus tools, with a table of them: DAY/OUTLET-ID.txt and articles.csv.

    A file has the headline, a blank line, and the text. The day is the one that --by means, in UTC.

    \b
    Example: wirecopy export text corpus/ --outlet thehindu --since 2026-11
    """
    from archive.export.files import plain_text
    from archive.export.files_run import Files

    _write_files(archive, selection, Files("text/1", ".txt", plain_text), out, manner)


@click.command()
@folder_argument
@archive_option
@selection_options
@writing_options
def markdown(archive: Path, selection: Selection, out: Path, manner: Manner) -> None:
    """Write a Markdown file an article, its metadata as YAML front matter: DAY/OUTLET-ID.md and articles.csv.

    The text keeps its subheads, lists, links and tables. The day is the one that --by means, in UTC.

    \b
    Example: wirecopy export markdown notes/ --story 1234
    """
    from archive.export.files import markdown as content
    from archive.export.files_run import Files

    _write_files(archive, selection, Files("markdown/1", ".md", content, markdown=True), out, manner)


def _write_files(archive: Path, selection: Selection, form: Files, out: Path, manner: Manner) -> None:
    from archive.export.files_run import export_files
    from archive.store.connect import open_reader
    from archive.store.selecting import CACHE

    with open_reader(archive, cache=CACHE) as store:
        export_files(store, selection, form, out, manner)
