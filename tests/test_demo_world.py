"""The demo world answers as real outlets do, and the same way each time."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import json
import re
import socket
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from io import BytesIO
from urllib.parse import urlsplit

import feedparser  # type: ignore[import-untyped]
import pytest

from scheduler.demo import Truth, World
from scheduler.demo.library import outlets
from scheduler.demo.records import LAST_EPOCH
from scheduler.demo.sheets import listed_sheets, published_sheets
from scheduler.demo.site import site

SHOWCASE = "buoys"


@dataclass(frozen=True)
class Answered:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


def get(url: str, method: str = "GET", **headers: str) -> Answered:
    """One request on a connection of its own; `If_None_Match="x"` sends If-None-Match."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return Answered(response.status, response.headers, response.read())
    finally:
        connection.close()


def at_epoch(world: World, epoch: int) -> World:
    while world.epoch < epoch:
        world.advance()
    return world


def get_at(world: World, epoch: int, url: str) -> Answered:
    at_epoch(world, epoch)
    return get(url)


def page(world: World, outlet: str, story: str) -> Truth:
    return next(one for one in world.articles() if (one.outlet, one.story) == (outlet, story))


def feed(world: World, outlet: str) -> str:
    return next(url for url in world.feed_urls() if url.startswith(world.origin(outlet)))


@pytest.fixture
def world() -> Iterator[World]:
    with World(slow_seconds=0.05) as started:
        yield started


def test_what_is_served_is_what_body_of_says(world: World) -> None:
    for truth in world.articles():
        first = get(truth.url)
        served = get(truth.url) if first.status == 503 else first
        assert served.status == 200
        assert served.body == world.body_of(truth.url)
        assert world.requests[-1].body == served.body
    for url in world.feed_urls():
        assert get(url).body == world.body_of(url)


def test_body_of_knows_former_epochs_and_refuses_unknown_urls(world: World) -> None:
    url = page(world, "pti-wire", SHOWCASE).url
    before = get(url).body
    world.advance()
    assert world.body_of(url, 0) == before != world.body_of(url)
    with pytest.raises(KeyError):
        world.body_of(world.origin("pti-wire") + "/nothing")


# --- HTTP -----------------------------------------------------------------------------------------------------------


def test_a_client_with_the_current_validators_gets_a_304_without_a_body(world: World) -> None:
    for url in [*world.feed_urls(), page(world, "pti-wire", SHOWCASE).url]:
        first = get(url)
        for name, header in (("ETag", "If_None_Match"), ("Last-Modified", "If_Modified_Since")):
            if value := first.headers[name]:
                again = get(url, **{header: value})
                assert (again.status, again.body) == (304, b"")
                assert again.headers[name] == value


def test_outlets_differ_in_the_validators_they_send(world: World) -> None:
    seen = {outlet: get(feed(world, outlet)).headers for outlet in ("pti-wire", "coast-herald", "hafenbote")}
    assert seen["pti-wire"]["ETag"].startswith('"')
    assert seen["coast-herald"]["ETag"].startswith('W/"')
    assert seen["coast-herald"]["Last-Modified"] is None
    assert seen["hafenbote"]["ETag"] is None
    assert seen["hafenbote"]["Last-Modified"] == "Fri, 20 Nov 2026 12:00:00 GMT"


def test_an_old_validator_gets_the_whole_page_after_a_change_and_304_where_nothing_changed(world: World) -> None:
    changed, same = page(world, "pti-wire", SHOWCASE).url, page(world, "pti-wire", "tea-auction").url
    tags = {url: get(url).headers for url in (changed, same)}
    world.advance()
    for url, status in ((changed, 200), (same, 304)):
        assert get(url, If_None_Match=tags[url]["ETag"]).status == status
        assert get(url, If_Modified_Since=tags[url]["Last-Modified"]).status == status


def test_if_none_match_decides_where_both_are_sent(world: World) -> None:
    url = feed(world, "pti-wire")
    now = get(url).headers["Last-Modified"]
    assert get(url, If_None_Match='"other"', If_Modified_Since=now).status == 200


