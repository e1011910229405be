"""Runs over more feeds than one batch takes of a domain: each is polled once, and a run that is stopped lets go of the others."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from archive.store.feeds import PER_DOMAIN
from scheduler.run import Options, run
from tests.rules.documents import feed, page
from tests.rules.person import Person, tell_nobody
from tests.rules.server import Site, serving

MANY = PER_DOMAIN + 5


def person_with(site: Site, folder: Path, *, settings: str = "") -> Person:
    """Many feeds of one host, whose pages two of them share."""
    person = Person(folder)
    person.takes("daily", *(site.says(f"/feed/{n}", feed(f"/p/{n // 2}")) for n in range(MANY)), settings=settings)
    for n in range(MANY):
        site.says(f"/p/{n}", page(f"Story {n}"))
    return person


@pytest.mark.parametrize("every", [True, False])
def test_each_feed_is_polled_once_in_a_run_and_each_page_fetched_once(tmp_path: Path, every: bool) -> None:
    with serving() as site:
        person = person_with(site, tmp_path)
        result = person.crawl(every=every)
        assert (result.status, result.summary["polled"], result.summary["stored"]) == ("ok", MANY, MANY // 2)
        asked = Counter(site.paths())
        assert asked == Counter(["/robots.txt", *(f"/feed/{n}" for n in range(MANY)), *(f"/p/{n}" for n in range(MANY // 2))])
        assert person.crawl(every=False).summary["polled"] == 0
        assert person.crawl(every=True).summary["polled"] == MANY


def test_a_run_that_is_stopped_lets_go_of_what_it_did_not_poll_and_the_next_one_polls_that(tmp_path: Path) -> None:
    with serving() as site:
        person = person_with(site, tmp_path, settings="delay = 0.1")
        stopped = run(Options(person.archive, person.sources, deadline=2.0), tell_nobody)
        assert stopped.status == "stopped"
        assert 0 < stopped.summary["polled"] < MANY
        assert person.column("SELECT count(*) FROM feeds WHERE lease_run_id IS NOT NULL OR lease_until IS NOT NULL") == [0]
        polled = len(set(person.column("SELECT feed_id FROM polls")))
        (person.folder / "sources.toml").write_text((person.folder / "sources.toml").read_text().replace("delay = 0.1", ""))
        assert person.crawl(every=False).summary["polled"] == MANY - polled
        assert Counter(person.column("SELECT feed_id FROM polls")).most_common(1)[0][1] == 1


def test_pages_that_wait_are_fetched_beside_the_feeds(tmp_path: Path) -> None:
    with serving() as site:
        person = person_with(site, tmp_path)
        person.crawl()
        person.execute("UPDATE pages SET next_try_at = '2026-01-01T00:00:00Z'")
        result = person.crawl()
        assert (result.summary["polled"], result.summary["fetched"]) == (MANY, MANY // 2)


def test_a_page_that_is_due_for_a_look_and_said_to_have_changed_is_fetched_once(tmp_path: Path) -> None:
    with serving() as site:
        person = Person(tmp_path)
        before = feed("/p/1", "/p/2")
        person.takes(
            "daily", site.says("/feed", before, replace(before, body=before.body.replace(b"<title>Story", b"<title>Changed story")))
        )
        for path in ("/p/1", "/p/2"):
            site.says(path, page(path))
        person.crawl()
        person.execute("UPDATE pages SET recheck_at = '2026-01-01T00:00:00Z'")
        person.crawl()
        assert Counter(site.paths()) == Counter(["/robots.txt", *["/feed", "/p/1", "/p/2"] * 2])
        assert person.column("SELECT count(*) FROM captures WHERE role = 'page' AND verdict = 'stored' GROUP BY page_id") == [2, 2]
