"""A text as words, the same for every way of printing it. Pure.

Typography makes no difference (NFKC, soft hyphens, zero width, apostrophes, case, Arabic vowel signs and tatweel), nor do commas within
numbers. In scripts whose vowels are marks (Devanagari and its kin) marks belong to the word; scripts that put no spaces between words
(Chinese, Japanese, Thai, Lao, Khmer, Burmese) give one token a character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from archive.scripts import UNSPACED

# U+0900 to U+1CFF holds the scripts of South and South-East Asia: `\w` knows their letters, not their marks.
_MARKS = "".join(chr(code) for code in range(0x0900, 0x1D00) if unicodedata.category(chr(code)) in ("Mn", "Mc"))
# Apostrophes of all kinds, soft hyphen, zero width, directions, variation selectors, Arabic vowel signs and tatweel.
_DROPPED = re.compile("['`´‘’‚‛ʼʹ′\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\u0640\u064b-\u065f\u0670]")
_THOUSANDS = re.compile(r",(?<=\d,)(?=\d\d\d)")  # begins with the comma, which is looked for by itself
_ASCII_TOKEN = re.compile(r"\d+(?:\.\d+)+|[a-z0-9_]+")
_TOKEN = re.compile(rf"\d+(?:\.\d+)+|[\w\u0300-\u036f{_MARKS}]+")
_ONE_BY_ONE = re.compile(f"([{UNSPACED}])")


def tokens(text: str) -> list[str]:
    """The words of a text, folded; a number with its decimals is one word."""
    if text.isascii():  # half the time, for half of the world's wire
        return _ASCII_TOKEN.findall(_THOUSANDS.sub("", text.replace("'", "").replace("`", "").lower()))
    text = _DROPPED.sub("", unicodedata.normalize("NFKC", _DROPPED.sub("", text))).casefold()
    if _ONE_BY_ONE.search(text):
        text = _ONE_BY_ONE.sub(r" \1 ", text)
    return _TOKEN.findall(_THOUSANDS.sub("", text))


def are_unspaced(words: Collection[str]) -> bool:
    """Whether most of these words are characters of a script without spaces between words."""
    single = [word for word in words if len(word) == 1]  # few are, nearly always: the others are not looked at
    return 2 * len(single) > len(words) and 2 * len(_ONE_BY_ONE.findall("".join(single))) > len(words)
