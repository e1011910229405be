"""Finding an outlet's feeds: what a page advertises, the usual paths, the sitemaps in robots.txt. Fetches nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.discover.encoding import to_utf8
from crawler.discover.links import absolute, base_of, same_site
from crawler.discover.markup import html_tree
from crawler.discover.text import one_line
from crawler.sources.specs import SourceKind

_MAX_BYTES = 8_000_000
_MAX_FOUND = 50
_TYPES: dict[str, SourceKind] = {
    "application/rss+xml": "rss",
    "application/rdf+xml": "rss",
    "application/atom+xml": "atom",
    "application/feed+json": "json",
    "application/json": "json",
    "application/xml": "auto",
    "text/xml": "auto",
}
_FEED_PATH = re.compile(r"/(?:feeds?|rss|rssfeeds?|atom)(?:/|\.xml|\.json|\Z)|\.(?:rss|atom|rdf)\Z|/index\.xml\Z", re.IGNORECASE)
_FEED_QUERY = re.compile(r"(?:^|&)(?:feed|format|type|output)=(?:rss2?|atom|feed)\b", re.IGNORECASE)
_NO_FEED = re.compile(r"/comments/|/wp-json/|oembed|\.(?:html?|php|jpe?g|png|pdf)\Z", re.IGNORECASE)
_USUAL = (
    *("feed/", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.json"),
    *("news-sitemap.xml", "sitemap-news.xml", "sitemap_news.xml"),
)
_SITEMAP_LINE = re.compile(r"^[ \t]{0,20}sitemap[ \t]{0,20}:[ \t]{0,20}(\S{1,2000})", re.IGNORECASE | re.MULTILINE)
_SECOND_LEVEL = {"ac", "co", "com", "edu", "go", "gob", "gov", "gouv", "ne", "net", "nic", "or", "org"}
_SERVICE_LABELS = {"www", "feeds", "feed", "rss", "m", "amp", "news"}
_TITLE_PARTS = re.compile(r"\s+[|\u2013\u2014:-]\s+|\s*\|\s*")


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that a page points to; whether it is one shows when it is polled."""

    url: str
    title: str | None
    kind_hint: SourceKind


def advertised(body: bytes, url: str) -> tuple[FoundFeed, ...]:
    """The feeds a page names: first its `<link rel=alternate>`, then links that look like feeds of the same site."""
    page = _page(body)
    node = page.css_first("base[href]")
    base = base_of(node.attributes.get("href"), url) if node else url
    found: dict[str, FoundFeed] = {}
    for feed in (*_alternates(page, base), *_anchors(page, base, url)):
        if feed.url != urldefrag(url).url and not _NO_FEED.search(urlsplit(feed.url).path) and len(found) < _MAX_FOUND:
            found.setdefault(feed.url, feed)
    return tuple(found.values())


def usual_paths(homepage: str) -> tuple[str, ...]:
    """Where feeds and news sitemaps usually are, for a site that advertises none; most answer 404."""
    root = urljoin(homepage, "/")
    return tuple(root + path for path in _USUAL)


def sitemaps_in_robots(text: str, url: str) -> tuple[str, ...]:
    """The sitemaps that a robots.txt names (RFC 9309 section 2.2.4), those of news first."""
    given = (absolute(line.group(1), url) for line in _SITEMAP_LINE.finditer(text.replace("\r", "\n")))
    found = list(dict.fromkeys(link for link in given if link))[:_MAX_FOUND]
    return tuple(sorted(found, key=lambda link: "news" not in urlsplit(link).path.lower()))


def outlet_id_for(url: str, taken: Collection[str]) -> str:
    """An id for the outlet at a URL, from its host's name: `https://www.thehindu.com/` gives "thehindu"."""
    labels = [label for label in (_host(url)).split(".") if label]
    if len(labels) > 1 and not labels[-1].isdigit():
        labels.pop()
        if len(labels) > 1 and labels[-1] in _SECOND_LEVEL:
            labels.pop()
    plain = [label for label in labels if label not in _SERVICE_LABELS] or labels
    names = [_slug(plain[-1]), _slug("-".join(plain))] if plain and not plain[-1].isdigit() else [_slug("-".join(plain))]
    numbered = (f"{names[-1]}-{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (*names, *numbered) if name not in taken)


def name_from_page(body: bytes) -> str | None:
    """What a site calls itself: its `og:site_name`, its application name, else the shortest part of its title."""
    page = _page(body)
    for selector in ("meta[property='og:site_name']", "meta[name='application-name']"):
        node = page.css_first(selector)
        name = one_line(node.attributes.get("content"), 100) if node else None
        if name:
            return name
    title = page.css_first("head > title")
    words = one_line(title.text()) if title else None
    parts = [part.strip() for part in _TITLE_PARTS.split(words or "") if part.strip()]
    return min(parts, key=len)[:100] if parts else None


def _page(body: bytes) -> LexborHTMLParser:
    return html_tree(to_utf8(body[:_MAX_BYTES], None)[0])


def _alternates(page: LexborHTMLParser, base: str) -> Iterator[FoundFeed]:
    for node in page.css("link[href]"):
        rel = (node.attributes.get("rel") or "").lower().split()
        kind = _TYPES.get((node.attributes.get("type") or "").partition(";")[0].strip().lower())
        link = absolute(node.attributes.get("href"), base)
        if link and kind and ("alternate" in rel or "feed" in rel):
            yield FoundFeed(link, one_line(node.attributes.get("title"), 200), kind)


def _anchors(page: LexborHTMLParser, base: str, url: str) -> Iterator[FoundFeed]:
    for node in page.css("a[href]"):
        link = absolute(node.attributes.get("href"), base)
        if link and same_site(link, url) and _looks_like_feed(link):
            yield FoundFeed(urldefrag(link).url, _anchor_title(node), "auto")


def _anchor_title(node: LexborNode) -> str | None:
    return one_line(node.text(), 200) or one_line(node.attributes.get("title"), 200)


def _looks_like_feed(url: str) -> bool:
    parts = urlsplit(url)
    host = (parts.hostname or "").partition(".")[0]
    on_feed_host = host in ("feeds", "rss") and len(parts.path) > 1
    return on_feed_host or bool(_FEED_PATH.search(parts.path) or _FEED_QUERY.search(parts.query))


def _host(url: str) -> str:
    try:
        host = (urlsplit(url).hostname or "").lower().rstrip(".")
        return host.encode("idna").decode("ascii") if not host.isascii() else host
    except ValueError:  # UnicodeError is one
        return ""


def _slug(text: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", text).strip("-")[:50].strip("-")
    return words or "outlet"
