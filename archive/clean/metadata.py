"""What a page's head and markup assert: meta elements, links, title, `<time>`, microdata. Nothing is chosen here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.clean.headings import Heading, headings
from archive.clean.jsonld import JsonLd
from archive.clean.text import plain

_MOST = 400  # meta elements read
_NAMES = ("property", "name", "itemprop", "http-equiv")


@dataclass(slots=True)
class Metadata:
    """Assertions of one page. `meta`: lower-case name or property -> contents in document order."""

    url: str
    ld: JsonLd
    meta: dict[str, list[str]] = field(default_factory=dict)
    title: str | None = None  # the title element
    headings: list[Heading] = field(default_factory=list)
    canonical: str | None = None
    lang: str | None = None  # the root element's lang

    @property
    def h1(self) -> list[str]:
        """Texts of the h1 elements."""
        return [heading.text for heading in self.headings if heading.level == 1]

    def first(self, *names: str) -> str | None:
        """Content of the first of these meta names that has one, as plain text."""
        for name in names:
            for value in self.meta.get(name, ()):
                text = plain(value)
                if text:
                    return text
        return None


def metadata(tree: LexborHTMLParser, url: str) -> Metadata:
    """Reads the head, and the few elements of the body that assert something about the whole page."""
    found = Metadata(url=url, ld=JsonLd(tree))
    for node in tree.css("meta")[:_MOST]:
        attributes = node.attributes
        content = attributes.get("content")
        if content:
            for key in _NAMES:
                name = attributes.get(key)
                if name:
                    found.meta.setdefault(name.strip().lower()[:100], []).append(content)
    title = tree.css_first("title")
    found.title = plain(title.text(deep=True)) if title else None
    found.headings = headings(tree)
    _links(tree, found)
    root = tree.css_first("html")
    if root is not None:
        attributes = root.attributes
        found.lang = attributes.get("lang") or attributes.get("xml:lang")
    return found


def _links(tree: LexborHTMLParser, found: Metadata) -> None:
    link = tree.css_first('link[rel="canonical"]')
    href = link.attributes.get("href") if link is not None else None
    found.canonical = absolute(href, found.url) or absolute(found.first("og:url"), found.url)


# Most links: nothing of them has to be resolved, dropped or put right.
_ABSOLUTE = re.compile(r"https?://[A-Za-z0-9.-]{1,255}/[A-Za-z0-9/._~%+,@:=&;-]{0,2000}(?:\?[A-Za-z0-9/._~%+,@:=&;?-]{1,1000})?")


def absolute(link: str | None, base: str) -> str | None:
    """An absolute http(s) URL without fragment, or None. Never raises."""
    if not link:
        return None
    if _ABSOLUTE.fullmatch(link):
        return link
    try:
        link = link.strip()[:4000]
        if not link.isprintable() or " " in link:
            link = "".join(c for c in link if c > " " and not "\x7f" <= c <= "\x9f")
        parts = urlsplit(link if link.startswith(("https://", "http://")) else urljoin(base, link))
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
        return parts._replace(fragment="").geturl()
    except ValueError:
        return None


def attribute(node: LexborNode, name: str) -> str | None:
    """A node's attribute, plain, or None."""
    return plain(node.attributes.get(name))
