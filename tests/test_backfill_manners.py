"""What `wirecopy backfill` leaves alone: hosts that hold us off, feeds that are polled, other people's sites, the lock of others."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from archive.lock import run_lock
from scheduler.backfill import BREATH, fill, summary
from tests.past import NOW, OCTOBER, SPACES, Past, built, nobody, paged, urlset, xml
from tests.rules.documents import page, robots
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


def test_a_sitemap_sends_us_to_no_other_site_and_robots_txt_may(tmp_path: Path) -> None:
    with serving("127.0.0.1") as site, serving("127.0.0.2") as cdn, serving("127.0.0.3") as victim:
        person = Person(tmp_path, ("127.0.0.0/8",))
        dated = "<lastmod>2026-10-10</lastmod>"
        elsewhere = f"<url><loc>{victim.url('/wire/a-story-of-somebody-else')}</loc>{dated}</url>"
        own = f"<url><loc>{site.url('/wire/a-story-of-its-own')}</loc>{dated}</url>"
        site.says("/robots.txt", robots(f"Sitemap: {cdn.url('/index.xml')}"))
        maps = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in (cdn.url("/one.xml"), site.url("/two.xml"), victim.url("/no.xml")))
        cdn.says("/index.xml", xml(f"<sitemapindex {SPACES}>{maps}</sitemapindex>"))
        cdn.says("/one.xml", xml(f"<urlset {SPACES}>{own}{elsewhere}</urlset>"))
        site.says("/two.xml", xml(f"<urlset {SPACES}>{elsewhere}</urlset>"))
        site.says("/wire/a-story-of-its-own", page("Its own"))
        person.takes("harbour", site.says("/feed", paged(None)), settings=f'homepage = "{site.origin}/"')
        past = Past(site, person)
        done = past.fill()
        assert past.stored() == ["a-story-of-its-own"]
        assert victim.paths() == []
        assert past.documents() == {"feed": "read", "index.xml": "read", "one.xml": "read", "two.xml": "read", "no.xml": "left out"}
        assert "2 stories on other sites left out" in " ".join(summary(done))
        past.fill(sitemaps=(victim.says("/no.xml", xml(f"<urlset {SPACES}>{elsewhere}</urlset>")),))
        assert victim.paths() == ["/robots.txt", "/no.xml", "/wire/a-story-of-somebody-else"]  # named by the person


def test_documents_beyond_the_bound_are_left_out_and_told(tmp_path: Path) -> None:
    with serving() as site:
        made = built(site, tmp_path)
        site.says("/robots.txt", robots(*(f"Sitemap: {site.url(path)}" for path in ("/sitemap.xml", "/no-room.xml"))))
        made.person.crawl()
        made.person.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9997)"
            " INSERT INTO backfill (outlet_id, url, kind, since, until, everywhere, state, found_at)"
            " SELECT o.id, i, 'sitemap', '2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z', 0, 'read', '2026-11-01T00:00:00Z'"
            " FROM n, outlets o WHERE o.code = 'harbour'"
        )
        done = made.fill()  # the site, its feed, its sitemap: that makes 10,000
        assert {path for path in site.paths() if path.endswith(".xml")} == {"/sitemap.xml"}
        assert done.progress["harbour"].beyond == 5  # one of robots.txt, three of the sitemap, one older page
        lines = summary(done)
        assert "  5 further documents left out: one backfill reads 10,000 for the same dates. Shorter spans reach them." in lines
        assert made.person.column("SELECT url FROM feeds WHERE NOT active ORDER BY id") == [
            site.url("/feed#older"),
            site.url("/sitemap.xml#past"),
        ]
        assert lines[-1] == "All is read that one backfill reads; the rest is left out."


def test_between_two_runs_others_get_the_lock(tmp_path: Path) -> None:
    with serving() as site:
        made, breaths = built(site, tmp_path, delay="delay = 0.4"), list[float]()

        def breathe(seconds: float) -> None:
            with run_lock(made.person.archive, wait=0):
                breaths.append(seconds)

        assert fill(made.ask(slice=2.0), nobody, nobody, breathe).ended == "all"
        assert breaths
        assert set(breaths) == {BREATH}


def test_ctrl_c_between_two_runs_stops_it_as_within_one(tmp_path: Path) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    with serving() as site:
        made = built(site, tmp_path, delay="delay = 0.4")
        done = fill(made.ask(slice=2.0), nobody, nobody, interrupt)
        assert (done.ended, summary(done)[-1]) == ("stopped", "Stopped. The same command goes on where this one ended.")
