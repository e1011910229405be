"""The inside of an XML element: as words, as HTML, as base64 says. And the tree of an HTML page."""

from __future__ import annotations

import base64
import binascii
from contextlib import suppress
from copy import deepcopy

from lxml import etree
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from archive.clean.bounds import bounded
from crawler.discover.names import name_of

_UNSEEN = ("script", "style")
_BASE64_CHARS = 4_000_000


def html_tree(page: bytes) -> LexborHTMLParser:
    """The tree of a page in UTF-8; of one that nests without end as much as nests within reason: the rest costs quadratic time.

    Raises MemoryError where the parser gives up, which it does for want of memory alone.
    """
    text = page.decode("utf-8", "replace")
    html, _ = bounded(text)
    try:
        return LexborHTMLParser(page if html is text else html)
    except SelectolaxError as problem:
        raise MemoryError(str(problem)) from problem


def words(element: etree._Element) -> str:
    """All text inside, markup left out, scripts and styles not read."""
    if not len(element):
        return element.text or ""
    return "".join(_seen(element))


def inner_html(element: etree._Element) -> str:
    """What stands inside: escaped or CDATA HTML as its text, naked markup written out as HTML without namespaces."""
    if not len(element):
        return element.text or ""
    for node in element.iterdescendants():
        space, local = name_of(node.tag)
        if isinstance(node.tag, str) and space in ("", "xhtml", "atom"):
            with suppress(ValueError):  # what a parser that recovers calls a name need not be one
                node.tag = local
    # A copy has no parents whose namespaces would be written out with it.
    inside = [etree.tostring(deepcopy(child), encoding="unicode", with_tail=True) for child in element]
    return _escaped(element.text) + "".join(inside)


def unwrapped(element: etree._Element) -> etree._Element:
    """The one `<div>` that wraps XHTML in Atom; the element itself where there is none."""
    if len(element) == 1 and name_of(element[0].tag)[1] == "div" and not (element.text or "").strip():
        return element[0]
    return element


def from_base64(text: str) -> str:
    """Decoded words; the text itself where it is no base64 (feeds say so and forget it)."""
    try:
        return base64.b64decode("".join(text[:_BASE64_CHARS].split()), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return text


def _seen(element: etree._Element) -> list[str]:
    """Text in document order, iteratively: nesting may be deep."""
    found: list[str] = []
    hidden: etree._Element | None = None
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            if hidden is None and name_of(node.tag)[1] in _UNSEEN:
                hidden = node
            elif hidden is None:
                found.append(node.text or "")
            continue
        if node is hidden:
            hidden = None
        if hidden is None and node is not element:
            found.append(node.tail or "")
    return found


def _escaped(text: str | None) -> str:
    return (text or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
