"""Namespaces by short names, so that a format's reader speaks of ("dc", "creator") whatever a document calls it.

Older and misspelt namespace URIs are common; a prefix that a document forgot to declare means what it usually means.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

_URIS = {
    "": "",  # RSS 0.91, 0.92 and 2.0 have no namespace
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://channel.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/rss2": "",
    "http://backend.userland.com/rss": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://cyber.law.harvard.edu/rss": "",
    "http://www.w3.org/2005/atom": "atom",
    "http://purl.org/atom/ns": "atom",
    "http://example.com/newformat": "atom",
    "http://example.com/necho": "atom",
    "http://purl.org/echo/": "atom",
    "uri/of/echo/namespace": "atom",
    "http://purl.org/pie/": "atom",
    "http://purl.org/atompub/tombstones/1.0": "at",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/elements/1.0/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
    "http://search.yahoo.com/mrss/": "media",
    "http://search.yahoo.com/mrss": "media",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://prismstandard.org/namespaces/basic/1.2/": "prism",
    "http://prismstandard.org/namespaces/basic/2.0/": "prism",
    "http://prismstandard.org/namespaces/basic/2.1/": "prism",
    "http://prismstandard.org/namespaces/basic/3.0/": "prism",
    "http://prismstandard.org/namespaces/1.2/basic/": "prism",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns": "rdf",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/xml/1998/namespace": "xml",
    "http://www.sitemaps.org/schemas/sitemap/0.9": "",
    "http://www.google.com/schemas/sitemap/0.84": "",
    "http://www.google.com/schemas/sitemap-news/0.9": "news",
    "http://www.google.com/schemas/sitemap-image/1.1": "image",
    "http://www.google.com/schemas/sitemap-video/1.1": "video",
}
_PREFIXES = {
    "rss": "",
    "atom": "atom",
    "atom10": "atom",
    "a10": "atom",
    "at": "at",
    "dc": "dc",
    "dcterms": "dcterms",
    "content": "content",
    "sy": "sy",
    "media": "media",
    "feedburner": "feedburner",
    "itunes": "itunes",
    "prism": "prism",
    "rdf": "rdf",
    "news": "news",
    "image": "image",
    "video": "video",
    "xml": "xml",
}
NAMESPACE_URIS = frozenset(uri for uri in _URIS if uri)  # never links, wherever they turn up
_KNOWN = frozenset(_URIS.values()) | {"?"}
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

Name = tuple[str, str]  # (short namespace, local name in lower case)


def name_of(tag: object) -> Name:
    """Name of an element or attribute tag; comments and the like get ("?", "")."""
    if not isinstance(tag, str):
        return "?", ""
    if tag.startswith("{"):
        uri, _, local = tag[1:].partition("}")
        return namespace(uri), local.lower()
    prefix, colon, local = tag.partition(":")
    if not colon:
        return "", tag.lower()
    return _PREFIXES.get(prefix.lower(), prefix.lower()), local.lower()


def namespace(uri: str) -> str:
    """The short name of a namespace URI; an unknown one stays as it is."""
    plain = uri.lower().rstrip("#").replace("https://", "http://", 1)
    return _URIS.get(plain, uri)


def children(element: etree._Element) -> Iterator[tuple[Name, etree._Element]]:
    """An element's child elements with their names. A namespace that nobody knows, the element's own, counts as none."""
    own = name_of(element.tag)[0]
    for child in element:
        name = name_of(child.tag)
        yield ("", name[1]) if name[0] == own and own not in _KNOWN else name, child


def attribute(element: etree._Element, local: str) -> str | None:
    """An attribute by its local name in any case and any namespace (`isPermaLink`, `ISPERMALINK`, `rdf:about`)."""
    value = element.get(local)
    if value is not None:
        return value
    for key, given in element.items():
        if name_of(key)[1] == local.lower():
            return given
    return None
