"""The schema of the archive, step by step. Released steps are never edited and import nothing living.

Comments stand inside the statements: SQLite keeps them, so `sqlite3 wirecopy.db .schema` explains itself, and docs/schema.md is made
from them. No stored view or trigger calls a custom SQL function: plain `sqlite3` opens everything.
"""

from __future__ import annotations

import sys

from sqlite_utils import Database, Migrations

APPLICATION_ID = 0x57495245  # "WIRE" in the file's header: how an archive of ours is told from any other SQLite file

migrations = Migrations("wirecopy")

SOURCES = """
CREATE TABLE outlets ( -- who publishes: one row an outlet of sources.toml, kept when it is removed there
  id INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE, -- the outlet's id in sources.toml
  name TEXT NOT NULL, -- as people call it
  homepage TEXT, -- URL
  host TEXT, -- of the home page, lower case
  language TEXT, -- BCP 47, as configured
  timezone TEXT, -- IANA name, as configured: the zone of times printed without one
  agency TEXT, -- code of the agency whose own outlet this is; null for all others
  active INTEGER NOT NULL DEFAULT 1, -- 0: no longer in sources.toml
  added_at TEXT NOT NULL -- UTC, ISO 8601 ending in Z, as all times here
) STRICT;
CREATE TABLE feeds ( -- what is polled, and where polling stands: the due-queue
  id INTEGER PRIMARY KEY,
  outlet_id INTEGER NOT NULL REFERENCES outlets(id),
  url TEXT NOT NULL UNIQUE, -- as configured
  kind TEXT NOT NULL, -- auto, rss, atom, json, sitemap or html, as configured
  schedule TEXT, -- as configured; null: learned and bounded by the poller's floors
  title TEXT, -- what the feed calls itself
  active INTEGER NOT NULL DEFAULT 1, -- 0: no longer in sources.toml
  etag TEXT, -- validator of the last 200 or 304, byte for byte
  last_modified TEXT, -- validator of the last 200 or 304, byte for byte
  body_sha256 TEXT, -- digest of the last feed document that was read
  last_polled_at TEXT, -- last attempt
  last_success_at TEXT, -- last 200 that could be read, or 304
  last_document_at TEXT, -- last 200 that could be read: after long without one, it is asked for unconditionally
  hints TEXT, -- JSON: what the last document said of its own pace: ttl_minutes, skip_hours (GMT), skip_days
  last_outcome TEXT, -- outcome of the last attempt, see polls.outcome
  failures REAL NOT NULL DEFAULT 0, -- weight of the failures in a row: hard 1, soft .5, passing .25; 0 after a success
  next_poll_at TEXT NOT NULL, -- due from then on
  next_poll_reason TEXT, -- why then, in words
  not_before TEXT, -- Retry-After of the last answer: no poll before then, not even a forced one
  lease_run_id INTEGER, -- the run that has claimed it
  lease_until TEXT -- until then nobody else may; a crashed run's claim ends here
) STRICT;
CREATE INDEX feeds_due ON feeds(next_poll_at) WHERE active;
CREATE INDEX feeds_outlet ON feeds(outlet_id);
CREATE TABLE hosts ( -- what politeness has to remember about a host across runs
  host TEXT PRIMARY KEY, -- a host name for holds, an origin (scheme://host[:port]) for robots.txt
  not_before TEXT, -- no request until then (Retry-After of a 429)
  reason TEXT, -- why not
  robots_status INTEGER, -- status of the last robots.txt; null: no answer
  robots_body_id INTEGER REFERENCES bodies(id), -- its text, where there was one
  robots_fetched_at TEXT, -- when
  robots_expires_at TEXT, -- asked again from then on: 24 h at most (RFC 9309)
  robots_error TEXT -- why it could not be had
) STRICT, WITHOUT ROWID;
"""

