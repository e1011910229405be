"""Whether the tables of stories, copies and changes still say what the articles say. Reads only; for `wirecopy verify`.

All of them can be made again from the articles: what is found here costs no page, and `wirecopy stories --rebuild` mends it. What waits
for its turn (to be grouped, or to be compared) is no failure.
"""

from __future__ import annotations

from collections.abc import Iterator

from archive.store.connect import Store
from archive.store.stories import copies, texts

REMEDY = "`wirecopy stories --rebuild` makes the tables of stories, copies and changes again"


def check(store: Store) -> Iterator[str]:
    """A sentence for each thing that is not as it should be."""
    row = store.conn.execute("SELECT waiting_from FROM story_index").fetchone()
    if row is None:
        yield "story_index has lost its row"
        return
    turns = store.conn.execute("SELECT EXISTS (SELECT 1 FROM grouping_turns)").fetchone()[0]
    yield from _articles(store, row[0])
    yield from _links(store)
    if row[0] is None and not turns:  # in the midst of a replay stories wait for their articles
        yield from _texts(store)
        yield from _stories(store)
    yield from _copies(store)
    yield from _changes(store)


def _articles(store: Store, waiting_from: int | None) -> Iterator[str]:
    """Each text has its story, and is known as the story's."""
    before = 2**62 if waiting_from is None else waiting_from
    rows = store.conn.execute(
        "SELECT id, outlet, url, story_id, text_digest FROM articles WHERE id < ? AND text <> ''"
        " AND id NOT IN (SELECT article_id FROM grouping_turns)",
        (before,),
    )
    for article_id, outlet, url, story_id, digest in rows:
        known = texts.find(store.conn, digest)
        if story_id is None:
            yield f"article {article_id} of {outlet} has a text and no story: {url}"
        elif known is None:
            yield f"the text of article {article_id} of {outlet} is not known to story {story_id}: {url}"
        elif known[1] != story_id:
            yield f"article {article_id} of {outlet} is in story {story_id}, its text in story {known[1]}: {url}"


def _texts(store: Store) -> Iterator[str]:
    """Each text that is known is that of an article."""
    for text_id, digest, story_id in store.conn.execute("SELECT id, digest, story_id FROM story_texts"):
        head = f"{digest & 2**64 - 1:016x}"  # of the digest in hex; "g" comes after all of its digits
        found = store.conn.execute("SELECT 1 FROM articles WHERE text_digest >= ? AND text_digest < ? || 'g'", (head, head)).fetchone()
        if found is None:
            yield f"text {text_id} of story {story_id} is no article's"


def _links(store: Store) -> Iterator[str]:
    for column in ("text_id", "of_text_id"):
        rows = store.conn.execute(
            f"SELECT l.text_id, l.kind, l.{column} FROM story_links l LEFT JOIN story_texts t ON t.id = l.{column} WHERE t.id IS NULL"  # noqa: S608
        )
        for text_id, kind, missing in rows:
            yield f"the link {kind!r} of text {text_id} points at text {missing}, which is not there"


def _stories(store: Store) -> Iterator[str]:
    for (story_id,) in store.conn.execute("SELECT id FROM stories s WHERE NOT EXISTS (SELECT 1 FROM articles WHERE story_id = s.id)"):
        yield f"story {story_id} has no article"
    for story_id, first in store.conn.execute(
        "SELECT s.id, s.first_article_id FROM stories s LEFT JOIN articles a ON a.id = s.first_article_id"
        " WHERE a.story_id IS NOT s.id AND EXISTS (SELECT 1 FROM articles WHERE story_id = s.id)"
    ):
        yield f"story {story_id} names article {first} as its first one, which is not in it"


_MISSING = """
SELECT a.id, a.outlet, a.story_id FROM articles a JOIN stories s ON s.id = a.story_id WHERE a.is_latest AND (s.agency IS NOT NULL
  OR EXISTS (SELECT 1 FROM articles b WHERE b.story_id = a.story_id AND b.page_id <> a.page_id))
  AND NOT EXISTS (SELECT 1 FROM copies c WHERE c.article_id = a.id AND c.story_id = a.story_id)
  AND a.story_id NOT IN (SELECT story_id FROM copies_due)
  AND a.story_id NOT IN (SELECT story_id FROM articles WHERE story_id IS NOT NULL GROUP BY story_id HAVING count(DISTINCT page_id) > ?)
"""
_TOO_MANY = """
SELECT c.article_id, c.outlet, c.story_id FROM copies c LEFT JOIN articles a ON a.id = c.article_id
WHERE (a.id IS NULL OR a.is_latest = 0 OR a.story_id IS NOT c.story_id
  OR (c.reference_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM articles r WHERE r.id = c.reference_id)))
  AND c.story_id NOT IN (SELECT story_id FROM copies_due)
"""


def _copies(store: Store) -> Iterator[str]:
    """The copies of a story are as many as its pages, up to a number that no story reaches."""
    for article_id, outlet, story_id in store.conn.execute(_MISSING, (copies.MOST_PAGES,)):
        yield f"article {article_id} of {outlet} is missing among the copies of story {story_id}"
    for article_id, outlet, story_id in store.conn.execute(_TOO_MANY):
        yield f"article {article_id} of {outlet} counts as a copy of story {story_id}, and is none, or what it was compared with is gone"


def _changes(store: Store) -> Iterator[str]:
    for article_id, before_id in store.conn.execute(
        "SELECT a.id, b.id FROM articles a JOIN articles b ON b.page_id = a.page_id AND b.revision = a.revision - 1"
        " LEFT JOIN changes c ON c.article_id = a.id"
        " WHERE c.before_id IS NOT b.id AND a.id NOT IN (SELECT article_id FROM changes_due)"
    ):
        yield f"it is not known what article {article_id} changed in article {before_id}"
    for (article_id,) in store.conn.execute(
        "SELECT c.article_id FROM changes c LEFT JOIN articles a ON a.id = c.article_id WHERE a.id IS NULL OR a.revision < 2"
    ):
        yield f"article {article_id} counts as a change, and is its page's first revision"
