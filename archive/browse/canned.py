"""Questions that stand ready on Datasette's page of the archive, and what it says of the tables. Pure data, read from `queries.toml`."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

# Tables that are machinery: found under "hidden tables".
_HIDDEN = (
    "_sqlite_migrations", "capture_heads", "clean_queue", "compact_queue", "furnishings", "furniture", "keyframes", "markdown",
    "story_hubs", "story_index", "story_paragraphs", "story_prints_a", "story_prints_b", "story_reruns", "story_texts",
)  # fmt: skip


def queries() -> dict[str, dict[str, str]]:
    """name -> title, sql."""
    return tomllib.loads((resources.files("archive.browse") / "queries.toml").read_text(encoding="utf-8"))


def metadata(database: str, title: str) -> dict[str, Any]:
    """As Datasette takes it."""
    tables: dict[str, dict[str, Any]] = {name: {"hidden": True} for name in _HIDDEN}
    tables["articles"] = {"label_column": "headline", "sort_desc": "id"}
    tables["outlets"] = {"label_column": "name"}
    about = {
        "title": title,
        "description": "All tables and views, read only. The SQL functions wire_html(body_id), wire_markdown(article_id),"
        " wire_text_diff(a, b), wire_change(a, b), wire_host(url) and wire_key(url) are at hand.",
        "tables": tables,
        "queries": queries(),
    }
    return {"title": f"{title}: tables", "databases": {database: about}}
