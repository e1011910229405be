"""OPML in and out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import SourcesError
from crawler.opml import read_opml, write_opml
from crawler.sources import FeedSpec, OutletSpec, Sources, add_outlet, parse, starter, values

READER = b"""<?xml version="1.0" encoding="UTF-8"?><opml version="1.0"><head><title>subs</title></head><body>
<outline text="News"><outline text="Daily &amp; Sons: world" type="rss" xmlUrl="https://daily.example/world.xml"
htmlUrl="https://daily.example/"/><outline text="Daily: sport" xmlUrl="https://daily.example/sport.xml"
htmlUrl="https://daily.example/sport"/></outline>
<outline title="Other" text="x" xmlurl="https://feeds.other.example/all"/><outline text="again"
xmlUrl="HTTPS://daily.example/world.xml"/><outline text="bad" xmlUrl="file:///etc/passwd"/><outline text="none"/>
</body></opml>"""


def test_a_readers_subscriptions_become_outlets_by_site() -> None:
    daily, other = read_opml(READER)
    assert (daily.id, daily.name, daily.homepage) == ("daily", "Daily & Sons: world", "https://daily.example/")
    assert [feed.url for feed in daily.feeds] == ["https://daily.example/world.xml", "https://daily.example/sport.xml"]
    assert (other.id, other.name, [feed.url for feed in other.feeds]) == ("other", "Other", ["https://feeds.other.example/all"])


def test_what_is_read_can_be_added_to_sources() -> None:
    text = starter()
    for outlet in read_opml(READER):
        text = add_outlet(text, outlet)
    assert [outlet.id for outlet in parse(text).outlets][-2:] == ["daily", "other"]


FULL = Sources(
    outlets=(
        OutletSpec(
            id="a",
            name='A & "Co" <x>',
            homepage="https://a.example/",
            language="pt-BR",
            timezone="America/Sao_Paulo",
            agency="lusa",
            feeds=(
                FeedSpec("https://a.example/feed?x=1&y=2", kind="sitemap", schedule=values.schedule("*/5 * * * *"), keep="<a>&", skip='"'),
                FeedSpec(
                    "https://a.example/2",
                    schedule=values.schedule("2h"),
                    quiet=(values.window("22:00-06:00"), values.window("12:00-13:00")),
                    jitter=values.jitter("90s"),
                ),
            ),
        ),
        OutletSpec(id="a-2", name="A again", homepage="https://a.example/", feeds=(FeedSpec("https://a.example/3"),)),
        OutletSpec(id="b", name="B", feeds=(FeedSpec("https://b.example/feed", kind="html"),)),
    )
)


def test_what_is_written_comes_back() -> None:
    assert read_opml(write_opml(FULL).encode()) == FULL.outlets


def test_the_starter_comes_back() -> None:
    sources = parse(starter())
    assert read_opml(write_opml(sources).encode()) == sources.outlets


def test_settings_that_sources_would_refuse_are_left_out() -> None:
    (outlet,) = read_opml(
        b"""<opml xmlns:w="urn:wirecopy:opml:1"><body>
        <outline text="A" w:id="a" w:timezone="Mars"><outline w:quiet="0:00-24:00" w:jitter="2d"
        xmlUrl="https://a.example/" w:keep="(a+)+" w:schedule="now" w:kind="pdf"/></outline></body></opml>"""
    )
    assert outlet == OutletSpec(id="a", name="A", feeds=(FeedSpec("https://a.example/"),))


@pytest.mark.parametrize("data", [b"", b"<rss><channel/></rss>", b"<html></html>", b"hello", b"\xff\xfe"])
def test_what_is_no_opml_is_refused(data: bytes) -> None:
    with pytest.raises(SourcesError, match="not OPML"):
        read_opml(data)


def test_broken_opml_is_read_as_far_as_it_goes() -> None:
    data = b'<opml><body><outline text="AT&T" xmlUrl="https://a.example/?a=1&b=2"/></outline><outline xmlUrl="https://b.example/"'
    assert [outlet.feeds[0].url for outlet in read_opml(data + b"></body>")] == ["https://a.example/?a=1&b=2", "https://b.example/"]


def test_entities_of_an_opml_are_never_read() -> None:
    data = b'<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml><body><outline text="&x;" xmlUrl="https://a.example/"/></body></opml>'
    assert "root:" not in repr(read_opml(data))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["<opml>", "<body>", "<outline ", 'xmlUrl="https://', "a.example/", '"', "/>", ">", "&", "\x00", "</body>", "\ud800"]
        ),
        max_size=20,
    )
)
def test_any_opml_is_read_or_refused(parts: list[str]) -> None:
    try:
        outlets = read_opml(("<opml>" + "".join(parts)).encode("utf-8", "surrogatepass"))
    except SourcesError:
        return
    text = "[fetch]\n"
    for outlet in outlets:
        text = add_outlet(text, outlet)
    assert parse(text).outlets == outlets
