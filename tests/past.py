"""An outlet with a past, on loopback: a feed with older pages, sitemaps, and the backfill that reads them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from scheduler.backfill import Ask, Done, fill
from tests.rules.documents import page, robots
from tests.rules.person import Person
from tests.rules.server import Answer, Site

SINCE, UNTIL = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
SPACES = "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'"


def xml(text: str, status: int = 200) -> Answer:
    return Answer(status, (("Content-Type", "application/xml"),), text.encode())


def index(**children: str) -> Answer:
    """Sitemaps by file name and lastmod ('' for none)."""
    maps = "".join(
        f"<sitemap><loc>{{origin}}/{name.replace('_', '-')}.xml</loc>{f'<lastmod>{date}</lastmod>' if date else ''}</sitemap>"
        for name, date in children.items()
    )
    return xml(f"<sitemapindex {SPACES}>{maps}</sitemapindex>")


def urlset(**stories: str) -> Answer:
    """Pages by path (`__` for a slash) and date; a date with a `!` is a news publication date, others are lastmod."""
    urls = "".join(f"<url><loc>{{origin}}/{name.replace('__', '/')}</loc>{_dated(date)}</url>" for name, date in stories.items())
    return xml(f"<urlset {SPACES}>{urls}</urlset>")


def _dated(date: str) -> str:
    if date.endswith("!"):
        return f"<n:news><n:title>A title</n:title><n:publication_date>{date[:-1]}</n:publication_date></n:news>"
    return f"<lastmod>{date}</lastmod>" if date else ""


def paged(onward: str | None, **stories: str) -> Answer:
    entries = "".join(
        f"<entry><id>{name}</id><title>{name}</title><updated>{date}T08:00:00Z</updated>"
        f"<link href='{{origin}}/wire/{name}-story-of-that-day'/></entry>"
        for name, date in stories.items()
    )
    link = f"<link rel='next' href='{{origin}}/{onward}'/>" if onward else ""
    return xml(f"<feed xmlns='http://www.w3.org/2005/Atom'><title>f</title>{link}{entries}</feed>")


def nobody(_: object) -> None:
    """Listens to nothing."""


@dataclass
class Past:
    site: Site
    person: Person

    def ask(self, **changes: object) -> Ask:
        return replace(Ask(self.person.archive, self.person.sources, ("harbour",), SINCE, UNTIL), **changes)  # type: ignore[arg-type]

    def fill(self, **changes: object) -> Done:
        return fill(self.ask(**changes), nobody, nobody, nobody)

    def stored(self) -> list[str]:
        return sorted(url.partition("/wire/")[2] or url for url in self.person.column("SELECT url FROM pages WHERE state = 'stored'"))

    def documents(self) -> dict[str, str]:
        """State of each document, by its file name."""
        return {
            row["url"].rpartition("/")[2]: row["state"] for row in self.person.rows("SELECT url, state FROM backfill WHERE kind <> 'site'")
        }


NEWS = {"wire__news-one-two-three": "2026-10-05T10:00:00+05:30!", "wire__news-of-november-the-first": "2026-11-01T08:00:00Z!"}
POSTS = {f"wire__post-number-{n}-of-october": "2026-10-10" for n in range(4)} | {
    "sport__a-game-of-two-halves": "2026-10-10",
    "wire__about": "2026-10-10",
    "wire__post-of-long-ago-here": "2019-01-01",
    "wire__undated-post-without-time": "",
}
OCTOBER = [*(f"post-number-{n}-of-october" for n in range(4)), "news-one-two-three", "october-story-of-that-day"]
NOW = ["elsewhere-story-of-that-day", "today-story-of-that-day"]


def built(site: Site, folder: Path, *, delay: str = "") -> Past:
    """An outlet whose feed shows what is new, and whose sitemaps and older pages show what was."""
    person, says = Person(folder), site.says
    says("/robots.txt", robots(f"Sitemap: {site.url('/sitemap.xml')}"))
    says(
        "/sitemap.xml",
        index(news="2026-11-02", posts_2026_10="", posts_2025_12="", old="2020-05-01", category_sitemap="2026-11-01", broken="2026-11-01"),
    )
    says("/news.xml", urlset(**NEWS))
    says("/posts-2026-10.xml", urlset(**POSTS))
    says("/broken.xml", Answer(500))
    says("/feed", paged("feed-2", today="2026-11-24"))
    says("/feed-2", paged("feed-3", later="2026-11-10", october="2026-10-20"))
    says("/feed-3", paged("feed-4", september="2026-09-20"))
    person.takes("harbour", site.url("/feed"), settings=f'homepage = "{site.origin}/"\n{delay}')
    other = says("/other", paged(None, elsewhere="2026-11-24"))
    person.takes("other", other)
    for path in (*OCTOBER, *NOW):
        says(f"/wire/{path}", page(f"The story {path}"))
    return Past(site, person)
