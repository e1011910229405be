"""One walk over the parsed tree: boxes (block elements, nested) and blocks (runs of text in them), in document order.

Iterative and linear: no recursion whatever the nesting, at most MAX_NODES nodes. Nothing is judged here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.clean.text import fold, scrub, words

MAX_NODES = 150_000  # real pages have 500 to 50,000; a page over it is read as far as that
MAX_IMAGES = 500
MAX_TEXT = 4_000_000  # characters of text kept of a page

SKIPPED = frozenset((
    "script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "select", "textarea", "input", "canvas", "video",
    "audio", "map", "math", "head", "dialog", "datalist", "progress", "meter", "amp-ad", "amp-embed", "amp-iframe", "amp-social-share",
    "amp-analytics", "amp-consent", "link", "meta", "title", "base", "param", "source", "track", "img", "picture", "applet",
    "frameset", "noframes",
))  # fmt: skip
_BLOCKS = frozenset((
    "p", "div", "section", "article", "main", "aside", "header", "footer", "nav", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li",
    "dl", "dt", "dd", "table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption", "blockquote", "pre", "figure", "figcaption",
    "address", "form", "fieldset", "legend", "details", "summary", "center", "body", "html", "hgroup", "menu", "dir", "search", "amp-",
    "accordion", "amp-sidebar", "amp-list", "amp-carousel",
))  # fmt: skip
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))

# What a box stands in, as bits.
ASIDE, NAV, FOOTER, HEADER, FIGURE, LIST, TABLE, QUOTE, FORM, ARTICLE, MAIN, HIDDEN, SPOKEN, FIGCAPTION = (1 << i for i in range(14))
_FLAG = {
    "aside": ASIDE, "nav": NAV, "footer": FOOTER, "header": HEADER, "figure": FIGURE, "ul": LIST, "ol": LIST,
    "dl": LIST, "menu": LIST, "table": TABLE, "blockquote": QUOTE, "form": FORM, "article": ARTICLE, "main": MAIN,
    "figcaption": FIGURE | FIGCAPTION, "amp-sidebar": NAV, "amp-carousel": ASIDE, "amp-list": ASIDE,
}  # fmt: skip
_APART = (
    NAV | SPOKEN | FOOTER
)  # not looked into: in 1,500 pages they held a quarter and a tenth of the blocks, and .03 % of the stories' words
_STORY = ARTICLE | MAIN | FOOTER  # a footer in these may be the story's own
_ROLES = {"navigation": NAV, "complementary": ASIDE, "contentinfo": FOOTER, "dialog": HIDDEN, "main": MAIN}
_INVISIBLE = re.compile(r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden", re.I)


@dataclass(slots=True)
class Box:
    """A block element. `names` are its class and id, lower case; `flags` hold for all it contains: the blocks from `start` up to `end`."""

    parent: int
    tag: str
    names: str
    flags: int
    depth: int
    start: int = 0
    end: int = 0


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
    images: list[tuple[LexborNode, int, int]] = field(default_factory=list)  # element, box that it is in, how many blocks came before
    apart: int = 0  # how many parts were passed over as navigation or footer


class _Run:
    """The text collected since the last break."""

    __slots__ = ("bold", "italic", "linked", "links", "marks", "opened", "parts")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.marks: list[int] = []
        self.opened: list[LexborNode] = []
        self.linked = self.bold = self.italic = self.links = 0


def read(root: LexborNode, *, whole: bool = False) -> Page:
    """Walks the tree below `root` once; what is navigation by its markup, and the page's own footer, only where `whole`."""
    page = Page()
    page.boxes.append(Box(-1, root.tag or "html", "", 0, 0))
    _walk(root, page, whole)
    return page


# What the walk does with an element, by its name.
_TEXT, _BOX, _LINK, _BOLD, _ITALIC, _PLAIN, _SPAN, _SKIP, _BREAK, _SPACE, _IMAGE, _RULE = range(12)
_WAYS = {
    "a": _LINK, "b": _BOLD, "strong": _BOLD, "i": _ITALIC, "em": _ITALIC, "br": _BREAK, "hr": _RULE, "button": _SPACE,
    **dict.fromkeys(("span", "small", "label", "font"), _SPAN), **dict.fromkeys(_BLOCKS, _BOX), **dict.fromkeys(SKIPPED, _SKIP),
    **dict.fromkeys(("img", "picture", "amp-img"), _IMAGE),
}  # fmt: skip


def _named_way(node: LexborNode) -> tuple[int, str, int]:
    """(way, name, flags) by the name: comments and the like are skipped; a custom element may be hidden as a span may."""
    tag = node.tag or ""
    return _WAYS.get(tag, _SKIP if not tag or tag[0] in "-!" else _SPAN if "-" in tag else _PLAIN), tag, _FLAG.get(tag, 0)


_STANDARD = 256  # lexbor numbers the names that it knows below it; the number of any other is an address


