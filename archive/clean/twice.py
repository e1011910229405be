"""Text that was put into UTF-8 twice, as its writers meant it: "donâ€™t" and "cafÃ©" are "don’t" and "café".

Somebody took UTF-8 for Windows-1252 or ISO 8859-1 and encoded it again: each byte of a character stands there as a character of its own.
A lead (0xC2 to 0xF4) and its one to three trails (0x80 to 0xBF), read as bytes again, are valid UTF-8 (RFC 3629, 4) then, which other
text hardly ever is; and a page that has it has it in more than one place.
"""

from __future__ import annotations

import re

LEAST = 2  # places that leave no doubt: a page about such text may show one

# Looked for in the bytes of each page, and so few: the leads of Latin, Cyrillic, Arabic, Devanagari, of punctuation and emoji.
_QUICK = re.compile(rb"\xc3(?:[\x83\x90\x91\x98\x99]\xc2|\xa2(?:\xc2\x80|\xe2\x82\xac)|\xa0\xc2[\xa4\xa5]|\xb0(?:\xc2\x9f|\xc5\xb8))")
_HIGH = {bytes([byte]).decode("cp1252"): byte for byte in range(0x80, 0xA0) if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
_TRAIL = "[\x80-\xbf" + "".join(_HIGH) + "]"
_PLACE = re.compile(f"[Â-ß]{_TRAIL}|[à-ï]{_TRAIL}{{2}}|[ð-ô]{_TRAIL}{{3}}")
_ALSO_ELSE = frozenset("\xa0«»°·®")  # one of these behind a capital letter may be meant


def once(text: str, utf8: bytes | None) -> str:
    """The text, mended where it was encoded twice; the same object where it was not. `utf8`: its bytes, None for other encodings."""
    if utf8 is None or _QUICK.search(utf8) is None:
        return text
    places = [place for place in _PLACE.finditer(text) if _meant(place[0]) is not None]
    if sum(len(place[0]) > 2 or place[0][1] not in _ALSO_ELSE for place in places) < LEAST:
        return text
    return _PLACE.sub(lambda place: _meant(place[0]) or place[0], text)


def _meant(place: str) -> str | None:
    try:
        return bytes(_HIGH.get(letter) or ord(letter) for letter in place).decode("utf-8")
    except UnicodeDecodeError:
        return None
