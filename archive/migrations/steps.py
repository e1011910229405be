"""The set that all steps belong to, and how a step runs its script."""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database, Migrations

migrations = Migrations("wirecopy")


def run(db: Database, script: str) -> None:
    """Executes a script's statements one by one, within the step's transaction."""
    for statement in _statements(script):
        db.execute(statement)


def _statements(script: str) -> list[str]:
    """The statements of a script, split where SQLite says that one is complete (triggers have semicolons inside)."""
    found, rest = [], ""
    for line in script.splitlines(keepends=True):
        rest += line
        if line.rstrip().endswith(";") and sqlite3.complete_statement(rest):
            found.append(rest.strip())
            rest = ""
    return found
