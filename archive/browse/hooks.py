"""Datasette's plugin hooks: our pages, the SQL functions, links from its tables to our pages. Registered by `server.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from datasette import hookimpl

from archive import plugin
from archive.browse import server

if TYPE_CHECKING:
    from datasette.app import Datasette
    from markupsafe import Markup

_PAGES = {"article_id": "article", "story_id": "story"}


@hookimpl
def register_routes(datasette: Datasette) -> list[tuple[str, Callable[..., Any]]]:
    """Before Datasette's own ones: `/` is ours."""
    return server.routes() if server.served(datasette) else []


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[Any], Any]:
    return lambda app: server.wrapped(app, datasette)


@hookimpl
def prepare_connection(conn: Any, database: str) -> None:
    if database == server.NAME:
        plugin.functions(conn)  # without the TEMP view, for which Datasette would list a database more


@hookimpl
def render_cell(value: Any, column: str, database: str) -> Markup | None:
    """A number of an article or a story leads to its page. (A foreign key comes as a dict with its label.)"""
    from markupsafe import Markup

    number = value.get("value") if isinstance(value, dict) else value
    if database != server.NAME or column not in _PAGES or not isinstance(number, int):
        return None
    return Markup('<a href="/{}/{}">{}</a>').format(_PAGES[column], number, number)
