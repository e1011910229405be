"""`wirecopy prune` and `wirecopy forget`. Arguments, printing and exit codes; imports the rest when it is needed."""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.options import archive_option

if TYPE_CHECKING:
    from archive.forget import Wanted
    from archive.store.forgetting import Extent
    from archive.store.pruning import Policy
    from archive.store.tombstones import Tombstone

_NAMED = 5  # pages with the same text that are named


@click.command()
@archive_option
@click.option("--raw-older-than", "raw", metavar="AGE", help="Raw bytes: pages, feed documents, full texts in feeds. 90d, 12w, 18mo, 2y.")
@click.option("--text-older-than", "text", metavar="AGE", help="Texts of articles as well, and their raw bytes; headlines stay.")
@click.option("--outlet", "outlets", metavar="ID", multiple=True, help="Only of this outlet; may be given several times.")
@click.option("--keep-latest", is_flag=True, help="Keep the last good visit of each page, however old it is.")
@click.option("--yes", is_flag=True, help="Do it. Without, only what would go is shown.")
def prune(archive: Path, raw: str | None, text: str | None, outlets: tuple[str, ...], keep_latest: bool, yes: bool) -> None:
    """Let old raw bytes or texts go, by age and outlet: for good.

    Shows what would go, outlet by outlet; only --yes takes it. That something was received stays on record for ever: captures, digests,
    headlines and metadata are never pruned, and the table `prunings` says what went, when and by which policy. Bytes go only when no
    newer visit needs them, and not before the page was read. Runs go on beside it, and it can be stopped at any time.

    \b
    Example: wirecopy prune --raw-older-than 2y --keep-latest --yes
    """
    from archive.errors import UsageError
    from archive.moments import ago
    from archive.store.pruning import Policy

    if raw is None and text is None:
        raise UsageError("no policy is given", hint="--raw-older-than AGE or --text-older-than AGE says what may go")
    now = datetime.now(UTC)
    policy = Policy(
        ago(raw, now) if raw else None, ago(text, now) if text else None, frozenset(outlets) if outlets else None, keep_latest
    )  # fmt: skip
    if not (_show_shares(archive, policy) and yes):
        return
    _prune(archive, policy, _in_words(raw, text, outlets, keep_latest), now)


def _show_shares(archive: Path, policy: Policy) -> bool:
    """Prints what would go; whether anything would."""
    from archive.prune import would_go
    from archive.terminal import plain

    shares = would_go(archive, policy)
    if not shares:
        click.echo("Nothing is that old, or it is needed still.")
        return False
    click.echo(f"{'outlet':<20}{'bodies':>12}{'payload':>14}{'in the file':>14}{'texts':>10}")
    for one in shares:
        sizes = f"{_size(one.payload):>14}{_size(one.stored):>14}"
        click.echo(f"{plain(one.outlet, width=19):<20}{one.bodies:>12,}{sizes}{one.texts:>10,}")
    return True


def _size(size: int) -> str:
    return f"{size / 1e3:,.1f} kB" if size < 1e6 else f"{size / 1e6:,.1f} MB"


def _prune(archive: Path, policy: Policy, words: str, now: datetime) -> None:
    from archive.errors import Stopped
    from archive.prune import prune as take

    with click.progressbar(length=1, label="Pruning", file=sys.stderr) as bar:

        def tell(done: int, total: int) -> None:
            bar.length = max(1, total)
            bar.update(done - bar.pos)

        def waits(begins: bool) -> None:
            bar.label = "A run is at work: waiting" if begins else "Pruning"
            bar.render_progress()

        try:
            done = take(archive, policy, words, now=now, tell=tell, waits=waits)
        except KeyboardInterrupt:
            raise Stopped("stopped: what went has gone, and all that is left can be read", hint="the same command goes on") from None
    click.echo(f"{done.bodies:,} bodies went, {_size(done.payload)} that took {_size(done.stored)}; {done.texts:,} texts.")
    if done.left:
        click.echo(f"{done.left:,} stayed: what stands on them cannot be read; `wirecopy verify` names it.", err=True)
    click.echo("New pages fill the space; `wirecopy compact --vacuum` gives it back to the disk.")


def _in_words(raw: str | None, text: str | None, outlets: tuple[str, ...], keep_latest: bool) -> str:
    said = [f"raw older than {raw}"] if raw else []
    said += [f"text older than {text}"] if text else []
    said += [f"of {', '.join(sorted(outlets))}"] if outlets else []
    return "; ".join([*said, *(["the last visit of each page kept"] if keep_latest else [])])