def test_gzip_is_sent_to_those_who_ask_with_a_tag_of_its_own(world: World) -> None:
    url = feed(world, "nadipur-courier")
    plain, zipped = get(url), get(url, Accept_Encoding="gzip, deflate")
    assert plain.headers["Content-Encoding"] is None
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.body) == plain.body
    assert zipped.headers["ETag"] != plain.headers["ETag"]
    assert zipped.headers["Vary"] == "Accept-Encoding"
    assert get(url, Accept_Encoding="gzip;q=0").headers["Content-Encoding"] is None
    assert get(url, Accept_Encoding="gzip", If_None_Match=zipped.headers["ETag"]).status == 304


def test_a_connection_is_kept_alive_and_head_sends_no_body(world: World) -> None:
    connection = http.client.HTTPConnection(urlsplit(world.origin("pti-wire")).netloc, timeout=10)
    for method in ("GET", "HEAD", "GET"):
        connection.request(method, "/")
        response = connection.getresponse()
        assert bool(response.read()) == (method == "GET")
        first = connection.sock
    assert connection.sock is first is not None
    connection.close()


def test_requests_are_recorded_as_received(world: World) -> None:
    truth = page(world, "suryagarh-times", SHOWCASE)
    before = time.monotonic()
    get(truth.aliases[0], X_Probe="one")
    record = world.requests[-1]
    assert len(world.requests) == 1
    assert (record.outlet, record.method, record.status, record.epoch) == ("suryagarh-times", "GET", 200, 0)
    assert record.url == truth.aliases[0]
    assert record.path.endswith("?utm_source=rss&utm_medium=feed&utm_campaign=latest")
    assert record.header("x-probe") == "one"
    assert before <= record.time <= time.monotonic()


def test_stop_closes_listeners_and_kept_connections_and_a_world_can_be_made_again() -> None:
    with World() as one:
        address = urlsplit(one.origin("pti-wire"))
        host, port = str(address.hostname), int(address.port or 0)
        kept = socket.create_connection((host, port), timeout=5)
        kept.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert kept.recv(1)
    while kept.recv(65536):
        pass
    kept.close()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((host, port), timeout=5)
    with World(port=port) as again:
        assert get(again.origin("pti-wire") + "/").status == 200


def test_outlets_have_an_address_each_on_one_port_or_share_one_address(world: World) -> None:
    apart = [urlsplit(world.origin(one.id)) for one in world.outlets]
    if apart[0].hostname == "127.0.7.1":
        assert len({one.hostname for one in apart}) == len(apart)
        assert len({one.port for one in apart}) == 1
    with World(bind="127.0.0.1", one_address=True) as shared:
        together = [urlsplit(shared.origin(one.id)) for one in shared.outlets]
        assert {one.hostname for one in together} == {"127.0.0.1"}
        assert len({one.port for one in together}) == len(together)
        assert get(shared.articles()[0].url).status == 200


def test_where_the_addresses_are_missing_the_world_falls_back_to_one() -> None:
    with World(bind="192.0.2.1") as world:
        assert {urlsplit(world.origin(one.id)).hostname for one in world.outlets} == {"127.0.0.1"}


# --- the way of the epochs ------------------------------------------------------------------------------------------


def test_each_epoch_publishes_new_stories_and_the_world_ends_after_the_last(world: World) -> None:
    counts = [len(world.articles(epoch)) for epoch in range(LAST_EPOCH + 1)]
    assert counts == [51, 66, 75, 79]  # as the data's README says
    at_epoch(world, LAST_EPOCH)
    with pytest.raises(ValueError, match="ends"):
        world.advance()


