"""Formats that are a folder of files. Arguments, printing and exit codes; imports the rest when it is needed."""

from __future__ import annotations

from pathlib import Path

import click

from archive.export.options import fields_option, folder_argument, writing_options
from archive.options import archive_option
from archive.selection import Selection, selection_options


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
def parquet(archive: Path, selection: Selection, fields: str | None, partition: str, out: Path, append: bool, force: bool) -> None:
    """Write a folder of Parquet files: typed columns for pandas, Polars, DuckDB, Spark and R. Needs wirecopy[parquet].

    Times are UTC timestamps, lists are lists. An export that was stopped or killed goes on with the file that it was at.

    \b
    Example: wirecopy export parquet articles/ --since 2026 --partition month
    """
    from archive.export.fields import chosen
    from archive.export.folder import Layout, export_folder
    from archive.export.parquet import Parquet
    from archive.store.connect import open_reader

    form = Parquet(chosen(fields), left_out="outlet" if partition == "outlet" else None)
    with open_reader(archive) as store:
        export_folder(store, selection, form, Layout(partition), out, append=append, force=force)
