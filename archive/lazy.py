"""A group of commands that are imported when they are called: its help costs next to nothing. Knows click alone."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

Table = Mapping[str, tuple[str, str, str]]  # command -> (module, attribute, its line in the help)


class LazyGroup(click.Group):
    """Knows its commands' names and lines, and imports the one that is called."""

    def __init__(self, *arguments: Any, table: Table, sections: Mapping[str, str] | None = None, **options: Any) -> None:
        """`sections`: the command with which a section of the help begins -> its heading."""
        super().__init__(*arguments, **options)
        self.table = table
        self.sections = sections or {next(iter(table)): "Commands"}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in self.table:
            return None
        module, attribute, _ = self.table[cmd_name]
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)  # noqa: S101 - the tables are tested
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        blocks: list[tuple[str, list[tuple[str, str]]]] = []
        for name, (_, _, line) in self.table.items():
            if name in self.sections or not blocks:
                blocks.append((self.sections.get(name, "Commands"), []))
            blocks[-1][1].append((name, line))
        for heading, lines in blocks:
            with formatter.section(heading):
                formatter.write_dl(lines)
