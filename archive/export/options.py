"""The options that exports share. Knows click alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Command = Callable[..., Any]


def out_argument(command: Command) -> Command:
    """`[OUT]`, or `-o/--output`: gives the command `out: Path | None`; None: standard output."""
    return _out(command, required=False, help="The file to write; - or none: standard output. .gz and .zst compress it.")


def folder_argument(command: Command) -> Command:
    """`OUT`, or `-o/--output`, of a folder: gives the command `out: Path`."""
    return _out(command, required=True, help="The folder to write.")


def writing_options(command: Command) -> Command:
    """`--append` and `--force`."""
    command = click.option("--force", is_flag=True, help="Begin anew: replace what is there, and what was begun.")(command)
    return click.option(
        "--append", is_flag=True, help="Add what has come in since the last time; the first time: write all. For nightly exports."
    )(command)


def fields_option(command: Command) -> Command:
    return click.option(
        "--fields", metavar="NAMES", help="These fields, separated by commas; `default` and `all` stand for several (docs/export.md)."
    )(command)


def _out(command: Command, *, required: bool, help: str) -> Command:
    from functools import wraps

    @wraps(command)
    def named(*arguments: Any, out_argument: Path | None, out_option: Path | None, **values: Any) -> Any:
        if out_argument is not None and out_option is not None:
            raise click.UsageError("OUT is named twice")
        out = out_argument or out_option
        if required and out is None:
            raise click.UsageError("name the folder to write: OUT")
        return command(*arguments, out=None if out is None or (str(out) == "-" and not required) else out, **values)

    path = click.Path(path_type=Path)
    click.argument("out_argument", metavar="OUT" if required else "[OUT]", required=False, type=path)(named)
    click.option("-o", "--output", "out_option", metavar="OUT", type=path, help=help)(named)
    return named
