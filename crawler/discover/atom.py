"""Atom 0.3 and 1.0 (RFC 4287), with tombstones (RFC 6721) and archive links (RFC 5005)."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from lxml import etree

from crawler.discover.items import Item, Reading
from crawler.discover.links import absolute, base_of
from crawler.discover.markup import from_base64, inner_html, unwrapped, words
from crawler.discover.names import XML_BASE, XML_LANG, Name, attribute, children, name_of
from crawler.discover.terms import NO_TERMS, Terms, terms
from crawler.discover.text import KEY_CHARS, distinct, html_of_text, one_line, person, storable, title_of

ENTRY_TAGS = ("{*}entry", "{*}Entry", "{*}deleted-entry", "atom:entry", "at:deleted-entry")
_HTML_TYPES = ("", "html", "xhtml", "text/html", "application/xhtml+xml")
_READ = {
    *("author", "category", "content", "created", "id", "issued"),
    *("link", "modified", "published", "summary", "title", "updated"),
}
_SAME_NAME = 200  # child elements of one name that are looked at; entries have tens
_PUBLISHED = ("published", "issued", "created")  # Atom 1.0's first: where a feed has both, the later standard counts
_UPDATED = ("updated", "modified")
_TERMS = ("prism", "dcterms", "media")


def read(root: etree._Element, url: str, limit: int) -> Reading:
    """The feed and its first `limit` entries and tombstones, in document order. An entry document is a feed of one."""
    base = base_of(root.get(XML_BASE), url)
    entries = [root] if _local(root) == "entry" else list(root.iter(*ENTRY_TAGS))
    items = tuple(_item(entry, base) for entry in entries[:limit])
    feed = {} if _local(root) == "entry" else _fields(root)
    relations = link_relations(feed.get("link", ()), base)
    return Reading(
        "atom",
        items,
        len(entries) - len(items),
        title=title_construct(feed["title"][0]) if feed.get("title") else None,
        homepage=relations.get("alternate"),
        language=one_line(root.get(XML_LANG), 100),
        self_url=relations.get("self"),
        next_url=relations.get("prev-archive") or relations.get("next"),
    )


def link_relations(links: Iterable[etree._Element], base: str) -> dict[str, str]:
    """rel -> absolute URL, the first of each kind; an HTML alternate goes before others."""
    found: dict[str, str] = {}
    ordered = sorted(links, key=lambda link: (link.get("type") or "").strip().lower() not in _HTML_TYPES)
    for link in ordered:
        href = absolute(attribute(link, "href"), base_of(link.get(XML_BASE), base))
        if href:
            found.setdefault((link.get("rel") or "alternate").strip().lower(), href)
    return found


def title_construct(element: etree._Element) -> str | None:
    """An Atom title as plain text, after its `type` (1.0) or `mode` and `type` (0.3)."""
    kind, text = _kind(element), words(element)
    if kind == "base64":
        return title_of(from_base64(text))
    if kind == "xhtml" or len(element):
        return one_line(text)
    return title_of(text, is_html={"html": True, "text": False}.get(kind))


def text_construct(element: etree._Element) -> str:
    """Atom content or summary as HTML; plain text is escaped."""
    kind = _kind(element)
    if kind == "base64":
        return from_base64(words(element))
    if kind == "xhtml":
        return inner_html(unwrapped(element)) if len(element) else escape(words(element), quote=False)
    if kind == "html" or len(element):
        return inner_html(element)
    return html_of_text(words(element))


def author_name(element: etree._Element) -> str | None:
    """The name of an Atom person, else its address or page, else the bare words."""
    inside = {name[1]: words(child) for name, child in children(element)}
    return person(next((inside[key] for key in ("name", "email", "uri", "url") if inside.get(key)), element.text))


def _item(entry: etree._Element, outer: str) -> Item:
    base = base_of(entry.get(XML_BASE), _outer_base(entry, outer))
    inside = _fields(entry)
    if _local(entry) == "deleted-entry":
        return _tombstone(entry, inside, base)
    guid = inside.get("id")
    said = _terms(entry)
    return Item(
        links=_links(inside),
        base=base,
        guid=one_line(words(guid[0]), KEY_CHARS) if guid else None,
        title=title_construct(inside["title"][0]) if inside.get("title") else None,
        published_raw=_time(inside, _PUBLISHED),
        updated_raw=_time(inside, _UPDATED),
        authors=distinct([author_name(author) for author in inside.get("author", ())]),
        categories=distinct([one_line(attribute(c, "label") or c.get("term") or words(c)) for c in inside.get("category", ())]),
        summary=_construct(inside, "summary"),
        content=_construct(inside, "content"),
        status="canceled" if said.withdrawn else "usable",
        embargo_raw=one_line(said.embargo_raw, 200),
        expires_raw=one_line(said.expires_raw, 200),
    )


def _terms(entry: etree._Element) -> Terms:
    """Embargo and expiry, from the modules that an entry may carry."""
    inside: dict[Name, etree._Element] = {}
    for name, child in children(entry):
        if name[0] in _TERMS:
            inside.setdefault(name, child)
    if not inside:
        return NO_TERMS
    status = inside.get(("media", "status"))
    return terms(
        lambda *names: next((words(inside[name]) for name in names if name in inside), None),
        attribute(status, "state") if status is not None else None,
    )


def _tombstone(entry: etree._Element, inside: dict[str, list[etree._Element]], base: str) -> Item:
    ref = entry.get("ref")
    return Item(
        links=(*_links(inside), *([ref] if ref else [])),
        base=base,
        guid=one_line(ref, KEY_CHARS),
        updated_raw=one_line(entry.get("when"), 200),
        status="canceled",
    )


def _links(inside: dict[str, list[etree._Element]]) -> tuple[str, ...]:
    """Candidates for the page: alternates (HTML first), content kept elsewhere, an id that is a URL."""
    found: list[tuple[bool, str]] = []
    for link in inside.get("link", ()):
        if (link.get("rel") or "alternate").strip().lower() == "alternate":
            href = attribute(link, "href") or words(link)
            base = link.get(XML_BASE)
            found.append(
                (
                    (link.get("type") or "").strip().lower() not in _HTML_TYPES,
                    absolute(href, base) or href if base else href,
                )
            )
    ordered = [href for _, href in sorted(found, key=lambda pair: pair[0])]
    ordered += [content.get("src") or "" for content in inside.get("content", ())]
    ordered += [text for text in (words(guid) for guid in inside.get("id", ())) if "://" in text]
    return tuple(href for href in ordered if href.strip())


def _construct(inside: dict[str, list[etree._Element]], name: str) -> str | None:
    found = (storable(text_construct(element)) for element in inside.get(name, ()))
    return next((text for text in found if text), None)


def _time(inside: dict[str, list[etree._Element]], names: tuple[str, ...]) -> str | None:
    given = (one_line(words(element), 200) for name in names for element in inside.get(name, ()))
    return next((text for text in given if text), None)


def _kind(element: etree._Element) -> str:
    """html, xhtml, text, base64, or "" where nothing is stated."""
    kind = (element.get("type") or "").strip().lower()
    mode = (element.get("mode") or "").strip().lower()
    if mode == "base64":
        return "base64"
    if kind in ("html", "text/html"):
        return "xhtml" if mode == "xml" else "html"
    if kind in ("xhtml", "application/xhtml+xml"):
        return "xhtml"
    if mode == "escaped" and not kind:
        return "html"
    if not kind or kind == "text" or kind.startswith("text/"):
        return "text" if kind else ""
    return "" if len(element) or kind.endswith(("+xml", "/xml")) or "/" not in kind else "base64"


def _outer_base(entry: etree._Element, outer: str) -> str:
    """`xml:base` of what stands between the feed and the entry: nothing in a valid feed, a wrapper in some."""
    parent = entry.getparent()
    return outer if parent is None or parent.getparent() is None else base_of(parent.get(XML_BASE), outer)


def _fields(element: etree._Element) -> dict[str, list[etree._Element]]:
    """Children by local name, Atom's own and those without a namespace."""
    found: dict[str, list[etree._Element]] = {}
    for (space, local), child in children(element):
        if local in _READ and (space in ("atom", "") or local == "link"):
            same_name = found.setdefault(local, [])
            if len(same_name) < _SAME_NAME:
                same_name.append(child)
    return found


def _local(element: etree._Element) -> str:
    return name_of(element.tag)[1]
