"""Runs in quiet hours: nothing is polled that is due, but by a person's word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.run import Options, run
from tests.rules.documents import feed, page
from tests.rules.person import Person, tell_nobody
from tests.rules.server import Site, serving

HOUR = timedelta(hours=1)


def around(now: datetime) -> str:
    """A window that began an hour ago and lasts for two more."""
    return f"{now - HOUR:%H:%M}-{now + 2 * HOUR:%H:%M}"


def person_at(site: Site, folder: Path, *, quiet: str) -> tuple[Person, str]:
    person = Person(folder)
    url = site.says("/feed", feed("/p/1", fields=(("ETag", '"1"'),)))
    site.says("/p/1", page("The story"))
    person.takes("daily", url, settings=f'quiet = "{quiet}"\njitter = "10m"')
    return person, url


def test_a_feed_that_is_due_in_its_quiet_hours_is_polled_when_they_are_over(tmp_path: Path) -> None:
    with serving() as site:
        begun = datetime.now(UTC)
        person, url = person_at(site, tmp_path, quiet=around(begun))
        for ahead in (timedelta(0), HOUR):
            assert person.crawl(every=False, ahead=ahead).summary["polled"] == 0
        assert site.paths() == []
        due = datetime.fromisoformat(person.feed(url)["next_poll_at"])
        end = (begun + 2 * HOUR).replace(second=0, microsecond=0)
        assert end <= due <= end + timedelta(minutes=10)
        assert person.feed(url)["next_poll_reason"] == "it came due in its quiet hours, and is polled when they end"
        assert person.feed(url)["lease_run_id"] is None
        result = person.crawl(every=False, ahead=2 * HOUR + timedelta(minutes=11))
        assert (result.summary["polled"], result.summary["stored"]) == (1, 1)


@pytest.mark.parametrize("named", [True, False])
def test_by_a_persons_word_it_is_polled_all_the_same_and_the_next_poll_is_planned_after_them(tmp_path: Path, named: bool) -> None:
    with serving() as site:
        begun = datetime.now(UTC)
        person, url = person_at(site, tmp_path, quiet=around(begun))
        options = Options(person.archive, person.sources, every=True, outlets=frozenset({"daily"}) if named else None)
        assert run(options, tell_nobody).summary["polled"] == 1
        due = datetime.fromisoformat(person.feed(url)["next_poll_at"])
        assert due >= (begun + 2 * HOUR).replace(second=0, microsecond=0)
        assert "quiet hours" in person.feed(url)["next_poll_reason"]