def _numbered() -> list[tuple[int, str, int] | None]:
    """By lexbor's number of a name: the way, the name, and its flags. A number is read in half the time of a name."""
    parser = LexborHTMLParser("")
    out: list[tuple[int, str, int] | None] = [None] * _STANDARD
    for name, way in _WAYS.items():
        number = parser.create_node(name).tag_id
        if number < _STANDARD:
            out[number] = way, name, _FLAG.get(name, 0)
    for node in LexborHTMLParser("<p>text<!-- comment -->").css("p")[0].iter(include_text=True):
        out[node.tag_id] = (_TEXT if node.is_text_node else _SKIP), node.tag or "", 0
    return out


_NUMBERED = _numbered()
_TEXT_NUMBER = next(number for number, known in enumerate(_NUMBERED) if known and known[0] == _TEXT)


def _walk(root: LexborNode, page: Page, whole: bool) -> None:
    """One loop, as it runs for each of a page's thousands of nodes: what can be a local name is one, and text, half of all, comes first."""
    node = root.first_child
    if node is None:
        return
    boxes, blocks, run = page.boxes, page.blocks, _Run()
    parts = run.parts
    numbered, text_number, known_names = _NUMBERED, _TEXT_NUMBER, _known_names
    apart = 0 if whole else _APART
    stack: list[tuple[LexborNode, int, int]] = []  # open elements: (node, box outside of it, way)
    box, styles, link, bold, italic, size, seen = 0, 0, 0, 0, 0, 0, 0
    for seen in range(1, MAX_NODES + 1):
        number = node.tag_id
        if number == text_number:
            text = node.text_content
            if text and not text.isspace():
                parts.append(text)
                length = len(text)
                size += length
                if styles:
                    if link:
                        run.linked += length
                    if bold:
                        run.bold += length
                    if italic:
                        run.italic += length
                if size >= MAX_TEXT:
                    break
            elif parts and text:
                parts.append(" ")
            following = node.next
        else:
            known = numbered[number] if number < _STANDARD else None
            way, tag, flags = _named_way(node) if known is None else known
            inside = None
            if way == _BOX:
                if parts:
                    parts = _flush(page, run, box, seen)
                inside = node.first_child
                if inside is not None:
                    above = boxes[box]
                    attributes = node.attributes
                    if not attributes:
                        names, own = _UNDESCRIBED
                    elif len(attributes) == 1 and "class" in attributes:  # half of all boxes
                        names, own = known_names.get(attributes["class"]) or _named(attributes["class"], None)
                    else:
                        names, own = _described(attributes)
                    flags |= own | above.flags
                    if flags & apart and (flags & ~FOOTER & _APART or not above.flags & _STORY):
                        inside, page.apart = None, page.apart + 1
                    else:
                        stack.append((node, box, way))
                        boxes.append(Box(box, tag, names, flags, above.depth + 1, len(blocks)))
                        box = len(boxes) - 1
            elif way <= _SPAN:
                inside = node.first_child
                if inside is not None:
                    if way == _LINK:
                        link, styles, run.links = link + 1, styles + 1, run.links + 1
                        run.marks.append(8 * len(parts) + 1)
                        run.opened.append(node)
                    elif way == _BOLD:
                        bold, styles = bold + 1, styles + 1
                        run.marks.append(8 * len(parts) + 2)
                    elif way == _ITALIC:
                        italic, styles = italic + 1, styles + 1
                        run.marks.append(8 * len(parts) + 3)
                    elif way == _SPAN and _is_hidden_inline(node):
                        inside = None
                    if inside is not None:
                        stack.append((node, box, way))
            elif way == _BREAK:
                parts.append("\x00")
            elif way == _SPACE:
                parts.append(" ")
            elif way == _RULE:
                parts += ("\x00", "\x00")
            elif way == _IMAGE and len(page.images) < MAX_IMAGES:
                page.images.append((node, box, len(blocks)))
            following = node.next if inside is None else inside
        while following is None and stack:
            node, outside, way = stack.pop()
            if way == _BOX:
                if parts:
                    parts = _flush(page, run, box, seen)
                boxes[box].end = len(blocks)
                box = outside
            elif way == _LINK:
                link, styles = link - 1, styles - 1
                run.marks.append(8 * len(parts) + 5)
            elif way == _BOLD:
                bold, styles = bold - 1, styles - 1
                run.marks.append(8 * len(parts) + 6)
            elif way == _ITALIC:
                italic, styles = italic - 1, styles - 1
                run.marks.append(8 * len(parts) + 7)
            following = node.next
        if following is None:
            break
        node = following
    if seen >= MAX_NODES or size >= MAX_TEXT:
        page.cut = f"only the first {seen} nodes and {size} characters were read"
    if parts:
        _flush(page, run, box, seen)
    while box >= 0:  # what is open at the end, the root at least
        boxes[box].end = len(blocks)
        box = boxes[box].parent


