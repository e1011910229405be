"""The source commands: init, add, sources, check, remove, import-opml, export-opml. Arguments, help texts, questions and exit codes."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

import click

from archive.options import sources_option
from archive.terminal import plain_json

if TYPE_CHECKING:
    from crawler.sources import OutletSpec, SourceKind, Sources
    from crawler.survey import Found, Survey

UNAVAILABLE = 69  # exit code (EX_UNAVAILABLE): nothing that was asked could be had
_KINDS = ["auto", "rss", "atom", "json", "sitemap", "html"]


@click.command()
@sources_option
def init(sources: Path) -> None:
    """Write a sources.toml to begin with: every setting explained, and a handful of outlets that publish agency copy.

    A file that is there already is never overwritten.

    \b
    wirecopy init
    """
    from crawler.editing import write_new
    from crawler.sources import starter

    write_new(sources, starter())
    click.echo(f"Wrote {sources}. Set `contact` in it, then look at what it would take with `wirecopy check`.")


@click.command()
@click.argument("url")
@sources_option
@click.option("--id", "outlet_id", metavar="ID", help="The outlet's id; made from the address without it.")
@click.option("--name", help="The outlet's name; taken from the page or feed without it.")
@click.option("--language", metavar="TAG", help="The outlet's language, such as en or pt-BR; taken from the feed without it.")
@click.option("--timezone", metavar="ZONE", help="What a time without a zone means on its pages, such as Asia/Kolkata.")
@click.option("--kind", type=click.Choice(_KINDS), default="auto", show_default=True, help="html: a plain page that lists stories.")
@click.option("-y", "--yes", is_flag=True, help="Add all that is found, ask nothing.")
def add(
    url: str, sources: Path, outlet_id: str | None, name: str | None, language: str | None, timezone: str | None, kind: SourceKind,
    yes: bool,
) -> None:  # fmt: skip
    """Add a feed, or the feeds of a page, to sources.toml.

    URL is a feed, or any page of an outlet: then the feeds are tried that the page advertises and the news sitemaps that robots.txt
    names, and where there are none, the usual addresses. On a terminal you are asked which to add; elsewhere the best one is added.

    \b
    wirecopy add thehindu.com --timezone Asia/Kolkata
    """
    from crawler.adding import added, described, holders, placed, plain_feed
    from crawler.editing import current
    from crawler.screen import found_lines
    from crawler.survey import typed

    known = current(sources)
    given = described(outlet_id, name, language, timezone)
    found = _surveyed(known, typed(url), kind)
    there = holders(known)
    held = [there.get(plain_feed(one.spec.url)) for one in found.feeds]
    for line in (*found_lines(found.feeds, [outlet.id if outlet else None for outlet in held]), *found.notes):
        click.echo(line)
    chosen = _chosen([one for one, outlet in zip(found.feeds, held, strict=True) if outlet is None], found, yes=yes)
    if chosen:
        outlet = placed(known, found, chosen, given)
        added(sources, known, [outlet])
        click.echo(_said(known, outlet, sources))


@click.command("sources")
@sources_option
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array of outlets.")
def sources_(sources: Path, as_json: bool) -> None:
    """List the outlets and feeds of sources.toml, and when each feed is polled.

    A schedule that is "learned" follows how often the feed brings something new.

    \b
    wirecopy sources
    """
    from crawler.screen import source_lines, source_records
    from crawler.sources import load

    known = load(sources)
    if as_json:
        click.echo(plain_json(json.dumps(source_records(known), ensure_ascii=False)))
        return
    for line in source_lines(known):
        click.echo(line)
    _warn(known.warnings)


@click.command()
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@sources_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with what was found.")
def check(names: tuple[str, ...], sources: Path, as_json: bool) -> int:
    """Poll feeds without storing anything, and say what a crawl would take from each.

    SOURCE is an outlet's id or a feed's URL; without it all are polled. No archive is read or written.

    \b
    wirecopy check thehindu

    Exit codes: 0 at least one could be polled, 64 usage, 69 none could, 78 configuration.
    """
    from crawler.adding import selected
    from crawler.checkup import check_all
    from crawler.screen import Ticker, checked_lines, number
    from crawler.sources import load

    known = load(sources)
    feeds = selected(known, names)
    ticker = Ticker("feeds polled", len(feeds))
    try:
        checks = asyncio.run(check_all(known, feeds, ticker.step))
    finally:
        ticker.close()
    failed = sum(not one.ok for one in checks)
    if as_json:
        records = [one.as_json() for one in checks]
        click.echo(plain_json(json.dumps({"feeds": records, "failed": failed, "warnings": list(known.warnings)}, ensure_ascii=False)))
    else:
        for one in checks:
            click.echo("\n".join(checked_lines(one)) + "\n")
        click.echo(f"{number(len(checks), 'feed')} polled, {failed} failed. Nothing was stored.")
    _warn(known.warnings)
    return UNAVAILABLE if checks and failed == len(checks) else 0


@click.command()
@click.argument("name", metavar="NAME")
@sources_option
def remove(name: str, sources: Path) -> None:
    """Remove an outlet (by its id) or a feed (by its URL) from sources.toml. What the archive holds of it stays.

    \b
    wirecopy remove thehindu
    """
    from crawler.adding import removed
    from crawler.screen import number

    feeds, outlets = removed(sources, name)
    gone = f" and {number(outlets, 'outlet')}" if outlets else ""
    click.echo(f"Removed {number(feeds, 'feed')}{gone} from {sources}. The archive keeps what it has.")


@click.command("import-opml")
@click.argument("file", type=click.File("rb"))
@sources_option
def import_opml(file: BinaryIO, sources: Path) -> None:
    """Add the feeds of an OPML file, as feed readers export them. FILE may be - for standard input.

    Feeds that are there already are passed over. Nothing is fetched: `wirecopy check` polls them.

    \b
    wirecopy import-opml subscriptions.opml
    """
    from crawler.adding import imported
    from crawler.screen import number

    new, known = imported(sources, file.read())
    there = f"{number(known, 'feed')} stood there already" if known else ""
    if new:
        click.echo(f"Added {number(new, 'feed')} to {sources}{'; ' if there else ''}{there}.")
    else:
        click.echo(f"Nothing to add: {there or 'the file names no feed'}.")


@click.command("export-opml")
@click.argument("file", type=click.File("w", encoding="utf-8", lazy=True), default="-")
@sources_option
def export_opml(file: TextIO, sources: Path) -> None:
    """Write the configured feeds as OPML, for feed readers. Without FILE: to standard output.

    \b
    wirecopy export-opml subscriptions.opml
    """
    from crawler.opml import write_opml
    from crawler.policy import public_url
    from crawler.sources import load

    known = load(sources)
    file.write(write_opml(known))
    if any(feed.url != public_url(feed.url) for outlet in known.outlets for feed in outlet.feeds):
        _warn(["Addresses in it carry user names and passwords: mind whom you give it to."])


# --- helpers ----------------------------------------------------------------------------------------------------------


def _surveyed(known: Sources, urls: tuple[str, ...], kind: SourceKind) -> Survey:
    from crawler.ask import Asker
    from crawler.screen import Ticker
    from crawler.survey import survey

    ticker = Ticker("addresses asked")

    async def run() -> Survey:
        async with Asker(known) as asker:
            return await survey(asker, urls, kind, ticker.step)

    try:
        return asyncio.run(run())
    finally:
        ticker.close()


def _chosen(new: list[Found], found: Survey, *, yes: bool) -> list[Found]:
    """Which of the new feeds to add: all, those that are picked on a terminal, else the best."""
    if not new:
        click.echo("Nothing to add: it stands in sources.toml already.")
        return []
    if yes or (len(found.feeds) == 1 and found.feeds[0].kind != "html"):
        return new
    if sys.stdin.isatty():
        first = found.feeds.index(new[0]) + 1
        picked: list[int] = click.prompt(
            "Which ones? Numbers, or all", default=str(first), value_proc=lambda text: _numbers(text, len(found.feeds))
        )
        return [one for place, one in enumerate(found.feeds, 1) if place in picked and one in new]
    if len(new) > 1:
        click.echo("Nobody to ask here: the best one is added. --yes adds all.")
    return new[:1]


def _numbers(text: str, most: int) -> list[int]:
    """`1 3`, `1,3`, `2-4` or `all`."""
    if text.strip().lower() in ("all", "*"):
        return list(range(1, most + 1))
    picked: list[int] = []
    for word in text.replace(",", " ").split():
        first, _, last = word.partition("-")
        if not (first.isdecimal() and (last or first).isdecimal() and 1 <= int(first) <= int(last or first) <= most):
            raise click.UsageError(f"{word!r} is no number from 1 to {most}")
        picked += range(int(first), int(last or first) + 1)
    return picked


def _said(known: Sources, outlet: OutletSpec, path: Path) -> str:
    from crawler.screen import number

    new = known.outlet(outlet.id) is None
    zone = "" if outlet.timezone or not new else " It has no timezone: times without a zone on its pages stay unknown."
    return f"Added {number(len(outlet.feeds), 'feed')} to {'the new outlet' if new else 'outlet'} {outlet.id} in {path}.{zone}"


def _warn(warnings: tuple[str, ...] | list[str]) -> None:
    for warning in warnings:
        click.secho(f"Warning: {warning}", fg="yellow", err=True)
