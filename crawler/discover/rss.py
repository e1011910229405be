"""RSS 0.90 to 2.0 and RDF Site Summary 1.0, with the modules that news feeds use.

Sources: RSS 2.0 (rssboard.org), RSS 1.0 (web.resource.org/rss/1.0), its content and syndication modules, Dublin Core,
Media RSS, Atom elements inside RSS. What an element means is decided here; links and dates stay as printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial

from lxml import etree

from crawler.discover.atom import author_name, link_relations, text_construct, title_construct
from crawler.discover.items import Item, Reading
from crawler.discover.links import absolute, base_of, same_site
from crawler.discover.markup import inner_html, words
from crawler.discover.names import XML_BASE, Name, attribute, children, name_of
from crawler.discover.terms import terms
from crawler.discover.text import KEY_CHARS, distinct, one_line, person, storable, title_of

ITEM_TAGS = ("{*}item", "{*}Item", "{*}ITEM", "rss:item")
_PERIODS = {"hourly": 60, "daily": 1440, "weekly": 10_080, "monthly": 43_200, "yearly": 525_600}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NAMES, _SAME_NAME = 300, 200  # child elements that are looked at; entries have tens
_MAX_TTL = 525_600  # a year: beyond that a number is no hint
_PUBLISHED: tuple[Name, ...] = (("", "pubdate"), ("atom", "published"), ("", "published"), ("dcterms", "issued"), ("dcterms", "created"))
_UPDATED: tuple[Name, ...] = (("atom", "updated"), ("dcterms", "modified"), ("", "updated"))
# FeedBurner rewrote links to pass through itself, and keeps the publisher's own in origLink. Its proxy is gone.
_FEEDBURNER = re.compile(r"https?://(?:feedproxy\.google\.com|feeds\d?\.feedburner\.com)/|https?://[^/]+/~r/", re.IGNORECASE)

Fields = dict[Name, list[etree._Element]]


def read(root: etree._Element, url: str, limit: int) -> Reading:
    """The channel and its first `limit` items, in document order."""
    channel = fields(next((child for name, child in children(root) if name == ("", "channel")), root))
    homepage = _channel_link(channel, url)
    base = _base(root, homepage, url)
    items: list[Item] = []
    more = 0
    for element in root.iter(*ITEM_TAGS):
        if len(items) < limit:
            items.append(_item(element, base))
        else:
            more += 1
    relations = link_relations(channel.get(("atom", "link"), ()), base)
    return Reading(
        "rss",
        tuple(items),
        more,
        title=_title(channel),
        homepage=homepage,
        language=one_line(_first(channel, ("", "language"), ("dc", "language")), 100),
        self_url=relations.get("self"),
        next_url=relations.get("prev-archive") or relations.get("next"),
        ttl_minutes=_ttl(channel),
        skip_hours=_skip_hours(channel),
        skip_days=_skip_days(channel),
    )


def fields(element: etree._Element) -> Fields:
    """An element's children, by name: a bounded number of names and of elements a name."""
    found: Fields = {}
    for name, child in children(element):
        if len(found) < _NAMES or name in found:
            same_name = found.setdefault(name, [])
            if len(same_name) < _SAME_NAME:
                same_name.append(child)
    return found


def _item(element: etree._Element, base: str) -> Item:
    inside = fields(element)
    said = terms(partial(_first, inside), _media_status(inside))
    guid = inside.get(("", "guid")) or inside.get(("atom", "id")) or inside.get(("", "id")) or inside.get(("dc", "identifier"))
    return Item(
        links=_links(element, inside),
        base=base_of(element.get(XML_BASE), base),
        guid=one_line(words(guid[0]) if guid else _about(element), KEY_CHARS),
        title=_title(inside),
        published_raw=one_line(_first(inside, *_PUBLISHED, ("dc", "date")), 200),
        updated_raw=one_line(_first(inside, *_UPDATED), 200),
        authors=_authors(inside),
        categories=distinct([title_of(words(e)) for e in _all(inside, ("", "category"), ("dc", "subject"))]),
        summary=_summary(inside),
        content=_content(inside),
        status="canceled" if said.withdrawn else "usable",
        embargo_raw=one_line(said.embargo_raw, 200),
        expires_raw=one_line(said.expires_raw, 200),
    )


