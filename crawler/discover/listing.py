"""A plain HTML page that lists stories -> the stories' links. Only for sources whose kind is stated as `html`.

Decides by the shape of the link and where it stands, never by an outlet's name: a story's address has a date, a number
or a slug of several words; its link has words enough for a headline; navigation, footers and asides are left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urldefrag, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.discover.items import Item, Reading
from crawler.discover.links import absolute, base_of, same_site
from crawler.discover.markup import html_tree
from crawler.discover.text import one_line

_OUTSIDE = ["script", "style", "template", "noscript", "nav", "footer", "aside", "form", "svg", "[role=navigation]"]
_OUTSIDE_SELECTOR = ", ".join([*_OUTSIDE, "[role=contentinfo]", "[role=menu]", "[role=menubar]", "[role=complementary]"])
_NO_STORY = re.compile(
    r"/(?:tags?|topics?|categor(?:y|ies)|sections?|authors?|profile|users?|search|login|signin|register|subscribe|account"
    r"|about(?:-us)?|contact(?:-us)?|privacy(?:-policy)?|terms(?:-[\w-]{1,30})?|page|feeds?|rss|amp|cart|share|print)(?:/|\Z)",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|zip|xml|rss|json|css|js|ico)\Z", re.IGNORECASE)
_DATE = re.compile(r"/(?:19|20)\d\d[/-]?[01]?\d(?:[/-]|\d\d)")
_NUMBER = re.compile(r"\d{5,}")
_PAGE = re.compile(r"\.(?:html?|cms|ece|php|aspx?|jsp|story)\Z", re.IGNORECASE)
_MAX_BYTES = 8_000_000  # front pages have up to about 3 MB
_MIN_LETTERS = 12  # headlines in Chinese have about a dozen characters; "Read more" and section names have fewer
_MIN_SLUG_WORDS = 4


@dataclass(slots=True)
class _Link:
    href: str
    title: str


def read(data: bytes, url: str, limit: int) -> Reading:
    """The page's story links in document order, each once; none found is an error, not an empty feed."""
    page = html_tree(data[:_MAX_BYTES])
    base = _base(page, url)
    title = page.css_first("title")
    name = one_line(title.text()) if title else None
    language = one_line(page.root.attributes.get("lang"), 100) if page.root else None
    for node in page.css(_OUTSIDE_SELECTOR):
        node.decompose()
    links = _stories(page, base, url)
    if not links:
        return Reading(None, error="The page has no links that look like stories.")
    items = tuple(Item(links=(link.href,), base=base, title=link.title) for link in links[:limit])
    return Reading("html", items, len(links) - len(items), title=name, homepage=url, language=language)


def looks_like_story(url: str) -> bool:
    """Whether an address has the shape of a story's: a date, a long number, a slug of several words."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    if len(path) < 2 or _NO_STORY.search(path) or _FILE.search(path):
        return False
    last = path.rpartition("/")[2]
    words = [word for word in re.split(r"[-_]|%20", last) if word]
    if _DATE.search(f"{path}/") or len(words) >= _MIN_SLUG_WORDS:
        return True
    return bool(_NUMBER.search(last) or _NUMBER.search(parts.query) or (_PAGE.search(last) and len(words) > 1))


def _stories(page: LexborHTMLParser, base: str, url: str) -> list[_Link]:
    found: dict[str, _Link] = {}
    here = urldefrag(url).url
    for anchor in page.css("a[href]"):
        target = absolute(anchor.attributes.get("href"), base)
        if not target:
            continue
        target = urldefrag(target).url
        if target == here or not same_site(target, url) or not looks_like_story(target):
            continue
        words = _headline(anchor)
        known = found.setdefault(target, _Link(target, words))
        if len(words) > len(known.title):  # a picture's link stands before the headline's
            known.title = words
    return [link for link in found.values() if len(link.title) >= _MIN_LETTERS]


def _headline(anchor: LexborNode) -> str:
    heading = anchor.css_first("h1, h2, h3, h4, h5, h6")
    node = heading if heading is not None else anchor
    return one_line(node.text(separator=" ")) or one_line(anchor.attributes.get("title")) or ""


def _base(page: LexborHTMLParser, url: str) -> str:
    node = page.css_first("base[href]")
    return base_of(node.attributes.get("href"), url) if node else url
