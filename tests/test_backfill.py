"""`wirecopy backfill`: an outlet's past, through sitemaps and paged feeds; interrupted and gone on with; within dates and sections."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from archive.model import BackfillStep, Entry, FeedDocument, Sitemap
from crawler.discover.links import Sites
from crawler.walk import _NAME, at_home, children, onward, period_of, stories, time_of
from scheduler.backfill import Done, summary
from scheduler.commands import backfill
from tests.past import NOW, OCTOBER, SINCE, UNTIL, Past, built
from tests.rules.person import Person
from tests.rules.server import serving


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Past, Done]]:
    """One backfill of October, to its end."""
    with serving() as site:
        made = built(site, tmp_path_factory.mktemp("past"))
        yield made, made.fill()


def test_the_stories_of_the_time_are_fetched_and_no_others(past: tuple[Past, Done]) -> None:
    assert past[0].stored() == sorted([*OCTOBER, *NOW])  # the feeds themselves were due, and polled meanwhile
    asked = {path for path in past[0].site.paths() if path.startswith(("/wire", "/sport"))}
    assert asked == {f"/wire/{name}" for name in [*OCTOBER, *NOW]}


def test_documents_of_other_times_and_of_no_stories_are_left_out_and_say_why(past: tuple[Past, Done]) -> None:
    assert past[0].documents() == {
        "sitemap.xml": "read", "news.xml": "read", "posts-2026-10.xml": "read", "posts-2025-12.xml": "left out", "old.xml": "left out",
        "category-sitemap.xml": "left out", "broken.xml": "failed", "feed": "read", "feed-2": "read", "feed-3": "read",
    }  # fmt: skip
    why = past[0].person.column("SELECT error FROM backfill WHERE state = 'left out' ORDER BY url")
    assert why == ["its address names no stories", "last changed 2020-05-01, before the time asked for", "its address names another time"]
    assert past[0].site.requests("/old.xml") == past[0].site.requests("/feed-4") == []


def test_each_document_is_asked_for_once_and_kept(past: tuple[Past, Done]) -> None:
    asked = Counter(path for path in past[0].site.paths() if path.endswith(".xml") or path.startswith("/feed"))
    del asked["/broken.xml"]  # what failed is asked for by each backfill
    assert asked == {"/sitemap.xml": 1, "/news.xml": 1, "/posts-2026-10.xml": 1, "/feed": 2, "/feed-2": 1, "/feed-3": 1}
    sql = "SELECT count(*) FROM captures WHERE url LIKE '%.xml' AND body_id IS NOT NULL AND role = 'feed' AND status = 200"
    kept = past[0].person.column(sql)
    assert kept == [3]


def test_what_the_sitemaps_say_of_a_story_is_kept_as_a_feed_s_word(past: tuple[Past, Done]) -> None:
    row = past[0].person.rows(
        "SELECT e.title, e.published_at, f.url, f.active FROM entries e JOIN feeds f ON f.id = e.feed_id WHERE e.url LIKE '%news-one%'"
    )
    assert row == [{"title": "A title", "published_at": "2026-10-05T04:30:00Z", "url": past[0].site.url("/sitemap.xml#past"), "active": 0}]


def test_the_end_says_what_came_of_it(past: tuple[Past, Done]) -> None:
    done = past[1]
    assert done.ended == "all"
    lines = summary(done)
    assert lines[0] == "harbour: 6 documents read; 6 new pages, 6 stored."
    assert "1 document could not be had" in " ".join(lines)


def test_the_same_again_asks_only_for_what_failed(past: tuple[Past, Done]) -> None:
    before = len(past[0].site.asked)
    assert past[0].fill().ended == "all"
    assert past[0].site.paths()[before:] == ["/broken.xml"]


def test_old_stories_are_looked_at_once_more_not_every_hour(past: tuple[Past, Done]) -> None:
    looks = past[0].person.column("SELECT recheck_at FROM pages WHERE url LIKE '%post-number-0%'")
    wait = datetime.fromisoformat(looks[0]) - datetime.now(UTC)
    assert wait.days >= 13  # 30 days after 10 October, or from now on


def test_a_number_of_pages_bounds_it_and_the_same_command_goes_on(tmp_path: Path) -> None:
    with serving() as site:
        made = built(site, tmp_path)
        assert made.fill(most_pages=1).ended == "enough"
        assert site.requests("/posts-2026-10.xml") == []
        assert made.fill().ended == "all"
        assert made.stored() == sorted([*OCTOBER, *NOW])
        assert Counter(site.paths())["/sitemap.xml"] == 1


def test_short_runs_follow_each_other_and_poll_what_is_due_meanwhile(tmp_path: Path) -> None:
    with serving() as site:
        made = built(site, tmp_path, delay="delay = 0.4")
        assert made.fill(slice=2.0).ended == "all"
        assert made.stored() == sorted([*OCTOBER, *NOW])
        stopped = made.person.column("SELECT count(*) FROM runs WHERE status = 'stopped'")[0]
        asked = Counter(path for path in site.paths() if path.startswith("/wire"))
        assert stopped >= 1
        assert asked.total() - len(asked) <= stopped  # a run that is stopped lets go of the page that is under way


def test_killed_at_any_moment_it_goes_on_and_doubles_nothing(tmp_path: Path) -> None:
    with serving() as site:
        made = built(site, tmp_path, delay="delay = 0.15")
        command = [sys.executable, "-m", "scheduler.cli", "backfill", "harbour", "--since", "2026-10", "--until", "2026-10"]
        command += ["-a", str(made.person.archive), "-s", str(made.person.sources)]
        for seconds, how in ((2.0, signal.SIGKILL), (2.2, signal.SIGTERM), (2.6, signal.SIGKILL)):
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(seconds)
            process.send_signal(how)
            process.wait()
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        assert "All of it is read." in done.stdout
        assert made.stored() == sorted([*OCTOBER, *NOW])
        sql = "SELECT count(*) FROM captures WHERE role = 'page' AND verdict = 'stored' AND revisit_of IS NULL GROUP BY page_id"
        assert set(made.person.column(sql)) == {1}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nobody", "--since", "2026"], 64, "nobody"),
        (["harbour"], 2, "--since"),
        (["harbour", "--since", "soon"], 64, "soon"),
        (["harbour", "--since", "2026", "--until", "2025"], 2, "--until lies before --since"),
        (["harbour", "--since", "2026", "--sitemap", "sitemap.xml"], 2, "no web address"),
        (["harbour", "--since", "2026", "--sitemap", "file:///etc/passwd"], 2, "no web address"),
    ],
)
def test_bad_input_is_named(tmp_path: Path, arguments: list[str], code: int, words: str) -> None:
    person = Person(tmp_path)
    person.takes("harbour", "https://harbour.example/feed")
    done = CliRunner().invoke(backfill, [*arguments, "-a", str(person.archive), "-s", str(person.sources)])
    said = done.output + str(done.exception)
    assert words in said
    assert (getattr(done.exception, "exit_code", None) or done.exit_code) == code
    assert not person.archive.exists()


# --- decided purely -----------------------------------------------------------------------------------------------------

STEP = BackfillStep(1, 1, 1, "a", "https://a.example/sitemap.xml", "sitemap", SINCE, UNTIL)


@pytest.mark.parametrize(
    ("url", "first", "days"),
    [
        ("https://a.example/sitemap-2026-10.xml", "2026-10-01", 31),
        ("https://a.example/2026/10/05/story", "2026-10-05", 1),
        ("https://a.example/sitemap-20261005.xml.gz", "2026-10-05", 1),
        ("https://a.example/sitemap.xml?yyyy=2026&mm=10&dd=05", "2026-10-05", 1),
        ("https://a.example/archive/2024.xml", "2024-01-01", 366),
        ("https://a.example/2026/the-story-of-2025-12", "2025-12-01", 31),  # the fuller date counts
    ],
)
def test_an_address_may_name_a_time(url: str, first: str, days: int) -> None:
    found = period_of(url)
    assert found is not None
    assert (f"{found[0]:%Y-%m-%d}", (found[1] - found[0]).days) == (first, days)


@pytest.mark.parametrize(
    "url", ["https://a.example/story-123456.html", "https://a.example/sitemap-3.xml", "https://a.example/20263/x", "https://a.example/"]
)
def test_numbers_that_are_no_time_name_none(url: str) -> None:
    assert period_of(url) is None


@pytest.mark.parametrize("query", ["a" * 300_000, "a&" * 150_000, "&" * 300_000, "a1" * 150_000 + "="])
def test_an_address_as_long_as_a_book_is_read_at_once(query: str) -> None:
    assert period_of(f"https://a.example/news?{query}") is None


@given(st.text("a_1&=-", max_size=40))
def test_names_of_parameters_end_where_their_values_begin(query: str) -> None:
    assert _NAME.sub("-", query) == re.sub(r"&?[a-zA-Z_]*=", "-", query)


def test_sitemaps_are_left_out_for_a_reason_only() -> None:
    names = [
        "sitemap-2026-10.xml",
        "sitemap-2026-09.xml",
        "sitemap-2026-11.xml",
        "sitemap-3.xml",
        "post_tag-sitemap2.xml",
        "author-sitemap.xml",
    ]
    found = children([Sitemap(f"https://a.example/{name}") for name in names], STEP)
    assert [one.left_out is None for one in found] == [True, False, False, True, False, False]
    assert children([Sitemap("https://a.example/x.xml", datetime(2026, 9, 30, tzinfo=UTC))], STEP)[0].left_out


def entry(path: str, *, published: datetime | None = None, updated: datetime | None = None) -> Entry:
    return Entry(url=f"https://a.example{path}", url_given=path, published_at=published, updated_at=updated)


def test_a_story_is_of_the_time_that_it_was_published_else_that_its_address_says_else_that_it_was_changed() -> None:
    early, late = datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 10, 9, tzinfo=UTC)
    assert time_of(entry("/2026/10/09/a", published=early))[0] == early
    assert time_of(entry("/2020/01/01/a", updated=late))[0] == early
    assert time_of(entry("/a", updated=late))[0] == late
    assert time_of(entry("/a")) == (None, None)


def test_what_is_no_story_or_lies_elsewhere_is_not_taken() -> None:
    october = datetime(2026, 10, 9, tzinfo=UTC)
    listed = [
        entry(path, updated=october) for path in ("/wire/a-b-c-d", "/wire/", "/sport/a-b-c-d", "/tag/a-b-c-d", "/wire/skip-me-for-sure")
    ]
    document = FeedDocument("sitemap", tuple(listed))

    def wanted(url: str) -> bool:
        return "skip" not in url

    assert [one.url[17:] for one in stories(document, STEP, wanted, ["https://a.example/wire/1"])] == ["/wire/a-b-c-d"]
    everywhere = replace(STEP, everywhere=True)
    assert [one.url[17:] for one in stories(document, everywhere, wanted, ["https://a.example/wire/1"])] == [
        "/wire/a-b-c-d",
        "/sport/a-b-c-d",
    ]


def test_a_sitemap_s_stories_lie_on_its_own_site_or_the_outlet_s_and_a_feed_s_older_pages_name_any() -> None:
    october = datetime(2026, 10, 9, tzinfo=UTC)
    found = tuple(Entry(url, url, updated_at=october) for url in ("https://www.a.example/wire/a-b-c-d", "https://b.example/wire/a-b-c-d"))
    own, pages = Sites([STEP.url]), replace(STEP, kind="pages")
    for step, document, kept in ((STEP, "sitemap", 1), (pages, "sitemap", 1), (pages, "atom", 2)):
        read = FeedDocument(document, found)  # type: ignore[arg-type]
        assert at_home(stories(read, step, bool, ()), read, step, own) == found[:kept]


def test_sitemaps_of_other_sites_are_left_out() -> None:
    found = [Sitemap(url) for url in ("https://a.example/1.xml", "https://news.a.example/2.xml", "https://a.example.b.example/3.xml")]
    assert [one.left_out is None for one in children(found, STEP, Sites([STEP.url]))] == [True, True, False]


def test_older_pages_are_followed_until_all_of_one_is_too_old() -> None:
    pages = replace(STEP, kind="pages", url="https://a.example/feed")
    old, new = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 10, 9, tzinfo=UTC)

    def document(*times: datetime | None, next_url: str | None = "https://a.example/2") -> FeedDocument:
        return FeedDocument("atom", tuple(entry("/x", published=at) for at in times), next_url=next_url)

    assert onward(document(old, new), pages) == onward(document(None), pages) == onward(document(), pages) == "https://a.example/2"
    assert onward(document(old, old), pages) is None
    assert onward(document(new, next_url="https://a.example/feed"), pages) is None
