"""From the feeds to the archive: what was served is what is kept, once each, and the counts say so."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from urllib.parse import urlsplit

from archive.keys import url_key
from tests.way.conftest import History
from tests.way.parts import pages_of

STEPS = ("first", "retry", "again", "one", "two", "three")


def digest(body: bytes) -> str | None:
    return hashlib.sha256(body).hexdigest() if body else None


# --- pages --------------------------------------------------------------------------------------------------------------


def test_every_page_of_the_world_is_an_article_once(history: History) -> None:
    wanted = Counter(url_key(one.url) for one in history.world.articles() if one.robots_allow)
    found = Counter(map(url_key, history.desktop.values("SELECT coalesce(canonical_url, url) FROM articles WHERE is_latest")))
    assert len(wanted) == 78
    assert found == wanted


def test_what_was_kept_is_what_the_world_sent_exchange_by_exchange(history: History) -> None:
    for run, name in enumerate(STEPS, start=1):
        sent = Counter((one.url, one.status, digest(one.body)) for one in history.steps[name].requests)
        rows = history.desktop.rows(
            "SELECT c.url, c.status, CASE WHEN b.length THEN b.sha256 END AS sha256 FROM captures c LEFT JOIN bodies b ON b.id = c.body_id"
            " WHERE c.run_id = ?",
            run,
        )
        assert Counter((row["url"], row["status"], row["sha256"]) for row in rows) == sent, name


def test_the_plugin_gives_every_page_as_it_was_served(history: History) -> None:
    done = history.desktop.sqlite_utils(
        "query", "wirecopy.db",
        "SELECT c.url, r.id AS run, hex(wire_body(c.body_id)) AS body FROM captures c JOIN runs r ON r.id = c.run_id"
        " WHERE c.role = 'page' AND c.verdict = 'stored' AND c.body_id IS NOT NULL ORDER BY c.id",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert len(rows) > 78
    for row in rows:
        step = history.steps[STEPS[row["run"] - 1]]
        served = [one.body for one in step.requests if (one.url, one.status) == (row["url"], 200)]
        assert served == [bytes.fromhex(row["body"])], row["url"]


def test_the_raw_page_of_an_article_is_the_worlds_own(history: History) -> None:
    url = history.truth("hafenbote", "de-faehre").url  # windows-1252, and says so nowhere
    done = history.desktop.run_bytes("show", url, "--raw")
    assert done.stdout == history.world.body_of(url), done.stderr


def test_heads_are_kept_as_they_were_exchanged(history: History) -> None:
    heard = {(one.url, one.epoch, one.status): one for one in history.steps["one"].requests}
    rows = history.desktop.rows(
        "SELECT c.url, c.status, h.request, h.response FROM captures c JOIN capture_heads h ON h.capture_id = c.id WHERE c.run_id = 4"
    )
    assert len(rows) == len(history.steps["one"].requests)
    for row in rows:
        request = heard[row["url"], 1, row["status"]]
        line, *fields = row["request"].decode("latin-1").split("\r\n")
        assert line == f"GET {request.path} HTTP/1.1"
        assert [tuple(one.split(": ", 1)) for one in fields if one] == list(request.headers)
        assert row["response"].startswith(b"HTTP/1.1 %d " % row["status"])
        assert b"\r\nDate: Sat, 21 Nov 2026 " in row["response"]


def test_redirects_are_captures_of_their_own(history: History) -> None:
    rows = history.desktop.rows(
        "SELECT hop.url, hop.status, hop.verdict, h.response, c.url AS target, c.status AS found, c.verdict AS became FROM captures c"
        " JOIN captures hop ON hop.id = c.redirected_from JOIN capture_heads h ON h.capture_id = hop.id WHERE c.role = 'page'"
    )
    wanted = [one for one in history.world.articles() if one.outlet == "deux-rives"]
    assert {row["target"] for row in rows} == {one.url for one in wanted}
    for row in rows:
        assert (row["status"], row["verdict"], row["found"], row["became"]) == (302, "hop", 200, "stored")
        assert f"\r\nLocation: {row['target']}\r\n".encode() in row["response"]


def test_feed_documents_are_captured_with_their_polls(history: History) -> None:
    rows = history.desktop.rows(
        "SELECT f.url, p.run_id, p.status, b.sha256, c.role FROM polls p JOIN feeds f ON f.id = p.feed_id"
        " JOIN captures c ON c.id = p.capture_id LEFT JOIN bodies b ON b.id = c.body_id WHERE p.run_id = 1"
    )
    assert {row["url"] for row in rows} == set(history.world.feed_urls())
    for row in rows:
        assert (row["role"], row["status"], row["sha256"]) == ("feed", 200, digest(history.world.body_of(row["url"], 0)))


# --- one page, one fetch ------------------------------------------------------------------------------------------------


def test_no_page_is_fetched_twice_unless_its_feed_says_that_it_changed(history: History) -> None:
    fetched = Counter(one.url for name in ("first", "retry", "again") for one in pages_of(history.steps[name].requests, history.world))
    twice = [url for url, times in fetched.items() if times > 1]
    moody = history.truth("ledgerline", "solar-ferry").url
    assert twice == [moody]  # 503 at first


def test_a_page_that_says_503_is_stored_by_the_next_run(history: History) -> None:
    moody = history.truth("ledgerline", "solar-ferry").url
    assert any(line.startswith("FAILED") and moody in line and "503" in line for line in history.steps["first"].lines)
    assert [(one.url, one.status) for one in history.steps["retry"].requests] == [(moody, 200)]
    assert history.steps["retry"].lines == [f"STORED {moody}"]
    rows = history.desktop.rows("SELECT state, attempts, next_try_at, error FROM pages WHERE url = ?", moody)
    assert rows == [{"state": "stored", "attempts": 0, "next_try_at": None, "error": None}]


def test_a_page_that_robots_txt_disallows_is_never_asked_for(history: History) -> None:
    closed = next(one.url for one in history.world.articles() if not one.robots_allow)
    assert not [one for one in history.world.requests if "/members/" in one.path]
    rows = history.desktop.rows("SELECT state, error, next_try_at FROM pages WHERE url = ?", closed)
    assert rows == [{"state": "refused", "error": "robots.txt disallows it", "next_try_at": None}]
    asked = Counter(one.outlet for one in history.world.requests if one.path == "/robots.txt")
    assert asked == Counter(one.id for one in history.world.outlets)  # once each, for all runs


def test_campaign_links_and_sitemap_links_of_one_story_are_one_page(history: History) -> None:
    urls = [one.url for one in history.world.articles() if one.outlet == "suryagarh-times"]
    asked = Counter(one.url.partition("?")[0] for name in ("first", "retry", "again") for one in history.steps[name].requests)
    assert all(asked[url] <= 1 for url in urls)
    named = history.desktop.values(
        "SELECT count(DISTINCT e.feed_id) FROM entries e JOIN pages p ON p.id = e.page_id JOIN outlets o ON o.id = p.outlet_id"
        " WHERE o.code = 'suryagarh-times' GROUP BY p.id"
    )
    assert named == [2] * len(urls)


def test_an_amp_page_and_its_original_are_one_article(history: History) -> None:
    lantern = [one for one in history.world.articles() if one.outlet == "lantern"]
    rows = history.desktop.rows(
        "SELECT p.url, home.url AS home, (SELECT count(*) FROM articles a WHERE a.page_id = p.id) AS articles FROM pages p"
        " LEFT JOIN pages home ON home.id = p.same_as JOIN outlets o ON o.id = p.outlet_id WHERE o.code = 'lantern'"
    )
    amp = [row for row in rows if urlsplit(row["url"]).path.startswith("/amp/")]
    assert {row["home"] for row in amp} == {one.url for one in lantern if any("/amp/" in url for url in one.aliases)}
    assert {row["articles"] for row in amp} == {0}
    assert [row["articles"] for row in rows if row not in amp] == [1] * len(lantern)


def test_a_second_crawl_of_an_unchanged_world_asks_for_feeds_alone_and_conditionally(history: History) -> None:
    step = history.steps["again"]
    assert pages_of(step.requests, history.world) == []
    listed = [one for one in step.requests if one.url in set(history.world.feed_urls())]
    assert Counter(one.url for one in listed) == Counter(history.world.feed_urls())
    assert all(one.header("If-None-Match") or one.header("If-Modified-Since") for one in listed)
    assert {one.status for one in listed} == {304}
    assert step.counts["stored"] == step.counts["fetched"] == step.counts["entries"] == 0
    assert step.counts["not_modified"] == step.counts["polled"] == len(listed)


# --- counts -------------------------------------------------------------------------------------------------------------


def test_the_counts_of_each_run_add_up_and_equal_what_the_world_saw(history: History) -> None:
    for name, step in history.steps.items():
        counts, pages = step.counts, pages_of(step.requests, history.world)
        answered = [one for one in pages if one.status != 302]
        assert counts["fetched"] == len(answered), name
        read, unchanged = (sum(one.status == status for one in answered) for status in (200, 304))
        assert counts["stored"] + counts["revisits"] == read + unchanged, name
        bad_pages = sum(one.status not in (200, 302, 304) for one in pages)
        assert counts["failed"] == bad_pages + (name == "one"), name  # one feed is an HTML page then
        assert counts["cleaned"] == read, name
        assert counts["polled"] == (0 if name == "retry" else len(history.world.feed_urls())), name


def test_the_lines_of_a_run_are_one_for_each_feed_and_page(history: History) -> None:
    for name, step in history.steps.items():
        words = Counter(line.split()[0] for line in step.lines)
        assert words["STORED"] == step.counts["stored"] + step.counts["revisits"], name
        assert sum(words.values()) == step.counts["polled"] + step.counts["fetched"] + (name == "first"), name  # and the refused page


def test_runs_are_on_record_with_their_counts(history: History) -> None:
    rows = history.desktop.rows("SELECT id, status, summary, finished_at, error FROM runs ORDER BY id")
    assert [json.loads(row["summary"]) for row in rows] == [step.counts for step in history.steps.values()]
    assert [row["status"] for row in rows] == ["partial", "ok", "ok", "partial", "partial", "ok"]
    assert all(row["finished_at"] and row["error"] is None for row in rows)


def test_the_whole_archive_can_be_read_back(history: History) -> None:
    done = history.desktop.run("verify")
    assert done.returncode == 0, done.stdout + done.stderr
    assert history.desktop.values("SELECT count(*) FROM clean_queue") == [0]
