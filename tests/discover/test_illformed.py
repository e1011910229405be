"""Feeds as they are: broken markup, wrong encodings, hostile content. Entries that can be read are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.model import FeedDocument
from crawler.discover import discover

URL = "https://daily.example/feed"
ONE = "<item><title>One</title><link>https://daily.example/1</link></item>"
TWO = "<item><title>Two</title><link>https://daily.example/2</link></item>"


def read(text: str, content_type: str | None = None) -> FeedDocument:
    return discover(text.encode(), url=URL, content_type=content_type)


def paths(document: FeedDocument) -> list[str]:
    return [entry.url.removeprefix("https://daily.example/") for entry in document.entries]


def test_a_reference_of_thousands_of_digits_is_no_character() -> None:
    title = f"a &amp;#{'1' * 5000}; b &amp;amp; c"
    document = read(f"<rss><channel><item><title>{title}</title><link>https://daily.example/1</link></item></channel></rss>")
    assert document.entries[0].title is not None and "11111" not in document.entries[0].title
    assert document.entries[0].title.startswith("a \N{REPLACEMENT CHARACTER} b")


def test_a_name_that_is_none_stays_as_it_is() -> None:
    document = read("<feed xmlns=http://www.w3.org/2005/Atom><entry><content><t:></feed>")
    assert document.entries == ()
    whole = read(
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="/1"/><title type="xhtml">a <t:>b</t:></title></entry></feed>'
    )
    assert whole.entries[0].url == "https://daily.example/1"


@pytest.mark.parametrize("half", ["&#xD800;", "&#55296;", "&#0057343;", "&#XdFfF;"])
def test_half_a_surrogate_pair_is_no_text_even_where_cdata_is_none(half: str) -> None:
    """A parser that recovers took what follows `<![CDATA[` in an attribute for markup, and made text of it that nobody could read."""
    opened = "<A<!" * 6 + "<![CDATA[" + "<" * 90
    document = read(f'<urlset xmlns="{opened}"><url><loc></loc><lastmod></lastmod><:><:{half}</</')
    assert document.entries == ()
    whole = read(f"<rss><channel><item><title><![CDATA[a {half} b]]></title><link>https://daily.example/1</link></item></channel></rss>")
    assert whole.entries[0].title is not None and whole.entries[0].title.isprintable()


@pytest.mark.parametrize(
    "text",
    [
        f"\n\n<br />\n<b>Warning</b>: in <b>/feed.php</b><br />\n<?xml version='1.0'?><rss><channel>{ONE}{TWO}</channel></rss>",
        f"  \n<?xml version='1.0'?>\n<rss><channel>{ONE}{TWO}</channel></rss>",
        f"Notice: undefined index<rss><channel>{ONE}{TWO}</channel></rss>",
        f"<?xml version='1.0'?><?xml-stylesheet href='a.xsl'?><!-- <rss> --><rss><channel>{ONE}{TWO}</channel></rss>",
        f"<!DOCTYPE html PUBLIC 'a' 'http://site.invalid/'><rss><channel>{ONE}{TWO}</channel></rss>",
        f"<rss><channel>{ONE}<!-- a -- b > --> {TWO}<!-- open</channel></rss>",
        f"<rss><channel>{ONE}{TWO}",
        f"<rss><channel>{ONE}{TWO}<item><title>Cut</ti",
        f"<rss><channel><item><description>a<br>b</p></description><title>One</title><link>https://daily.example/1</link></item>{TWO}",
        f"<rss><channel></i>{ONE}</p></p>{TWO}</channel></rss>",
        f"<rss><channel>{ONE.replace('</item>', '')}{TWO}</channel></rss>",
        f"<rss><channel><title>a < b & c <3 d</title>{ONE}{TWO}</channel></rss>",
        f"<rss><channel><x a=1 b c='x<y' c='2'>t</x>{ONE}{TWO}</channel></rss>",
        f"<rss><channel><media:x y:z='1'>t</media:x>{ONE}{TWO}</channel></rss>",
        f"<rss><channel><x>\0\x0b\x1b &#0; &#x1f; &#xd800; &#xFFFE; &#99999999;</x>{ONE}{TWO}</channel></rss>",
        f"<rss><channel>{'<a>' * 300}{ONE}{TWO}</channel></rss>",
        f"<rss><channel>{ONE}{TWO}<description><![CDATA[ open</channel></rss>",
        f"<rss><channel>{ONE}<![foo[ {TWO}</channel></rss>",
        f"<RSS><CHANNEL>{ONE.replace('item', 'ITEM')}{TWO.replace('item', 'ITEM')}</CHANNEL></RSS>",
        f"<rss:rss><rss:channel>{ONE}{TWO}</rss:channel></rss:rss>",
        f"<rss>{ONE}{TWO}</rss>",
    ],
)
def test_entries_are_read_over_broken_markup(text: str) -> None:
    document = read(text)
    assert paths(document) == ["1", "2"]
    assert document.error is None


def test_entities_that_xml_does_not_know_are_what_html_means() -> None:
    document = read(
        """<!DOCTYPE rss [<!ENTITY desk "News &#38; Desk"><!ENTITY place 'Goa'>]><rss><channel><title>Caf&eacute;&nbsp;AT&T &place;
        &unknown; &copy=1 &#146;</title><item><link>https://daily.example/?a=1&b=2&copy=3</link></item></channel></rss>"""
    )
    assert document.title == "Café AT&T Goa &unknown; &copy=1 ’"
    assert paths(document) == ["?a=1&b=2&copy=3"]


