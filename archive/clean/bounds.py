"""Keeps hostile documents away from the parser's slow paths: a tree builder looks up its open elements at each tag.

Nested without end, that is quadratic in any parser that follows the HTML standard. Pages with few tags pass unseen.
"""

from __future__ import annotations

import re

FEW_TAGS = 20_000  # real pages stay below 60,000; at this many, the worst nesting takes a third of a second
DEEPEST = 500  # browsers stop at 512 (Blink, WebKit)
MOST_TAGS = 400_000

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]{0,20})")
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
