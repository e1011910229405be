"""Rules 11 to 13: Retry-After, second tries, back-off."""

from __future__ import annotations

from benchmarks.behaviour.asked import Reply
from tests.behaviour.case import GOOD, Case, error
from tests.behaviour.registry import breaks, keeps

SIX_HOURS = ("Retry-After", "21600")
UNTIL_SIX = ("Retry-After", "Mon, 23 Nov 2026 06:00:00 GMT")


@keeps(11)
def retry_after_is_kept(case: Case) -> None:
    feed, other, host = case.feed(), case.feed(path="/other"), case.feed("b")
    case.ask(feed, 0, error(503, SIX_HOURS))
    case.ask(other, 2)
    case.ask(feed, 6.1)
    case.ask(host, 0, error(429, UNTIL_SIX))
    case.ask(host, 6.1)


@breaks(11)
def a_503_is_not_waited_for(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0, error(503, SIX_HOURS))
    case.ask(feed, 5)


@breaks(11)
def a_503_with_a_date_is_not_waited_for(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0, error(503, UNTIL_SIX))
    case.ask(feed, 5)


@breaks(11)
def a_429_does_not_hold_the_host(case: Case) -> None:
    case.ask(case.feed(), 0, error(429, SIX_HOURS))
    case.ask(case.feed(path="/other"), 3)


@breaks(11)
def robots_txt_is_asked_of_a_host_that_holds_off(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0, error(429, SIX_HOURS))
    case.request(feed.url.replace("/feed", "/robots.txt"), 3, Reply())


@keeps(12)
def an_error_is_asked_once(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0, error(500))
    page = feed.url.replace("/feed", "/s/1")
    case.request(page, 0, error(502), began=100.0)
    case.request(page, 0, error(502), began=112.0)


@breaks(12)
def a_feeds_error_is_tried_again(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0, error(500))
    case.request(feed.url, 0, GOOD)


@breaks(12)
def a_page_is_tried_again_at_once(case: Case) -> None:
    page = case.feed().url.replace("/feed", "/s/1")
    case.request(page, 0, error(502))
    case.request(page, 0, error(502))


@breaks(12)
def a_page_that_is_not_there_is_tried_again(case: Case) -> None:
    page = case.feed().url.replace("/feed", "/s/1")
    case.request(page, 0, error(404), began=100.0)
    case.request(page, 0, error(404), began=120.0)


def _fails_at(case: Case, status: int, *hours: float, name: str = "a") -> None:
    feed = case.feed(name)
    for hour in hours:
        case.ask(feed, hour, error(status))


DOUBLING = (0, 1, 3, 7, 15, 31, *range(55, 335, 24))


@keeps(13)
def failures_back_off_and_heal(case: Case) -> None:
    _fails_at(case, 404, *DOUBLING)
    _fails_at(case, 500, 0, 1, 2, 3.5, 5.5, 8.4, 12.4, 18.1, 26.1, 37.4, 53.4, 76.1, *range(100, 335, 24), name="b")
    gone = case.feed("c")
    case.ask(gone, 0, error(410))
    case.ask(gone, 31 * 24)


@breaks(13)
def failures_do_not_back_off(case: Case) -> None:
    _fails_at(case, 404, *range(0, 335, 2))


@breaks(13)
def failures_back_off_beyond_a_day(case: Case) -> None:
    _fails_at(case, 404, 0, 1, 3, 7, 15, 31, 63, 127, 255, 330)


@breaks(13)
def a_server_error_weighs_as_much_as_a_404(case: Case) -> None:
    _fails_at(case, 404, *DOUBLING)
    _fails_at(case, 500, *DOUBLING, name="b")


@breaks(13)
def a_410_is_asked_again_soon(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0, error(410))
    case.ask(feed, 48, error(410))


@breaks(13)
def a_feed_is_given_up(case: Case) -> None:
    _fails_at(case, 404, 0, 1, 3, 7, 15, 31, 55)


@breaks(13)
def a_healed_feed_is_not_found_out(case: Case) -> None:
    _fails_at(case, 404, *DOUBLING, name="back")
