"""A text, new or read anew, finds its story.

known word for word     > the story of that text
the page's later text   > the story of its page, unless it is plainly another text
read anew by a cleaner  > the story that it had, unless it is plainly another text
all others              > what archive/grouping decides, among the stories that the index finds near
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from archive.grouping import (
    RULES,
    Known,
    Link,
    Nearby,
    Paragraph,
    Sketch,
    Verdict,
    decide,
    headlines,
    is_corrected,
    is_live,
    paragraphs,
    sketch,
    too_short,
)
from archive.grouping.figures import agreement
from archive.store.connect import Store
from archive.store.same_page import overlap
from archive.store.stories import index, learned, leaving, texts

_PLAINLY_OTHER = 0.1  # of the shorter text, in the other one: less, and the page has another story now (a page of the day's weather)


@dataclass(frozen=True, slots=True)
class Piece:
    """An article's text, on its way to a story."""

    article_id: int  # that has it, or will have it
    outlet_id: int
    digest: str  # keys.text_digest
    headline: str | None
    text: str
    agency: str | None
    published: int | None  # seconds since 1970, UTC
    seen: int  # when its capture was fetched, likewise
    first_seen_at: str  # as articles has it

    @property
    def at(self) -> int:
        """When it was published, as far as that can be true."""
        return self.seen if self.published is None else min(self.published, self.seen)


def place(store: Store, piece: Piece, *, before: int | None = None, again: bool = False) -> int:
    """The id of the text's story; a new one is made where there is none. Call inside a transaction, before the article is written.

    `before`: the article that the page had before, if any; `again`: the article stands already, with the text of an earlier reading.
    """
    conn = store.conn
    if _waits(conn, piece.article_id):
        story_id = _meanwhile(conn, piece, before, again)
    else:
        known = texts.find(conn, piece.digest)
        kept = (known[1] if known else None) or (_read_anew(store, piece) if again else None) or _revised(conn, piece, before)
        story_id = kept if known and kept else _grouped(conn, piece, kept)
    if piece.agency:
        conn.execute("UPDATE stories SET agency = ? WHERE id = ? AND agency IS NULL", (piece.agency, story_id))
    return story_id


def _waits(conn: sqlite3.Connection, article_id: int) -> bool:
    """Whether the article's turn comes in a replay that is not done."""
    first, turns = conn.execute("SELECT waiting_from, EXISTS (SELECT 1 FROM grouping_turns) FROM story_index").fetchone()
    return (first is not None and article_id >= first) or (bool(turns) and _has_turn(conn, article_id))


def _has_turn(conn: sqlite3.Connection, article_id: int) -> bool:
    """In a replay by time (after a merge) an article that is new gets the last turn; one that stands and has none had it."""
    if conn.execute("SELECT 1 FROM grouping_turns WHERE article_id = ?", (article_id,)).fetchone():
        return True
    if conn.execute("SELECT 1 FROM articles WHERE id = ?", (article_id,)).fetchone():
        return False
    conn.execute("INSERT INTO grouping_turns (place, article_id) SELECT max(place) + 1, ? FROM grouping_turns", (article_id,))
    return True


def _meanwhile(conn: sqlite3.Connection, piece: Piece, before: int | None, again: bool) -> int:
    """Until the replay comes to it: the story of an equal text, of the page, or one of its own."""
    row = conn.execute("SELECT story_id FROM articles WHERE text_digest = ? AND story_id IS NOT NULL LIMIT 1", (piece.digest,)).fetchone()
    for article_id in (before, piece.article_id if again else None):
        row = row or conn.execute("SELECT story_id FROM articles WHERE id = ? AND story_id IS NOT NULL", (article_id,)).fetchone()
    return int(row[0]) if row else found_story(conn, piece)


def _revised(conn: sqlite3.Connection, piece: Piece, before: int | None) -> int | None:
    """The story of the page, where its text is no plainly other one."""
    row = conn.execute("SELECT story_id, text FROM articles WHERE id = ? AND story_id IS NOT NULL", (before,)).fetchone()
    return int(row[0]) if row and overlap(row[1], piece.text) >= _PLAINLY_OTHER else None


def _read_anew(store: Store, piece: Piece) -> int | None:
    """The story that the article had, where its text is read a little otherwise; else it leaves that story here."""
    conn = store.conn
    row = conn.execute("SELECT story_id, text, text_digest FROM articles WHERE id = ?", (piece.article_id,)).fetchone()
    if row is None or row[0] is None:
        return None
    if overlap(row[1], piece.text) < _PLAINLY_OTHER:
        conn.execute("UPDATE articles SET story_id = NULL WHERE id = ?", (piece.article_id,))
        leaving.leave(store, row[0], piece.article_id, row[2])
        return None
    leaving.forget_text(conn, row[2], but=piece.article_id)
    return int(row[0])


