"""Rule 30: no overlap with the last poll is a gap; older pages and news sitemaps are asked, within bounds, and status tells."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from archive.store.connect import open_reader
from crawler.gaps import MAX_DOCUMENTS, Sections, section_of
from scheduler.status import feeds_status
from scheduler.status_table import as_table
from tests.rules.documents import atom, page, robots
from tests.rules.person import Person
from tests.rules.server import Answer, Site, serving

DAY = timedelta(days=1)


@dataclass
class Gaps:
    site: Site
    person: Person

    def links(self, name: str) -> list[str]:
        """The stories that a feed brought, in order."""
        sql = "SELECT e.url FROM entries e JOIN feeds f ON f.id = e.feed_id WHERE f.url = ? ORDER BY e.id"
        return [url.rpartition("/")[2] for url in self.person.column(sql, self.site.url(f"/{name}"))]

    def gap(self, name: str) -> list[tuple[int, int | None, int | None, str | None]]:
        """Of each poll: (gap, documents asked for, entries they brought, closed by)."""
        sql = """SELECT p.gap, g.documents, g.entries, g.closed_by FROM polls p JOIN feeds f ON f.id = p.feed_id
          LEFT JOIN gaps g ON g.poll_id = p.id WHERE f.url = ? ORDER BY p.id"""
        return [tuple(row.values()) for row in self.person.rows(sql, self.site.url(f"/{name}"))]


def as_json(name: str, *numbers: int, onward: str | None = None) -> Answer:
    items = [{"id": f"{name}-{n}", "url": f"{{origin}}/{name}/{name}-{n}", "title": f"{name} {n}"} for n in numbers]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": name, "items": items}
    text = json.dumps(feed | ({"next_url": f"{{origin}}/{onward}"} if onward else {}))
    return Answer(200, (("Content-Type", "application/feed+json"),), text.encode())


def sitemap(now: datetime, *stories: tuple[str, timedelta]) -> Answer:
    urls = "".join(
        f"<url><loc>{{origin}}{path}</loc><n:news><n:title>t</n:title><n:publication_date>{(now - age).isoformat()}</n:publication_date>"
        "</n:news></url>"
        for path, age in stories
    )
    spaces = "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'"
    return Answer(200, (("Content-Type", "application/xml"),), f"<urlset {spaces}>{urls}</urlset>".encode())


@pytest.fixture(scope="module")
def gaps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gaps]:
    """Two polls, more than a day apart; in between the feeds turned over as a whole."""
    with serving("127.0.0.1") as site, serving("127.0.0.2") as named:
        person, says = Person(tmp_path_factory.mktemp("gaps"), ("127.0.0.0/8",)), site.says
        says("/robots.txt", Answer(404))
        feeds = [
            says("/paged", atom("paged", 3, 2, 1, onward="paged-0"), atom("paged", 9, 8, onward="paged-2")),
            says("/archived", atom("archived", 1), atom("archived", 3, rel="prev-archive", onward="archived-2")),
            says("/json", as_json("json", 1), as_json("json", 4, onward="json-2")),
            says("/endless", atom("endless", 1), atom("endless", 100, onward="endless-0")),
            says("/circle", atom("circle", 1), atom("circle", 3, onward="circle-2")),
            says("/broken", atom("broken", 1), atom("broken", 3, onward="broken-2")),
            says("/alone", atom("alone", 1), atom("alone", 3)),
            says("/overlaps", atom("overlaps", 2, 1), atom("overlaps", 3, 2, onward="overlaps-2")),
        ]
        says("/paged-2", atom("paged", 7, 6, 5, onward="paged-3"))
        says("/paged-3", atom("paged", 4, 3, onward="paged-4"))
        says("/archived-2", atom("archived", 2, 1, rel="prev-archive", onward="archived-1"))
        says("/json-2", as_json("json", 3, 2, 1))
        for n in range(20):
            says(f"/endless-{n}", atom("endless", 200 + n, onward=f"endless-{n + 1}"))
        says("/circle-2", atom("circle", 2, onward="circle-2"))
        says("/broken-2", Answer(500))
        person.takes("post", *feeds)
        _with_sitemap(person, named)
        for ahead in (timedelta(0), 2 * DAY):
            person.crawl(every=False, ahead=ahead)
        site.answers["/named"] = [Answer(body=" ".join(named.paths()).encode())]
        yield Gaps(site, person)


def _with_sitemap(person: Person, named: Site) -> None:
    """A site whose robots.txt names a sitemap of news and another one."""
    named.says("/robots.txt", robots(f"Sitemap: {named.url('/all.xml')}", f"Sitemap: {named.url('/news-sitemap.xml')}"))
    now = datetime.now(UTC) + 2 * DAY
    hour = timedelta(hours=1)
    stories = (
        ("/named/named-3", hour),
        ("/named/named-2", 10 * hour),
        ("/named/named-1", 48.5 * hour),
        ("/sport/1", hour),
        ("/named/old", 9 * DAY),
    )
    named.says("/news-sitemap.xml", sitemap(now, *stories))
    person.takes("sitemapped", named.says("/named.xml", atom("named", 1), atom("named", 4)))
    for path in ("named-1", "named-2", "named-3", "named-4"):
        named.says(f"/named/{path}", page(path))


def test_rule_30_a_gap_is_closed_through_older_pages_up_to_what_was_known(gaps: Gaps) -> None:
    assert gaps.gap("paged") == [(0, None, None, None), (0, 2, 5, "older pages")]
    assert gaps.links("paged") == [f"paged-{n}" for n in range(1, 10)]  # the oldest first, older pages before the document
    assert len(gaps.site.requests("/paged-2")) == len(gaps.site.requests("/paged-3")) == 1
    assert gaps.site.requests("/paged-4") == []


def test_rule_30_a_first_poll_follows_nothing_and_so_does_one_that_overlaps(gaps: Gaps) -> None:
    assert gaps.site.requests("/paged-0") == gaps.site.requests("/overlaps-2") == []
    assert gaps.gap("overlaps") == [(0, None, None, None)] * 2


def test_rule_30_archived_feeds_and_json_feeds_are_followed_likewise(gaps: Gaps) -> None:
    assert gaps.gap("archived")[1] == (0, 1, 2, "older pages")
    assert gaps.site.requests("/archived-1") == []
    assert gaps.gap("json")[1] == (0, 1, 3, "older pages")
    assert gaps.links("json") == ["json-1", "json-2", "json-3", "json-4"]


def test_rule_30_an_endless_feed_is_followed_for_a_bounded_number_of_pages_and_the_gap_stays(gaps: Gaps) -> None:
    assert gaps.gap("endless")[1] == (1, MAX_DOCUMENTS, MAX_DOCUMENTS, None)
    assert len([path for path in gaps.site.paths() if path.startswith("/endless-")]) == MAX_DOCUMENTS


@pytest.mark.parametrize(("name", "asked", "brought"), [("circle", 1, 1), ("broken", 1, 0), ("alone", 0, 0)])
def test_rule_30_what_leads_nowhere_leaves_a_gap_and_the_feed_goes_on(gaps: Gaps, name: str, asked: int, brought: int) -> None:
    assert gaps.gap(name)[1] == (1, asked, brought, None)
    assert (gaps.links(name)[0], gaps.links(name)[-1]) == (f"{name}-1", f"{name}-3")
    assert gaps.person.outcomes(gaps.site.url(f"/{name}")) == ["new", "new"]


def test_rule_30_without_older_pages_the_news_sitemap_is_asked_for_what_lies_where_the_feed_s_stories_lie(gaps: Gaps) -> None:
    rows = gaps.person.rows(
        "SELECT p.gap, g.* FROM polls p JOIN gaps g ON g.poll_id = p.id JOIN feeds f ON f.id = p.feed_id WHERE f.url LIKE '%named.xml'"
    )
    assert [(row["gap"], row["documents"], row["entries"], row["closed_by"]) for row in rows] == [(0, 1, 3, "news sitemap")]
    asked = gaps.site.answers["/named"][0].body.decode().split()
    assert sorted(asked) == sorted(
        ["/robots.txt", "/robots.txt", "/named.xml", "/named.xml", "/news-sitemap.xml"]
        + [f"/named/named-{n}" for n in (1, 2, 3, 4)]
        + ["/named/named-1"]
    )  # robots.txt is a day old by the second poll, and named-1 is looked at again


def test_rule_30_each_document_is_on_record(gaps: Gaps) -> None:
    sql = "SELECT verdict FROM captures WHERE role = 'feed' AND url LIKE ?"
    assert gaps.person.column(sql, "%/paged-_") == ["part", "part"]
    assert gaps.person.column(sql, "%/broken-2") == ["part"]


def test_rule_30_status_tells_of_gaps_that_were_closed_and_of_those_that_were_not(gaps: Gaps) -> None:
    now = datetime.now(UTC) + 2 * DAY
    with open_reader(gaps.person.archive) as store:
        closed, still = (
            " ".join(" ".join(as_table(feeds_status(store, gaps.site.url(path), now=now), detailed=True, now=now)).split())
            for path in ("/paged", "/endless")
        )
    assert "gaps 1 in 7 days, closed by older pages (5 entries)" in closed
    assert "gaps 1 in 7 days, not closed: some entries may have come and gone" in still


def test_stories_of_many_sections_are_those_of_the_whole_host() -> None:
    few, many = (Sections(f"https://a.example/folder-{'abcdef'[n]}/story" for n in range(number)) for number in (5, 6))
    assert few.have("https://a.example/folder-a/other") and not few.have("https://a.example/sport/1")
    assert many.have("https://a.example/sport/1") and not many.have("https://b.example/folder-a/1")
    assert not Sections(())


@pytest.mark.parametrize(
    ("url", "section"),
    [
        ("https://a.example/india/story-1", ("a.example", "india")),
        ("https://a.example/2026/11/25/story", ("a.example", "0")),
        ("https://a.example/story.html", ("a.example", "")),
        ("https://a.example", ("a.example", "")),
    ],
)
def test_a_section_is_the_host_and_the_first_folder(url: str, section: tuple[str, str]) -> None:
    assert section_of(url) == section
