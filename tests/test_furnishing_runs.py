"""Furniture of hosts, from run to run: learned in a run that has little to read, left out in the next, and no revision comes of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from scheduler import crawl
from tests.clean.test_recurring import pages
from tests.rules.documents import feed
from tests.rules.person import Person
from tests.rules.server import Answer, Site, serving

COUNT, NOTE = 24, "ask at the counter"


def person_at(site: Site, folder: Path) -> Person:
    """An outlet whose feed names as many stories as are needed, each with the same note below it."""
    person = Person(folder)
    person.takes("daily", publish(site, COUNT))
    return person


def publish(site: Site, count: int) -> str:
    """The feed, with that many stories."""
    paths = [f"/p/{number}" for number in range(count)]
    for path, body in zip(paths, pages(count), strict=True):
        site.says(path, Answer(200, (("Content-Type", "text/html; charset=utf-8"),), body))
    return site.says("/feed", feed(*paths))


def with_note(person: Person) -> int:
    return int(person.rows("SELECT count(*) AS n FROM articles WHERE text LIKE ?", f"%{NOTE}%")[0]["n"])


def test_what_recurs_is_gone_after_the_run_that_brought_it_and_makes_no_revision_when_it_is_looked_at_again(tmp_path: Path) -> None:
    with serving() as site:
        person = person_at(site, tmp_path)
        assert person.crawl().summary["stored"] == COUNT
        assert [row["pages"] for row in person.rows("SELECT pages FROM furniture")] == [COUNT]
        assert with_note(person) == 0
        looked = person.crawl(every=False, ahead=timedelta(hours=3))
        assert looked.exit_code == 0 and len(site.requests("/p/0")) > 1
        assert person.rows("SELECT count(*) AS n FROM articles")[0]["n"] == COUNT


def test_a_run_with_much_to_read_leaves_the_learning_to_a_later_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawl, "BUSY", COUNT)
    with serving() as site:
        person = person_at(site, tmp_path)
        person.crawl()
        assert with_note(person) == COUNT and person.rows("SELECT * FROM furniture") == []
        monkeypatch.setattr(crawl, "BUSY", COUNT + 1)
        person.crawl(every=False, ahead=timedelta(hours=3))
        assert with_note(person) == COUNT  # nothing came in: nothing is learned, and no worker is started
        publish(site, COUNT + 1)
        person.crawl(every=False, ahead=timedelta(hours=30))
        assert with_note(person) == 0
