"""`wirecopy search` and `wirecopy timeline`: arguments, printing and exit codes; imports the rest when it is needed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.options import archive_option

if TYPE_CHECKING:
    from archive.search import Filters, Hit
    from archive.store.connect import Store

DAYS = 30  # of a timeline without --since


def _filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--all-revisions", is_flag=True, help="Also texts that their pages no longer have."),
        click.option("--until", metavar="DATE", help="Not newer than that; a day is meant as a whole."),
        click.option("--since", metavar="DATE", help="Not older than 2026, 2026-11, 2026-11-22 or 2026-11-22T10:00 (UTC)."),
        click.option("--story", type=int, metavar="ID", help="Only the texts of this story."),
        click.option("--agency", metavar="CODE", help="Only copy that credits this agency: its code or its name, for instance pti."),
        click.option("--outlet", metavar="ID", help="Only this outlet (its id in sources.toml)."),
    ):
        command = option(command)
    return command


def _filters(
    store: Store, outlet: str | None, agency: str | None, story: int | None, since: str | None, until: str | None, everything: bool
) -> Filters:
    from archive.asked import agency_asked
    from archive.moments import first_after, first_of
    from archive.search import Filters

    return Filters(
        outlet,
        agency_asked(store, agency) if agency else None,
        first_of(since) if since else None,
        first_after(until) if until else None,
        everything,
        story,
    )


@click.command()
@click.argument("words", nargs=-1, required=True)
@archive_option
@_filter_options
@click.option("-n", "--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="Hits to show.")
@click.option("--offset", type=click.IntRange(0), default=0, metavar="N", help="Leave out the first N hits.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, words found between <mark> and </mark> in `snippet`.")
def search(
    words: tuple[str, ...], archive: Path, outlet: str | None, agency: str | None, story: int | None, since: str | None, until: str | None,
    all_revisions: bool, limit: int, offset: int, as_json: bool,
) -> None:  # fmt: skip
    """Find articles by their words, best match first.

    Of more than 2,000 matches (200 with --outlet, --agency or --story), the newest come first, the best of these on top.

    All words have to be there. Quotes make a phrase, a trailing * stands for any ending, headline:, subhead:, byline: or text: before
    a word or a phrase looks for it there alone, and AND, OR, NOT in capitals join words.

    \b
    Example: wirecopy search 'headline:"critical minerals" japan NOT china' --since 2026-11
    """
    from archive.search import search as find
    from archive.store.connect import open_reader

    with open_reader(archive) as store:
        filters = _filters(store, outlet, agency, story, since, until, all_revisions)
        hits = find(store, " ".join(words), filters, limit=limit, offset=offset)
    for hit in hits:
        _print_json(hit) if as_json else _print_hit(hit)
    if not hits:
        click.echo("Nothing found.", err=True)
    elif len(hits) == limit:
        click.echo(f"There may be more: --offset {offset + limit}", err=True)


def _print_json(hit: Hit) -> None:
    import json
    from dataclasses import asdict

    from archive.search import MARK_OFF, MARK_ON
    from archive.terminal import plain_json

    found = asdict(hit) | {"snippet": hit.snippet.replace(MARK_ON, "<mark>").replace(MARK_OFF, "</mark>")}
    click.echo(plain_json(json.dumps(found, ensure_ascii=not sys.stdout.isatty())))


def _print_hit(hit: Hit) -> None:
    from archive.search import MARK_OFF, MARK_ON
    from archive.terminal import plain
    from archive.times import clock

    who = f"{hit.outlet} ({hit.agency})" if hit.agency else hit.outlet
    revision = f" · revision {hit.revision}" if hit.revision > 1 else ""
    shown = "".join(
        click.style(piece, fg="red", bold=True) if found else piece
        for part in plain(hit.snippet).split(MARK_ON)
        for piece, found in _pieces(part, MARK_OFF)
    )
    click.echo(f"{click.style(str(hit.article_id), fg='yellow')}  {clock(hit.at)}  {plain(who)}{revision}")
    click.secho(f"  {plain(hit.headline or '(no headline)')}", bold=True)
    click.echo(f"  {shown}")
    click.echo(f"  {plain(hit.url)}\n")


def _pieces(part: str, end: str) -> list[tuple[str, bool]]:
    found, closed, rest = part.partition(end)
    return [(found, True), (rest, False)] if closed else [(part, False)]


@click.command()
@click.argument("words", nargs=-1)
@archive_option
@_filter_options
@click.option("--by", type=click.Choice(["outlet", "agency"]), default="outlet", show_default=True, help="Whose share is shown below.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: day, outlet, agency, articles.")
def timeline(
    words: tuple[str, ...], archive: Path, outlet: str | None, agency: str | None, story: int | None, since: str | None, until: str | None,
    all_revisions: bool, by: str, as_json: bool,
) -> None:  # fmt: skip
    """Plot how many articles there are, day by day and outlet by outlet.

    With WORDS, of those that have them, written as for `search`. An article counts on the day (UTC) when it was published, else first seen.
    Without --since, the last 30 days are shown; many days are put together to weeks, months or years.

    \b
    Example: wirecopy timeline monsoon --since 2026-06 --by agency
    """
    from archive.store.connect import open_reader
    from archive.timeline import count, lines
    from archive.words import match_of

    last = _last_day(until)
    if not since and not story:
        since = str(last - timedelta(days=DAYS - 1))
    with open_reader(archive) as store:
        filters = _filters(store, outlet, agency, story, since, until, all_revisions)
        counts = count(store, match_of(" ".join(words)) if words else None, filters)
    if as_json:
        _print_counts(counts)
        return
    first = date.fromisoformat(filters.since[:10]) if filters.since else None
    for line in lines(counts, by=by, first=first, last=None if story and not until else last):
        click.echo(line)
    if not counts:
        click.echo("No articles in that time.", err=True)


def _last_day(until: str | None) -> date:
    from archive.moments import first_after
    from archive.times import from_iso

    return (from_iso(first_after(until)) - timedelta(seconds=1) if until else datetime.now(UTC)).date()


def _print_counts(counts: list[Any]) -> None:
    import json
    from dataclasses import asdict

    from archive.terminal import plain_json

    for one in counts:
        click.echo(plain_json(json.dumps(asdict(one), ensure_ascii=not sys.stdout.isatty())))
