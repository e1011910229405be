"""`wirecopy`: joins the commands of the three packages. Arguments, errors and exit codes only; each command lives with its package.

Commands are imported when they are called: `wirecopy --help` and a timer's run with nothing due must cost next to nothing.
"""

from __future__ import annotations

import sys
from io import StringIO

import click

from archive.errors import WirecopyError
from archive.lazy import LazyGroup
from archive.terminal import plain_block

# command -> (module, attribute, line in `wirecopy --help`)
COMMANDS = {
    "init": ("crawler.cli", "init", "Write a commented sources.toml to begin with."),
    "add": ("crawler.cli", "add", "Find the feeds of a page or take a feed's URL, and add them."),
    "sources": ("crawler.cli", "sources_", "List what is configured."),
    "check": ("crawler.cli", "check", "Poll without storing, and say what it would take."),
    "remove": ("crawler.cli", "remove", "Remove an outlet or a feed from sources.toml."),
    "import-opml": ("crawler.cli", "import_opml", "Add the feeds of an OPML file."),
    "export-opml": ("crawler.cli", "export_opml", "Write the configured feeds as OPML."),
    "crawl": ("scheduler.commands", "crawl", "Poll what is due, fetch what is new, clean it: one run."),
    "backfill": ("scheduler.commands", "backfill", "Fetch an outlet's past through sitemaps and paged feeds."),
    "daemon": ("scheduler.commands", "daemon", "Keep crawling: a run whenever something is due, until told to stop."),
    "schedule": ("scheduler.commands", "schedule", "Print a crontab line or systemd units for this installation."),
    "demo": ("scheduler.commands", "demo", "Crawl a small news world on this machine, and query it."),
    "status": ("scheduler.monitor", "status", "How polling stands, source by source."),
    "health": ("scheduler.monitor", "health", "One line and an exit code for monitoring; metrics for Prometheus."),
    "doctor": ("scheduler.monitor", "doctor", "Look at the installation and its surroundings, and say what to mend."),
    "search": ("archive.search_commands", "search", "Search the articles' text."),
    "timeline": ("archive.search_commands", "timeline", "Plot how many articles there are, day by day and outlet by outlet."),
    "show": ("archive.cli", "show", "Show an article: text, raw page, headers."),
    "stories": ("archive.story_commands", "stories", "List stories by how many outlets ran them, and who was first."),
    "story": ("archive.story_commands", "story", "Show a story's timeline: who ran it, what they kept, what they added."),
    "outlets": ("archive.outlet_commands", "outlets", "Who runs how much of an agency's copy: how fast, how edited, credited or not."),
    "diff": ("archive.diff", "diff", "Show what differs between two articles, word by word."),
    "explain": ("archive.explain", "explain", "Say why a page was read as it was, block by block."),
    "case": ("archive.explain", "case", "Write a stored page as a test case for the cleaner."),
    "browse": ("scheduler.browsing", "browse", "Serve the archive as web pages, on this machine."),
    "export": ("archive.export.commands", "export", "Write articles as data: JSON lines, CSV, Parquet, ninjs, Atom and more."),
    "import": ("archive.import_commands", "import_", "Bring in WARC, WACZ, folders of HTML files, lines of JSON."),
    "report": ("scheduler.browsing", "report", "Write what came in as one page, for mailing or publishing."),
    "clean": ("archive.cli", "clean", "Clean stored pages, or clean them again."),
    "compact": ("archive.cli", "compact", "Pack stored pages better, at leisure."),
    "verify": ("archive.cli", "verify", "Check that all that was stored can be read back."),
    "backup": ("archive.keeping_commands", "backup", "Copy the archive while it is in use, check the copy, let older ones go."),
    "restore": ("archive.keeping_commands", "restore", "Put a backup in the archive's place."),
    "recover": ("archive.recover_commands", "recover", "Save what can be read of a damaged archive into a new one."),
    "merge": ("archive.merge_commands", "merge", "Bring in what other archives have; twice changes nothing."),
    "prune": ("archive.removal_commands", "prune", "Let old raw bytes or texts go, by a policy."),
    "forget": ("archive.removal_commands", "forget", "Take a page or an outlet out of the archive for good."),
}

# The command with which a section of `wirecopy --help` begins -> its heading
SECTIONS = {
    "init": "Sources",
    "crawl": "Crawling",
    "status": "Watching over it",
    "search": "Reading",
    "export": "Taking out and bringing in",
    "clean": "Keeping",
}


def _version(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:  # noqa: ARG001 - click's signature
    if value and not ctx.resilient_parsing:
        from importlib import metadata

        click.echo(f"wirecopy {metadata.version('wirecopy')}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    sections=SECTIONS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Begin with `wirecopy demo`, or with `wirecopy init` and `wirecopy crawl`.",
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Print the version and exit.")
def wirecopy() -> None:
    """Keeps every copy of the wire: polls news feeds, keeps each page's raw bytes, cleans out its text, all in one SQLite file.

    The archive is queried with `sqlite-utils`: try `sqlite-utils tables wirecopy.db --counts`.
    """


def main() -> None:
    """The command's entry point: errors become a message, a hint and an exit code of sysexits.h."""
    try:
        code = wirecopy.main(standalone_mode=False)
    except WirecopyError as problem:
        sys.exit(_say(problem))
    except click.UsageError as problem:
        _show(problem)
        sys.exit(64)
    except click.ClickException as problem:
        _show(problem)
        sys.exit(problem.exit_code)
    except click.Abort:
        click.echo("Aborted.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output (head, less) has enough
        sys.exit(0)
    except Exception as problem:
        sys.exit(_say(_of_sqlite(problem)))
    sys.exit(code if isinstance(code, int) else 0)


def _of_sqlite(problem: Exception) -> WirecopyError:
    """SQLite's complaint in words: a damaged page may be met at any read. Raises what is none: that is a bug of ours."""
    if not type(problem).__module__.startswith("sqlite3"):
        raise problem
    from sqlite3 import Error

    from archive.store.connect import in_words

    assert isinstance(problem, Error)  # noqa: S101 - by its module
    return in_words("the archive", problem)


def _say(problem: WirecopyError) -> int:
    """Messages name files, addresses and arguments: text of strangers may stand in each."""
    click.echo(plain_block(f"Error: {problem}"), err=True)
    if problem.hint:
        click.echo(plain_block(f"Hint: {problem.hint}"), err=True)
    return problem.exit_code


def _show(problem: click.ClickException) -> None:
    """As click shows it, but for control characters in the arguments that it repeats."""
    shown = StringIO()
    problem.show(shown)
    click.echo(plain_block(shown.getvalue()), nl=False, err=True)


if __name__ == "__main__":
    main()
