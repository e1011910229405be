"""Hosts that cost a run more than they give: left alone for its rest, asked again by the next one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scheduler.run import Options, run
from tests.rules.documents import feed, page, robots
from tests.rules.person import Person
from tests.rules.server import Answer, serving

MANY = tuple(f"/p/{number}" for number in range(12))


def test_a_host_that_turns_every_page_away_is_asked_for_five_and_for_others_next_time(tmp_path: Path) -> None:
    person, told = Person(tmp_path, ("127.0.0.0/8",)), list[dict[str, Any]]()
    with serving("127.0.0.1") as site, serving("127.0.0.2") as fine:
        person.takes("post", site.says("/feed", feed(*MANY)), fine.says("/feed", feed("/p/1")))
        fine.says("/p/1", page("All is well here"))
        for path in MANY:
            site.says(path, Answer(403, body=b"no"))
        run(Options(person.archive, person.sources, every=True), told.append)
        assert len([path for path in site.paths() if path in MANY]) == 5
        assert person.column("SELECT count(*) FROM pages WHERE state = 'queued' AND attempts = 0 AND error IS NULL") == [7]
        assert person.column("SELECT count(*) FROM articles") == [1]
        (left,) = (event["error"] for event in told if event["event"] == "left")
        assert left.startswith("127.0.0.1 turned one page after the other away (HTTP 403)")
        person.crawl(every=False)  # those that failed wait for their next try; what was left comes first
        assert len({path for path in site.paths() if path in MANY}) == 10


def test_a_crawl_delay_of_a_day_costs_no_run_its_time_and_the_host_one_request_a_run(tmp_path: Path) -> None:
    person = Person(tmp_path)
    with serving() as site:
        site.says("/robots.txt", robots("Crawl-delay: 86400"))
        person.takes("post", site.says("/feed", feed("/p/1", "/p/2")))
        for path in ("/p/1", "/p/2"):
            site.says(path, page(f"A story at {path}"))
        for _ in range(3):
            person.crawl(every=False)
        assert sorted(site.paths()) == ["/feed", "/p/1", "/p/2", "/robots.txt"]
    assert person.column("SELECT count(*) FROM articles") == [2]
