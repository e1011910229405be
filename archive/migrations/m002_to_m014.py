"""Steps 2 to 14: alerts, the queue, moves, embargoes, gaps, backfill, walls, markdown, pictures."""

from __future__ import annotations

from sqlite_utils import Database

from archive.migrations.steps import migrations, run

ALERTS = """
CREATE TABLE alerts ( -- what is wrong, and what the alert command was told of it: one row each, until its end has been told
  subject TEXT PRIMARY KEY, -- a check of `wirecopy health` (disk, gaps, ...), or a feed's URL
  level TEXT NOT NULL, -- as found by the last run: ok, warning or critical
  reason TEXT NOT NULL, -- in words
  since TEXT NOT NULL, -- the run that found this level first
  told_level TEXT, -- the level that the command was told last; null: nothing yet
  told_at TEXT -- when it was told, and took it
) STRICT, WITHOUT ROWID;
"""


@migrations()
def m002_alerts(db: Database) -> None:
    run(db, ALERTS)


QUEUE = """
ALTER TABLE feeds ADD COLUMN domain TEXT -- registrable domain of the URL's host, else the host: claims are spread over them
  DEFAULT NULL;
ALTER TABLE feeds ADD COLUMN last_run_id INTEGER -- the run that polled it last: no run polls a feed twice
  DEFAULT NULL;
CREATE INDEX entries_feed ON entries(feed_id);
CREATE INDEX polls_read ON polls(feed_id) WHERE entries > 0;
CREATE INDEX polls_whole ON polls(feed_id, polled_at) WHERE status IS NOT NULL AND etag_sent IS NULL AND last_modified_sent IS NULL;
CREATE INDEX runs_running ON runs(id) WHERE status = 'running';
CREATE INDEX readings_run ON readings(run_id) WHERE run_id IS NOT NULL;
"""


@migrations()
def m003_queue(db: Database) -> None:
    run(db, QUEUE)


MOVES = """
CREATE TABLE moves ( -- feeds whose polls came through permanent redirects (301, 308): where to, and since when
  feed_id INTEGER PRIMARY KEY REFERENCES feeds(id),
  url TEXT NOT NULL, -- where the redirects lead
  since TEXT NOT NULL, -- first poll in a row that was led there
  polls INTEGER NOT NULL, -- polls in a row that were
  taken INTEGER NOT NULL -- 1: this address is polled in place of the configured one
) STRICT;
"""


@migrations()
def m004_moves(db: Database) -> None:
    run(db, MOVES)


TERMS = """
CREATE TABLE terms ( -- when an entry's story may be used, where its feed says so
  entry_id INTEGER PRIMARY KEY REFERENCES entries(id),
  embargo_until TEXT, -- the page is not fetched before; null: no embargo
  expires_at TEXT -- not to be used after; an entry first seen later is recorded as expired, and its page not fetched
) STRICT;
"""


@migrations()
def m005_terms(db: Database) -> None:
    run(db, TERMS)


GAPS = """
CREATE TABLE gaps ( -- polls that knew none of the feed's entries, and how what was missed was looked for: append-only
  poll_id INTEGER PRIMARY KEY REFERENCES polls(id),
  since TEXT NOT NULL, -- the last success before it: the gap lies between the two
  documents INTEGER NOT NULL, -- older pages and sitemaps that were asked for
  entries INTEGER NOT NULL, -- that they brought
  closed_by TEXT -- older pages or news sitemap: they reach back to what was known; null: something may be missing (polls.gap)
) STRICT;
"""


@migrations()
def m006_gaps(db: Database) -> None:
    run(db, GAPS)


BACKFILL = """
CREATE TABLE backfill ( -- documents of an outlet's past that `wirecopy backfill` has read, or still has to
  id INTEGER PRIMARY KEY,
  outlet_id INTEGER NOT NULL REFERENCES outlets(id),
  feed_id INTEGER REFERENCES feeds(id), -- a feed that is never polled: what the document brought is filed under it
  url TEXT NOT NULL, -- of a site (its robots.txt is asked), a sitemap, or a page of a feed
  kind TEXT NOT NULL, -- site, sitemap or pages
  since TEXT NOT NULL, -- stories from then on are wanted
  until TEXT NOT NULL, -- and before then; '' up to now
  everywhere INTEGER NOT NULL, -- 1: stories of all sections of the site
  state TEXT NOT NULL, -- waiting, read, failed (tried again by the next backfill), or left out
  found_at TEXT NOT NULL, -- when
  asked_at TEXT, -- when it was last asked for
  stories INTEGER, -- of the time asked for, in the document
  new_pages INTEGER NOT NULL DEFAULT 0, -- that were not known before
  error TEXT -- why it failed or was left out
) STRICT;
CREATE UNIQUE INDEX backfill_url ON backfill(outlet_id, url, since, until);
CREATE INDEX backfill_waiting ON backfill(id) WHERE state = 'waiting';
CREATE INDEX backfill_feed ON backfill(feed_id) WHERE feed_id IS NOT NULL;
"""


