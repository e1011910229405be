"""Which agencies a page credits, from tiers of evidence: a name in running text is no credit.

byline, JSON-LD, meta elements, dateline, credit line beside the text, signature at its end, the feed's author, disclaimer,
copyright line, host. An agency is credited by the best tier that names it. How sure a tier is was counted on labelled pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from archive.agencies import (
    Agency,
    agencies_in,
    agencies_within,
    agency_by_code,
    agency_named,
    agency_of_host,
    means_other_things,
    read_credit,
    spells_out,
    unnamed_in,
)
from archive.clean.authors import Authors
from archive.clean.credit_lines import (
    Named,
    alone,
    of_copyright,
    of_ending,
    of_lines,
    of_opening,
    of_signature,
    speaks_of_help,
    speaks_of_rights,
)
from archive.clean.dateline import Dateline
from archive.clean.disclaimer import is_disclaimer, may_be_one
from archive.clean.house import by_house
from archive.clean.metadata import Metadata
from archive.model import AgencyCredit, CreditRole, CreditTier

ATTRIBUTION_VERSION: int = 1  # of these rules and figures; stands beside each credit that is stored

# The tiers in their order, each with (right, named): how many agencies it named on labelled pages, and how many of them the page credits.
# Counted by `python -m benchmarks.attribution`. So few pages tell no tier from its neighbour: the order is not made of them.
MEASURED: dict[CreditTier, tuple[int, int] | None] = {
    "byline": (33, 33),
    "json-ld": (32, 32),
    "meta": (20, 20),
    "dateline": (32, 33),
    "credit-line": (33, 34),
    "signature": (12, 12),
    "feed-author": None,  # the labelled pages came without their feeds
    "disclaimer": None,  # none of them has one
    "copyright": (13, 13),
    "host": (21, 21),
}
_ORDER = {tier: place for place, tier in enumerate(MEASURED)}
_NOT_MEASURED = 0.8  # below all that was


def confidence(tier: CreditTier) -> float:
    """How likely a credit of this tier is one, 0 to 1: (right + 1) / (named + 2), so that few pages make no tier certain."""
    counts = MEASURED[tier]
    return round((counts[0] + 1) / (counts[1] + 2), 2) if counts else _NOT_MEASURED


_ASSERTED = 10  # names of the markup that are looked at
_MOST = 20  # credits kept of a page
_WORDS = 80  # characters kept of the evidence
_CLOSING = 2  # paragraphs at the end of a body that may be a credit alone


@dataclass(frozen=True, slots=True)
class Said:
    """What a page, and the feed that led to it, say of where the text is from.

    `around`: short lines beside the text, the disclaimer among them; `beside`: those of them between headline and text and right behind
    it, where a house may stand alone; `opening`: the first paragraph; `endings`: the last ones, for a signature such as "(PTI)".
    """

    url: str
    byline: str | None = None
    authors: Authors = field(default_factory=lambda: Authors((), (), ""))
    meta: Metadata | None = None
    dateline: Dateline | None = None
    around: Sequence[str] = ()
    beside: Sequence[str] = ()
    opening: str = ""
    endings: Sequence[str] = ()
    feed_authors: Sequence[str] = ()
    agency: str | None = None  # code of the agency whose own outlet this is, as it is configured


@dataclass(frozen=True, slots=True)
class Attribution:
    """`agency` is None where agency copy is declared without a name; `credits` has all, the most confident first."""

    agency: Agency | None = None
    is_copy: bool = False
    evidence: str | None = None  # of the agency, or of the copy where no agency is named
    credits: tuple[AgencyCredit, ...] = ()
    disclaimer: str | None = None  # the page says so itself: "auto-published from an agency feed"
    by_house: str | None = None


_Seen = tuple[CreditTier, Named]


def attribution(said: Said) -> Attribution:
    """Whom the page credits."""
    host = agency_of_host(_host(said.url))
    own = host or (agency_by_code(said.agency) if said.agency else None)
    lines = [line for line in said.around if len(line) <= 400]
    low = "\n".join(lines).lower()  # a quick look into all at once
    disclaimer = next((line for line in lines if is_disclaimer(line)), None) if may_be_one(low) else None
    seen = list(_tiers(said, lines, low, disclaimer))
    credits = _credits(seen, own)
    best = next((named.agencies for _, named in _ranked(seen) if named.agencies), ())
    agency = best[0] if best else own
    unsigned = () if said.authors.people else (*said.authors.asserted[:4], *said.feed_authors[:2])
    house = by_house((said.byline, *unsigned), said.authors.outlets)
    return Attribution(
        agency,
        is_copy=bool(best or any(credit.agency is None for credit in credits)) and (host is None or host not in best),
        evidence=_evidence(credits, agency),
        credits=credits,
        disclaimer=disclaimer,
        by_house=house,
    )


def _evidence(credits: tuple[AgencyCredit, ...], agency: Agency | None) -> str | None:
    credit = next((credit for credit in credits if agency is None or credit.agency == agency.code), None)
    return f"{credit.tier}: {credit.words}" if credit else None


def _credits(seen: Sequence[_Seen], own: Agency | None) -> tuple[AgencyCredit, ...]:
    """One credit an agency, by its best tier; the agency's own host last, and only where nothing else is said of it."""
    found: dict[Agency | None, list[tuple[CreditTier, str]]] = {}
    for tier, named in _ranked(seen):
        for agency in (*named.agencies, *((None,) if named.unnamed else ())):
            found.setdefault(agency, []).append((tier, named.words))
    if own is not None:
        found.setdefault(own, []).append(("host", own.domains[0] if own.domains else own.name))
    if len(found) > 1 and all(tier == "disclaimer" for tier, _ in found.get(None, ())):
        found.pop(None, None)  # a note on feeds in general, under copy of a house that is named
    credits = [_credit(agency, ways, is_own=agency is not None and agency == own) for agency, ways in found.items()]
    return tuple(credits[:_MOST])


