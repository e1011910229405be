"""`wirecopy stories` and `wirecopy story`. Arguments, printing and exit codes; imports the rest when it is needed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.options import archive_option

if TYPE_CHECKING:
    from archive.store.connect import Store
    from archive.stories import Copied, Related, Text, Timeline

_ADDED_WIDTH = 90  # characters of an added paragraph that are shown


@click.command()
@archive_option
@click.option("--agency", metavar="CODE", help="Only stories that credit this agency, for instance pti; also its name.")
@click.option("--outlet", metavar="ID", help="Only stories that this outlet ran (its id in sources.toml).")
@click.option("--since", metavar="DATE", help="Copies seen from then on: 2026, 2026-11, 2026-11-22 or 2026-11-22T10:00 (UTC).")
@click.option("--until", metavar="DATE", help="Copies seen up to then; a day is meant as a whole.")
@click.option("--least", type=click.IntRange(1), default=2, show_default=True, metavar="N", help="Outlets that ran it, at least.")
@click.option(
    "--sort",
    type=click.Choice(["copied", "newest", "oldest"]),
    default="copied",
    show_default=True,
    help="What comes first: what the most outlets ran, or what was printed last or first.",
)
@click.option("-n", "--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="Stories to show.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--rebuild", is_flag=True, help="Group and compare all articles again, in the order in which they came.")
def stories(
    archive: Path, agency: str | None, outlet: str | None, since: str | None, until: str | None, least: int, sort: str,
    limit: int, as_json: bool, rebuild: bool,
) -> None:  # fmt: skip
    """List stories by how many outlets ran them: who was first, when, and who followed.

    Copies count as one story also where they were cut, rewritten in part, updated or wrapped in other text.
    --rebuild can be stopped at any time; the next run goes on with it. The same articles give the same ids.

    \b
    Example: wirecopy stories --agency pti --since 2026-11
    """
    if rebuild:
        _rebuild(archive)
        return
    from archive.asked import agency_asked, outlet_asked
    from archive.moments import first_after, first_of
    from archive.store.connect import open_reader
    from archive.stories import Wanted, most_copied

    since, until = first_of(since) if since else None, first_after(until) if until else None
    with open_reader(archive) as store:
        outlet_asked(store, outlet)
        code = agency_asked(store, agency) if agency else None
        found = most_copied(store, Wanted(code, outlet, since, until, least, sort), limit=limit)
    for one in found:
        _print_json(one) if as_json else _print_copied(one)
    if not found:
        click.echo("No story was found that so many outlets ran.", err=True)


def _rebuild(archive: Path) -> None:
    from archive.regroup import group_again
    from archive.store.connect import open_reader

    open_reader(archive).close()  # a missing archive is told of before a lock is made beside it
    with click.progressbar(length=1, label="Grouping", file=sys.stderr) as bar:

        def tell(what: str, done: int, of: int) -> None:
            bar.length, bar.label = max(1, of), what
            bar.update(done - bar.pos)

        def waits(begins: bool) -> None:
            bar.label = "A run is at work: waiting" if begins else "Grouping"
            bar.render_progress()

        done = group_again(archive, anew=True, tell=tell, waits=waits)
    click.echo(f"{done:,} articles grouped.")


def _print_copied(one: Copied) -> None:
    from archive.terminal import plain

    agency = f" ({plain(one.agency)})" if one.agency else ""
    click.echo(f"{click.style(str(one.story_id), fg='yellow')}  {plain(one.headline or '(no headline)')}{agency}")
    click.echo(f"  {one.copies} copies on {one.outlets} outlets, {_clock(one.first_at)} to {_clock(one.last_at)}")
    click.echo(f"  {plain(', '.join(one.who), width=120)}\n")


@click.command()
@click.argument("what", metavar="ID|URL")
@archive_option
@click.option("--json", "as_json", is_flag=True, help="All of it, as one JSON object.")
def story(what: str, archive: Path, as_json: bool) -> None:
    """Show one story's timeline: who ran it, when, under which headline, what they kept of the reference text and what they added.

    ID is a story's, or that of an article in it; a URL is that of a page that ran it. The reference text is the agency's own where its page
    is crawled, else the longest of the story's first hour; the table `copies` holds the same figures.

    \b
    Example: wirecopy story 1234
    """
    from archive.store.connect import open_reader

    with open_reader(archive) as store:
        found = _story_of(store, what)
    if as_json:
        _print_json(found)
        return
    _print_timeline(found)


def _story_of(store: Store, what: str) -> Timeline:
    """By the story's number, an article's, or the address of a page. Raises UsageError where there is none."""
    from archive import show
    from archive.stories import timeline

    if what.isascii() and what.isdigit():
        return timeline(store, int(what))
    place = show.find(store, what)
    if place.article_id is None:
        show.article(store, place)  # says why there is none
    assert place.article_id is not None  # noqa: S101
    return timeline(store, place.article_id, of_article=True)


def _print_timeline(found: Timeline) -> None:
    from archive.terminal import plain

    click.secho(plain(found.headline or "(no headline)"), bold=True)
    outlets = len({text.outlet for text in found.texts})
    agency = f", agency {plain(found.agency)}" if found.agency else ""
    click.echo(f"Story {found.story_id}{agency}: {len(found.texts) + found.more} texts on {outlets} outlets\n")
    for text in found.texts:
        _print_text(text, found.texts[0])
    if found.more:
        click.echo(f"And {found.more:,} more texts.\n")
    for one in found.related:
        _print_related(one)


def _print_text(text: Text, first: Text) -> None:
    from archive.terminal import plain

    when = _clock(text.at) + (" (first seen)" if text.at_is_first_seen else "")
    later = "" if text is first else f"  {_later(first.at, text.at)}"
    revision = f", revision {text.revision}" if text.revision > 1 else ""
    click.echo(f"{when}  {click.style(plain(text.outlet_name), bold=True)}{later}")
    click.echo(f"  {plain(text.headline or '(no headline)')}")
    click.echo(f"  {'; '.join([_said(text), *_facts(text)])}; article {text.article_id}{revision}")
    for paragraph in text.kept.paragraphs[:2] if text.kept else ():
        click.secho(f"  + {plain(paragraph, width=_ADDED_WIDTH)}", fg="green")
    click.echo()


def _said(text: Text) -> str:
    if text.kept is None:
        return f"{text.words:,} words, the reference text"
    if text.kept_percent == 100 and not text.kept.added:
        return f"{text.words:,} words, word for word"
    cut = f", {text.paragraphs_cut:,} paragraph{'s' * (text.paragraphs_cut != 1)} cut" if text.paragraphs_cut else ""
    added = f"{text.kept.added:,} word{'s' * (text.kept.added != 1)} added"
    return f"{text.words:,} words: {text.kept_percent}% of the reference text{cut}, {added}"


def _facts(text: Text) -> Iterator[str]:
    from archive.terminal import plain

    if text.is_wire:
        yield "the agency's own page"
    if text.headline_changed:
        yield "other headline"
    yield f"credits {plain(text.agency)}" if text.agency else "credits no agency"
    if text.disclaimer:
        yield "says that it is unedited"
    if text.by_house:
        yield "under the house's own byline"


_KINDS = {
    "contains": "has a part of", "reuses": "has background of", "contained": "a part of it is in", "reused": "background in",
}  # fmt: skip


def _print_related(one: Related) -> None:
    from archive.terminal import plain

    kind = _KINDS.get(one.kind, one.kind)
    click.echo(f"{kind.capitalize()} story {one.story_id} ({one.share:.0%}): {plain(one.headline or '(no headline)', width=80)}")


def _later(first: str, at: str) -> str:
    """`+1 h 05 min` after the first text."""
    minutes = int((datetime.fromisoformat(at) - datetime.fromisoformat(first)).total_seconds()) // 60
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        return f"+{days} d {hours} h"
    return f"+{hours} h {minutes % 60:02} min" if hours else f"+{minutes} min"


def _clock(stamp: str) -> str:
    return datetime.fromisoformat(stamp).strftime("%Y-%m-%d %H:%M UTC")


def _print_json(found: Any) -> None:
    import json
    from dataclasses import asdict

    from archive.terminal import plain_json

    click.echo(plain_json(json.dumps(asdict(found), ensure_ascii=not sys.stdout.isatty())))
