"""`wirecopy export FORMAT`: the formats, each a command that is imported when it is called."""

from __future__ import annotations

import click

from archive.lazy import LazyGroup

# format -> (module, attribute, line in `wirecopy export --help`)
FORMATS = {
    "jsonl": ("archive.export.line_commands", "jsonl", "An article a line, as JSON."),
    "csv": ("archive.export.line_commands", "csv", "A table, for spreadsheets too."),
    "parquet": ("archive.export.folder_commands", "parquet", "A folder of Parquet files, partitioned by day, month or outlet."),
    "schema": ("archive.export.line_commands", "schema", "The JSON Schema of a line of JSON lines."),
}


@click.group(cls=LazyGroup, table=FORMATS)
def export() -> None:
    """Write articles as data, by default the newest revision of each page that has a text.

    \b
    Example: wirecopy export jsonl pti.jsonl.gz --agency pti --since 2026-11
    """
