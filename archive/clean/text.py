"""Strings of untrusted pages -> strings that may stand in a record: no control characters, white space folded."""

from __future__ import annotations

import html
import re

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Cased scripts part words by spaces; these do not, so two of their characters count as one word.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_UNSPACED_LEADS = bytes(sorted({chr(code).encode()[0] for code in range(0xE00, 0x10000, 64) if _UNSPACED.match(chr(code))}))  # in UTF-8
_ENDLESS = re.compile("&#[0-9]{9,}")  # no character has such a number: U+FFFD, as for the first one beyond the last
_MARKUP = re.compile(r"<[^<>]{0,2000}>")
_BREAKS = re.compile(r"</?(?:p|br|div|li|h[1-6]|tr|blockquote)\b[^<>]{0,500}>", re.I)


def fold(text: str) -> str:
    """One line: white space folded to single spaces, control and direction characters away."""
    bare = text.strip()
    if bare.isprintable():  # then a space is its only white space: most texts of a page need no more
        return " ".join(bare.split()) if "  " in bare else bare
    folded = " ".join(bare.split())
    return folded if folded.isprintable() else " ".join(scrub(folded).split())


def scrub(text: str) -> str:
    """Without C0 (but tab and newline), C1, DEL, zero-width and direction marks, and lone surrogates."""
    if text.isascii():
        return text if text.isprintable() else _CONTROL.sub(_blank, text)
    return _SURROGATE.sub("\ufffd", _CONTROL.sub(_blank, text))


def _blank(match: re.Match[str]) -> str:
    return " " if match[0] in "\x0b\x0c\r\x1c\x1d\x1e\x1f\x85\u2028\u2029" else ""


def unescape(text: str) -> str:
    """As `html.unescape`, which raises ValueError for a reference of thousands of digits: Python reads no such number."""
    return html.unescape(_ENDLESS.sub("&#1114112", text) if "&#" in text else text)


def plain(value: object, limit: int = 2000) -> str | None:
    """A metadata string as one line of plain text, or None: entities (also doubled) resolved, tags away."""
    if not isinstance(value, str):
        return None
    text = value[: limit * 4]
    for _ in range(2):
        if "&" in text:
            text = unescape(text)
    if "<" in text:
        text = _MARKUP.sub("", text)
    return fold(text)[:limit] or None


def plain_lines(value: str) -> list[str]:
    """The lines of a long metadata text (JSON-LD articleBody, a feed's content), tags away."""
    text = unescape(value) if "&" in value else value
    if "<" in text:
        text = _MARKUP.sub("", _BREAKS.sub("\n", text))
    return [line for line in map(fold, text.split("\n")) if line]


def words(text: str) -> int:
    """How many words: by spaces, and two characters a word in scripts that are written without them."""
    spaced = text.count(" ") + 1
    if text.isascii():
        return spaced
    raw = text.encode("utf-8", "replace")
    if len(raw.translate(None, _UNSPACED_LEADS)) == len(raw):  # letters and quotes of other scripts: no need to look at each
        return spaced
    return spaced + len(_UNSPACED.findall(text)) // 2


_NO_KEY = bytes(code for code in range(128) if re.match(r"\W", chr(code)))  # of ASCII, where dropping bytes is faster
_KEY = re.compile(r"[^\w\x00-\x7f]+")  # of all else


def key(text: str) -> str:
    """Letters and digits only, case away: how two texts are compared."""
    if text.isascii():
        return text.encode().lower().translate(None, _NO_KEY).decode()
    bare = text.casefold().encode("utf-8", "surrogatepass").translate(None, _NO_KEY).decode("utf-8", "surrogatepass")
    return _KEY.sub("", bare)


def same(a: str, b: str | None) -> bool:
    """Two texts that say the same but for case and punctuation."""
    return bool(b) and key(a) == key(b or "")
