"""UTF-8 bytes -> an lxml tree of the document's entries, whatever state the document is in.

Safety: no DTD is loaded, no entity resolved, no network asked, nothing beyond libxml2's own limits (`huge_tree` off).
Bounds: feeding stops after `limit` entries and at a memory estimate; the rest is only counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from crawler.discover.balance import balanced
from crawler.discover.prolog import Prolog
from crawler.discover.repair import Piece, mended, pieces

_ENTRY_NAMES = {"urlset": ("url",), "sitemapindex": ("sitemap",)}
_FEED_ENTRIES = ("item", "entry", "Item", "Entry", "ITEM", "deleted-entry")
# A node costs about 125 bytes in libxml2 2.14 (measured: 500,000 small RSS items, 4 million `<`, 500 MB), an attribute
# two nodes. 300 MB leaves room for the document itself under the 600 MB that a whole run may take.
_NODE_BYTES = 125
_TREE_BYTES = 300_000_000
_UNSAID = ("NS_", "WAR_")
# What a second try can't mend: names and slips that lose nothing, and libxml2's own bounds, behind which it is silent.
_HARMLESS = (*_UNSAID, "ERR_NS_", "ERR_ATTRIBUTE_REDEFINED", "ERR_LT_IN_ATTRIBUTE", "ERR_RESOURCE_LIMIT")
_CUT = "The document ends inside an entry, which was left out."
_MESSAGES = 3
_BATCH = 65_536


@dataclass(frozen=True, slots=True)
class Tree:
    """A document read as far as the bounds allow."""

    root: etree._Element | None
    more: int = 0  # entries behind the bounds, counted but not read
    problems: tuple[str, ...] = ()


def parse(data: bytes, prolog: Prolog, limit: int) -> Tree:
    """Parse the document from its root on; where tags do not match, once more with the tags balanced."""
    names = _ENTRY_NAMES.get(prolog.root or "", _FEED_ENTRIES)
    tree, complaints = _read(data, prolog, names, limit, second_try=False)
    if any(_lost_something(kind, message) for kind, message in complaints):
        tree, _ = _read(data, prolog, names, limit, second_try=True)
    said = [f"XML: {message}" for kind, message in complaints if not kind.startswith(_UNSAID)]
    return Tree(tree.root, tree.more, (*tree.problems, *said[:_MESSAGES]))


def _read(data: bytes, prolog: Prolog, names: tuple[str, ...], limit: int, *, second_try: bool) -> tuple[Tree, list[tuple[str, str]]]:
    budget = _Budget()
    source = mended(pieces(data, prolog.start), prolog.entities)
    parts = budget.watch(source)
    if second_try:
        parts = balanced(parts, (prolog.root or "").encode())
    parser = _parser(names)
    stopped = _feed(parser, parts, limit, budget)
    complaints = _complaints(parser)  # where we stopped ourselves, closing adds complaints that mean nothing
    root = _close(parser)
    cut = _take_cut_entries(parser)
    if stopped is None:
        return Tree(root, cut, (_CUT,) if cut else ()), _complaints(parser)
    return Tree(root, cut + _count(source, names), (stopped,) if stopped else ()), complaints


def _lost_something(kind: str, message: str) -> bool:
    """Whether reading again with balanced tags can find more. Balancing bounds the depth as well."""
    return not kind.startswith(_HARMLESS) or (kind == "ERR_RESOURCE_LIMIT" and "depth" in message)


def _parser(names: tuple[str, ...]) -> etree.XMLPullParser:
    return etree.XMLPullParser(
        events=("end",),
        tag=[f"{{*}}{name}" for name in names],
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        recover=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _close(parser: etree.XMLPullParser) -> etree._Element | None:
    try:
        return parser.close()
    except etree.XMLSyntaxError:  # no element at all
        return None


def _take_cut_entries(parser: etree.XMLPullParser) -> int:
    """Leave out what is still open where the document ends: the link of an entry cut in two is another link."""
    taken = 0
    for _, element in parser.read_events():
        parent = element.getparent() if isinstance(element, etree._Element) else None
        if parent is not None and isinstance(element, etree._Element):
            parent.remove(element)
            taken += 1
    return taken


def _complaints(parser: etree.XMLPullParser) -> list[tuple[str, str]]:
    return [(entry.type_name, f"{entry.message} (line {entry.line})") for entry in parser.feed_error_log]


def _feed(parser: etree.XMLPullParser, parts: Iterator[Piece], limit: int, budget: _Budget) -> str | None:
    """Feed until the bounds; None: all was fed. Otherwise a sentence about the bound, "" for the entries' limit."""
    entries = 0
    for batch in _batches(parts):
        parser.feed(batch)
        entries += sum(1 for _ in parser.read_events())
        if budget.spent:
            return "The document has too many elements; it was read up to a bound."
        if entries > limit:
            return ""
    return None


class _Budget:
    """Counts what the tree of the pieces passing by will cost, and ends their stream when it is spent."""

    def __init__(self) -> None:
        self.left = _TREE_BYTES

    @property
    def spent(self) -> bool:
        return self.left < 0

    def watch(self, parts: Iterator[Piece]) -> Iterator[Piece]:
        for is_cdata, piece in parts:
            self.left -= _NODE_BYTES if is_cdata else _cost(piece)
            yield is_cdata, piece
            if self.spent:
                return


def _cost(markup: bytes) -> int:
    attributes = min(markup.count(b"="), (markup.count(b'"') + markup.count(b"'")) // 2)
    return markup.count(b"<") * _NODE_BYTES + attributes * 2 * _NODE_BYTES


def _batches(parts: Iterator[Piece]) -> Iterator[bytes]:
    """Pieces joined until they are worth a call of the parser."""
    held: list[bytes] = []
    size = 0
    for is_cdata, piece in parts:
        held.append(b"<![CDATA[" + piece + b"]]>" if is_cdata else piece)
        size += len(piece) + len(b"<![CDATA[]]>")
        if size > _BATCH:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


def _count(parts: Iterator[Piece], names: tuple[str, ...]) -> int:
    mark = re.compile(rb"<(?:[\w.\-]{1,40}:)?(?:" + b"|".join(name.encode() for name in names) + rb")(?=[\s/>])")
    return sum(sum(1 for _ in mark.finditer(piece)) for is_cdata, piece in parts if not is_cdata)
