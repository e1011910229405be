"""The scheduler's commands: arguments, help texts and output."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.options import Command, archive_option, sources_option

if TYPE_CHECKING:
    from scheduler.health import Facts, Verdict


@click.command()
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@archive_option
@sources_option
@click.option("--all", "every", is_flag=True, help="Poll what is not due as well, and try failed pages again.")
@click.option("--recheck", is_flag=True, help="Look at every stored page again, due or not: did it change, is it gone?")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with the run's counts.")
@click.option("-v", "--verbose", is_flag=True, help="Print a line for each feed and page, once it is stored.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=lambda: max(1, (os.cpu_count() or 2) - 1),
    show_default="cores less one",
    help="Cleaning workers.",
)
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=1.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for a run that is under way.",
)
@click.option(
    "--deadline",
    type=click.FloatRange(min=1),
    metavar="SECONDS",
    help="Stop gracefully after that time; the next run goes on.",
)
@click.option(
    "--trigger",
    type=click.Choice(["manual", "cron", "timer", "daemon"]),
    default="manual",
    help="Who starts it, for the record.",
)
@click.option(
    "--log-level",
    type=click.Choice(["ERROR", "WARNING", "INFO", "DEBUG"]),
    default="WARNING",
    help="What is logged on standard error.",
)
def crawl(
    names: tuple[str, ...], archive: Path, sources: Path, every: bool, recheck: bool, as_json: bool, verbose: bool, jobs: int, wait: float,
    deadline: float | None, trigger: str, log_level: str,
) -> int:  # fmt: skip
    """Poll what is due, fetch what is new, clean it: one run, for cron, a timer, or by hand.

    SOURCE names outlets by their id, or feeds by URL; without it all that is due is polled. A link counts as seen when its page is
    stored: a run can be stopped or killed at any moment, and the next one goes on.

    \b
    wirecopy crawl                    what is due
    wirecopy crawl thehindu --all     one outlet, due or not

    Exit codes: 0 done or nothing due, 64 usage, 69 all that was asked failed, 74 archive, 75 another run is at work,
    78 configuration, 1 a bug.
    """
    from crawler.sources import load
    from scheduler.progress import Progress, summary_lines
    from scheduler.run import Options, named, run

    known = load(sources)
    for exemption in known.exemptions:
        click.echo(f"Warning: {exemption}", err=True)
    progress = Progress(verbose=verbose, lines=sys.stderr if as_json else None)
    options = Options(
        archive, sources, known=known, outlets=named(known, names), every=every or bool(names), recheck=recheck, jobs=jobs, trigger=trigger,
        deadline=deadline, wait=wait, log_level=log_level,
    )  # fmt: skip
    try:
        result = run(options, progress)
    finally:
        progress.close()
    if as_json:
        click.echo(json.dumps(result.summary))
    else:
        for line in summary_lines(result, progress.problems):
            click.echo(line)
    return result.exit_code


@click.command()
@archive_option
@sources_option
@click.option(
    "--tick",
    type=click.FloatRange(min=0.1, max=3600),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="How often to look for what is due.",
)
@click.option(
    "--deadline",
    type=click.FloatRange(min=1),
    default=900.0,
    show_default=True,
    metavar="SECONDS",
    help="Stop a run gracefully after that time; the next one takes what came due meanwhile, and goes on.",
)
def daemon(archive: Path, sources: Path, tick: float, deadline: float) -> None:
    """Keep crawling: a run whenever something is due, until told to stop.

    Each run is a `wirecopy crawl` of its own; one line of the log says what it came to. SIGTERM or Ctrl-C stops the run under way and
    the daemon within ten seconds. sources.toml is read again when it has changed, and on SIGHUP; while it is broken, the last good one
    holds. Speaks sd_notify(3): readiness, watchdog, reload, status.

    Exit codes: 0 stopped as asked, 74 archive, 75 another daemon is at work on it, 78 configuration, 1 a bug.
    """
    from scheduler.daemon import Settings, serve
    from scheduler.notify import Notifier

    serve(Settings(archive, sources, tick=tick, deadline=deadline), Notifier.of(os.environ))


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
    from scheduler.status import as_table, feeds_status

    now = datetime.now(UTC)
    with open_reader(archive) as store:
        rows = feeds_status(store, name, now=now)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
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
    click.echo(json.dumps(as_json_object(verdict), ensure_ascii=False) if as_json else line(verdict))
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
        click.echo(json.dumps(all_of(found), ensure_ascii=False))
    else:
        for text in lines(found):
            click.echo(text)
    return int(failed(found))


@click.command()
@click.argument("kind", type=click.Choice(["cron", "systemd"]))
@archive_option
@sources_option
@click.option(
    "--every",
    type=click.IntRange(1, 59),
    default=10,
    show_default=True,
    metavar="MINUTES",
    help="How often a run looks for what is due.",
)
@click.option("--user", default="wirecopy", show_default=True, help="The system user that the units run as.")
@click.option("--daemon", "stays", is_flag=True, help="systemd: a service for `wirecopy daemon`, in place of a timer.")
def schedule(kind: str, archive: Path, sources: Path, every: int, user: str, stays: bool) -> None:
    """Print a crontab line, or a systemd service and timer, for this installation.

    A run polls only what is due, so that a short interval costs little. Nothing is installed: the output says where it goes.

    \b
    wirecopy schedule cron | crontab -        (replaces your crontab: mind what is in it)
    wirecopy schedule systemd
    wirecopy schedule systemd --daemon
    """
    from scheduler.units import cron_line, daemon_unit, systemd_units

    if stays and kind == "cron":
        raise click.UsageError("cron starts runs, not a daemon: leave out --daemon, or ask for systemd")
    if stays:
        click.echo(daemon_unit(archive.absolute(), sources.absolute(), user=user))
    elif kind == "cron":
        click.echo(cron_line(archive.absolute(), sources.absolute(), minutes=every))
    else:
        click.echo(systemd_units(archive.absolute(), sources.absolute(), minutes=every, user=user))


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="wirecopy-demo")
@click.option("--keep-serving", is_flag=True, help="Leave the demo's outlets running, to be crawled by hand, until Ctrl-C.")
def demo(folder: Path, keep_serving: bool) -> None:
    """Crawl a small news world on this machine, let it move on, crawl again, and query the archive.

    Needs no network and takes seconds. FOLDER (default: wirecopy-demo) is left for you to play with.
    """
    from scheduler.tour import tour

    tour(folder, keep_serving=keep_serving)
