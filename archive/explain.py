"""The commands that look over the cleaner's shoulder: explain, case. Arguments and printing; imports the rest when it is needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from archive.options import archive_option


def _which(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--capture", type=int, metavar="N", help="The page as it was received then, by the capture's id.")(command)


@click.command()
@click.argument("what", metavar="[ID|URL]", required=False)
@archive_option
@_which
@click.option("--all", "everything", is_flag=True, help="Also the dropped blocks that stand far from the story.")
@click.option("--json", "as_json", is_flag=True, help="Everything, as one JSON object.")
def explain(what: str | None, archive: Path, capture: int | None, everything: bool, as_json: bool) -> None:
    """Say why a stored page is read as it is: each field with its evidence, each block with what speaks for and against it.

    Reads the page's bytes again with this version of the cleaner, and stores nothing. + is a block of the story, - one that
    was dropped; the number is its score: above zero it is more likely text than not.

    \b
    Example: wirecopy explain 1234 --all
    """
    import json
    import shutil

    from archive import explain_text, reread
    from archive.clean.explain import explain as explained

    task = reread.task_of(archive, what, capture)
    told = reread.apply(explained, task)
    if as_json:  # in ASCII, also on a terminal: whatever the page holds is escaped
        click.echo(json.dumps(explain_text.as_object(told, task), indent=2, default=lambda moment: moment.isoformat()))
        return
    width = shutil.get_terminal_size((100, 24)).columns
    for line in explain_text.lines(told, task, everything=everything, width=width):
        click.echo(line)


@click.command()
@click.argument("what", metavar="[ID|URL]", required=False)
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@archive_option
@_which
def case(what: str | None, folder: Path | None, archive: Path, capture: int | None) -> None:
    """Write a stored page as a test case of the cleaner: its bytes, what was known of it, and today's reading.

    FOLDER is made, and named after the page's host and capture where none is given. It must not exist yet.
    With --capture the one argument is FOLDER.

    \b
    Example: wirecopy case 1234 tests/clean/pages/harbour-gazette
    """
    from archive import case as cases
    from archive import reread
    from archive.clean import clean

    if capture is not None and folder is None:
        what, folder = None, Path(what) if what else None
    task = reread.task_of(archive, what, capture)
    article = reread.apply(clean, task)
    folder = folder or cases.folder_for(task)
    cases.write(folder, task, article)
    click.echo(f"{folder}: page.html ({len(task.body):,} bytes), headers.json, expected.json")
    click.echo(
        "Next: correct expected.json by hand, as a reader would put each field, and leave out those that do not matter here.\n"
        "In tests/clean/pages of the project, `python3 tasks.py test tests/clean/test_pages.py` then holds the cleaner to it."
    )
