"""The words of a page's address, and how well a text fits them.

Content management systems make an address (its "slug", as WordPress calls it) of the headline a story was published under.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote, urlsplit

_WORD = re.compile(r"[^\W_]+")
_IDENTIFIER = re.compile(r"\d{5,}|[a-z]?\d{4,}|(?=[a-z]*\d)[a-z\d]{6,}")
_EXTENSION = re.compile(r"\.[a-z]{2,5}$", re.I)
_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "o", "å": "a", "'": None, "’": None})


def address_words(url: str) -> frozenset[str]:
    """Words of the part of a path that has most of them: "/2025/a-tram-comes-back-1234567.html" -> {a, tram, comes, back}."""
    try:
        path = unquote(urlsplit(url).path)[:1000]
    except ValueError:
        return frozenset()
    parts = [_EXTENSION.sub("", part) for part in path.split("/")]
    words = _WORD.findall(_bare(max(parts, key=lambda part: part.count("-") + part.count("_"))))
    return frozenset(word for word in words if not _IDENTIFIER.fullmatch(word))


def fit(slug: frozenset[str], text: str) -> float:
    """How well the words of a text fit those of an address: F1 of the two."""
    words = set(_WORD.findall(_bare(text)))
    size = len(words)
    words.update(_WORD.findall(_bare(text.casefold().translate(_SPELT))))
    hit = len(slug & words)
    return 2 * hit / (len(slug) + size) if size else 0.0


def _bare(text: str) -> str:
    """Case and accents away."""
    if text.isascii():
        return text[:400].casefold()
    return "".join(c for c in unicodedata.normalize("NFKD", text[:400].casefold()) if not unicodedata.combining(c))
