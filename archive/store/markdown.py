"""Markdown: an article's text with its structure, packed beside the text that it repeats. One row an article that has some."""

from __future__ import annotations

from archive.blobs import pack_beside, unpack_beside
from archive.errors import ArchiveDamaged
from archive.store.connect import Store


def save(store: Store, article_id: int, text: str, markdown: str) -> None:
    """Keeps it in the place of what was kept. Call in the transaction that writes the text."""
    data = pack_beside(markdown.encode(), text.encode())
    store.conn.execute("INSERT OR REPLACE INTO markdown (article_id, data) VALUES (?, ?)", (article_id, data))


def get(store: Store, article_id: int) -> str | None:
    """None where an older cleaner made none. Raises ArchiveDamaged where the text was changed under it."""
    row = store.conn.execute(
        "SELECT m.data, a.text FROM markdown m JOIN articles a ON a.id = m.article_id WHERE m.article_id = ?", (article_id,)
    ).fetchone()
    return None if row is None else unpacked(article_id, row[0], row[1])


def unpacked(article_id: int, data: bytes, text: str) -> str:
    """What `data` holds beside the article's text. Raises as `get`."""
    try:
        return unpack_beside(data, text.encode()).decode()
    except ArchiveDamaged as problem:
        raise ArchiveDamaged(f"the markdown of article {article_id} cannot be read back: {problem}", hint=problem.hint) from problem
