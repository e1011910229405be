"""`wirecopy browse` and `wirecopy report`: join the archive's pages with how polling stands. Arguments, help texts and output."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.options import archive_option

if TYPE_CHECKING:
    from archive.store.connect import Store

PORT = 8001


@click.command()
@archive_option
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0: any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where to listen; all but loopback needs --expose.")
@click.option("--expose", is_flag=True, help="Listen on an address that other machines reach. Whoever reaches it reads the whole archive.")
@click.option("--server-name", "names", multiple=True, metavar="NAME", help="A host name that is ours, behind a proxy; may be repeated.")
@click.option("--open", "opens", is_flag=True, help="Open the start page in a web browser.")
def browse(archive: Path, port: int, host: str, expose: bool, names: tuple[str, ...], opens: bool) -> None:
    """Serve the archive as web pages: what came in, stories, articles, search, feeds, and all tables with SQL.

    Read only, for this machine alone, until Ctrl-C; a crawl may go on meanwhile. Needs the extra `browse`.

    \b
    wirecopy browse --open
    wirecopy browse --server-name wire.example.org      behind a reverse proxy
    """
    from archive.browse import server
    from archive.browse.pages import Site
    from archive.browse.reading import check

    loopback = _is_loopback(host)
    if not loopback and not expose:
        what = f"{host} is reached from other machines, and whoever reaches it reads the whole archive"
        raise click.UsageError(f"{what}.\nIf that is meant, say --expose; better is a reverse proxy that asks who it is (docs/browse.md).")
    check(archive)
    own = frozenset(name.strip().lower() for name in (*names, host) if name.strip())
    datasette = server.datasette_for(Site(archive, _feeds), names=own, any_address=not loopback)
    with server.bound(host, port) as listening:
        url = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}/"
        if not loopback:
            click.secho("Warning: other machines can read this archive, and what is sent is not encrypted.", fg="yellow", err=True)
        click.echo(f"Serving {archive}, read only: {url}\nCtrl-C ends it.")
        if opens:
            click.launch(url)
        server.serve(datasette, listening)
    click.echo("Stopped.")


def _is_loopback(host: str) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _feeds(store: Store, now: datetime) -> list[dict[str, Any]]:
    from scheduler.status import feeds_status

    return feeds_status(store, None, now=now)


@click.command()
@click.argument("out", metavar="OUT.html", type=click.Path(path_type=Path, dir_okay=False))
@archive_option
@click.option("--since", metavar="DATE", help="From that day on: 2026, 2026-11 or 2026-11-22 (UTC); else the last seven days.")
@click.option("--until", metavar="DATE", help="Up to that day, which is meant as a whole; else up to now.")
@click.option("--agency", metavar="CODE", help="Only copy that credits this agency, for instance pti.")
@click.option("--outlet", metavar="ID", help="Only this outlet (its id in sources.toml).")
@click.option("--now", "moment", metavar="MOMENT", help="What counts as now: 2026-11-22T10:00 (UTC). For a report that can be made again.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def report(
    out: Path, archive: Path, since: str | None, until: str | None, agency: str | None, outlet: str | None, moment: str | None, force: bool
) -> None:
    """Write one page of what came in: plots, most copied stories, who was first, changes and removals, feeds.

    The page is one file, without scripts, and asks nothing of the network: it can be mailed or published as it is. It appears under its
    name when it is complete. Needs the extra `report`.

    \b
    Example: wirecopy report november.html --since 2026-11 --until 2026-11
    """
    from archive.browse import report as making
    from archive.browse.reading import check
    from archive.moments import first_after, first_of
    from archive.store.connect import open_reader
    from archive.times import from_iso

    now = from_iso(first_of(moment)) if moment else datetime.now(UTC)
    period = making.period_between(
        first_of(since) if since else None, first_after(until) if until else None, now, outlet, agency.lower() if agency else None
    )
    check(archive)
    if outlet is not None:
        _known(archive, outlet)
    with open_reader(archive) as store:
        feeds = _feeds(store, now)
    making.write(out, making.report(archive, period, feeds, now=now), force=force)
    click.echo(f"{out}: {period.first} to {period.last}")


def _known(archive: Path, outlet: str) -> None:
    from archive.errors import UsageError
    from archive.store.arrivals import outlets
    from archive.store.connect import open_reader
    from archive.terminal import plain

    with open_reader(archive) as store:
        known = outlets(store)
    if outlet not in known:
        raise UsageError(f"no outlet {plain(outlet)!r} in this archive", hint="it has: " + (", ".join(sorted(known)) or "none yet"))