@pytest.mark.parametrize("junk", ["", "<p>", "</i>"])
@pytest.mark.parametrize("cut", ["<item><link>https://daily.example/longer-l", f"{TWO[:-7]}", "<item><title>x"])
def test_an_entry_that_the_end_cuts_in_two_is_left_out_and_counted(junk: str, cut: str) -> None:
    document = read(f"<rss><channel>{junk}{ONE}{cut}")
    assert (paths(document), document.dropped) == (["1"], 1)
    assert "The document ends inside an entry, which was left out." in document.problems


def test_what_was_read_over_is_told() -> None:
    assert any(problem.startswith("XML: ") for problem in read(f"<rss><channel>{ONE}<item><tit").problems)
    assert "Text stands before the XML document." in read(f"oops <rss><channel>{ONE}</channel></rss>").problems
    assert read(f"<rss><channel>{ONE}</channel></rss>").problems == ()


def test_external_entities_are_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("keep-this-inside")
    for doctype in (f'<!ENTITY x SYSTEM "{secret.as_uri()}">', f'<!ENTITY % x SYSTEM "{secret.as_uri()}"> %x;'):
        document = read(f"<!DOCTYPE rss [{doctype}]><rss><channel><title>&x;</title>{ONE}</channel></rss>")
        assert "keep-this-inside" not in repr(document)
        assert paths(document) == ["1"]


def test_entities_inside_entities_stay_unexpanded() -> None:
    nested = ('<!ENTITY l{} "{}">'.format(n, f"&l{n - 1};" * 10) for n in range(1, 10))
    laughs = "".join(nested)
    document = read(f'<!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}]><rss><channel><title>&l9;</title>{ONE}</channel></rss>')
    assert (document.title, paths(document)) == ("&l9;", ["1"])


@pytest.mark.parametrize(
    ("body", "content_type", "title"),
    [
        ("﻿<rss><channel><title>Zürich</title></channel></rss>".encode("utf-16-le"), None, "Zürich"),
        ("﻿<rss><channel><title>Zürich</title></channel></rss>".encode("utf-16-be"), None, "Zürich"),
        ("<?xml version='1.0'?><rss><channel><title>Zürich</title></channel></rss>".encode("utf-16-le"), None, "Zürich"),
        ("﻿<rss><channel><title>Zürich</title></channel></rss>".encode("utf-32-le"), None, "Zürich"),
        ("﻿<rss><channel><title>Zürich</title></channel></rss>".encode(), "text/xml; charset=koi8-r", "Zürich"),
        ("<rss><channel><title>Москва</title></channel></rss>".encode("koi8-r"), 'text/xml; charset="KOI8-R"', "Москва"),
        (
            "<?xml version='1.0' encoding='utf-8'?><rss><channel><title>Москва</title></channel></rss>".encode("cp1251"),
            "a/b;charset=cp1251",
            "Москва",
        ),
        (
            "<?xml version='1.0' encoding='windows-1251'?><rss><channel><title>Москва</title></channel></rss>".encode("cp1251"),
            "text/xml",
            "Москва",
        ),
        ("<?xml version='1.0' encoding='gb2312'?><rss><channel><title>北京</title></channel></rss>".encode("gb18030"), None, "北京"),
        ("<?xml version='1.0' encoding='utf-16'?><rss><channel><title>Zürich</title></channel></rss>".encode(), None, "Zürich"),
        (
            "<?xml version='1.0' encoding='punycode'?><rss><channel><title>Zürich</title></channel></rss>".encode(),
            "x; charset=zip",
            "Zürich",
        ),
        (
            "<?xml version='1.0' encoding='cp1251'?><rss><channel><title>Zürich</title></channel></rss>".encode(),
            "a/b;charset=UTF-8",
            "Zürich",
        ),
        (
            "<?xml version='1.0' encoding='gbk'?><rss><channel><title>北京".encode("gbk") + b"\xff\xff</title></channel></rss>",
            None,
            "北京\ufffd\ufffd",
        ),
        ("<rss><channel><title>Zürich – “x”</title></channel></rss>".encode("cp1252"), None, "Zürich – “x”"),
        ("<rss><channel><title>Zürich Málaga".encode() + b"\xff</title></channel></rss>", None, "Zürich Málaga\ufffd"),
    ],
)
def test_the_encoding_is_found(body: bytes, content_type: str | None, title: str) -> None:
    assert discover(body, url=URL, content_type=content_type).title == title


