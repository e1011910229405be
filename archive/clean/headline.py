"""The headline: a choice among what JSON-LD, OpenGraph, the title element and the page's h1 say, without the site's name."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from urllib.parse import unquote, urlsplit

from archive.clean.metadata import Metadata
from archive.clean.text import plain

_PARTS = re.compile(r"\s+[|•·»«›:~]+\s+|\s+[-–—]{1,2}\s+|\s*[|｜ㅣ丨]\s*|\s+::\s+|(?<=\S)\s?[-–—]\s(?=[A-Z][\w.]+$)")
_KEY = re.compile(r"\W+")


def key(text: str) -> str:
    """Letters and digits only, case away: how two headlines are compared."""
    return _KEY.sub("", text.casefold())


def headline_of(meta: Metadata, feed_title: str | None = None) -> tuple[str | None, str | None]:
    """(headline, evidence), or (None, None)."""
    sites = _site_names(meta)
    asserted = _asserted(meta, sites)
    heads = [h for raw in meta.h1 if (h := without_site(raw, sites)) and key(h) and key(h) not in sites]
    text, how = _as_printed(heads, asserted)
    if text:
        return _by_address(meta, heads, asserted, (text, how)) or (text, how)
    feed = plain(feed_title)
    return (feed, "feed title") if feed else (None, None)


def _as_printed(heads: list[str], asserted: list[tuple[str, str]]) -> tuple[str, str]:
    """The h1 where the metadata bear it out, else what stands in for it; ("", "") where nothing does."""
    said = {how: text for text, how in reversed(asserted)}
    og, ld = said.get("og:title"), said.get("json-ld headline")
    kicker = next((h for h in heads if og and _differ_by_kicker(h, og)), None)
    if og and kicker:  # "Culture: The story" beside "The story": the one without, unless JSON-LD has it as well
        if len(og) < len(kicker) or (ld and key(ld) == key(og)):
            return og, "og:title, h1 but for its kicker"
        return kicker, "h1, og:title but for its kicker"
    for h1 in heads:
        for text, evidence in asserted:
            if key(h1) == key(text):
                return h1, f"h1, as in {evidence}"
    near = next((h1 for h1 in heads for text, _ in asserted if _alike(h1, text)), None)
    if near:
        return near, "h1, close to the metadata"
    if len(heads) == 1 and len(heads[0]) <= 300 and (heads[0].count(" ") >= 3 or _goes_on(said.get("title"), heads[0])):
        return heads[0], "the only h1"
    if asserted:
        return asserted[0]
    return (max(heads, key=len), "h1") if heads else ("", "")


def _goes_on(title: str | None, h1: str) -> bool:
    """ "restaurant" and "RESTAURANT Definition & Meaning"."""
    return title is not None and title.casefold().startswith(f"{h1.casefold()} ")


_WORD = re.compile(r"[^\W_]+")
_IDENTIFIER = re.compile(r"\d{5,}|[a-z]?\d{4,}|(?=[a-z]*\d)[a-z\d]{6,}")
_EXTENSION = re.compile(r"\.[a-z]{2,5}$", re.I)
_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "o", "å": "a", "'": None, "’": None})


# How much better a rival must fit the address (F1 of words) than the text chosen, by what bears that out. Of the values tried on pages
# with truth (.05 to .5; half of the hosts to choose by, the other half to check) these lost the fewest right answers for those mended.
_MARGIN = 0.2
_CONFIRMED = 0.5  # JSON-LD or OpenGraph have the h1 word for word
_AGREED = 0.05  # JSON-LD and OpenGraph agree with each other, and not with the h1
_SHARED = ("json-ld headline", "og:title")


def _by_address(meta: Metadata, heads: list[str], asserted: list[tuple[str, str]], chosen: tuple[str, str]) -> tuple[str, str] | None:
    """A candidate that the words of the page's address fit much better than the chosen one.

    Content management systems make an address (its "slug", as WordPress calls it) of the headline a story was published under.
    """
    text, how = chosen
    confirmed = how.startswith("h1, as in") and how.endswith(_SHARED)
    rivals = [(rival, source) for rival, source in asserted if source in _SHARED and key(rival) != key(text)]
    if not confirmed:
        rivals += [(h1, "h1") for h1 in heads if key(h1) != key(text)] + _parts_of_title(meta.title, how, text)
    slug = address_words(meta.canonical or meta.url) if rivals else frozenset()
    if len(slug) < 3:
        return None
    best, rival, source = max(((fit(slug, rival), rival, source) for rival, source in rivals), key=lambda one: one[0])
    agreed = sum(key(other) == key(rival) for other, name in asserted if name in _SHARED) > 1
    margin = _CONFIRMED if confirmed else _AGREED if agreed else _MARGIN
    return (rival, f"{source}, as in the address") if best >= fit(slug, text) + margin else None


def _parts_of_title(title: str | None, how: str, chosen: str) -> list[tuple[str, str]]:
    """Where the title itself was chosen, or an h1 that is one of its parts (the site's name, or a section's)."""
    parts = _PARTS.split(title or "")
    if how not in ("title", "h1") and key(chosen) not in {key(part) for part in parts}:
        return []
    return [(part, "part of the title") for part in parts if part.count(" ") >= 2]


def address_words(url: str) -> frozenset[str]:
    """Words of the part of a path that has most of them: "/2025/a-tram-comes-back-1234567.html" -> {a, tram, comes, back}."""
    try:
        path = unquote(urlsplit(url).path)[:1000]
    except ValueError:
        return frozenset()
    parts = [_EXTENSION.sub("", part) for part in path.split("/")]
    words = _WORD.findall(_bare(max(parts, key=lambda part: part.count("-") + part.count("_"))))
    return frozenset(word for word in words if not _IDENTIFIER.fullmatch(word))


def fit(slug: frozenset[str], text: str) -> float:
    """How well the words of a text fit those of an address: F1 of the two."""
    words = set(_WORD.findall(_bare(text)))
    size = len(words)
    words.update(_WORD.findall(_bare(text.casefold().translate(_SPELT))))
    hit = len(slug & words)
    return 2 * hit / (len(slug) + size) if size else 0.0


def _bare(text: str) -> str:
    """Case and accents away."""
    if text.isascii():
        return text[:400].casefold()
    return "".join(c for c in unicodedata.normalize("NFKD", text[:400].casefold()) if not unicodedata.combining(c))


def _asserted(meta: Metadata, sites: set[str]) -> list[tuple[str, str]]:
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


def _site_names(meta: Metadata) -> set[str]:
    names = [meta.first("og:site_name"), meta.first("application-name", "apple-mobile-web-app-title"), meta.first("publisher")]
    names += [name for name, _ in meta.ld.names("publisher")]
    names += [
        str(n["name"])
        for n in meta.ld.others
        if n.get("@type") in ("WebSite", "Organization", "NewsMediaOrganization") and isinstance(n.get("name"), str)
    ]
    keys = {key(name) for name in names if name}
    try:
        host = urlsplit(meta.canonical or meta.url).hostname or ""
    except ValueError:
        host = ""
    labels = host.removeprefix("www.").split(".")
    return {k for k in (*keys, key(host.removeprefix("www.")), *(label for label in labels if len(label) > 3)) if k}


def without_site(title: str, sites: set[str]) -> str:
    """A title without its last (or first) parts that name the site: "Story | World | The Paper" -> "Story"."""
    for _ in range(3):
        prefix, colon, rest = title.partition(": ")
        if colon and rest and key(prefix) in sites:
            title = rest
        cuts = [(m.start(), m.end()) for m in _PARTS.finditer(title)]
        if not cuts:
            break
        (last, after), (first, behind) = cuts[-1], cuts[0]
        tail, lead = key(title[after:]), key(title[:first])
        if tail and (tail in sites or any(len(s) > 3 and (s in tail or (tail in s and len(tail) > 4)) for s in sites)):
            if len(title[:last]) < 12 and len(title[after:]) > len(title[:last]) * 2:
                break
            title = title[:last]
        elif lead in sites:
            title = title[behind:]
        else:
            break
    return title.strip()


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
    return 1 < extra <= 45 and len(short) >= 15 and key(long).endswith(key(short)) and long[extra - 1] in " :–—-|"


def _words(text: str) -> list[str]:
    return _KEY.split(text.casefold())


def same(a: str, b: str | None) -> bool:
    """Two texts that say the same but for case and punctuation."""
    return bool(b) and key(a) == key(b or "")
