"""Step 28: archives without articles begin with the rules of grouping that there are now."""

from __future__ import annotations

from sqlite_utils import Database

from archive.migrations.steps import migrations, run

RULES = "UPDATE story_index SET version = 2 WHERE NOT EXISTS (SELECT 1 FROM articles);"


@migrations()
def m028_references(db: Database) -> None:
    run(db, RULES)
