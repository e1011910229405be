"""Rules 11, 13 and 32: where another host that a poll needs holds us off, the poll is on record all the same, and the next one waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.rules.documents import feed, moved, page
from tests.rules.person import Person
from tests.rules.server import Answer, Site, serving

HOLDS_OFF = Answer(429, (("Retry-After", "86400"),), b"slow down")
RUNS = 4


@pytest.fixture
def hosts() -> Iterator[tuple[Site, Site]]:
    with serving("127.0.0.1") as site, serving("127.0.0.2") as other:
        yield site, other


def person_with(folder: Path, url: str) -> Person:
    person = Person(folder, ("127.0.0.0/8",))
    person.takes("outlet", url, settings="robots = false")
    return person


def come_due(person: Person) -> None:
    person.execute("UPDATE feeds SET next_poll_at = '2026-01-01T00:00:00Z'")


def test_a_dead_old_address_is_on_record_and_backs_off_while_the_new_one_holds_us_off(hosts: tuple[Site, Site], tmp_path: Path) -> None:
    site, other = hosts
    old = site.says("/feed", moved(other.url("/feed"), 301), Answer(404, body=b"gone"))
    other.says("/feed", feed("/p/1"), HOLDS_OFF, feed("/p/1", "/p/2"))
    for path in ("/p/1", "/p/2"):
        other.says(path, page(path))
    person = person_with(tmp_path, old)
    person.crawl(every=False)
    come_due(person)
    person.crawl(every=False)  # the old one is gone, and the new one asks us to wait
    come_due(person)
    for _ in range(RUNS):
        person.crawl(every=False)
    assert len(site.requests("/feed")) == 3
    assert [(poll["outcome"], poll["status"]) for poll in person.polls(old)] == [("new", 200), ("http-error", 404), ("http-error", 404)]
    person.crawl(every=False, ahead=timedelta(days=2))
    assert person.outcomes(old)[-1] == "new"


def test_a_sitemap_that_cannot_be_asked_now_is_asked_at_the_next_poll_of_its_index(hosts: tuple[Site, Site], tmp_path: Path) -> None:
    site, other = hosts
    listed = "".join(f"<sitemap><loc>{one.url('/news.xml')}</loc></sitemap>" for one in hosts)
    index = f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{listed}</sitemapindex>".encode()
    url = site.says("/index.xml", Answer(200, (("Content-Type", "application/xml"), ("ETag", '"1"')), index))
    for one, paths in ((site, ["/p/1"]), (other, ["/p/2"])):
        urls = "".join(f"<url><loc>{one.url(path)}</loc></url>" for path in paths)
        one.says("/news.xml", Answer(body=f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>".encode()))
        for path in paths:
            one.says(path, page(path))
    person = person_with(tmp_path, url)
    person.takes("held", other.says("/feed", HOLDS_OFF, feed()), settings="robots = false")
    person.crawl(every=False)
    person.execute("UPDATE pages SET recheck_at = NULL; UPDATE feeds SET etag = '1' WHERE url LIKE '%/index.xml'")
    other.asked.clear()
    come_due(person)
    for _ in range(RUNS):
        person.crawl(every=False)
    assert [poll["outcome"] for poll in person.polls(url)[1:]] == ["nothing-new"]
    assert other.asked == []
    assert person.feed(url)["etag"] is None  # its 304 would hide the sitemap that was not asked
    person.crawl(every=False, ahead=timedelta(days=2))
    assert len(other.requests("/news.xml")) == 1