FACTS = """
CREATE TABLE runs ( -- one row a run of `wirecopy crawl` and its like
  id INTEGER PRIMARY KEY,
  trigger TEXT NOT NULL, -- manual, cron, timer, daemon, demo or scrapy
  started_at TEXT NOT NULL, -- when
  finished_at TEXT, -- null: still running, or ended by force
  status TEXT NOT NULL DEFAULT 'running', -- running, ok, partial, failed, stopped, or crashed
  software TEXT NOT NULL, -- wirecopy/version and what it ran on
  summary TEXT, -- JSON: the counts that `wirecopy crawl --json` prints
  error TEXT -- what ended it, if anything did
) STRICT;
CREATE TABLE bodies ( -- raw payloads, one row each distinct one; never altered in meaning, never dropped
  id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE, -- hex, of the decoded payload; checked on every read
  length INTEGER NOT NULL, -- bytes of the payload
  codec TEXT NOT NULL CHECK (codec IN ('raw', 'zstd', 'zstd-base')), -- zstd-base: decode with `zstd -d --patch-from=BASE`
  base_id INTEGER REFERENCES bodies(id) CHECK ((codec = 'zstd-base') = (base_id IS NOT NULL)), -- always a self-contained body
  data BLOB NOT NULL -- wire_body(id) gives the payload, wire_html(id) its text
) STRICT;
CREATE INDEX bodies_base ON bodies(base_id) WHERE base_id IS NOT NULL;
CREATE TABLE keyframes ( -- which body new ones of a host are packed against
  host TEXT NOT NULL, -- lower case
  role TEXT NOT NULL, -- page, feed, robots or other (error pages, redirects): their make-up differs
  body_id INTEGER NOT NULL REFERENCES bodies(id),
  PRIMARY KEY (host, role)
) STRICT, WITHOUT ROWID;
CREATE TABLE pages ( -- every article link ever seen, and how fetching it stands: the seen-link memory and the fetch queue
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL, -- the URL as it is matched (normalised); unique
  key_hash INTEGER NOT NULL, -- 64 bits of the key, for the index
  url TEXT NOT NULL, -- the URL as it is fetched
  outlet_id INTEGER NOT NULL REFERENCES outlets(id),
  feed_id INTEGER REFERENCES feeds(id), -- the feed that named it first
  state TEXT NOT NULL, -- queued, stored, failed (tried again later), blocked, gone, refused or dead (given up): exactly one
  first_seen_at TEXT NOT NULL, -- when a feed first named it
  attempts INTEGER NOT NULL DEFAULT 0, -- fetches that failed in a row
  next_try_at TEXT, -- due from then on; null: no fetch is planned
  status INTEGER, -- HTTP status of the last fetch
  error TEXT, -- why the last fetch failed
  capture_id INTEGER, -- last good capture
  stored_at TEXT, -- when it was stored first; null: never
  alive_at TEXT, -- when it was last seen as it should be: fetched, or unchanged
  removed_at TEXT, -- when it was found gone after it had been stored; null: not
  checks INTEGER NOT NULL DEFAULT 0, -- times it was looked at again
  recheck_at TEXT, -- looked at again from then on; null: no more
  etag TEXT, -- validators of the last good answer, byte for byte, for asking whether the page changed
  last_modified TEXT, -- the other validator, likewise
  same_as INTEGER REFERENCES pages(id) -- the page that this one names as its canonical form (or AMP original)
) STRICT;
CREATE INDEX pages_key ON pages(key_hash);
CREATE INDEX pages_due ON pages(next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX pages_recheck ON pages(recheck_at) WHERE recheck_at IS NOT NULL;
CREATE INDEX pages_outlet ON pages(outlet_id, state);
CREATE INDEX pages_same_as ON pages(same_as) WHERE same_as IS NOT NULL;
CREATE TABLE captures ( -- every HTTP exchange that was recorded, as it was observed: append-only
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs(id),
  role TEXT NOT NULL, -- feed, page or robots
  feed_id INTEGER REFERENCES feeds(id), -- the feed polled, or the one that led here
  page_id INTEGER REFERENCES pages(id), -- null for feeds and robots.txt
  redirected_from INTEGER REFERENCES captures(id), -- the hop before this one
  url TEXT NOT NULL, -- as requested
  fetched_at TEXT NOT NULL, -- when the request was sent
  elapsed_ms INTEGER, -- to the last byte
  status INTEGER, -- HTTP status; null: no answer
  mime TEXT, -- media type of Content-Type, lower case
  charset TEXT, -- charset of Content-Type, as given
  ip TEXT, -- address that was dialled
  protocol TEXT, -- HTTP/1.1
  body_id INTEGER REFERENCES bodies(id), -- the payload; null: none came
  revisit_of INTEGER REFERENCES captures(id), -- an earlier capture of this URL with the same payload
  revisit_profile TEXT CHECK (revisit_profile IN ('identical-payload-digest', 'server-not-modified')), -- WARC 1.1 revisit
  content_encoding TEXT, -- as given; the stored payload is decoded
  wire_length INTEGER, -- bytes of the body on the wire
  wire_sha1 TEXT, -- base32, of the body on the wire
  truncated TEXT CHECK (truncated IN ('length', 'time', 'disconnect', 'unspecified')), -- WARC-Truncated
  error TEXT, -- what went wrong; null: the exchange is complete
  verdict TEXT NOT NULL -- hop (a redirect followed), part (of a sitemap index), read (a feed), robots, pages.state, or polls.outcome
) STRICT;
CREATE INDEX captures_page ON captures(page_id, id) WHERE page_id IS NOT NULL;
CREATE INDEX captures_feed ON captures(feed_id, id) WHERE role = 'feed';
CREATE INDEX captures_run ON captures(run_id);
CREATE INDEX captures_body ON captures(body_id) WHERE body_id IS NOT NULL;
CREATE TABLE capture_heads ( -- request and response heads, byte for byte; cookies and credentials blanked
  capture_id INTEGER PRIMARY KEY REFERENCES captures(id),
  request BLOB, -- as sent
  response BLOB -- as received; null: no answer
) STRICT;
CREATE TABLE polls ( -- every attempt at a feed: append-only
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs(id),
  feed_id INTEGER NOT NULL REFERENCES feeds(id),
  polled_at TEXT NOT NULL, -- when
  capture_id INTEGER REFERENCES captures(id), -- the last hop's exchange
  status INTEGER, -- HTTP status; null: no answer
  outcome TEXT NOT NULL, -- new, nothing-new, not-modified, same-body; or why not: not-a-feed, http-error, blocked, gone, ...
  etag_sent TEXT, -- If-None-Match, as sent
  last_modified_sent TEXT, -- If-Modified-Since, as sent
  bytes INTEGER, -- of the body on the wire
  entries INTEGER, -- in the document; null: none was read
  new_entries INTEGER, -- not seen before
  gap INTEGER NOT NULL DEFAULT 0, -- 1: the document shared no entry with what was known; something may have been missed
  next_poll_at TEXT, -- decided then
  reason TEXT, -- of the next poll's time
  error TEXT -- what went wrong
) STRICT;
CREATE INDEX polls_feed ON polls(feed_id, id);
CREATE INDEX polls_run ON polls(run_id);
CREATE TABLE entries ( -- what feeds said of their entries: append-only, a changed entry is a new row
  id INTEGER PRIMARY KEY,
  feed_id INTEGER NOT NULL REFERENCES feeds(id),
  page_id INTEGER REFERENCES pages(id), -- the page it links to; null where the link is left out by keep or skip
  poll_id INTEGER NOT NULL REFERENCES polls(id), -- the poll that first brought it so
  identity INTEGER NOT NULL, -- 64 bits of guid, else link
  digest INTEGER NOT NULL, -- 64 bits of all that is said; the same entry with another digest is a change
  guid TEXT, -- RSS guid, Atom or JSON id; null where the feed gives none
  url TEXT NOT NULL, -- the link as printed in the feed
  title TEXT, -- plain text
  published_at TEXT, -- null where the zone is not known
  published_raw TEXT, -- as printed
  updated_at TEXT, -- null where the zone is not known
  updated_raw TEXT, -- as printed
  authors TEXT, -- JSON array
  categories TEXT, -- JSON array
  summary TEXT, -- as given: HTML or text
  content_id INTEGER REFERENCES bodies(id), -- full text given in the feed, UTF-8 HTML
  status TEXT NOT NULL DEFAULT 'usable', -- canceled: withdrawn by the feed
  first_seen_at TEXT NOT NULL -- when the feed first said so
) STRICT;
CREATE INDEX entries_identity ON entries(feed_id, identity);
CREATE INDEX entries_page ON entries(page_id) WHERE page_id IS NOT NULL;
"""