def test_epoch_one_corrects_a_figure_and_updates_a_page_on_top(world: World) -> None:
    wire, copy = page(world, "pti-wire", SHOWCASE), page(world, "meridian-6", SHOWCASE)
    world.advance()
    corrected, updated = page(world, "pti-wire", SHOWCASE), page(world, "meridian-6", SHOWCASE)
    assert (corrected.url, updated.url) == (wire.url, copy.url)
    assert wire.paragraphs[0].replace("140", "104") == corrected.paragraphs[0] != wire.paragraphs[0]
    assert wire.paragraphs[1:] == corrected.paragraphs[1:]
    assert updated.headline != copy.headline
    assert updated.paragraphs[3:] == copy.paragraphs[1:]
    assert updated.modified > copy.modified
    assert updated.paragraphs[0] in unescape(get(updated.url).body.decode())


def test_a_page_vanishes_first_with_404_then_with_410(world: World) -> None:
    url = page(world, "suryagarh-times", "handloom").url
    assert [get(url).status, world.advance(), get(url).status, world.advance(), get(url).status] == [
        200,
        1,
        404,
        2,
        410,
    ]
    assert page(world, "suryagarh-times", "handloom").status == 410


def test_the_french_feed_moves_for_good(world: World) -> None:
    old = feed(world, "deux-rives")
    assert get(old).status == 200
    world.advance()
    moved = get(old)
    assert (moved.status, moved.headers["Location"]) == (301, world.origin("deux-rives") + "/flux/une.xml")
    assert get(moved.headers["Location"]).body.startswith(b"<?xml")


def test_in_epoch_one_a_feed_is_ill_formed_with_readable_entries_and_sound_again_later(world: World) -> None:
    url = feed(world, "coast-herald")
    verdicts = []
    for epoch in range(3):
        parsed = feedparser.parse(BytesIO(get_at(world, epoch, url).body))
        expected = {one.url for one in world.articles() if one.outlet == "coast-herald"}
        assert {entry.link for entry in parsed.entries} == expected
        verdicts.append(bool(parsed.bozo))
    assert verdicts == [False, True, False]


def test_in_epoch_one_a_feed_is_an_html_page(world: World) -> None:
    url = feed(world, "ledgerline")
    kinds = [get_at(world, epoch, url).headers["Content-Type"].split(";")[0] for epoch in range(3)]
    assert kinds == ["application/atom+xml", "text/html", "application/atom+xml"]


def test_guids_change_in_epoch_one_for_the_same_links(world: World) -> None:
    url = feed(world, "nadipur-courier")
    before = {entry.link: entry.id for entry in feedparser.parse(BytesIO(get(url).body)).entries}
    world.advance()
    after = {entry.link: entry.id for entry in feedparser.parse(BytesIO(get(url).body)).entries}
    assert before
    assert all(after[link] != guid for link, guid in before.items())


# --- feeds ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("epoch", [0, LAST_EPOCH])
def test_every_xml_feed_lists_the_pages_of_its_outlet_with_their_headlines(world: World, epoch: int) -> None:
    at_epoch(world, epoch)
    for outlet in world.outlets:
        listed = listed_sheets(outlet, epoch)
        for one in outlet.feeds:
            if one.form in ("rss", "rss091", "rdf", "atom"):
                url = world.origin(outlet.id) + (one.moved_to if one.moved_to and epoch else one.path)
                parsed = feedparser.parse(BytesIO(get(url).body))
                assert not parsed.bozo, url
                assert [entry.title for entry in parsed.entries] == [sheet.headline for sheet in listed], url


def test_every_link_in_a_feed_leads_to_its_page(world: World) -> None:
    for truth in world.articles():
        for url in truth.aliases:
            found = get(url)
            if found.status == 302:
                assert found.headers["Location"] == truth.url
            else:
                assert found.status == 200
                assert f'rel="canonical" href="{truth.url}"'.encode() in found.body


