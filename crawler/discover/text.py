"""Text that is safe to store and show: no control characters, no surrogates, white space folded, bounded."""

from __future__ import annotations

import html
import re
from html.entities import html5

from selectolax.lexbor import LexborHTMLParser

from archive.clean.text import unescape

TITLE_CHARS = 1000  # a headline has up to about 200; a longer "title" is a fault, and its start says enough
NAME_CHARS = 300
KEY_CHARS = 2000  # guid, language and other short fields
LIST_ITEMS = 50  # authors or categories of one entry

_SPACE_LIKE = re.compile("[\t\n\r\x0b\x0c\x85\u2028\u2029]+")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ufeff\ufffe\uffff]+")
_CONTROL_BUT_LINES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|([A-Za-z][A-Za-z0-9]{1,31}));")
_CLOSING_TAG = re.compile(r"</[A-Za-z][A-Za-z0-9]{0,15}\s{0,4}>|<br\s{0,4}/?>")
_NO_TAG = re.compile(r"<(?![A-Za-z/]|![^<>]{0,1000}>)")
_BREAK = re.compile(r"<(?=/?(?:br|p|div|li|h[1-6]|tr)\b)", re.IGNORECASE)
_UNSEEN = ["script", "style", "template", "iframe"]


def one_line(raw: str | None, limit: int = TITLE_CHARS) -> str | None:
    """Plain text on one line; None for nothing."""
    if not raw:
        return None
    words = _CONTROL.sub("", _SPACE_LIKE.sub(" ", raw[: limit * 4]))
    return " ".join(_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", words).split())[:limit].rstrip() or None


def storable(raw: str | None) -> str | None:
    """Text of any length with its lines as they are; None for white space alone."""
    if not raw or raw.isspace():
        return None
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", _CONTROL_BUT_LINES.sub("", raw))


def title_of(raw: str | None, *, is_html: bool | None = None) -> str | None:
    """A title as plain text. `is_html` None: not stated by the format, so it is judged by its looks."""
    if not raw:
        return None
    raw = raw[: TITLE_CHARS * 20]
    if is_html or (is_html is None and looks_like_html(raw)):
        return one_line(text_of_html(raw))
    return one_line(raw)


def looks_like_html(text: str) -> bool:
    """Whether text holds a closing tag or an HTML entity, as escaped markup does and prose does not."""
    if "<" in text and _CLOSING_TAG.search(text):
        return True
    if "&" not in text:
        return False
    return any(name is None or f"{name};" in html5 for name in (found.group(1) for found in _ENTITY.finditer(text)))


def text_of_html(markup: str) -> str:
    """What a person sees of a piece of HTML."""
    if "<" not in markup:
        return unescape(markup)
    tags = _NO_TAG.sub("&lt;", _without_comments(_SURROGATE.sub("", markup)))
    tree = LexborHTMLParser(f"<body>{_BREAK.sub(' <', tags)}")
    if tree.body is None:
        return ""
    tree.strip_tags(_UNSEEN)
    return tree.body.text()


def _without_comments(markup: str) -> str:
    """HTML without its comments; one that never closes ends with its first `>`."""
    kept, at, closes = [], 0, True
    while (start := markup.find("<!--", at)) >= 0:
        kept.append(markup[at:start])
        end = markup.find("-->", start + 4) if closes else -1
        closes = closes and end >= 0
        at = end + 3 if end >= 0 else (markup.find(">", start) + 1 or len(markup))
    return "".join(kept) + markup[at:]


def html_of_text(text: str) -> str:
    """Plain text as HTML: escaped, blank lines become paragraphs."""
    paragraphs = [part.strip() for part in re.split(r"\n[ \t\r]*\n", text) if part.strip()]
    return "".join(f"<p>{html.escape(part, quote=False)}</p>" for part in paragraphs)


def person(raw: str | None) -> str | None:
    """A name out of RSS's `mail (Name)` or `Name <mail>`; a bare address stays."""
    words = one_line(raw, NAME_CHARS)
    if not words or "@" not in words:
        return words
    start, end = words.find("("), words.rfind(")")
    if 0 <= start < end:
        return words[start + 1 : end].strip() or words
    return words.partition("<")[0].strip(" \"'") or words


def distinct(words: list[str | None]) -> tuple[str, ...]:
    """The words without None and repetition, in order, at most `LIST_ITEMS`."""
    return tuple(dict.fromkeys(word for word in words if word))[:LIST_ITEMS]
