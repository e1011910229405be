"""Steps from 15 on: furniture, further pages, smaller bodies, unchanged captures."""

from __future__ import annotations

import sys

from sqlite_utils import Database

from archive.migrations.steps import migrations, run

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


@migrations()
def m015_furniture(db: Database) -> None:
    run(db, FURNITURE)


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


@migrations()
def m016_further(db: Database) -> None:
    run(db, FURTHER_PAGES)


AGAIN = """
ALTER TABLE clean_queue ADD COLUMN again INTEGER NOT NULL -- 1: read before, by an older cleaner: waits for `wirecopy clean` alone
  DEFAULT 0;
CREATE INDEX clean_queue_new ON clean_queue(capture_id) WHERE again = 0;
"""


@migrations()
def m017_again(db: Database) -> None:
    run(db, AGAIN)


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


@migrations()
def m018_smaller(db: Database) -> None:
    run(db, KEYFRAMES)
    run(db, MARKDOWN_APART)
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


UNCHANGED = """
ALTER TABLE readings ADD COLUMN same_as INTEGER -- the capture whose bytes this one repeats: its reading holds here; null: read itself
  REFERENCES captures(id);
CREATE INDEX readings_same_as ON readings(same_as) WHERE same_as IS NOT NULL;
"""


@migrations()
def m019_unchanged(db: Database) -> None:
    run(db, UNCHANGED)
