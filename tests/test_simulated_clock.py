"""A run whose clock is ahead of the machine's: everything on record is of its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.rules.documents import feed, page
from tests.rules.person import Person
from tests.rules.server import Answer, serving


def test_what_a_clock_that_ran_years_ahead_has_planned_is_put_right_when_it_is_set_back(tmp_path: Path) -> None:
    with serving() as site:
        person = Person(tmp_path)
        person.takes("daily", site.says("/feed", feed("/p/1", "/p/2", fields=(("ETag", '"1"'),))))
        site.says("/p/1", page("The story"))
        site.says("/p/2", Answer(404))
        person.crawl(every=False, ahead=timedelta(days=3650))
        assert len(site.requests("/feed")) == len(site.requests("/p/2")) == 1
        person.crawl(every=False)
        person.crawl(every=False)
        assert len(site.requests("/feed")) == len(site.requests("/p/2")) == 2
        assert len(site.requests("/robots.txt")) == 2


def test_a_run_ahead_of_the_machines_clock_records_its_own_time_and_finds_due_what_is_due_then(tmp_path: Path) -> None:
    with serving() as site:
        person = Person(tmp_path)
        person.takes("daily", site.says("/feed", feed("/p/1", fields=(("ETag", '"1"'),))))
        site.says("/p/1", page("The story"))
        begun = datetime.now(UTC)
        for ahead in (timedelta(0), timedelta(minutes=30), timedelta(days=400)):
            person.crawl(every=False, ahead=ahead)
        polled = [datetime.fromisoformat(text) for text in person.column("SELECT polled_at FROM polls ORDER BY id")]
        assert [round((at - begun) / timedelta(days=1)) for at in polled] == [0, 400]  # half an hour later it was not due
        told = "SELECT max(at) FROM (SELECT {} AS at FROM {})"
        for column, table in (("fetched_at", "captures"), ("finished_at", "runs"), ("polled_at", "polls")):
            newest = datetime.fromisoformat(person.column(told.format(column, table))[0])
            assert abs(newest - begun - timedelta(days=400)) < timedelta(hours=1), table
