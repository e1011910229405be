"""Atom 0.3 and 1.0, tombstones, and JSON Feed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from archive.model import FeedDocument
from crawler.discover import discover

URL = "https://daily.example/feeds/all.atom"


def read(inside: str, attributes: str = "") -> FeedDocument:
    return discover(f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}>{inside}</feed>'.encode(), url=URL)


def test_an_entry_is_read_as_stated() -> None:
    document = read(
        """<title type="html">The &amp;amp; Daily</title><link href="https://daily.example/"/>
        <link rel="self" href="all.atom"/><link rel="prev-archive" href="2024.atom"/><link rel="next" href="2.atom"/>
        <entry><id>tag:daily.example,2025:1</id><title>Ferry &lt;b&gt; runs</title>
        <link rel="enclosure" href="https://daily.example/1.mp3"/><link href="https://daily.example/1" type="text/html"/>
        <published>2025-08-29T22:00:00+05:30</published><updated>2025-08-30T00:00:00Z</updated>
        <author><name>Mira Sol</name><email>m@daily.example</email></author><category term="ports" label="Ports"/>
        <summary>In &lt;short&gt;</summary><content type="html">&lt;p&gt;Long&lt;/p&gt;</content></entry>""",
        'xml:lang="en"',
    )
    (entry,) = document.entries
    assert (document.kind, document.title, document.language) == ("atom", "The & Daily", "en")
    assert (document.homepage, document.self_url) == ("https://daily.example/", URL)
    assert document.next_url == "https://daily.example/feeds/2024.atom"
    assert (entry.url, entry.guid) == ("https://daily.example/1", "tag:daily.example,2025:1")
    assert (entry.title, entry.authors, entry.categories) == ("Ferry <b> runs", ("Mira Sol",), ("Ports",))
    assert entry.published_at == datetime(2025, 8, 29, 16, 30, tzinfo=UTC)
    assert entry.updated_at == datetime(2025, 8, 30, tzinfo=UTC)
    assert (entry.summary, entry.content) == ("<p>In &lt;short&gt;</p>", "<p>Long</p>")


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ('<title type="text">A &lt;blink&gt; tag</title>', "A <blink> tag"),
        ('<title type="text">Salt &amp;amp; pepper</title>', "Salt &amp; pepper"),
        ("<title>Salt &amp;amp; pepper</title>", "Salt & pepper"),
        ('<title type="html">&lt;i&gt;Rain&lt;/i&gt; ends</title>', "Rain ends"),
        ('<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Rain <i>ends</i></div></title>', "Rain ends"),
        ('<title type="html">sa&lt;!-- x --&gt;fe&lt;!-- y&gt;, too&lt;!-- z</title>', "safe, too"),
        ('<title type="html">Rain &amp;lt;3 &lt;!DOCTYPE ~</title>', "Rain <3 <!DOCTYPE ~"),
        ('<title type="html">&lt;p&gt;Rain&lt;/p&gt;&lt;p&gt;ends&lt;/p&gt;&lt;style&gt;p{}&lt;/style&gt;</title>', "Rain ends"),
        ("<title><div>Rain <script>x()</script><b>ends</b></div> now</title>", "Rain ends now"),
        ('<title mode="base64">UmFpbiA8Yj5lbmRzPC9iPg==</title>', "Rain ends"),
        ('<title type="application/octet-stream">UmFpbg==</title>', "Rain"),
        ('<title mode="base64">not base64!</title>', "not base64!"),
        ('<title type="text/html" mode="escaped">&lt;b&gt;Rain&lt;/b&gt;</title>', "Rain"),
    ],
)
def test_titles_follow_their_type(title: str, text: str) -> None:
    (entry,) = read(f'<entry>{title}<link href="https://a.example/"/></entry>').entries
    assert entry.title == text


@pytest.mark.parametrize(
    ("content", "markup"),
    [
        ('<content type="text">A &lt; B\n\nC</content>', "<p>A &lt; B</p><p>C</p>"),
        (
            '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>A <b>b</b> &amp; c</p></div></content>',
            "<p>A <b>b</b> &amp; c</p>",
        ),
        ('<content type="html"><![CDATA[<p>A</p>]]></content>', "<p>A</p>"),
        ("<content><p>Naked</p></content>", "<p>Naked</p>"),
    ],
)
def test_content_becomes_html(content: str, markup: str) -> None:
    (entry,) = read(f'<entry>{content}<link href="https://a.example/"/></entry>').entries
    assert entry.content == markup


def test_xml_base_is_inherited_and_nested() -> None:
    document = read(
        """<entry><link href="1"/></entry><entry xml:base="deep/"><link href="../2"/></entry>
        <entry><link rel="alternate" href="/3"/></entry><entry><link xml:base="https://b.example/x/" href="4"/></entry>
        <entry xml:base="javascript:alert(1)"><link href="5"/></entry>""",
        'xml:base="https://a.example/sub/"',
    )
    assert [entry.url for entry in document.entries] == [
        "https://a.example/sub/1",
        "https://a.example/sub/2",
        "https://a.example/3",
        "https://b.example/x/4",
        "https://a.example/sub/5",
    ]


@pytest.mark.parametrize(
    ("links", "url"),
    [
        ('<link rel="alternate" type="application/pdf" href="/p"/><link type="text/html" href="/h"/>', "https://daily.example/h"),
        ('<link rel="related" href="/r"/><link rel="via" href="/v"/><id>https://daily.example/i</id>', "https://daily.example/i"),
        ('<link rel="edit" href="/e"/><content src="/c"/>', "https://daily.example/c"),
        ('<link href="http://www.w3.org/2005/Atom"/><link href="/h"/>', "https://daily.example/h"),
    ],
)
def test_the_alternate_link_wins(links: str, url: str) -> None:
    assert [entry.url for entry in read(f"<entry>{links}</entry>").entries] == [url]


def test_atom_0_3_names_are_understood() -> None:
    document = discover(
        b"""<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><link rel="alternate" href="https://a.example/1"/>
        <issued>2003-12-31T10:14:55Z</issued><modified>2004-01-01T00:00:00Z</modified></entry></feed>""",
        url=URL,
    )
    (entry,) = document.entries
    assert entry.published_at == datetime(2003, 12, 31, 10, 14, 55, tzinfo=UTC)
    assert entry.updated_at == datetime(2004, 1, 1, tzinfo=UTC)


def test_a_source_element_lends_nothing_to_its_entry() -> None:
    (entry,) = read(
        """<entry><source><title>Elsewhere</title><link href="https://b.example/"/></source>
        <title>Here</title><link href="https://a.example/1"/></entry>"""
    ).entries
    assert (entry.title, entry.url) == ("Here", "https://a.example/1")


def test_tombstones_are_canceled_entries_even_without_a_link() -> None:
    document = read(
        """<at:deleted-entry ref="tag:a.example,2025:1" when="2025-08-29T16:30:00Z"/>
        <at:deleted-entry ref="https://a.example/2" when="2025-08-29T16:30:00Z"/><entry><link href="https://a.example/3"/></entry>""",
        'xmlns:at="http://purl.org/atompub/tombstones/1.0"',
    )
    assert [(entry.status, entry.url, entry.guid) for entry in document.entries] == [
        ("canceled", "", "tag:a.example,2025:1"),
        ("canceled", "https://a.example/2", "https://a.example/2"),
        ("usable", "https://a.example/3", None),
    ]
    assert document.entries[0].updated_at == datetime(2025, 8, 29, 16, 30, tzinfo=UTC)
    assert document.dropped == 0


def test_an_entry_document_is_a_feed_of_one() -> None:
    document = discover(b'<entry xmlns="http://www.w3.org/2005/Atom"><title>One</title><link href="/1"/></entry>', url=URL)
    assert [(entry.title, entry.url) for entry in document.entries] == [("One", "https://daily.example/1")]


def test_feeds_that_mix_atom_and_rss_are_read() -> None:
    (entry,) = read("<title>Mixed</title><item><title>One</title><link href='https://a.example/1'/></item>").entries
    assert (entry.title, entry.url) == ("One", "https://a.example/1")
    (entry,) = discover(
        b"""<rss><channel><item><title>One</title><link href="https://a.example/1"/><link rel="enclosure" href="https://a.example/1.mp3"/>
        <id>urn:1</id><updated>2025-08-29T16:30:00Z</updated><summary>In short</summary></item></channel></rss>""",
        url=URL,
    ).entries
    assert (entry.url, entry.guid, entry.summary) == ("https://a.example/1", "urn:1", "In short")
    assert entry.updated_at == datetime(2025, 8, 29, 16, 30, tzinfo=UTC)


def feed(*items: Any, **members: Any) -> bytes:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": list(items), **members}).encode()


def test_a_json_item_is_read_as_stated() -> None:
    item = {
        "id": 7,
        "url": "/stories/7",
        "title": "Ferry runs",
        "date_published": "2025-08-29T22:00:00+05:30",
        "authors": [{"name": "Mira Sol"}, {"url": "https://b.example/"}, 3],
        "tags": ["ports", None, "sea"],
        "summary": "In short",
        "content_text": "One\n\nTwo < three",
    }
    document = discover(
        feed(item, title="The Daily", home_page_url="https://daily.example/", language="en", next_url="?p=2", feed_url="/f"),
        url="https://daily.example/feed.json",
    )
    (entry,) = document.entries
    assert (document.kind, document.title, document.homepage, document.language) == (
        "json",
        "The Daily",
        "https://daily.example/",
        "en",
    )
    assert (document.next_url, document.self_url) == ("https://daily.example/feed.json?p=2", "https://daily.example/f")
    assert (entry.url, entry.guid, entry.title) == ("https://daily.example/stories/7", "7", "Ferry runs")
    assert entry.published_at == datetime(2025, 8, 29, 16, 30, tzinfo=UTC)
    assert (entry.authors, entry.categories) == (("Mira Sol", "https://b.example/"), ("ports", "sea"))
    assert (entry.summary, entry.content) == ("In short", "<p>One</p><p>Two &lt; three</p>")


def test_json_links_fall_back_to_an_id_that_is_one() -> None:
    items = [{"id": "https://a.example/1"}, {"id": "2", "external_url": "https://b.example/2"}, {"id": "3"}, "no item"]
    document = discover(feed(*items), url=URL)
    assert [entry.url for entry in document.entries] == ["https://a.example/1", "https://b.example/2"]
    assert document.dropped == 1


def test_lone_surrogates_in_json_become_replacement_characters() -> None:
    body = b'{"version":"https://jsonfeed.org/version/1","title":"J \\ud800","items":[{"id":"\\udfff","url":"https://a.example/1\\ud83d",'
    document = discover(body + b'"title":"Bad \\udfff title","content_text":"x \\ud83d y","tags":["\\ud800"]}]}', url=URL)
    (entry,) = document.entries
    assert (document.title, entry.title, entry.url) == ("J \ufffd", "Bad \ufffd title", "https://a.example/1")
    assert repr(document).encode("utf-8")


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b'{"items": 3}', b'{"items": []}', b'{"message": "Not found"}', b'"text"', b"{" * 100_000, b"[" * 100_000]
)
def test_other_json_is_no_feed(body: bytes) -> None:
    document = discover(body, url=URL)
    assert document.error and not document.entries


def test_an_empty_json_feed_is_a_feed() -> None:
    assert discover(feed(), url=URL).error is None


def test_a_cut_json_feed_gives_what_came_before_the_cut() -> None:
    whole = feed({"id": "1", "url": "https://a.example/1"}, {"id": "2", "url": "https://a.example/2"})
    document = discover(whole[:-20], url=URL)
    assert [entry.url for entry in document.entries] == ["https://a.example/1"]
    assert any("cut or broken" in problem for problem in document.problems)
