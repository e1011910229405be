"""Rule 30, its bounds: what looking for missed entries may cost, and what it must not break."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.rules.documents import feed, page, robots
from tests.rules.person import Person
from tests.rules.server import serving

DAY = timedelta(days=1)


def test_rule_30_where_the_stories_host_holds_us_off_the_poll_is_stored_and_its_gap_stays_open(tmp_path: Path) -> None:
    with serving("127.0.0.1") as site, serving("127.0.0.2") as other:
        person = Person(tmp_path, ("127.0.0.0/8",))
        url = site.says("/feed", feed(other.url("/news/1")), feed(other.url("/news/2")))
        other.says("/robots.txt", robots(f"Sitemap: {other.url('/news-sitemap.xml')}"))
        other.says("/news/1", page("One"))
        person.takes("post", url)
        person.crawl()
        asked = len(other.asked)
        person.held(other.host, 3 * DAY)
        assert person.crawl(every=False, ahead=2 * DAY).exit_code == 0
        assert person.outcomes(url) == ["new", "new"]
        assert person.rows("SELECT documents, entries, closed_by FROM gaps") == [{"documents": 0, "entries": 0, "closed_by": None}]
        assert len(other.asked) == asked