def _credit(agency: Agency | None, ways: Sequence[tuple[CreditTier, str]], *, is_own: bool) -> AgencyCredit:
    tier, words = ways[0]
    role: CreditRole = "own" if is_own else "inputs" if speaks_of_help(words) else "author"
    also = tuple(dict.fromkeys(other for other, _ in ways if other != tier))
    return AgencyCredit(agency.code if agency else None, tier, confidence(tier), _short(words), role, also, ATTRIBUTION_VERSION)


def _short(words: str) -> str:
    return words if len(words) <= _WORDS else words[: _WORDS - 1].rstrip() + "…"


def _ranked(seen: Sequence[_Seen]) -> list[_Seen]:
    """Who wrote before who helped, then tier by tier, then in the order of the page."""
    return sorted(seen, key=lambda one: (speaks_of_help(one[1].words), _ORDER[one[0]])) if len(seen) > 1 else list(seen)


def _tiers(said: Said, lines: Sequence[str], low: str, disclaimer: str | None) -> Iterator[_Seen]:
    """All that names an agency, tier by tier. `low`: the lines in one, in small letters."""
    yield from _of_names("byline", (said.byline,) if said.byline else ())
    yield from _of_markup(said)
    if said.dateline and (said.dateline.agencies or unnamed_in(said.dateline.printed)):
        yield "dateline", Named(said.dateline.agencies, not said.dateline.agencies, said.dateline.printed)
    else:
        yield from _each("dateline", (of_opening(said.opening),))
    yield from _each("credit-line", of_lines(line for line in lines if line is not disclaimer))
    yield from _each("credit-line", map(alone, said.beside))
    yield from _each("credit-line", map(of_ending, said.endings[-_CLOSING:]))
    closing = len(said.endings) - _CLOSING
    yield from _each("signature", (of_signature(text, last=at >= closing) for at, text in reversed(list(enumerate(said.endings)))))
    yield from _of_names("feed-author", said.feed_authors[:5])
    if disclaimer:
        agencies = agencies_within(disclaimer)
        yield "disclaimer", Named(agencies, not agencies, disclaimer)
    if speaks_of_rights(low):
        yield from _each("copyright", map(of_copyright, lines))


