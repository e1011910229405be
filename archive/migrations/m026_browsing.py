"""Step 26: what the pages of `wirecopy browse` ask by time is answered from indexes alone."""

from __future__ import annotations

from sqlite_utils import Database

from archive.migrations.steps import migrations, run

# Rows of `articles` hold their text: counting a month of them by outlet and agency read most of the file. The wider index stands for the
# old one of the same name, so that an article has no entry more in any index.
BROWSING = """
DROP INDEX articles_first_seen;
CREATE INDEX articles_first_seen ON articles(first_seen_at, revision, outlet, agency, story_id);
CREATE INDEX pages_removed ON pages(removed_at) WHERE removed_at IS NOT NULL;
"""


@migrations()
def m026_browsing(db: Database) -> None:
    run(db, BROWSING)
