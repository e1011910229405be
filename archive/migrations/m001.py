"""The first schema: what is polled, what was seen, what was read of it, its search index, the views that people query."""

from __future__ import annotations

from sqlite_utils import Database

from archive.migrations.steps import migrations, run

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


@migrations()
def m001_first_schema(db: Database) -> None:
    for part in (SOURCES, FACTS, READINGS, SEARCH, VIEWS):
        run(db, part)