@migrations()
def m007_backfill(db: Database) -> None:
    run(db, BACKFILL)


WALLS = """
CREATE TABLE walls ( -- captures that are an answer but no story, and what stands in the way: as the cleaner sees them
  capture_id INTEGER PRIMARY KEY REFERENCES captures(id),
  page_id INTEGER NOT NULL REFERENCES pages(id),
  kind TEXT NOT NULL -- not-found (a soft 404), challenge (a proof that we are human), consent, or unavailable
) STRICT;
CREATE INDEX walls_page ON walls(page_id, capture_id);
CREATE VIEW turned_away AS -- pages whose last answer turned us away: by its status, or by what the page says
SELECT p.id AS page_id, o.code AS outlet, coalesce(w.kind, 'HTTP ' || c.status) AS why, c.fetched_at AS at, p.next_try_at,
  p.stored_at IS NOT NULL AS had_before, p.url
FROM pages p JOIN outlets o ON o.id = p.outlet_id
JOIN captures c ON c.id = (SELECT max(n.id) FROM captures n WHERE n.page_id = p.id AND n.verdict <> 'hop')
LEFT JOIN walls w ON w.capture_id = c.id WHERE w.kind IS NOT NULL OR c.verdict = 'blocked';
"""


@migrations()
def m008_walls(db: Database) -> None:
    run(db, WALLS)


MARKDOWN = """
ALTER TABLE articles ADD COLUMN text_markdown TEXT -- the text with its structure, as CommonMark; null: as an older cleaner read it
  DEFAULT NULL;
"""


@migrations()
def m009_markdown(db: Database) -> None:
    run(db, MARKDOWN)


APART = """
UPDATE OR IGNORE feeds SET url = url || '#past' WHERE NOT active AND domain IS NULL AND url NOT LIKE '%#older'
  AND id IN (SELECT feed_id FROM backfill)
  AND NOT EXISTS (SELECT 1 FROM polls p WHERE p.feed_id = feeds.id AND p.reason <> 'read once, by backfill');
INSERT OR IGNORE INTO feeds (outlet_id, url, kind, active, next_poll_at, next_poll_reason)
  SELECT DISTINCT f.outlet_id, f.url || '#past', 'sitemap', 0, f.next_poll_at, 'backfill' FROM backfill b JOIN feeds f ON f.id = b.feed_id
  WHERE f.url NOT LIKE '%#past' AND f.url NOT LIKE '%#older';
UPDATE backfill SET feed_id = (SELECT o.id FROM feeds f JOIN feeds o ON o.url = f.url || '#past' WHERE f.id = backfill.feed_id)
  WHERE feed_id IN (SELECT id FROM feeds WHERE url NOT LIKE '%#past' AND url NOT LIKE '%#older');
"""


@migrations()
def m010_backfill_apart(db: Database) -> None:
    run(db, APART)


PASSED_OVER = """
ALTER TABLE backfill ADD COLUMN beyond INTEGER NOT NULL -- documents that it names beyond the number that is read: passed over
  DEFAULT 0;
ALTER TABLE backfill ADD COLUMN elsewhere INTEGER NOT NULL -- stories of the time asked for, on other sites: passed over
  DEFAULT 0;
"""


@migrations()
def m011_passed_over(db: Database) -> None:
    run(db, PASSED_OVER)


PAGES_OF_FEEDS = """
CREATE INDEX pages_feed ON pages(feed_id) WHERE feed_id IS NOT NULL;
"""


@migrations()
def m012_pages_of_feeds(db: Database) -> None:
    run(db, PAGES_OF_FEEDS)


MOVED_ON = """
ALTER TABLE moves ADD COLUMN meanwhile TEXT -- polled until `url` is taken: an address taken before; null: the configured one
  DEFAULT NULL;
"""


@migrations()
def m013_moved_on(db: Database) -> None:
    run(db, MOVED_ON)


PICTURES = """
ALTER TABLE articles ADD COLUMN images TEXT -- the story's pictures, in its order: JSON list of {url, caption, credit, alt}; null: none
  DEFAULT NULL;
ALTER TABLE articles ADD COLUMN is_partial INTEGER NOT NULL -- 1: the page shows a part of its story only (paywall, "read on")
  DEFAULT 0;
"""


@migrations()
def m014_pictures(db: Database) -> None:
    run(db, PICTURES)