READINGS = """
CREATE TABLE stories ( -- texts told apart: all articles with the same text are one story
  id INTEGER PRIMARY KEY,
  text_digest TEXT NOT NULL UNIQUE, -- of the text that founded it
  headline TEXT, -- of its first article
  agency TEXT, -- code, where a copy credits one
  first_article_id INTEGER, -- the first we read
  first_seen_at TEXT NOT NULL -- when a feed first named that article's page
) STRICT;
CREATE TABLE articles ( -- cleaned text and metadata: one row per page and revision
  id INTEGER PRIMARY KEY,
  page_id INTEGER NOT NULL REFERENCES pages(id),
  revision INTEGER NOT NULL, -- 1, 2, ... as the page's text or headline changed
  is_latest INTEGER NOT NULL DEFAULT 1, -- 1: the page's newest revision
  capture_id INTEGER NOT NULL UNIQUE REFERENCES captures(id), -- the first capture that reads so
  story_id INTEGER REFERENCES stories(id), -- null: no text
  outlet TEXT NOT NULL, -- outlets.code
  url TEXT NOT NULL, -- as fetched
  canonical_url TEXT, -- as the page names it
  headline TEXT, -- as on the page
  subhead TEXT, -- stand-first
  byline TEXT, -- as printed
  authors TEXT NOT NULL DEFAULT '[]', -- JSON array; people only
  agency TEXT, -- code of the crediting agency
  dateline TEXT, -- as printed
  dateline_place TEXT, -- the place alone
  text TEXT NOT NULL, -- paragraphs separated by a blank line; '' where none was found
  section TEXT, -- as the page names it
  keywords TEXT NOT NULL DEFAULT '[]', -- JSON array
  language TEXT, -- BCP 47
  published_at TEXT, -- null where the zone is not known
  published_raw TEXT, -- as printed or marked up
  modified_at TEXT, -- null where the zone is not known
  modified_raw TEXT, -- as printed or marked up
  first_seen_at TEXT NOT NULL, -- revision 1: when a feed first named the page; later ones: when we fetched them
  image_url TEXT, -- of the main picture
  is_agency_copy INTEGER NOT NULL DEFAULT 0, -- 1: the page says that it runs agency copy
  word_count INTEGER NOT NULL, -- of the text, split at white space
  text_digest TEXT NOT NULL, -- SHA-256 of the text, white space and quotes folded
  cleaner_version INTEGER NOT NULL, -- that read it last
  evidence TEXT NOT NULL DEFAULT '{}' -- JSON: field -> where its value came from
) STRICT;
CREATE UNIQUE INDEX articles_page ON articles(page_id, revision);
CREATE INDEX articles_published ON articles(published_at);
CREATE INDEX articles_first_seen ON articles(first_seen_at);
CREATE INDEX articles_text ON articles(text_digest);
CREATE INDEX articles_story ON articles(story_id);
CREATE TABLE readings ( -- which capture was read by which cleaner, and as what
  capture_id INTEGER PRIMARY KEY REFERENCES captures(id),
  article_id INTEGER REFERENCES articles(id), -- null: no story was found
  run_id INTEGER REFERENCES runs(id), -- null: cleaned outside of a run
  cleaned_at TEXT NOT NULL, -- when
  cleaner_version INTEGER NOT NULL, -- that read it
  reason TEXT -- why there is no text
) STRICT;
CREATE INDEX readings_article ON readings(article_id) WHERE article_id IS NOT NULL;
CREATE TABLE clean_queue ( -- captures whose reading is due
  capture_id INTEGER PRIMARY KEY REFERENCES captures(id)
) STRICT;
CREATE TABLE audits ( -- what `wirecopy verify` found
  id INTEGER PRIMARY KEY,
  started_at TEXT NOT NULL, -- when
  finished_at TEXT, -- when it ended
  checked INTEGER, -- bodies read back
  bytes INTEGER, -- of payload
  failures TEXT -- JSON array, one sentence each
) STRICT;
"""

