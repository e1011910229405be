"""Pages whose server failed for a moment are asked once more at the end of the run, after a pause; nothing else is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from archive.model import Capture, PageTask, Visit
from crawler.second import MOST_A_HOST, SecondTries
from tests.rules.documents import feed, page
from tests.rules.person import Person
from tests.rules.server import Answer, Site, serving

PAUSE = 1.0
NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Person]]:
    """One run over a site whose first failures pass."""
    broken = Answer(500, body=b"no")
    with serving("127.0.0.1") as site, serving("127.0.0.2") as down:
        person = Person(tmp_path_factory.mktemp("second"), ("127.0.0.0/8",), second_try=PAUSE)
        paths = ("/once", "/always", "/busy", "/missing", "/fine")
        person.takes("post", site.says("/feed", feed(*(f"/p{path}" for path in paths))), site.says("/feed-500", broken, feed()))
        site.says("/p/once", broken, page("It came in the end"))
        site.says("/p/always", broken)
        site.says("/p/busy", Answer(503, body=b"busy"))
        site.says("/p/fine", page("All is well"))
        person.takes("down", down.says("/feed", feed(*(f"/p/{n}" for n in range(6)))))
        for n in range(6):
            down.says(f"/p/{n}", broken)
        person.crawl()
        site.answers["/down"] = [Answer(body=str([len(down.requests(f"/p/{n}")) for n in range(6)]).encode())]
        yield site, person


def test_a_page_that_failed_for_a_moment_is_stored_in_the_same_run(crawled: tuple[Site, Person]) -> None:
    site, person = crawled
    first, second = site.requests("/p/once")
    assert second.began - first.ended >= PAUSE
    assert person.column("SELECT state FROM pages WHERE url LIKE '%/p/once'") == ["stored"]
    assert person.column("SELECT count(*) FROM captures WHERE url LIKE '%/p/once'") == [2]


def test_one_that_goes_on_failing_is_asked_twice_and_waits_for_a_later_run(crawled: tuple[Site, Person]) -> None:
    site, person = crawled
    assert len(site.requests("/p/always")) == 2
    row = person.rows("SELECT state, attempts, next_try_at FROM pages WHERE url LIKE '%/p/always'")[0]
    assert (row["state"], row["attempts"]) == ("failed", 2)
    assert row["next_try_at"]


@pytest.mark.parametrize("path", ["/p/busy", "/p/missing", "/p/fine", "/feed", "/feed-500"])
def test_what_is_told_to_wait_is_not_there_or_is_a_feed_is_asked_once(crawled: tuple[Site, Person], path: str) -> None:
    assert len(crawled[0].requests(path)) == 1


def test_a_host_that_fails_throughout_is_left_alone(crawled: tuple[Site, Person]) -> None:
    counts = json.loads(crawled[0].answers["/down"][0].body)
    assert sorted(counts) == [0, 1, 1, 1, 1, 1]  # five failures in a row, and the sixth page waits for the next run
    left = crawled[1].rows("SELECT state, attempts FROM pages WHERE url LIKE '%127.0.0.2%' AND state = 'queued'")
    assert left == [{"state": "queued", "attempts": 0}]


def visit(page_id: int, *, status: int | None = 500, error: str | None = None, host: str = "a.example") -> Visit:
    task = PageTask(page_id, f"https://{host}/{page_id}", "a", 1, 1)
    return Visit(task, (Capture(task.url, "page", NOW, status=status, error=error),), NOW, "failed")


def test_a_second_failure_brings_no_third_try() -> None:
    second = SecondTries(10.0)
    second.note(visit(1), at=100.0)
    assert second.wait(104.0) == 6.0
    (task,) = second.take()
    assert task.attempts == 1
    second.note(visit(1), at=120.0)
    assert second.wait(200.0) is None


def test_up_to_three_pages_of_a_host_and_none_of_one_with_more() -> None:
    second = SecondTries(10.0)
    for number in range(MOST_A_HOST):
        second.note(visit(number), at=0.0)
    second.note(visit(9, host="b.example"), at=0.0)
    second.note(visit(10), at=0.0)
    assert second.wait(0.0) == 10.0
    assert [task.url for task in second.take()] == ["https://b.example/9"]


def test_a_timeout_and_a_pause_of_nought_bring_none() -> None:
    second = SecondTries(10.0)
    second.note(visit(1, status=None, error="no answer within 30 s"), at=0.0)
    assert second.wait(0.0) is None
    never = SecondTries(0.0)
    never.note(visit(1), at=0.0)
    assert never.wait(0.0) is None
