"""Rules 1 to 5: conditional requests."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from archive.errors import ArchiveError
from tests.rules.documents import feed, page
from tests.rules.person import Person
from tests.rules.server import Answer, serving
from tests.rules.simulated_days import DAY, HOUR, Days
from tests.rules.three_runs import ODD_DATE, ODD_ETAG, World

Sent = list[tuple[str | None, str | None]]


def sent(world: World, path: str) -> Sent:
    """(If-None-Match, If-Modified-Since) of each request for `path`."""
    return [(one.get("If-None-Match"), one.get("If-Modified-Since")) for one in world.main.requests(path)]


def test_rule_1_validators_are_kept_and_sent_byte_for_byte_both_of_them(world: World) -> None:
    assert sent(world, "/both")[:2] == [(None, None), (ODD_ETAG, ODD_DATE)]


def test_rule_1_a_validator_that_never_came_is_not_invented(world: World) -> None:
    assert sent(world, "/date-only") == [(None, None), (None, ODD_DATE), (None, ODD_DATE)]
    assert sent(world, "/plain") == [(None, None)] * 3


def test_rule_1_validators_belong_to_the_url_that_gave_them(world: World) -> None:
    """What a redirect's target gave is not sent to the URL that redirects."""
    assert sent(world, "/moves") == [(None, None), ('"m1"', ODD_DATE), (None, None)]


def test_rule_1_validators_are_not_sent_on_even_within_an_origin(world: World) -> None:
    assert sent(world, "/shifts")[:2] == [(None, None), ('"s1"', None)]
    assert sent(world, "/shifts-here") == [(None, None)] * 2


def test_rule_1_a_304_that_was_not_asked_for_is_an_error(world: World) -> None:
    assert world.outcomes("unasked 304") == ["new", "http-error", "http-error"]
    assert sent(world, "/unasked") == [(None, None)] * 3


def test_rule_1_validators_that_are_refused_are_not_sent_again(world: World) -> None:
    assert world.outcomes("refused") == ["new", "http-error", "new"]
    assert sent(world, "/refused") == [(None, None), (ODD_ETAG, ODD_DATE), (None, None)]


def test_rule_1_a_page_whose_validators_are_refused_is_looked_at_again_without_them(tmp_path: Path) -> None:
    with serving() as site:
        site.says("/robots.txt", Answer(404))
        person = Person(tmp_path)
        person.takes("refusing", site.says("/feed", feed("/p/1")))
        site.says("/p/1", page("A story", fields=(("ETag", '"one"'),)), Answer(412), page("Another thing entirely happened"))
        for hours in (0, 1, 2):
            person.crawl(ahead=timedelta(hours=hours))
        assert [one.get("If-None-Match") for one in site.requests("/p/1")] == [None, '"one"', None]
        assert person.column("SELECT state FROM pages") == ["stored"]
        assert person.column("SELECT headline FROM articles ORDER BY revision") == ["A story", "Another thing entirely happened"]


def test_rule_2_a_304_refreshes_the_validators_it_carries(world: World) -> None:
    assert sent(world, "/both")[2] == ('"v2"', ODD_DATE)
    assert world.outcomes("both") == ["new", "not-modified", "not-modified"]


def test_rule_2_validators_of_a_200_are_saved_though_its_body_is_unchanged(world: World) -> None:
    assert [etag for etag, _ in sent(world, "/renewed")] == [None, '"one"', '"two"']


def test_rule_3_a_200_without_validators_clears_the_old_ones(world: World) -> None:
    assert sent(world, "/dropped") == [(None, None), (ODD_ETAG, ODD_DATE), (None, None)]
    assert world.outcomes("dropped") == ["new", "new", "nothing-new"]
    kept = world.person.feed(world.feeds["dropped"])
    assert (kept["etag"], kept["last_modified"]) == (None, None)


def test_rule_3_validators_are_stored_together_with_their_entries_or_not_at_all(tmp_path: Path) -> None:
    with serving() as site:
        person = Person(tmp_path)
        person.takes("a", url := site.says("/feed", feed("/1", fields=(("ETag", '"v1"'),))))
        site.says("/1", page("One"))
        person.crawl()
        site.says("/feed", feed("/1", "/2", fields=(("ETag", '"v2"'),)))
        site.says("/2", page("Two"))
        person.execute("CREATE TRIGGER broken BEFORE INSERT ON entries BEGIN SELECT RAISE(ABORT, 'the disk is on fire'); END")
        with pytest.raises((ArchiveError, sqlite3.Error)):
            person.crawl()
        assert person.feed(url)["etag"] == '"v1"'
        assert (person.outcomes(url), site.requests("/2")) == (["new"], [])
        person.execute("DROP TRIGGER broken")
        person.crawl()
        assert [one.get("If-None-Match") for one in site.requests("/feed")] == [None, '"v1"', '"v1"']
        assert (person.outcomes(url), len(site.requests("/2"))) == (["new", "new"], 1)


def test_rule_4_the_same_body_as_last_time_is_not_read_again_and_counts_as_success(world: World) -> None:
    assert world.outcomes("plain") == ["new", "same-body", "same-body"]
    polls = world.person.polls(world.feeds["plain"])
    assert [poll["entries"] for poll in polls] == [1, None, None]
    kept = world.person.feed(world.feeds["plain"])
    assert (kept["failures"], kept["last_success_at"]) == (0, polls[-1]["polled_at"])


def test_rule_5_after_eight_days_of_304_the_document_is_asked_for_once_unconditionally(days: Days) -> None:
    """What had been published meanwhile is found then."""
    asked = list(zip(days.times("stuck"), days.conditional("stuck"), strict=True))
    assert [at // HOUR for at, conditional in asked if not conditional and at < 10 * DAY] == [0, 193]
    assert len([at for at, _ in asked if at < 8 * DAY]) > 20
    assert days.person.outcomes(days.feeds["stuck"]).count("nothing-new") == 2
    assert days.main.url("/p/2") in days.person.column("SELECT url FROM entries")


def test_rule_5_once_also_where_even_that_is_answered_with_304(days: Days) -> None:
    asked = list(zip(days.times("deaf"), days.conditional("deaf"), strict=True))
    assert [at // HOUR for at, conditional in asked if not conditional] == [0, 193, 743, 1500]


def test_rule_5_an_outlet_whose_304_is_trusted_is_never_asked_so(days: Days) -> None:
    assert days.conditional("trusted") == [False] + [True] * (len(days.asked("trusted")) - 1)
    assert days.times("trusted")[-1] > 60 * DAY
