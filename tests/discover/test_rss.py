"""RSS in its dialects: what each element becomes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.model import FeedDocument
from crawler.discover import discover

URL = "https://feeds.daily.example/rss/news.xml"


def rss(items: str, channel: str = "", attributes: str = "") -> bytes:
    return f'<?xml version="1.0"?><rss version="2.0" {attributes}><channel>{channel}{items}</channel></rss>'.encode()


def read(items: str, channel: str = "", attributes: str = "") -> FeedDocument:
    return discover(rss(items, channel, attributes), url=URL)


def test_an_item_is_read_as_stated() -> None:
    document = read(
        """<item><title>Harbour  reopens
           after storm</title><link>https://daily.example/harbour-reopens</link><guid isPermaLink="false">h-1</guid>
           <pubDate>Fri, 29 Aug 2025 22:00:00 +0530</pubDate><dc:creator>Mira Sol</dc:creator><category>Ports</category>
           <category>Weather</category><description>The harbour &amp; the pier.</description>
           <content:encoded><![CDATA[<p>The harbour reopened.</p>]]></content:encoded></item>""",
        "<title>The Daily</title><link>https://daily.example/</link><language>en-IN</language><ttl>30</ttl>",
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"',
    )
    (entry,) = document.entries
    assert (document.kind, document.title, document.homepage) == ("rss", "The Daily", "https://daily.example/")
    assert (document.language, document.ttl_minutes, document.dropped, document.error) == ("en-IN", 30, 0, None)
    assert (entry.url, entry.url_given, entry.guid) == ("https://daily.example/harbour-reopens",) * 2 + ("h-1",)
    assert entry.title == "Harbour reopens after storm"
    assert entry.published_at == datetime(2025, 8, 29, 16, 30, tzinfo=UTC)
    assert entry.published_raw == "Fri, 29 Aug 2025 22:00:00 +0530"
    assert (entry.authors, entry.categories) == (("Mira Sol",), ("Ports", "Weather"))
    assert (entry.summary, entry.content) == ("The harbour & the pier.", "<p>The harbour reopened.</p>")


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<link>https://a.example/1</link><guid>https://a.example/2</guid>", "https://a.example/1"),
        ("<guid>https://a.example/2</guid>", "https://a.example/2"),
        ('<guid isPermaLink="TRUE"> https://a.example/2 </guid>', "https://a.example/2"),
        ('<atom:link rel="alternate" href="https://a.example/3"/>', "https://a.example/3"),
        ('<link href="https://a.example/4"/>', "https://a.example/4"),
        ("<link>javascript:void(0)</link><guid>https://a.example/2</guid>", "https://a.example/2"),
        ("<link/><guid>https://a.example/2</guid>", "https://a.example/2"),
        ("<link><![CDATA[\n https://a.example/5 \n]]></link>", "https://a.example/5"),
        ("<link>https://a.example/?a=1&amp;amp;b=2</link>", "https://a.example/?a=1&b=2"),
        (
            "<link>http://feedproxy.google.com/~r/a/~3/x/</link><feedburner:origLink>https://a.example/6</feedburner:origLink>",
            "https://a.example/6",
        ),
        (
            "<link>https://a.example/7</link><feedburner:origLink>https://b.example/8</feedburner:origLink>",
            "https://a.example/7",
        ),
    ],
)
def test_the_best_link_of_an_item_wins(item: str, url: str) -> None:
    attributes = 'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
    assert [entry.url for entry in read(f"<item>{item}</item>", "", attributes).entries] == [url]


def test_an_item_without_a_link_is_dropped_and_counted() -> None:
    document = read('<item><title>a</title></item><item><guid isPermaLink="false">https://a.example/</guid></item>')
    assert (document.entries, document.dropped, document.error) == ((), 2, None)
    assert "2 of 2 entries have no usable http(s) link." in document.problems


@pytest.mark.parametrize(
    ("channel", "link", "url"),
    [
        ("<link>https://www.daily.example/</link>", "/a", "https://www.daily.example/a"),
        ("<link>https://www.daily.example/</link>", "a", "https://www.daily.example/a"),
        ("<link>http://localhost/</link>", "/a", "https://feeds.daily.example/a"),
        ("", "a", "https://feeds.daily.example/rss/a"),
        ("", "//cdn.daily.example/a", "https://cdn.daily.example/a"),
        ("", "www.daily.example/a", "http://www.daily.example/a"),
    ],
)
def test_relative_links_are_resolved_against_the_sites_own_address(channel: str, link: str, url: str) -> None:
    channel = channel.replace("https://www.daily.example", "https://daily.example") if "www." in link else channel
    feed = rss(f"<item><link>{link}</link></item>", channel)
    base = "https://daily.example/rss/news.xml" if "www.daily" in channel else URL
    assert [entry.url for entry in discover(feed, url=base).entries] == [url]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("2 &gt; 1", "2 > 1"),
        ("A &lt;b&gt; tag", "A <b> tag"),
        ("&lt;b&gt;Rain&lt;/b&gt; in Goa", "Rain in Goa"),
        ("Salt &amp;amp; pepper", "Salt & pepper"),
        ("<![CDATA[It&#8217;s late]]>", "It’s late"),
        ("<b>Naked</b> markup", "Naked markup"),
        ("one<![CDATA[ two ]]>three", "one two three"),
        ("&lt;script&gt;x()&lt;/script&gt;Safe&lt;br/&gt;line", "Safe line"),
        ("Unclosed &lt;!-- comment", "Unclosed <!-- comment"),
        ("caf\N{LATIN SMALL LETTER E WITH ACUTE}&#27;[31m &#155;x", "café[31m ›x"),
    ],
)
def test_titles_become_plain_text(title: str, text: str) -> None:
    (entry,) = read(f"<item><title>{title}</title><link>https://a.example/1</link></item>").entries
    assert entry.title == text


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("desk@a.example (Mira Sol)", "Mira Sol"),
        ("Mira Sol &lt;desk@a.example&gt;", "Mira Sol"),
        ("desk@a.example", "desk@a.example"),
        ("Mira Sol", "Mira Sol"),
    ],
)
def test_an_author_is_a_name_where_there_is_one(author: str, name: str) -> None:
    (entry,) = read(f"<item><link>https://a.example/1</link><author>{author}</author></item>").entries
    assert entry.authors == (name,)


def test_entries_that_share_a_guid_all_stay_and_it_is_told() -> None:
    document = read(
        "".join(f"<item><link>https://a.example/{n}</link><guid>same</guid></item>" for n in (1, 2))
        + '<item><link>https://a.example/3</link><guid isPermaLink="false">own</guid></item>'
    )
    assert [(entry.url[-1], entry.guid) for entry in document.entries] == [("1", "same"), ("2", "same"), ("3", "own")]
    assert document.problems == ("1 guids stand for more than one link each; links tell these entries apart.",)


def test_a_time_without_a_zone_stays_raw() -> None:
    (entry,) = read("<item><link>https://a.example/1</link><pubDate>2025-08-29 22:00:00</pubDate></item>").entries
    assert (entry.published_at, entry.published_raw) == (None, "2025-08-29 22:00:00")


def test_channel_hints_for_the_poller() -> None:
    document = read(
        "",
        """<skipHours><hour>0</hour><hour>24</hour><hour>7</hour><hour>99</hour></skipHours><skipDays><day>sunday</day>
        <day>Someday</day></skipDays><sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>
        <atom:link rel="self" href="/rss/self.xml"/><atom:link rel="next" href="?page=2"/>""",
        'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:atom="http://www.w3.org/2005/Atom"',
    )
    assert (document.skip_hours, document.skip_days, document.ttl_minutes) == ((0, 7), ("Sunday",), 15)
    assert document.self_url == "https://feeds.daily.example/rss/self.xml"
    assert document.next_url == "https://feeds.daily.example/rss/news.xml?page=2"


def test_rdf_site_summary_has_its_items_beside_the_channel() -> None:
    document = discover(
        b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://a.example/"><title>Gazette</title>
        <link>https://a.example/</link></channel><item rdf:about="https://a.example/1"><title>One</title>
        <link>https://a.example/1</link><dc:date>2025-08-29T16:30:00Z</dc:date></item>
        <item rdf:about="https://a.example/2"><title>Two</title></item></rdf:RDF>""",
        url=URL,
    )
    assert [(entry.url, entry.guid) for entry in document.entries] == [
        ("https://a.example/1", "https://a.example/1"),
        ("https://a.example/2", "https://a.example/2"),
    ]
    assert (document.title, document.entries[0].published_at) == ("Gazette", datetime(2025, 8, 29, 16, 30, tzinfo=UTC))


