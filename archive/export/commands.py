"""`wirecopy export FORMAT`: the formats, each a command that is imported when it is called."""

from __future__ import annotations

import click

from archive.lazy import LazyGroup

# format -> (module, attribute, line in `wirecopy export --help`)
FORMATS = {
    "jsonl": ("archive.export.line_commands", "jsonl", "An article a line, as JSON."),
    "csv": ("archive.export.line_commands", "csv", "A table, for spreadsheets too."),
    "parquet": ("archive.export.folder_commands", "parquet", "A folder of Parquet files, partitioned by day, month or outlet."),
    "dataset": ("archive.export.folder_commands", "dataset", "A folder that `datasets.load_dataset` reads."),
    "text": ("archive.export.folder_commands", "text", "A plain text file an article, for corpus tools."),
    "markdown": ("archive.export.folder_commands", "markdown", "A Markdown file an article, with YAML front matter."),
    "ninjs": ("archive.export.line_commands", "ninjs", "IPTC ninjs 3.1 or 2.2, a news object a line."),
    "jsonld": ("archive.export.line_commands", "jsonld", "schema.org NewsArticle as JSON-LD, one a line."),
    "atom": ("archive.export.feed_commands", "atom", "An Atom feed of what was seen last."),
    "schema": ("archive.export.line_commands", "schema", "The JSON Schema of a line of JSON lines."),
    "warc": ("archive.export.warc_commands", "warc", "Captures as WARC 1.1, with requests, revisits and metadata."),
    "wacz": ("archive.export.warc_commands", "wacz", "Captures as WACZ, to be opened in a player."),
    "cdxj": ("archive.export.warc_commands", "cdxj", "The CDXJ index of WARC files."),
}


@click.group(cls=LazyGroup, table=FORMATS)
def export() -> None:
    """Write articles as data, by default the newest revision of each page that has a text.

    Nothing is held in memory but a few articles. An export that was stopped or killed goes on when the same command is given again, and
    comes to the same bytes; with --append a later one adds what is new. Runs go on beside it.

    \b
    Example: wirecopy export jsonl pti.jsonl.gz --agency pti --since 2026-11
    """
