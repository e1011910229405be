"""Rules 21 to 24: caps, addresses, certificates, robots.txt."""

from __future__ import annotations

import pytest

from tests.rules.three_runs import RUNS, World


@pytest.mark.parametrize(
    ("name", "error"),
    [("large", "the body is larger than 0.2 MB"), ("bomb", "the body is larger than 0.2 MB when decoded")],
)
def test_rule_21_size_is_capped_on_the_wire_and_decoded(world: World, name: str, error: str) -> None:
    polls = world.person.polls(world.feeds[name])
    assert {(poll["outcome"], poll["error"]) for poll in polls} == {("too-large", error)}
    kept = world.person.rows("SELECT body_id, truncated FROM captures WHERE url = ?", world.feeds[name])
    assert [tuple(row.values()) for row in kept] == [(None, "length")] * RUNS


def test_rule_21_time_is_capped_and_what_came_is_kept_as_cut(world: World) -> None:
    polls = world.person.polls(world.feeds["slow"])
    assert [(poll["outcome"], poll["error"]) for poll in polls] == [("truncated", "not complete within 1 s")] * RUNS
    assert world.person.column("SELECT truncated FROM captures WHERE url = ?", world.feeds["slow"]) == ["time"] * RUNS


def test_rule_22_an_address_that_is_not_allowed_is_never_dialled_on_any_hop_in_any_notation(world: World) -> None:
    assert world.private.connections == 0
    for name in ("private", "to private", "to a number"):
        polls = world.person.polls(world.feeds[name])
        assert [poll["outcome"] for poll in polls] == ["refused"] * RUNS
        assert all("127.0.0.3: not public" in poll["error"] for poll in polls)


def test_rule_22_a_page_at_such_an_address_is_refused_for_good(world: World) -> None:
    rows = world.person.rows("SELECT state, attempts, next_try_at, error FROM pages WHERE url = ?", world.private.url("/page"))
    assert [(row["state"], row["attempts"], row["next_try_at"]) for row in rows] == [("refused", 1, None)]
    assert rows[0]["error"].startswith("not dialled: ")


def test_rule_22_nothing_but_http_is_followed_and_no_port_of_another_service(world: World) -> None:
    assert {poll["error"] for poll in world.person.polls(world.feeds["to a file"])} == {
        "it redirects to 'file:///etc/passwd', which is no web address"
    }
    assert {poll["error"] for poll in world.person.polls(world.feeds["to a port"])} == {"not dialled: port 25 is not for web pages"}


def test_rule_23_a_certificate_that_nobody_vouches_for_is_refused_and_said_so(world: World) -> None:
    polls = world.person.polls(world.feeds["secure"])
    assert [poll["outcome"] for poll in polls] == ["refused"] * RUNS
    assert all("its TLS certificate is not valid" in poll["error"] for poll in polls)
    assert world.secure.asked == []


def test_rule_23_an_exemption_holds_for_its_outlet_alone(world: World) -> None:
    assert world.outcomes("exempt") == ["new", "same-body", "same-body"]
    assert sorted(set(world.exempt.paths())) == ["/robots.txt", "/s/1", "/secure"]


def test_rule_24_robots_txt_is_asked_for_once_and_remembered_across_runs(world: World) -> None:
    asked = {site.host: len(site.requests("/robots.txt")) for site in world.sites if site.connections and site is not world.secure}
    assert asked == dict.fromkeys(asked, 1)
    lifetimes = world.person.rows(
        "SELECT (julianday(robots_expires_at) - julianday(robots_fetched_at)) * 24 AS hours FROM hosts WHERE robots_fetched_at IS NOT NULL"
    )
    assert lifetimes
    assert all(row["hours"] <= 24.01 for row in lifetimes)


def test_rule_24_a_5xx_of_robots_txt_disallows_everything_even_where_its_body_allows(world: World) -> None:
    assert world.closed.paths() == ["/robots.txt"]
    assert world.outcomes("closed") == ["refused"] * RUNS


def test_rule_24_a_4xx_of_robots_txt_allows_everything_even_where_its_body_disallows(world: World) -> None:
    assert world.outcomes("open") == ["new", "same-body", "same-body"]
    assert len(world.open.requests("/s/1")) == 1


def test_rule_24_a_page_that_robots_txt_disallows_is_not_fetched_and_the_reason_recorded(world: World) -> None:
    assert world.main.requests("/forbidden/1") == []
    rows = world.person.rows("SELECT state, error, next_try_at FROM pages WHERE url = ?", world.main.url("/forbidden/1"))
    assert [tuple(row.values()) for row in rows] == [("refused", "robots.txt disallows it", None)]
