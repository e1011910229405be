"""Rules 21 to 24 and 26: sizes, times, addresses, certificates, robots.txt, documents that mean harm."""

from __future__ import annotations

from benchmarks.behaviour.asked import Reply
from benchmarks.behaviour.evidence import Feed
from tests.behaviour.case import GOOD, Case, error, etag
from tests.behaviour.registry import breaks, keeps

ENDLESS = Reply(endless=True)


@keeps(21)
def sizes_and_times_are_capped(case: Case) -> None:
    case.ask(case.feed("oversize"), 0, Reply(), error="too large")
    case.request(case.feed("endless", timeout=1).url, 0, ENDLESS, took=1.2)


@breaks(21)
def a_body_over_the_cap_is_taken(case: Case) -> None:
    case.ask(case.feed("bomb"), 0, Reply(), error=None)


@breaks(21)
def a_body_over_the_cap_is_kept(case: Case) -> None:
    case.ask(case.feed("oversize"), 0, Reply(), error="too large")
    case.execute("INSERT INTO bodies (sha256, length, codec, data) VALUES ('x', 1001, 'raw', x'00')")


@breaks(21)
def a_body_without_end_is_listened_to(case: Case) -> None:
    case.request(case.feed("endless", timeout=1).url, 0, ENDLESS, took=9.0)


@keeps(22)
def a_private_address_is_left_alone(case: Case) -> None:
    case.ask(case.feed("private"), 0)


@breaks(22)
def a_private_address_is_dialled(case: Case) -> None:
    case.ask(case.feed("private"), 0)
    case.evidence.connections = {"127.99.0.1": 1}


def _certificates(case: Case) -> tuple[Feed, Feed]:
    bad, exempt = case.feed("tls", scheme="https"), case.feed("tls-exempt", scheme="https", verify_tls=False)
    case.evidence.warnings = ("Outlet 'tls-exempt' has verify_tls = false.",)
    return bad, exempt


@keeps(23)
def a_certificate_is_refused_or_exempt(case: Case) -> None:
    bad, exempt = _certificates(case)
    case.poll(bad, 0, status=None, outcome="refused", error="its TLS certificate is not valid")
    case.ask(exempt, 0)


@breaks(23)
def a_bad_certificate_is_taken(case: Case) -> None:
    bad, exempt = _certificates(case)
    case.ask(bad, 0)
    case.ask(exempt, 0)


@breaks(23)
def a_bad_certificate_is_not_told(case: Case) -> None:
    bad, exempt = _certificates(case)
    case.poll(bad, 0, status=None, outcome="network", error="no connection")
    case.ask(exempt, 0)


@breaks(23)
def nobody_is_warned_of_an_exemption(case: Case) -> None:
    a_certificate_is_refused_or_exempt(case)
    case.evidence.warnings = ()


def _robots(case: Case, feed: Feed, hour: float, body: bytes = b"", status: int = 200) -> None:
    case.request(feed.url.replace("/feed", "/robots.txt"), hour, Reply(status, body=body))


@keeps(24)
def robots_txt_is_obeyed(case: Case) -> None:
    feed, open_, failing = case.feed("a"), case.feed("b"), case.feed("c")
    _robots(case, feed, 0, b"User-agent: *\nDisallow: /private/")
    case.ask(feed, 0)
    case.ask(feed, 23, GOOD, etag('"1"'))
    _robots(case, feed, 25)
    case.ask(feed, 25, GOOD, etag('"1"'))
    _robots(case, open_, 0, b"User-agent: *\nDisallow: /", status=403)
    case.ask(open_, 0)
    _robots(case, failing, 0, status=503)
    _robots(case, failing, 2)
    case.ask(failing, 2)


@breaks(24)
def robots_txt_is_not_asked(case: Case) -> None:
    case.ask(case.feed(), 0)


@breaks(24)
def robots_txt_is_too_old(case: Case) -> None:
    feed = case.feed()
    _robots(case, feed, 0)
    case.ask(feed, 30)


@breaks(24)
def robots_txt_is_asked_with_each_poll(case: Case) -> None:
    feed = case.feed()
    for hour in (0, 2):
        _robots(case, feed, hour)
        case.ask(feed, hour)


@breaks(24)
def robots_txt_disallows_and_is_not_obeyed(case: Case) -> None:
    feed = case.feed()
    _robots(case, feed, 0, b"User-agent: *\nDisallow: /feed")
    case.ask(feed, 0)


@breaks(24)
def robots_txt_is_a_503_that_allows(case: Case) -> None:
    feed = case.feed()
    _robots(case, feed, 0, b"User-agent: *\nAllow: /", status=503)
    case.ask(feed, 0)


@keeps(26)
def harm_is_survived(case: Case) -> None:
    case.ask(case.feed("harmful"), 0, Reply())


@breaks(26)
def harm_leaves_nothing_on_record(case: Case) -> None:
    case.ask(case.feed("harmful"), 0, Reply(), record=False)


@breaks(26)
def harm_stops_a_run_for_minutes(case: Case) -> None:
    case.ask(case.feed("harmful"), 0, error(500))
    case.run(0, seconds=300.0)
