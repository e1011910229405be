"""Step 28: the views of stories show each text beside its story's reference; new archives begin with today's rules of grouping."""

from __future__ import annotations

from sqlite_utils import Database

from archive.migrations.steps import migrations, run

RULES = "UPDATE story_index SET version = 2 WHERE NOT EXISTS (SELECT 1 FROM articles);"

VIEWS = """
DROP VIEW story_copies;
DROP VIEW story_timeline;
CREATE VIEW story_copies AS -- stories that more than one page printed, each in its own words or not: who ran it, who ran it first
SELECT s.id AS story_id, count(*) AS copies, count(DISTINCT a.outlet) AS outlets, count(DISTINCT a.text_digest) AS texts,
  min(coalesce(a.published_at, a.first_seen_at)) AS first_at, max(coalesce(a.published_at, a.first_seen_at)) AS last_at,
  (SELECT f.outlet FROM articles f WHERE f.story_id = s.id ORDER BY coalesce(f.published_at, f.first_seen_at), f.id LIMIT 1)
  AS first_outlet,
  sum(a.agency IS NOT NULL) AS credited, group_concat(DISTINCT a.outlet) AS who, s.agency, s.headline,
  (SELECT c.reference_id FROM copies c WHERE c.story_id = s.id LIMIT 1) AS reference_id,
  (SELECT r.outlet FROM copies c JOIN articles r ON r.id = c.reference_id WHERE c.story_id = s.id LIMIT 1) AS reference_outlet
FROM articles a JOIN stories s ON s.id = a.story_id WHERE a.is_latest GROUP BY s.id HAVING count(*) > 1;
CREATE VIEW story_timeline AS -- every text of every story, by publication, beside its reference text; older revisions without figures
SELECT a.story_id, coalesce(a.published_at, a.first_seen_at) AS at, a.published_at IS NULL AS at_is_first_seen, a.outlet, a.headline,
  a.revision, a.word_count, a.agency, a.agency IS NOT NULL AS credited, a.text_digest = r.text_digest AS word_for_word,
  a.id = r.id AS is_reference, k.is_wire, k.kept_percent, k.added_percent, k.paragraphs_cut, k.paragraphs_added, k.headline_changed,
  k.disclaimer, k.by_house, r.id AS reference_id, a.id AS article_id, a.url
FROM articles a JOIN stories s ON s.id = a.story_id LEFT JOIN copies k ON k.article_id = a.id AND k.story_id = a.story_id
LEFT JOIN articles r
  ON r.id = coalesce((SELECT c.reference_id FROM copies c WHERE c.story_id = a.story_id LIMIT 1), s.first_article_id)
ORDER BY a.story_id, at, a.id;
"""


@migrations()
def m028_references(db: Database) -> None:
    run(db, RULES)
    run(db, VIEWS)
