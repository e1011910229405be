"""Rule 30, its bounds: what looking for missed entries may cost, and what it must not break."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.model import Capture, Entry, FeedDocument
from archive.workers import WorkerPool
from crawler.gaps import MAX_DOCUMENTS, Around, close, worth_a_look
from crawler.polling import Reader
from tests.rules.documents import atom, feed, page, robots
from tests.rules.person import Person
from tests.rules.server import Answer, serving

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def test_rule_30_where_the_stories_host_holds_us_off_the_poll_is_stored_and_its_gap_stays_open(tmp_path: Path) -> None:
    with serving("127.0.0.1") as site, serving("127.0.0.2") as other:
        person = Person(tmp_path, ("127.0.0.0/8",))
        url = site.says("/feed", feed(other.url("/news/1")), feed(other.url("/news/2")))
        other.says("/robots.txt", robots(f"Sitemap: {other.url('/news-sitemap.xml')}"))
        other.says("/news/1", page("One"))
        person.takes("post", url)
        person.crawl()
        asked = len(other.asked)
        person.held(other.host, 3 * DAY)
        assert person.crawl(every=False, ahead=2 * DAY).exit_code == 0
        assert person.outcomes(url) == ["new", "new"]
        assert person.rows("SELECT documents, entries, closed_by FROM gaps") == [{"documents": 0, "entries": 0, "closed_by": None}]
        assert len(other.asked) == asked


def test_rule_30_older_pages_and_sitemaps_together_are_bounded(tmp_path: Path) -> None:
    with serving() as site:
        person, says = Person(tmp_path), site.says
        says("/robots.txt", robots(*(f"Sitemap: {site.url(f'/news-index-{n}.xml')}" for n in range(2))))
        for n in range(2):
            says(f"/news-index-{n}.xml", listing("sitemapindex", "sitemap", *(site.url(f"/news-{n}-{child}.xml") for child in range(9))))
        for n in range(7):
            says(f"/page-{n}", atom("paged", 100 + n, onward=f"page-{n + 1}" if n < 6 else None))
        url = says("/feed", atom("paged", 1), atom("paged", 2, onward="page-0"))
        person.takes("post", url)
        person.crawl()
        before = len(site.asked)
        person.crawl(every=False, ahead=2 * DAY)
        asked = [path for path in site.paths()[before:] if path.startswith(("/page-", "/news"))]
        assert asked == [f"/page-{n}" for n in range(7)] + ["/news-index-0.xml", "/news-0-0.xml", "/news-0-1.xml"]
        assert person.column("SELECT documents FROM gaps") == [MAX_DOCUMENTS]


def listing(root: str, child: str, *urls: str) -> Answer:
    inner = "".join(f"<{child}><loc>{url}</loc></{child}>" for url in urls)
    text = f"<{root} xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{inner}</{root}>"
    return Answer(200, (("Content-Type", "application/xml"),), text.encode())


def test_rule_30_a_news_sitemap_sends_us_to_no_other_site(tmp_path: Path) -> None:
    with serving("127.0.0.1") as site, serving("127.0.0.2") as victim:
        person, says = Person(tmp_path, ("127.0.0.0/8",)), site.says
        says("/robots.txt", robots(f"Sitemap: {site.url('/news-index.xml')}"))
        says("/news-index.xml", listing("sitemapindex", "sitemap", victim.url("/news.xml"), site.url("/news-1.xml")))
        person.takes("post", says("/feed", atom("one", 1), atom("one", 2)))
        for ahead in (0 * DAY, 2 * DAY):
            person.crawl(every=False, ahead=ahead)
        assert len(site.requests("/news-1.xml")) == 1
        assert victim.paths() == []


def test_rule_30_a_feed_that_turns_over_for_ever_is_looked_into_once_a_day(tmp_path: Path) -> None:
    with serving() as site:
        person = Person(tmp_path)
        url = site.says("/feed", *(atom("busy", n, onward="older") for n in range(9)))
        site.says("/older", *(atom("busy", 100 + n) for n in range(9)))
        person.takes("post", url, feed='schedule = "1h"')
        for hours in (0, 2, 4, 6, 8, 10, 31, 33):  # the first poll of all is no gap
            person.crawl(every=False, ahead=hours * HOUR)
        looked = "SELECT p.gap, g.poll_id IS NOT NULL AS looked FROM polls p LEFT JOIN gaps g ON g.poll_id = p.id ORDER BY p.id"
        assert [tuple(row.values()) for row in person.rows(looked)] == [(0, 0), *[(1, 1)] * 3, (1, 0), (1, 0), (1, 1), (1, 0)]
        assert len(site.requests("/older")) == 4


@pytest.mark.parametrize(
    ("hours", "closed", "worth"),
    [
        ((), (), True),
        ((1, 2), (False, False), True),
        ((1, 2, 3), (False, False, False), False),
        ((1, 2, 3), (False, True, False), True),
        ((24, 25, 26), (False, False, False), True),
        ((-5, 2, 3), (False, False, False), True),  # a clock that ran ahead
    ],
)
def test_rule_30_looks_in_vain_become_rare(hours: tuple[int, ...], closed: tuple[bool, ...], worth: bool) -> None:
    now = datetime(2026, 11, 25, tzinfo=UTC)
    assert worth_a_look([(now - hour * HOUR, one) for hour, one in zip(hours, closed, strict=True)], now) is worth


def test_rule_30_the_site_is_that_of_a_story_and_what_is_withdrawn_has_none() -> None:
    asked: list[str] = []

    async def sitemaps(url: str) -> Sequence[str]:
        asked.append(url)
        return ()

    async def fetch(url: str) -> tuple[Capture, ...]:
        raise AssertionError(url)

    gone, story = Entry(url="", url_given="", guid="1", status="canceled"), Entry(url="https://a.example/1", url_given="/1")
    around = Around(datetime(2026, 11, 25, tzinfo=UTC), lambda _: False, (), fetch, sitemaps)
    for entries in ((gone,), (gone, story)):
        whole, parts, fill = asyncio.run(close(FeedDocument("atom", entries), "atom", Reader(WorkerPool(1), 9), around))
        assert (whole.entries, parts, fill.documents) == (entries, (), 0)
    assert asked == [story.url]
