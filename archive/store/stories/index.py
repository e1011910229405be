"""Which stories have a run of words: the hashes of new texts in two windows, hubs beside them, a few hashes of each text for ever.

The index grows with what came lately, not with the archive: a window ends after 14 days or 250,000 texts, and the one before it is
forgotten then. A story that goes on is entered in the next window as well. Copies come within hours, and five days on only reruns
are of the story, so that nothing is missed but what `story_reruns` finds.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from archive.grouping import RULES

WINDOW_SECONDS = 14 * 86400
WINDOW_TEXTS = 250_000  # bounds what a text costs, however many come: 3.8 million rows a window, 65 MB
_TABLES = ("story_prints_a", "story_prints_b")
_STEP = 16  # lists of values are filled up to a multiple: SQLite prepares few statements, and the module keeps them
_MOST = 480  # values in one statement


@dataclass(frozen=True, slots=True)
class Window:
    """The present window, as story_index has it."""

    number: int
    began: int
    texts: int

    @property
    def table(self) -> str:
        return _TABLES[self.number % 2]


@dataclass(slots=True)
class Found:
    """What the index has of a text's hashes."""

    stories: defaultdict[int, Counter[int]] = field(
        default_factory=lambda: defaultdict(Counter)
    )  # story -> text -> hashes, each counted once
    owners: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))  # hash -> stories
    present: set[tuple[int, int]] = field(default_factory=set)  # (hash, story) that are in the present window's table

    def common(self) -> dict[int, int]:
        return {one: len(stories) for one, stories in self.owners.items()}

    def nearest(self) -> list[int]:
        """The stories with the most hashes in common, as many as are looked at; equally near ones in the order of their ids."""
        hits = {story: counted.total() for story, counted in self.stories.items()}
        near = sorted((story for story, n in hits.items() if n >= RULES.least_hits), key=lambda story: (-hits[story], story))
        return near[: RULES.stories]

    def carriers(self, story: int) -> list[int]:
        """The texts of the story that brought what is in common, those with the most first."""
        counted = self.stories[story]
        return sorted(counted, key=lambda text: (-counted[text], text))[: RULES.carriers]


def turn(conn: sqlite3.Connection, seen: int) -> Window:
    """The window of a text that is seen at that time; a window that is over ends here. The clock set back changes nothing."""
    number, began, texts = conn.execute("SELECT window, began, texts FROM story_index").fetchone()
    late = began and seen - began >= WINDOW_SECONDS
    if began and not late and texts < WINDOW_TEXTS:
        conn.execute("UPDATE story_index SET texts = texts + 1")
        return Window(number, began, texts + 1)
    window = Window(number + 1 if began else number, seen, 1)
    conn.execute("UPDATE story_index SET window = ?, began = ?, texts = 1", (window.number, seen))
    conn.execute(f"DELETE FROM {window.table}")  # noqa: S608 - of our own
    if late and seen - began >= 2 * WINDOW_SECONDS:
        conn.execute(f"DELETE FROM {_TABLES[1 - window.number % 2]}")  # noqa: S608
    conn.execute("DELETE FROM story_paragraphs WHERE stories < ? AND window < ?", (RULES.paragraph, window.number - 1))
    return window


def look_up(conn: sqlite3.Connection, hashes: Iterable[int], window: Window) -> Found:
    """The stories that have these hashes."""
    found = Found()
    for values, holes in _filled(hashes):
        for number, table in enumerate(_TABLES):
            now = number == window.number % 2
            rows = conn.execute(f"SELECT hash, story_id, text_id FROM {table} WHERE hash IN ({holes})", values)  # noqa: S608
            for one, story, text in rows:
                if now:
                    found.present.add((one, story))
                if story not in found.owners[one]:
                    found.owners[one].add(story)
                    found.stories[story][text] += 1
    return found


def hubs(conn: sqlite3.Connection, hashes: Iterable[int]) -> frozenset[int]:
    """Those of the hashes that are common property."""
    return frozenset(
        row[0]
        for values, holes in _filled(hashes)
        for row in conn.execute(f"SELECT hash FROM story_hubs WHERE hash IN ({holes})", values)  # noqa: S608
    )


def post(conn: sqlite3.Connection, hashes: Iterable[int], found: Found, story: int, text: int, window: Window) -> None:
    """Enters a text's hashes, hubs left out: those that the story lacks; one that too many stories have is a hub from now on."""
    new, common = [], []
    for one in hashes:
        owners = found.owners.get(one, ())
        if story not in owners and len(owners) + 1 >= RULES.hub:
            common.append((one,))
        elif (one, story) not in found.present:
            new.append((one, story, text))
    conn.executemany(f"INSERT OR IGNORE INTO {window.table} (hash, story_id, text_id) VALUES (?, ?, ?)", sorted(new))  # noqa: S608
    if common:
        conn.executemany("INSERT OR IGNORE INTO story_hubs (hash) VALUES (?)", common)
        for table in _TABLES:
            conn.executemany(f"DELETE FROM {table} WHERE hash = ?", common)  # noqa: S608


def remember(conn: sqlite3.Connection, hashes: Iterable[int], story: int, text: int) -> None:
    """Enters the few hashes of a text that are never forgotten."""
    rows = [(one, story, text) for one in sorted(hashes)[: RULES.cold_hashes]]
    conn.executemany("INSERT OR IGNORE INTO story_reruns (hash, story_id, text_id) VALUES (?, ?, ?)", rows)


def remembered(conn: sqlite3.Connection, hashes: Iterable[int]) -> list[tuple[int, int]]:
    """(story, text) that have most of the few hashes of a text, the oldest first."""
    counted: Counter[int] = Counter()
    texts: dict[int, int] = {}
    for values, holes in _filled(sorted(hashes)[: RULES.cold_hashes]):
        for story, text in conn.execute(f"SELECT story_id, text_id FROM story_reruns WHERE hash IN ({holes}) ORDER BY text_id", values):  # noqa: S608
            counted[story] += 1
            texts.setdefault(story, text)
    return sorted((story, texts[story]) for story, n in counted.items() if n >= RULES.cold_hits)


def forget(conn: sqlite3.Connection, story: int, text: int, hashes: Iterable[int]) -> None:
    """Takes a text's hashes out again."""
    rows = [(one, story, text) for one in hashes]
    for table in (*_TABLES, "story_reruns"):
        conn.executemany(f"DELETE FROM {table} WHERE hash = ? AND story_id = ? AND text_id = ?", rows)  # noqa: S608


def empty(conn: sqlite3.Connection) -> None:
    """Forgets everything."""
    for table in (*_TABLES, "story_reruns", "story_hubs", "story_paragraphs", "story_links", "story_texts"):
        conn.execute(f"DELETE FROM {table}")  # noqa: S608


def _filled(values: Iterable[int]) -> list[tuple[tuple[int, ...], str]]:
    """Values in portions, each filled up with its last one, and the holes of a statement for them."""
    rest = tuple(values)
    portions = [rest[start : start + _MOST] for start in range(0, len(rest), _MOST)]
    return [(filled, ",".join("?" * len(filled))) for portion in portions for filled in (portion + portion[-1:] * (-len(portion) % _STEP),)]


def listed(ids: Collection[int]) -> list[tuple[tuple[int, ...], str]]:
    """As the index asks for its hashes: ids in portions, with holes."""
    return _filled(ids)
