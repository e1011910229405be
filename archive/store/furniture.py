"""Furniture of hosts: when it is learned again, from which pages, and what is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.keys import host_of
from archive.store.connect import Store
from archive.times import iso

FIRST = 20  # articles of an outlet after which its furniture is learned; then when there are twice as many, and after each AGAIN
AGAIN = 1000  # themes change, and bring new lines
RECENT = 600  # pages of an outlet among which those to look at are taken
SAMPLE = 60  # of one host, spread over them

# Captures that were read before what is known today was.
BEHIND = (
    "SELECT r.capture_id FROM furnishings f JOIN pages p ON p.outlet_id = f.outlet_id JOIN captures c ON c.page_id = p.id"
    " JOIN readings r ON r.capture_id = c.id WHERE f.version > 0 AND r.furniture < f.version"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A line that recurs on pages of a host."""

    host: str
    key: int
    line: str
    pages: int
    looked_at: int


def count(store: Store, page_id: int) -> None:
    """One more article, or revision of one. Call inside a transaction."""
    store.conn.execute(
        "INSERT INTO furnishings (outlet_id, articles) SELECT outlet_id, 1 FROM pages WHERE id = ?"
        " ON CONFLICT (outlet_id) DO UPDATE SET articles = articles + 1",
        (page_id,),
    )


def due(store: Store, limit: int) -> list[int]:
    """Outlets whose furniture is to be learned, those with most new pages first."""
    rows = store.conn.execute(
        "SELECT outlet_id FROM furnishings WHERE articles >= ? AND (articles >= 2 * learned_after OR articles >= learned_after + ?)"
        " ORDER BY articles - learned_after DESC, outlet_id LIMIT ?",
        (FIRST, AGAIN, limit),
    )
    return [outlet_id for (outlet_id,) in rows]


def sample(store: Store, outlet_id: int) -> dict[str, list[int]]:
    """Captures of an outlet's newer pages, host by host, spread over them."""
    rows = store.conn.execute(
        "SELECT url, capture_id FROM pages WHERE outlet_id = ? AND state = 'stored' AND same_as IS NULL AND capture_id IS NOT NULL"
        " ORDER BY id DESC LIMIT ?",
        (outlet_id, RECENT),
    )
    hosts: defaultdict[str, list[int]] = defaultdict(list)
    for url, capture_id in rows:
        hosts[host_of(url)].append(capture_id)
    return {host: captures[:: -(-len(captures) // SAMPLE)] for host, captures in hosts.items()}


def keep(store: Store, outlet_id: int, found: Sequence[Found], now: datetime) -> int:
    """Keeps what was found beside what is known; gives back how much of it is new. Call inside a transaction.

    What was found before stays, as older pages have it still. Where there is something new, the pages that are still looked at again are
    read anew: else the next look would find a revision in what the cleaner leaves out since.
    """
    state = store.conn.execute("SELECT version FROM furnishings WHERE outlet_id = ?", (outlet_id,)).fetchone()
    version = int(state[0]) + 1 if state else 1
    new = sum(_keep_one(store, outlet_id, version, one) for one in found)
    store.conn.execute(
        "UPDATE furnishings SET learned_after = articles, learned_at = ?, version = version + ? WHERE outlet_id = ?",
        (iso(now), int(new > 0), outlet_id),
    )
    if new:
        store.conn.execute(
            "INSERT INTO clean_queue (capture_id) SELECT r.capture_id FROM pages p JOIN captures c ON c.page_id = p.id"
            " JOIN readings r ON r.capture_id = c.id WHERE p.outlet_id = ? AND p.recheck_at IS NOT NULL AND r.same_as IS NULL"
            " ON CONFLICT DO UPDATE SET again = 0",
            (outlet_id,),
        )
    return new


def _keep_one(store: Store, outlet_id: int, version: int, found: Found) -> int:
    where = "outlet_id = ? AND host = ? AND key = ?"
    known = store.conn.execute(
        f"UPDATE furniture SET pages = ?, looked_at = ? WHERE {where}",  # noqa: S608 - a constant
        (found.pages, found.looked_at, outlet_id, found.host, found.key),
    )
    if known.rowcount:
        return 0
    store.conn.execute(
        "INSERT INTO furniture (outlet_id, host, key, line, pages, looked_at, version) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (outlet_id, found.host, found.key, found.line, found.pages, found.looked_at, version),
    )
    return 1


def known(store: Store, outlet_id: int, host: str) -> frozenset[int]:
    """Keys of the lines that the cleaner leaves out on this host's pages."""
    rows = store.conn.execute("SELECT key FROM furniture WHERE outlet_id = ? AND host = ? AND NOT is_text", (outlet_id, host))
    return frozenset(key for (key,) in rows)


def version(store: Store, outlet_id: int) -> int:
    row = store.conn.execute("SELECT version FROM furnishings WHERE outlet_id = ?", (outlet_id,)).fetchone()
    return int(row[0]) if row else 0
