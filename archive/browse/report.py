"""One self-contained page of a time: the start page's plots, and tables, for mailing and publishing. Nothing is fetched or runs.

The same archive, time and `now` give the same bytes.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.arrived import Spread
from archive.browse import feed_view, render, views
from archive.browse.period import LONGEST, Period
from archive.browse.reading import reading
from archive.errors import ArchiveError, UsageError
from archive.store import arrivals
from archive.times import from_iso

SECONDS = 600.0  # that a report may read: nobody waits for it in a browser
STORIES, CHANGES = 25, 50  # lines of its tables


@dataclass(frozen=True, slots=True)
class Firsts:
    """How an outlet stands among those stories of the report that several outlets ran."""

    outlet: str
    stories: int  # that it ran
    first: int  # of these, that nobody ran before it


def report(path: Path, period: Period, feeds: Sequence[Mapping[str, Any]], *, now: datetime) -> str:
    """The page. `feeds`: rows of `wirecopy status --json`. Raises ArchiveError, and UsageError where Jinja is not installed."""
    with reading(path, SECONDS) as store:
        names = arrivals.outlets(store)
        arrived = arrivals.counted(store, period.span, width=period.width)
        spread = arrivals.spread(store, period.span, limit=1000)
        revised = arrivals.revised(store, period.span, limit=CHANGES)
        gone = arrivals.gone(store, period.span, limit=CHANGES)
    lines = [line for line in feed_view.lines(feeds, now) if period.outlet in (None, line.outlet)]
    return render.page(
        "report.html", archive=path.name, period=period, names=names, plots=views.plots(arrived, period, names), spread=spread[:STORIES],
        firsts=firsts(spread), changed=[views.changed(one) for one in revised], gone=gone, lines=lines, now=now.astimezone(UTC).strftime(
        "%Y-%m-%dT%H:%M:%SZ"), css=render.css(), credited=sum(one.articles for one in arrived if one.agency), more=len(spread) > STORIES,
        bad=[line for line in lines if not line.is_good],
    )  # fmt: skip


def firsts(spread: Sequence[Spread]) -> list[Firsts]:
    """The outlets that were first most often, first. Pure."""
    ran: dict[str, int] = {}
    first: dict[str, int] = {}
    for story in spread:
        first[story.first_outlet] = first.get(story.first_outlet, 0) + 1
        for outlet in story.who:
            ran[outlet] = ran.get(outlet, 0) + 1
    found = [Firsts(outlet, count, first.get(outlet, 0)) for outlet, count in ran.items()]
    return sorted(found, key=lambda one: (-one.first, -one.stories, one.outlet))[:STORIES]


def period_between(since: str | None, until: str | None, now: datetime, outlet: str | None, agency: str | None) -> Period:
    """Whole days, from that of `since` to that before `until` (times as the archive writes them); seven days up to now if nothing is said.

    Raises UsageError where there are none between, or more than LONGEST.
    """
    today = now.astimezone(UTC).date()
    last = today if until is None else min(today, from_iso(until).date())
    if until is not None and until.endswith("T00:00:00Z") and last == from_iso(until).date():
        last = Period(last, 1).before
    days = 7 if since is None else (last - from_iso(since).date()).days + 1
    if not 1 <= days <= LONGEST:
        raise UsageError(f"no report of {days:,} days", hint=f"--since comes before --until and before now; at most {LONGEST:,} days")
    return Period(last, days, outlet, agency)


def write(path: Path, text: str, *, force: bool) -> None:
    """All or nothing: nobody is ever served half of it. Raises UsageError where the file is there, ArchiveError where writing fails."""
    if path.exists() and not force:
        raise UsageError(f"{path} is there already", hint="--force writes it anew")
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with fresh.open("x", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as problem:
        raise ArchiveError(f"cannot write {path}: {problem.strerror}", hint="the folder must exist and be writable") from problem
    finally:
        with suppress(OSError):
            fresh.unlink()
