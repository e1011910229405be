"""The commands that tell how it goes: status, health, doctor. Arguments, help texts and output."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.options import Command, archive_option, sources_option
from archive.terminal import plain_json

if TYPE_CHECKING:
    from scheduler.health import Facts, Verdict


@click.command()
@click.argument("name", required=False, metavar="[SOURCE]")
@archive_option
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def status(name: str | None, archive: Path, as_json: bool) -> None:
    """How polling stands: last poll, its outcome, the next one and why, articles a day.

    \b
    wirecopy status
    wirecopy status thehindu
    """
    from archive.store.connect import open_reader
    from scheduler.status import feeds_status
    from scheduler.status_table import as_table

    now = datetime.now(UTC)
    with open_reader(archive) as store:
        rows = feeds_status(store, name, now=now)
    if as_json:
        click.echo(plain_json(json.dumps(rows, ensure_ascii=False)))
        return
    for line in as_table(rows, detailed=name is not None, now=now):
        click.echo(line)


def _pair(name: str, unit: str, default: tuple[float, float], about: str) -> Callable[[Command], Command]:
    """An option that takes two limits: warning and critical."""
    return click.option(
        name, nargs=2, type=click.FloatRange(min=0), default=default, show_default=True, metavar=f"{unit} {unit}", help=about
    )  # fmt: skip


@click.command()
@archive_option
@_pair("--run-age", "HOURS", (2, 8), "Without a good run, while feeds are due.")
@_pair("--feeds", "PERCENT", (20, 50), "Of the feeds, failing or stale.")
@click.option(
    "--stale",
    type=click.FloatRange(min=1),
    default=3.0,
    show_default=True,
    metavar="TIMES",
    help="A feed is stale after that many of its own intervals without a success.",
)
@_pair("--page-failures", "PERCENT", (20, 50), "Of the last day's page fetches.")
@_pair("--pages-late", "HOURS", (6, 24), "That the longest waiting page is overdue.")
@_pair("--gaps", "POLLS", (1, 25), "Of the last day that may have missed entries.")
@_pair("--cleaning", "PAGES", (1000, 20_000), "That wait for the cleaner.")
@_pair("--wal", "MB", (256, 1000), "Size of the write-ahead log.")
@_pair("--disk", "MB", (2000, 500), "Left free beside the archive.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@click.option("--prometheus", is_flag=True, help="Print metrics in Prometheus' text format.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the metrics to this file, all at once.")
def health(
    archive: Path, run_age: tuple[float, float], feeds: tuple[float, float], stale: float, page_failures: tuple[float, float],
    pages_late: tuple[float, float], gaps: tuple[float, float], cleaning: tuple[float, float], wal: tuple[float, float],
    disk: tuple[float, float], as_json: bool, prometheus: bool, out: Path | None,
) -> int:  # fmt: skip
    """One line and an exit code for monitoring: is all well?

    Limits are pairs: where a warning begins, and where it is critical.

    \b
    wirecopy health                                  for Nagios, Icinga, Checkmk
    wirecopy health --prometheus --out /var/lib/node_exporter/wirecopy.prom

    Exit codes: 0 ok, 1 warning, 2 critical, 3 unknown (there is no archive, or it cannot be read). With --prometheus 0 says that the
    metrics were written: the verdict stands in them.
    """
    from archive.errors import ArchiveDamaged, ArchiveError
    from archive.store.connect import open_reader
    from archive.terminal import plain
    from scheduler.health import CRITICAL, LEVELS, MB, UNKNOWN, Limits, as_json_object, judge, line
    from scheduler.vitals import gather

    if out is not None and not prometheus:
        raise click.UsageError("--out takes metrics: say --prometheus as well")
    limits = Limits(
        run_age=_times(run_age, 3600), feeds=feeds, stale=stale, page_failures=page_failures, pages_late=_times(pages_late, 3600),
        cleaning=cleaning, wal=_times(wal, MB), disk=_times(disk, MB), gaps=gaps,
    )  # fmt: skip
    try:
        with open_reader(archive) as store:
            facts = gather(store, now=datetime.now(UTC))
    except ArchiveError as problem:
        if prometheus:
            raise
        level = CRITICAL if isinstance(problem, ArchiveDamaged) else UNKNOWN
        text = f"WIRECOPY {LEVELS[level].upper()}: {plain(problem)}"
        click.echo(json.dumps({"level": LEVELS[level], "error": str(problem), "hint": problem.hint}) if as_json else text)
        return level
    verdict = judge(facts, limits)
    if prometheus:
        _expose(facts, verdict, out)
        return 0
    click.echo(plain_json(json.dumps(as_json_object(verdict), ensure_ascii=False)) if as_json else line(verdict))
    return verdict.level


def _times(pair: tuple[float, float], unit: float) -> tuple[float, float]:
    return pair[0] * unit, pair[1] * unit


def _expose(facts: Facts, verdict: Verdict, out: Path | None) -> None:
    from importlib import metadata

    from scheduler.prometheus import exposition, write

    text = exposition(facts, verdict, metadata.version("wirecopy"))
    if out is None:
        click.echo(text, nl=False)
    else:
        write(out, text)


@click.command()
@archive_option
@sources_option
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def doctor(archive: Path, sources: Path, as_json: bool) -> int:
    """Look at the installation and its surroundings, and say what to mend.

    Python, packages, SQLite, sources.toml, the archive, disk, file system, clock, names of the sources' hosts, timer and lock. Asks
    the name server, and no web site.

    Exit codes: 0 all is well, or there are warnings at most; 1 something is to be mended.
    """
    from scheduler.doctor import as_json as all_of
    from scheduler.doctor import examine, failed, lines

    found = examine(archive, sources, now=datetime.now(UTC))
    if as_json:
        click.echo(plain_json(json.dumps(all_of(found), ensure_ascii=False)))
    else:
        for text in lines(found):
            click.echo(text)
    return int(failed(found))