def _links(element: etree._Element, inside: Fields) -> tuple[str, ...]:
    """Candidates for the page, best first: link, Atom's alternate, a guid that is a permalink, RDF's about."""
    own = (link for link in reversed(inside.get(("", "link"), [])) if _is_alternate(link))
    found = [words(link) or attribute(link, "href") or "" for link in own]
    original = _first(inside, ("feedburner", "origlink"))
    if original and any(_FEEDBURNER.match(link.strip()) for link in found):
        found.insert(0, original)
    found += _atom_links(inside)
    for guid in inside.get(("", "guid"), ()):
        if (attribute(guid, "isPermaLink") or "true").strip().lower() != "false" and "://" in words(guid):
            found.append(words(guid))
    return tuple(link for link in (*found, _about(element) or "") if link.strip())


def _media_status(inside: Fields) -> str | None:
    return next((attribute(element, "state") for element in inside.get(("media", "status"), ())), None)


def _about(element: etree._Element) -> str | None:
    """RDF's name for the item, in RSS 1.0 the same as its link."""
    return next((value for key, value in element.items() if name_of(key) == ("rdf", "about")), None)


def _atom_links(inside: Fields) -> list[str]:
    return [link.get("href") or words(link) for link in inside.get(("atom", "link"), ()) if _is_alternate(link)]


def _is_alternate(link: etree._Element) -> bool:
    return (link.get("rel") or "alternate").strip().lower() == "alternate"


def _title(inside: Fields) -> str | None:
    for element in _all(inside, ("", "title"), ("dc", "title"), ("media", "title")):
        found = title_of(words(element))
        if found:
            return found
    atom = inside.get(("atom", "title"))
    return title_construct(atom[0]) if atom else None


def _authors(inside: Fields) -> tuple[str, ...]:
    named = _all(inside, ("dc", "creator"), ("", "author"), ("dc", "author"), ("itunes", "author"))
    found = [person(title_of(words(element))) for element in named]
    found += [author_name(element) for element in inside.get(("atom", "author"), ())]
    return distinct(found)


def _summary(inside: Fields) -> str | None:
    for element in _all(inside, ("", "description"), ("dc", "description"), ("media", "description"), ("", "summary")):
        found = storable(inner_html(element))
        if found:
            return found
    atom = inside.get(("atom", "summary"))
    return storable(text_construct(atom[0])) if atom else None


def _content(inside: Fields) -> str | None:
    for element in _all(inside, ("content", "encoded"), ("xhtml", "body"), ("", "encoded")):
        found = storable(inner_html(element))
        if found:
            return found
    atom = inside.get(("atom", "content"))
    return storable(text_construct(atom[0])) if atom else None


def _channel_link(channel: Fields, url: str) -> str | None:
    for link in channel.get(("", "link"), ()):
        found = absolute(words(link) or attribute(link, "href"), url)
        if found:
            return found
    return next((found for found in (absolute(link, url) for link in _atom_links(channel)) if found), None)


def _base(root: etree._Element, homepage: str | None, url: str) -> str:
    """`xml:base`, else the channel's link where it is of the feed's own site, else the document's URL."""
    given = root.get(XML_BASE) or next((child.get(XML_BASE) for _, child in children(root) if child.get(XML_BASE)), None)
    if given:
        return base_of(given, url)
    return homepage if homepage and same_site(homepage, url) else url


def _ttl(channel: Fields) -> int | None:
    ttl = _number(_first(channel, ("", "ttl")))
    period = (_first(channel, ("sy", "updateperiod")) or "").strip().lower()
    if ttl is None and period in _PERIODS:
        times = _number(_first(channel, ("sy", "updatefrequency"))) or 1
        ttl = max(1, _PERIODS[period] // max(1, times))
    return ttl if ttl and 0 < ttl <= _MAX_TTL else None


def _skip_hours(channel: Fields) -> tuple[int, ...]:
    given = [_number(words(hour)) for hour in _inner(channel, "skiphours", "hour")]
    return tuple(sorted({hour % 24 for hour in given if hour is not None and 0 <= hour <= 24}))


def _skip_days(channel: Fields) -> tuple[str, ...]:
    given = {words(day).strip().capitalize() for day in _inner(channel, "skipdays", "day")}
    return tuple(day for day in _DAYS if day in given)


def _inner(channel: Fields, outer: str, name: str) -> Iterable[etree._Element]:
    for element in channel.get(("", outer), ()):
        yield from (child for inner, child in children(element) if inner == ("", name))


def _all(inside: Fields, *wanted: Name) -> list[etree._Element]:
    return [element for name in wanted for element in inside.get(name, ())]


def _first(inside: Fields, *wanted: Name) -> str | None:
    return next((text for text in (words(element) for element in _all(inside, *wanted)) if text.strip()), None)


def _number(text: str | None) -> int | None:
    digits = (text or "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else None
