"""Step 21: whom an article credits, agency by agency, with evidence."""

from __future__ import annotations

from sqlite_utils import Database

from archive.migrations.steps import migrations, run

CREDITS = """
CREATE TABLE credits ( -- agencies that an article credits, one row each; version 0: of an article read before there was this table
  article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
  place INTEGER NOT NULL, -- from 0: the most confident first
  agency TEXT, -- code, as in articles.agency; null: agency copy of no house in particular ("agencies", a disclaimer that names none)
  tier TEXT NOT NULL, -- best evidence: byline json-ld meta dateline credit-line signature feed-author disclaimer copyright host, or unknown
  also TEXT NOT NULL, -- the other tiers that name it, as a JSON array
  confidence REAL, -- 0 to 1: how often such evidence was right on labelled pages; null: version 0
  words TEXT NOT NULL, -- seen as evidence, as printed, cut after 80 characters
  role TEXT, -- author; inputs: helped with it ("with inputs from"); own: the page is the agency's own; null: version 0
  version INTEGER NOT NULL, -- of the rules that found it; 0: taken from articles.agency, until `wirecopy clean` reads the page again
  PRIMARY KEY (article_id, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX credits_agency ON credits(agency);
INSERT INTO credits (article_id, place, agency, tier, also, words, version)
  SELECT id, 0, agency, 'unknown', '[]', coalesce(json_extract(evidence, '$.agency'), json_extract(evidence, '$.is_agency_copy'), ''), 0
  FROM articles WHERE agency IS NOT NULL OR is_agency_copy;
ALTER TABLE articles ADD COLUMN disclaimer TEXT -- note that the text is a feed's and was not edited; null: none, or cleaner_version < 7
  DEFAULT NULL;
ALTER TABLE articles ADD COLUMN by_house TEXT -- who of the house is credited, unnamed ("Web Desk"); null: none, or cleaner_version < 7
  DEFAULT NULL;
CREATE VIEW attributions AS -- each page's latest article: whom it credits, and whether the agency whose text it is has its credit
SELECT a.id AS article_id, a.story_id, a.outlet, s.agency AS story_agency,
  CASE WHEN c.role = 'own' THEN 'own' WHEN c.agency IS NOT NULL THEN 'agency' WHEN c.article_id IS NOT NULL THEN 'agencies'
    WHEN a.by_house IS NOT NULL THEN 'house' WHEN a.authors <> '[]' THEN 'person' ELSE 'nobody' END AS credited_to,
  (SELECT group_concat(coalesce(o.agency, 'agencies'), '/') FROM (SELECT agency FROM credits WHERE article_id = a.id ORDER BY place) o)
  AS credits,
  c.agency, c.tier, c.confidence, c.role, c.words, a.disclaimer IS NOT NULL AS disclaimer, a.by_house, a.byline,
  s.agency IS NOT NULL AND NOT EXISTS (SELECT 1 FROM credits n WHERE n.article_id = a.id AND n.agency = s.agency) AS uncredited,
  coalesce(a.published_at, a.first_seen_at) AS at, a.headline, a.url
FROM articles a LEFT JOIN credits c ON c.article_id = a.id AND c.place = 0 LEFT JOIN stories s ON s.id = a.story_id
WHERE a.is_latest AND a.text <> '';
"""


@migrations()
def m021_credits(db: Database) -> None:
    run(db, CREDITS)
