"""Rules 14 to 18: redirects, what a request says, spacing."""

from __future__ import annotations

from benchmarks.behaviour.asked import Reply
from tests.behaviour.case import GOOD, Case, error, etag
from tests.behaviour.registry import breaks, keeps

NEW = "http://127.0.1.1:80/feed"
AWAY = Reply(301, (("Location", NEW),))


def _led(case: Case, *hours: float) -> None:
    """A feed that is led elsewhere for good, poll by poll."""
    feed = case.feed(moves_to=NEW, elsewhere={"/feed": lambda _: GOOD})
    for hour in hours:
        case.ask(feed, hour, AWAY)
        case.request(NEW, hour, GOOD)


def _direct(case: Case, hour: float) -> None:
    feed = case.evidence.feeds[0]
    case.request(NEW, hour, GOOD)
    case.poll(feed, hour)


@keeps(14)
def a_move_is_taken_over_in_time(case: Case) -> None:
    _led(case, 0, 25, 50, 75)
    _direct(case, 100)


@breaks(14)
def a_move_is_taken_over_too_soon(case: Case) -> None:
    _led(case, 0, 2, 4)
    _direct(case, 6)


@breaks(14)
def a_move_is_never_taken_over(case: Case) -> None:
    _led(case, *range(0, 330, 25))


@breaks(14)
def a_dead_address_is_not_left_at_once(case: Case) -> None:
    _led(case, 0, 25)
    case.ask(case.evidence.feeds[0], 50, error(410))


@breaks(14)
def the_old_address_is_asked_after_the_move(case: Case) -> None:
    _led(case, 0, 25, 50, 75)
    _direct(case, 100)
    case.ask(case.evidence.feeds[0], 125, AWAY)


@breaks(14)
def a_redirect_for_a_while_is_taken_as_a_move(case: Case) -> None:
    feed = case.feed(elsewhere={"/feed": lambda _: GOOD})
    case.ask(feed, 0, Reply(302, (("Location", NEW),)))
    case.request(NEW, 0, GOOD)
    case.request(NEW, 25, GOOD)


@breaks(14)
def six_redirects_are_followed(case: Case) -> None:
    origin = case.feed().url.replace("/feed", "")
    case.request(f"{origin}/feed", 0, Reply(302, (("Location", "/1"),)))
    for n in range(1, 7):
        case.request(f"{origin}/{n}", 0, Reply(302, (("Location", f"/{n + 1}"),)))


BASIC = ("Authorization", "Basic cmVhZGVyOmdlaGVpbQ==")


@keeps(15)
def secrets_stay_at_home(case: Case) -> None:
    feed = case.feed(credentials="reader:geheim")
    case.ask(feed, 0, AWAY, BASIC)
    case.request(NEW, 0, GOOD)


@breaks(15)
def validators_travel_on(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0, AWAY, etag('"1"'))
    case.request(NEW, 0, GOOD, etag('"1"'))


@breaks(15)
def credentials_travel_on(case: Case) -> None:
    feed = case.feed(credentials="reader:geheim")
    case.ask(feed, 0, AWAY, BASIC)
    case.request(NEW, 0, GOOD, BASIC)


@breaks(15)
def credentials_are_not_sent(case: Case) -> None:
    case.ask(case.feed(credentials="reader:geheim"), 0)


@keeps(16)
@keeps(17)
def a_plain_get(case: Case) -> None:
    case.ask(case.feed(), 0)


@breaks(16)
def a_cookie_comes_back(case: Case) -> None:
    case.ask(case.feed(), 0, GOOD, ("Cookie", "reader=1"))


@breaks(16)
def a_head_request(case: Case) -> None:
    case.request(case.feed().url, 0, GOOD, method="HEAD")


@breaks(16)
def a_query_that_nobody_named(case: Case) -> None:
    case.request(case.feed().url + "?utm_source=us", 0, GOOD)


@breaks(17)
def a_browser_is_claimed(case: Case) -> None:
    case.request(case.feed().url, 0, GOOD, fields=(("User-Agent", "Mozilla/5.0"), ("Accept-Encoding", "gzip")))


@breaks(17)
def no_feed_types_are_accepted(case: Case) -> None:
    agent = ("User-Agent", "wirecopy/0.1.0 (+https://crawl.example.org/about)")
    case.request(case.feed().url, 0, GOOD, fields=(agent, ("Accept", "*/*"), ("Accept-Encoding", "gzip")))


@keeps(18)
def requests_are_spaced(case: Case) -> None:
    feed = case.feed(delay=0.5)
    for n in range(3):
        case.request(f"{feed.url}{n}", 0, GOOD, began=n * 0.5)


@keeps(18)
def a_request_is_noted_late(case: Case) -> None:
    feed = case.feed(delay=0.5)
    case.request(feed.url, 0, GOOD, began=1.2, late=0.25)
    case.request(feed.url + "2", 0, GOOD, began=1.5)


@breaks(18)
def a_request_is_early_by_more_than_the_one_before_was_late(case: Case) -> None:
    feed = case.feed(delay=0.5)
    case.request(feed.url, 0, GOOD, began=1.2, late=0.1)
    case.request(feed.url + "2", 0, GOOD, began=1.5)


@breaks(18)
def one_request_of_many_is_early(case: Case) -> None:
    feed = case.feed(delay=0.5)
    for began in (0.0, 2.0, 2.4, 5.0):
        case.request(f"{feed.url}{began}", 0, GOOD, began=began)


@breaks(18)
def two_at_once(case: Case) -> None:
    feed = case.feed()
    case.request(feed.url, 0, GOOD, began=1.0, took=2.0)
    case.request(feed.url + "2", 0, GOOD, began=2.0)


@breaks(18)
def a_delay_is_not_kept(case: Case) -> None:
    feed = case.feed(delay=0.5)
    case.request(feed.url, 0, GOOD, began=1.0)
    case.request(feed.url + "2", 0, GOOD, began=1.05)


@breaks(18)
def a_delay_is_cut_short_again_and_again(case: Case) -> None:
    feed = case.feed(delay=0.5)
    for n in range(4):
        case.request(f"{feed.url}{n}", 0, GOOD, began=n * 0.35)


@breaks(18)
def a_crawl_delay_is_not_kept(case: Case) -> None:
    feed = case.feed()
    case.request(feed.url.replace("/feed", "/robots.txt"), 0, Reply(body=b"User-agent: *\nCrawl-delay: 0.5"), began=0.0)
    case.request(feed.url, 0, GOOD, began=1.0)
    case.request(feed.url + "2", 0, GOOD, began=1.05)


@breaks(18)
def a_crawl_delay_is_not_kept_after_robots_txt_itself(case: Case) -> None:
    feed = case.feed()
    case.request(feed.url.replace("/feed", "/robots.txt"), 0, Reply(body=b"User-agent: *\nCrawl-delay: 0.5"), began=0.0)
    case.request(feed.url, 0, GOOD, began=0.1)