SEARCH = """
CREATE VIRTUAL TABLE articles_fts USING fts5 (
  headline, subhead, byline, text, content="articles", content_rowid="id", tokenize='unicode61 remove_diacritics 2'
);
CREATE TRIGGER articles_ai AFTER INSERT ON articles BEGIN
  INSERT INTO articles_fts(rowid, headline, subhead, byline, text) VALUES (new.id, new.headline, new.subhead, new.byline, new.text);
END;
CREATE TRIGGER articles_ad AFTER DELETE ON articles BEGIN
  INSERT INTO articles_fts(articles_fts, rowid, headline, subhead, byline, text)
  VALUES ('delete', old.id, old.headline, old.subhead, old.byline, old.text);
END;
CREATE TRIGGER articles_au AFTER UPDATE OF headline, subhead, byline, text ON articles BEGIN
  INSERT INTO articles_fts(articles_fts, rowid, headline, subhead, byline, text)
  VALUES ('delete', old.id, old.headline, old.subhead, old.byline, old.text);
  INSERT INTO articles_fts(rowid, headline, subhead, byline, text) VALUES (new.id, new.headline, new.subhead, new.byline, new.text);
END;
"""

VIEWS = """
CREATE VIEW latest AS -- the newest revision of every page, newest first
SELECT id, coalesce(published_at, first_seen_at) AS at, outlet, agency, headline, byline, word_count, revision, url
FROM articles WHERE is_latest ORDER BY at DESC;
CREATE VIEW duplicates AS -- texts that more than one page printed word for word
SELECT s.id AS story_id, count(*) AS copies, count(DISTINCT a.outlet) AS outlets, min(a.first_seen_at) AS first_seen_at,
  group_concat(DISTINCT a.outlet) AS who, s.agency, s.headline
FROM stories s JOIN articles a ON a.story_id = s.id AND a.is_latest GROUP BY s.id HAVING count(*) > 1;
CREATE VIEW revisions AS -- pages whose text or headline changed after we first read them
SELECT page_id, revision, first_seen_at, outlet, headline, word_count, text_digest, url, id AS article_id
FROM articles WHERE page_id IN (SELECT page_id FROM articles WHERE revision > 1) ORDER BY page_id, revision;
CREATE VIEW daily AS -- articles first seen per day and outlet
SELECT substr(first_seen_at, 1, 10) AS day, outlet, count(*) AS articles, sum(is_agency_copy) AS agency_copies,
  sum(word_count) AS words
FROM articles WHERE revision = 1 GROUP BY day, outlet;
CREATE VIEW feed_health AS -- how polling stands, feed by feed
SELECT f.id, o.code AS outlet, f.url, f.last_polled_at, f.last_success_at, f.last_outcome, f.failures, f.next_poll_at,
  f.next_poll_reason, (SELECT count(*) FROM polls p WHERE p.feed_id = f.id) AS polls,
  (SELECT count(*) FROM pages g WHERE g.feed_id = f.id) AS pages
FROM feeds f JOIN outlets o ON o.id = f.outlet_id WHERE f.active;
CREATE VIEW failures AS -- pages that could not be had, and why
SELECT p.id AS page_id, o.code AS outlet, p.state, p.status, p.error, p.attempts, p.next_try_at, p.url
FROM pages p JOIN outlets o ON o.id = p.outlet_id WHERE p.state NOT IN ('queued', 'stored');
CREATE VIEW removed AS -- pages that were stored and are gone since: last seen alive, found gone
SELECT p.id AS page_id, o.code AS outlet, a.agency, a.headline, p.first_seen_at, p.alive_at, p.removed_at, p.error AS why, p.url
FROM pages p JOIN outlets o ON o.id = p.outlet_id LEFT JOIN articles a ON a.page_id = p.id AND a.is_latest
WHERE p.removed_at IS NOT NULL;
CREATE VIEW storage AS -- what an outlet's pages take
SELECT o.code AS outlet, count(*) AS captures, count(DISTINCT c.body_id) AS bodies, sum(b.length) AS payload_bytes,
  sum(length(b.data)) AS stored_bytes
FROM captures c JOIN pages p ON p.id = c.page_id JOIN outlets o ON o.id = p.outlet_id JOIN bodies b ON b.id = c.body_id
WHERE c.revisit_of IS NULL GROUP BY o.id;
CREATE VIEW cdx AS -- an index of captures in the manner of CDX files
SELECT p.key, replace(replace(replace(substr(c.fetched_at, 1, 19), '-', ''), ':', ''), 'T', '') AS timestamp, c.url, c.mime,
  c.status, b.sha256, c.wire_sha1, c.revisit_of, c.id AS capture_id
FROM captures c LEFT JOIN pages p ON p.id = c.page_id LEFT JOIN bodies b ON b.id = c.body_id;
"""

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

