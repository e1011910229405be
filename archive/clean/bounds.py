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
    r"<(?:/[a-z](?![\w:-]{0,30}+\s{0,10}+>)|!doctype"
    r"|(?:html|head|body|f(?:orm|rame|rameset)|c(?:aption|ol|olgroup)|t(?:body|foot|head|r|d|h)|input)(?=[\s/]))",
    re.IGNORECASE,
)
_STEP = MOST_ATTRIBUTES  # characters: half of what so many attributes take
# Quotes only behind a "=": in a script, where "a<b" begins a tag as little, an apostrophe would reach far beyond its end.
_ATTRIBUTE = re.compile(r"""[\s/]++[^\s<>/=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'<>]++))?+""")
_LONG_TAG = re.compile(rf"<[a-zA-Z][a-zA-Z0-9:-]{{0,40}}+(?:{_ATTRIBUTE.pattern}){{{MOST_ATTRIBUTES},}}+")
_OPTION = re.compile(r"<option(?=[\s/>])[^<>]*+>[^<]*+(?:</option\s*+>)?+", re.IGNORECASE)
_MOST_KNOWN = 1000  # spellings of a tag of which it is remembered whether it nests
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
    if _has_a_long_tag(html):
        html = _LONG_TAG.sub(_with_few_attributes, html)
    tags = html.count("<")
    if tags > 2 * MOST_OPTIONS and html.encode("utf-8", "replace").lower().count(b"<option") > MOST_OPTIONS:  # bytes: in half the time
        html = _OPTION.sub("", html)
    if tags * len(html) > MOST_COPIED:
        html = _set_apart(html)
    elif tags <= FEW_TAGS:
        return html, None
    if html.count("<") <= FEW_TAGS:
        return html, None
    depth = 0
    steps: dict[str, int] = {}  # what a tag adds to the depth, as it is written: pages have a few dozen of them
    for count, match in enumerate(_TAG.finditer(html)):
        if count >= MOST_TAGS:
            return html[: match.start()], f"only the first {MOST_TAGS} tags were read"
        step = steps.get(match[0])
        if step is None:
            step = 0 if match[2].lower() in _FLAT else -1 if match[1] else 1
            if len(steps) < _MOST_KNOWN:
                steps[match[0]] = step
        if step > 0:
            depth += 1
            if depth > DEEPEST:
                return html[: match.start()], f"elements are nested more than {DEEPEST} deep; what follows was not read"
        elif step and depth:
            depth -= 1
    return html, None


def _has_a_long_tag(html: str) -> bool:
    """Whether a tag has many attributes and no "<" in them.

    Those hold a whole stretch of _STEP characters, counted from the start, so that only one place in thousands is looked at. Linear: what
    is longer is passed over at once.
    """
    find, step, at = html.find, _STEP, 0
    while at + step <= len(html):
        if find("<", at, at + step) >= 0 or find(">", at, at + step) >= 0:
            at += step
            continue
        start, end = html.rfind("<", 0, at), find("<", at)
        end = len(html) if end < 0 else end
        if start >= 0 and _LONG_TAG.match(html, start, end):
            return True
        at = -(-end // step) * step
    return False


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
