"""Embargo, expiry and withdrawal, as feeds state them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from crawler.discover import discover

MARCH = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
SPACES = (
    'xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/" xmlns:dcterms="http://purl.org/dc/terms/"'
    ' xmlns:media="http://search.yahoo.com/mrss/"'
)
TERMS = [
    ("<prism:embargoDate>2026-03-01T06:00:00Z</prism:embargoDate>", MARCH, None),
    ("<dcterms:available>2026-03-01T06:00:00Z</dcterms:available>", MARCH, None),
    (
        "<dcterms:valid>start=2026-03-01T06:00:00Z; end=2026-04-01T00:00Z; scheme=W3C-DTF</dcterms:valid>",
        MARCH,
        datetime(2026, 4, 1, tzinfo=UTC),
    ),
    ("<prism:expirationDate>2026-03-01T06:00:00Z</prism:expirationDate>", None, MARCH),
    ("<prism:killDate>2026-03-01T06:00:00Z</prism:killDate>", None, MARCH),
    ("<prism:embargoDate>tomorrow at six</prism:embargoDate>", None, None),  # no time at all is never guessed
    ("<prism:embargoDate>2026-02-28T18:00:00</prism:embargoDate>", MARCH, None),  # without a zone: until the last clock on earth shows it
    ("<prism:embargoDate>Sat, 28 Feb 2026 18:00:00 XYZ</prism:embargoDate>", MARCH, None),
    ("<prism:embargoDate>2026-03-01</prism:embargoDate>", datetime(2026, 3, 1, 12, tzinfo=UTC), None),  # until the day begins there
    ("<prism:embargoDate>2026-03-01T11:30:00+05:30</prism:embargoDate>", MARCH, None),
    ("<prism:embargoDate>9999-12-31T23:59:59</prism:embargoDate>", None, None),
    ("<prism:expirationDate>2026-03-01T06:00:00</prism:expirationDate>", None, None),
    ("<dcterms:valid>for ever</dcterms:valid>", None, None),
]


def rss(inside: str) -> bytes:
    return f"<rss version='2.0' {SPACES}><channel><item><title>T</title><link>https://a.example/1</link>{inside}</item></channel></rss>".encode()


def atom(inside: str) -> bytes:
    return (
        f"<feed xmlns='http://www.w3.org/2005/Atom' {SPACES}><entry><id>1</id><title>T</title><link href='https://a.example/1'/>{inside}"
        "</entry></feed>"
    ).encode()


@pytest.mark.parametrize("make", [rss, atom])
@pytest.mark.parametrize(("inside", "embargo", "expires"), TERMS)
def test_embargo_and_expiry_are_read_from_the_modules_that_state_them(
    make: Callable[[str], bytes], inside: str, embargo: datetime | None, expires: datetime | None
) -> None:
    (entry,) = discover(make(inside), url="https://a.example/feed").entries
    assert (entry.embargo_until, entry.expires_at, entry.status) == (embargo, expires, "usable")


@pytest.mark.parametrize("make", [rss, atom])
@pytest.mark.parametrize(("state", "status"), [("active", "usable"), ("deleted", "canceled"), ("blocked", "canceled")])
def test_media_status_withdraws_an_entry(make: Callable[[str], bytes], state: str, status: str) -> None:
    (entry,) = discover(make(f'<media:status state="{state}"/>'), url="https://a.example/feed").entries
    assert entry.status == status


def test_plain_names_of_home_made_rss_are_read_as_well() -> None:
    (entry,) = discover(
        rss("<embargo>Sun, 01 Mar 2026 06:00:00 GMT</embargo><expires>2026-03-01T06:00:00Z</expires>"), url="https://a.example/"
    ).entries
    assert (entry.embargo_until, entry.expires_at) == (MARCH, MARCH)


def test_a_sitemap_s_page_may_expire() -> None:
    text = b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>https://a.example/1</loc><expires>2026-03-01T06:00:00Z</expires></url></urlset>"
    (entry,) = discover(text, url="https://a.example/sitemap.xml").entries
    assert entry.expires_at == MARCH


@pytest.mark.parametrize(("said", "finished"), [("true", True), ("false", False), ('"yes"', False)])
def test_a_json_feed_may_say_that_it_is_finished(said: str, finished: bool) -> None:
    text = f'{{"version": "https://jsonfeed.org/version/1.1", "expired": {said}, "items": []}}'
    assert discover(text.encode(), url="https://a.example/feed.json").finished is finished
