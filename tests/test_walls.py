"""Consent walls, challenges and soft 404s: an answer with status 200 that is no story is told from one, and never takes its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from archive.clean.refusal import WALLS, wall_of
from archive.store.connect import open_reader
from scheduler.progress import summary_lines
from scheduler.run import Result
from scheduler.status import feeds_status
from scheduler.status_table import as_table
from tests.rules.documents import feed, page
from tests.rules.person import Person
from tests.rules.server import Answer, Site, serving

HTML = (("Content-Type", "text/html; charset=utf-8"), ("ETag", '"wall"'))
CHALLENGE = Answer(
    200, HTML, b"<!doctype html><title>Just a moment...</title><h1>post.example</h1><p>Enable JavaScript and cookies to continue</p>"
)
SCRIPT = Answer(
    200, HTML, b"<!doctype html><title>post.example</title><script src='/cdn-cgi/challenge-platform/h/b/orchestrate/x.js'></script>"
)
CONSENT = Answer(
    200, HTML, b"<!doctype html><title>Before you continue</title><p>We and our partners use cookies.</p><button>Accept</button>"
)
SOFT = Answer(200, HTML, b"<!doctype html><title>Page not found - Harbour Post</title><h1>Page not found</h1><p>Try the search.</p>")
STORY = page("The ferry sails again after the storm of the week")
STEPS = [timedelta(hours=hours) for hours in (0, 1, 4, 14, 40)]  # half an hour, two hours and eight after each wall; then no more


@dataclass
class Walls:
    site: Site
    person: Person
    results: list[Result]

    def page(self, name: str) -> dict[str, Any]:
        return self.person.rows("SELECT * FROM pages WHERE url LIKE ?", f"%/p/{name}")[0]

    def articles(self, name: str) -> list[str]:
        return self.person.column("SELECT a.headline FROM articles a JOIN pages p ON p.id = a.page_id WHERE p.url LIKE ?", f"%/p/{name}")


@pytest.fixture(scope="module")
def walls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walls]:
    with serving() as site:
        person, says = Person(tmp_path_factory.mktemp("walls")), site.says
        pages = {
            "opens": (CHALLENGE, STORY),
            "closed": (CHALLENGE,),
            "script": (SCRIPT, STORY),
            "consent": (CONSENT,),
            "soft": (SOFT,),
            "lags": (SOFT, STORY),
            "shuts": (STORY, CHALLENGE),
            "goes": (STORY, SOFT),
            "403": (Answer(403, HTML, b"no"),),
        }
        validated = (("ETag", '"feed"'),)
        says("/robots.txt", Answer(404))
        says("/feed", feed(*(f"/p/{name}" for name in pages), fields=validated), Answer(304))
        person.takes(
            "post", site.url("/feed"), says("/walled", feed(fields=validated), CHALLENGE), settings='recheck = ["40m", "3h", "12h"]'
        )
        for name, answers in pages.items():
            says(f"/p/{name}", *answers)
        yield Walls(site, person, [person.crawl(every=False, ahead=step) for step in STEPS])


@pytest.mark.parametrize("name", ["opens", "script", "lags"])
def test_a_page_that_opens_later_is_had_then(walls: Walls, name: str) -> None:
    assert walls.page(name)["state"] == "stored"
    assert walls.articles(name) == ["The ferry sails again after the storm of the week"]


def test_after_a_wall_the_page_is_asked_for_unconditionally(walls: Walls) -> None:
    assert [one.get("If-None-Match") for one in walls.site.requests("/p/opens")][:2] == [None, None]


@pytest.mark.parametrize(
    ("name", "state", "kind"), [("closed", "blocked", "challenge"), ("consent", "blocked", "consent"), ("soft", "gone", "not-found")]
)
def test_one_that_stays_shut_is_tried_four_times_and_is_no_article(walls: Walls, name: str, state: str, kind: str) -> None:
    row = walls.page(name)
    assert (row["state"], row["error"], row["next_try_at"], row["recheck_at"]) == (state, WALLS[kind], None, None)  # type: ignore[index]
    assert len(walls.site.requests(f"/p/{name}")) == 4
    assert walls.articles(name) == []
    assert (row["capture_id"], row["stored_at"]) == (None, None)


def test_what_came_is_kept_all_the_same(walls: Walls) -> None:
    sql = "SELECT count(*), count(c.body_id) FROM captures c JOIN walls w ON w.capture_id = c.id WHERE c.url LIKE '%/p/closed'"
    assert list(walls.person.rows(sql)[0].values()) == [4, 4]


def test_a_wall_never_takes_the_place_of_a_good_capture(walls: Walls) -> None:
    row = walls.page("shuts")
    assert (row["state"], row["removed_at"]) == ("stored", None)
    assert walls.articles("shuts") == ["The ferry sails again after the storm of the week"]
    assert walls.person.column("SELECT verdict FROM captures WHERE id = ?", row["capture_id"]) == ["stored"]
    assert walls.person.column("SELECT count(*) FROM walls WHERE capture_id = ?", row["capture_id"]) == [0]
    assert row["alive_at"] == row["stored_at"]


def test_a_story_that_turns_into_a_soft_404_is_removed_with_the_time_it_was_last_seen_alive(walls: Walls) -> None:
    row = walls.page("goes")
    assert row["state"] == "gone"
    assert row["alive_at"] == row["stored_at"] < row["removed_at"]
    assert [one["url"].rpartition("/")[2] for one in walls.person.rows("SELECT url FROM removed")] == ["goes"]


def test_a_feed_behind_a_challenge_is_blocked_and_says_why(walls: Walls) -> None:
    polls = walls.person.polls(walls.site.url("/walled"))
    assert [(poll["outcome"], poll["error"]) for poll in polls[1:]] == [("blocked", WALLS["challenge"])] * (len(polls) - 1)
    assert len(polls) > 1


def test_they_are_counted_by_the_run_and_listed(walls: Walls) -> None:
    assert walls.results[0].summary["walls"] == 6
    assert any("6 pages turned us away" in line for line in summary_lines(walls.results[0], []))
    why = {row["url"].rpartition("/")[2]: row["why"] for row in walls.person.rows("SELECT url, why FROM turned_away")}
    assert why == {
        "closed": "challenge",
        "consent": "consent",
        "soft": "not-found",
        "shuts": "challenge",
        "goes": "not-found",
        "403": "HTTP 403",
    }


def test_status_shows_them(walls: Walls) -> None:
    now = datetime.now(UTC) + STEPS[-1]
    with open_reader(walls.person.archive) as store:
        text = " ".join(" ".join(as_table(feeds_status(store, walls.site.url("/feed"), now=now), detailed=True, now=now)).split())
    assert "pages of 7 days that turned us away: challenge 4, not-found 3, HTTP 403 1, consent 1" in text


@pytest.mark.parametrize(
    ("answer", "kind"), [(CHALLENGE, "challenge"), (SCRIPT, "challenge"), (CONSENT, "consent"), (SOFT, "not-found"), (STORY, None)]
)
def test_a_wall_is_told_from_any_html(answer: Answer, kind: str | None) -> None:
    assert wall_of(answer.body, "https://post.example/feed") == kind


def test_a_consent_host_is_a_wall_and_a_story_about_consent_is_none() -> None:
    short = b"<!doctype html><title>Harbour Post</title><p>Your choices matter to us.</p>"
    story = b"<!doctype html><title>Before you continue</title><p>" + b"The ferry company asks passengers for consent. " * 60
    assert wall_of(short, "https://consent.post.example/v2/x?to=1") == "consent"
    assert wall_of(short, "https://post.example/news/consent") is None
    assert wall_of(story, "https://post.example/news/1") is None


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b"<" * 100_000, b"<html>" + b"<b>" * 30_000])
def test_any_bytes_are_looked_at_without_an_error(body: bytes) -> None:
    assert wall_of(body, "https://post.example/") is None


@pytest.mark.parametrize(
    ("title", "heading", "kind"),
    [
        ("Nothing found - Harbour Post", "Oops! That page can’t be found.", "not-found"),
        ("Harbour Post", "This article is no longer available", "not-found"),
        ("Article removed", "", "not-found"),
        ("Sorry", "The page you are looking for doesn't exist", "not-found"),
        ("Database Error", "Error establishing a database connection", "unavailable"),
        ("Harbour Post", "We’ll be back soon!", "unavailable"),
        ("Site maintenance", "", "unavailable"),
        ("Welcome to nginx!", "Welcome to nginx!", "unavailable"),
        ("harbourpost.example is for sale", "", "unavailable"),
        ("Harbour Post", "This domain is for sale", "unavailable"),
        ("Account Suspended", "", "unavailable"),
        ("Index of /news", "", "unavailable"),
        ("Sign in to continue reading", "", "unavailable"),
    ],
)
def test_pages_that_servers_show_in_a_storys_place_are_none(title: str, heading: str, kind: str) -> None:
    body = f"<!doctype html><title>{title}</title><nav>Home</nav><h1>{heading}</h1><p>Some words more, for the visitor.</p>"
    assert wall_of(body.encode(), "https://post.example/story") == kind


def test_a_page_that_only_wants_its_script_to_be_run_is_a_challenge() -> None:
    body = b"<html><script>document.cookie='a=1'</script><body>This site requires Javascript to work, please enable it.</body>"
    assert wall_of(body, "https://post.example/story") == "challenge"


@pytest.mark.parametrize(
    "title",
    [
        "The airport of Galle is for sale, minister says", "Index of industrial output falls in May", "Signs in the sky: an eclipse",
        "Maintenance of the old bridge begins", "Database error delays trains for a third day", "Account suspended: a writer's story of X",
        "The article that can't be ignored", "Welcome to the harbour: the ferry is back", "We will be back, says the beaten captain",
    ],
)  # fmt: skip
def test_headlines_that_begin_like_such_pages_are_none_of_them(title: str) -> None:
    body = f"<!doctype html><title>{title}</title><h1>{title}</h1><p>It was said on Monday by officials of the port.</p>"
    assert wall_of(body.encode(), "https://post.example/story") is None
