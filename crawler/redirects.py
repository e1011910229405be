"""Redirects: at most five hops, each checked. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from archive.keys import fetch_url
from archive.model import Capture
from crawler.client import heads

MAX_HOPS = 5
_REDIRECTING = frozenset({301, 302, 303, 307, 308})


def leads_on(capture: Capture) -> bool:
    """Whether the answer is a redirect that names its target."""
    return capture.status in _REDIRECTING and capture.error is None and _location(capture) is not None


def target(capture: Capture, before: Sequence[Capture]) -> str:
    """The URL to fetch next. Raises ValueError with the reason where the chain ends in nothing."""
    location = _location(capture) or ""
    url = fetch_url(urljoin(capture.url, location))
    if url is None:
        raise ValueError(f"it redirects to {location[:200]!r}, which is no web address")
    if any(url == hop.url for hop in (*before, capture)):
        raise ValueError("it redirects in a circle")
    if len(before) + 1 > MAX_HOPS:
        raise ValueError(f"more than {MAX_HOPS} redirects")
    return url


def same_origin(one: str, other: str) -> bool:
    """Scheme, host and port are equal (RFC 6454): only then do validators and credentials travel on."""
    return _origin(one) == _origin(other)


def _location(capture: Capture) -> str | None:
    if capture.response_head is None:
        return None
    value = heads.first(heads.response_pairs(capture.response_head), "location")
    if value is None:
        return None
    raw = value.encode("latin-1")  # browsers read it as UTF-8 where it is
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return value


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
