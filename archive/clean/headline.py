"""The headline: a choice among what JSON-LD, OpenGraph, the title element and the page's h1 say, without the site's name."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from urllib.parse import urlsplit

from archive.clean.metadata import Metadata
from archive.clean.text import plain

_PARTS = re.compile(r"\s+[|•·»«›:~]+\s+|\s+[-–—]{1,2}\s+|\s*[|｜]\s*|\s+::\s+|(?<=\S)\s?[-–—]\s(?=[A-Z][\w.]+$)")
_KEY = re.compile(r"\W+")


def key(text: str) -> str:
    """Letters and digits only, case away: how two headlines are compared."""
    return _KEY.sub("", text.casefold())


def headline_of(meta: Metadata, feed_title: str | None = None) -> tuple[str | None, str | None]:
    """(headline, evidence), or (None, None)."""
    sites = _site_names(meta)
    asserted = _asserted(meta, sites)
    heads = [h for h in meta.h1 if key(h) and key(h) not in sites]
    og = next((text for text, how in asserted if how == "og:title"), None)
    kicker = next((h for h in heads if og and _differ_by_kicker(h, og)), None)
    if og and kicker:  # "Culture: The story" beside "The story": the outlet's own choice for the world
        return og, "og:title, h1 but for its kicker"
    for h1 in heads:
        for text, evidence in asserted:
            if key(h1) == key(text):
                return h1, f"h1, as in {evidence}"
    near = [(h1, text) for h1 in heads for text, _ in asserted if _alike(h1, text)]
    if near:
        return near[0][0], "h1, close to the metadata"
    if len(heads) == 1 and heads[0].count(" ") >= 3 and len(heads[0]) <= 300:
        return heads[0], "the only h1"
    if asserted:
        return asserted[0]
    if heads:
        return max(heads, key=len), "h1"
    feed = plain(feed_title)
    return (feed, "feed title") if feed else (None, None)


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
    return SequenceMatcher(None, x, y, autojunk=False).ratio() > 0.72


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
