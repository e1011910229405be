"""Keeps tags with countless attributes, and documents with countless names, away from the parser.

lexbor compares an attribute with all of its tag before it, so that 100,000 take ten seconds. It keeps the names of a document's elements
and attributes in a table that does not grow: with 160,000 different ones a look into it takes 20 microseconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, pairwise

MOST_ATTRIBUTES = 2_000  # of one tag; real ones have tens
MOST_NAMES = 40_000  # different ones; real documents have hundreds
FEW_CHARACTERS = 1_500_000  # that hold as many names as the parser reads in ten seconds: one page in a hundred is longer
TOO_MANY_NAMES = f"elements and attributes have more than {MOST_NAMES} different names; what follows was not read"
# Names end at these, and at the white space of HTML.
_AS_NAMES = bytes(ord(" ") if one in b"/>=" else ord("x") if one == 0x0B else one for one in range(256))

_STEP = 32_000  # characters; the parser reads a tag that is twice as long, and all attributes, in a third of a second
# As the standard's tokenizer reads them (HTML, 13.2.5.32 to 13.2.5.39): names and values may hold a "<", quoted values a ">" as well.
_ATTRIBUTE = re.compile(
    r"""[ \t\n\f\r/]*+=?+[^ \t\n\f\r/>=]++"""
    r"""(?:[ \t\n\f\r]*+=[ \t\n\f\r]*+(?:"[^"]*+"|'[^']*+'|[^ \t\n\f\r"'>][^ \t\n\f\r>]*+)?+)?+"""
)
_ATTRIBUTES = re.compile(rf"(?:{_ATTRIBUTE.pattern}){{0,{_STEP}}}+")
_WHOLE_TAG = re.compile(rf"</?[a-zA-Z][^ \t\n\f\r/>]*+(?:{_ATTRIBUTE.pattern})*+")
_RAW_NAME = "|".join(
    "".join(f"[{c}{c.upper()}]" for c in name) for name in ("script", "style", "textarea", "title", "xmp", "iframe", "noframes")
)
# What holds no tags for the parser, nearly always (a style within a drawing does, and so does what follows `<!-->`), or a tag.
_RAW_OR_TAG = re.compile(
    r"<(?:(?P<raw>!--(?:[^-]++|-(?!->))*+"
    rf"|(?P<name>{_RAW_NAME})(?=[ \t\n\f\r/>])(?:[^<]++|<(?!/(?i:(?P=name))))*+)"
    rf"|/?[a-zA-Z][^ \t\n\f\r/>]*+(?:{_ATTRIBUTE.pattern})*+)"
)


def bounded(html: str) -> str:
    """The document, no tag of it with countless attributes. Linear."""
    if _may_have_a_long_tag(html) and any(map(_is_long, _RAW_OR_TAG.finditer(html))):
        return _RAW_OR_TAG.sub(_with_few_attributes, html)
    return html


def with_few_names(html: str) -> tuple[str, str | None]:
    """(the document up to where it has too many names, why it was cut, or None). Linear. Short documents pass."""
    if len(html) < FEW_CHARACTERS or len(set(html.encode("utf-8", "replace").translate(_AS_NAMES).split())) <= MOST_NAMES:
        return html, None
    known: set[str] = set()
    for found in _RAW_OR_TAG.finditer(html):
        for tag in (found,) if found["raw"] is None else _WHOLE_TAG.finditer(html, *found.span()):
            known.update(one[0].partition("=")[0] for one in _ATTRIBUTE.finditer(tag[0]))
        if len(known) > MOST_NAMES:
            return html[: found.start()], TOO_MANY_NAMES
    return html, None


def _may_have_a_long_tag(html: str) -> bool:
    """Whether a tag may go on and on, or a script without a ">". Linear.

    A long one holds many of the places that are looked at. Such a place stands between attributes, or in a value and then before the quote
    that ends it: from there on attributes follow each other for a whole step. In a text they end at the next tag.
    """
    quotes = {'"': -1, "'": -1}  # the next one's place
    for at in range(_STEP, len(html) - _STEP, _STEP):
        starts = [at]
        for quote, place in quotes.items():
            if -1 < place < at or at == _STEP:
                quotes[quote] = place = html.find(quote, at)
            if place >= 0:
                starts.append(place + 1)
        if any(_end_of_attributes(html, start) >= start + _STEP for start in starts):
            return True
    return False


def _end_of_attributes(html: str, start: int) -> int:
    found = _ATTRIBUTES.match(html, start)
    return start if found is None else found.end()


def _is_long(found: re.Match[str]) -> bool:
    start, end = found.span()
    if end - start < _STEP or found["raw"] is None:
        return end - start >= _STEP
    return any(end - start >= _STEP for start, end in map(re.Match.span, _WHOLE_TAG.finditer(found.string, start, end)))


def _with_few_attributes(found: re.Match[str]) -> str:
    """A tag without the attributes beyond the first ones. In a script a comparison may look like one: nothing is taken away there."""
    whole = found[0]
    if len(whole) <= 2 * MOST_ATTRIBUTES:
        return whole
    if found["raw"] is not None:
        return _WHOLE_TAG.sub(_in_pieces, whole)
    beyond = next(islice(_attributes(whole), MOST_ATTRIBUTES, None), None)
    return whole if beyond is None else whole[: beyond.start()]


def _in_pieces(found: re.Match[str]) -> str:
    """A tag that may be none, ended wherever it has had many attributes."""
    whole = found[0]
    starts = [one.start() for one in islice(_attributes(whole), MOST_ATTRIBUTES, None, MOST_ATTRIBUTES)]
    return " >".join(whole[start:end] for start, end in pairwise([0, *starts, len(whole)])) if starts else whole


def _attributes(tag: str) -> Iterator[re.Match[str]]:
    return islice(_ATTRIBUTE.finditer(tag), 1, None)  # the first one is the tag's name
