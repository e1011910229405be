"""Bytes of a response -> text that is HTML, or the reason why they are not.

The order of the HTML standard's sniffing: byte order mark, the HTTP charset, the page's own `<meta>`, then UTF-8, then what
the text itself tells (`guess`), then Windows-1252. A charset that can't decode the bytes is passed over, and UTF-8 that decodes
without an error wins over any other single-byte claim: no text in another encoding looks like it by accident.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass

from archive.clean.guess import guessed

MAX_BYTES = 16_000_000  # more than any story: what follows is not read

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_MARKS = tuple(mark for mark, _ in _BOMS)
_ESCAPE = b"\x1b"  # pages have none, and one byte is looked for many times as fast as two
_SHIFT = b"\x1b$"  # to two bytes a character, in ISO-2022-JP (RFC 1468): seven bits, and so valid UTF-8 as well
_JIS = ("iso-2022-jp", "csiso2022jp")  # as the WHATWG Encoding Standard knows it
_CONTROLS = bytes((*range(9), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)))
_META = re.compile(rb"""<meta[^<>]{0,300}?charset\s{0,9}=\s{0,9}["']?\s{0,9}([\w:.-]{2,40})""", re.I)
_XML = re.compile(rb"""^\s{0,99}<\?xml[^<>]{0,200}?encoding\s{0,9}=\s{0,9}["']([\w.-]{2,40})""", re.I)
_HTTP = re.compile(r"""charset\s{0,9}=\s{0,9}["']?\s{0,9}([\w:.-]{2,40})""", re.I)
# First bytes that are no page: name, signature.
_SIGNATURES = (
    ("gzip data that was not decoded", b"\x1f\x8b"), ("Zstandard data", b"\x28\xb5\x2f\xfd"), ("a PDF document", b"%PDF-"),
    ("a PNG image", b"\x89PNG"), ("a JPEG image", b"\xff\xd8\xff"), ("a GIF image", b"GIF8"), ("a RIFF file", b"RIFF"),
    ("a ZIP archive", b"PK\x03\x04"), ("a font", b"wOF"), ("a program", b"\x7fELF"), ("an MP3 file", b"ID3"),
    ("an Ogg file", b"OggS"), ("a bzip2 file", b"BZh"), ("an xz file", b"\xfd7zXZ"), ("a RAR archive", b"Rar!"),
    ("an icon", b"\x00\x00\x01\x00"), ("an SQLite file", b"SQLite format 3\x00"),
)  # fmt: skip
_ANYTHING = frozenset({"iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii", "windows-1252", "cp1252"})  # servers' own defaults
# Labels that mean another encoding on the web (WHATWG Encoding, section 4.2).
_ALIASES = {
    "iso-8859-1": "windows-1252", "latin1": "windows-1252", "latin-1": "windows-1252", "us-ascii": "windows-1252",
    "ascii": "windows-1252", "iso-8859-9": "windows-1254", "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030",
    "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "ks_c_5601-1987": "cp949", "euc-kr": "cp949",
    "iso-8859-8-i": "iso-8859-8", "iso-8859-11": "cp874", "tis-620": "cp874", "utf8": "utf-8", "utf-16": "utf-8",
    "unicode": "utf-8",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decoded:
    """`reason`: why these bytes are no HTML page; then the text is "". `utf8`: the text's bytes where the body holds them as they are."""

    text: str = ""
    reason: str | None = None
    utf8: bytes | None = None


def decode(body: bytes, headers: Mapping[str, str] | None = None) -> tuple[str, str | None]:
    """(text, None), or ("", why these bytes are no HTML page). NULs are dropped. Never raises."""
    found = decoded(body, headers)
    return found.text, found.reason


def decoded(body: bytes, headers: Mapping[str, str] | None = None) -> Decoded:
    """The same, with the bytes to parse where nothing has to be encoded again."""
    if not body or body.isspace():
        return Decoded(reason="the body is empty")
    head = body[:1024]
    for name, signature in _SIGNATURES:
        if head.startswith(signature):
            return Decoded(reason=f"not HTML: {name}")
    body = body[:MAX_BYTES]
    text = _as_utf8(body)
    utf8 = None if text is None else body
    if text is None:
        text = _decoded(body, headers).replace("\x00", "")
    return Decoded(reason="not HTML: binary data") if _is_binary(text[:4096]) else Decoded(text, None, utf8)


def _as_utf8(body: bytes) -> str | None:
    """The text of most pages: UTF-8 without a mark, an error, a NUL or a shift. None for any other."""
    if b"\x00" in body or (_ESCAPE in body and _SHIFT in body) or body.startswith(_MARKS):
        return None
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _decoded(body: bytes, headers: Mapping[str, str] | None) -> str:
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace")
    if _SHIFT in body and (_http_charset(headers) in _JIS or _page_charset(body) in _JIS):
        return body.decode("iso2022_jp_ext", "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as broken:
        mostly_utf8 = broken.start > 0 and _is_mostly_utf8(body)
    told = None if mostly_utf8 else guessed(body)
    for label in (_http_charset(headers), _page_charset(body)):
        if told and label in _ANYTHING:  # says only that nobody has set it
            continue
        text = _by_label(body, label, mostly_utf8)
        if text is not None:
            return text
    return body.decode("utf-8" if mostly_utf8 else told or "windows-1252", "replace")


def _by_label(body: bytes, label: str | None, mostly_utf8: bool) -> str | None:
    """Decoded as the label says; None where there is no such encoding or it does not fit the bytes."""
    name = _ALIASES.get(label or "", label)
    if not name or (mostly_utf8 and name.startswith("windows-")):
        return None
    try:
        info = codecs.lookup(name)
        if not getattr(info, "_is_text_encoding", True):
            return None
        text = body.decode(name, "replace")
    except (LookupError, ValueError, UnicodeError, TypeError):
        return None
    return text if text.count("\ufffd") <= len(text) // 100 + 2 else None


def _is_mostly_utf8(body: bytes) -> bool:
    """A UTF-8 page with a few broken bytes (a cut teaser, a pasted quote): under one in fifty of its non-ASCII."""
    text = body.decode("utf-8", "replace")
    high = sum(1 for c in text[:200_000] if c > "\x7f")
    return text[:200_000].count("\ufffd") * 50 <= high


def _http_charset(headers: Mapping[str, str] | None) -> str | None:
    for key, value in (headers or {}).items():
        if key.lower() == "content-type":
            match = _HTTP.search(value[:300])
            return match[1].lower() if match else None
    return None


def _page_charset(body: bytes) -> str | None:
    match = _META.search(body[:16_384]) or _XML.search(body[:300])
    return match[1].decode("ascii", "replace").lower() if match else None


def _is_binary(text: str) -> bool:
    """More than one in fifty characters are control or replacement characters."""
    raw = text.encode("utf-8", "replace")
    return (len(raw) - len(raw.translate(None, _CONTROLS)) + text.count("\ufffd")) * 50 > len(text)