_SEGMENT = re.compile(r"S:[0-9a-f]{1,6}")  # ids of what React's server sends hidden, for a script to put in its place (react-dom, Fizz)
# For screen readers alone: Bootstrap, Drupal, WordPress, HTML5 Boilerplate.
_SPOKEN = re.compile(r"(?<![a-z:-])(?:visually-?hidden|sr-only|screen-reader-text|screenreader-only)(?![a-z])")


_UNDESCRIBED = "", 0


def _described(attributes: dict[str, str | None]) -> tuple[str, int]:
    """(names of a box, its flags) by its attributes."""
    get = attributes.get
    own, number = get("class"), get("id")
    told = _named(own, number) if own or number else _UNDESCRIBED
    if len(attributes) == (own is not None) + (number is not None):
        return told
    names, flags = told
    role, style = get("role"), get("style")
    if role:
        flags |= _ROLES.get(role, 0)
    if ("hidden" in attributes and not _SEGMENT.fullmatch(number or "")) or (style and _INVISIBLE.search(style[:300])):
        flags |= HIDDEN
    return names or get("data-component") or get("itemprop") or "", flags


_LONGEST_NAMES = 300
# By the class alone, or class and id: pages of a site repeat them. Bounded.
_known_names: dict[str | tuple[str | None, str | None] | None, tuple[str, int]] = {}


def _named(own: str | None, number: str | None) -> tuple[str, int]:
    """(class and id as a box has them, SPOKEN where they say so)."""
    known = _known_names.get(own if number is None else (own, number))
    if known is not None:
        return known
    names = f"{own or ''} {number or ''}"[:_LONGEST_NAMES].lower() if own or number else ""
    tells = "hidden" in names or "-only" in names or "reader" in names
    found = names, SPOKEN if tells and _SPOKEN.search(names) else 0
    if len(own or "") + len(number or "") <= _LONGEST_NAMES:
        if len(_known_names) >= 20_000:
            _known_names.clear()
        _known_names[own if number is None else (own, number)] = found
    return found


_UNSEEN = re.compile(r"sr-only|visually-?hidden|screen-?reader|\bhidden\b|offscreen|a11y-hidden", re.I)


def _is_hidden_inline(node: LexborNode) -> bool:
    attributes = node.attributes
    if not attributes:
        return False
    if "hidden" in attributes:
        return True
    style, names = attributes.get("style"), attributes.get("class")
    return bool((style and _INVISIBLE.search(style[:300])) or (names and _is_unseen(names[:200])))


_TELLING = ("hidden", "reader", "sr-only", "offscreen")


@lru_cache(maxsize=4096)  # a page has few different ones
def _is_unseen(names: str) -> bool:
    low = names.lower()
    return (not low.isascii() or any(map(low.__contains__, _TELLING))) and _UNSEEN.search(names) is not None


def _flush(page: Page, run: _Run, box: int, seen: int) -> list[str]:
    """Ends the run: one block, or several where two `<br>` part paragraphs. Gives the parts of the next one."""
    parts = run.parts
    text = parts[0] if len(parts) == 1 else "".join(parts)
    pre = page.boxes[box].tag == "pre"
    marked = (parts, run.marks, run.opened) if run.marks and not pre else None
    if pre or "\x00" in text:
        pieces = _paragraphs(text, pre)
        total = sum(map(len, pieces)) or 1
        for number, piece in enumerate(pieces):
            share = len(piece) / total
            linked, bold, italic = int(run.linked * share), int(run.bold * share), int(run.italic * share)
            page.blocks.append(Block(piece, box, words(piece), linked, bold, italic, run.links, seen, marked, number))
    else:
        bare = text.strip()  # as `fold`, without the call for most texts
        folded = bare if bare.isprintable() and "  " not in bare else fold(bare)
        if folded:
            count = folded.count(" ") + 1 if folded.isascii() else words(folded)
            page.blocks.append(Block(folded, box, count, run.linked, run.bold, run.italic, run.links, seen, marked))
    run.parts = []
    if run.marks:
        run.marks, run.opened = [], []
        run.linked = run.bold = run.italic = run.links = 0
    elif run.linked or run.bold or run.italic or run.links:  # in an element that was open before
        run.linked = run.bold = run.italic = run.links = 0
    return run.parts


def _paragraphs(text: str, pre: bool) -> list[str]:
    """Parted at two or more breaks (NUL stands for one); single breaks stay as newlines."""
    if pre:
        return [p for p in (scrub(text.replace("\x00", "\n")).strip("\n").rstrip(),) if p.strip()]
    out: list[str] = []
    lines: list[str] = []
    for raw in text.split("\x00"):
        line = fold(raw)
        if line:
            lines.append(line)
        elif lines:
            out.append("\n".join(lines))
            lines = []
    return [*out, "\n".join(lines)] if lines else out
