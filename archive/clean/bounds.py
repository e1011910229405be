"""Keeps hostile documents away from the parser's slow paths.

A tree builder looks up its open elements at each tag: nested without end, that is quadratic in any parser that follows the HTML standard.
Text on both sides of a tag that makes no element is one text: lexbor copies all of it each time such a tag has attributes, and keeps the
copies, so that 1 MB takes it 2.6 GB. An option of a form is compared with all of its list: 100,000 take minutes. Pages with few tags pass
unseen.
"""

from __future__ import annotations

import re
from itertools import pairwise

from archive.clean import attributes

FEW_TAGS = 20_000  # real pages stay below 60,000; at this many, the worst nesting takes a third of a second
DEEPEST = 500  # browsers stop at 512 (Blink, WebKit)
MOST_TAGS = 400_000
MOST_COPIED = 1_000_000_000  # tags times characters: at this much, the copies of a text take some 150 MB
MOST_OPTIONS = 2_000  # of a page's forms; no story is told in them
_APART = 50  # so many tags without an element may follow each other before a text is ended

_TAG = re.compile(r"<(/?)([a-zA-Z][^ \t\n\f\r/>]*+)")
# Makes no element where it is not expected: an end tag that is more than a name, the start of what stands once or in tables and frames.
_ELEMENTLESS = re.compile(
    r"<(?:/[a-z](?![\w:-]{0,30}+\s{0,10}+>)|!doctype"
    r"|(?:html|head|body|f(?:orm|rame|rameset)|c(?:aption|ol|olgroup)|t(?:body|foot|head|r|d|h)|input)(?=[\s/]))",
    re.IGNORECASE,
)
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
    html = attributes.bounded(html)
    html, cut = attributes.with_few_names(html)
    if cut is not None:
        return html, cut
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
            if len(steps) >= attributes.MOST_NAMES:
                return html[: match.start()], attributes.TOO_MANY_NAMES
            steps[match[0]] = step
        if step > 0:
            depth += 1
            if depth > DEEPEST:
                return html[: match.start()], f"elements are nested more than {DEEPEST} deep; what follows was not read"
        elif step and depth:
            depth -= 1
    return html, None


def _set_apart(html: str) -> str:
    """The document with an empty comment before each fiftieth tag that may make no element, if they are many: no text grows over it."""
    starts = [match.start() for match in _ELEMENTLESS.finditer(html)]
    if len(starts) * len(html) <= MOST_COPIED:
        return html
    cuts = [0, *starts[::_APART], len(html)]
    return "<!---->".join(html[start:end] for start, end in pairwise(cuts))
