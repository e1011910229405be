"""Redirects: where they lead, and where they end."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model import Capture
from crawler import redirects
from tests.crawl.parts import capture

HERE = "http://a.example/old/page?x=1"


def hop(location: str, status: int = 302, url: str = HERE) -> Capture:
    return capture(status, f"Location: {location}", url=url)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_five_statuses_lead_on(status: int) -> None:
    assert redirects.leads_on(hop("/new", status))


@pytest.mark.parametrize("status", [200, 201, 300, 304, 305, 306, 404])
def test_other_statuses_do_not_lead_on_even_with_a_location(status: int) -> None:
    assert not redirects.leads_on(hop("/new", status))


def test_a_redirect_without_a_location_or_with_an_error_does_not_lead_on() -> None:
    assert not redirects.leads_on(capture(302))
    assert not redirects.leads_on(capture(302, "Location: /new", error="cut"))
    assert not redirects.leads_on(capture(None))


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/new", "http://a.example/new"),
        ("new", "http://a.example/old/new"),
        ("?x=2", "http://a.example/old/page?x=2"),
        ("//b.example/x", "http://b.example/x"),
        ("https://b.example", "https://b.example/"),
        ("/with space#part", "http://a.example/with%20space"),
        ("HTTP://B.example/", "http://b.example/"),
    ],
)
def test_a_location_is_resolved_against_the_url_that_said_it(location: str, expected: str) -> None:
    found = redirects.target(hop(location), ())
    assert urlsplit(found)._replace(netloc=urlsplit(found).netloc.lower()).geturl() == expected


def test_a_location_in_raw_utf_8_is_percent_encoded() -> None:
    raw = b"HTTP/1.1 302 Found\r\nLocation: /caf\xc3\xa9\r\n\r\n"
    one = Capture(url=HERE, role="page", fetched_at=capture().fetched_at, status=302, response_head=raw)
    assert redirects.target(one, ()) == "http://a.example/caf%C3%A9"


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://a.example/x", "data:text/html,x", "javascript:alert(1)", "mailto:a@b.example"]
)
def test_a_redirect_to_another_scheme_is_refused(location: str) -> None:
    with pytest.raises(ValueError, match="no web address"):
        redirects.target(hop(location), ())


def test_the_sixth_redirect_is_refused_and_the_fifth_is_not() -> None:
    chain = [hop(f"/{n + 1}", url=f"http://a.example/{n}") for n in range(6)]
    assert redirects.target(chain[4], chain[:4]) == "http://a.example/5"
    with pytest.raises(ValueError, match="more than 5 redirects"):
        redirects.target(chain[5], chain[:5])


def test_a_circle_is_refused_whether_to_itself_or_to_an_earlier_hop() -> None:
    first, second = hop("/b", url="http://a.example/a"), hop("/a", url="http://a.example/b")
    for last, before in ((second, [first]), (hop("/a", url="http://a.example/a"), [])):
        with pytest.raises(ValueError, match="circle"):
            redirects.target(last, before)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://a.example/x", "http://a.example:80/y", True),
        ("https://a.example/x", "https://A.example:443/y", True),
        ("http://a.example/", "https://a.example/", False),
        ("http://a.example/", "http://a.example:8080/", False),
        ("http://a.example/", "http://www.a.example/", False),
        ("http://a.example/", "http://a.example.evil.example/", False),
    ],
)
def test_an_origin_is_scheme_host_and_port(one: str, other: str, same: bool) -> None:
    assert redirects.same_origin(one, other) is same


@given(st.text(alphabet=st.characters(exclude_characters="\r\n"), max_size=80))
def test_any_location_is_a_web_address_or_refused(location: str) -> None:
    one = hop(location)
    with suppress(ValueError):
        assert redirects.target(one, ()).startswith(("http://", "https://"))
