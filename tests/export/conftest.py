"""A small archive with articles of every kind, hostile ones among them, and the command."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.export.commands import export
from archive.model import Article, Image, Outlet
from archive.store.connect import Store, open_store
from tests.archive import parts
from tests.archive.parts import NOW, Page

Export = Callable[..., Result]

HOSTILE = "=cmd|'/C calc'!A0"
CONTROLS = 'A "quoted"\x00 \x1b[2Jname,\x85 \u2028line ]]> <b>&amp; \ud7ff\ufffe end'


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with parts.new_store(tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive that `library` is a copy of; a module that wants another one has a fixture of this name."""
    return made(tmp_path_factory.mktemp("library"), fill)


def made(folder: Path, fill: Callable[[Store], None]) -> Path:
    """An archive that is made once: its commits wait for the disk."""
    with parts.new_store(folder) as store:
        fill(store)
        store.checkpoint()
    return store.path


@pytest.fixture
def library(built: Path, tmp_path: Path) -> Iterator[Store]:
    """A copy for one test."""
    with open_store(shutil.copy(built, tmp_path)) as store:
        yield store


def fill(store: Store) -> None:
    """Four pages of two outlets: one with two revisions, a hostile one, one that says everything, one without a time."""
    run = parts.begin(store)
    first = Page(store, "https://harbour.example/1", run_id=run)
    first.say(Article("Ferry late", text="The ferry is late.\n\nNobody knows why.", agency="pti", published_at=NOW))
    first.say(Article("Ferry here", text="The ferry has come.\n\nIt was fog.", agency="pti", published_at=NOW, is_agency_copy=True))
    valley = Outlet("valley", "Valley\nPost \u202e")
    hostile = Page(store, "https://valley.example/2?q=%22%3E&x=../../etc", run_id=run, outlet=valley)
    hostile.say(
        Article(HOSTILE, text=CONTROLS, authors=("--- | x: y", "@sum"), keywords=("a; b", "#"), published_at=NOW - timedelta(days=3))
    )
    full = Article(
        "Zürich: ein Pakt", subhead="Zwei Länder", text="Zürich, 22. Nov. Zwei Länder.\n\nNeun Firmen.", text_markdown="**Zürich**",
        byline="Von dpa", authors=("Asha Rao", "B. Lind"), agency="dpa", dateline="Zürich, 22. Nov.", dateline_place="Zürich",
        published_at=NOW, modified_at=NOW + timedelta(hours=1), language="de", section="Wirtschaft", keywords=("Pakt", "Zürich"),
        canonical_url="https://valley.example/3", image_url="https://valley.example/3.jpg", is_agency_copy=True, is_partial=True,
        images=(Image("https://valley.example/3.jpg", "Der Saal", "dpa", "Saal"),),
    )  # fmt: skip
    Page(store, "https://valley.example/3", run_id=run, outlet=valley).say(full)
    Page(store, "https://harbour.example/4", run_id=run).say(Article("Fair", text="A fair opened.", published_raw="yesterday"))


@pytest.fixture
def export_(library: Store, tmp_path: Path) -> Export:
    """`export_("jsonl", out, "--agency", "pti")`: the command in this process, errors as they are raised."""

    def run(*arguments: object) -> Result:
        words = [str(one) for one in arguments]
        where = [] if words[0] == "schema" else ["--archive", str(library.path)]
        return CliRunner().invoke(export, [*words, *where], catch_exceptions=False)

    return run
