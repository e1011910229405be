"""`wirecopy add`: what is found at an address, and how it gets into sources.toml."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import UsageError
from archive.keys import fetch_url
from crawler.adding import added
from crawler.sources import FeedSpec, OutletSpec, Sources, load
from crawler.survey import typed
from scheduler.demo import World
from tests.source_commands.parts import EARLIER, MINE, Desk, alternate, page, rss, serving, sources_with


def test_add_of_a_homepage_shows_its_feeds_and_adds_the_best_where_nobody_can_be_asked(desk: Desk, world: World) -> None:
    origin = world.origin("suryagarh-times")
    said = desk.run("add", origin, "--id", "surya", "--timezone", "Asia/Kolkata")
    for shown in ("RSS", "news sitemap", "2026-11-20 11:50Z", f"{origin}/rss/latest.xml", f"{origin}/sitemap-news.xml", "--yes adds all"):
        assert shown in said.out
    outlet = desk.sources.outlets[0]
    assert (outlet.id, outlet.name, outlet.language, outlet.timezone) == ("surya", "Suryagarh Times", "en", "Asia/Kolkata")
    assert (outlet.homepage, desk.urls) == (f"{origin}/", [f"{origin}/rss/latest.xml"])


def test_add_with_yes_adds_the_whole_set_and_says_when_it_is_there_already(desk: Desk, world: World) -> None:
    origin = world.origin("lantern")
    desk.run("add", origin, "--yes")
    assert desk.urls == [f"{origin}/rss", f"{origin}/sitemap.xml"]
    before = desk.file.read_bytes()
    said = desk.run("add", f"{origin}/rss")
    assert "[already in " in said.out and "Nothing to add" in said.out
    assert desk.file.read_bytes() == before


def test_add_asks_on_a_terminal_which_ones(desk: Desk, world: World) -> None:
    origin = world.origin("suryagarh-times")
    out = desk.run_on_terminal("7\n2\n", "add", origin)
    assert "Which ones?" in out and "no number from 1 to 2" in out
    assert desk.urls == [f"{origin}/sitemap-news.xml"]
    desk.run_on_terminal("\n", "add", origin)
    assert desk.urls == [f"{origin}/sitemap-news.xml", f"{origin}/rss/latest.xml"]


def test_add_keeps_comments_layout_and_line_ends(desk: Desk, world: World) -> None:
    origin = world.origin("suryagarh-times")
    given_text = MINE + EARLIER.format(origin=origin)
    desk.file.write_bytes(given_text.replace("\n", "\r\n").encode())
    desk.file.chmod(0o640)
    desk.run("add", origin, "--yes")
    written = desk.file.read_bytes().decode()
    assert written.count("\r\n") == written.count("\n")
    kept = written.replace("\r\n", "\n").split("\n")
    for line in given_text.split("\n"):
        assert line in kept
    assert [feed.url for feed in desk.sources.outlets[0].feeds] == [f"{origin}/rss/latest.xml", f"{origin}/sitemap-news.xml"]
    assert [outlet.id for outlet in desk.sources.outlets] == ["known", "last"]
    assert desk.file.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in desk.folder.iterdir()] == ["sources.toml"]


def test_what_is_said_of_an_outlet_that_is_there_is_refused(desk: Desk, world: World) -> None:
    origin = world.origin("suryagarh-times")
    desk.file.write_text(MINE + EARLIER.format(origin=origin))
    said = desk.run("add", f"{origin}/sitemap-news.xml", "--name", "Other", code=64)
    assert "'known'" in said.err
    desk.run("add", f"{origin}/sitemap-news.xml", "--name", "Other", "--id", "other")
    assert [(one.id, one.name) for one in desk.sources.outlets][-1] == ("other", "Other")


def test_add_takes_the_address_that_a_feed_has_moved_to(desk: Desk, later: World) -> None:
    origin = later.origin("deux-rives")
    desk.run("add", f"{origin}/flux/rss.xml")
    assert desk.urls == [f"{origin}/flux/une.xml"]


def test_add_tries_http_where_a_host_typed_without_a_scheme_has_no_https(desk: Desk, world: World) -> None:
    origin = world.origin("slow-page")
    desk.run("add", f"{origin.removeprefix('http://')}/feed.json")
    assert desk.urls == [f"{origin}/feed.json"]


def test_add_of_a_page_that_lists_stories(desk: Desk, world: World) -> None:
    origin = world.origin("gaceta-estuario")
    assert "listing page" in desk.run("add", f"{origin}/ultimas/", "--kind", "html").out
    assert [(feed.url, feed.kind) for feed in desk.sources.outlets[0].feeds] == [(f"{origin}/ultimas/", "html")]
    assert "listing page" in desk.run("add", origin).out
    assert [feed.kind for feed in desk.sources.outlets[0].feeds] == ["html", "html"]


def test_add_looks_at_the_usual_paths_and_stops_at_the_first_feed(desk: Desk) -> None:
    with serving({"/": page("<title>Harbour Post | News</title>"), "/rss": rss(), "/rss.xml": rss()}) as site:
        desk.run("add", site.origin)
    assert desk.urls == [f"{site.origin}/rss"]
    assert desk.sources.outlets[0].name in ("Harbour Post", "News")
    assert "/rss.xml" not in site.paths


def test_add_offers_a_feed_with_two_addresses_once_and_says_what_could_not_be_had(desk: Desk) -> None:
    head = "".join(map(alternate, ("/one.xml", "/two.xml", "/gone.xml", "/members/three.xml")))
    robots = (200, "text/plain", "User-agent: *\nDisallow: /members/\n")
    replies = {"/": page(head), "/one.xml": rss(), "/two.xml": rss(), "/members/three.xml": rss("Members"), "/robots.txt": robots}
    with serving(replies) as site:
        said = desk.run("add", f"{site.origin}/", "--yes")
    assert desk.urls == [f"{site.origin}/one.xml"]
    assert f"{site.origin}/gone.xml: HTTP 404" in said.out
    assert f"{site.origin}/members/three.xml: robots.txt disallows it" in said.out
    assert "/members/three.xml" not in site.paths


def test_add_asks_nothing_of_a_site_whose_robots_txt_says_no(desk: Desk) -> None:
    with serving({"/": page(alternate("/rss")), "/rss": rss(), "/robots.txt": (200, "text/plain", "User-agent: *\nDisallow: /")}) as site:
        said = desk.run("add", site.origin, code=69)
    assert "robots.txt disallows it" in said.err
    assert site.paths == ["/robots.txt"]


def test_add_says_when_there_is_no_feed_or_no_such_page(desk: Desk) -> None:
    with serving({"/": page("<title>Nothing</title>")}) as site:
        assert "no feed was found" in desk.run("add", site.origin, code=69).err
        assert "HTTP 404" in desk.run("add", f"{site.origin}/nowhere", code=69).err
    assert "no connection" in desk.run("add", site.origin, code=69).err
    assert desk.file.read_text() == MINE


def test_what_a_page_says_reaches_the_terminal_without_escape_sequences(desk: Desk) -> None:
    with serving({"/feed": rss("Red \x9b31m&#x202e; alert")}) as site:
        said = desk.run("add", f"{site.origin}/feed")
    assert "\x9b" not in said.out and "\u202e" not in said.out and "alert" in said.out
    assert "\x9b" not in desk.file.read_text()


@pytest.mark.parametrize(
    "words",
    [
        ["file:///etc/passwd"],
        ["ftp://example.org/feed"],
        ["two words"],
        ["http://127.0.0.1/", "--id", "No Id"],
        ["http://127.0.0.1/", "--language", "english, please"],
        ["http://127.0.0.1/", "--timezone", "Mars/Olympus"],
        ["http://127.0.0.1/", "--kind", "gopher"],
        [],
    ],
)
def test_add_refuses_what_cant_be_meant_before_it_asks_anybody(desk: Desk, words: list[str]) -> None:
    desk.run("add", *words, code=64)
    assert desk.file.read_text() == MINE


def test_private_addresses_are_dialled_only_where_allow_private_names_them(desk: Desk) -> None:
    with serving({"/feed": rss()}) as site:
        for url in (f"{site.origin}/feed", f"http://localhost:{site.origin.rpartition(':')[2]}/feed"):
            said = desk.run("add", url, "-s", "new.toml", code=69)
            assert "not public" in said.err and "allow_private = " in said.err
        assert not (desk.folder / "new.toml").exists()
        (desk.folder / "else.toml").write_text(sources_with(f"{site.origin}/feed").replace("127.0.0.0/8", "10.0.0.0/8"))
        assert not desk.run("check", "-s", "else.toml", "--json", code=69).json["feeds"][0]["ok"]
        assert site.asked == []
        desk.run("add", f"{site.origin}/feed")
    assert site.paths == ["/robots.txt", "/feed"]


def test_a_redirect_to_a_private_address_is_not_followed(desk: Desk) -> None:
    desk.file.write_text(MINE.replace("127.0.0.0/8", "127.0.0.1/32"))
    with serving({"/feed": (302, "text/plain", "http://127.0.0.2:8080/feed")}) as site:
        said = desk.run("add", f"{site.origin}/feed", code=69)
    assert "127.0.0.2: not public" in said.err


def test_a_file_that_is_not_there_yet_is_begun(tmp_path: Path) -> None:
    added(tmp_path / "new.toml", Sources(), [OutletSpec("post", "Post", feeds=(FeedSpec("https://example.org/feed"),))])
    text = (tmp_path / "new.toml").read_text()
    assert text.startswith("#") and "# contact" in text
    assert load(tmp_path / "new.toml").outlets[0].feeds[0].url == "https://example.org/feed"


def test_a_broken_file_is_named_with_its_line_and_left_alone(desk: Desk) -> None:
    desk.file.write_text(MINE + "\n[[outlet]]\nid = 'a'\nnmae = 'A'\n")
    for words in (["add", "http://127.0.0.1/"], ["sources"], ["check"], ["remove", "a"], ["export-opml"]):
        assert "sources.toml:8" in desk.run(*words, code=78).err


def test_an_address_may_be_typed_as_people_do() -> None:
    assert typed("example.org/feed#top") == ("https://example.org/feed", "http://example.org/feed")
    assert typed(" feed://example.org/x ") == ("https://example.org/x", "http://example.org/x")
    assert typed("feed:https://example.org/x") == ("https://example.org/x",)
    assert typed("localhost:8000") == ("https://localhost:8000", "http://localhost:8000")


@given(st.text(max_size=80) | st.from_regex(r"[a-z:/@.\[\]0-9%#?]{0,40}"))
def test_whatever_is_typed_is_a_web_address_or_a_usage_error(text: str) -> None:
    try:
        urls = typed(text)
    except UsageError:
        return
    assert urls and all(fetch_url(url) for url in urls)
