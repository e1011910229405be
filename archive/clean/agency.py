"""Which agency a page credits, from tiers of evidence: a name in running text is no credit.

byline > JSON-LD author, meta author > dateline > credit line beside the text > disclaimer > copyright line > own host.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.agencies import Agency, agencies_in, agency_named, agency_of_host, is_unnamed_agency, means_other_things
from archive.clean.dateline import Dateline
from archive.clean.phrases import Phrases


@dataclass(frozen=True, slots=True)
class Credit:
    """`agency` is None where agency copy is declared without a name."""

    agency: Agency | None
    is_copy: bool
    evidence: str | None  # of the agency, or of the copy where no agency is named
    disclaimer: bool = False  # the page says so itself: "auto-published from an agency feed"


_HOUSES = ("agency", "agencies", "wire", "syndicated", "news", "pti", "ians", "ani", "uni", "afp", "reuters", "ap")
_ARTICLES = ("", "a", "an", "the", "our", "unedited", "its")  # the expression does not ask for a space behind one
_DISCLAIMER = Phrases(
    r"(?:auto[- ]?(?:generated|published)|automatically (?:generated|published)|published|generated|"
    r"sourced|taken|received|"
    r"created) (?:directly |automatically |unedited )?(?:from|by|through|via|as part of) "
    r"(?:an?|the|our|unedited|its)?\s?(?:[\w-]{2,20}\s){0,3}?(?:syndicated |news )?"
    r"(?:agency|agencies|wire|syndicated|news|pti|ians|ani|uni|afp|reuters|ap)(?:'s)?[\s-](?:agency |"
    r"wire )?(?:feed|copy|text|service)"
    r"|(?:has|was|have) not been (?:edited|created|modified|altered|reviewed) by"
    r"|(?:unedited|auto-generated) (?:and auto-generated )?(?:story|report|copy) from (?:syndicated|"
    r"a syndicated|agency)"
    r"|(?:सिंडिकेट(?:ेड)?|एजेंसी) फ़?ीड|(?:संपादित|सम्पादित) नहीं किया"
    r"|automatisch (?:aus|von) (?:dem |der )?[^.]{0,40}(?:übernommen|erstellt|veröffentlicht)",
    " ".join(f"{article}{house}" for article in _ARTICLES for house in _HOUSES) + " been story report copy aus von",
    ("ीड", "नहीं किया"),
)
_HINTS = ("feed", "not been", "edited", "copy", "service", "text", "फीड", "फ़ीड", "नहीं किया", "automatisch")  # a quick look first
_CREDIT = re.compile(
    r"^[\s(\[–—-]*(?:\(?(?:with|from|source|sources|via|credits?|courtesy|inputs?|additional reporting by|"
    r"input|agency|"
    r"quelle|mit material von|mit informationen von|source\s?:|avec|con información de|fonte|fuente|bron|"
    r"kilde|källa|kaynak|источник|джерело|πηγή|źródło|zdroj|forrás|sursa|izvor|lähde|sumber|nguồn|מקור|"
    r"منبع|المصدر|مصدر|स्रोत|इनपुट|सौजन्य|来源|出典|출처)\b[\s:–-]{0,4})(?P<rest>.{2,80})$",
    re.I,
)
_SIGNATURE = re.compile(r"[(\[]\s?(?P<rest>[^()\[\]]{2,60})\s?[)\]]\s*[.।]?$|(?:--|[–—])\s?(?P<dash>[^\s–—][^–—.]{1,30})$")
_FIRST_PUBLISHED = re.compile(r"^This (?:report|story|article) by (?:the )?(?P<rest>[^.]{2,40}?) was first published\b", re.I)
_SENTENCE_SIGNED = re.compile(r"[.!?…”\"»।]\s?\((?P<rest>[^()\s]{2,12})\)\s*[.।]?$")  # of a paragraph that others follow
_CLOSING = 2  # paragraphs at the end of a body that may be a credit alone
# With a year, or with rights reserved: "© dpa" alone, or with a photographer's name, is under a picture.
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)\s*(?:\d{4}(?:\s?[-–]\s?\d{4})?\s*(?:by\s)?(?P<rest>[^.|]{2,60})"
    r"|(?P<reserved>[^.|]{2,60})[.,|]?\s?(?:all rights|alle rechte|tous droits|todos los|todos os|tutti i|dpa:\d))",
    re.I,
)


def credit_of(
    *,
    byline: str | None,
    asserted: Sequence[str],
    dateline: Dateline | None,
    around: Iterable[str],
    beside: Sequence[str],
    endings: Sequence[str],
    url: str,
) -> Credit:
    """The page's credit.

    `asserted`: names that the markup gives as author or source; `around`: short lines beside the text, the disclaimer
    among them; `beside`: those of them between headline and text and right behind it, where a house may stand alone;
    `endings`: the last paragraphs of the body, for a signature such as "(PTI)".
    """
    own = agency_of_host(_host(url))
    lines = [line for line in around if len(line) <= 400]
    disclaimer = next((line for line in lines if is_disclaimer(line)), None)
    for named, evidence in _tiers(byline, asserted, dateline, lines, beside, endings, disclaimer):
        if named:
            return Credit(named[0], own is None or own not in named, evidence, disclaimer is not None)
    if own is not None:
        return Credit(own, False, "host of the agency")
    if disclaimer:
        return Credit(None, True, "disclaimer", disclaimer=True)
    unnamed = next((t for t in (byline_name(byline), *asserted) if t and is_unnamed_agency(t)), None)
    if unnamed:
        return Credit(None, True, f"credit to {unnamed}")
    return Credit(None, False, None)


_Tier = tuple[tuple[Agency, ...], str]


def _tiers(
    byline: str | None,
    asserted: Sequence[str],
    dateline: Dateline | None,
    lines: list[str],
    beside: Sequence[str],
    endings: Sequence[str],
    disclaimer: str | None,
) -> Iterable[_Tier]:
    yield _of_byline(byline_name(byline) or ""), "byline"
    yield tuple(a for name in asserted[:10] for a in agencies_in(name)), "author in the markup"
    if dateline:
        yield dateline.agencies, "dateline"
    for line in lines:
        match = _CREDIT.match(line) if len(line) <= 110 else None
        if match and (named := agencies_in(match["rest"])):
            yield named, "credit line"
    for line in beside:
        if len(line) <= 40 and (agency := agency_named(line)) and not means_other_things(line):
            yield (agency,), "credit line"
    for line in endings[-_CLOSING:]:
        match = _FIRST_PUBLISHED.match(line) or (_CREDIT.match(line) if len(line) <= 60 else None)
        if match and (named := agencies_in(match["rest"])):
            yield named, "credit line"
    for ending in reversed(endings):
        yield _of_signature(ending, last=ending in endings[-_CLOSING:]), "signature at the end"
    if disclaimer:
        yield tuple(a for word in re.findall(r"\b[A-Z]{2,5}\b|\bReuters\b", disclaimer) if (a := agency_named(word))), "disclaimer"
    for line in lines:
        match = _COPYRIGHT.search(line[:300])
        if match and (named := agencies_in((match["rest"] or match["reserved"]).strip())):
            yield named, "copyright line"


def _of_byline(name: str) -> tuple[Agency, ...]:
    """The agencies of a byline, also of one that ends with its house: "Ada Merrow The Associated Press"."""
    found = agencies_in(name)
    words = name.split()
    for start in range(max(1, len(words) - 4), len(words)) if not found else ():
        agency = agency_named(" ".join(words[start:]))
        if agency and not means_other_things(words[start]):
            return (agency,)
    return found


def _of_signature(ending: str, *, last: bool) -> tuple[Agency, ...]:
    """The house that signs a paragraph; one that others follow (comments, a poll) must be a sentence, and the house stand alone."""
    if last:
        signature = _SIGNATURE.search(ending[-90:])
        return agencies_in(signature["rest"] or signature["dash"] or "") if signature else ()
    signature = _SENTENCE_SIGNED.search(ending[-40:]) if len(ending) >= 60 else None
    agency = agency_named(signature["rest"]) if signature else None
    return (agency,) if agency else ()


def byline_name(byline: str | None) -> str | None:
    """A byline without its opening word."""
    return re.sub(r"^(?:by|von|par|por|di|door|af|av|por:|by:)\s+", "", byline, flags=re.I) if byline else None


def is_disclaimer(text: str) -> bool:
    """A note that the text comes from a feed and was not edited."""
    if len(text) > 600:
        return False
    low = text.lower()
    return any(map(low.__contains__, _HINTS)) and _DISCLAIMER.search(text) is not None


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
