"""Step 22: what each copy of a story kept and added, and what kind of change each revision is, as columns."""

from __future__ import annotations

from sqlite_utils import Database

from archive.migrations.steps import migrations, run

CHANGES = """
CREATE TABLE changes ( -- each revision of a page beside the one before it; can be made again from the articles
  article_id INTEGER PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE, -- the newer revision
  before_id INTEGER NOT NULL, -- articles.id of the revision before it
  kind TEXT NOT NULL, -- typo, correction, update, cut, edit, rewrite, headline, or none (marks alone): a guess from the words
  kept_percent INTEGER NOT NULL, -- of the older text's words, that stand in their place; 100: all of them
  added_percent INTEGER NOT NULL, -- of the newer text's words, that the older one does not have; 0: none
  words_cut INTEGER NOT NULL, -- that the older text has and the newer one has not in their place
  words_added INTEGER NOT NULL, -- the other way round
  headline_changed INTEGER NOT NULL, -- 1: the headline is another one
  text_changed INTEGER NOT NULL, -- 1: the text is another one
  on_top INTEGER NOT NULL, -- 1: whole paragraphs came at the beginning
  note TEXT -- what is new and says itself what was done ("Correction: ...", "Updated at ...", "CORRECTED-"); null: nothing does
) STRICT;
CREATE TABLE changes_due ( -- revisions whose row in changes is still to be made: those of an archive from before, or all after a rebuild
  article_id INTEGER PRIMARY KEY -- articles.id
) STRICT;
INSERT INTO changes_due SELECT id FROM articles WHERE revision > 1;
DROP VIEW revisions;
CREATE VIEW revisions AS -- pages whose text or headline changed after we first read them: each revision, and what it changed
SELECT a.page_id, a.revision, a.first_seen_at, a.outlet, a.headline, a.word_count, a.text_digest, a.url, a.id AS article_id, c.before_id,
  c.kind, c.kept_percent, c.added_percent, c.words_cut, c.words_added, c.headline_changed, c.text_changed, c.on_top, c.note
FROM articles a LEFT JOIN changes c ON c.article_id = a.id
WHERE a.page_id IN (SELECT page_id FROM articles WHERE revision > 1) ORDER BY a.page_id, a.revision;
"""

