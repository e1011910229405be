"""What sources.toml means for one outlet or one feed: politeness, wanted links, rhythm, credentials. Pure."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import unquote, urlsplit, urlunsplit

from crawler.client.exchange import Limits
from crawler.sources import FeedSpec, OutletSpec, Politeness, Rhythm, Sources


class Policy:
    """Looks up, outlet by outlet (by id) and feed by feed (by its URL without credentials)."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._outlets = {outlet.id: outlet for outlet in sources.outlets}
        self._polite: dict[str, Politeness] = {}
        self._feeds: dict[str, FeedSpec] = {public_url(feed.url): feed for outlet in sources.outlets for feed in outlet.feeds}

    def politeness(self, outlet: str) -> Politeness:
        """What holds for this outlet; the general rule for one that is no longer configured."""
        if outlet not in self._polite:  # asked several times a page
            self._polite[outlet] = self._sources.politeness(self._outlets.get(outlet) or OutletSpec(id=outlet, name=outlet))
        return self._polite[outlet]

    def limits(self, outlet: str) -> Limits:
        polite = self.politeness(outlet)
        spec = self._outlets.get(outlet)
        return Limits(
            timeout=polite.timeout,
            connect_timeout=polite.connect_timeout,
            max_size=polite.max_size,
            verify_tls=spec is None or spec.verify_tls,
        )

    def recheck(self, outlet: str) -> tuple[timedelta, ...]:
        """After which times a stored page of this outlet is looked at again."""
        return self.politeness(outlet).recheck

    def wanted(self, feed_url: str) -> Callable[[str], bool]:
        """Whether a link of this feed is to be fetched, by its `keep` and `skip` patterns."""
        feed = self._feeds.get(feed_url)
        return feed.wants if feed else lambda url: bool(url)

    def wanted_by(self, outlet: str) -> Callable[[str], bool]:
        """Whether one of the outlet's feeds would have a link fetched, by its `keep` and `skip` patterns."""
        spec = self._outlets.get(outlet)
        if spec is None or not spec.feeds:
            return bool
        return lambda url: any(feed.wants(url) for feed in spec.feeds)

    def homes(self, outlet: str) -> tuple[str, ...]:
        """URLs on the outlet's own sites, as configured: its home page, its feeds."""
        spec = self._outlets.get(outlet)
        return () if spec is None else (*filter(None, [spec.homepage]), *(public_url(feed.url) for feed in spec.feeds))

    def rhythm(self, outlet: str, feed_url: str) -> Rhythm:
        """When a feed may be polled, in its outlet's time zone; no schedule, no quiet hours for one that is no longer configured."""
        feed, spec = self._feeds.get(feed_url), self._outlets.get(outlet)
        zone = spec.timezone if spec else None
        return Rhythm(feed.schedule, zone, feed.quiet, feed.jitter) if feed else Rhythm(timezone=zone)

    def credentials(self, feed_url: str) -> str | None:
        """Basic credentials (RFC 7617) of a feed whose configured URL carries them; they stay out of the archive."""
        feed = self._feeds.get(feed_url)
        parts = urlsplit(feed.url if feed else "")
        if parts.username is None:
            return None
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        return "Basic " + base64.b64encode(pair.encode()).decode("ascii")


def public_url(url: str) -> str:
    """The URL without user name and password."""
    if "@" not in url:
        return url
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
