"""A feed document's bytes -> what it says. Pure: no clock, no network; any bytes are read or refused, none raise.

    discover = read (one file a format: rss, atom, cdf, jsonfeed, sitemap, listing)  >  settle (links and times)

On the way the bytes pass `encoding` (to UTF-8), `sniff` and `prolog` (which format, where it starts), `repair`,
`balance` and `xml` (a tree, whatever state the markup is in).
"""

from __future__ import annotations

from lxml import etree

from archive.decoding import TooLarge
from archive.model import FeedDocument, FeedKind
from crawler.discover import atom, cdf, jsonfeed, listing, rss, sitemap
from crawler.discover.encoding import LARGEST, gunzipped, to_utf8
from crawler.discover.items import Item, Reading
from crawler.discover.prolog import Prolog
from crawler.discover.settle import settle
from crawler.discover.sniff import sniff
from crawler.discover.xml import parse

__all__ = ["Item", "Reading", "discover", "read"]

LIMIT = 2000  # entries of one document: the largest news sitemaps have 1,000 (Google's cap)


def discover(body: bytes, *, url: str, content_type: str | None = None, kind: FeedKind | None = None, limit: int = LIMIT) -> FeedDocument:
    """The entries of a feed document that can be fetched, and what the document says of itself.

    `url` is where the body came from (after redirects); `content_type` is asked for its charset alone; `kind` "html"
    reads a page as a listing, every other kind is recognised by content. A document that is no feed (an HTML page, an
    empty body, an error message) gives `error`. At most `limit` entries are read; the others are counted as dropped.
    """
    return settle(read(body, url=url, content_type=content_type, kind=kind, limit=limit))


def read(body: bytes, *, url: str, content_type: str | None = None, kind: FeedKind | None = None, limit: int = LIMIT) -> Reading:
    """The document as printed, entries without a usable link among them. Never raises."""
    try:
        unpacked, broken = gunzipped(body)
        data, slips = to_utf8(unpacked, _charset(content_type))
        reading = _read(data, url, kind, max(0, limit))
    except TooLarge:
        return Reading(None, error=f"The gzip data unpack to more than {LARGEST // 1_000_000} MB.")
    except (RecursionError, MemoryError):
        return Reading(None, error="The document is nested too deeply or too large to be read.")
    return _with_problems(reading, (*broken, *slips))


def _read(data: bytes, url: str, kind: FeedKind | None, limit: int) -> Reading:
    form, prolog = sniff(data)
    if form == "empty":
        return Reading(None, error="The body is empty.")
    if form == "json":
        return jsonfeed.read(data, url, limit)
    if form == "xml":
        return _read_xml(data, prolog, url, limit)
    if kind == "html":
        return listing.read(data, url, limit)
    if form == "html":
        return Reading(None, error="The document is an HTML page, not a feed.")
    return Reading(None, error="The document is neither a feed nor a sitemap.")


def _read_xml(data: bytes, prolog: Prolog, url: str, limit: int) -> Reading:
    tree = parse(data, prolog, limit)
    root = tree.root
    if root is None:
        return Reading(None, error="The XML document has no element that could be read.")
    if prolog.root == "entry" or (prolog.root == "feed" and not _has_only_items(root)):
        reading = atom.read(root, url, limit)
    elif prolog.root == "urlset":
        reading = sitemap.read(root, url, limit)
    elif prolog.root == "sitemapindex":
        reading = sitemap.read_index(root, url, limit)
    elif prolog.root == "channel" and cdf.is_cdf(root):
        reading = cdf.read(root, url, limit)
    else:
        reading = rss.read(root, url, limit)
    return _with_problems(reading, (*prolog.problems, *tree.problems), more=tree.more)


def _has_only_items(root: etree._Element) -> bool:
    """Whether an Atom feed's entries are RSS items: some home-made feeds mix the two."""
    return next(root.iter(*rss.ITEM_TAGS), None) is not None and next(root.iter(*atom.ENTRY_TAGS), None) is None


def _with_problems(reading: Reading, problems: tuple[str, ...], more: int = 0) -> Reading:
    values = {name: getattr(reading, name) for name in Reading.__slots__}
    return Reading(**values | {"problems": (*problems, *reading.problems), "more": reading.more + more})


def _charset(content_type: str | None) -> str | None:
    """The charset parameter of a Content-Type, as given."""
    for part in (content_type or "").split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'") or None
    return None
