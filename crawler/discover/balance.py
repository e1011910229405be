"""Markup whose tags do not match -> markup whose tags do: the second try, after the parser has complained.

A stray end tag is dropped, an element left open is closed by its parent's end tag or by the next entry (a title, a link or
a date by the next such field as well), attributes get their quotes, a `<` that opens no tag becomes text. Stateful over the
slices of one document, linear, depth-bounded.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from crawler.discover.repair import Piece

_TAG = re.compile(
    rb"<(?:/([A-Za-z_][\w:.\-]{0,80})[^<>]*+>"
    rb"|([A-Za-z_][\w:.\-]{0,80})((?:\s(?:[^<>\"']|\"[^\"<>]*+\"|'[^'<>]*+')*+)?)(/?)>"
    rb"|([A-Za-z_][\w:.\-]{0,80})(\s[^<>]*+)>"
    rb"|[!?][^<>]*+>"
    rb"|)"
)
_ATTRIBUTE = re.compile(rb"(?<![\w:.\-])([A-Za-z_][\w:.\-]{0,80})\s{0,8}=\s{0,8}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))")
_ENTRIES = (b"item", b"entry", b"url", b"sitemap")
_CONTAINERS = (b"channel", b"rss", b"rdf", b"feed", b"urlset", b"sitemapindex", b"items")
_PLAIN = (b"title", b"link", b"guid", b"id", b"pubdate", b"published", b"updated", b"date", b"loc", b"lastmod")  # no field is inside one
_FIELDS = (*_PLAIN, b"description", b"summary", b"content", b"encoded")
_DEPTH = 200  # the parser stops for good at its own limit; past ours, deeper tags are left out and reading goes on


def balanced(parts: Iterator[Piece], root: bytes) -> Iterator[Piece]:
    """The same pieces with their tags made to match; what is still open at the end stays open."""
    tags = _Tags(root)
    for is_cdata, piece in parts:
        yield is_cdata, piece if is_cdata else _TAG.sub(tags.rewrite, piece)


class _Tags:
    """The elements open at this place of the document."""

    def __init__(self, root: bytes) -> None:
        self.stack: list[bytes] = []
        self.open: Counter[bytes] = Counter()
        # <url> and <sitemap> are entries in sitemaps only: an RSS <image> holds a <url> as well.
        self.entries = _ENTRIES if root in (b"urlset", b"sitemapindex") else _ENTRIES[:2]

    def rewrite(self, found: re.Match[bytes]) -> bytes:
        end, name, attributes, slash, other, loose = found.groups()
        if end:
            return self._end(end)
        if name or other:
            given = attributes or loose or b""
            return self._start(name or other, given, bool(slash) or given.endswith(b"/"))
        return b"" if len(found.group()) > 1 else b"&lt;"

    def _start(self, name: bytes, attributes: bytes, empty: bool) -> bytes:
        closing = self._close(self._ended_by(name))
        if len(self.stack) >= _DEPTH:
            return closing
        if not empty:
            self.stack.append(name)
            self.open[name] += 1
        return closing + b"<" + name + _quoted(attributes) + (b"/>" if empty else b">")

    def _end(self, name: bytes) -> bytes:
        if not self.open[name]:
            return b""
        depth = len(self.stack) - 1
        while self.stack[depth] != name:
            depth -= 1
        return self._close(depth)

    def _ended_by(self, name: bytes) -> int:
        """How deep the stack stays when this element opens: what cannot hold it was left open."""
        if _local(name) in self.entries:
            return self._container()
        depth = len(self.stack)
        left_open = _local(name) in _FIELDS and depth and _local(self.stack[-1]) in _PLAIN
        return depth - 1 if left_open else depth

    def _container(self) -> int:
        """How deep the innermost channel, feed or the like is: entries stand right below it, whatever was left open."""
        places = (depth for depth in range(len(self.stack), 0, -1) if _local(self.stack[depth - 1]) in _CONTAINERS)
        return next(places, len(self.stack))

    def _close(self, depth: int) -> bytes:
        closed = self.stack[depth:]
        del self.stack[depth:]
        self.open.subtract(closed)
        return b"".join(b"</" + name + b">" for name in reversed(closed))


def _local(name: bytes) -> bytes:
    return name.rpartition(b":")[2].lower()


def _quoted(attributes: bytes) -> bytes:
    kept: dict[bytes, bytes] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(attributes):
        kept.setdefault(name, double or single.replace(b'"', b"&quot;") or bare)
    return b"".join(b" " + name + b'="' + value + b'"' for name, value in kept.items())