# Columns that are added: the comment stands before the last word, since SQLite puts the closing bracket right behind it.
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

MOVES = """
CREATE TABLE moves ( -- feeds whose polls came through permanent redirects (301, 308): where to, and since when
  feed_id INTEGER PRIMARY KEY REFERENCES feeds(id),
  url TEXT NOT NULL, -- where the redirects lead
  since TEXT NOT NULL, -- first poll in a row that was led there
  polls INTEGER NOT NULL, -- polls in a row that were
  taken INTEGER NOT NULL -- 1: this address is polled in place of the configured one
) STRICT;
"""

TERMS = """
CREATE TABLE terms ( -- when an entry's story may be used, where its feed says so
  entry_id INTEGER PRIMARY KEY REFERENCES entries(id),
  embargo_until TEXT, -- the page is not fetched before; null: no embargo
  expires_at TEXT -- not to be used after; an entry first seen later is recorded as expired, and its page not fetched
) STRICT;
"""

GAPS = """
CREATE TABLE gaps ( -- polls that knew none of the feed's entries, and how what was missed was looked for: append-only
  poll_id INTEGER PRIMARY KEY REFERENCES polls(id),
  since TEXT NOT NULL, -- the last success before it: the gap lies between the two
  documents INTEGER NOT NULL, -- older pages and sitemaps that were asked for
  entries INTEGER NOT NULL, -- that they brought
  closed_by TEXT -- older pages or news sitemap: they reach back to what was known; null: something may be missing (polls.gap)
) STRICT;
"""

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

