"""Who wrote it: a choice among JSON-LD, meta elements, the printed byline, and elements that are marked as an author."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.agencies import agencies_in, agency_named, is_unnamed_agency
from archive.clean.byline import LOOKED_OVER, Outlets, is_label, is_login, opens_with_by, outlets_of, people, split_names, without_by
from archive.clean.metadata import Metadata
from archive.clean.text import fold, plain
from archive.model import CreditTier

_META = (
    "author",
    "article:author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
    "byl",
    "articleauthor",
    "article.author",
    "citation_author",
    "twitter:creator:name",
    "cxenseparse:author",
)

# twitter:label1 "Written by", twitter:data1 the name: how the wide-spread plug-ins of WordPress and Ghost tell it to link previews.
_CARDS = (1, 2, 3)
_WRITTEN_BY = frozenset((
    "napisane przez", "skriven av", "написано автором", "scris de", "kirjoittanut", "ditulis oleh", "napsal(a)", "napsal", "szerző",
    "נכתב על ידי", "كُتب بواسطة", "كتب بواسطة", "執筆者", "投稿者", "글쓴이", "được viết bởi", "συντάχθηκε από", "द्वारा लिखित", "escrit per",
))  # fmt: skip
_LD: tuple[CreditTier, ...] = ("json-ld",)
_META_TIER: tuple[CreditTier, ...] = ("meta",)
_NO_OUTLETS = Outlets()
_MAIL = re.compile(r"^\S+@\S+$")
_NO_NAME = re.compile(  # profiles, numbers of users, the login that systems come with, and what a template left unfilled
    r"https?:|^[\W\d_]*$|^\W*(?:null|undefined|admin(?:istrator)?|(?:\w+\.)+(?:author|byline|name)s?)\W*$", re.I
)


@dataclass(frozen=True, slots=True)
class Authors:
    """`people` wrote it; `asserted` is all that the markup gives as author or source: people, desks, agencies, logins."""

    people: tuple[str, ...]
    asserted: tuple[str, ...]
    evidence: str
    tiers: tuple[CreditTier, ...] = ()  # of `asserted`, one each: json-ld, meta, or byline for an element that is marked as the author
    outlets: Outlets = _NO_OUTLETS  # the outlet's own names


def authors_of(tree: LexborHTMLParser, meta: Metadata, byline: str | None) -> Authors:
    """The page's authors. `byline`: the printed one, which counts before meta elements that name others.

    A content management system fills `author` with who typed the story in; JSON-LD is made for the readers of the byline.
    """
    outlets = _outlets(meta)
    named = meta.ld.names("author") or meta.ld.names("creator") or meta.ld.recipe_authors()
    named = [(name, kind) for name, kind in named if not _NO_NAME.search(name)]
    metas = [text for key in _META for raw in meta.meta.get(key, ()) if (text := plain(raw)) and _may_be_name(text)][:10]
    by_metas = split_names(metas, outlets)
    cards = [name for name in _cards(meta) if (name, "organisation") not in named]
    metas = metas or ([] if named else cards)
    sources = meta.ld.names("sourceOrganization")
    asserted = (*(name for name, _ in named), *metas, *(name for name, _ in sources))
    none = Authors((), asserted, "", len(named) * _LD + len(metas) * _META_TIER + len(sources) * _LD, outlets)
    if found := split_names((name for name, kind in named if kind != "organisation"), outlets):
        return replace(none, people=found, evidence="json-ld author")
    found = by_metas or split_names(cards, outlets)
    printed = tuple(people(byline, outlets)) if byline and not (found and LOOKED_OVER.match(byline)) else ()
    if printed and (not found or _are_others(printed, found)):
        return replace(none, people=printed, evidence="byline")
    if found:
        return replace(none, people=found, evidence="meta author" if by_metas else "meta twitter:data")
    if any(agencies_in(name) or is_unnamed_agency(name) for name in none.asserted):
        return none
    found, credit = _marked(tree, outlets, credited=bool(none.asserted))
    if credit and not asserted:
        none = replace(none, asserted=(credit,), tiers=("byline",))
    return replace(none, people=found, evidence="element marked as author")


def _cards(meta: Metadata) -> list[str]:
    """Names that a link preview is to show behind "Written by"."""
    pairs = [(meta.first(f"twitter:label{n}"), meta.first(f"twitter:data{n}")) for n in _CARDS]
    return [name for label, name in pairs if label and name and _is_written_by(label) and _may_be_name(name)]


def _may_be_name(text: str) -> bool:
    return not (_NO_NAME.search(text) or _MAIL.match(text))


def _is_written_by(label: str) -> bool:
    label = label.strip(" :").casefold()
    return label in _WRITTEN_BY or without_by(f"{label} Name") == "Name"


def _are_others(printed: tuple[str, ...], found: tuple[str, ...]) -> bool:
    """Full names, none of which the metadata give."""
    return all(" " in name for name in printed) and not {p.casefold() for p in printed} & {f.casefold() for f in found}


def _outlets(meta: Metadata) -> Outlets:
    """Names of the outlet: they are no person's."""
    try:
        host = urlsplit(meta.canonical or meta.url).hostname or ""
    except ValueError:
        host = ""
    names = [meta.first("og:site_name"), meta.first("application-name")] + [name for name, _ in meta.ld.names("publisher")[:3]]
    return outlets_of([name for name in names if name], host)


