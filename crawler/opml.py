"""OPML 2.0 (opml.org) in and out, for people who come from or go to a feed reader.

Written: one outline an outlet, one inside it a feed; what OPML has no word for stands in attributes of a namespace of
our own, so that our own files come back as they were. Read: any OPML; feeds are grouped into outlets by their site.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar
from urllib.parse import urljoin

from lxml import etree

from archive.errors import SourcesError
from archive.terminal import plain
from crawler.discover.encoding import to_utf8
from crawler.discover.links import absolute, is_fetchable
from crawler.discover.names import attribute
from crawler.discover.prolog import read_prolog
from crawler.discover.text import one_line
from crawler.discover.xml import parse
from crawler.find import outlet_id_for
from crawler.sources import values
from crawler.sources.load import same_feed
from crawler.sources.specs import FeedSpec, OutletSpec, SourceKind, Sources, Window

_OURS = "urn:wirecopy:opml:1"
_MAX_OUTLINES = 20_000
_NO_OUTLINE = 1  # of the parser's "entries": OPML has none
_OUTLET_KEYS = ("language", "timezone", "agency")
_KINDS: dict[str, SourceKind] = {"rss": "rss", "atom": "atom", "json": "json", "sitemap": "sitemap", "html": "html"}
_Value = TypeVar("_Value")


def read_opml(data: bytes) -> tuple[OutletSpec, ...]:
    """The outlets of an OPML file, each feed once; addresses that are no web addresses are left out.

    Raises SourcesError where the bytes are no OPML.
    """
    clean, _ = to_utf8(data, None)
    prolog = read_prolog(clean)
    root = parse(clean, prolog, _NO_OUTLINE).root if prolog.root == "opml" else None
    if root is None:
        raise SourcesError("the file is not OPML", hint="Export the subscriptions of your feed reader as OPML.")
    outlets: dict[str, OutletSpec] = {}
    seen: set[str] = set()
    for number, outline in enumerate(root.iter("{*}outline")):
        if number >= _MAX_OUTLINES:
            break
        feed = _feed(outline)
        if feed and same_feed(feed.url) not in seen:
            seen.add(same_feed(feed.url))
            _place(outline, feed, outlets)
    return tuple(outlets.values())


def write_opml(sources: Sources) -> str:
    """The sources as OPML. Politeness settings stay behind: they are no other reader's business."""
    root = etree.Element("opml", {"version": "2.0"}, nsmap={"wirecopy": _OURS})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "wirecopy sources"
    body = etree.SubElement(root, "body")
    for outlet in sources.outlets:
        folder = etree.SubElement(body, "outline", {"text": plain(outlet.name), "title": plain(outlet.name)})
        if outlet.homepage:
            folder.set("htmlUrl", outlet.homepage)
        _mark(folder, {"id": outlet.id} | {key: getattr(outlet, key) for key in _OUTLET_KEYS})
        for feed in outlet.feeds:
            _write_feed(folder, outlet, feed)
    text = etree.tostring(root, encoding="unicode", pretty_print=True)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'


def _write_feed(folder: etree._Element, outlet: OutletSpec, feed: FeedSpec) -> None:
    outline = etree.SubElement(folder, "outline", {"type": "rss", "text": plain(outlet.name), "xmlUrl": feed.url})
    if outlet.homepage:
        outline.set("htmlUrl", outlet.homepage)
    kind = None if feed.kind == "auto" else feed.kind
    schedule = feed.schedule.text if feed.schedule else None
    quiet = ", ".join(map(str, feed.quiet)) or None
    jitter = None if feed.jitter is None else values.written(feed.jitter)
    _mark(outline, {"kind": kind, "schedule": schedule, "keep": feed.keep, "skip": feed.skip, "quiet": quiet, "jitter": jitter})


def _mark(outline: etree._Element, settings: dict[str, str | None]) -> None:
    for key, value in settings.items():
        if value is not None:
            outline.set(f"{{{_OURS}}}{key}", plain(value))  # XML has no control characters


def _feed(outline: etree._Element) -> FeedSpec | None:
    url = absolute(attribute(outline, "xmlUrl"), "")
    if not url or _accepted(url, values.web_url) is None:
        return None
    return FeedSpec(
        url,
        kind=_KINDS.get(_own(outline, "kind") or "", "auto"),
        schedule=_accepted(_own(outline, "schedule"), values.schedule),
        keep=_accepted(_own(outline, "keep"), values.pattern),
        skip=_accepted(_own(outline, "skip"), values.pattern),
        quiet=_accepted(_own(outline, "quiet"), _windows) or (),
        jitter=_accepted(_own(outline, "jitter"), values.jitter),
    )


def _place(outline: etree._Element, feed: FeedSpec, outlets: dict[str, OutletSpec]) -> None:
    """Put a feed into its outlet: the folder it came from if that is one of ours, else the outlet of its site."""
    folder = outline.getparent()
    given_id = _accepted(_own(folder, "id"), values.outlet_id) if folder is not None else None
    homepage = _homepage(folder if given_id else outline)
    key = given_id or urljoin(homepage or feed.url, "/").lower()
    known = outlets.get(key)
    if known:
        outlets[key] = replace(known, feeds=(*known.feeds, feed))
        return
    source = folder if given_id and folder is not None else outline
    taken = {outlet.id for outlet in outlets.values()}
    outlet_id = given_id if given_id and given_id not in taken else outlet_id_for(homepage or feed.url, taken)
    outlets[key] = OutletSpec(
        id=outlet_id,
        name=one_line(attribute(source, "title") or attribute(source, "text"), 200) or outlet_id,
        homepage=homepage,
        language=_accepted(_own(source, "language"), values.language),
        timezone=_accepted(_own(source, "timezone"), values.timezone),
        agency=_accepted(_own(source, "agency"), values.outlet_id),
        feeds=(feed,),
    )


def _homepage(outline: etree._Element | None) -> str | None:
    given = attribute(outline, "htmlUrl") if outline is not None else None
    found = absolute(given, "")
    return found if found and is_fetchable(found) and _accepted(found, values.web_url) else None


def _windows(text: str) -> tuple[Window, ...]:
    found = tuple(values.window(part) for part in text.split(","))
    if values.whole_day(found):
        raise ValueError("they leave no minute of the day")
    return found


def _own(outline: etree._Element, key: str) -> str | None:
    return outline.get(f"{{{_OURS}}}{key}")


def _accepted(text: str | None, read: Callable[[str], _Value]) -> _Value | None:
    """The value if sources.toml would take it; None otherwise."""
    try:
        return read(text) if text else None
    except ValueError:
        return None
