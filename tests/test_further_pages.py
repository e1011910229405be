"""Stories of several pages in a crawl: fetched one after the other, kept as captures of one page, joined to one article."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.clean import clean
from archive.store import clean_queue, readings
from archive.store.connect import open_reader, open_store
from archive.verify import audit
from tests.clean.test_further_pages import ONE, THREE, TWO, page
from tests.rules.documents import feed, moved, robots
from tests.rules.person import Person
from tests.rules.server import Answer, Site, serving

HTML = (("Content-Type", "text/html; charset=utf-8"),)
PAGER = "<a href='/p/pier/2'>2</a> <a href='/p/pier/3'>3</a>"
CHANGED = "The board has meanwhile put off the opening of the new pier to the end of April, as the ferries are late, it said on Friday."


def html(paragraphs: list[str], pager: str = PAGER) -> Answer:
    return Answer(200, HTML, page(paragraphs, pager))


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as made:
        made.says("/robots.txt", Answer(404))
        made.says("/feed", feed("/p/pier"))
        for path, paragraphs in (("/p/pier", ONE), ("/p/pier/2", TWO), ("/p/pier/3", THREE)):
            made.says(path, html(paragraphs))
        yield made


@pytest.fixture
def person(site: Site, tmp_path: Path) -> Person:
    person = Person(tmp_path)
    person.takes("post", site.url("/feed"), settings='recheck = ["40m"]')
    return person


def texts(person: Person) -> list[list[str]]:
    return [text.split("\n\n") for text in person.column("SELECT text FROM articles ORDER BY id")]


def test_a_story_of_three_pages_is_one_article_of_three_captures(site: Site, person: Person) -> None:
    result = person.crawl()
    assert site.paths() == ["/robots.txt", "/feed", "/p/pier", "/p/pier/2", "/p/pier/3"]
    assert texts(person) == [[*ONE, *TWO, *THREE]]
    rows = person.rows("SELECT c.url, c.verdict, c.part_of FROM captures c WHERE c.role = 'page' ORDER BY c.id")
    first = person.column("SELECT capture_id FROM articles")[0]
    assert [(row["url"], row["verdict"], row["part_of"]) for row in rows] == [
        (site.url("/p/pier"), "stored", None), (site.url("/p/pier/2"), "part", first), (site.url("/p/pier/3"), "part", first),
    ]  # fmt: skip
    assert (result.summary["fetched"], result.summary["stored"], result.summary["failed"]) == (1, 1, 0)
    assert person.column("SELECT is_partial FROM articles") == [0]


def test_a_feed_that_names_a_further_page_later_brings_nothing_new(site: Site, person: Person) -> None:
    person.crawl()
    site.says("/feed", feed("/p/pier", "/p/pier/2"))
    person.crawl()
    assert len(site.requests("/p/pier/2")) == 1
    assert len(texts(person)) == 1


NONE = [Answer(404), Answer(500), moved("/p/pier"), html(ONE), Answer(200, HTML), Answer(200, HTML, b"\x89PNG")]


@pytest.mark.parametrize("answer", NONE)
def test_a_further_page_that_is_none_ends_the_story(site: Site, person: Person, answer: Answer) -> None:
    site.says("/p/pier/2", answer)
    result = person.crawl()
    assert texts(person) == [ONE]
    assert len(site.requests("/p/pier/2")) == 1 and not site.requests("/p/pier/3")
    assert (result.summary["stored"], result.summary["failed"], result.exit_code) == (1, 0, 0)
    assert person.column("SELECT state FROM pages WHERE url LIKE '%/pier'") == ["stored"]
    assert person.column("SELECT count(*) FROM turned_away") == [0]


def test_a_wall_before_a_further_page_leaves_the_story_a_part(site: Site, person: Person) -> None:
    site.says(
        "/p/pier/2", Answer(200, HTML, b"<title>Before you continue</title><p>We and our partners use cookies.</p><button>Accept</button>")
    )
    person.crawl()
    assert texts(person) == [ONE] and person.column("SELECT is_partial FROM articles") == [1]
    assert len(site.requests("/p/pier/2")) == 1 and not site.requests("/p/pier/3")


def test_robots_txt_holds_for_further_pages(site: Site, person: Person) -> None:
    site.says("/robots.txt", robots("Disallow: /p/pier/"))
    person.crawl()
    assert site.paths() == ["/robots.txt", "/feed", "/p/pier"]
    partial = person.rows("SELECT is_partial, json_extract(evidence, '$.is_partial') AS why FROM articles")[0]
    assert (partial["is_partial"], partial["why"]) == (1, f"its page 2 is not here: {site.url('/p/pier/2')}")


@pytest.mark.parametrize(("most", "asked"), [(0, 0), (1, 1)])
def test_as_many_as_are_configured(site: Site, tmp_path: Path, most: int, asked: int) -> None:
    person = Person(tmp_path)
    person.takes("post", site.url("/feed"), settings=f"further_pages = {most}")
    person.crawl()
    assert len(site.requests("/p/pier/2")) == asked and not site.requests("/p/pier/3")
    assert texts(person) == [[*ONE, *TWO][: 2 + 2 * asked]]


def test_a_change_on_a_further_page_is_a_revision(site: Site, person: Person) -> None:
    person.crawl()
    site.says("/p/pier/2", html([*TWO, CHANGED]))
    person.crawl(every=False, ahead=timedelta(hours=1))
    assert texts(person) == [[*ONE, *TWO, *THREE], [*ONE, *TWO, CHANGED, *THREE]]
    kept = person.rows("SELECT url, revisit_of, revisit_profile FROM captures WHERE part_of IS NOT NULL ORDER BY id")[2:]
    assert [row["revisit_profile"] for row in kept] == [None, "identical-payload-digest"]  # the third page is as it was


def test_a_further_page_that_fails_at_a_later_look_cuts_nothing(site: Site, person: Person) -> None:
    person.crawl()
    site.says("/p/pier/2", Answer(503))
    person.crawl(every=False, ahead=timedelta(hours=1))
    assert len(site.requests("/p/pier")) == 2
    assert texts(person) == [[*ONE, *TWO, *THREE]]


def test_a_first_page_that_changed_is_a_revision_though_its_further_ones_fail(site: Site, person: Person) -> None:
    person.crawl()
    site.says("/p/pier", html([CHANGED, *ONE]))
    site.says("/p/pier/2", Answer(503))
    person.crawl(every=False, ahead=timedelta(hours=1))
    assert texts(person)[1:] == [[CHANGED, *ONE]]


def test_cleaning_again_reads_all_pages_of_a_story(site: Site, person: Person) -> None:
    from archive import cli
    from tests.archive.test_show_and_verify import run

    person.crawl()
    before = person.rows("SELECT id, text, capture_id FROM articles")
    run(cli.clean, "--all", "-a", person.archive)
    assert person.rows("SELECT id, text, capture_id FROM articles") == before


def test_a_case_holds_all_pages_of_a_story(site: Site, person: Person, tmp_path: Path) -> None:
    from archive import explain as commands
    from tests.archive.test_show_and_verify import run
    from tests.clean.test_pages import reading

    person.crawl()
    run(commands.case, 1, tmp_path / "case", "-a", person.archive)
    assert sorted(path.name for path in (tmp_path / "case").iterdir()) == [
        "expected.json", "headers.json", "page-2.html", "page-3.html", "page.html"
    ]  # fmt: skip
    article, expected = reading(tmp_path / "case")
    assert article.text == expected["text"] == "\n\n".join([*ONE, *TWO, *THREE])
    said = json.loads(run(commands.explain, 1, "-a", person.archive, "--json").output)
    assert said["article"]["evidence"]["text"] == "blocks of the page; joined from 3 pages"


def test_a_reading_without_a_page_that_came_meanwhile_is_made_anew(site: Site, person: Person) -> None:
    person.crawl()
    with open_store(person.archive) as store:
        (capture_id,) = person.column("SELECT capture_id FROM articles")
        assert clean_queue.ask_again(store) == 1
        with store.transaction():  # as if the cleaner had begun before the second page was there
            article = clean(page(ONE, PAGER), url=site.url("/p/pier"))
            readings.save(store, capture_id, article, cleaner_version=1, run_id=None, now=datetime.now(UTC), pages=1)
        assert clean_queue.waiting(store) == 1


def test_the_archive_is_sound(site: Site, person: Person) -> None:
    person.crawl()
    with open_reader(person.archive) as store:
        assert clean_queue.waiting(store) == 0
        assert not audit(store).failures
