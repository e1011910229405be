"""What a page's head and markup assert: meta elements, links, title, `<time>`, microdata. Nothing is chosen here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.clean.headings import HEADINGS, Heading, headings
from archive.clean.jsonld import JSON_LD, JsonLd
from archive.clean.text import plain

_MOST = 400  # meta elements read
_NAMES = ("property", "name", "itemprop", "http-equiv")
# All that is looked for on every page, in one query: each goes through the whole document.
_SOUGHT = f'meta,link[rel="canonical"],{JSON_LD},{HEADINGS},[itemprop=articleSection]'


@dataclass(slots=True)
class Metadata:
    """Assertions of one page. `meta`: lower-case name or property -> contents in document order."""

    url: str
    ld: JsonLd
    meta: dict[str, list[str]] = field(default_factory=dict)
    title: str | None = None  # the title element
    heads: list[LexborNode] = field(default_factory=list)  # all elements h1, h2, h3
    headings: list[Heading] = field(default_factory=list)
    section: LexborNode | None = None  # the first element that microdata mark as one
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
    nodes = _sought(tree)
    found = Metadata(url=url, ld=JsonLd(nodes["script"]))
    for node in nodes["meta"][:_MOST]:
        attributes = node.attributes
        content = attributes.get("content")
        if content:
            for key in _NAMES:
                name = attributes.get(key)
                if name:
                    found.meta.setdefault(name.strip().lower()[:100], []).append(content)
    title = tree.css_first("title")
    found.title = plain(title.text(deep=True)) if title else None
    found.heads, found.section = nodes["h"], next(iter(nodes["section"]), None)
    found.headings = headings(found.heads)
    _links(found, nodes["link"])
    root = tree.css_first("html")
    if root is not None:
        attributes = root.attributes
        found.lang = attributes.get("lang") or attributes.get("xml:lang")
    return found


def _sought(tree: LexborHTMLParser) -> dict[str, list[LexborNode]]:
    """Elements by their names, "h" for any heading, "section" for what is marked as one; in document order."""
    found: dict[str, list[LexborNode]] = {"meta": [], "script": [], "link": [], "h1": [], "section": []}
    found["h2"] = found["h3"] = found["h"] = found["h1"]
    last = 0
    for node in tree.css(_SOUGHT):
        known = None if node.mem_id == last else found.get(node.tag or "")  # one that two selectors fit comes twice
        (found["section"] if known is None else known).append(node)
        last = node.mem_id
    return found


def _links(found: Metadata, links: Sequence[LexborNode]) -> None:
    href = links[0].attributes.get("href") if links else None
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
