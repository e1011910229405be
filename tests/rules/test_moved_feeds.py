"""Rule 14: a feed's new address is taken after permanent redirects over days, or when the old one dies; nothing short of that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.store.connect import open_reader
from scheduler.status import feeds_status
from scheduler.status_table import as_table
from tests.rules.documents import feed, moved, not_modified, page
from tests.rules.person import Person
from tests.rules.server import Answer, Site, serving

RUNS = 8
EVERY = timedelta(days=1.1)  # behind a redirect no validators are kept, and such a feed is polled daily


@dataclass
class Moved:
    site: Site
    person: Person

    def asked(self, path: str) -> int:
        return len(self.site.requests(path))

    def state(self, path: str) -> list[tuple[str, int]]:
        sql = "SELECT m.url, m.taken FROM moves m JOIN feeds f ON f.id = m.feed_id WHERE f.url = ?"
        return [tuple(row.values()) for row in self.person.rows(sql, self.site.url(path))]


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moved]:
    """Eight polls over eight days: the first finds each feed at home, then they begin to move."""
    with serving() as site:
        person, says = Person(tmp_path_factory.mktemp("moved")), site.says
        home, gone, html = feed("/p/1"), Answer(410, body=b"gone"), Answer(200, (("Content-Type", "text/html"),), b"<html><p>Hello</p>")
        says("/robots.txt", Answer(404))
        feeds = [
            says("/moves", home, moved("/new", 301)),
            says("/by-308", home, moved("/new", 308)),
            says("/for-now", home, moved("/new", 302)),
            says("/half", home, moved("/half-2", 301)),
            says("/dies", home, moved("/fresh", 301), gone),
            says("/comes-back", home, moved("/new", 301), moved("/new", 301), home),
            says("/to-html", home, moved("/page", 301)),
            says("/in-vain", home, moved("/short-lived", 301)),
            says("/doubtful", home, moved("/shaky", 301), moved("/shaky", 301), moved("/shaky", 301), moved("/shaky", 301), gone),
            says("/elsewhere", home, moved("/new", 301), moved("/new", 301), moved("/newer", 301)),
        ]
        person.takes("outlet", *feeds)
        says("/new", feed("/p/1", "/p/2"))
        says("/newer", feed("/p/1", "/p/2"))
        says(
            "/fresh",
            feed("/p/1", "/p/2", fields=(("ETag", '"fresh"'),)),
            feed("/p/1", "/p/2", fields=(("ETag", '"fresh"'),)),
            not_modified(),
        )
        says("/half-2", moved("/new", 302))
        says("/page", html)
        for path in ("/p/1", "/p/2"):
            says(path, page(f"Story {path}"))
        says("/short-lived", *[home] * 5, Answer(404))
        tagged = feed("/p/1", "/p/2", fields=(("ETag", '"shaky"'),))
        says("/shaky", *[tagged] * 5, Answer(403), tagged, not_modified())
        for run in range(RUNS):
            person.crawl(every=False, ahead=run * EVERY)
        yield Moved(site, person)


@pytest.mark.parametrize("path", ["/moves", "/by-308"])
def test_rule_14_after_permanent_redirects_over_three_days_the_new_address_is_polled(days: Moved, path: str) -> None:
    assert days.asked(path) == 5  # at home, then four times within 3.3 days; from then on not once
    assert days.state(path) == [(days.site.url("/new"), 1)]
    assert len(days.person.polls(days.site.url(path))) == RUNS
    assert days.person.outcomes(days.site.url(path))[-1] in ("same-body", "nothing-new")


@pytest.mark.parametrize("path", ["/for-now", "/half"])
def test_rule_14_a_chain_with_one_temporary_redirect_moves_nothing(days: Moved, path: str) -> None:
    assert days.asked(path) == RUNS
    assert days.state(path) == []


def test_rule_14_an_old_address_that_dies_after_a_permanent_redirect_hands_over_at_once(days: Moved) -> None:
    outcomes = days.person.outcomes(days.site.url("/dies"))
    assert days.asked("/dies") == 3
    assert not {"gone", "http-error"} & set(outcomes)
    assert days.state("/dies") == [(days.site.url("/fresh"), 1)]
    asked = [one.get("If-None-Match") for one in days.site.requests("/fresh")]
    assert asked == [None, None, *['"fresh"'] * 5]  # behind a redirect none are kept; from its first own answer on they are
    dead = days.person.rows("SELECT status, verdict FROM captures WHERE url = ? ORDER BY id", days.site.url("/dies"))[-1]
    assert dead == {"status": 410, "verdict": "part"}  # on record all the same


def test_rule_14_a_feed_that_comes_back_home_is_forgotten_to_have_moved(days: Moved) -> None:
    assert days.asked("/comes-back") == RUNS
    assert days.state("/comes-back") == []


def test_rule_14_what_cannot_be_read_there_is_no_new_address(days: Moved) -> None:
    assert days.state("/to-html") == []
    assert set(days.person.outcomes(days.site.url("/to-html"))[1:]) == {"not-a-feed"}


def test_rule_14_a_new_address_that_dies_gives_back_to_the_configured_one(days: Moved) -> None:
    assert days.person.outcomes(days.site.url("/in-vain"))[-2:] == ["http-error", "http-error"]
    assert days.asked("/in-vain") == 6  # five before it was taken, one after it was lost
    assert days.asked("/short-lived") == 7  # the redirect led there in the last run: it is not asked a second time
    assert days.state("/in-vain") == [(days.site.url("/short-lived"), 0)]


def test_rule_14_one_failure_at_the_new_address_does_not_forget_it(days: Moved) -> None:
    """It is refused there once; the old address is asked next, is gone by then, and the new one is found at once."""
    assert days.person.outcomes(days.site.url("/doubtful"))[-3:] == ["nothing-new", "blocked", "nothing-new"]
    assert (days.asked("/doubtful"), days.asked("/shaky")) == (6, 7)
    assert days.state("/doubtful") == [(days.site.url("/shaky"), 1)]


def test_rule_15_validators_of_the_new_address_are_not_sent_to_the_old_one(days: Moved) -> None:
    assert [one.get("If-None-Match") for one in days.site.requests("/doubtful")] == [None] * 6
    assert [one.get("If-None-Match") for one in days.site.requests("/shaky")][-2:] == ['"shaky"', None]
    assert days.person.feed(days.site.url("/doubtful"))["etag"] == '"shaky"'


def test_rule_14_the_days_are_counted_anew_when_the_redirects_lead_elsewhere(days: Moved) -> None:
    assert days.asked("/elsewhere") == 7  # home, two to /new, four to /newer
    assert days.state("/elsewhere") == [(days.site.url("/newer"), 1)]


def test_rule_14_no_page_is_stored_twice_for_it(days: Moved) -> None:
    assert days.person.column("SELECT count(*) FROM captures WHERE role = 'page' AND revisit_of IS NULL GROUP BY page_id") == [1, 1]


def test_rule_14_status_tells_of_the_move(days: Moved) -> None:
    with open_reader(days.person.archive) as store:
        rows = feeds_status(store, days.site.url("/moves"), now=datetime.now(UTC))
        lines = " ".join(" ".join(as_table(rows, detailed=True, now=datetime.now(UTC))).split())
    assert f"polled at {days.site.url('/new')} since it moved there for good: change its url in sources.toml" in lines


@pytest.mark.parametrize("robots", ["true", "false"])
def test_rule_14_an_old_address_that_cannot_be_reached_any_more_hands_over_at_the_second_poll(tmp_path: Path, robots: str) -> None:
    person = Person(tmp_path, ("127.0.0.0/8",))
    with serving("127.0.0.2") as new:
        with serving("127.0.0.1") as old:
            old.says("/robots.txt", Answer(404))
            url = old.says("/feed", moved(new.url("/feed"), 301))
            new.says("/feed", feed("/p/1"))
            person.takes("outlet", url, settings=f"robots = {robots}", feed='keep = "/none/"')
            person.crawl(every=False)
        for run in (1, 2, 3):
            person.crawl(every=False, ahead=run * EVERY)
        assert len(new.requests("/feed")) == 3
    assert person.outcomes(url)[1:] == ["network", "nothing-new", "same-body"]
    assert person.column("SELECT url FROM moves WHERE taken") == [new.url("/feed")]
