"""The scheduler's commands: arguments, help texts and output."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from archive.options import archive_option, sources_option


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
        archive, sources, outlets=named(known, names), every=every or bool(names), recheck=recheck, jobs=jobs, trigger=trigger,
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
def schedule(kind: str, archive: Path, sources: Path, every: int, user: str) -> None:
    """Print a crontab line, or a systemd service and timer, for this installation.

    A run polls only what is due, so that a short interval costs little. Nothing is installed: the output says where it goes.

    \b
    wirecopy schedule cron | crontab -        (replaces your crontab: mind what is in it)
    wirecopy schedule systemd
    """
    from scheduler.units import cron_line, systemd_units

    if kind == "cron":
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
