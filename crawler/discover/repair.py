"""Ill-formed markup -> markup that a parser accepts, in slices, in one pass.

`pieces` cuts a document into markup and CDATA; comments are dropped. `mended` makes entity references and bare `&` and
`<` harmless; CDATA is left alone but for control characters and halves of surrogate pairs. What is well formed passes through unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html.entities import html5

_SECTION = re.compile(rb"<!\[CDATA\[|<!--")
# Three passes: the first two need no Python call a match, so that a body of nothing but `&` stays cheap.
_BARE_AMPERSAND = re.compile(rb"&(?![#A-Za-z])")
_BARE_LESS_THAN = re.compile(rb"<(?![A-Za-z_/!?:\x80-\xff])")
_REFERENCE = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)(?:#(?:([0-9]{1,8})|[xX]([0-9A-Fa-f]{1,7}));|([A-Za-z][A-Za-z0-9]{1,31});)?")
# References to halves of a surrogate pair. Where a parser that recovers takes our CDATA for markup, it makes text of them that is no UTF-8.
_HALF = re.compile(rb"&#(?:0*5(?:529[6-9]|5[3-9]\d\d|6\d{3}|7[0-2]\d\d|73[0-3]\d|734[0-3])|[xX]0*[dD][89a-fA-F][0-9a-fA-F]{2});?")
_PREDEFINED = {ord("&"): b"&amp;", ord("<"): b"&lt;", ord(">"): b"&gt;", ord('"'): b"&quot;"}
_CONTROLS = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D}) + b"\x7f"
_NONCHARACTERS = re.compile(rb"\xef\xbf[\xbe\xbf]")  # U+FFFE and U+FFFF: not allowed in XML
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}".encode()
_SLICE = 262_144
_SECTIONS = 200_000  # CDATA sections and comments of one document; entries over the limit never get that far

Piece = tuple[bool, bytes]  # (is CDATA, bytes)


def pieces(data: bytes, start: int) -> Iterator[Piece]:
    """The document from `start` on, in slices: markup (which ends with `>` where it can) and CDATA; no comments."""
    at, open_comments = start, True
    for _ in range(_SECTIONS):
        if at >= len(data):
            return
        found = _SECTION.search(data, at)
        while found and found.group() == b"<!--" and not open_comments:
            found = _SECTION.search(data, found.end())
        stop = found.start() if found else len(data)
        yield from _slices(data, at, stop)
        if not found:
            return
        mark = b"-->" if found.group() == b"<!--" else b"]]>"
        end = data.find(mark, found.end())
        if mark == b"]]>":
            yield from _cdata_slices(data, found.end(), end if end >= 0 else len(data))
        elif end < 0:  # a comment that never closes: read on behind its mark, and look for no other end
            open_comments, end = False, found.end() - len(mark)
        at = end + len(mark) if end >= 0 else len(data)


def mended(parts: Iterator[Piece], entities: Mapping[bytes, bytes]) -> Iterator[Piece]:
    """The same pieces without control characters, and markup without undeclared entities, bare `&` and bare `<`."""
    known = {name: _escaped(value) for name, value in entities.items()}

    def fix(found: re.Match[bytes]) -> bytes:
        decimal, hexadecimal, name = found.groups()
        if decimal or hexadecimal:
            return _character(int(decimal) if decimal else int(hexadecimal, 16))
        if name:
            return known.get(name) or _named(name)
        return b"&amp;"

    for is_cdata, piece in parts:
        clean = _NONCHARACTERS.sub(_REPLACEMENT, piece.translate(None, _CONTROLS))
        if not is_cdata:
            clean = _BARE_LESS_THAN.sub(b"&lt;", _BARE_AMPERSAND.sub(b"&amp;", clean))
            clean = _REFERENCE.sub(fix, clean)
        elif b"&#" in clean:
            clean = _HALF.sub(_REPLACEMENT, clean)
        yield is_cdata, clean


def _slices(data: bytes, at: int, stop: int) -> Iterator[Piece]:
    in_tag = False
    while stop - at > _SLICE:
        end = data.rfind(b">", at, at + _SLICE) + 1
        cut = end or _before_reference(data, at + _SLICE)
        if end or not in_tag:  # the middle of a tag longer than a slice is left out: no tag needs so many attributes
            yield False, data[at:cut]
        in_tag = not end and (in_tag or data.rfind(b"<", at, cut) >= 0)
        at = cut
    if at < stop:
        yield False, data[at:stop]


def _before_reference(data: bytes, cut: int) -> int:
    """A cut that parts no `&name;` and no `<` from what follows it."""
    opened = max(data.rfind(b"&", cut - 40, cut), data.rfind(b"<", cut - 1, cut))
    return opened if opened >= 0 else cut


def _cdata_slices(data: bytes, at: int, stop: int) -> Iterator[Piece]:
    while stop - at > _SLICE:
        cut = at + _SLICE
        while cut > at + _SLICE - 4 and data[cut] & 0xC0 == 0x80:  # not inside a UTF-8 character
            cut -= 1
        cut = _before_reference(data, cut)
        yield True, data[at:cut]
        at = cut
    yield True, data[at:stop]


def _character(code: int) -> bytes:
    """A numeric reference as bytes: 128 to 159 mean cp1252 (as in HTML), what XML forbids becomes U+FFFD or nothing."""
    if code in _PREDEFINED:
        return _PREDEFINED[code]
    if code < 0x20 and code not in (0x09, 0x0A, 0x0D):
        return b""
    if 0x80 <= code <= 0x9F:
        return bytes([code]).decode("cp1252", "replace").encode()
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF or code in (0xFFFE, 0xFFFF):
        return _REPLACEMENT
    return chr(code).encode()


def _named(name: bytes) -> bytes:
    value = html5.get(name.decode("ascii") + ";")
    return _escaped(value.encode()) if value else b"&amp;" + name + b";"


def _escaped(value: bytes) -> bytes:
    return value.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;").replace(b'"', b"&quot;")
