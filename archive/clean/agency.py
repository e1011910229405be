"""Which agency a page credits, from tiers of evidence: a name in running text is no credit.

byline > JSON-LD author, meta author > dateline > credit line beside the text > disclaimer > copyright line > own host.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.agencies import Agency, agencies_in, agency_named, agency_of_host, is_unnamed_agency
from archive.clean.dateline import Dateline


@dataclass(frozen=True, slots=True)
class Credit:
    """`agency` is None where agency copy is declared without a name."""

    agency: Agency | None
    is_copy: bool
    evidence: str | None  # of the agency, or of the copy where no agency is named
    disclaimer: bool = False  # the page says so itself: "auto-published from an agency feed"


_DISCLAIMER = re.compile(
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
    re.I,
)
_HINTS = ("feed", "not been", "edited", "copy", "service", "text", "फीड", "फ़ीड", "नहीं किया", "automatisch")  # a quick look first
_CREDIT = re.compile(
    r"^[\s(\[–—-]*(?:\(?(?:with|from|source|sources|via|credits?|courtesy|inputs?|additional reporting by|"
    r"input|agency|"
    r"quelle|mit material von|mit informationen von|source\s?:|avec|con información de|fonte|fuente|bron|"
    r"kilde|kaynak|источник|"
    r"المصدر|مصدر|स्रोत|इनपुट|सौजन्य|来源|出典|출처)\b[\s:–-]{0,4})(?P<rest>.{2,80})$",
    re.I,
)
_SIGNATURE = re.compile(r"[(\[]\s?(?P<rest>[^()\[\]]{2,60})\s?[)\]]\s*[.।]?$|(?:--|[–—])\s?(?P<dash>[^\s–—][^–—.]{1,30})$")
_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright)\s*(?:\d{4}(?:\s?[-–]\s?\d{4})?)?\s*(?:by\s)?(?P<rest>[^.|]{2,60})", re.I)


def credit_of(
    *,
    byline: str | None,
    asserted: Sequence[str],
    dateline: Dateline | None,
    around: Iterable[str],
    last_paragraph: str,
    url: str,
) -> Credit:
    """The page's credit.

    `asserted`: names that the markup gives as author or source; `around`: short lines beside the text, the disclaimer
    among them; `last_paragraph`: of the body, for a signature such as "(PTI)".
    """
    own = agency_of_host(_host(url))
    lines = [line for line in around if len(line) <= 400]
    disclaimer = next((line for line in lines if is_disclaimer(line)), None)
    for named, evidence in _tiers(byline, asserted, dateline, lines, last_paragraph, disclaimer):
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
    last_paragraph: str,
    disclaimer: str | None,
) -> Iterable[_Tier]:
    yield agencies_in(byline_name(byline) or ""), "byline"
    yield tuple(a for name in asserted[:10] for a in agencies_in(name)), "author in the markup"
    if dateline:
        yield dateline.agencies, "dateline"
    for line in lines:
        match = _CREDIT.match(line) if len(line) <= 110 else None
        if match and (named := agencies_in(match["rest"])):
            yield named, "credit line"
        if len(line) <= 40 and (agency := agency_named(line)):
            yield (agency,), "credit line"
    signature = _SIGNATURE.search(last_paragraph[-90:])
    if signature:
        yield agencies_in(signature["rest"] or signature["dash"] or ""), "signature at the end"
    if disclaimer:
        yield tuple(a for word in re.findall(r"\b[A-Z]{2,5}\b|\bReuters\b", disclaimer) if (a := agency_named(word))), "disclaimer"
    for line in lines:
        match = _COPYRIGHT.search(line[:300])
        if match and (named := agencies_in(match["rest"].strip())):
            yield named, "copyright line"


def byline_name(byline: str | None) -> str | None:
    """A byline without its opening word."""
    return re.sub(r"^(?:by|von|par|por|di|door|af|av|por:|by:)\s+", "", byline, flags=re.I) if byline else None


def is_disclaimer(text: str) -> bool:
    """A note that the text comes from a feed and was not edited."""
    if len(text) > 600:
        return False
    lower = text.lower()
    return any(hint in lower for hint in _HINTS) and bool(_DISCLAIMER.search(text))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
