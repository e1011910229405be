"""Two months in forty runs: the same sites, asked when something is due, by a clock that is ahead of the machine's.

The first hours are seen every half hour, the first days every few hours, then daily; a month switched off lies between day 10 and day 31.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

from tests.rules.documents import feed, not_modified, page
from tests.rules.person import Person
from tests.rules.server import Answer, Asked, Fields, Site, serving

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOURS = (
    *(0, 0.5, 1.1, 1.6, 2.2, 3.3, 4.4, 5.5, 6.6, 8, 10.02, 12, 16, 20, 24.5, 30, 49, 74, 99, 124, 149, 168, 169.5, 171, 173, 191),
    *(193, 194.5, 218, 240),  # eight days are 192 hours
    *(743, 745, 745.1, 769, 794, 1500),  # 31 days are 744 hours
)
OUTAGE = (240 * HOUR, 743 * HOUR)
TAG: Fields = (("ETag", '"v1"'),)
NO_PAGES = 'keep = "/none/"'  # entries are recorded, their pages not fetched


@dataclass
class Days:
    """The sites by what they are there for, the person who crawls them, and what was when."""

    person: Person
    main: Site
    wary: Site  # answers 429 to its robots.txt
    weary: Site  # answers 503 to its robots.txt
    spaced: Site  # of an outlet with a delay
    closing: Site  # its robots.txt disallows everything from the second time on
    begun: datetime = field(default_factory=lambda: datetime.now(UTC))
    feeds: dict[str, str] = field(default_factory=dict)  # name -> URL
    runs: list[tuple[float, timedelta]] = field(default_factory=list)  # (monotonic start, simulated time since `begun`)

    def crawl(self, at: timedelta) -> None:
        self.runs.append((time.monotonic(), at))
        self.person.crawl(every=False, ahead=self.begun + at - datetime.now(UTC))

    def when(self, asked: Asked) -> timedelta:
        """The simulated time of a request."""
        started, at = max(run for run in self.runs if run[0] <= asked.began)
        return at + timedelta(seconds=asked.began - started)

    def asked(self, name: str) -> list[Asked]:
        return self.main.requests(f"/{name}")

    def times(self, name: str) -> list[timedelta]:
        return [self.when(one) for one in self.asked(name)]

    def gaps(self, name: str) -> list[timedelta]:
        """From each request of a feed to the next, without the one across the time switched off."""
        times = self.times(name)
        return [later - one for one, later in pairwise(times) if not (one <= OUTAGE[0] and later >= OUTAGE[1])]

    def conditional(self, name: str) -> list[bool]:
        return [one.get("If-None-Match") is not None or one.get("If-Modified-Since") is not None for one in self.asked(name)]

    def takes(self, outlet: str, names: Sequence[str], *, settings: str = "", feed: str = NO_PAGES) -> None:
        """An outlet with feeds of the main site, by their names."""
        urls = {name: self.main.url(f"/{name}") for name in names}
        self.feeds |= urls
        self.person.takes(outlet, *urls.values(), settings=settings, feed=feed)


@contextmanager
def simulated_days(folder: Path) -> Iterator[Days]:
    with ExitStack() as stack:
        sites = [stack.enter_context(serving(f"127.0.0.{n}")) for n in range(31, 36)]
        person = Person(folder, ("127.0.0.0/24",))
        main, wary, weary, spaced, closing = sites
        days = Days(person, main, wary, weary, spaced, closing)
        for prepare in (_validators, _pace, _failures, _entries, _robots):
            prepare(days)
        for hour in HOURS:
            days.crawl(hour * HOUR)
        yield days


def same(*fields: tuple[str, str], whole: Answer | None = None) -> Answer:
    """304 to a conditional request, the document to others."""
    return Answer(304, fields, whole=whole or feed("/p/1", fields=(*TAG, *fields)))


def kept(document: Answer) -> tuple[Answer, Answer]:
    """A document that never changes again."""
    return document, same(whole=document)


def dated(days: Days, *hours: float, title: str = "t") -> Answer:
    """A feed whose entries were published that many hours before the beginning."""
    items = "".join(
        f"<item><guid>{hour}</guid><title>Story</title><link>{{origin}}/s/{hour}</link>"
        f"<pubDate>{format_datetime(days.begun - hour * HOUR)}</pubDate></item>"
        for hour in hours
    )
    document = f"<rss version='2.0'><channel><title>{title}</title>{items}</channel></rss>"
    return Answer(200, (("Content-Type", "application/rss+xml"), *TAG), document.encode())


def _validators(days: Days) -> None:
    says = days.main.says
    says("/stuck", feed("/p/1", fields=TAG), same(whole=feed("/p/1", "/p/2", fields=TAG)))
    says("/deaf", feed("/p/1", fields=TAG), not_modified())
    says("/trusted", feed("/p/1", fields=TAG), same())
    days.takes("validators", ["stuck", "deaf"])
    days.takes("trusting", ["trusted"], settings="trust_304 = true")


def _pace(days: Days) -> None:
    says = days.main.says
    three, six = (("Cache-Control", "max-age=10800"),), (("Cache-Control", "max-age=25200"), ("Age", "3600"))
    says("/fresh", feed("/p/1", fields=(*TAG, *three)), same(*three), Answer(500, six, b"no"), same(*three))
    expires = (("Date", "Mon, 23 Nov 2026 10:00:00 GMT"), ("Expires", "Mon, 23 Nov 2026 14:00:00 GMT"))
    says("/expires", feed("/p/1", fields=(*TAG, *expires)), same(*expires))
    says("/fresh-week", feed("/p/1", fields=(*TAG, ("Cache-Control", "max-age=604800"))), same(("Cache-Control", "max-age=604800")))
    says("/ttl-week", feed("/p/1", fields=TAG, channel="<ttl>10080</ttl>"), same())
    says("/three-months", Answer(503, (("Retry-After", str(90 * 86_400)),), b"no"), same())
    says("/hourly", feed("/p/1", fields=TAG), same())
    says("/bare", *(feed("/p/1", f"/p/{n}") for n in range(2, 60)))
    says("/steady", *kept(dated(days, *range(0, 120, 8))))
    says("/weekly", *kept(dated(days, *range(0, 1000, 168))))
    says("/hushed", *kept(dated(days, *range(20))))
    says("/all-new", dated(days, *range(0, 80, 8)), *kept(dated(days, *range(4, 84, 8))))
    says("/all-known", dated(days, *range(0, 80, 8)), *kept(dated(days, *range(0, 80, 8), title="t2")))
    days.takes("pace", ["fresh", "expires", "fresh-week", "ttl-week", "three-months", "hourly", "bare"])
    days.takes("learned", ["steady", "weekly", "hushed"])
    days.takes("shares", ["all-new", "all-known"], settings="recheck = []", feed="")
    for hour in range(0, 84, 4):
        says(f"/s/{hour}", page(f"The story of hour {hour}"))
    says("/quarterly", feed("/p/1"))
    days.takes("own", ["quarterly"], settings='schedule = "15m"')


def _failures(days: Days) -> None:
    says, nobody = days.main.says, days.main.origin.replace("127.0.0.31", "127.0.0.39")
    says("/hard", Answer(404, body=b"no"))
    says("/soft", Answer(500, body=b"no"))
    says("/gone", feed("/p/1", fields=TAG), Answer(410, body=b"no"), same())
    says("/back", feed("/p/1", fields=TAG), *[Answer(404, body=b"no")] * 6, feed("/p/1", "/p/2", fields=TAG), same())
    days.takes("failures", ["hard", "soft", "gone", "back"])
    days.feeds["passing"] = f"{nobody}/feed"
    days.person.takes("nobody", days.feeds["passing"], settings="robots = false")


def _entries(days: Days) -> None:
    says = days.main.says
    says("/flapping", *(_one_entry("same", "/p/flapping", f"Version {n}") for n in range(60)))
    says("/twins", _document(_item("twin", "/p/left", "Left") + _item("twin", "/p/right", "Right")))
    says("/new-guids", *(_one_entry(f"guid-{n}", "/p/renamed", "A story") for n in range(60)))
    says("/no-guids", _document("".join(f"<item><title>A</title><link>{{origin}}/p/{name}</link></item>" for name in ("one", "two"))))
    says("/corrected", _one_entry("c", "/p/corrected", "Ten hurt"), _one_entry("c", "/p/corrected", "Twelve hurt"))
    says("/withdrawn", _atom(_ATOM_ENTRY), _atom('<at:deleted-entry ref="tag:w" when="2026-11-23T10:00:00Z"/>'))
    says("/jumping", *(feed(*(f"/j/{k}-{n}" for n in range(3))) for k in range(60)))
    says("/times", _document("".join(_item(text, "/p/1", "A story", f"<pubDate>{text}</pubDate>") for text in TIMES)))
    days.takes("entries", ["twins", "no-guids", "corrected", "withdrawn"], settings="recheck = []", feed="")
    days.takes("restless", ["flapping", "new-guids"], settings='schedule = "1h"\nrecheck = []', feed="")
    days.takes("recorded", ["jumping", "times"])
    for name in ("flapping", "left", "right", "renamed", "one", "two", "corrected", "withdrawn"):
        says(f"/p/{name}", page(f"The {name} story"))


TIMES = {  # as printed -> in UTC; None where the zone is not known
    "Mon, 23 Nov 2026 10:00:00": None,
    "2026-11-23T10:00:00": None,
    "Mon, 23 Nov 2026 10:00:00 XYZ": None,
    "Mon, 23 Nov 2026 10:00:00 +0530": "2026-11-23T04:30:00Z",
    "2026-11-23T10:00:00Z": "2026-11-23T10:00:00Z",
}
_ATOM_ENTRY = "<entry><id>tag:w</id><title>A story</title><link href='{origin}/p/withdrawn'/></entry>"


def _atom(entries: str) -> Answer:
    head = "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:at='http://purl.org/atompub/tombstones/1.0'><title>t</title>"
    return Answer(200, (("Content-Type", "application/atom+xml"),), f"{head}{entries}</feed>".encode())


def _item(guid: str, path: str, title: str, more: str = "") -> str:
    return f"<item><guid isPermaLink='false'>{guid}</guid><title>{title}</title><link>{{origin}}{path}</link>{more}</item>"


def _document(items: str) -> Answer:
    document = f"<rss version='2.0'><channel><title>t</title>{items}</channel></rss>"
    return Answer(200, (("Content-Type", "application/rss+xml"),), document.encode())


def _one_entry(guid: str, path: str, title: str) -> Answer:
    return _document(_item(guid, path, title))


def _robots(days: Days) -> None:
    words = (("Content-Type", "text/plain"),)
    days.wary.says("/robots.txt", Answer(429, (("Retry-After", "35000"),), b"slow down"), Answer(200, words, b""))
    days.weary.says("/robots.txt", Answer(503, (("Retry-After", "35000"),), b"busy"), Answer(200, words, b""))
    days.spaced.says("/robots.txt", Answer(200, words, b""))
    days.closing.says("/robots.txt", Answer(200, words, b""), Answer(200, words, b"User-agent: *\nDisallow: /\n"))
    for name, site, settings in (
        ("wary", days.wary, ""), ("weary", days.weary, ""), ("spaced", days.spaced, "delay = 0.3"), ("closing", days.closing, ""),
    ):  # fmt: skip
        days.feeds[name] = site.says("/feed", feed("/p/1", fields=TAG), same())
        days.person.takes(name, days.feeds[name], settings=settings, feed=NO_PAGES)
