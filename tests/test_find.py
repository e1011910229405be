"""Finding an outlet's feeds, and naming the outlet."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.find import FoundFeed, advertised, name_from_page, outlet_id_for, sitemaps_in_robots, usual_paths
from crawler.sources import values

URL = "https://www.daily.example/"
PAGE = b"""<html><head><title>World, sport, weather | The Daily</title><base href="/base/">
<link rel="ALTERNATE" type="application/rss+xml; charset=utf-8" title="All news" href="/feed/">
<link rel="alternate" type="application/atom+xml" href="atom.xml"><link rel="alternate" type="application/feed+json" href="/feed.json">
<link rel="alternate" hreflang="fr" href="/fr/"><link rel="stylesheet" type="text/css" href="/rss.css">
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed/">
<link rel="alternate" type="application/json" href="https://www.daily.example/wp-json/wp/v2/pages/1">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)"></head><body>
<a href="/feed/">RSS</a><a href="/sport/rss">Sport <b>RSS</b></a><a href="https://feeds.daily.example/world">World feed</a>
<a href="https://elsewhere.example/feed">Their feed</a><a href="/rss-explained.html">About RSS</a><a href="/news?format=rss">x</a></body>"""


def test_a_page_names_its_feeds_links_in_the_head_first() -> None:
    assert advertised(PAGE, URL) == (
        FoundFeed("https://www.daily.example/feed/", "All news", "rss"),
        FoundFeed("https://www.daily.example/base/atom.xml", None, "atom"),
        FoundFeed("https://www.daily.example/feed.json", None, "json"),
        FoundFeed("https://www.daily.example/sport/rss", "Sport RSS", "auto"),
        FoundFeed("https://feeds.daily.example/world", "World feed", "auto"),
        FoundFeed("https://www.daily.example/news?format=rss", "x", "auto"),
    )


def test_a_page_with_thousands_of_feeds_is_cut() -> None:
    page = "".join(f'<link rel=alternate type="application/rss+xml" href="/{n}/feed">' for n in range(500))
    assert len(advertised(page.encode(), URL)) == 50


def test_usual_paths_are_few_and_at_the_root() -> None:
    paths = usual_paths("https://daily.example/world/")
    assert len(paths) == len(set(paths)) <= 12
    assert "https://daily.example/feed/" in paths and "https://daily.example/news-sitemap.xml" in paths


def test_robots_name_sitemaps_and_those_of_news_come_first() -> None:
    robots = """User-agent: *\nDisallow: /x\nSITEMAP : https://daily.example/sitemap.xml # all\r\nsitemap:/news.xml
    Sitemap: https://daily.example/sitemap.xml\n#Sitemap: https://daily.example/old.xml\nSitemap: ftp://daily.example/a.xml\nSitemap:"""
    assert sitemaps_in_robots(robots, "https://daily.example/robots.txt") == (
        "https://daily.example/news.xml",
        "https://daily.example/sitemap.xml",
    )


@pytest.mark.parametrize(
    ("url", "taken", "outlet_id"),
    [
        ("https://www.thedaily.example/x", (), "thedaily"),
        ("https://thedaily.co.uk/", (), "thedaily"),
        ("https://feeds.thedaily.com.au/rss", (), "thedaily"),
        ("https://sport.thedaily.example/", ("thedaily",), "sport-thedaily"),
        ("https://thedaily.example/", ("thedaily",), "thedaily-2"),
        ("https://thedaily.example/", ("thedaily", "thedaily-2"), "thedaily-3"),
        ("http://127.0.0.1:8000/feed", (), "127-0-0-1"),
        ("http://localhost/", (), "localhost"),
        ("https://news.example/", (), "news"),
        ("https://süd.example/", (), "xn--sd-hka"),
        ("http://[::1]/", (), "1"),
        ("nonsense", (), "outlet"),
    ],
)
def test_an_outlets_id_comes_from_its_host(url: str, taken: tuple[str, ...], outlet_id: str) -> None:
    found = outlet_id_for(url, taken)
    assert values.outlet_id(found) == found
    assert found == outlet_id or url.startswith("https://süd")


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b'<meta property="og:site_name" content=" The  Daily "><title>x</title>', "The Daily"),
        (b'<meta name="application-name" content="Daily">', "Daily"),
        (b"<title>World, sport, weather | The Daily</title>", "The Daily"),
        (b"<title>The Daily - news from everywhere</title>", "The Daily"),
        (b"<title>The Daily</title>", "The Daily"),
        ("<meta charset=windows-1251><title>Вести</title>".encode("cp1251"), "Вести"),
        (b"<p>nothing", None),
    ],
)
def test_a_site_says_its_name(head: bytes, name: str | None) -> None:
    assert name_from_page(b"<html><head>" + head) == name


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80), st.lists(st.text(max_size=5), max_size=3))
def test_nothing_here_raises_on_any_text(text: str, taken: list[str]) -> None:
    body = text.encode("utf-8", "replace")
    advertised(b"<a href='/feed" + body + b"'><link rel=alternate type=text/xml href='" + body, f"https://a.example/{text}")
    name_from_page(b"<title>" + body)
    sitemaps_in_robots(f"Sitemap: {text}", "https://a.example/robots.txt")
    found = outlet_id_for(f"https://{text}/", taken)
    assert values.outlet_id(found) == found and found not in taken