MARKDOWN = """
ALTER TABLE articles ADD COLUMN text_markdown TEXT -- the text with its structure, as CommonMark; null: as an older cleaner read it
  DEFAULT NULL;
"""

# Backfill filed a sitemap's stories under the sitemap's own URL, which may be a polled feed's. A feed that backfill made is renamed; beside
# one that is polled, or was once, another is made, and what backfill still has to read is filed there.
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

PASSED_OVER = """
ALTER TABLE backfill ADD COLUMN beyond INTEGER NOT NULL -- documents that it names beyond the number that is read: passed over
  DEFAULT 0;
ALTER TABLE backfill ADD COLUMN elsewhere INTEGER NOT NULL -- stories of the time asked for, on other sites: passed over
  DEFAULT 0;
"""

PAGES_OF_FEEDS = """
CREATE INDEX pages_feed ON pages(feed_id) WHERE feed_id IS NOT NULL;
"""

MOVED_ON = """
ALTER TABLE moves ADD COLUMN meanwhile TEXT -- polled until `url` is taken: an address taken before; null: the configured one
  DEFAULT NULL;
"""

PICTURES = """
ALTER TABLE articles ADD COLUMN images TEXT -- the story's pictures, in its order: JSON list of {url, caption, credit, alt}; null: none
  DEFAULT NULL;
ALTER TABLE articles ADD COLUMN is_partial INTEGER NOT NULL -- 1: the page shows a part of its story only (paywall, "read on")
  DEFAULT 0;
"""

FURNITURE = """
CREATE TABLE furniture ( -- lines that recur on a host's pages and are no story, whatever they look like: learned from stored pages
  outlet_id INTEGER NOT NULL REFERENCES outlets(id),
  host TEXT NOT NULL, -- of the pages
  key INTEGER NOT NULL, -- 64-bit hash of the line, case and numbers aside
  line TEXT NOT NULL, -- as one page has it, cut after 300 characters
  pages INTEGER NOT NULL, -- on which it stood when it was looked for last, and found
  looked_at INTEGER NOT NULL, -- pages that were looked at then
  version INTEGER NOT NULL, -- furnishings.version that found it first
  is_text INTEGER NOT NULL DEFAULT 0, -- 1: set by a person: it is text, and stays in
  PRIMARY KEY (outlet_id, host, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE furnishings ( -- how the learning of an outlet's furniture stands
  outlet_id INTEGER PRIMARY KEY REFERENCES outlets(id),
  articles INTEGER NOT NULL, -- read so far, each revision counted once
  learned_after INTEGER NOT NULL DEFAULT 0, -- of these at the last learning; 0: none yet
  learned_at TEXT, -- when that was
  version INTEGER NOT NULL DEFAULT 0 -- raised by each learning that found something new; 0: nothing was found
) STRICT;
INSERT INTO furnishings (outlet_id, articles)
  SELECT p.outlet_id, count(*) FROM articles a JOIN pages p ON p.id = a.page_id GROUP BY p.outlet_id;
ALTER TABLE readings ADD COLUMN furniture INTEGER NOT NULL -- furnishings.version by which it was read
  DEFAULT 0;
"""