# schema.org and hAtom (microformats.org), then the class names of the wide-spread themes.
_SELECTOR = "[rel~=author],[itemprop=author],[class*=author i],[class*=byline i]"
_NO_CREDIT = re.compile(r"comment|avatar|image|img|photo|bio\b|descri|related|social|share|icon|link-list|follow|footer|respond", re.I)
_PART_OF_IT = re.compile(r"author[-_]*(?:name|link)|\bfn\b|p-author|author vcard|vcard author|by-?author", re.I)
_BYLINE = re.compile("byline", re.I)
_SKIPPED = frozenset(("img", "meta", "link", "article", "body", "html", "main", "svg", "input", "ul", "form", "figure", "time"))
_MOST = 40


def _marked(tree: LexborHTMLParser, outlets: Outlets, *, credited: bool) -> tuple[tuple[str, ...], str | None]:
    """(people, credit as printed) of the best marked element: those for the name alone, then bylines, then boxes about the author.

    `credited`: the markup names somebody who is no person: then an element must be one for the name alone, or say "By".
    """
    ranked = [(rank, node) for node in tree.css(_SELECTOR)[:_MOST] if (rank := _rank(node)) is not None]
    login: str | None = None
    for best in range(3):
        texts = [(node, text) for rank, node in ranked if rank == best and (text := _lines(node))]
        if credited and best:
            texts = [(node, text) for node, text in texts if opens_with_by(text)]
        for node, text in texts:
            if people(text, outlets):
                return split_names([other for near, other in texts if _are_neighbours(node, near)][:8], outlets), None
            if login is None and best < 2:
                login = next((credit for line in text.split("\n")[:2] if is_login(credit := without_by(line))), None)
    return (), login


_SOURCES = ".source,.src,.news-source,.article-source,.story-source,.kaynak,.fuente,.quelle"


def sources_of(tree: LexborHTMLParser) -> Iterator[str]:
    """Houses alone in an element that is marked as the source. Looked for when the first is asked for: few pages need them."""
    texts = (fold(node.text(deep=True)[:60]) for node in tree.css(_SOURCES)[:_MOST])
    yield from (text for text in texts if agency_named(text))


def _lines(node: LexborNode) -> str:
    """The first lines of an element, up to a sentence; from "By" on, where that stands in a line of its own."""
    text = node.text(deep=True, separator="\n")[:300]
    if "{" in text:
        return ""  # a style element within
    out: list[str] = []
    for line in filter(None, map(fold, text.split("\n"))):
        if len(line) > 60:
            break
        if is_label(line):
            out = [line]
        elif len(line) > 2 or not line.isupper():  # initials, in place of a picture
            out.append(line)
    return "\n".join(out[:4])


def _rank(node: LexborNode) -> int | None:
    if node.tag in _SKIPPED:
        return None
    attributes = node.attributes
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"[:300]
    if _NO_CREDIT.search(names) or _in_comment(node):
        return None
    if attributes.get("itemprop") == "author" or _PART_OF_IT.search(names):
        return 0
    if "author" in (attributes.get("rel") or ""):
        return 0
    return 1 if _BYLINE.search(names) else 2


def _in_comment(node: LexborNode) -> bool:
    above = node.parent
    for _ in range(4):
        if above is None:
            return False
        if "comment" in (above.attributes.get("class") or "").lower():
            return True
        above = above.parent
    return False


def _are_neighbours(a: LexborNode, b: LexborNode) -> bool:
    """In one box, or in two beside each other: the authors of one story stand together."""
    above, over = (node.parent for node in (a, b))
    if above is None or over is None:
        return False
    if above.mem_id == over.mem_id:
        return True
    return above.parent is not None and over.parent is not None and above.parent.mem_id == over.parent.mem_id
