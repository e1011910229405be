"""Whatever the size and whatever the bytes: bounded, never raising, fit to be stored."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from collections.abc import Iterable
from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import SelectolaxError

from archive.clean.bounds import bounded
from archive.model import Entry, FeedDocument, FeedKind
from crawler.discover import discover, markup
from crawler.discover.links import Sites, absolute, same_site
from crawler.find import advertised

URL = "https://daily.example/feed"


def many(before: str, entry: str, between: str, after: str, count: int) -> bytes:
    return (before + between.join(entry.replace("#", str(n)) for n in range(count)) + after).encode()


RSS = ("<rss><channel>", "<item><title>t#</title><link>https://daily.example/#</link></item>", "", "</channel></rss>")
ATOM = ("<feed>", '<entry><link href="https://daily.example/#"/></entry>', "\n", "</feed>")
JSON = ('{"items": [', '{"url": "https://daily.example/#"}', ",", "]}")
SITEMAP = ("<urlset>", "<url><loc>https://daily.example/#</loc></url>", "", "</urlset>")


@pytest.mark.parametrize("shape", [RSS, ATOM, JSON, SITEMAP])
@pytest.mark.parametrize("count", [19, 20, 21, 30_000])
def test_reading_stops_at_the_limit_and_counts_the_rest(shape: tuple[str, str, str, str], count: int) -> None:
    document = discover(many(*shape, count), url=URL, limit=20)
    assert [entry.url for entry in document.entries] == [f"https://daily.example/{n}" for n in range(min(20, count))]
    assert document.dropped == max(0, count - 20)


HOSTILE = {
    "elements": b"<rss><channel><item>" + b"<a/>" * 120_000,
    "depth": b"<rss><channel>" + b"<a>" * 150_000,
    "stray end tags": b"<rss><channel>" + b"<a>" * 300 + b"</b>" * 120_000,
    "ampersands": b"<rss><channel><title>" + b"&" * 900_000,
    "less-than signs": b"<rss><channel><title>" + b"<" * 900_000,
    "entities": b"<rss><channel><title>" + b"&nbsp;" * 100_000,
    "open CDATA": b"<rss><channel><title>" + b"<![CDATA[" * 80_000,
    "empty CDATA": b"<rss><channel><title>" + b"<![CDATA[]]>" * 30_000,
    "open comments": b"<rss><channel><title>" + b"<!--" * 120_000,
    "comments": b"<rss><channel><title>" + b"<!---->" * 100_000,
    "one tag": b"<rss><channel></x><a " + b"b" * 900_000,
    "attributes": b"<rss><channel></x><a " + b"b='" * 150_000,
    "doctype": b"<!DOCTYPE rss [" + b'<!ENTITY a "' * 80_000,
    "declarations": b"<?xml " + b"encoding " * 80_000,
    "brackets": b"[" * 900_000,
    "objects": b'{"items":[' + b"{}," * 150_000,
    "title": b"<rss><channel><item><title>" + b"&lt;!--" * 100_000,
    "space": b" " * 900_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_end_in_bounded_memory(name: str) -> None:
    tracemalloc.start()
    try:
        document = discover(HOSTILE[name], url=URL)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert isinstance(document, FeedDocument)
    assert peak < 60_000_000


@pytest.mark.parametrize("kind", ["html", "auto"])
def test_a_page_that_nests_without_end_is_read_in_linear_time(kind: FeedKind) -> None:
    """A tree builder looks up its open elements at each tag: of 400,000 of them it would take most of an hour."""
    first = b"<a href='/2026/11/22/ferry-back-in-port-after-a-night'>The ferry is back in port after a night</a>"
    document = discover(b"<html><body>" + first + b"<div>" * 400_000, url="https://daily.example/", kind=kind)
    story = "https://daily.example/2026/11/22/ferry-back-in-port-after-a-night"
    assert [entry.url for entry in document.entries] == [story] * (kind == "html")
    feed = b'<link rel="alternate" type="application/rss+xml" href="/feed">'
    assert advertised(feed + b"<div>" * 400_000, "https://daily.example/")[0].url == "https://daily.example/feed"


@pytest.mark.parametrize("tag", ["</b a=b>", "</a<b c>", "<body a=b>", "<td a=b>", "<!doctype html public 'x'>"])
def test_text_around_tags_that_make_no_element_is_not_copied_at_each_of_them(tag: str) -> None:
    """Of 8 MB such a page would make lexbor keep 100 GB of copies; a process of its own has room for none of that."""
    script = (
        "import resource, sys; from crawler.discover.markup import html_tree; from archive.clean import clean\n"
        "resource.setrlimit(resource.RLIMIT_AS, (600 * 2**20,) * 2)\n"
        "page = b'<body>' + sys.argv[1].join(['A ferry came back into port'] * 100_000).encode()\n"
        "html_tree(page); print(clean(page, url='https://daily.example/a').reason)"
    )
    done = subprocess.run([sys.executable, "-c", script, tag], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "gave up" not in done.stdout


def test_what_is_set_apart_reads_as_before() -> None:
    rows = "".join(f"<tr class=a><td class=b>{number}</td class=c></tr>" for number in range(20_000))
    html, cut = bounded(f"<table>{rows}</table>")
    assert cut is None
    assert html.count("<!---->") > 500
    assert html.replace("<!---->", "") == f"<table>{rows}</table>"
    assert bounded("<table><tr class=a><td class=b>1</td></tr></table>" * 99)[0].count("<!---->") == 0


def test_a_parser_without_memory_is_an_error_of_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(_: object) -> None:
        raise SelectolaxError("Can't parse HTML.")

    monkeypatch.setattr(markup, "LexborHTMLParser", give_up)
    assert discover(b"<html>", url=URL, kind="html").error == "The document is nested too deeply or too large to be read."


def test_long_fields_are_cut_and_long_text_is_kept() -> None:
    text = "word " * 400_000
    document = discover(
        f"<rss><channel><item><link>https://daily.example/1</link><title>{text}</title><guid>{text}</guid>"
        f"<description><![CDATA[{text}]]></description>{'<category>x{}</category>' * 500}</item></channel></rss>".encode(),
        url=URL,
    )
    (entry,) = document.entries
    assert len(entry.title or "") <= 1000 and len(entry.guid or "") <= 2000 and len(entry.categories) <= 50
    assert entry.summary == text


_UNFIT = {chr(code) for code in (*range(0x21), *range(0x7F, 0xA0), *range(0xD800, 0xE000))} | set('"<>^`{|}')

_PARTS = st.sampled_from(
    [
        *("<rss>", "</rss>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<link>", "</link>", "<guid>", "<feed>"),
        *("<entry>", "</entry>", '<link href="', '"/>', "<urlset><url><loc>", "<![CDATA[", "]]>", "<!--", "-->", "<!DOCTYPE rss ["),
        *('<!ENTITY a "b">', "&nbsp;", "&#55296;", "&#0;", "&", "<", ">", "https://a.example/", "//", "\\", "\x00", "\x1b", "\ud800"),
        *(
            '{"version":"https://jsonfeed.org/version/1.1","items":[',
            '{"url":"/',
            '"},',
            "]}",
            "\\ud800",
            "<html>",
            '<a href="/2025/01/01/x">',
        ),
        *(
            "<?xml version='1.0' encoding='",
            "utf-16",
            "koi8-r",
            "'?>",
            "<dc:date>",
            "2025-08-29",
            "<content type='xhtml'>",
            "xml:base='x:'",
        ),
    ]
)


def texts(values: Iterable[object]) -> Iterable[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from texts(value)
        elif isinstance(value, Entry):
            yield from texts(getattr(value, part.name) for part in fields(Entry))


def check(document: FeedDocument) -> None:
    for text in texts(getattr(document, part.name) for part in fields(FeedDocument)):
        text.encode("utf-8")
        assert not {"\x00", "\x1b", "\x9b"} & set(text)
    for entry in document.entries:
        assert entry.status == "canceled" or entry.url.lower().startswith(("http://", "https://"))
        assert not any(character.isspace() for character in entry.url)
        assert entry.title is None or (entry.title.strip() == entry.title and "\n" not in entry.title)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(_PARTS | st.text(max_size=10), max_size=40),
    st.sampled_from([None, "html", "sitemap"]),
    st.sampled_from([None, "text/xml; charset=cp1251", "text/xml; charset=utf-7", ";charset="]),
)
def test_pieces_of_feeds_in_any_order_never_raise(parts: list[str], kind: None, content_type: str | None) -> None:
    body = "".join(parts).encode("utf-8", "surrogatepass")
    check(discover(body, url=URL, kind=kind, content_type=content_type))


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400), st.sampled_from([b"", b"<rss><channel><item>", b"<feed><entry>", b'{"items":[', b"\xff\xfe", b"\x1f\x8b\x08"])
)
def test_any_bytes_never_raise(body: bytes, start: bytes) -> None:
    check(discover(start + body, url=URL))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["", "https://a.example/x/y", "not a url", "http://[::1]/"]))
def test_a_link_is_a_clean_http_url_or_nothing(raw: str, base: str) -> None:
    for given_link in (raw, f"https://{raw}", f"//{raw}", f"https://a.example/{raw}"):
        url = absolute(given_link, base)
        assert url is None or (url.lower().startswith(("http://", "https://")) and not _UNFIT & set(url))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet=st.characters(codec="utf-8", categories=["L", "N", "Zs"]), min_size=1, max_size=30), max_size=8))
def test_every_well_formed_item_is_found(titles: list[str]) -> None:
    items = "".join(f"<item><title>{title}</title><link>https://a.example/{n}</link></item>" for n, title in enumerate(titles))
    document = discover(f"<rss><channel>{items}</channel></rss>".encode(), url=URL)
    assert [entry.url for entry in document.entries] == [f"https://a.example/{n}" for n in range(len(titles))]
    assert [entry.title for entry in document.entries] == [" ".join(title.split()) or None for title in titles]


HOSTS = st.lists(st.sampled_from(["a", "b", "www", "example", "com"]), max_size=4).map(".".join)


@given(st.lists(HOSTS, max_size=3), HOSTS)
def test_many_sites_at_once_are_as_each_by_itself(own: list[str], host: str) -> None:
    urls, url = [f"https://{one}/x" for one in own], f"https://{host}/y"
    assert Sites(urls).have(url) == any(same_site(url, one) for one in urls)


def test_a_host_of_dots_is_of_no_site_and_costs_nothing() -> None:
    assert not Sites(["https://a.example/"]).have("https://" + "." * 1_000_000 + "b/")
