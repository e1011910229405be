"""The archive's commands: show, clean, compact, verify. Arguments, printing and exit codes; imports the rest when it is needed."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.options import archive_option

if TYPE_CHECKING:
    from archive.passes import Cleaned
    from archive.verify import Audit


@click.command()
@click.argument("what", metavar="ID|URL")
@archive_option
@click.option("--text", "part", flag_value="text", help="Only the text.")
@click.option("--markdown", "part", flag_value="markdown", help="Only the text, with its subheads, lists, links and tables as markdown.")
@click.option("--json", "part", flag_value="json", help="All that is known, as one JSON object.")
@click.option("--raw", "part", flag_value="raw", help="The page as it was received, byte for byte.")
@click.option(
    "--headers",
    "part",
    flag_value="headers",
    help="Request and response heads as they were exchanged, redirects first.",
)
def show(what: str, archive: Path, part: str | None) -> None:
    """Show one article, by its id or its URL.

    --raw and --headers give exact bytes to a file or a pipe; on a terminal, control characters are replaced.

    \b
    Example: wirecopy show 1234 --raw > page.html
    """
    from archive import show as showing
    from archive.store.connect import open_reader

    with open_reader(archive) as store:
        place = showing.find(store, what)
        if part in ("raw", "headers"):
            _write_bytes(showing.raw(store, place) if part == "raw" else showing.heads(store, place))
            return
        _print_article(showing.article(store, place), part)


def _write_bytes(content: bytes) -> None:
    from archive.terminal import plain_block

    if sys.stdout.isatty():
        content = plain_block(content.decode("utf-8", "replace")).encode()
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def _print_article(article: dict[str, object], part: str | None) -> None:
    import json

    from archive.errors import UsageError
    from archive.terminal import plain_block, plain_json

    if part == "json":
        click.echo(plain_json(json.dumps(article, ensure_ascii=not sys.stdout.isatty(), indent=2)))
        return
    if part is None:
        _print_header(article)
    if part == "markdown" and article["text_markdown"] is None and "text_pruned" not in article:
        what = f"article {article['id']} was read by an older cleaner, which made no markdown"
        raise UsageError(what, hint="`wirecopy clean` reads it anew")
    text = str(article["text_markdown" if part == "markdown" else "text"] or "")
    none = f"(the text was {article['text_pruned']})" if "text_pruned" in article else "(no text was found on this page)"
    click.echo(plain_block(text) if text else none, err=not text)


def _print_header(article: dict[str, object]) -> None:
    from archive.terminal import plain
    from archive.times import clock

    authors = article["authors"]
    block = {
        "Outlet": article["outlet_name"] or article["outlet"],
        "Agency": article["agency"],
        "Credits": _credits(article["credits"]),
        "Disclaimer": article["disclaimer"],
        "Byline": article["byline"],
        "By house": article["by_house"],
        "Authors": ", ".join(authors) if isinstance(authors, list) else None,
        "Dateline": article["dateline"],
        "Published": clock(article["published_at"]) or article["published_raw"],
        "Modified": clock(article["modified_at"]) or article["modified_raw"],
        "First seen": clock(article["first_seen_at"]),
        "Fetched": clock(article["fetched_at"]),
        "Section": article["section"],
        "Words": article["word_count"],
        "URL": article["url"],
        "Article": f"{article['id']}, revision {article['revision']}, story {article['story_id'] or 'none'}",
    }
    click.secho(plain(str(article["headline"] or "(no headline)")), bold=True)
    for subhead in filter(None, [article["subhead"]]):
        click.echo(plain(str(subhead)))
    click.echo()
    for name, value in block.items():
        if value not in (None, ""):
            click.echo(f"{name + ':':<12}{plain(str(value))}")
    _print_revisions(article["revisions"], article["id"])
    click.echo()


def _credits(credits: object) -> str | None:
    """Each agency with its role, the evidence and how sure that is: "pti, author (byline .97: By PTI)"."""
    told = []
    for one in credits if isinstance(credits, list) else ():
        who = one["agency"] or "agencies"
        how = f"{one['tier']} {one['confidence']:.2f}: {one['words']}" if one["version"] else "as an older cleaner read it"
        told.append(f"{who}, {one['role']} ({how})" if one["role"] else f"{who} ({how})")
    return "; ".join(told) or None


def _print_revisions(revisions: object, shown: object) -> None:
    from archive.terminal import plain
    from archive.times import clock

    if not isinstance(revisions, list) or len(revisions) < 2:
        return
    click.echo("Revisions:")
    for one in revisions:
        mark = "*" if one["id"] == shown else " "
        kind = f"{one['kind']}: " if one["kind"] else ""
        click.echo(f"  {mark} {one['revision']}  article {one['id']}  {clock(one['first_seen_at'])}  {kind}{plain(one['headline'] or '')}")


@click.command()
@archive_option
@click.option("--all", "everything", is_flag=True, help="Read every stored page anew, also those that this version has read.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    default=lambda: os.cpu_count() or 1,
    show_default="processors",
    help="Worker processes.",
)
def clean(archive: Path, everything: bool, jobs: int) -> None:
    """Read stored pages again: text and metadata, from the raw bytes that are kept.

    Takes what waits and what an older version of the cleaner has read. Can be stopped at any time; what is done is kept.
    Runs go on beside it: it waits while one is at work.

    \b
    Example: wirecopy clean --all --jobs 2
    """
    import asyncio

    from archive.reclean import clean_again
    from archive.store.connect import open_reader

    open_reader(archive).close()  # a missing archive is told of before a lock is made beside it
    with click.progressbar(length=1, label="Cleaning", file=sys.stderr) as bar:

        def tell(cleaned: Cleaned, waiting: int) -> None:
            bar.length, bar.label = max(1, waiting), "Cleaning"
            bar.update(cleaned.done - bar.pos)

        def learns(done: int, outlets: int) -> None:
            bar.label = f"Learning the furniture of outlets: {done} of {outlets}"
            bar.render_progress()

        def waits(begins: bool) -> None:
            bar.label = "A run is at work: waiting" if begins else "Cleaning"
            bar.render_progress()

        cleaned = asyncio.run(clean_again(archive, everything=everything, jobs=jobs, tell=tell, waits=waits, learns=learns))
    click.echo(f"{cleaned.done:,} pages read; {cleaned.without_text:,} without text, {cleaned.failed:,} that the cleaner could not finish.")


@click.command()
@archive_option
@click.option("--all", "everything", is_flag=True, help="Pack every body anew, also those that were packed before.")
@click.option(
    "--vacuum", is_flag=True, help="Then make the file smaller: needs twice its size on the disk, and no run can write meanwhile."
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    default=lambda: os.cpu_count() or 1,
    show_default="processors",
    help="Threads that pack.",
)
def compact(archive: Path, everything: bool, vacuum: bool, jobs: int) -> None:
    """Pack stored pages better than there is time for while they come in.

    Each page is tried against others of its host, those that came later as well, and packed at a slow level. Every new packing is read
    back and checked before the old one goes. Can be stopped at any time; what is done is kept. Runs go on beside it: it waits while
    one is at work. The space that it frees is filled by new pages; --vacuum gives it back to the disk.

    \b
    Example: wirecopy compact --jobs 1
    """
    from archive.compact import Compacted, give_back
    from archive.compact import compact as pack_better
    from archive.store.connect import open_reader

    open_reader(archive).close()  # a missing archive is told of before a lock is made beside it
    with click.progressbar(length=1, label="Packing", file=sys.stderr) as bar:

        def tell(found: Compacted, total: int) -> None:
            bar.length = max(1, total)
            bar.update(found.done - bar.pos)

        def waits(begins: bool) -> None:
            bar.label = "A run is at work: waiting" if begins else "Packing"
            bar.render_progress()

        found = pack_better(archive, everything=everything, jobs=jobs, tell=tell, waits=waits)
    click.echo(f"{found.done:,} bodies looked at, {found.changed:,} packed anew: {found.saved / 1e6:,.1f} MB saved.")
    if found.left:
        click.echo(f"{found.left:,} changed meanwhile and are left to the next time.")
    if found.unread:
        click.echo(f"{found.unread:,} cannot be read and were left as they are; `wirecopy verify` names them.", err=True)
    if vacuum:
        click.echo(f"The file is {give_back(archive) / 1e6:,.1f} MB smaller.")
    elif found.free:
        click.echo(f"{found.free / 1e6:,.1f} MB are free inside the file: new pages fill them; --vacuum gives them back to the disk.")


@click.command()
@archive_option
def verify(archive: Path) -> None:
    """Read everything back and check it: each stored page against its digest, the file, the search index, the keys, the stories.

    Where the file itself is damaged, it says which tables that concerns and what `wirecopy recover` would save.

    Ends with 0 when all is well, with 74 and a list when something is damaged.

    \b
    Example: wirecopy verify
    """
    from archive import verify as checks
    from archive.errors import ArchiveDamaged, ArchiveForeign
    from archive.store.connect import open_reader
    from archive.terminal import plain

    started_at = datetime.now(UTC)
    try:
        with (
            open_reader(archive) as store,
            click.progressbar(length=checks.body_count(store), label="Reading back", file=sys.stderr) as bar,
        ):
            found = checks.audit(store, lambda: bar.update(1))
    except (ArchiveDamaged, ArchiveForeign):
        _diagnose(archive)  # so damaged that it cannot even be asked
        raise
    broken = any(failure.startswith("file:") for failure in found.failures)
    if broken:
        click.echo(
            "The file is damaged, so nothing is written to it: the search index was not checked, and this audit is not recorded.", err=True
        )
    else:
        _record(archive, found, started_at)
    for failure in found.failures:
        click.echo(plain(failure))
    click.echo(f"{found.checked:,} bodies read back, {found.size / 1e6:,.1f} MB of payload.")
    if found.pruned:
        click.echo(f"{found.pruned:,} have their digests alone: their bytes were pruned, or taken down.")
    if found.failures:
        if broken:
            _diagnose(archive)
        raise ArchiveDamaged(f"{archive}: {len(found.failures):,} failures", hint=checks.remedy(found.failures))
    click.echo("All is as it was stored.")


def _diagnose(archive: Path) -> None:
    """What of a damaged file can still be read, table by table, and what not."""
    from archive.recover import OURS, diagnose
    from archive.recover_text import lines
    from archive.terminal import plain

    report = diagnose(archive)
    if any(table.saved and table.name in OURS for table in report.tables):
        click.echo("What can still be read:")
        for line in lines(report):
            click.echo(plain(line))


def _record(archive: Path, found: Audit, started_at: datetime) -> None:
    """Checks the search index and keeps the audit, where the archive can be written now."""
    from archive import verify as checks
    from archive.errors import ArchiveError
    from archive.lock import run_lock
    from archive.store.connect import open_store, telling

    try:
        with run_lock(archive), open_store(archive) as store, telling(archive):
            found.failures += checks.check_search_index(store)
            checks.keep(store, found, started_at=started_at, now=datetime.now(UTC))
    except ArchiveError as problem:
        click.echo(f"The search index was not checked, and this audit is not recorded: {problem}", err=True)
