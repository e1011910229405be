"""Step 27: what `wirecopy recover` made of a damaged file is on record in the file that it made."""

from __future__ import annotations

from sqlite_utils import Database

from archive.migrations.steps import migrations, run

RECOVERIES = """
CREATE TABLE recoveries ( -- damaged files that this archive was recovered from: append-only
  id INTEGER PRIMARY KEY,
  recovered_at TEXT NOT NULL, -- when
  source TEXT NOT NULL, -- the damaged file
  report TEXT NOT NULL -- JSON: what `wirecopy recover --json` printed
) STRICT;
"""


@migrations()
def m027_recoveries(db: Database) -> None:
    run(db, RECOVERIES)
