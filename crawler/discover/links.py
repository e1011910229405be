"""A link as printed -> an absolute http(s) URL that can be fetched, or None.

Follows what browsers do with slips (WHATWG URL): white space at the ends and line breaks inside go, spaces and other
characters that no URL may hold are percent-encoded, backslashes become slashes. The URL is otherwise left as given:
the case of host and path, ports, parameters, fragment and letters beyond ASCII stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from crawler.discover.names import NAMESPACE_URIS

URL_CHARS = 8000  # RFC 9110 asks servers for 8,000 octets; nothing longer can be expected to work
_BROKEN_LINES = re.compile(r"[\t\n\r]+")
_FORBIDDEN = re.compile(r'[\s\x00-\x20\x7f-\x9f"<>^`{|}\ufeff]')
_SURROGATE = re.compile("[\ud800-\udfff]")
_SCHEME = re.compile(r"([^/?#:]*):")
_NO_HOST = re.compile(r"(?:https?:)?//(?:[/?#]|\Z)", re.IGNORECASE)
_HOST = re.compile(r"[^\s/?#@\[\]%]+\Z|\[[0-9A-Fa-f:.]+\]\Z")


def absolute(raw: str | None, base: str) -> str | None:
    """The URL that `raw` means in a document whose base is `base`; None where it is no usable http(s) link."""
    given = tidy(raw)
    if not given or given.startswith("#") or _NO_HOST.match(given):
        return None
    scheme = _SCHEME.match(given)
    if scheme and scheme.group(1).lower() not in ("http", "https"):
        return None
    try:
        url = given.replace(scheme.group(), scheme.group().lower(), 1) if scheme and "//" in given[:8] else urljoin(base, given)
        return url if is_fetchable(url) else None
    except ValueError:  # brackets, ports and the like that no URL may have
        return None


def tidy(raw: str | None) -> str | None:
    """A link without slips of typing: stripped, on one line, `&amp;` undone, `www.` completed; None for nothing."""
    if not raw or len(raw) > URL_CHARS * 2:
        return None
    words = _SURROGATE.sub("", _BROKEN_LINES.sub("", raw.strip())).replace("&amp;", "&")
    words = _FORBIDDEN.sub(_percent, words.strip("\x00 \u00a0\u200b\ufeff"))
    path, mark, query = words.partition("?")
    words = path.replace("\\", "/") + mark + query
    if words.lower().startswith("www."):
        words = f"http://{words}"
    return words or None


def is_fetchable(url: str) -> bool:
    """Whether a URL is http(s) with a host, a possible port, and no namespace in disguise. May raise ValueError."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or len(url) > URL_CHARS:
        return False
    parts.port  # noqa: B018 - raises ValueError where it is no number up to 65535
    return bool(_HOST.match(_bare_host(parts.netloc))) and url.rstrip("#").lower() not in NAMESPACE_URIS


def base_of(given: str | None, outer: str) -> str:
    """The base that an `xml:base` sets inside the base around it; a bad one is passed over."""
    if not given:
        return outer
    return absolute(given, outer) or outer


def same_site(one: str, other: str) -> bool:
    """Whether two URLs have the same host, give or take subdomains: one host's name ends with the other's."""
    first, second = _site(one), _site(other)
    if not first or not second:
        return False
    return first == second or first.endswith("." + second) or second.endswith("." + first)


class Sites:
    """The sites of these URLs, as `same_site` has it: asked about many URLs, it costs no more for many sites."""

    def __init__(self, urls: Iterable[str]) -> None:
        self._own = frozenset(site for url in urls if (site := _site(url)))
        self._above = frozenset(above for site in self._own for above in _above(site))

    def have(self, url: str) -> bool:
        """Whether a URL is of one of them."""
        site = _site(url)
        return site in self._own or site in self._above or not self._own.isdisjoint(_above(site))


def _above(site: str) -> list[str]:
    """The names that a host lies below; none for one that is longer than names may be (RFC 1035, 2.3.4)."""
    return [site[at + 1 :] for at, letter in enumerate(site) if letter == "."] if len(site) <= 253 else []


def _site(url: str) -> str:
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
    return host.removeprefix("www.")


def _bare_host(netloc: str) -> str:
    host = netloc.rpartition("@")[2]
    return host if host.endswith("]") else host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found.group().encode("utf-8"))
