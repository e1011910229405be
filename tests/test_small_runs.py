"""A run that brings a few pages, as most do: its crawl reads them itself, and nothing is left that would need workers of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.workers import WorkerPool
from tests.clean.test_recurring import pages
from tests.rules.documents import feed
from tests.rules.person import Person
from tests.rules.server import Answer, Site, serving


def with_stories(site: Site, folder: Path, count: int) -> Person:
    person = Person(folder)
    paths = [f"/p/{number}" for number in range(count)]
    for path, body in zip(paths, pages(count), strict=True):
        site.says(path, Answer(200, (("Content-Type", "text/html; charset=utf-8"),), body))
    person.takes("daily", site.says("/feed", feed(*paths)))
    return person


def test_what_a_small_run_brings_is_read_before_its_crawl_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def started(*_: object, **__: object) -> None:
        raise AssertionError("a worker was asked for after the crawl")

    monkeypatch.setattr(WorkerPool, "call", started)  # here, where the crawl is watched; it has a process of its own
    with serving() as site:
        run = with_stories(site, tmp_path, 8).crawl()
    assert (run.exit_code, run.summary["stored"], run.summary["cleaned"]) == (0, 8, 8)