@pytest.mark.parametrize(
    "link",
    [
        *("javascript:alert(1)", "data:text/html,<p>", "file:///etc/passwd", "mailto:a@b.example", "about:blank", "tel:1"),
        *("//", "http://", "https:///path", "ht!tp://x", "http://[::1", "http://a.example:99999/", "http://a.example:x/"),
        *("http://www.w3.org/2005/Atom", "http://purl.org/rss/1.0/", "http://user@/", "http:// /", f"http://a.example/{'a' * 9000}"),
    ],
)
def test_links_that_are_none_are_dropped_and_counted(link: str) -> None:
    text = link.replace("&", "&amp;").replace("<", "&lt;")
    document = read(f"<rss><channel>{ONE}<item><link>{text}</link></item>{TWO}</channel></rss>")
    assert (paths(document), document.dropped) == (["1", "2"], 1)


@pytest.mark.parametrize(
    ("link", "url"),
    [
        (" https://daily.example/a b\n ", "https://daily.example/a%20b"),
        ("https://daily.example/a\n\tb", "https://daily.example/ab"),
        ("https://daily.example/a\r\nX-Injected: 1", "https://daily.example/aX-Injected:%201"),
        ("https://daily.example\\a\\b?c=\\d", "https://daily.example/a/b?c=\\d"),
        ("HTTPS://Daily.Example/AbC?Sid=1#f", "https://Daily.Example/AbC?Sid=1#f"),
        ("https://daily.example:8443/ü", "https://daily.example:8443/ü"),
        ("https://u:p@daily.example/a", "https://u:p@daily.example/a"),
        ("http://[::1]:80/a", "http://[::1]:80/a"),
    ],
)
def test_links_with_slips_are_made_fetchable(link: str, url: str) -> None:
    document = read(f"<rss><channel><item><link>{link}</link></item></channel></rss>")
    assert [entry.url for entry in document.entries] == [url]


def test_elements_of_a_namespace_that_nobody_knows_are_read_by_their_names() -> None:
    document = read(
        '<r:RSS xmlns:r="urn:none" xmlns:x="urn:other"><r:Channel><r:title>Daily</r:title>'
        "<r:Item><r:Title>One</r:Title><x:link>https://other.example/</x:link><r:Link>https://daily.example/1</r:Link></r:Item></r:Channel></r:RSS>"
    )
    assert (document.title, paths(document), document.entries[0].title) == ("Daily", ["1"], "One")


def test_a_feed_in_an_encoding_that_nothing_states_is_read_as_its_text_tells() -> None:
    title = "Правительство Москвы объявило о строительстве новой линии метро"
    items = "".join(f"<item><title>{title} {n}</title><link>https://daily.example/{n}</link></item>" for n in range(3))
    document = discover(f"<rss><channel>{items}</channel></rss>".encode("cp1251"), url=URL)
    assert [entry.title for entry in document.entries] == [f"{title} {n}" for n in range(3)]
    assert document.problems == ("The bytes are not UTF-8; they were read as cp1251.",)


def test_a_field_that_was_left_open_ends_where_the_next_one_begins() -> None:
    items = "".join(f"<item><title>{n}<link>https://daily.example/{n}<pubDate>2 Nov 2026 10:00 GMT<guid>{n}</item>" for n in (1, 2))
    document = read(f"<rss><channel><title>Daily{items}</channel></rss>")
    assert paths(document) == ["1", "2"]
    assert [entry.title for entry in document.entries] == ["1", "2"]
    assert all(entry.published_at is not None for entry in document.entries)


def test_markup_in_a_description_is_no_field_that_was_left_open() -> None:
    inside = "<html><head><title>Page</title><link rel='next' href='/x'></head><p>Text"
    document = read(
        f"<rss><channel><item><title>1</title><link>https://daily.example/1</link><description>{inside}</description></item></channel></rss>"
    )
    assert paths(document) == ["1"]
    assert document.entries[0].title == "1"
