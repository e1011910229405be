"""`wirecopy demo`: a tour of what wirecopy does, on the small news world that this distribution ships.

Starts the world, crawls it, lets it move on, crawls again, then shows the archive as people query it: with `sqlite-utils`.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import click

from archive.errors import UsageError
from scheduler.demo import World
from scheduler.progress import Progress, summary_lines
from scheduler.run import Options, run

# (what a person asks, the sqlite-utils arguments after the command's name); {db} is the archive
QUERIES = (
    ("What is in the archive?", "tables {db} --counts --table"),
    ("The newest articles", "query {db} 'select at, outlet, agency, substr(headline, 1, 48) as headline from latest limit 8' --table"),
    (
        "Who ran the same text, word for word?",
        "query {db} 'select copies, agency, who, substr(headline, 1, 44) as headline from duplicates order by copies desc limit 5' --table",
    ),
    (
        "Which pages changed after they were published?",
        "query {db} 'select outlet, revision, first_seen_at, substr(headline, 1, 50) as headline from revisions limit 8' --table",
    ),
    ("Full text search", "search {db} articles 'monsoon OR buoys' -c outlet -c headline --limit 4 --table"),
    (
        "What could not be had, and why?",
        "query {db} 'select outlet, state, status, substr(error, 1, 40) as error from failures' --table",
    ),
    (
        "The raw page, as it was served",
        "query {db} 'select substr(wire_html(body_id), 1, 160) as html from captures where verdict = \"stored\" limit 1' --raw",
    ),
)


def tour(folder: Path, *, keep_serving: bool) -> None:
    """Crawls the demo world into `folder`/wirecopy.db and shows it. Raises UsageError when an archive is there already."""
    archive, sources = folder / "wirecopy.db", folder / "sources.toml"
    if archive.exists():
        raise UsageError(
            f"{archive} is there already",
            hint=f"remove the folder {folder}, or name another one: `wirecopy demo OTHER`",
        )
    folder.mkdir(parents=True, exist_ok=True)
    with World() as world:
        sources.write_text(world.sources_toml(delay=0.02), encoding="utf-8")
        _say(f"A small news world runs on this machine: {len(world.outlets)} outlets, all news invented.")
        _crawl("First crawl", archive, sources)
        world.advance()
        _say("Time passes: new stories, corrections, a page gone, a feed moved, another one broken.")
        _crawl("Second crawl: looks at the stored pages again as well", archive, sources, recheck=True)
        _show(archive)
        _goodbye(folder)
        if keep_serving:
            _serve(world)


def _crawl(title: str, archive: Path, sources: Path, *, recheck: bool = False) -> None:
    _say(title)
    click.secho(f"$ wirecopy crawl --all{' --recheck' if recheck else ''} -a {archive} -s {sources}", dim=True)
    progress = Progress()
    try:
        result = run(Options(archive, sources, every=True, recheck=recheck, trigger="demo"), progress)
    finally:
        progress.close()
    for line in summary_lines(result, progress.problems):
        click.echo(line)


def _show(archive: Path) -> None:
    program = _sqlite_utils()
    for question, arguments in QUERIES:
        _say(question)
        click.secho(f"$ sqlite-utils {arguments.format(db=archive)}", dim=True)
        words = shlex.split(arguments.format(db=shlex.quote(str(archive))))
        done = subprocess.run([*program, *words], capture_output=True, text=True, check=False)  # noqa: S603 - our own arguments
        click.echo(done.stdout.rstrip() or done.stderr.rstrip())


def _sqlite_utils() -> list[str]:
    """The `sqlite-utils` of this environment: it is the one that has the plugin."""
    beside = Path(sys.executable).with_name("sqlite-utils")
    found = str(beside) if beside.exists() else shutil.which("sqlite-utils")
    return [found] if found else [sys.executable, "-m", "sqlite_utils"]


def _goodbye(folder: Path) -> None:
    _say("The archive is yours to play with")
    click.echo(f"  {folder / 'wirecopy.db'}   the archive: `sqlite-utils` or any SQLite tool opens it")
    click.echo(f"  {folder / 'sources.toml'}  what was crawled")
    click.echo("Your own: `wirecopy init`, then `wirecopy crawl`.")


def _serve(world: World) -> None:
    _say(f"Serving until Ctrl-C; `wirecopy crawl` finds the outlets at {world.origin(world.outlets[0].id)} and its siblings")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        click.echo()


def _say(title: str) -> None:
    click.echo()
    click.secho(title, bold=True)
