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


STORIES = """
CREATE TEMP TABLE former_stories AS SELECT id, headline, agency, first_article_id, first_seen_at FROM stories;
DROP TABLE stories;
CREATE TABLE stories ( -- copies of one story: articles whose texts have much in common, word for word
  id INTEGER PRIMARY KEY, -- id of the article that founded it
  headline TEXT, -- of the article that founded it
  agency TEXT, -- code, where a copy credits one
  first_article_id INTEGER, -- the first of its articles
  first_seen_at TEXT NOT NULL -- when a feed first named the page of the article that founded it
) STRICT;
INSERT INTO stories SELECT * FROM former_stories;
DROP TABLE former_stories;
CREATE TABLE story_texts ( -- one row each different text of an article, with what is compared of it; can be made again from the articles
  id INTEGER PRIMARY KEY, -- id of the article that had it first
  digest INTEGER NOT NULL UNIQUE, -- first 64 bits of articles.text_digest, signed
  story_id INTEGER NOT NULL REFERENCES stories(id),
  published INTEGER NOT NULL, -- when it was published, else first seen: seconds since 1970, UTC
  words INTEGER NOT NULL, -- that were compared, the outlet's furniture left out; 0: too short, a copy only of what is equal to it
  rate INTEGER NOT NULL, -- one run of words in so many was sampled
  form INTEGER NOT NULL, -- sum of 1 (live page, news summary), 2 (it has parts of several stories) and 4 (it says that it is a correction)
  hashes BLOB NOT NULL, -- of the sampled runs of words, in text order: 4 bytes each, little endian
  figures BLOB NOT NULL -- 2 bytes of each different number in the text
) STRICT;
CREATE INDEX story_texts_story ON story_texts(story_id);
CREATE TABLE story_prints_a ( -- which story has a run of words: the index of new texts; it and story_prints_b are emptied in turn
  hash INTEGER NOT NULL, -- of the run of words, 32 bits
  story_id INTEGER NOT NULL, -- stories.id
  text_id INTEGER NOT NULL, -- story_texts.id of the story's first text that has it
  PRIMARY KEY (hash, story_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE story_prints_b ( -- as story_prints_a: one of them is of the present window, the other one of the window before
  hash INTEGER NOT NULL, -- of the run of words, 32 bits
  story_id INTEGER NOT NULL, -- stories.id
  text_id INTEGER NOT NULL, -- story_texts.id of the story's first text that has it
  PRIMARY KEY (hash, story_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE story_reruns ( -- a few runs of words of each text, kept for ever: what is printed again years later is found by them
  hash INTEGER NOT NULL, -- of the run of words, 32 bits
  story_id INTEGER NOT NULL, -- stories.id
  text_id INTEGER NOT NULL, -- story_texts.id of the story's first text that has it
  PRIMARY KEY (hash, story_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE story_hubs ( -- runs of words that many stories have: phrases, boilerplate; they say nothing
  hash INTEGER PRIMARY KEY -- of the run of words, 32 bits
) STRICT;
CREATE TABLE story_paragraphs ( -- paragraphs of an outlet, and labels of its teasers: what several stories have is its furniture
  outlet_id INTEGER NOT NULL, -- outlets.id
  key INTEGER NOT NULL, -- 32 bits of the paragraph's words, or of the label before it ("Also read |")
  story_id INTEGER NOT NULL, -- the first story that had it
  other_story_id INTEGER, -- the second one; null: none yet
  stories INTEGER NOT NULL, -- that had it; from 3 on it is furniture, and is kept
  window INTEGER NOT NULL, -- story_index.window in which another story had it last
  PRIMARY KEY (outlet_id, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE story_links ( -- what a text has of an older one, beside being its copy
  text_id INTEGER NOT NULL, -- story_texts.id
  of_text_id INTEGER NOT NULL, -- story_texts.id of the older one
  kind TEXT NOT NULL, -- within a story updates, corrects or rerun; across stories contains (a round-up) or reuses (background)
  share INTEGER NOT NULL, -- per cent of the text that stands in the older one
  PRIMARY KEY (text_id, kind, of_text_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX story_links_of ON story_links(of_text_id);
CREATE TABLE story_index ( -- how grouping stands: one row
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL, -- of the rules by which stories are told
  waiting_from INTEGER, -- articles from this id on are still to be grouped by them; null: none
  window INTEGER NOT NULL, -- number of the present window; its texts are in story_prints_a where it is even
  began INTEGER NOT NULL, -- when it began: seconds since 1970, UTC
  texts INTEGER NOT NULL -- that it has
) STRICT;
INSERT INTO story_index SELECT 1, 1, CASE WHEN EXISTS (SELECT 1 FROM articles) THEN 1 END, 0, 0, 0;
DROP VIEW duplicates;
CREATE VIEW duplicates AS -- texts that more than one page printed word for word
SELECT s.id AS story_id, count(*) AS copies, count(DISTINCT a.outlet) AS outlets, min(a.first_seen_at) AS first_seen_at,
  group_concat(DISTINCT a.outlet) AS who, s.agency, s.headline
FROM articles a JOIN stories s ON s.id = a.story_id WHERE a.is_latest GROUP BY a.text_digest HAVING count(*) > 1;
CREATE VIEW story_copies AS -- stories that more than one page printed, each in its own words or not: who ran it, who ran it first
SELECT s.id AS story_id, count(*) AS copies, count(DISTINCT a.outlet) AS outlets, count(DISTINCT a.text_digest) AS texts,
  min(coalesce(a.published_at, a.first_seen_at)) AS first_at, max(coalesce(a.published_at, a.first_seen_at)) AS last_at,
  (SELECT f.outlet FROM articles f WHERE f.story_id = s.id ORDER BY coalesce(f.published_at, f.first_seen_at), f.id LIMIT 1)
  AS first_outlet,
  sum(a.agency IS NOT NULL) AS credited, group_concat(DISTINCT a.outlet) AS who, s.agency, s.headline
FROM articles a JOIN stories s ON s.id = a.story_id WHERE a.is_latest GROUP BY s.id HAVING count(*) > 1;
CREATE VIEW story_timeline AS -- every text of every story in the order of publication, later revisions of a page among them
SELECT a.story_id, coalesce(a.published_at, a.first_seen_at) AS at, a.published_at IS NULL AS at_is_first_seen, a.outlet, a.headline,
  a.revision, a.word_count, a.agency, a.agency IS NOT NULL AS credited, a.text_digest = f.text_digest AS word_for_word, a.id AS article_id,
  a.url
FROM articles a JOIN stories s ON s.id = a.story_id LEFT JOIN articles f ON f.id = s.first_article_id
ORDER BY a.story_id, at, a.id;
CREATE VIEW outlet_reuse AS -- how much of what an outlet prints others print too, and how often it was the first
SELECT a.outlet, count(*) AS articles, count(c.story_id) AS shared, round(100.0 * count(c.story_id) / count(*), 1) AS shared_percent,
  coalesce(sum(c.first_outlet = a.outlet), 0) AS first_with, sum(c.story_id IS NOT NULL AND a.agency IS NOT NULL) AS shared_and_credited
FROM articles a LEFT JOIN story_copies c ON c.story_id = a.story_id AND c.outlets > 1 WHERE a.is_latest AND a.text <> '' GROUP BY a.outlet;
"""


@migrations()
def m020_stories(db: Database) -> None:
    db.execute("PRAGMA defer_foreign_keys=ON")
    run(db, STORIES)
