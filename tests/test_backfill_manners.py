"""What `wirecopy backfill` leaves alone: hosts that hold us off, feeds that are polled, other people's sites, the lock of others."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from scheduler.backfill import summary
from tests.past import NOW, OCTOBER, Past, built, urlset
from tests.rules.person import Person
from tests.rules.server import serving


def test_a_host_that_holds_us_off_is_left_alone_and_the_same_command_goes_on(tmp_path: Path) -> None:
    with serving() as site:
        made = built(site, tmp_path)
        made.person.crawl()
        made.person.held(site.host, timedelta(hours=5))
        before = len(site.asked)
        done = made.fill()
        assert (done.ended, len(site.asked) - before) == ("wait", 0)
        assert "its host holds us off" in summary(done)[-1]
        assert made.person.column("SELECT state FROM backfill") == ["waiting", "waiting"]  # the site, and the feed's older pages
        assert made.person.column("SELECT status FROM runs ORDER BY id DESC LIMIT 1") == ["ok"]
        made.person.execute("DELETE FROM hosts WHERE not_before IS NOT NULL")
        assert made.fill().ended == "all"
        assert made.stored() == sorted([*OCTOBER, *NOW])


def test_a_sitemap_that_is_polled_as_a_feed_stays_as_its_polls_left_it(tmp_path: Path) -> None:
    with serving() as site:
        person = Person(tmp_path)
        today, october = "2026-11-24T08:00:00Z!", "2026-10-10T08:00:00Z!"
        listed = urlset(wire__today_s_story_of_note=today, wire__a_story_of_october=october)
        polled = site.says("/news.xml", replace(listed, fields=(*listed.fields, ("ETag", '"1"'))))
        person.takes("harbour", polled, settings=f'homepage = "{site.origin}/"', feed='kind = "sitemap"\n  schedule = "6h"')
        person.crawl()
        before = person.feed(polled)
        assert Past(site, person).fill().ended == "all"
        assert person.feed(polled) == before
        assert len(person.polls(polled)) == 1
        assert person.polls(f"{polled}#past")[0]["entries"] == 1
