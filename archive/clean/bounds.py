"""Keeps hostile documents away from the parser's slow paths.

A tree builder looks up its open elements at each tag: nested without end, that is quadratic in any parser that follows the HTML standard.
Text on both sides of a tag that makes no element is one text: lexbor copies all of it each time such a tag has attributes, and keeps the
copies, so that 1 MB takes it 2.6 GB. An attribute is compared with all of its tag before it, an option of a form with all of its list:
100,000 of either take minutes. Pages with few tags pass unseen.
"""

from __future__ import annotations

import re
from itertools import islice, pairwise

FEW_TAGS = 20_000  # real pages stay below 60,000; at this many, the worst nesting takes a third of a second
DEEPEST = 500  # browsers stop at 512 (Blink, WebKit)
MOST_TAGS = 400_000
MOST_COPIED = 1_000_000_000  # tags times characters: at this much, the copies of a text take some 150 MB
MOST_ATTRIBUTES = 2_000  # of one tag; real ones have tens
MOST_OPTIONS = 2_000  # of a page's forms; no story is told in them
_APART = 50  # so many tags without an element may follow each other before a text is ended

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]{0,20})")
# Makes no element where it is not expected: an end tag that is more than a name, the start of what stands once or in tables and frames.
_ELEMENTLESS = re.compile(
    r"<(?:/[a-z](?![\w:-]{0,30}\s{0,10}>)|!doctype"
    r"|(?:html|head|body|form|frame|frameset|caption|col|colgroup|tbody|tfoot|thead|tr|td|th|input)(?=[\s/]))",
    re.IGNORECASE,
)
_LONG = 4000  # characters: room for that many attributes
# Quotes only behind a "=": in a script, where "a<b" begins a tag as little, an apostrophe would reach far beyond its end.
_ATTRIBUTE = re.compile(r"""[\s/]++[^\s<>/=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'<>]++))?+""")
_LONG_TAG = re.compile(rf"<[a-zA-Z][a-zA-Z0-9:-]{{0,40}}+(?:{_ATTRIBUTE.pattern}){{{MOST_ATTRIBUTES},}}+")
_OPTION = re.compile(r"<option(?=[\s/>])[^<>]*+>[^<]*+(?:</option\s*+>)?+", re.IGNORECASE)
# Never open for long: void elements, and those that the next of their kind closes.
_FLAT = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "p",
        "li",
        "dt",
        "dd",
        "option",
        "optgroup",
        "tr",
        "td",
        "th",
        "tbody",
        "thead",
        "tfoot",
        "colgroup",
        "caption",
        "rp",
        "rt",
        "html",
        "head",
        "body",
        "a",
        "script",
        "style",
        "title",
        "textarea",
    ]
)


def bounded(html: str) -> tuple[str, str | None]:
    """(the document, or as much of it as nests and branches within reason; why it was cut, or None). Linear."""
    if any(piece[0].isalpha() and ">" not in piece[:_LONG] for piece in html.split("<") if len(piece) > _LONG):
        html = _LONG_TAG.sub(_with_few_attributes, html)
    tags = html.count("<")
    if tags > 2 * MOST_OPTIONS and html.lower().count("<option") > MOST_OPTIONS:
        html = _OPTION.sub("", html)
    if tags * len(html) > MOST_COPIED:
        html = _set_apart(html)
    if html.count("<") <= FEW_TAGS:
        return html, None
    depth = 0
    for count, match in enumerate(_TAG.finditer(html)):
        if count >= MOST_TAGS:
            return html[: match.start()], f"only the first {MOST_TAGS} tags were read"
        if match[2].lower() in _FLAT:
            continue
        depth = max(0, depth - 1) if match[1] else depth + 1
        if depth > DEEPEST:
            return html[: match.start()], f"elements are nested more than {DEEPEST} deep; what follows was not read"
    return html, None


def _with_few_attributes(tag: re.Match[str]) -> str:
    """The tag without the attributes beyond the first ones."""
    last = next(islice(_ATTRIBUTE.finditer(tag[0]), MOST_ATTRIBUTES, None), None)
    return tag[0] if last is None else tag[0][: last.start()]


def _set_apart(html: str) -> str:
    """The document with an empty comment before each fiftieth tag that may make no element, if they are many: no text grows over it."""
    starts = [match.start() for match in _ELEMENTLESS.finditer(html)]
    if len(starts) * len(html) <= MOST_COPIED:
        return html
    cuts = [0, *starts[::_APART], len(html)]
    return "<!---->".join(html[start:end] for start, end in pairwise(cuts))