@click.command()
@click.argument("what", metavar="[URL|ID|OUTLET]", required=False)
@archive_option
@click.option("--reason", metavar="TEXT", help="Why: kept in the tombstone.")
@click.option("--who", metavar="NAME", help="On whose word: kept in the tombstone.  [default: the user]")
@click.option("--keep-url", is_flag=True, help="Keep the address in the tombstone; else only its digest is kept.")
@click.option("--dry-run", is_flag=True, help="Show what would go, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--no-vacuum", is_flag=True, help="Do not write the file anew: older copies may be left in its unused parts.")
@click.option("--list", "list_them", is_flag=True, help="List what was taken down.")
@click.option("--lift", is_flag=True, help="Let it come in again. What went does not come back.")
def forget(
    what: str | None, archive: Path, reason: str | None, who: str | None, keep_url: bool, dry_run: bool, yes: bool, no_vacuum: bool,
    list_them: bool, lift: bool,
) -> None:  # fmt: skip
    """Take a page, or all pages of an outlet, out of the archive for good.

    Everything of it goes: each visit and revision under all its addresses, raw bytes and heads, texts, headlines, what feeds said of it,
    its part of the search index and of stories; and the feed documents that name it. A tombstone stays, so that it is never fetched,
    recorded or merged again. The file is then written anew (that needs twice its size on the disk), so that nothing is left in unused
    parts. Backups and exports from before have it still.

    \b
    Example: wirecopy forget https://harbour.example/news/old-bridge --reason "court order 12/26"
    """
    from archive.errors import UsageError

    if list_them:
        _print_list(archive)
        return
    if what is None:
        raise UsageError("nothing is named", hint="give a page's URL, an article's id, or an outlet's id from sources.toml")
    if lift:
        _lift(archive, what)
        return
    _forget(archive, what, reason, who, keep_url, dry_run=dry_run, yes=yes, vacuum=not no_vacuum)


def _forget(
    archive: Path, what: str, reason: str | None, who: str | None, keep_url: bool, *, dry_run: bool, yes: bool, vacuum: bool
) -> None:  # fmt: skip
    from archive.compact import give_back
    from archive.forget import Words
    from archive.forget import forget as take_down
    from archive.store.connect import open_reader

    open_reader(archive).close()  # a missing archive is told of before a lock is made beside it

    def agree(wanted: Wanted, extent: Extent) -> bool:
        _print_extent(wanted, extent)
        if dry_run:
            click.echo("Nothing was changed.")
            return False
        return yes or click.confirm("Take this down for good?", default=False)

    words = Words(reason, who or getpass.getuser(), keep_url)
    done = take_down(archive, what, words, now=datetime.now(UTC), agree=agree, tell=_tell)
    if done is None:
        return
    click.echo(f"Taken down, tombstone {done.tombstone_id}. Backups and exports from before have it still.")
    if done.kind == "outlet":
        click.echo(f"It is not crawled any more, whatever sources.toml says: `wirecopy remove {done.outlet}` takes it out there.")
    if vacuum:
        give_back(archive)
    else:
        click.echo("Older copies may be left in unused parts of the file: `wirecopy compact --vacuum` writes it anew.")


def _tell(done: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done:,} of {total:,} pages", nl=done >= total, err=True)


def _print_extent(wanted: Wanted, extent: Extent) -> None:
    from archive.terminal import plain

    if wanted.kind == "page" and not wanted.page_ids:
        click.echo(f"{plain(wanted.name)} was never met: a tombstone keeps it out.")
        return
    click.echo(f"{plain(wanted.name)}{f' of {plain(wanted.outlet)}' if wanted.kind == 'page' else ''}:")
    for number, noun in (
        (extent.pages, "addresses"), (extent.captures, "captures"), (extent.articles, "texts (each revision counted)"),
        (extent.entries, "entries of feeds"), (extent.bodies, f"raw bodies, {_size(extent.size)}"),
        (extent.documents, "feed documents that name it: their digests stay"),
    ):  # fmt: skip
        click.echo(f"  {noun:<50}{number:>10,}")
    for url in extent.elsewhere[:_NAMED]:
        click.echo(f"The same text stays on {plain(url)}")
    if len(extent.elsewhere) > _NAMED:
        click.echo(f"and on {len(extent.elsewhere) - _NAMED:,} more")


def _lift(archive: Path, what: str) -> None:
    from archive.forget import lift
    from archive.store.connect import open_reader
    from archive.terminal import plain

    open_reader(archive).close()
    lifted = lift(archive, what)
    click.echo(f"The tombstone of {lifted.forgotten_at[:10]} is lifted: {plain(what)} may come in again.")


def _print_list(archive: Path) -> None:
    from archive.forget import listed
    from archive.store.connect import open_reader

    with open_reader(archive) as store:
        found = listed(store)
    for one in found:
        _print_tombstone(one)
    if not found:
        click.echo("Nothing was taken down.", err=True)


def _print_tombstone(one: Tombstone) -> None:
    from archive.terminal import plain

    what = one.url or (f"outlet {one.outlet}" if one.kind == "outlet" else f"a page of {one.outlet}" if one.outlet else "a page")
    why = f" · {plain(one.reason)}" if one.reason else ""
    click.echo(f"{one.tombstone_id}  {one.forgotten_at[:10]}  {plain(what)} · by {plain(one.who or 'somebody')}{why}")
    click.echo(
        f"   {one.pages:,} addresses, {one.captures:,} captures, {one.articles:,} texts, {one.entries:,} entries, {one.bodies:,} bodies"
    )
