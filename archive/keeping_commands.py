"""`wirecopy backup` and `wirecopy restore`. Arguments, printing and exit codes; imports the rest when it is needed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from archive.bars import in_parts
from archive.options import archive_option, sources_option

_COUNT = click.IntRange(0, 10_000)


@click.command()
@click.argument("target", type=click.Path(path_type=Path), default=None, required=False, metavar="[TARGET]")
@archive_option
@sources_option
@click.option("--keep", type=_COUNT, default=0, metavar="N", help="Keep the newest N backups.")
@click.option("--keep-daily", type=_COUNT, default=0, metavar="N", help="Keep the last backup of each of the N newest days.")
@click.option("--keep-weekly", type=_COUNT, default=0, metavar="N", help="The same of weeks.")
@click.option("--keep-monthly", type=_COUNT, default=0, metavar="N", help="The same of months.")
@click.option("--full", is_flag=True, help="Read every page back from the copy, not only some.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing unless something is wrong: for cron.")
def backup(
    target: Path | None, archive: Path, sources: Path, keep: int, keep_daily: int, keep_weekly: int, keep_monthly: int, full: bool,
    quiet: bool,
) -> None:  # fmt: skip
    """Copy the archive while it is in use, check the copy, and let older ones go.

    TARGET is a folder, or a file whose name ends in .db; without it, the folder `backups` beside the archive. In a folder the copy is
    named by its time (UTC), and sources.toml is copied beside it. A copy gets its name only after it was read back. With any --keep,
    older backups of this archive in that folder go unless one of the rules keeps them; files of other origin are never touched.
    Ends with 73 when the copy cannot be made, with 74 when it is not sound; then no older one goes.

    \b
    Example: wirecopy backup /mnt/backups --keep-daily 7 --keep-weekly 5 --keep-monthly 12
    """
    from archive.backup import backup as make
    from archive.rotation import Rules
    from archive.terminal import plain

    rules = Rules(last=keep, daily=keep_daily, weekly=keep_weekly, monthly=keep_monthly)
    with in_parts("Copying", shown=not quiet) as tell:
        made = make(
            archive, target or archive.parent / "backups", rules=rules, now=datetime.now(UTC), sources=sources, full=full, tell=tell
        )
    for why in made.left:
        click.echo(f"Left alone: {plain(why)}", err=True)
    if quiet:
        return
    click.echo(f"{made.path}: {made.bodies:,} bodies, {made.size / 1e6:,.1f} MB, {'all' if full else 'some'} of it read back.")
    click.echo(f"{made.sources}" if made.sources else f"No {sources} was found: the backup has the archive alone.")
    for path in made.gone:
        click.echo(f"Gone: {path}")


@click.command()
@click.argument("backup", type=click.Path(path_type=Path, dir_okay=False))
@archive_option
@sources_option
@click.option("--force", is_flag=True, help="Where an archive stands already: keep it under another name, and take its place.")
@click.option("--full", is_flag=True, help="Read every page back, not only some.")
def restore(backup: Path, archive: Path, sources: Path, force: bool, full: bool) -> None:
    """Put a backup in the archive's place.

    It is checked before and after it is copied; the backup itself stays as it is. Without --force an archive that stands is not
    touched; with it, it is kept beside, under a name with the time. sources.toml is put back where there is none.
    Not while a run, clean or compact is at work: stop the timer or the daemon first.

    \b
    Example: wirecopy restore backups/wirecopy-20261130T031500Z.db --force
    """
    from archive.restore import restore as put_back

    with in_parts("Reading the backup") as tell:
        done = put_back(backup, archive, force=force, now=datetime.now(UTC), sources=sources, full=full, tell=tell)
    newest = f", its newest run of {done.newest}" if done.newest else ""
    click.echo(f"{archive}: {done.bodies:,} bodies{newest}.")
    if done.kept:
        click.echo(f"The archive that was there is kept as {done.kept}.")
    if done.sources:
        click.echo(f"{done.sources} was put back as well.")
    if done.sources_beside:
        click.echo(f"{sources} was left as it is; the backup's own is {done.sources_beside}.")
