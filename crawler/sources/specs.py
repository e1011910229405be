"""What sources.toml says, as frozen records. Values are checked when the file is loaded; nothing here reads a file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

SourceKind = Literal["auto", "rss", "atom", "json", "sitemap", "html"]

MB = 1_000_000
# Counted from a page's last change: most corrections come within hours, most removals within days.
RECHECK = tuple(timedelta(minutes=minutes) for minutes in (30, 120, 480, 1440, 3 * 1440, 7 * 1440, 30 * 1440))
PATTERN_SEES = 1000  # characters of a URL that `keep` and `skip` look at: bounds what a slow pattern can cost


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a feed is polled: every so often, or as cron says. Exactly one of `every` and `cron` is set."""

    text: str  # as written
    every: timedelta | None = None
    cron: str | None = None  # five fields, checked; read in the outlet's timezone, UTC where it has none


@dataclass(frozen=True, slots=True)
class Window:
    """A part of each day, by the clock on the wall: from `begin` up to `end`, over midnight where `end` lies before it."""

    begin: int  # minute of the day
    end: int  # minute of the day, up to 1440: the first one that is outside

    def holds(self, minute: int) -> bool:
        inside = minute >= self.begin, minute < self.end
        return all(inside) if self.begin < self.end else any(inside)

    def __str__(self) -> str:
        return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in (self.begin, self.end))


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a feed may be polled, as configured."""

    schedule: Schedule | None = None  # None: the scheduler learns how often is worth while
    timezone: str | None = None  # IANA name: where its cron expression and quiet hours are meant; None: UTC
    quiet: tuple[Window, ...] = ()  # it is not polled then
    jitter: timedelta | None = None  # up to that much is added to each planned poll, at random; None: the scheduler's own share


@dataclass(frozen=True, slots=True)
class FetchSpec:
    """Global settings of the crawl: the [fetch] table."""

    contact: str | None = None  # URL or mailto: in the User-Agent; None: the project's page stands there
    timeout: float = 30.0  # seconds for a whole exchange: slow sites answer within ten
    connect_timeout: float = 10.0  # seconds until a connection stands
    max_size: int = 8 * MB  # bytes of a decoded payload: news pages and feeds stay below 3 MB
    delay: float = 1.0  # seconds between two requests to one host
    robots: bool = True  # robots.txt is honoured
    allow_private: tuple[IPv4Network | IPv6Network, ...] = ()  # networks dialled although they are not public
    max_entries: int = 2000  # entries of one document: the largest news sitemaps have 1,000
    recheck: tuple[timedelta, ...] = RECHECK  # after these times a stored page is looked at again; (): never
    # Seconds after which a run asks once more for a page whose server failed: most such failures pass at once. 0: it does not.
    second_try: float = 10.0
    further_pages: int = 10  # of a story that its site parts into several, fetched and joined beside the first; 0: none
    trust_304: bool = False  # False: after eight days of 304 a feed is asked for once unconditionally, since some servers say it for ever
    quiet: tuple[Window, ...] = ()  # hours of the day in which no feed is polled
    jitter: timedelta | None = None  # at random to each planned poll; None: a twentieth of the interval, at most five minutes


@dataclass(frozen=True, slots=True)
class AlertSpec:
    """Who is told when something goes wrong: the [alert] table."""

    command: tuple[str, ...]  # program and arguments, split as a shell splits words; no shell runs it
    after: timedelta = timedelta(0)  # a state has to last this long before it is told


@dataclass(frozen=True, slots=True)
class Politeness:
    """How one outlet is treated: its own settings, else those of [fetch]."""

    timeout: float
    connect_timeout: float
    max_size: int
    delay: float
    robots: bool
    max_entries: int
    recheck: tuple[timedelta, ...]
    further_pages: int
    trust_304: bool


@dataclass(frozen=True, slots=True)
class FeedSpec:
    """One feed, sitemap or listing page. Schedule and patterns are the feed's own, else its outlet's; hours and jitter else [fetch]'s."""

    url: str
    kind: SourceKind = "auto"
    schedule: Schedule | None = None  # None: the scheduler learns how often is worth while
    keep: str | None = None  # regular expression: only story URLs in which it is found are fetched
    skip: str | None = None  # regular expression: story URLs in which it is found are not fetched
    quiet: tuple[Window, ...] = ()  # daily hours without a poll, in the outlet's timezone, else UTC
    jitter: timedelta | None = None  # up to that much is added to each planned poll; None: the scheduler's own share

    def wants(self, url: str) -> bool:
        """Whether a story's URL passes `keep` and `skip`; `skip` wins."""
        seen = url[:PATTERN_SEES]
        if self.skip is not None and re.search(self.skip, seen):
            return False
        return self.keep is None or re.search(self.keep, seen) is not None


@dataclass(frozen=True, slots=True)
class OutletSpec:
    """One outlet and its feeds. `None` in a politeness setting: what [fetch] says."""

    id: str  # lower-case letters, digits, hyphens; stays the same for ever: the archive knows the outlet by it
    name: str
    homepage: str | None = None
    language: str | None = None  # BCP 47: "en", "pt-BR"
    timezone: str | None = None  # IANA name: what a time without a zone on its pages means
    agency: str | None = None  # code of the agency whose own site this is: "ians"
    feeds: tuple[FeedSpec, ...] = ()
    timeout: float | None = None
    connect_timeout: float | None = None
    max_size: int | None = None
    delay: float | None = None
    robots: bool | None = None
    max_entries: int | None = None
    recheck: tuple[timedelta, ...] | None = None
    further_pages: int | None = None
    trust_304: bool | None = None
    verify_tls: bool = True  # False: certificates of its hosts may be invalid; `check` and every run say so


@dataclass(frozen=True, slots=True)
class Sources:
    """A whole sources.toml."""

    fetch: FetchSpec = FetchSpec()
    outlets: tuple[OutletSpec, ...] = ()
    path: Path | None = None  # where it was read; None: not from a file
    alert: AlertSpec | None = None  # None: nobody is told

    def politeness(self, outlet: OutletSpec) -> Politeness:
        """The settings that hold for an outlet."""
        values = {name: getattr(outlet, name) for name in Politeness.__slots__}
        return Politeness(**{name: getattr(self.fetch, name) if own is None else own for name, own in values.items()})

    def outlet(self, outlet_id: str) -> OutletSpec | None:
        """The outlet with this id."""
        return next((outlet for outlet in self.outlets if outlet.id == outlet_id), None)

    def feed(self, url: str) -> tuple[OutletSpec, FeedSpec] | None:
        """The feed with this URL, and its outlet."""
        pairs = ((outlet, feed) for outlet in self.outlets for feed in outlet.feeds)
        return next((pair for pair in pairs if pair[1].url == url), None)

    @property
    def exemptions(self) -> tuple[str, ...]:
        """What is less safe by configuration, one sentence each: said at every run."""
        return tuple(
            f"Outlet '{outlet.id}' has verify_tls = false: anybody on the way can pose as it."
            for outlet in self.outlets
            if not outlet.verify_tls
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know though nothing is wrong, one sentence each."""
        found = [f"Outlet '{outlet.id}' has no feed: nothing of it is crawled." for outlet in self.outlets if not outlet.feeds]
        found += self.exemptions
        public = any(not is_loopback(feed.url) for outlet in self.outlets for feed in outlet.feeds)
        if public and self.fetch.contact is None:
            found.append("No contact in [fetch]: sites can't tell who crawls them. Set it to a web page or mailto: of yours.")
        return tuple(found)


def is_loopback(url: str) -> bool:
    """Whether a URL names this machine."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