def _each(tier: CreditTier, found: Iterable[Named | None]) -> Iterator[_Seen]:
    for named in found:
        if named is not None:
            yield tier, named


def _of_names(tier: CreditTier, names: Iterable[str]) -> Iterator[_Seen]:
    """Credits that stand where an author's name does."""
    for name in names:
        plain = byline_name(name)
        agencies, unnamed = ((), False) if _is_a_name_of_every_day(plain) else _of_byline(plain)
        if agencies or unnamed:
            yield tier, Named(agencies, unnamed, name)


def _is_a_name_of_every_day(name: str) -> bool:
    """ "Antara", "Hina": people are called so; as signatures such words stand in capitals or in another script."""
    return name.isascii() and means_other_things(name) and not name.isupper()


def _of_markup(said: Said) -> Iterator[_Seen]:
    authors = said.authors
    for tier, name in zip(authors.tiers[:_ASSERTED], authors.asserted, strict=False):
        if name not in authors.people:
            yield from _of_names(tier, (name,))
    if said.meta is not None:
        for tier, words in _sources(said.meta):
            if found := _of_address(words) if words.startswith(_WEB) else agencies_in(words):
                yield tier, Named(found, False, words)


_WEB = ("http://", "https://")
_LD_SOURCES = ("provider", "copyrightHolder", "publisher")
_META_SOURCES = (
    "source", "news_source", "news-source", "article:source", "dc.source", "dcterms.source", "original-source", "syndication-source",
    "agency", "news_agency", "article:provider", "provider", "og:article:author", "bt:author", "dc.publisher",
    "dcterms.rightsholder", "credit",
)  # fmt: skip


def _sources(meta: Metadata) -> Iterator[tuple[CreditTier, str]]:
    """What the markup names as the text's source, provider or publisher; its canonical address, where that is an agency's."""
    for key in _LD_SOURCES if meta.ld.article else ():
        if key not in meta.ld.article:
            continue
        for name, _ in meta.ld.names(key)[:3]:
            if agency_named(name) and not means_other_things(name):
                yield "json-ld", name
    if credit := meta.ld.text("creditText"):
        yield "json-ld", credit
    for key in _META_SOURCES:
        for value in meta.meta.get(key, ())[:3]:
            if len(value) <= 300 and not means_other_things(value):
                yield "meta", value.strip()
    if meta.canonical and not meta.canonical.startswith(meta.url[: meta.url.find("/", 8) + 1] or " "):  # elsewhere
        yield "meta", meta.canonical


def _of_address(value: str) -> tuple[Agency, ...]:
    found = agency_of_host(_host(value))
    return (found,) if found else ()


_SPELLED_OUT = re.compile(r"((?:[^\W\d_][\w'’-]{1,30} ){2,5})\(([A-ZÄÖÜ]{2,5})\)")


def _of_byline(name: str) -> tuple[tuple[Agency, ...], bool]:
    """(the agencies, whether unnamed ones are among them) of a byline, also of "Ada Merrow The Associated Press", which ends with one."""
    for words, initials in _SPELLED_OUT.findall(name[:300]) if "(" in name else ():
        if spells_out(words, initials):
            name = name.replace(f"({initials})", "")
    found, unnamed = read_credit(name)
    words = name.split()
    for start in range(max(1, len(words) - 4), len(words)) if not found else ():
        agency = agency_named(" ".join(words[start:]))
        if agency and not means_other_things(words[start]):
            return (agency,), unnamed
    return found, unnamed


_BY = re.compile(r"^(?:by|von|par|por|di|door|af|av|por:|by:)\s+", re.I)


def byline_name(byline: str) -> str:
    """A byline without its opening word."""
    return _BY.sub("", byline)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
