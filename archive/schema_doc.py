"""docs/schema.md, made from the comments that stand in the stored SQL. `cog` calls `schema_markdown`."""

from __future__ import annotations

import re
import sqlite3
import tempfile
from pathlib import Path

from archive.store.connect import open_store

_HEAD_COMMENT = re.compile(r"\ACREATE (?:TABLE|VIEW) \w+ (?:\(|AS) -- (.+)")
_COLUMN_COMMENT = re.compile(r"(?:^  (?!DEFAULT)|, )(\w+) [^\n]*? -- (.+)$", re.MULTILINE)  # ", ": added by a later step
_INDEX = re.compile(r"\ACREATE (UNIQUE )?INDEX \S+\s+ON [^\s(]+\s*\((.+?)\)(?: WHERE (.+))?\Z", re.DOTALL)
# Statements in which a comment cannot stand.
_SEARCH = (
    "the full-text index over `articles` (FTS5, external content): diacritics make no difference; `rowid` is `articles.id`. "
    "The triggers `articles_ai`, `articles_ad` and `articles_au` keep it in step."
)
_MIGRATIONS = "which steps of the schema have been taken; kept by sqlite-utils"
_PLAIN = {
    "id": "the row's number in this archive",
    "migration_set": "`wirecopy`",
    "name": "of the step",
    "applied_at": "when",
}


def schema_markdown() -> str:
    """All tables and views with their columns and indexes, as Markdown."""
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "wirecopy.db", create=True) as store:
        return "\n\n".join(["## Tables", *_tables(store.conn), "## Views", *_views(store.conn)]) + "\n"


def _stored(conn: sqlite3.Connection, kind: str) -> list[tuple[str, str]]:
    rows = conn.execute("SELECT name, sql FROM sqlite_schema WHERE type = ? AND sql IS NOT NULL ORDER BY rowid", (kind,))
    return [(name, sql) for name, sql in rows if not re.match(r"articles_fts_|sqlite_", name)]


def _tables(conn: sqlite3.Connection) -> list[str]:
    return [_table(conn, name, sql) for name, sql in _stored(conn, "table")]


def _table(conn: sqlite3.Connection, name: str, sql: str) -> str:
    if name == "articles_fts":
        return f"### `{name}`\n\n{_SEARCH}\n\nColumns: {_names(conn, name)}."
    about = _MIGRATIONS if name.startswith("_") else _about(sql)
    parts = [f"### `{name}`", about, "\n".join([*_TABLE_HEAD, *_columns(conn, name, sql)])]
    indexes = [_index(one, index) for one, index in _stored(conn, "index") if _on(conn, one) == name]
    return "\n\n".join([*parts, "\n".join(indexes)] if indexes else parts)


_TABLE_HEAD = ("| column | type | meaning |", "|---|---|---|")


def _columns(conn: sqlite3.Connection, name: str, sql: str) -> list[str]:
    comments = dict(_COLUMN_COMMENT.findall(sql))
    parents = {row[3]: f"→ `{row[2]}.{row[4]}`" for row in conn.execute(f'PRAGMA foreign_key_list("{name}")')}
    rows = []
    for _, column, kind, not_null, _, key in conn.execute(f'PRAGMA table_info("{name}")'):
        meaning = "; ".join(
            filter(None, [comments.get(column) or ("" if column in parents else _PLAIN.get(column, "")), parents.get(column)])
        )
        rows.append(f"| `{column}` | {kind.lower()}{'' if not_null or key else ', may be null'} | {meaning.replace('|', chr(92) + '|')} |")
    return rows


def _index(name: str, sql: str) -> str:
    found = _INDEX.match(sql)
    assert found is not None, sql  # noqa: S101 - the schema is ours
    unique, columns, where = found.groups()
    listed = ", ".join(f"`{column.strip()}`" for column in columns.replace('"', "").split(","))
    does = "no two rows with the same" if unique else "finds rows by"
    return f"- index `{name}`: {does} {listed}" + (f", only where `{where}`" if where else "")


def _on(conn: sqlite3.Connection, index: str) -> str:
    return str(conn.execute("SELECT tbl_name FROM sqlite_schema WHERE name = ?", (index,)).fetchone()[0])


def _views(conn: sqlite3.Connection) -> list[str]:
    return [f"### `{name}`\n\n{_about(sql)}\n\nColumns: {_names(conn, name)}." for name, sql in _stored(conn, "view")]


def _names(conn: sqlite3.Connection, name: str) -> str:
    return ", ".join(f"`{row[1]}`" for row in conn.execute(f'PRAGMA table_info("{name}")'))


def _about(sql: str) -> str:
    found = _HEAD_COMMENT.match(sql)
    return found[1] if found else ""
