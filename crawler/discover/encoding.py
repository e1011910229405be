"""Bytes -> UTF-8 bytes: byte-order mark, then the HTTP charset, then the XML declaration, then UTF-8, then as the text tells, then cp1252.

Labels are read as the WHATWG Encoding Standard maps them (`iso-8859-1` is cp1252, `gb2312` is gb18030 ...). An unknown
label is passed over. Nothing here raises; memory is a small multiple of the body.
"""

from __future__ import annotations

import codecs
import re
import zlib
from functools import lru_cache

from archive.clean.guess import guessed
from archive.decoding import Undecodable, decode

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),  # before UTF-16LE, whose mark it begins with
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# UTF-16 without a mark: markup starts with `<`, and its other byte is NUL.
_BARE_UTF16 = (
    (re.compile(rb"(?:\s\x00){0,64}<\x00[!?A-Za-z]\x00"), "utf-16-le"),
    (re.compile(rb"(?:\x00\s){0,64}\x00<\x00"), "utf-16-be"),
)
_LABELS = {
    "unicode-1-1-utf-8": "utf-8",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "macintosh": "mac-roman",
    "x-mac-roman": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
}
_NAME = re.compile(r"[a-z0-9][a-z0-9._:\-]{0,39}\Z")
_ASCII = bytes(range(0x20, 0x7F))
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?\bencoding\s*=\s*[\"']([A-Za-z0-9._:\-]{1,40})[\"']")
_META = re.compile(rb"<meta\b[^>]{0,200}?\bcharset\s*=\s*[\"']?([A-Za-z0-9._:\-]{1,40})", re.IGNORECASE)
_HEAD = 4096  # bytes in which a declaration is looked for: room for warnings printed before it
_GZIP = b"\x1f\x8b\x08"
_SLICE = 16_384  # bytes unpacked at a time where something is broken: what stands in the broken slice is lost
LARGEST = 50_000_000  # bytes of a sitemap, unpacked: the protocol's own cap


def to_utf8(body: bytes, charset: str | None) -> tuple[bytes, tuple[str, ...]]:
    """The document as valid UTF-8 without a byte-order mark, and what had to be read over on the way."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return _decoded(body[len(mark) :], name)
    for start, name in _BARE_UTF16:
        if start.match(body):
            return _decoded(body, name)
    named = [codec for codec in (codec_of(charset), codec_of(_label(_DECLARED, body))) if codec]
    for codec in (*named, "utf-8"):
        text = _strictly(body, codec)
        if text is not None:
            return (body if codec == "utf-8" else _utf8(text)), ()
    return _forced(body, named)


@lru_cache(maxsize=256)
def codec_of(label: str | None) -> str | None:
    """The Python codec for a charset label; None for no label and for one that names no charset a feed can be in.

    A charset has to leave ASCII alone. That passes over Python's codecs that are no charsets (punycode, unicode_escape,
    zip ...), and a declared UTF-16 that the declaration itself, being readable, gives the lie.
    """
    name = (label or "").strip().strip("\"'").lower()
    if not _NAME.match(name):
        return None
    try:
        found = codecs.lookup(_LABELS.get(name, name))
        return found.name if _ASCII.decode(found.name) == _ASCII.decode("ascii") else None
    except (LookupError, UnicodeError):
        return None


def gunzipped(body: bytes, limit: int = LARGEST) -> tuple[bytes, tuple[str, ...]]:
    """A `.xml.gz` sitemap unpacked, as far as it goes, and what is wrong with it; other bytes as they are.

    Raises TooLarge where it unpacks to more than `limit` bytes.
    """
    if not body.startswith(_GZIP):
        return body, ()
    try:
        return decode(body, "gzip", limit=limit), ()
    except Undecodable:
        return _as_far_as_it_goes(body, limit), ("The gzip data are cut or broken; what stands before was read.",)


def _as_far_as_it_goes(body: bytes, limit: int) -> bytes:
    inflater, out = zlib.decompressobj(wbits=31), bytearray()
    try:
        for at in range(0, len(body), _SLICE):
            out += inflater.decompress(body[at : at + _SLICE], max(1, limit - len(out)))
    except zlib.error:
        pass
    return bytes(out[:limit])


def _decoded(body: bytes, codec: str) -> tuple[bytes, tuple[str, ...]]:
    """Bytes whose codec their first bytes tell."""
    text = _strictly(body, codec)
    if text is not None:
        return (body if codec == "utf-8" else _utf8(text)), ()
    return _utf8(body.decode(codec, "replace")), (f"Some bytes are not valid {codec}.",)


def _forced(body: bytes, named: list[str]) -> tuple[bytes, tuple[str, ...]]:
    """Bytes that are valid in nothing they claim to be: UTF-8 with slips, what is claimed (HTML's meta last), as guessed, cp1252."""
    text = body.decode("utf-8", "replace")
    if _mostly_utf8(text):
        return _utf8(text), ("Some bytes are not valid UTF-8.",)
    del text
    claimed = [codec for codec in (*named, codec_of(_label(_META, body))) if codec and codec != "utf-8"]
    codec = claimed[0] if claimed else guessed(body) or "cp1252"
    slip = f"The bytes are not UTF-8; they were read as {codec}." if not claimed else f"Some bytes are not valid {codec}."
    exact = _strictly(body, codec)
    return _utf8(body.decode(codec, "replace") if exact is None else exact), (slip,) if exact is None or not claimed else ()


def _label(pattern: re.Pattern[bytes], body: bytes) -> str | None:
    found = pattern.search(body[:_HEAD])
    return found.group(1).decode("ascii") if found else None


def _strictly(body: bytes, codec: str) -> str | None:
    try:
        return body.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return None


def _mostly_utf8(text: str) -> bool:
    """Whether the good multi-byte characters are at least as many as the bad bytes: then one slip is no cp1252."""
    bad = text.count("\N{REPLACEMENT CHARACTER}")
    beyond_ascii = len(text.encode("utf-8", "replace")) - len(text)  # every character beyond ASCII adds one or more
    return beyond_ascii - 2 * bad >= bad  # U+FFFD itself adds two


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")
