"""`wirecopy check`: polls as a crawl does, stores nothing, says what it would take."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from crawler.checkup import Checked, LinkVerdict
from crawler.screen import checked_lines
from scheduler.demo import World
from tests.source_commands.parts import Desk, rss, serving, sources_with


def test_check_polls_every_feed_and_stores_nothing(desk: Desk, world: World) -> None:
    desk.file.write_text(world.sources_toml(delay=0))
    found = desk.run("check", "--json").json
    assert [one["url"] for one in found["feeds"]] == world.feed_urls()
    assert found["failed"] == 0 and found["warnings"] == []
    for one in found["feeds"]:
        assert (one["ok"], one["status"], one["outcome"]) == (True, 200, "readable")
        assert one["wanted"] == one["entries"] > 0
        assert all(link["allowed"] for link in one["links"]) and len(one["links"]) == min(3, one["entries"])
    assert Counter(one["kind"] for one in found["feeds"]) == {"rss": 9, "atom": 2, "json": 1, "sitemap": 2, "html": 1}
    assert [one.name for one in desk.folder.iterdir()] == ["sources.toml"]


def test_check_tells_people_what_it_would_take(desk: Desk, world: World) -> None:
    desk.file.write_text(world.sources_toml(delay=0))
    out = desk.run("check", "suryagarh-times", f"{world.origin('hafenbote')}/rss091.xml").out
    for said in ("7 entries, newest 2026-11-20 11:50Z; would take 7", "asks for 15 min", "ETag and Last-Modified", "news sitemap"):
        assert said in out
    assert "Hafenbote am Sund" in out and "3 feeds polled, 0 failed. Nothing was stored." in out


def test_check_says_what_is_wrong_with_a_feed_and_goes_on(desk: Desk, later: World) -> None:
    desk.file.write_text(later.sources_toml(delay=0))
    found = {one["outlet"]: one for one in desk.run("check", "ledgerline", "coast-herald", "deux-rives", "--json").json["feeds"]}
    assert (found["ledgerline"]["ok"], found["ledgerline"]["outcome"]) == (False, "not-a-feed")
    assert "HTML page" in found["ledgerline"]["error"]
    assert found["coast-herald"]["ok"] and found["coast-herald"]["problems"]
    assert found["deux-rives"]["moved_to"] == f"{later.origin('deux-rives')}/flux/une.xml"
    assert found["deux-rives"]["redirects"] == 1
    assert "change its url in sources.toml" in desk.run("check", "deux-rives").out


def test_check_counts_what_keep_skip_and_robots_txt_leave_out(desk: Desk) -> None:
    paths = ("/news/a-1", "/members/b-2", "/video/c-3", "/sport/d-4", "/news/e-5")
    robots = (200, "text/plain", "User-agent: *\nDisallow: /members/\n")
    with serving({"/feed": rss("Post", *paths), "/robots.txt": robots}) as site:
        desk.file.write_text(sources_with(f"{site.origin}/feed", outlet="keep = '/(news|members|video)/'\nskip = '/video/'"))
        one = desk.run("check", "--json").json["feeds"][0]
        assert (one["entries"], one["wanted"], one["skipped"]) == (5, 3, 2)
        assert [(link["url"].removeprefix(site.origin), link["allowed"]) for link in one["links"]] == [
            ("/news/a-1", True),
            ("/members/b-2", False),
            ("/news/e-5", True),
        ]
        assert "1 of the first 3 links are not to be fetched: robots.txt disallows it" in desk.run("check").out
        desk.file.write_text(sources_with(f"{site.origin}/feed", fetch="robots = false\n"))
        before = len(site.asked)
        assert "robots.txt is not asked" in desk.run("check").out
    assert site.paths[before:] == ["/feed"]


def test_check_sends_credentials_to_their_own_origin_and_shows_them_nowhere(desk: Desk) -> None:
    with serving({"/feed": rss()}) as other, serving({"/feed": rss(), "/away": (302, "text/plain", f"{other.origin}/feed")}) as site:
        desk.file.write_text(sources_with(*(f"{site.origin}{path}".replace("//", "//ann:s%40cret@") for path in ("/feed", "/away"))))
        said = [desk.run(*words) for words in (["check"], ["check", "--json"], ["sources"], ["sources", "--json"])]
    assert not any("cret" in one.out + one.err for one in said)
    sent = {path: headers.get("Authorization") for path, headers in site.asked}
    assert sent == {"/robots.txt": None, "/feed": "Basic YW5uOnNAY3JldA==", "/away": "Basic YW5uOnNAY3JldA=="}
    assert other.paths and not any("Authorization" in headers for _, headers in other.asked)


def test_one_host_gets_one_request_at_a_time(desk: Desk) -> None:
    feeds = {f"/feed-{number}": rss() for number in range(6)}
    with serving({**feeds}, linger=0.03) as site:
        desk.file.write_text(sources_with(*(site.origin + path for path in feeds)))
        assert desk.run("check", "--json").json["failed"] == 0
    assert sorted(site.paths) == sorted(["/robots.txt", *feeds])
    assert site.at_once["most"] == 1


def test_check_exits_69_when_none_could_be_polled_and_warns_of_a_missing_contact(desk: Desk) -> None:
    desk.file.write_text(sources_with("http://192.0.2.1/feed"))
    said = desk.run("check", code=69)
    assert "failed" in said.out and "not public" in said.out
    assert "No contact" in said.err
    desk.file.write_text(sources_with("http://192.0.2.1/feed", fetch='contact = "https://example.org/us"\n'))
    found = desk.run("check", "--json", code=69)
    assert found.json["warnings"] == [] and "No contact" not in found.err


def test_check_refuses_names_that_are_no_sources(desk: Desk) -> None:
    assert "wirecopy add" in desk.run("check", code=64).err
    desk.file.write_text(sources_with("http://192.0.2.1/feed"))
    assert "'nobody'" in desk.run("check", "post", "nobody", code=64).err


def test_checking_loads_no_crawler_framework_and_no_database() -> None:
    code = "import sys, crawler.checkup, crawler.survey; print([name for name in ('scrapy', 'sqlite_utils') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_feed_that_went_to_https_for_good_is_told_so() -> None:
    moved = Checked("post", "http://example.org/feed", ok=True, outcome="readable", moved_to="https://example.org/feed")
    assert any("write https:// in sources.toml" in line for line in checked_lines(moved))


@given(st.text("ab\x07\x9b\u202e\r\n\0"))
def test_nothing_that_a_site_says_gets_raw_into_the_lines_of_a_check(text: str) -> None:
    links = (LinkVerdict(text, False, text),)
    checked = Checked("post", text, ok=True, outcome="x", error=text, moved_to=text, title=text, problems=(text,), links=links)
    assert not set("".join(checked_lines(checked))) & set("\x07\x9b\u202e\r\n\0")
