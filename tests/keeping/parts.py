"""What the tests of keeping share: commands run in this process, archives compared, bytes looked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
from click.testing import CliRunner, Result

from archive.model import Article
from archive.store.connect import Store, open_store
from archive.verify import audit, check_search_index
from tests.archive import parts
from tests.archive.parts import Page, page_of


def run(command: click.Command, *arguments: object) -> Result:
    """The command in this process; its errors are the result's exception."""
    return CliRunner().invoke(command, [str(one) for one in arguments], standalone_mode=False)


def ran(command: click.Command, *arguments: object) -> str:
    """The same, where it has to end well: all that it printed."""
    done = run(command, *arguments)
    assert done.exception is None, (done.output, done.exception)
    return done.output


def sound(store: Store) -> None:
    """Nothing is wrong with it."""
    store.bases.clear()
    failures = [*audit(store).failures, *check_search_index(store)]
    assert not failures, failures


def of(path: Path, sql: str, *values: object) -> list[tuple[object, ...]]:
    """What plain SQLite finds in the file."""
    with closing(sqlite3.connect(path)) as conn:
        return conn.execute(sql, values).fetchall()


def text_of(number: int) -> str:
    return (
        f"Story number {number} of the day tells what happened at pier {number}.\n\n"
        f"More of it is known by now, says officer {number * 7} of the harbour."
    )


def some_pages(store: Store, count: int = 6, *, host: str = "harbour.example", at: int = 0) -> list[Page]:
    """Pages that were fetched and read once."""
    run_id = parts.begin(store)
    made = []
    for number in range(at, at + count):
        page = Page(store, f"https://{host}/news/{number}", run_id=run_id)
        parts.read(
            store, page.fetch(page_of(text_of(number), title=f"Page {number}")), Article(headline=f"Page {number}", text=text_of(number))
        )
        made.append(page)
    return made


def an_archive(path: Path, count: int = 6) -> Path:
    with open_store(path, create=True) as store:
        some_pages(store, count)
    return path


def holds(path: Path, word: str) -> bool:
    """Whether the bytes of a word stand anywhere in the archive's files."""
    return any(word.encode() in one.read_bytes() for one in _files(path))


def _files(path: Path) -> Iterator[Path]:
    yield from (one for one in (path, Path(f"{path}-wal")) if one.exists())
