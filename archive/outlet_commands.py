"""`wirecopy outlets`. Arguments, printing and exit codes; imports the rest when it is needed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.options import archive_option

if TYPE_CHECKING:
    from archive.outlets import Report, Use

_SORTS = ("copies", "delay", "kept", "added", "headlines", "credited")


@click.command()
@archive_option
@click.option("--agency", metavar="CODE", help="Only stories that credit this agency, for instance pti; also its name.")
@click.option("--since", metavar="DATE", help="Copies seen from then on: 2026, 2026-11, 2026-11-22 or 2026-11-22T10:00 (UTC).")
@click.option("--until", metavar="DATE", help="Copies seen up to then; a day is meant as a whole.")
@click.option("--sort", type=click.Choice(_SORTS), default="copies", show_default=True, help="What comes first: the most, or the fastest.")
@click.option("--json", "as_json", is_flag=True, help="All of it, as one JSON object.")
def outlets(archive: Path, agency: str | None, since: str | None, until: str | None, sort: str, as_json: bool) -> None:
    """Show who runs how much of an agency's copy, how fast, how much edited, and how often it is credited.

    STORIES is the share of the agency's stories that the outlet ran. DELAY is behind the agency's own page where that is crawled too, else
    behind whoever was first; by the times that pages print, else by when we saw them. KEPT is how much of the story's text (the agency's
    own, else the longest early one) stands in the copy, ADDED how much of the copy does not stand there. These three are medians; what was
    not run by anybody else cannot be compared, and is a copy all the same. Without --agency: all agencies' copy, and all stories that more
    than one page ran.

    \b
    Example: wirecopy outlets --agency pti --since 2026-11
    """
    from archive.asked import agency_asked
    from archive.moments import first_after, first_of
    from archive.outlets import Asked, report
    from archive.store.connect import open_reader

    since, until = first_of(since) if since else None, first_after(until) if until else None
    with open_reader(archive) as store:
        found = report(store, Asked(agency_asked(store, agency) if agency else None, since, until))
    if as_json:
        _print_json(found)
        return
    if found.outlets:
        _print(found, sort)
    else:
        click.echo(
            f"No copy{f' of {found.agency}' if found.agency else ''} was found{' in that time' if since or until else ''}.", err=True
        )
    if found.waiting:
        more = "compared by the next runs, or by `wirecopy clean` at once"
        click.echo(f"{found.waiting:,} stories with something new in them are not counted as they are now: {more}.", err=True)


_HEADS = ("OUTLET", "COPIES", "STORIES", "DELAY", "KEPT", "ADDED", "OTHER HEADLINE", "CREDITED")


def _print(found: Report, sort: str) -> None:
    copies = sum(use.copies for use in found.outlets)
    whose = f"{found.agency}: " if found.agency else ""
    days = f"{str(found.first_at)[:10]} to {str(found.last_at)[:10]}"
    counted = f"{_many(copies, 'copy', 'copies')} on {_many(len(found.outlets), 'outlet')}"
    click.echo(f"{whose}{_many(found.stories, 'story', 'stories')}, {counted}, {days}\n")
    cells = [_HEADS, *(_cells(use) for use in sorted(found.outlets, key=_order(sort)))]
    if found.total.copies:
        cells.append(_cells(found.total))
    widths = [max(len(line[column]) for line in cells) for column in range(len(_HEADS))]
    for number, line in enumerate(cells):
        text = "  ".join([line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))])
        bold = number == 0 or (number == len(cells) - 1 and found.total.copies > 0)
        click.secho(text.rstrip(), bold=bold)


def _many(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _order(sort: str) -> Callable[[Use], tuple[bool, float, int, str]]:
    """What is not known comes last."""
    values: dict[str, Callable[[Use], float | None]] = {
        "copies": lambda use: -use.copies,
        "delay": lambda use: use.delay_minutes,
        "kept": lambda use: None if use.kept_percent is None else -use.kept_percent,
        "added": lambda use: None if use.added_percent is None else -use.added_percent,
        "headlines": lambda use: None if use.headline_changed is None else -use.headline_changed,
        "credited": lambda use: None if use.credited is None else -use.credited,
    }

    def key(use: Use) -> tuple[bool, float, int, str]:
        value = values[sort](use)
        return (value is None, value or 0.0, -use.copies, use.outlet)

    return key


def _cells(use: Use) -> tuple[str, ...]:
    from archive.terminal import percent, plain

    def share(value: float | None) -> str:
        return "·" if value is None else percent(value)

    def hundredth(value: float | None) -> str:
        return share(None if value is None else value / 100)

    late = "its own" if use.is_wire else "·" if use.delay_minutes is None else lateness(round(60 * use.delay_minutes))
    return (
        plain(use.outlet, width=24), f"{use.copies:,}", share(use.story_share), late, hundredth(use.kept_percent),
        hundredth(use.added_percent), share(use.headline_changed), share(use.credited),
    )  # fmt: skip


def lateness(seconds: int) -> str:
    """`+1 h 05 min` for a time in seconds; `-3 min` for one before."""
    sign, minutes = "-" if seconds <= -30 else "+", (abs(seconds) + 30) // 60
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        return f"{sign}{days} d {hours} h"
    return f"{sign}{hours} h {minutes % 60:02} min" if hours else f"{sign}{minutes} min"


def _print_json(found: Report) -> None:
    import json
    from dataclasses import asdict

    from archive.terminal import plain_json

    click.echo(plain_json(json.dumps(asdict(found), ensure_ascii=not sys.stdout.isatty())))