def test_an_image_does_not_lend_its_title_and_link() -> None:
    image = "<image><title>Logo</title><link>https://logo.example/</link><url>https://logo.example/i.png</url></image>"
    document = read("", f"{image}<title>The Daily</title><link>https://daily.example/</link>")
    assert (document.title, document.homepage) == ("The Daily", "https://daily.example/")


def test_media_and_atom_elements_do_not_override_the_items_own() -> None:
    (entry,) = read(
        """<item><media:title>Picture</media:title><title>Story</title><link>https://a.example/1</link>
        <media:content url="https://a.example/p.jpg"><media:title>Inside</media:title></media:content></item>""",
        "",
        'xmlns:media="http://search.yahoo.com/mrss/"',
    ).entries
    assert entry.title == "Story"


def test_channel_definition_format_keeps_links_in_attributes() -> None:
    document = discover(
        b"""<CHANNEL HREF="https://a.example/"><TITLE>Old</TITLE><ITEM HREF="https://a.example/1"
        LASTMOD="2004-04-06T23:05:43-05:00"><TITLE>One</TITLE><ABSTRACT>In short</ABSTRACT></ITEM></CHANNEL>""",
        url=URL,
    )
    (entry,) = document.entries
    assert (document.kind, document.title, entry.url, entry.title, entry.summary) == (
        "rss",
        "Old",
        "https://a.example/1",
        "One",
        "In short",
    )
    assert entry.updated_at == datetime(2004, 4, 7, 4, 5, 43, tzinfo=UTC)
