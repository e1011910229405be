"""The headline: a choice among what JSON-LD, OpenGraph, the title element and the page's headings say, without the site's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from archive.clean.address import address_words, fit
from archive.clean.headings import Heading
from archive.clean.metadata import Metadata
from archive.clean.sites import PARTS, site_names, without_site
from archive.clean.text import key, plain, words

Said = tuple[str, str]  # (a text that may be the headline, who says so)


def headline_of(meta: Metadata, feed_title: str | None = None, top: Sequence[str] = ()) -> tuple[str | None, str | None]:
    """(headline, evidence), or (None, None). `top`: the texts at the top of the page, for one without headings."""
    page = _candidates(meta, top)
    if told := _below_the_trail(page):
        return told
    text, how = _as_printed(page)
    if text:
        text, how = _by_address(meta, page, (text, how)) or (text, how)
        return _shown(page, (text, how)) or (text, how)
    feed = plain(feed_title)
    return (feed, "feed title") if feed else (None, None)


@dataclass(frozen=True, slots=True)
class _Candidates:
    """What may be the headline, the site's name taken off. `asserted`: by the metadata, best first; `heads`: what the h1 elements say."""

    asserted: list[Said]
    heads: list[str]
    headings: Sequence[Heading]
    sites: set[str]

    def of(self, source: str) -> str | None:
        """What the first assertion of a kind says."""
        return next((text for text, how in self.asserted if how == source), None)


def _candidates(meta: Metadata, top: Sequence[str]) -> _Candidates:
    sites = site_names(meta)
    asserted = _asserted(meta, sites)
    known = {key(text) for text, _ in asserted}
    heads = []
    for heading in meta.headings:
        if heading.level == 1:
            text = without_site(_own_piece(heading, known), sites)
            if (k := key(text)) and k not in sites and (k in known or not heading.in_trail):
                heads.append(text)
    return _Candidates(asserted, heads, meta.headings or list(_unmarked(meta.title or "", top)), sites)


def _unmarked(title: str, top: Iterable[str]) -> Iterator[Heading]:
    """Lines that are the longer part of the title: pages from before style sheets print their headline in large letters, in no heading."""
    folded = title.casefold()
    for text in top:
        for line in text.split("\n"):
            if len(line) * 2 > len(title) and words(line) > 2 and _is_part(folded, line.casefold()):
                yield Heading(2, line)


def _own_piece(heading: Heading, known: set[str]) -> str:
    """An h1 without the kicker, date or source that stands in it as an element of its own, where the metadata know it so."""
    if heading.pieces and key(heading.text) not in known:
        last = heading.pieces[-1]
        if last.count(" ") >= 3 and any(text.endswith(key(last)) for text in known):  # under another kicker
            return last
        return next((piece for piece in heading.pieces if " " in piece and key(piece) in known), heading.text)
    return heading.text


def _below_the_trail(page: _Candidates) -> Said | None:
    """Where the only h1 is the last step of a breadcrumb trail, the h2 that follows is the headline, if the metadata know it.

    Such an h1 is made for search engines, and so are most titles; what is printed above the story is an h2.
    """
    heads = [heading for heading in page.headings if heading.in_trail or (heading.level == 1 and key(heading.text) not in page.sites)]
    if not heads or not all(heading.in_trail for heading in heads):
        return None
    after = page.headings[page.headings.index(heads[-1]) + 1 :]
    below = next((heading for heading in after if heading.level == 2), None)
    if below is None:
        return None
    told = {key(text): (text, source) for source in reversed(_TOLD) if (text := page.of(source))}
    for piece in (*below.pieces, below.text):  # a kicker stands in an element of its own
        text, source = told.get(key(piece), ("", ""))
        if text and (piece is not below.text or source in _SHARED):  # alone, Twitter's title is often a teaser
            return text, f"h2 below the navigation, as in {source}"
    return None


def _as_printed(page: _Candidates) -> Said:
    """The h1 where the metadata bear it out, else what stands in for it; ("", "") where nothing does."""
    heads, asserted = page.heads, page.asserted
    if told := _but_for_kicker(page):
        return told
    for h1 in heads:
        for text, evidence in asserted:
            if key(h1) == key(text):
                return h1, f"h1, as in {evidence}"
    near = next((h1 for h1 in heads for text, _ in asserted if _alike(h1, text)), None)
    if near:
        return near, "h1, close to the metadata"
    if len(heads) == 1 and _stands_alone(page, heads[0]):
        return heads[0], "the only h1"
    if asserted:
        return asserted[0]
    return (max(heads, key=len), "h1") if heads else ("", "")


def _but_for_kicker(page: _Candidates) -> Said | None:
    """ "Culture: The story" beside "The story": the one without, unless JSON-LD has it as well."""
    og, ld = page.of("og:title"), page.of("json-ld headline")
    kicker = next((h for h in page.heads if og and _differ_by_kicker(h, og)), None)
    if not og or not kicker:
        return None
    if len(og) < len(kicker) or (ld and key(ld) == key(og)):
        return og, "og:title, h1 but for its kicker"
    return kicker, "h1, og:title but for its kicker"


def _stands_alone(page: _Candidates, h1: str) -> bool:
    """An only h1 that no metadata have: long enough for a headline, or the title begins with it."""
    if len(h1) > 300:
        return False
    return h1.count(" ") >= 3 or _goes_on(page.of("title"), h1) or _is_short_form(page, h1)