def _grouped(conn: sqlite3.Connection, piece: Piece, story_id: int | None) -> int:
    """Keeps a text that is not known yet, in the story that is given, else in the one that is found for it, else in one of its own."""
    parts = paragraphs(piece.text)
    if too_short(parts):
        story_id = story_id or found_story(conn, piece)
        texts.keep(conn, piece.article_id, piece.digest, story_id, piece.at, None, False)
        return story_id
    window = index.turn(conn, piece.seen)
    keys = learned.keys(parts, piece.headline)
    made = _sketched(piece, parts, learned.furniture(conn, piece.outlet_id, keys))
    hubs = index.hubs(conn, made.at(RULES.rate))
    hashes = made.at(RULES.rate) - hubs
    found = index.look_up(conn, hashes, window)
    verdict = _decision(conn, made, piece.at, hashes, found) if story_id is None else Verdict(story_id, "the page's story")
    story_id = verdict.story_id or found_story(conn, piece)
    text_id = texts.keep(conn, piece.article_id, piece.digest, story_id, piece.at, made, verdict.roundup)
    index.post(conn, hashes, found, story_id, text_id, window)
    index.remember(conn, hashes, story_id, text_id)
    learned.learn(conn, piece.outlet_id, keys, story_id, window)
    links = [(text_id, link.text_id, link.kind, round(100 * link.share)) for link in verdict.links]
    conn.executemany("INSERT OR IGNORE INTO story_links (text_id, of_text_id, kind, share) VALUES (?, ?, ?, ?)", links)
    return story_id


def _sketched(piece: Piece, parts: list[Paragraph], furniture: frozenset[int]) -> Sketch:
    """What is compared of a text."""
    return sketch(
        [part for part in parts if part.key not in furniture and part.label not in furniture],
        headline=None if headlines.key(piece.headline) in furniture else piece.headline,
        live=is_live(piece.headline, piece.text, parts),
        corrected=is_corrected(piece.headline, piece.text),
    )


def _decision(conn: sqlite3.Connection, made: Sketch, at: int, hashes: frozenset[int], found: index.Found) -> Verdict:
    near = [_nearby(conn, story, found.carriers(story)) for story in found.nearest()]
    if near:
        theirs = frozenset().union(*(text.sketch.at(RULES.rate) for story in near for text in story.texts))
        hubs = index.hubs(conn, (theirs | made.at(RULES.rate)) - hashes)
        verdict = decide(made, at, near, found.common(), hubs)
    else:
        verdict = Verdict(None, "like none that is known")
    return verdict if verdict.story_id is not None else _rerun(conn, made, hashes) or verdict


def _nearby(conn: sqlite3.Connection, story_id: int, carriers: list[int]) -> Nearby:
    members = texts.of_story(conn, story_id, RULES.crowd)
    ids = [*members[:1], *(text for text in carriers if text not in members[:1])]
    known = texts.load(conn, ids)
    (headline,) = conn.execute("SELECT headline FROM stories WHERE id = ?", (story_id,)).fetchone() or (None,)
    return Nearby(
        story_id, known.get(members[0]) if members else None, tuple(known[one] for one in ids if one in known), len(members), headline
    )


def _rerun(conn: sqlite3.Connection, made: Sketch, hashes: frozenset[int]) -> Verdict | None:
    """A text that the index has forgotten all but a few hashes of, printed again as it was."""
    for story_id, text_id in index.remembered(conn, hashes):
        old = texts.load(conn, [text_id]).get(text_id)
        if old and (share := _likeness(made, old)) >= RULES.cold_rerun and agreement(made.figures, old.sketch.figures) >= RULES.rerun[1]:
            return Verdict(story_id, "printed again", False, (Link("rerun", text_id, share),))
    return None


def _likeness(new: Sketch, old: Known) -> float:
    """The smaller one of the shares of each that stand in the other."""
    rate = max(new.rate, old.sketch.rate)
    mine, theirs = new.at(rate), old.sketch.at(rate)
    return len(mine & theirs) / max(len(mine), len(theirs), 1)


def found_story(conn: sqlite3.Connection, piece: Piece) -> int:
    """A new story, under the article's id. Where that is taken (its founder has left it), under the next one that is free.

    In a replay the row may stand already, of the grouping before: its articles come to their stories in their turn.
    """
    story_id = piece.article_id
    taken = conn.execute("SELECT first_article_id FROM stories WHERE id = ?", (story_id,)).fetchone()
    if taken is not None and conn.execute("SELECT 1 FROM story_texts WHERE story_id = ?", (story_id,)).fetchone():
        row = conn.execute("SELECT max((SELECT max(id) FROM stories), (SELECT max(id) FROM articles)) + 1").fetchone()
        story_id = int(row[0])
    conn.execute(
        "INSERT INTO stories (id, headline, agency, first_article_id, first_seen_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " headline = excluded.headline, agency = excluded.agency, first_article_id = excluded.first_article_id,"
        " first_seen_at = excluded.first_seen_at",
        (story_id, piece.headline, piece.agency, piece.article_id, piece.first_seen_at),
    )
    return story_id
