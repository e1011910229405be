"""Step 23: what keeping an archive for years leaves behind: prunings, tombstones, merges."""

from __future__ import annotations

from sqlite_utils import Database

from archive.migrations.steps import migrations, run

KEEPING = """
CREATE TABLE identity ( -- which archive this is: one row, made with it; its copies and backups have the same
  id TEXT PRIMARY KEY -- 32 hex digits, random
) STRICT, WITHOUT ROWID;
INSERT INTO identity (id) VALUES (lower(hex(randomblob(16))));
CREATE TABLE prunings ( -- what `wirecopy prune` was told to take away, and what went: one row each time
  id INTEGER PRIMARY KEY,
  started_at TEXT NOT NULL, -- when
  finished_at TEXT, -- null: it was ended early; what had gone by then is gone
  policy TEXT NOT NULL, -- in words
  bodies INTEGER NOT NULL DEFAULT 0, -- raw payloads that went
  payload_bytes INTEGER NOT NULL DEFAULT 0, -- their size
  stored_bytes INTEGER NOT NULL DEFAULT 0, -- what they took in the file
  texts INTEGER NOT NULL DEFAULT 0 -- articles whose text went
) STRICT;
CREATE TABLE tombstones ( -- what was taken down (`wirecopy forget`): it is never fetched, recorded or merged again
  id INTEGER PRIMARY KEY,
  forgotten_at TEXT NOT NULL, -- when
  kind TEXT NOT NULL, -- page or outlet
  outlet TEXT, -- outlets.code; null: of a page that was never met
  url TEXT, -- the page's, where that was to be kept (--keep-url); null: only digests are
  reason TEXT, -- as given
  who TEXT, -- the user who did it, or as given
  pages INTEGER NOT NULL DEFAULT 0, -- addresses that went
  captures INTEGER NOT NULL DEFAULT 0, -- exchanges that went
  articles INTEGER NOT NULL DEFAULT 0, -- texts that went, each revision counted
  entries INTEGER NOT NULL DEFAULT 0, -- of feeds, that went
  bodies INTEGER NOT NULL DEFAULT 0, -- raw payloads that went, feed documents that named the page among them
  last_article_id INTEGER NOT NULL DEFAULT 0 -- articles.id up to this one are not given again: one that was noted names nothing else
) STRICT;
CREATE TABLE tombstone_keys ( -- how what was taken down is known again, without its address
  digest BLOB PRIMARY KEY, -- SHA-256 of page:KEY (pages.key), entry:FEED (feeds.url) with the entry's identity, or outlet:CODE
  tombstone_id INTEGER NOT NULL REFERENCES tombstones(id)
) STRICT, WITHOUT ROWID;
CREATE INDEX tombstone_keys_of ON tombstone_keys(tombstone_id);
CREATE TABLE pruned ( -- bodies whose bytes are gone: digest and length stay in bodies, where data is empty
  body_id INTEGER PRIMARY KEY REFERENCES bodies(id),
  pruning_id INTEGER REFERENCES prunings(id), -- null: it went for a tombstone
  tombstone_id INTEGER REFERENCES tombstones(id) -- a feed document that named what was taken down; null: it was pruned
) STRICT;
CREATE TABLE pruned_texts ( -- articles whose text is gone: headline, metadata and the text's digest stay
  article_id INTEGER PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE,
  pruning_id INTEGER NOT NULL REFERENCES prunings(id)
) STRICT;
CREATE TABLE merges ( -- what `wirecopy merge` brought in from other archives; one that brings nothing leaves no row
  id INTEGER PRIMARY KEY,
  started_at TEXT NOT NULL, -- when
  finished_at TEXT, -- null: it was ended early; the next one goes on
  identity TEXT, -- the other archive's identity.id; null: it is older than that
  path TEXT NOT NULL, -- where it lay
  counts TEXT, -- JSON: table -> rows that came; null: not finished
  left_out TEXT -- JSON array, one sentence each: damaged, or taken down here; null: not finished
) STRICT;
CREATE TABLE grouping_turns ( -- after a merge: articles that wait to be grouped anew, in the order of time; emptied as they are
  place INTEGER PRIMARY KEY, -- in that order
  article_id INTEGER NOT NULL UNIQUE -- articles.id
) STRICT;
CREATE INDEX entries_content ON entries(content_id) WHERE content_id IS NOT NULL;
CREATE INDEX compact_queue_body ON compact_queue(body_id);
"""


@migrations()
def m023_keeping(db: Database) -> None:
    run(db, KEEPING)
