"""The options that every command shares. Knows click alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Command = Callable[..., Any]


def archive_option(command: Command) -> Command:
    """`--archive/-a`: gives the command a parameter `archive: Path`."""
    return click.option(
        "-a",
        "--archive",
        type=click.Path(path_type=Path, dir_okay=False),
        default="wirecopy.db",
        envvar="WIRECOPY_ARCHIVE",
        show_default=True,
        show_envvar=True,
        help="The archive, an SQLite file.",
    )(command)


def sources_option(command: Command) -> Command:
    """`--sources/-s`: gives the command a parameter `sources: Path`."""
    return click.option(
        "-s",
        "--sources",
        type=click.Path(path_type=Path, dir_okay=False),
        default="sources.toml",
        envvar="WIRECOPY_SOURCES",
        show_default=True,
        show_envvar=True,
        help="What to crawl.",
    )(command)
