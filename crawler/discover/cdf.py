"""Channel Definition Format: titles, links and dates in upper-case attributes. Old, and still served here and there."""

from __future__ import annotations

from lxml import etree

from crawler.discover.items import Item, Reading
from crawler.discover.links import absolute, base_of
from crawler.discover.markup import inner_html, words
from crawler.discover.names import attribute, children
from crawler.discover.rss import ITEM_TAGS
from crawler.discover.text import one_line, storable, title_of


def is_cdf(root: etree._Element) -> bool:
    """A `<CHANNEL>` whose links are attributes."""
    return attribute(root, "href") is not None or any(
        attribute(item, name) is not None for item in root.iter(*ITEM_TAGS) for name in ("href", "lastmod")
    )


def read(root: etree._Element, url: str, limit: int) -> Reading:
    """The channel and its first `limit` items."""
    base = base_of(attribute(root, "base"), url)
    elements = list(root.iter(*ITEM_TAGS))
    items = tuple(_item(element, base) for element in elements[:limit])
    homepage = absolute(attribute(root, "href"), base)
    return Reading("rss", items, len(elements) - len(items), title=_child(root, "title"), homepage=homepage)


def _item(element: etree._Element, base: str) -> Item:
    link = attribute(element, "href") or next((attribute(a, "href") for (_, n), a in children(element) if n == "a"), None)
    abstract = next((child for (_, name), child in children(element) if name == "abstract"), None)
    return Item(
        links=(link,) if link else (),
        base=base,
        title=_child(element, "title"),
        updated_raw=one_line(attribute(element, "lastmod"), 200),
        summary=storable(inner_html(abstract)) if abstract is not None else None,
    )


def _child(element: etree._Element, wanted: str) -> str | None:
    return next((title_of(words(child)) for (_, name), child in children(element) if name == wanted), None)
