"""Credits: the agencies that an article credits, one row each, the most confident first."""

from __future__ import annotations

import json
from collections.abc import Sequence

from archive.model import AgencyCredit
from archive.store.connect import Store

_COLUMNS = ("agency", "tier", "also", "confidence", "words", "role", "version")


def save(store: Store, article_id: int, credits: Sequence[AgencyCredit]) -> None:
    """Keeps them in the place of those that an earlier reading found. Call in the transaction that writes the article."""
    store.conn.execute("DELETE FROM credits WHERE article_id = ?", (article_id,))
    store.conn.executemany(
        "INSERT INTO credits (article_id, place, agency, tier, also, confidence, words, role, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (article_id, place, one.agency, one.tier, json.dumps(one.also), one.confidence, one.words, one.role, one.version)
            for place, one in enumerate(credits)
        ],
    )


def of(store: Store, article_id: int) -> list[dict[str, object]]:
    """An article's credits by column name, in their order; `also` is a list."""
    rows = store.conn.execute(
        f"SELECT {', '.join(_COLUMNS)} FROM credits WHERE article_id = ? ORDER BY place",  # noqa: S608 - our own names
        (article_id,),
    )
    found = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    return [one | {"also": json.loads(str(one["also"]))} for one in found]
