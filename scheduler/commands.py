"""The commands that run: crawl, backfill, daemon, schedule, demo. Arguments, help texts and output."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
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
@click.argument("names", nargs=-1, required=True, metavar="SOURCE...")
@archive_option
@sources_option
@click.option("--since", required=True, metavar="DATE", help="Stories from then on: 2026, 2026-03 or 2026-03-15.")
@click.option("--until", metavar="DATE", help="Up to then, that day, month or year included; without it, up to now.")
@click.option(
    "--sitemap", "sitemaps", multiple=True, metavar="URL", help="Begin there, and not with what robots.txt names; may be repeated."
)
@click.option("--pages", type=click.IntRange(1), default=10_000, show_default=True, help="New pages at most; the same command goes on.")
@click.option("--everywhere", is_flag=True, help="Stories of all sections, not only of those that the outlet's feeds are about.")
@click.option("--again", is_flag=True, help="Read again what was read before.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Cleaning workers.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with the counts.")
def backfill(
    names: tuple[str, ...], archive: Path, sources: Path, since: str, until: str | None, sitemaps: tuple[str, ...], pages: int,
    everywhere: bool, again: bool, jobs: int, as_json: bool,
) -> int:  # fmt: skip
    """Fetch an outlet's past: what its sitemaps and the older pages of its feeds still name.

    SOURCE is an outlet's id, or a feed's URL for its outlet. Reads the sitemaps that robots.txt names (or those at the usual places)
    and follows paged feeds (RFC 5005, JSON Feed), takes the stories of the dates asked for that lie where the outlet's feeds have
    theirs, and fetches them at the outlet's usual pace. What is due besides is polled meanwhile. Ctrl-C stops it; the same command goes
    on.

    \b
    wirecopy backfill thehindu --since 2026-01-01

    Exit codes: 0 done or stopped, 64 usage, 69 nothing could be had, 74 archive, 75 another run is at work, 78 configuration.
    """
    from archive.keys import fetch_url
    from archive.moments import first_after, first_of
    from archive.times import from_iso
    from crawler.sources import load
    from scheduler import backfill as filling
    from scheduler.run import ALL_FAILED, named

    first, last = from_iso(first_of(since)), from_iso(first_after(until)) if until else None
    if last is not None and last <= first:
        raise click.UsageError("--until lies before --since")
    for url in sitemaps:
        if fetch_url(url) is None:
            raise click.UsageError(f"--sitemap {url[:200]!r} is no web address: write for example https://example.org/sitemap.xml")
    outlets = tuple(sorted(named(load(sources), names) or ()))
    ask = filling.Ask(archive, sources, outlets, first, last, sitemaps, everywhere, again, pages, jobs)
    pace = filling.Pace(ask, sys.stderr)
    try:
        done = filling.fill(ask, pace.hear, pace.after_each)
    finally:
        pace.close()
    if as_json:
        click.echo(json.dumps({"ended": done.ended, "outlets": {name: asdict(seen) for name, seen in done.progress.items()}}))
    else:
        for text in filling.summary(done):
            click.echo(text)
    in_vain = all(not seen.read and seen.failed for seen in done.progress.values())
    return ALL_FAILED if in_vain else 0


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
