"""Rules 14 to 18: redirects, what is sent along, who we say we are, spacing."""

from __future__ import annotations

import base64
from importlib import metadata
from itertools import pairwise

import pytest

from tests.rules.server import Asked, Site
from tests.rules.simulated_days import Days
from tests.rules.three_runs import RUNS, World


def everything(world: World) -> list[Asked]:
    return [one for site in world.sites for one in site.asked]


def test_rule_15_validators_are_not_sent_on_to_another_origin(world: World) -> None:
    assert [one.get("If-None-Match") for one in world.main.requests("/moves")] == [None, '"m1"', None]
    there = world.other.requests("/there")
    assert len(there) == 2
    assert not any(one.get("If-None-Match") or one.get("If-Modified-Since") for one in there)


def test_rule_15_credentials_are_sent_to_their_own_origin_alone(world: World) -> None:
    basic = "Basic " + base64.b64encode(b"reader:geheim").decode()
    for path in ("/secret", "/secret-near", "/secret-here"):
        assert [one.get("Authorization") for one in world.main.requests(path)] == [basic] * RUNS
    assert [one.get("Authorization") for one in world.other.requests("/secret-there")] == [None] * RUNS
    asked = [one for one in everything(world) if one.get("Authorization") and not one.path.startswith("/secret")]
    assert asked == []


def test_rule_15_credentials_stand_nowhere_in_the_archive(world: World) -> None:
    secret = base64.b64encode(b"reader:geheim")
    for file in world.person.folder.glob("wirecopy.db*"):
        content = file.read_bytes()
        assert b"geheim" not in content
        assert secret not in content


def test_rule_16_no_cookies_no_referer_no_other_method_and_no_query_of_our_own(world: World) -> None:
    asked = everything(world)
    assert len(asked) > 100
    assert {one.method for one in asked} == {"GET"}
    assert not [one.path for one in asked if one.get("Cookie") or one.get("Referer") or "?" in one.path]


def test_rule_16_cookies_that_came_are_starred_out_in_the_archive(world: World) -> None:
    heads = world.person.column("SELECT response FROM capture_heads WHERE instr(response, 'Set-Cookie') > 0")
    assert heads
    assert not any(b"reader=" in head for head in heads)


def test_rule_17_the_user_agent_names_version_and_contact_in_every_request(world: World) -> None:
    agent = f"wirecopy/{metadata.version('wirecopy')} (+https://crawl.example.org/about)"
    assert {one.get("User-Agent") for one in everything(world)} == {agent}


def test_rule_17_accept_names_feed_types_and_compression_is_on(world: World) -> None:
    for one in world.main.requests("/both"):
        accept = one.get("Accept") or ""
        assert all(name in accept for name in ("application/rss+xml", "application/atom+xml", "application/feed+json"))
    assert all("gzip" in (one.get("Accept-Encoding") or "") for one in everything(world))


NOTED = 0.05  # seconds by which this server may note a request late: the sender's own clock is asked in tests/crawl/test_pace.py


def gaps(site: Site) -> list[float]:
    """Seconds from the start of each request but robots.txt to the start of the next."""
    starts = sorted(one.began for one in site.asked if one.path != "/robots.txt")
    return [later - earlier for earlier, later in pairwise(starts)]


def test_rule_18_one_request_at_a_time_is_under_way_at_a_host(world: World) -> None:
    assert {site.host: site.most_at_once for site in world.sites if site.asked} == {site.host: 1 for site in world.sites if site.asked}


def test_rule_18_requests_to_a_host_are_spaced_by_the_delay_of_its_outlet(world: World) -> None:
    assert len(gaps(world.spaced)) == 4 + RUNS - 1
    assert min(gaps(world.spaced)) >= 0.2 - NOTED


def test_rule_18_a_crawl_delay_is_honoured(world: World) -> None:
    assert len(gaps(world.patient)) == 4 + RUNS - 1
    assert min(gaps(world.patient)) >= 0.3 - NOTED


def test_rule_18_a_crawl_delay_counts_from_robots_txt_on(world: World) -> None:
    first, second = world.patient.asked[:2]
    assert first.path == "/robots.txt"
    assert second.began - first.began >= 0.3 - NOTED


def test_rule_18_a_request_after_robots_txt_is_spaced_as_well(days: Days) -> None:
    first, second = days.spaced.asked[:2]
    assert (first.path, second.path) == ("/robots.txt", "/feed")
    assert second.began - first.began >= 0.3 - NOTED


def chain(world: World, url: str) -> list[tuple[str, int, str]]:
    """(URL, status, verdict) of the hops that ended in the first capture of a poll of `url`."""
    sql = """WITH RECURSIVE hop(id, n) AS (
      SELECT p.capture_id, 0 FROM polls p JOIN feeds f ON f.id = p.feed_id WHERE f.url = ? AND p.run_id = 1
      UNION ALL SELECT c.redirected_from, n + 1 FROM captures c JOIN hop ON c.id = hop.id WHERE c.redirected_from IS NOT NULL)
    SELECT c.url, c.status, c.verdict FROM hop JOIN captures c ON c.id = hop.id ORDER BY n DESC"""
    return [tuple(row.values()) for row in world.person.rows(sql, url)]


def test_each_hop_of_a_redirect_is_a_capture_of_its_own_with_its_exact_head(world: World) -> None:
    here, there = world.main, world.other
    assert chain(world, world.feeds["hops"]) == [
        (here.url("/hops"), 301, "hop"),
        (here.url("/hops-2"), 302, "hop"),
        (there.url("/hops-3"), 307, "hop"),
        (there.url("/hops-4"), 200, "read"),
    ]
    heads = world.person.column(
        "SELECT h.response FROM capture_heads h JOIN captures c ON c.id = h.capture_id WHERE c.url = ?", here.url("/hops-2")
    )
    assert len(heads) == RUNS
    assert all(head.startswith(b"HTTP/1.1 302 ") and f"Location: {there.url('/hops-3')}\r\n".encode() in head for head in heads)


def test_a_page_behind_a_redirect_is_stored_with_its_hop(world: World) -> None:
    rows = world.person.rows(
        "SELECT c.url, c.status, c.verdict FROM captures c JOIN pages p ON p.id = c.page_id WHERE p.url = ? ORDER BY c.id",
        world.main.url("/p/moved"),
    )
    assert [tuple(row.values()) for row in rows] == [
        (world.main.url("/p/moved"), 302, "hop"),
        (world.other.url("/q/moved"), 200, "stored"),
    ]


@pytest.mark.parametrize(("name", "error"), [("long-0", "more than 5 redirects"), ("circle", "it redirects in a circle")])
def test_rule_14_at_most_five_redirects_are_followed(world: World, name: str, error: str) -> None:
    assert [poll["error"] for poll in world.person.polls(world.feeds[name])] == [error] * RUNS
    assert len(world.main.requests("/long-5")) == RUNS
    assert world.main.requests("/long-6") == []
    assert len(world.main.requests("/circle")) == RUNS
