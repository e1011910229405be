"""Sitemaps (sitemaps.org 0.9) with Google's news extension, and sitemap indexes."""

from __future__ import annotations

from lxml import etree

from crawler.discover.items import Item, Reading
from crawler.discover.links import absolute
from crawler.discover.markup import words
from crawler.discover.names import Name, children
from crawler.discover.text import distinct, one_line, title_of


def read(root: etree._Element, url: str, limit: int) -> Reading:
    """The first `limit` pages of a sitemap, with the first language that a news entry states."""
    elements = list(root.iter("{*}url"))
    told = [_told(element) for element in elements[:limit]]
    language = next((fields[("news", "language")] for fields in told if fields.get(("news", "language"))), None)
    items = tuple(_item(fields, url) for fields in told)
    return Reading("sitemap", items, len(elements) - len(items), language=one_line(language, 100))


def read_index(root: etree._Element, url: str, limit: int) -> Reading:
    """The first `limit` sitemaps of an index, absolute, in document order, with their lastmod."""
    elements = list(root.iter("{*}sitemap"))
    found: dict[str, str | None] = {}
    for told in map(_told, elements[:limit]):
        child = absolute(told.get(("", "loc")), url)
        if child:
            found.setdefault(child, one_line(told.get(("", "lastmod")), 200))
    return Reading("sitemap", more=len(elements) - len(elements[:limit]), sitemaps=tuple(found.items()))


def _told(element: etree._Element) -> dict[Name, str]:
    """The words of one `<url>` or `<sitemap>`, by name; `news:news` and `news:publication` are opened."""
    found: dict[Name, str] = {}
    for name, child in children(element):
        if name == ("news", "news"):
            found |= {inner: words(part) for inner, part in children(child)}
            for inner, part in children(child):
                if inner == ("news", "publication"):
                    found |= {deep: words(leaf) for deep, leaf in children(part)}
        else:
            found.setdefault(name, words(child))
    return found


def _item(fields: dict[Name, str], url: str) -> Item:
    loc = fields.get(("", "loc"))
    keywords = (fields.get(("news", "keywords")) or "").split(",")[:100]
    return Item(
        links=(loc,) if loc and loc.strip() else (),
        base=url,
        title=title_of(fields.get(("news", "title"))),
        published_raw=one_line(fields.get(("news", "publication_date")), 200),
        updated_raw=one_line(fields.get(("", "lastmod")), 200),
        categories=distinct([one_line(word) for word in keywords]),
        expires_raw=one_line(fields.get(("", "expires")), 200),
    )
