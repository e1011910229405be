"""The options that exports share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from archive.export.place import Manner

Command = Callable[..., Any]


def out_argument(command: Command) -> Command:
    """`[OUT]`, or `-o/--output`: gives the command `out: Path | None`; None: standard output."""
    return _out(command, required=False, help="The file to write; - or none: standard output. .gz and .zst compress it.")


def folder_argument(command: Command) -> Command:
    """`OUT`, or `-o/--output`, of a folder: gives the command `out: Path`."""
    return _out(command, required=True, help="The folder to write.")


def writing_options(command: Command) -> Command:
    """`--append`, `--force` and `--quiet`: gives the command one parameter `manner: Manner`."""

    @wraps(command)
    def mannered(*arguments: Any, append: bool, force: bool, quiet: bool, **values: Any) -> Any:
        return command(*arguments, manner=Manner(append, force, quiet), **values)

    for option in (
        quiet_option,
        click.option("--force", is_flag=True, help="Begin anew: replace what is there, and what was begun."),
        click.option(
            "--append", is_flag=True, help="Add what has come in since the last time; the first time: write all. For nightly exports."
        ),
    ):
        option(mannered)
    return mannered


def quiet_option(command: Command) -> Command:
    """`-q/--quiet`: gives the command `quiet: bool`."""
    return click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors, for cron.")(command)


def fields_option(command: Command) -> Command:
    return click.option(
        "--fields", metavar="NAMES", help="These fields, separated by commas; `default` and `all` stand for several (docs/export.md)."
    )(command)


def _out(command: Command, *, required: bool, help: str) -> Command:
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