COPIES = """
CREATE TABLE copies ( -- the newest text of each page whose story another page ran too, or credits an agency; can be made again
  article_id INTEGER PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE, -- the page's newest revision
  story_id INTEGER NOT NULL, -- stories.id
  agency TEXT, -- code, as stories.agency: whose story it is; null: no copy says
  outlet TEXT NOT NULL, -- outlets.code
  is_wire INTEGER NOT NULL, -- 1: the agency's own page
  first_seen_at TEXT NOT NULL, -- when a feed first named the page
  printed_at TEXT, -- publication as the page's first text of this story says; null where the zone is not known
  delay_seconds INTEGER, -- behind the agency's own first page, else behind the story's first; null: nobody else ran it
  delay_by TEXT, -- what that compares: printed (times of publication), or seen (both pages' first sight, where one prints none)
  reference_id INTEGER, -- articles.id of the text that all copies of the story are compared with; null: nobody else ran it
  kept_percent INTEGER, -- of the reference's words, that stand in this text; 100: all of them
  added_percent INTEGER, -- of this text's words, that are not of the reference; 0: none
  paragraphs_cut INTEGER, -- of the reference, of which less than half of the words stand in this text
  paragraphs_added INTEGER, -- of this text, of which less than half of the words stand in the reference
  headline_changed INTEGER, -- 1: other words than over the reference; null: one of both has no headline
  credited INTEGER NOT NULL, -- 1: the page names an agency as its source
  disclaimer INTEGER NOT NULL, -- 1: the page says itself that it runs an agency's text as it came
  by_house INTEGER NOT NULL, -- 1: its byline is the house ("Our Correspondent"), over an agency's text, and no agency is named
  made_of INTEGER -- 64 bits of what was compared: where it stays, nothing is compared again
) STRICT;
CREATE INDEX copies_story ON copies(story_id);
CREATE INDEX copies_agency ON copies(agency, first_seen_at);
CREATE INDEX copies_seen ON copies(first_seen_at);
CREATE TABLE copies_due ( -- stories whose rows in copies are to be made anew, because one of their articles came, changed or went
  story_id INTEGER PRIMARY KEY -- stories.id
) STRICT;
CREATE TRIGGER copies_ai AFTER INSERT ON articles WHEN new.story_id IS NOT NULL AND (new.agency IS NOT NULL
  OR EXISTS (SELECT 1 FROM stories s WHERE s.id = new.story_id AND s.agency IS NOT NULL)
  OR EXISTS (SELECT 1 FROM articles a WHERE a.story_id = new.story_id AND a.page_id <> new.page_id)) BEGIN
  INSERT INTO copies_due (story_id) VALUES (new.story_id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER copies_ad AFTER DELETE ON articles WHEN old.story_id IS NOT NULL BEGIN
  INSERT INTO copies_due (story_id) VALUES (old.story_id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER copies_au AFTER UPDATE OF story_id, page_id, is_latest, headline, by_house, disclaimer, agency, is_agency_copy, text,
  published_at, first_seen_at ON articles WHEN old.story_id IS NOT new.story_id OR old.page_id <> new.page_id
  OR old.is_latest <> new.is_latest OR old.headline IS NOT new.headline OR old.by_house IS NOT new.by_house
  OR old.disclaimer IS NOT new.disclaimer OR old.agency IS NOT new.agency OR old.is_agency_copy <> new.is_agency_copy
  OR old.text <> new.text OR old.published_at IS NOT new.published_at
  OR old.first_seen_at <> new.first_seen_at BEGIN
  INSERT INTO copies_due (story_id) SELECT old.story_id WHERE old.story_id IS NOT NULL ON CONFLICT DO NOTHING;
  INSERT INTO copies_due (story_id) SELECT new.story_id WHERE new.story_id IS NOT NULL ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER copies_outlets_au AFTER UPDATE OF agency ON outlets WHEN old.agency IS NOT new.agency BEGIN
  INSERT INTO copies_due (story_id) SELECT story_id FROM articles WHERE outlet = new.code AND story_id IS NOT NULL ON CONFLICT DO NOTHING;
END;
INSERT INTO copies_due SELECT id FROM stories;
DROP INDEX articles_story;
CREATE INDEX articles_story ON articles(story_id, id, outlet, first_seen_at, published_at, is_latest, page_id);
CREATE INDEX stories_agency ON stories(agency) WHERE agency IS NOT NULL;
"""

VIEWS = """
CREATE VIEW copy_facts AS -- every copy of every story beside the story's reference text: how late, how much was kept, added, credited
SELECT c.story_id, c.agency, c.outlet, c.is_wire, coalesce(c.printed_at, c.first_seen_at) AS at, c.first_seen_at, c.printed_at,
  round(c.delay_seconds / 60.0, 1) AS delay_minutes, c.delay_by, c.kept_percent, c.added_percent, c.paragraphs_cut, c.paragraphs_added,
  c.headline_changed, c.credited, c.disclaimer, c.by_house, a.word_count, a.headline, a.url, c.article_id, c.reference_id,
  r.outlet AS reference_outlet, r.headline AS reference_headline
FROM copies c JOIN articles a ON a.id = c.article_id LEFT JOIN articles r ON r.id = c.reference_id;
CREATE VIEW story_relations AS -- what texts have of older ones, with who printed both: updates, corrections, reruns, round-ups, background
SELECT l.kind, l.share AS share_percent, t.story_id, o.story_id AS of_story_id, t.story_id = o.story_id AS same_story,
  a.outlet, a.headline, coalesce(a.published_at, a.first_seen_at) AS at, b.outlet AS of_outlet, b.headline AS of_headline,
  coalesce(b.published_at, b.first_seen_at) AS of_at, a.url, b.url AS of_url, a.id AS article_id, b.id AS of_article_id
FROM story_links l JOIN story_texts t ON t.id = l.text_id JOIN story_texts o ON o.id = l.of_text_id
LEFT JOIN articles a ON a.id = coalesce((SELECT x.id FROM articles x WHERE x.id = t.id AND x.story_id = t.story_id),
  (SELECT min(x.id) FROM articles x WHERE x.story_id = t.story_id))
LEFT JOIN articles b ON b.id = coalesce((SELECT x.id FROM articles x WHERE x.id = o.id AND x.story_id = o.story_id),
  (SELECT min(x.id) FROM articles x WHERE x.story_id = o.story_id));
"""


@migrations()
def m022_copies(db: Database) -> None:
    for part in (CHANGES, COPIES, VIEWS):
        run(db, part)
