"""The sqlite-utils plugin: raw pages at hand in SQL. Runs for every `Database()` of this environment, so it imports little.

    wire_body(body_id)              the exact payload bytes, checked against their digest; null where they were pruned
    wire_html(body_id [, charset])  the payload as text
    wire_markdown(article_id)       an article's text with its structure
    wire_text_diff(a, b)            what changed between two articles (ids)
    wire_change(a, b)               what kind of change it is, with its figures, as JSON
    wire_host(url), wire_key(url)   the host of a URL; the key under which its page is known

and, where the database is a wirecopy archive, a TEMP view `raw_pages`. Nothing is written, and no database of another make, in memory,
read-only, locked or damaged ever fails because of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlite_utils import hookimpl

if TYPE_CHECKING:
    from archive.store.connect import Store

_APPLICATION_ID = 0x57495245  # as in archive.migrations, which costs more to import than to repeat

_RAW_PAGES = """CREATE TEMP VIEW IF NOT EXISTS raw_pages AS
SELECT a.id AS article_id, a.page_id, a.outlet, a.headline, a.url, a.revision, a.is_latest, c.fetched_at, c.body_id,
  wire_html(c.body_id, c.charset) AS html
FROM articles a JOIN captures c ON c.id = a.capture_id"""


@hookimpl
def prepare_connection(conn: Any) -> None:
    """Registers the functions, and the view where the database is ours."""
    if functions(conn):
        _quietly(conn, _RAW_PAGES)


def functions(conn: Any) -> bool:
    """Registers the functions alone; whether the database is ours."""
    archive = _Archive(_archive_file(conn))
    for name, function, counts in (
        ("wire_body", archive.body, (1,)),
        ("wire_html", archive.html, (1, 2)),
        ("wire_markdown", archive.markdown, (1,)),
        ("wire_text_diff", archive.text_diff, (2,)),
        ("wire_change", archive.change, (2,)),
        ("wire_host", _host, (1,)),
        ("wire_key", _key, (1,)),
    ):
        for count in counts:
            conn.create_function(name, count, _loud(function), deterministic=True)
    return archive.path is not None


class _Archive:
    """The archive behind a connection, opened a second time for reading when first needed.

    The functions hold no reference to the connection they serve: it would keep itself alive, and the file open, for ever.
    """

    def __init__(self, path: str | None) -> None:
        self.path = path
        self._reader: Store | None = None

    def __del__(self) -> None:
        """Runs when the connection that is served goes: SQLite then lets go of its functions."""
        if self._reader is not None:
            self._reader.close()

    def body(self, body_id: int | None) -> bytes | None:
        from archive.errors import BodyPruned
        from archive.store import bodies

        try:
            return None if body_id is None else bodies.get(self._store(), body_id)
        except BodyPruned:  # null, as where nothing was received: a query over many pages must not end for it
            return None

    def html(self, body_id: int | None, charset: str | None = None) -> str | None:
        """The payload as text: its BOM or `<meta>` say in which charset, else `charset` (of the HTTP header); null if it is no text."""
        from archive.clean.decode import decode

        payload = self.body(body_id)
        if payload is None:
            return None
        return decode(payload, {"content-type": f"text/html; charset={charset}"} if charset else None)[0] or None

    def markdown(self, article_id: int | None) -> str | None:
        from archive.store import markdown

        return None if article_id is None else markdown.get(self._store(), article_id)

    def text_diff(self, old: int | None, new: int | None) -> str | None:
        from archive.text_diff import text_diff

        if old is None or new is None:
            return None
        first, second = ("\n\n".join(filter(None, self._said(article_id))) for article_id in (old, new))
        return text_diff(first, second, old_name=f"article {old}", new_name=f"article {new}")

    def change(self, old: int | None, new: int | None) -> str | None:
        import json
        from dataclasses import asdict

        from archive.changes import change

        if old is None or new is None:
            return None
        (old_headline, old_text), (new_headline, new_text) = self._said(old), self._said(new)
        return json.dumps(asdict(change(old_text, new_text, old_headline=old_headline, new_headline=new_headline)), ensure_ascii=False)

    def _said(self, article_id: int) -> tuple[str | None, str]:
        row = self._store().conn.execute("SELECT headline, text FROM articles WHERE id = ?", (article_id,)).fetchone()
        if row is None:
            raise ValueError(f"no article {article_id} in this archive")
        return row[0], row[1]

    def _store(self) -> Store:
        if self.path is None:
            raise ValueError("the database is not a wirecopy archive")
        if self._reader is None:
            from pathlib import Path

            from sqlite_utils import utils

            from archive.store.connect import Store

            # The driver that has the file open: of two, each would drop the other's locks.
            driver: Any = utils.sqlite3  # type: ignore[attr-defined]
            conn = driver.connect(Path(self.path).as_uri() + "?mode=ro", uri=True, check_same_thread=False)
            self._reader = Store(Path(self.path), conn)
        return self._reader


def _host(url: str | None) -> str | None:
    from archive.keys import host_of

    return None if url is None else host_of(str(url))


def _key(url: str | None) -> str | None:
    from archive.keys import url_key

    return None if url is None else url_key(str(url))


def _loud(function: Callable[..., Any]) -> Callable[..., Any]:
    """SQLite says only "user-defined function raised exception": the reason goes to standard error."""

    def told(*args: Any) -> Any:
        try:
            return function(*args)
        except Exception as problem:
            import sys

            print(f"wirecopy: {problem}", file=sys.stderr)
            raise

    return told


def _archive_file(conn: Any) -> str | None:
    """The file of the main database, if it is a wirecopy archive; a locked one is not waited for."""
    patience = _quietly(conn, "PRAGMA busy_timeout")
    try:
        _quietly(conn, "PRAGMA busy_timeout = 0")
        if _quietly(conn, "PRAGMA main.application_id") != (_APPLICATION_ID,):
            return None
        row = _quietly(conn, "SELECT file FROM pragma_database_list WHERE name = 'main'")
    finally:
        if patience:
            _quietly(conn, f"PRAGMA busy_timeout = {int(patience[0])}")
    return str(row[0]) if row and row[0] else None


def _quietly(conn: Any, sql: str) -> tuple[Any, ...] | None:
    """The first row as a tuple, whatever the connection's row factory; None for none, and for any error."""
    try:
        cursor = conn.cursor()
        cursor.row_factory = None
        row: tuple[Any, ...] | None = cursor.execute(sql).fetchone()
    except Exception:  # sqlite-utils takes other drivers where they are installed: their errors have no class in common
        return None
    return row
