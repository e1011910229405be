"""`wirecopy recover`. Arguments, printing and exit codes; imports the rest when it is needed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from archive.recover import Tell

_PATH = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("damaged", type=_PATH)
@click.argument("new", type=_PATH)
@click.option("--json", "as_json", is_flag=True, help="Print what was saved and lost as one JSON object.")
def recover(damaged: Path, new: Path, as_json: bool) -> None:
    """Save all that can be read of the archive DAMAGED into a NEW one.

    Works where SQLite gives up: a cut or partly zeroed file, a damaged first page or schema, a write-ahead log that is gone or alone is
    left. DAMAGED is only read and stays as it is; NEW must not exist, and appears when it is complete. Each stored page is checked
    against its digest. What others point at and is lost gets a row that stands in for it; pages that lost their bytes are fetched again by
    the next run. The search index is made anew, stories are told anew where something of them is lost.

    Ends with 0 when nothing was lost, with 65 and a list when something was. Stopped midway, it begins anew the next time.

    \b
    Example: wirecopy recover wirecopy.db rescued.db && wirecopy verify -a rescued.db
    """
    from archive.errors import RecoveredInPart
    from archive.recover import recover as save
    from archive.recover_text import lines
    from archive.terminal import plain, plain_json

    with click.progressbar(length=1, label="Reading pages", file=sys.stderr) as bar:
        report = save(damaged, new, tell=_progress(bar))
    if as_json:
        click.echo(plain_json(json.dumps(report.as_json(), ensure_ascii=not sys.stdout.isatty(), indent=2)))
    else:
        for line in lines(report):
            click.echo(plain(line))
    if not report.whole:
        raise RecoveredInPart(
            f"{new} has what could be read of {damaged}; not all of it could",
            hint=f"keep {damaged}; run `wirecopy crawl -a {new}` to fetch what is still there",
        )
    click.echo(f"Nothing was lost: {new} has all of it.", err=True)


def _progress(bar: click._termui_impl.ProgressBar[int]) -> Tell:
    """Moves the bar, some two hundred times a step."""

    def tell(what: str, done: int, total: int) -> None:
        if bar.label != what:
            bar.label, bar.pos = what, 0
        bar.length = max(1, total)
        if done - bar.pos >= bar.length // 200 or done == total:
            bar.update(done - bar.pos)

    return tell
