"""What sources.toml means for one outlet or one feed."""

from __future__ import annotations

import base64
from datetime import timedelta
from importlib import metadata

from crawler.manners import user_agent
from crawler.policy import Policy, public_url
from crawler.polling import request_fields
from crawler.sources import FeedSpec, FetchSpec, OutletSpec, Rhythm, Schedule, Sources, Window
from tests.crawl.parts import lease

PRIVATE = "https://rea%40der:pass%3Aword@a.example/rss"
OPEN = "https://a.example/open"
SOURCES = Sources(
    FetchSpec(delay=2.0, timeout=20.0, max_size=1000),
    (
        OutletSpec(
            "a", "A", timezone="Asia/Kolkata", delay=0.5,
            feeds=(
            FeedSpec(PRIVATE, schedule=Schedule("15m", every=timedelta(minutes=15))),
            FeedSpec(OPEN, keep="/news/", skip="/news/video/", quiet=(Window(60, 120),), jitter=timedelta(0))),
        ),
        OutletSpec("b", "B", robots=False),
    ),
)  # fmt: skip
POLICY = Policy(SOURCES)


def test_an_outlets_own_politeness_goes_before_the_general_one() -> None:
    assert (POLICY.politeness("a").delay, POLICY.politeness("a").robots) == (0.5, True)
    assert (POLICY.politeness("b").delay, POLICY.politeness("b").robots) == (2.0, False)


def test_an_outlet_that_is_no_longer_configured_is_treated_by_the_general_rule() -> None:
    assert (POLICY.politeness("was").delay, POLICY.politeness("was").robots) == (2.0, True)


def test_limits_come_from_the_configuration() -> None:
    limits = POLICY.limits("a")
    assert (limits.timeout, limits.max_size) == (20.0, 1000)


def test_links_are_wanted_by_keep_and_skip() -> None:
    wanted = POLICY.wanted(OPEN)
    assert [wanted(f"https://a.example{path}") for path in ("/news/1", "/sport/1", "/news/video/1")] == [True, False, False]
    assert POLICY.wanted("https://a.example/unknown")("https://a.example/x")


def test_credentials_are_kept_out_of_the_public_url_and_sent_as_basic() -> None:
    assert public_url(PRIVATE) == "https://a.example/rss"
    sent = POLICY.credentials("https://a.example/rss")
    assert sent is not None and sent.startswith("Basic ")
    assert base64.b64decode(sent.removeprefix("Basic ")) == b"rea@der:pass:word"
    assert POLICY.credentials(OPEN) is None
    assert POLICY.credentials("https://elsewhere.example/") is None


def test_a_feeds_rhythm_comes_with_its_outlets_time_zone() -> None:
    rhythm = POLICY.rhythm("a", "https://a.example/rss")
    assert (rhythm.schedule.text if rhythm.schedule else None, rhythm.timezone) == ("15m", "Asia/Kolkata")
    assert POLICY.rhythm("a", OPEN) == Rhythm(timezone="Asia/Kolkata", quiet=(Window(60, 120),), jitter=timedelta(0))
    assert POLICY.rhythm("was", "https://gone.example/") == Rhythm()


def test_a_poll_sends_the_validators_that_came_last_and_invents_none() -> None:
    assert request_fields(lease()) == ()
    assert request_fields(lease(etag='W/"1"')) == (("If-None-Match", 'W/"1"'),)
    assert request_fields(lease(last_modified="yesterday"), "Basic x") == (("If-Modified-Since", "yesterday"), ("Authorization", "Basic x"))


def test_the_user_agent_names_product_version_and_contact() -> None:
    assert user_agent("https://me.example/crawl") == f"wirecopy/{metadata.version('wirecopy')} (+https://me.example/crawl)"