FURTHER_PAGES = """
ALTER TABLE captures ADD COLUMN part_of INTEGER -- of a story's further page (then verdict is part): its first page's; null: no such page
  REFERENCES captures(id) DEFAULT NULL;
CREATE INDEX captures_part_of ON captures(part_of) WHERE part_of IS NOT NULL;
DROP VIEW turned_away;
CREATE VIEW turned_away AS -- pages whose last answer turned us away: by its status, or by what the page says
SELECT p.id AS page_id, o.code AS outlet, coalesce(w.kind, 'HTTP ' || c.status) AS why, c.fetched_at AS at, p.next_try_at,
  p.stored_at IS NOT NULL AS had_before, p.url
FROM pages p JOIN outlets o ON o.id = p.outlet_id
JOIN captures c ON c.id = (SELECT max(n.id) FROM captures n WHERE n.page_id = p.id AND n.verdict <> 'hop' AND n.part_of IS NULL)
LEFT JOIN walls w ON w.capture_id = c.id WHERE w.kind IS NOT NULL OR c.verdict = 'blocked';
"""

AGAIN = """
ALTER TABLE clean_queue ADD COLUMN again INTEGER NOT NULL -- 1: read before, by an older cleaner: waits for `wirecopy clean` alone
  DEFAULT 0;
CREATE INDEX clean_queue_new ON clean_queue(capture_id) WHERE again = 0;
"""

KEYFRAMES = """
ALTER TABLE keyframes RENAME TO keyframes_before;
CREATE TABLE keyframes ( -- which bodies new ones of a host are packed against: a few, each of another make-up
  host TEXT NOT NULL, -- lower case
  role TEXT NOT NULL, -- page, feed, robots or other (error pages, redirects): their make-up differs
  body_id INTEGER NOT NULL REFERENCES bodies(id), -- self-contained
  sketch BLOB, -- of its markup: up to 32 hashes of class names, 4 bytes each, little-endian, ascending; null: not made yet
  used_by INTEGER NOT NULL, -- newest body that was packed against it, or itself: where there are too many, the least goes
  PRIMARY KEY (host, role, body_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX keyframes_body ON keyframes(body_id);
INSERT INTO keyframes (host, role, body_id, used_by) SELECT host, role, body_id, body_id FROM keyframes_before;
DROP TABLE keyframes_before;
CREATE TABLE compact_queue ( -- bodies that `wirecopy compact` has not packed yet
  host TEXT NOT NULL, -- as in keyframes; '': none, the body is no page's or feed's
  role TEXT NOT NULL, -- as in keyframes
  body_id INTEGER NOT NULL REFERENCES bodies(id),
  PRIMARY KEY (host, role, body_id)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO compact_queue (host, role, body_id)
  SELECT lower(substr(h, 1, instr(h || ':', ':') - 1)), role, body_id FROM (
    SELECT substr(rest, 1, instr(rest || '/', '/') - 1) AS h, role, body_id FROM (
      SELECT substr(url, instr(url, '://') + 3) AS rest, body_id,
        CASE WHEN role <> 'page' THEN role WHEN verdict IN ('stored', 'part') THEN 'page' ELSE 'other' END AS role
      FROM captures WHERE id IN (SELECT min(id) FROM captures WHERE body_id IS NOT NULL GROUP BY body_id)));
INSERT INTO compact_queue (host, role, body_id)
  SELECT '', 'page', id FROM bodies b WHERE NOT EXISTS (SELECT 1 FROM captures c WHERE c.body_id = b.id);
"""

MARKDOWN_APART = """
CREATE TABLE markdown ( -- articles' text with its structure, as CommonMark; no row: as an older cleaner read it
  article_id INTEGER PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE,
  data BLOB NOT NULL -- zstd, with the article's text as prefix, since it repeats it: wire_markdown(article_id) gives it
) STRICT;
"""