def _is_short_form(page: _Candidates, h1: str) -> bool:
    """Of two or three words, half of them the title's, and no part of it on its own; no two others agree on another headline."""
    others = [key(text) for source in _TOLD if (text := page.of(source))]
    title = page.of("title") or ""
    shared = set(_words(h1)) & {word for word in _words(title) if len(word) > 3}
    apart = key(h1) in map(key, PARTS.split(title))  # the site's name, or a section's
    return len(shared) * 2 > h1.count(" ") > 0 and not apart and len(set(others)) == len(others)


def _goes_on(title: str | None, h1: str) -> bool:
    """ "restaurant" and "RESTAURANT Definition & Meaning"."""
    return title is not None and title.casefold().startswith(f"{h1.casefold()} ")


_PARTING = frozenset("|｜-–—_:：»«•·")
_TAIL = 4  # words behind a bar that are a label at most: a section, a series, the site


def _shown(page: _Candidates, chosen: Said) -> Said | None:
    """Of a title in parts the one that a subheading or another assertion has alone, else what stands before a bar and a few words."""
    text, how = chosen
    if "|" not in text and any(heading.text == text or key(heading.text) == key(text) for heading in page.headings):
        return None
    folded = text.casefold()
    subheads = [(heading.text, "heading") for heading in page.headings if heading.level > 1]
    for other, source in (*subheads, *page.asserted):
        if words(other) > 1 and _is_part(folded, other.casefold()):
            return other, f"{source}, a part of: {how}"
    head, bar, tail = text.rpartition(" | ")
    if bar and words(tail) <= _TAIL <= words(head):
        return head, f"{how}, up to its bar"
    return None


def _is_part(title: str, part: str) -> bool:
    """At its beginning, or the longer part at its end, and parted from the rest."""
    if title.startswith(part):
        return title[len(part) :].lstrip()[:1] in _PARTING
    return len(part) * 2 > len(title) and title.endswith(part) and title[: -len(part)].rstrip()[-1:] in _PARTING


# How much better a rival must fit the address (F1 of words) than the text chosen, by what bears that out. Of the values tried on pages
# with truth (.05 to .5; half of the hosts to choose by, the other half to check) these lost the fewest right answers for those mended.
_MARGIN = 0.2
_CONFIRMED = 0.5  # JSON-LD or OpenGraph have the h1 word for word
_AGREED = 0.05  # JSON-LD and OpenGraph agree with each other, and not with the h1
_SHARED = ("json-ld headline", "og:title")


def _by_address(meta: Metadata, page: _Candidates, chosen: Said) -> Said | None:
    """A candidate that the words of the page's address fit much better than the chosen one."""
    text, how = chosen
    confirmed = how.startswith("h1, as in") and how.endswith(_SHARED)
    rivals = [(rival, source) for rival, source in page.asserted if source in _SHARED and key(rival) != key(text)]
    if not confirmed:
        rivals += [(h1, "h1") for h1 in page.heads if key(h1) != key(text)] + _parts_of_title(meta.title, how, text)
    slug = address_words(meta.canonical or meta.url) if rivals else frozenset()
    if len(slug) < 3:
        return None
    best, rival, source = max(((fit(slug, rival), rival, source) for rival, source in rivals), key=lambda one: one[0])
    agreed = sum(key(other) == key(rival) for other, name in page.asserted if name in _SHARED) > 1
    margin = _CONFIRMED if confirmed else _AGREED if agreed else _MARGIN
    return (rival, f"{source}, as in the address") if best >= fit(slug, text) + margin else None


def _parts_of_title(title: str | None, how: str, chosen: str) -> list[Said]:
    """Where the title itself was chosen, or an h1 that is one of its parts (the site's name, or a section's)."""
    parts = PARTS.split(title or "")
    if how not in ("title", "h1") and key(chosen) not in {key(part) for part in parts}:
        return []
    return [(part, "part of the title") for part in parts if part.count(" ") >= 2]


def _asserted(meta: Metadata, sites: set[str]) -> list[Said]:
    """What the metadata assert, best first, each without the site's name."""
    raw = (
        (meta.ld.text("headline"), "json-ld headline"),
        (meta.first("og:title"), "og:title"),
        (meta.first("twitter:title"), "twitter:title"),
        (meta.first("headline", "dc.title", "dcterms.title", "title", "sailthru.title", "parsely-title"), "meta title"),
        (meta.ld.text("name"), "json-ld name"),
        (meta.title, "title"),
    )
    return [(text, how) for value, how in raw if value and (text := without_site(value, sites)) and key(text) not in sites]


def _alike(a: str, b: str) -> bool:
    """The same headline but for a word, a cut, or punctuation."""
    x, y = key(a)[:300], key(b)[:300]
    if not x or not y:
        return False
    if (x.startswith(y) or y.startswith(x)) and min(len(x), len(y)) >= 12:
        return True
    if min(len(x), len(y)) * 2 < max(len(x), len(y)):
        return False
    shared = set(_words(a)) & set(_words(b))
    if len(shared) * 3 < min(len(_words(a)), len(_words(b))):
        return False
    match = SequenceMatcher(None, x, y, autojunk=False)
    return match.quick_ratio() > 0.72 and match.ratio() > 0.72  # the quick one is never lower


def _differ_by_kicker(h1: str, og: str) -> bool:
    """One ends with the other, and what stands before is a few words: a kicker, a section, a place."""
    long, short = (h1, og) if len(h1) > len(og) else (og, h1)
    extra = len(long) - len(short)
    return 1 < extra <= 45 and len(short) >= 15 and key(long).endswith(key(short)) and long[:extra].rstrip()[-1:] in set(":–—-|")


_TOLD = ("json-ld headline", "og:title", "twitter:title")
_BETWEEN = re.compile(r"\W+")


def _words(text: str) -> list[str]:
    return _BETWEEN.split(text.casefold())
