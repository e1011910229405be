"""Sitemaps, sitemap indexes, and plain pages that list stories."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from crawler.discover import discover

URL = "https://daily.example/news-sitemap.xml"
SITEMAP = b"""<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://daily.example/news/1 </loc><lastmod>2025-08-30T01:00:00Z</lastmod>
<image:image><image:loc>https://daily.example/1.jpg</image:loc></image:image>
<news:news><news:publication><news:name>The Daily</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2025-08-29T22:00:00+05:30</news:publication_date><news:title>Ferry &amp;amp; pier</news:title>
<news:keywords>ports, sea,</news:keywords></news:news></url>
<url><loc>https://daily.example/news/2</loc></url><url><lastmod>2025-08-30</lastmod></url></urlset>"""


def test_a_news_sitemap_names_title_time_and_keywords() -> None:
    document = discover(SITEMAP, url=URL)
    first, second = document.entries
    assert (document.kind, document.language, document.dropped) == ("sitemap", "en", 1)
    assert (first.url, first.title, first.categories) == ("https://daily.example/news/1", "Ferry & pier", ("ports", "sea"))
    assert first.published_at == datetime(2025, 8, 29, 16, 30, tzinfo=UTC)
    assert first.updated_at == datetime(2025, 8, 30, 1, tzinfo=UTC)
    assert (second.url, second.title, second.published_at) == ("https://daily.example/news/2", None, None)


def test_a_gzipped_sitemap_is_unpacked() -> None:
    assert discover(gzip.compress(SITEMAP), url=URL).entries == discover(SITEMAP, url=URL).entries


def test_a_cut_gzip_gives_the_entries_before_the_cut() -> None:
    pages = "".join(f"<url><loc>https://daily.example/{n * n * 7919 % 10007}</loc></url>" for n in range(2000))
    packed = gzip.compress(f"<urlset>{pages}</urlset>".encode())
    document = discover(packed[: len(packed) // 2], url=URL, limit=10_000)
    assert document.error is None
    assert 500 < len(document.entries) < 1500
    assert "The gzip data are cut or broken; what stands before was read." in document.problems


def test_a_gzip_of_several_members_is_read_to_its_end() -> None:
    half = len(SITEMAP) // 2
    packed = gzip.compress(SITEMAP[:half]) + gzip.compress(SITEMAP[half:])
    assert discover(packed, url=URL) == discover(SITEMAP, url=URL)


def test_a_gzip_that_unpacks_to_too_much_is_an_error() -> None:
    document = discover(gzip.compress(b"<urlset>" + b" " * 60_000_000), url=URL)
    assert (document.entries, document.error) == ((), "The gzip data unpack to more than 50 MB.")


def test_an_index_names_its_sitemaps() -> None:
    document = discover(
        b"""<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://daily.example/a.xml</loc>
        </sitemap><sitemap><loc>/b.xml</loc></sitemap><sitemap><loc>file:///etc/passwd</loc></sitemap></sitemapindex>""",
        url=URL,
    )
    assert [one.url for one in document.sitemaps] == ["https://daily.example/a.xml", "https://daily.example/b.xml"]
    assert (document.kind, document.entries, document.error) == ("sitemap", (), None)


def test_dated_sitemaps_of_an_index_come_first_the_newest_before_the_others() -> None:
    dates = {"old": "2026-01-01", "none": "", "new": "2026-11-01T08:00:00Z", "broken": "some day", "newer": "2026-11-20T08:00+05:30"}
    maps = "".join(f"<sitemap><loc>/{name}.xml</loc><lastmod>{date}</lastmod></sitemap>" for name, date in dates.items())
    document = discover(f"<sitemapindex>{maps}</sitemapindex>".encode(), url=URL)
    names = [one.url.rpartition("/")[2].removesuffix(".xml") for one in document.sitemaps]
    assert names == ["newer", "new", "old", "none", "broken"]
    assert document.sitemaps[0].changed_at == datetime(2026, 11, 20, 2, 30, tzinfo=UTC)


PAGE = """<!doctype html><html lang="en"><head><title>Daily - world</title></head><body>
<nav><a href="/2025/08/29/in-the-navigation">A story inside the navigation</a></nav>
<main><h2><a href="/news/ferry-runs-again-after-storm">Ferry runs again after the storm</a></h2>
<a href="/2025/08/29/pier"><img src="p.jpg"></a><h3><a href="/2025/08/29/pier#top">Pier opens to the public</a></h3>
<a href="/world/">World news and more of it</a><a href="/tag/sea-storm-ferry-pier">Everything about the sea</a>
<a href="https://other.example/news/a-story-of-another-site">A story of another site</a>
<a href="/story/ok?id=1234567">Harbour master steps down</a><a href="/news/ferry-runs-again-after-storm">Read more</a>
<a href="javascript:void(0)">Scripted link of some length</a><a href="/2025/08/28/x">More</a>
<a href="http://[bad/2025/08/29/x">Broken address of a story</a></main>
<footer><a href="/about/how-we-work-and-who-we-are">How we work and who we are</a></footer></body></html>"""


def test_a_listing_page_gives_its_story_links_in_order_once() -> None:
    document = discover(PAGE.encode(), url="https://www.daily.example/world/", kind="html")
    assert [(entry.url, entry.title) for entry in document.entries] == [
        ("https://www.daily.example/news/ferry-runs-again-after-storm", "Ferry runs again after the storm"),
        ("https://www.daily.example/2025/08/29/pier", "Pier opens to the public"),
        ("https://www.daily.example/story/ok?id=1234567", "Harbour master steps down"),
    ]
    assert (document.kind, document.title, document.language) == ("html", "Daily - world", "en")


def test_links_of_a_listing_follow_its_base() -> None:
    page = '<html><head><base href="https://daily.example/deep/"></head><body><a href="a-story-of-four-words">Ferry runs again</a>'
    document = discover(page.encode(), url="https://daily.example/", kind="html")
    assert [entry.url for entry in document.entries] == ["https://daily.example/deep/a-story-of-four-words"]


def test_a_listing_may_state_its_encoding_in_the_page() -> None:
    page = '<html><head><meta charset="windows-1251"></head><body><a href="/2025/08/29/x">Паром снова ходит</a></body></html>'
    (entry,) = discover(page.encode("cp1251"), url="https://daily.example/", kind="html").entries
    assert entry.title == "Паром снова ходит"


def test_a_page_without_stories_is_an_error_and_no_empty_feed() -> None:
    document = discover(b"<html><body><p>Please log in</p></body></html>", url="https://daily.example/", kind="html")
    assert document.error == "The page has no links that look like stories."


@pytest.mark.parametrize("kind", [None, "rss", "sitemap"])
@pytest.mark.parametrize("body", [PAGE.encode(), b"", b" \n\0 ", b"Service unavailable", b"\x89PNG\r\n\x1a\n\0\0", b"<p>hello</p>"])
def test_a_feed_that_turned_into_something_else_is_an_error(body: bytes, kind: None) -> None:
    document = discover(body, url="https://daily.example/feed", kind=kind)
    assert document.error and document.kind is None and not document.entries


def test_a_feed_is_read_as_a_feed_though_a_listing_was_expected() -> None:
    feed = b"<rss><channel><item><link>https://daily.example/1</link></item></channel></rss>"
    assert discover(feed, url="https://daily.example/", kind="html").kind == "rss"
