"""Datasette with our pages in front of it, on a socket of its own, until Ctrl-C.

Of Datasette's plugins only those that come with it are taken: another one that is installed here (to show HTML from cells, or to write)
was not chosen for untrusted pages.
"""

from __future__ import annotations

import asyncio
import socket
import traceback
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from archive.browse import canned, pages, render
from archive.browse.guard import App, guarded
from archive.browse.pages import Answer, Site
from archive.errors import ExtraMissing, UsageError, WirecopyError

if TYPE_CHECKING:
    from datasette.app import Datasette

NAME = "archive"  # of the database, in Datasette's addresses
THREADS = 4  # pages that are made at one time
SETTINGS = {
    "sql_time_limit_ms": 3000,  # a statement; what it read is let go of after each
    "max_returned_rows": 1000,
    "default_page_size": 50,
    "truncate_cells_html": 300,  # characters: texts are long
    "suggest_facets": False,  # each column of a large table would be counted through for them
    "allow_download": False,
    "num_sql_threads": 3,
}


class _Served:
    """What is served by one Datasette."""

    def __init__(self, site: Site, names: frozenset[str], *, any_address: bool) -> None:
        self.site = site
        self.names = names
        self.any_address = any_address
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="page")


_SERVED: WeakKeyDictionary[Any, _Served] = WeakKeyDictionary()


def datasette_for(site: Site, *, names: frozenset[str] = frozenset(), any_address: bool = False) -> Datasette:
    """A Datasette that serves the archive and our pages. Raises UsageError where Datasette is not installed."""
    _take_plugins()
    from datasette.app import Datasette, DatasetteClient
    from datasette.database import Database

    made = Datasette([], settings=SETTINGS, metadata=canned.metadata(NAME, site.path.name))
    _SERVED[made] = _Served(site, names, any_address=any_address)
    made.add_database(Database(made, path=str(site.path), is_mutable=_has_wal(site.path)), name=NAME)
    made.remove_database("_memory")  # which it makes where it is given no file
    made.client = DatasetteClient(made)  # the one that it made for itself knows nothing of our pages
    return made


def _take_plugins() -> None:
    """Datasette's own plugins and ours, no others. Raises UsageError where it is not installed."""
    try:
        from datasette.plugins import DEFAULT_PLUGINS, pm
    except ImportError:
        raise ExtraMissing("pages are served by Datasette", "browse") from None
    for name, plugin in pm.list_name_plugin():
        if plugin is not None and name not in (*DEFAULT_PLUGINS, "wirecopy"):
            pm.unregister(plugin)
    if not pm.has_plugin("wirecopy"):
        pm.register(import_module("archive.browse.hooks"), "wirecopy")


def _has_wal(path: Path) -> bool:
    """Whether the archive can be read as others write it. In a folder that cannot be written to it is taken to stand still."""
    import sqlite3
    from contextlib import closing

    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as conn:
            conn.execute("SELECT 1 FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError:
        return False
    return True


def served(datasette: Any) -> _Served | None:
    """What it serves of ours; None for another Datasette of this process."""
    return _SERVED.get(datasette)


def wrapped(app: App, datasette: Any) -> App:
    mine = _SERVED.get(datasette)
    return app if mine is None else guarded(app, mine.names, any_address=mine.any_address)


def routes() -> list[tuple[str, Callable[..., Awaitable[Any]]]]:
    """Addresses of our pages, as regular expressions."""
    number = r"(?P<number>\d{1,18})"
    return [
        (r"^/$", _view(pages.start)),
        (r"^/articles$", _view(pages.articles)),
        (rf"^/article/{number}$", _view(pages.article)),
        (rf"^/story/{number}$", _view(pages.story)),
        (r"^/search$", _view(pages.find)),
        (r"^/feeds$", _view(pages.feeds)),
        (rf"^/snapshot/{number}$", _view(pages.shot)),
        (rf"^/snapshot/{number}/bytes$", _view(pages.shot_bytes)),
        (r"^/browse\.css$", _style),
    ]


def _view(make: Callable[..., Answer]) -> Callable[..., Awaitable[Any]]:
    """The page, made on a thread: it reads and compares for some milliseconds, or seconds."""

    async def view(request: Any, datasette: Any) -> Any:
        mine = _SERVED[datasette]
        asked = {name: str(request.args.get(name)) for name in request.args}
        numbers = [int(value) for value in request.url_vars.values()]
        return _response(await asyncio.get_running_loop().run_in_executor(mine.threads, _made, make, mine.site, asked, numbers))

    return view


def _made(make: Callable[..., Answer], site: Site, asked: dict[str, str], numbers: list[int]) -> Answer:
    try:
        return make(site, asked, *numbers)
    except WirecopyError as error:
        return pages.problem(site, error)
    except Exception:  # the pages after it are served all the same
        traceback.print_exc()
        return pages.broken(site)


async def _style() -> Any:
    headers = {"content-type": "text/css; charset=utf-8", "cache-control": "max-age=31536000, immutable"}
    return _response(Answer(render.css().encode(), 200, headers))


def _response(answer: Answer) -> Any:
    from datasette.utils.asgi import Response

    headers = dict(answer.headers)
    return Response(answer.body, answer.status, headers, content_type=headers.pop("content-type"))


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one. Raises UsageError where the port is taken or the host is none of this machine."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        made = socket.socket(family, socket.SOCK_STREAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind(address)
            made.listen(128)
        except BaseException:
            made.close()
            raise
    except OSError as problem:
        why = problem.strerror or str(problem)
        raise UsageError(
            f"cannot listen on {host} port {port}: {why}", hint="name another one with --port, or --port 0 for any free one"
        ) from problem
    return made


def serve(datasette: Datasette, listening: socket.socket) -> None:
    """Until SIGINT or SIGTERM: then answers what it was asked, for three seconds at most."""
    import uvicorn

    config = uvicorn.Config(datasette.app(), log_level="warning", access_log=False, timeout_graceful_shutdown=3, server_header=False)
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        return  # uvicorn hands the signal on, when all is closed
    finally:
        _SERVED[datasette].threads.shutdown(cancel_futures=True)