UNCHANGED = """
ALTER TABLE readings ADD COLUMN same_as INTEGER -- the capture whose bytes this one repeats: its reading holds here; null: read itself
  REFERENCES captures(id);
CREATE INDEX readings_same_as ON readings(same_as) WHERE same_as IS NOT NULL;
"""

TRIGGERS = ("articles_ai", "articles_ad", "articles_au")  # `sqlite-utils transform` drops them silently: `verify` looks


@migrations()
def m001_first_schema(db: Database) -> None:
    for part in (SOURCES, FACTS, READINGS, SEARCH, VIEWS):
        for statement in _statements(part):
            db.execute(statement)


@migrations()
def m002_alerts(db: Database) -> None:
    for statement in _statements(ALERTS):
        db.execute(statement)


@migrations()
def m003_queue(db: Database) -> None:
    for statement in _statements(QUEUE):
        db.execute(statement)


@migrations()
def m004_moves(db: Database) -> None:
    for statement in _statements(MOVES):
        db.execute(statement)


@migrations()
def m005_terms(db: Database) -> None:
    for statement in _statements(TERMS):
        db.execute(statement)


@migrations()
def m006_gaps(db: Database) -> None:
    for statement in _statements(GAPS):
        db.execute(statement)


@migrations()
def m007_backfill(db: Database) -> None:
    for statement in _statements(BACKFILL):
        db.execute(statement)


@migrations()
def m008_walls(db: Database) -> None:
    for statement in _statements(WALLS):
        db.execute(statement)


@migrations()
def m009_markdown(db: Database) -> None:
    for statement in _statements(MARKDOWN):
        db.execute(statement)


@migrations()
def m010_backfill_apart(db: Database) -> None:
    for statement in _statements(APART):
        db.execute(statement)


@migrations()
def m011_passed_over(db: Database) -> None:
    for statement in _statements(PASSED_OVER):
        db.execute(statement)


@migrations()
def m012_pages_of_feeds(db: Database) -> None:
    for statement in _statements(PAGES_OF_FEEDS):
        db.execute(statement)


@migrations()
def m013_moved_on(db: Database) -> None:
    for statement in _statements(MOVED_ON):
        db.execute(statement)


@migrations()
def m014_pictures(db: Database) -> None:
    for statement in _statements(PICTURES):
        db.execute(statement)


@migrations()
def m015_furniture(db: Database) -> None:
    for statement in _statements(FURNITURE):
        db.execute(statement)


@migrations()
def m016_further(db: Database) -> None:
    for statement in _statements(FURTHER_PAGES):
        db.execute(statement)


@migrations()
def m017_again(db: Database) -> None:
    for statement in _statements(AGAIN):
        db.execute(statement)


@migrations()
def m018_smaller(db: Database) -> None:
    for statement in _statements(KEYFRAMES):
        db.execute(statement)
    for statement in _statements(MARKDOWN_APART):
        db.execute(statement)
    _pack_markdown(db)
    db.execute("ALTER TABLE articles DROP COLUMN text_markdown")


def _pack_markdown(db: Database) -> None:
    """Moves articles.text_markdown to the new table, as it was packed when this step was released."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    options: dict[int, int] = {zstd.CompressionParameter.compression_level: 4, zstd.CompressionParameter.checksum_flag: 1}
    articles = db.execute("SELECT id, text, text_markdown FROM articles WHERE text_markdown IS NOT NULL")
    while some := articles.fetchmany(100):
        for article_id, text, markdown in some:
            prefix = zstd.ZstdDict(text.encode().ljust(8), is_raw=True).as_prefix
            data = zstd.compress(markdown.encode(), options=options, zstd_dict=prefix)
            db.execute("INSERT INTO markdown (article_id, data) VALUES (?, ?)", [article_id, data])


@migrations()
def m019_unchanged(db: Database) -> None:
    for statement in _statements(UNCHANGED):
        db.execute(statement)


def _statements(script: str) -> list[str]:
    """The statements of a script, split where SQLite says that one is complete (triggers have semicolons inside)."""
    import sqlite3

    found, rest = [], ""
    for line in script.splitlines(keepends=True):
        rest += line
        if line.rstrip().endswith(";") and sqlite3.complete_statement(rest):
            found.append(rest.strip())
            rest = ""
    return found
