"""One history of one archive, for all tests of this folder: the demo world crawled epoch by epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from archive.keys import url_key
from scheduler.demo import Request, Truth, World
from tests.way.parts import PAST, Desktop, kept


@dataclass(frozen=True, repr=False)
class Step:
    """One run of the history: what it said, and what the world saw of it."""

    epoch: int
    counts: dict[str, Any]  # as `--json` printed them
    lines: list[str]  # as `-v` printed them
    requests: list[Request]


@dataclass(repr=False)
class History:
    """The runs by name, in order, and the archive that they left."""

    world: World
    desktop: Desktop
    steps: dict[str, Step] = field(default_factory=dict)

    def crawl(self, name: str, *arguments: object) -> None:
        before = len(self.world.requests)
        done = self.desktop.run("crawl", "--json", "-v", *arguments)
        assert done.returncode == 0, done.stderr
        counts = self.desktop.json(done)
        self.steps[name] = Step(self.world.epoch, counts, done.stderr.splitlines(), self.world.requests[before:])

    def page_id(self, outlet: str, story: str) -> int:
        """The id of the page of a story at an outlet, under its own URL."""
        found = self.desktop.values("SELECT id FROM pages WHERE key = ?", url_key(self.truth(outlet, story).url))
        assert len(found) == 1
        return int(found[0])

    def truth(self, outlet: str, story: str, epoch: int | None = None) -> Truth:
        """What the page of a story at an outlet holds, now or in an epoch."""
        return next(one for one in self.world.articles(epoch) if (one.outlet, one.story) == (outlet, story))

    def let_come_due(self, *pages: tuple[str, str]) -> None:
        for outlet, story in pages:
            self.desktop.execute("UPDATE pages SET next_try_at = ? WHERE id = ?", PAST, self.page_id(outlet, story))


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    """Runs: `first` (epoch 0), `retry` (later), `again` (--all, nothing has changed), then `one`, `two`, `three` (--all, an epoch each).

    In epoch 1 and 2 pages are visited again that feeds say nothing new of: one vanishes, one has a related list that follows the
    world, one changes its advertisements with each visit.
    """
    with World(slow_seconds=0.2) as world:
        past = History(world, Desktop.of(tmp_path_factory.mktemp("history"), world))
        past.crawl("first")
        past.desktop.execute("UPDATE pages SET next_try_at = ? WHERE status = 503", PAST)
        past.crawl("retry")
        past.crawl("again", "--all")
        for name in ("one", "two", "three"):
            world.advance()
            if name != "three":
                past.let_come_due(("suryagarh-times", "handloom"), ("suryagarh-times", "turtles"), ("meridian-6", "kabaddi"))
            past.crawl(name, "--all")
        yield past


Place = Callable[..., Desktop]
Check = Callable[[Desktop], None]


@pytest.fixture(scope="session")
def still_world() -> Iterator[World]:
    """A world that stays at epoch 0, whose one moody page has had its mood already: every run meets the same pages."""
    with World(slow_seconds=0.2) as world:
        visit_moody_pages(world)
        yield world


def visit_moody_pages(world: World) -> None:
    for one in world.articles():
        if (one.outlet, one.story) == ("ledgerline", "solar-ferry"):
            with pytest.raises(HTTPError):
                urlopen(one.url, timeout=10)  # noqa: S310 - the demo world's


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, still_world: World) -> Desktop:
    """An archive of the still world that one run made in peace."""
    desktop = Desktop.of(tmp_path_factory.mktemp("undisturbed"), still_world)
    desktop.crawl()
    return desktop


@pytest.fixture
def place(tmp_path: Path, still_world: World) -> Place:
    """A new folder with the still world's sources: `place(delay=0.3)`."""

    def make(delay: float = 0.0) -> Desktop:
        return Desktop.of(tmp_path / "desk", still_world, delay=delay)

    return make


@pytest.fixture
def same_as_undisturbed(still_world: World, undisturbed: Desktop) -> Check:
    """Says whether an archive holds what the undisturbed one holds."""
    wanted = kept(undisturbed)
    assert undisturbed.values("SELECT count(*) FROM articles") == [sum(one.robots_allow for one in still_world.articles())]

    def check(desktop: Desktop) -> None:
        assert kept(desktop) == wanted
        articles = "SELECT p.url, a.url, revision, headline, agency, text FROM articles a JOIN pages p ON p.id = a.page_id ORDER BY 1, 2, 3"
        assert desktop.rows(articles) == undisturbed.rows(articles)
        for table in ("pages", "entries", "readings"):
            count = f"SELECT count(*) FROM {table}"  # noqa: S608 - one of these
            assert desktop.values(count) == undisturbed.values(count), table
        # Stories depend on the order in which articles came, which is another one here; the same order gives the same ones.
        told = "SELECT id, story_id FROM articles ORDER BY id"
        before = desktop.rows(told)
        assert desktop.run("stories", "--rebuild").returncode == 0
        desktop.archive.with_name(desktop.archive.name + ".clean.lock").unlink()
        assert desktop.rows(told) == before
        assert desktop.values("SELECT count(*) FROM stories") == desktop.values("SELECT count(DISTINCT story_id) FROM articles")
        assert desktop.values("SELECT count(*) FROM clean_queue") == [0]
        assert desktop.values("PRAGMA integrity_check") == ["ok"]

    return check
