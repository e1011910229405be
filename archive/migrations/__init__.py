"""The schema of the archive, step by step. Released steps are never edited and import nothing living.

Comments stand inside the statements: SQLite keeps them, so `sqlite3 wirecopy.db .schema` explains itself, and docs/schema.md is made
from them. No stored view or trigger calls a custom SQL function: plain `sqlite3` opens everything.

Importing the files puts their steps into the set, in the order of their numbers; a new step goes into a file of its own.
"""

from __future__ import annotations

from archive.migrations import (
    m001,
    m002_to_m014,
    m015_on,
    m021_credits,
    m022_copies,
    m023_keeping,
    m024_imports,
    m026_browsing,
    m027_recoveries,
    m028_references,
)
from archive.migrations.steps import migrations

APPLICATION_ID = 0x57495245  # "WIRE" in the file's header: how an archive of ours is told from any other SQLite file
# `sqlite-utils transform` drops them silently: `verify` looks.
TRIGGERS = ("articles_ai", "articles_ad", "articles_au", "copies_ai", "copies_ad", "copies_au", "copies_outlets_au")

__all__ = [
    "APPLICATION_ID",
    "TRIGGERS",
    "m001",
    "m002_to_m014",
    "m015_on",
    "m021_credits",
    "m022_copies",
    "m023_keeping",
    "m024_imports",
    "m026_browsing",
    "m027_recoveries",
    "m028_references",
    "migrations",
]