def test_the_formats_that_are_promised_are_there(world: World) -> None:
    bodies = {outlet.id: get(feed(world, outlet.id)).body for outlet in world.outlets}
    assert b"<content:encoded>" in bodies["nadipur-courier"]
    assert b'xml:base="' in bodies["pti-wire"]
    assert b'href="/story/' in bodies["pti-wire"]
    assert b'<rss version="0.91">' in bodies["hafenbote"]
    assert b"http://purl.org/rss/1.0/" in bodies["meridian-6"]
    assert len(json.loads(bodies["slow-page"])["items"]) == 4
    assert b"/amp/" in bodies["lantern"]
    assert b"<html" in bodies["gaceta-estuario"]
    news = get(world.origin("suryagarh-times") + "/sitemap-news.xml").body
    assert b"<news:title>" in news
    assert b"utm_source" not in news
    index = get(world.origin("lantern") + "/sitemap.xml").body
    child = re.search(rb"<loc>(.*?)</loc>", index)
    assert child is not None
    assert b"/amp/" not in get(child[1].decode()).body


def test_home_pages_advertise_feeds_and_robots_names_sitemaps_and_a_closed_part(world: World) -> None:
    for outlet in world.outlets:
        assert get(world.origin(outlet.id) + "/").status == 200
        assert b"Disallow: /members/" in get(world.origin(outlet.id) + "/robots.txt").body
    assert b'href="/rss/latest.xml"' in get(world.origin("suryagarh-times") + "/").body
    assert b"/sitemap-news.xml" in get(world.origin("suryagarh-times") + "/robots.txt").body
    closed = [one for one in world.articles() if not one.robots_allow]
    assert [urlsplit(one.url).path.split("/")[1] for one in closed] == ["members"]
    assert closed[0].url.split("/", 3)[3].encode() in get(feed(world, "ledgerline")).body


def test_sources_toml_names_every_outlet_and_allows_loopback(world: World) -> None:
    data = tomllib.loads(world.sources_toml(delay=0.02))
    assert data["fetch"]["delay"] == 0.02
    assert data["fetch"]["allow_private"] == ["127.0.0.0/8"]
    assert len(data["outlet"]) == len(world.outlets) >= 12
    assert [one["url"] for outlet in data["outlet"] for one in outlet["feed"]] == world.feed_urls()
    assert [one["id"] for one in data["outlet"] if one.get("agency")] == ["pti-wire"]


# --- moods ----------------------------------------------------------------------------------------------------------


def test_one_url_says_503_with_retry_after_once(world: World) -> None:
    url = page(world, "ledgerline", "solar-ferry").url
    first, second = get(url), get(url)
    assert (first.status, first.headers["Retry-After"], second.status) == (503, "1", 200)


def test_the_volatile_page_has_other_bytes_and_the_same_text_on_each_visit(world: World) -> None:
    truth = page(world, "meridian-6", "kabaddi")
    bodies = [get(truth.url).body for _ in range(3)]
    assert len({hashlib.sha256(body).digest() for body in bodies}) == 3
    assert world.body_of(truth.url) == bodies[-1]
    assert all(text in unescape(body.decode()) for body in bodies for text in truth.paragraphs)


def test_the_slow_page_comes_in_pieces_and_whole(world: World) -> None:
    url = page(world, "slow-page", "word-archive").url
    assert get(url).body == world.body_of(url)


def test_german_pages_are_windows_1252_and_say_so_nowhere(world: World) -> None:
    answer = get(page(world, "hafenbote", "de-faehre").url)
    assert answer.headers["Content-Type"] == "text/html"
    assert b"charset" not in answer.body
    assert "Überfahrt" in answer.body.decode("windows-1252")
    with pytest.raises(UnicodeDecodeError):
        answer.body.decode("utf-8")


def test_related_lists_change_old_pages_without_changing_their_text(world: World) -> None:
    truth = page(world, "suryagarh-times", "turtles")
    before = get(truth.url).body
    world.advance()
    assert get(truth.url).body != before
    assert page(world, "suryagarh-times", "turtles").paragraphs == truth.paragraphs


def test_pages_of_an_epoch_are_missing_in_the_one_before() -> None:
    for outlet in outlets():
        origin = "http://127.0.7.1:80"
        for epoch in range(1, LAST_EPOCH + 1):
            old, new = site(outlet, origin, epoch - 1), site(outlet, origin, epoch)
            fresh = [one for one in published_sheets(outlet, epoch) if one.page.epoch == epoch]
            assert all(one.path in new and one.path not in old for one in fresh)
