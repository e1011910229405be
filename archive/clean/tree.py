"""One walk over the parsed tree: boxes (block elements, nested) and blocks (runs of text in them), in document order.

Iterative and linear: no recursion whatever the nesting, at most MAX_NODES nodes. Nothing is judged here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from archive.clean.text import scrub, words

MAX_NODES = 150_000  # real pages have 500 to 50,000; a page over it is read as far as that
MAX_TEXT = 4_000_000  # characters of text kept of a page

SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "iframe",
        "object",
        "embed",
        "select",
        "textarea",
        "input",
        "canvas",
        "video",
        "audio",
        "map",
        "math",
        "head",
        "dialog",
        "datalist",
        "progress",
        "meter",
        "amp-ad",
        "amp-embed",
        "amp-iframe",
        "amp-social-share",
        "amp-analytics",
        "amp-consent",
        "link",
        "meta",
        "title",
        "base",
        "param",
        "source",
        "track",
        "img",
        "picture",
        "hr",
        "applet",
        "frameset",
        "noframes",
    ]
)
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "main",
        "aside",
        "header",
        "footer",
        "nav",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "tbody",
        "thead",
        "tfoot",
        "tr",
        "td",
        "th",
        "caption",
        "blockquote",
        "pre",
        "figure",
        "figcaption",
        "address",
        "form",
        "fieldset",
        "legend",
        "details",
        "summary",
        "center",
        "body",
        "html",
        "hgroup",
        "menu",
        "dir",
        "search",
        "amp-accordion",
        "amp-sidebar",
        "amp-list",
        "amp-carousel",
    ]
)
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))

# What a box stands in, as bits.
ASIDE, NAV, FOOTER, HEADER, FIGURE, LIST, TABLE, QUOTE, FORM, ARTICLE, MAIN, HIDDEN, BUTTON, FIGCAPTION = (1 << i for i in range(14))
_FLAG = {
    "aside": ASIDE, "nav": NAV, "footer": FOOTER, "header": HEADER, "figure": FIGURE, "ul": LIST, "ol": LIST,
    "dl": LIST, "menu": LIST, "table": TABLE, "blockquote": QUOTE, "form": FORM, "article": ARTICLE, "main": MAIN,
    "figcaption": FIGURE | FIGCAPTION, "amp-sidebar": NAV, "amp-carousel": ASIDE, "amp-list": ASIDE,
}  # fmt: skip
_ROLES = {"navigation": NAV, "complementary": ASIDE, "contentinfo": FOOTER, "dialog": HIDDEN, "main": MAIN}
_INVISIBLE = re.compile(r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden", re.I)


@dataclass(slots=True)
class Box:
    """A block element. `names` are its class and id, lower case; `flags` hold for all it contains."""

    parent: int
    tag: str
    names: str
    flags: int
    depth: int


# Text between two breaks as it stood, with what marks it up inside: its parts, marks, and the links that open. A mark is eight times the
# number of parts before it, and 1 link, 2 bold, 3 italic, and 4 more where that ends. Plain numbers: pages have hundreds, few are kept.
Run = tuple[list[str], list[int], list[LexborNode]]


@dataclass(slots=True)
class Block:
    """A run of text in one box, white space folded; newlines where `<br>` parts it."""

    text: str
    box: int
    words: int
    linked: int  # characters inside links
    bold: int  # characters inside b, strong
    italic: int  # characters inside i, em
    links: int  # how many links
    serial: int  # nodes seen before it: the distance between blocks
    run: Run | None = None  # what it is made of; None: nothing is marked up inside
    piece: int = 0  # which of the run's pieces it is


@dataclass(slots=True)
class Page:
    """What the walk saw. `cut` says why a part of the page was not read."""

    boxes: list[Box] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    cut: str | None = None


class _Run:
    """The text collected since the last break."""

    __slots__ = ("bold", "italic", "linked", "links", "marks", "opened", "parts")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.marks: list[int] = []
        self.opened: list[LexborNode] = []
        self.linked = self.bold = self.italic = self.links = 0


def read(root: LexborNode) -> Page:
    """Walks the tree below `root` once."""
    page = Page()
    page.boxes.append(Box(-1, root.tag or "html", "", 0, 0))
    _walk(root, page)
    return page


def _walk(root: LexborNode, page: Page) -> None:
    boxes, run = page.boxes, _Run()
    stack: list[tuple[LexborNode, int, str]] = []  # open elements: (node, box outside of it, kind of inline element)
    node, box, link, bold, italic, seen, size = root.first_child, 0, 0, 0, 0, 0, 0
    while node is not None:
        seen += 1
        tag = node.tag or ""
        inside = None
        if tag == "-text":
            text = node.text_content
            if not text or text.isspace():
                if run.parts and text:
                    run.parts.append(" ")
            else:
                run.parts.append(text)
                length = len(text)
                size += length
                if link:
                    run.linked += length
                if bold:
                    run.bold += length
                if italic:
                    run.italic += length
        elif tag in SKIPPED or not tag or tag[0] in "-!":
            pass
        elif tag == "br":
            run.parts.append("\x00")
        elif tag in _BLOCKS:
            if run.parts:
                _flush(page, run, box, seen)
            inside = node.first_child
            if inside is not None:
                stack.append((node, box, "block"))
                box = _open(boxes, node, tag, box)
        elif tag == "button":
            run.parts.append(" ")
        else:
            inside = node.first_child
            if inside is not None:
                kind = _INLINE.get(tag, "")
                if kind == "link":
                    link, run.links = link + 1, run.links + 1
                    run.marks.append(8 * len(run.parts) + 1)
                    run.opened.append(node)
                elif kind == "bold":
                    bold += 1
                    run.marks.append(8 * len(run.parts) + 2)
                elif kind == "italic":
                    italic += 1
                    run.marks.append(8 * len(run.parts) + 3)
                elif tag in ("span", "small", "label", "font", "amp-img") or "-" in tag:
                    hidden = _is_hidden_inline(node)
                    inside = None if hidden else inside
                if inside is not None:
                    stack.append((node, box, kind))
        if seen >= MAX_NODES or size >= MAX_TEXT:
            page.cut = f"only the first {seen} nodes and {size} characters were read"
            break
        following = inside if inside is not None else node.next
        while following is None and stack:
            node, outside, kind = stack.pop()
            if kind == "block":
                if run.parts:
                    _flush(page, run, box, seen)
                box = outside
            elif kind == "link":
                link -= 1
                run.marks.append(8 * len(run.parts) + 5)
            elif kind == "bold":
                bold -= 1
                run.marks.append(8 * len(run.parts) + 6)
            elif kind == "italic":
                italic -= 1
                run.marks.append(8 * len(run.parts) + 7)
            following = node.next
        node = following
    if run.parts:
        _flush(page, run, box, seen)


_INLINE = {"a": "link", "b": "bold", "strong": "bold", "i": "italic", "em": "italic"}


def _open(boxes: list[Box], node: LexborNode, tag: str, parent: int) -> int:
    above = boxes[parent]
    flags = above.flags | _FLAG.get(tag, 0)
    names = ""
    attributes = node.attributes
    if attributes:
        names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"[:300].lower()
        role = attributes.get("role")
        if role:
            flags |= _ROLES.get(role, 0)
        style = attributes.get("style")
        if "hidden" in attributes or (style and _INVISIBLE.search(style[:300])):
            flags |= HIDDEN
        if len(names) < 2:
            names = attributes.get("data-component") or attributes.get("itemprop") or ""
    boxes.append(Box(parent, tag, names, flags, above.depth + 1))
    return len(boxes) - 1


_UNSEEN = re.compile(r"sr-only|visually-?hidden|screen-?reader|\bhidden\b|offscreen|a11y-hidden", re.I)


def _is_hidden_inline(node: LexborNode) -> bool:
    attributes = node.attributes
    if not attributes:
        return False
    if "hidden" in attributes:
        return True
    style, names = attributes.get("style"), attributes.get("class")
    return bool((style and _INVISIBLE.search(style[:300])) or (names and _UNSEEN.search(names[:200])))


def _flush(page: Page, run: _Run, box: int, seen: int) -> None:
    """Ends the run: one block, or several where two `<br>` part paragraphs."""
    text = "".join(run.parts)
    if text.strip(" \x00"):
        pre = page.boxes[box].tag == "pre"
        pieces = _paragraphs(text, pre)
        total = sum(map(len, pieces)) or 1
        marked = (run.parts, run.marks, run.opened) if run.marks and not pre else None
        for number, piece in enumerate(pieces):
            share = len(piece) / total
            page.blocks.append(
                Block(
                    piece, box, words(piece), int(run.linked * share), int(run.bold * share),
                    int(run.italic * share), run.links, seen, marked, number,
                )
            )  # fmt: skip
    run.parts = []
    if run.marks:
        run.marks, run.opened = [], []
    run.linked = run.bold = run.italic = run.links = 0


def _paragraphs(text: str, pre: bool) -> list[str]:
    """Parted at two or more breaks (NUL stands for one); single breaks stay as newlines."""
    if pre:
        return [p for p in (scrub(text.replace("\x00", "\n")).strip("\n").rstrip(),) if p.strip()]
    if "\x00" not in text:
        folded = " ".join(scrub(text).split())
        return [folded] if folded else []
    out: list[str] = []
    lines: list[str] = []
    for raw in text.split("\x00"):
        line = " ".join(scrub(raw).split())
        if line:
            lines.append(line)
        elif lines:
            out.append("\n".join(lines))
            lines = []
    return [*out, "\n".join(lines)] if lines else out
