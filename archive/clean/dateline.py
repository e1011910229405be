"""The dateline that opens a story: place, day, and the house that signs, in the forms of the world's agencies.

New Delhi, Aug 29 (PTI) ...          NEW DELHI (Reuters) - ...         Paris, 3 mai (AFP) – ...
New Delhi [India], October 21 (ANI): New Delhi, Aug 29 Minister of ... МОСКВА, 29 августа. /ТАСС/. ...
新华社北京8月29日电                    【ワシントン共同】                  (서울=연합뉴스)   القاهرة (رويترز) - ...
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from archive.agencies import Agency, agencies_in, agency_named, is_unnamed_agency, means_other_things, spells_out
from archive.dates.months import MONTHS, fold

_HEAD = 160  # characters of a paragraph in which a dateline ends


@dataclass(frozen=True, slots=True)
class Dateline:
    """`printed` is the dateline as it stands in the text, without its closing dash."""

    printed: str
    place: str | None
    agencies: tuple[Agency, ...]
    end: int  # offset in the paragraph where the story begins
    in_text: bool = True  # False: it stands in a line of its own
    reporter: str | None = None  # as 中央社 names it before the place


_DAY = (
    r"(?:(?P<m1>[^\W\d_][^\s\d,.()/:–—-]{1,13})\.?\s(?P<d1>\d{1,2})(?:st|nd|rd|th)?"
    r"|(?P<d2>\d{1,2})(?:st|nd|rd|th|er|º)?\.?\s(?:de\s|di\s)?(?P<m2>[^\s\d,.()/:–—-]{2,14}))\.?(?:,?\s\d{4})?"
)
_PLACE = r"(?P<place>[^\s\d(){}<>:;\"“”/|–—][^\d(){}<>:;\"“”|–—\n]{1,58}?)(?:\s?[\[(](?P<country>[^\d()\[\]]{2,30})[\])])?"
_SIGNED = r"\s?(?:[(\[](?P<house>[^()\[\]]{2,60})[)\]]|/(?P<slashed>[^/\s][^/]{1,40})/)"
_CLOSE = r"\s*(?P<close>--|[-–—―:।.]+)?\s*"
_DATED = re.compile(rf"{_PLACE}\s?[,.،|/:]?\s+{_DAY}(?:[.,:]?{_SIGNED})?{_CLOSE}")
_HOUSED = re.compile(rf"{_PLACE}[,.]?{_SIGNED}{_CLOSE}")
_DASHED = re.compile(r"(?P<place>[^\s\d(){}<>:;\"“”|–—][^\d(){}<>:;\"“”|–—\n]{2,40}?)\s?(?P<close>\s--|\s[-–—―]|:)\s")
_SIGNED_DASH = re.compile(
    r"(?P<place>[^\s\d(){}<>:;|–—-][^\d(){}<>:;|"
    r"–—\n]{1,40}?)\s?[-–—,/]\s?(?P<house>[^\s()–—:-]{2,20}(?:\s[^\s()–—:-]{2,12})?)\s?[-–—:]+\s"
)
_CHINESE = re.compile(r"(?P<house>新华社|新華社|中新社|中新网|中央社)(?P<place>[^\d\s（(]{1,10}?)\d{1,2}月\d{1,2}日(?:电|電|讯|訊)")
_TAIWANESE = re.compile(
    r"[（(](?P<house>中央社)(?:記者)?(?:[^\d\s（）()、]{2,4}、){0,4}(?P<reporter>[^\d\s（）()、]{3})(?P<place>[^\d\s（）()、]{2,6}?)\d{1,2}日[^（）()\d]{0,6}電[）)]"
)
_JAPANESE = re.compile(r"【(?P<place>[^】\s]{1,12}?)\s?(?P<house>共同|時事|AFP=時事|ロイター|AP|AFP)】")
_KOREAN = re.compile(r"[(\[【](?P<place>[가-힣]{1,10})=(?P<house>[가-힣A-Z\d]{2,10})[)\]】]")
# Words that open a sentence with a date and are no place.
_NO_PLACE = frozenset(
    [
        "on",
        "in",
        "by",
        "since",
        "until",
        "from",
        "at",
        "the",
        "le",
        "la",
        "am",
        "el",
        "em",
        "il",
        "im",
        "vom",
        "bis",
        "seit",
        "updated",
        "published",
        "posted",
        "last",
        "this",
        "that",
        "it",
        "he",
        "she",
        "they",
        "we",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "after",
        "before",
        "between",
        "during",
        "dated",
        "correction",
        "corrections",
        "clarification",
        "note",
        "update",
        "editor",
        "korrektur",
        "rectificatif",
        "erratum",
    ]
)
_SMALL = frozenset(
    [
        "de",
        "la",
        "le",
        "el",
        "du",
        "des",
        "del",
        "di",
        "da",
        "do",
        "of",
        "and",
        "al",
        "am",
        "an",
        "der",
        "en",
        "sur",
        "upon",
        "bei",
        "ob",
        "near",
        "los",
        "las",
        "los",
        "y",
        "e",
        "i",
        "the",
    ]
)


def dateline_of(paragraph: str) -> Dateline | None:
    """The dateline at the start of a paragraph, or None. Linear in its first 160 characters."""
    head = paragraph[:_HEAD].replace("\n", " ")
    if found := _eastern(head, 0):
        return found
    opener = re.match(r"[(\[]\s?([^()\[\]]{2,30})\s?[)\]]\s*[-–—:,]?\s*", head)
    opening = agencies_in(opener[1]) if opener else ()
    start = opener.end() if opener and opening else 0
    for find in (_dated, _housed, _dashed) if not start else (_eastern, _dated, _housed, _dashed):
        found = find(head, start)
        if found:
            houses = tuple(dict.fromkeys((*opening, *found.agencies)))
            return replace(found, agencies=houses)
    return None


_BARS = re.compile("[|•·]")
_MARKS = "|•·/—–-"  # a quick look first
_PARTS = re.compile(r"\s*[|•·]\s*|\s[–—-]\s|\s?/\s?")


@dataclass(frozen=True, slots=True)
class Source:
    """A line of its own above the story: `credit` is the house as printed, `dateline` the place (and day) beside it."""

    credit: str
    dateline: Dateline | None


# Arabic print has the place first; what stands under pictures there (picture, archive, photographer) is left out.
_SLASHED_ABJAD = re.compile(r"(?!صور|أرشيف|تصوير|عدسة)[\u0600-\u06ff]{2,16}(?: [\u0600-\u06ff]{2,16})? / [\u0600-\u06ff ]{3,20}")


def source_line(line: str) -> Source | None:
    """Reads "PTI | Siliguri, Nov 20", "New Delhi, Aug 29 / ANI", "Agencies | Mumbai"; None for any other line.

    Without a day "Bloomberg | Jane Roe" and "Jane Roe / AFP" look the same, and stand under pictures: then the place must be one word, or
    begin as places do, and where a slash or dash parts the line the house stands first.
    """
    parts = _parts_with_house(line)
    houses = [part for part in parts if _is_house(part)]
    others = [part for part in parts if part not in houses]
    if len(parts) > 1 and _SLASHED_ABJAD.fullmatch(line) and (agency := agency_named(parts[1])):
        return Source(parts[1], Dateline(line, parts[0], (agency,), len(line), in_text=False))
    placed = [(part, place) for part in others if (place := _place_before_day(part))]
    if not houses or "©" in line or len(placed) > 1 or any(part not in dict(placed) and not _has_digit(part) for part in others):
        return None
    if placed and not _has_digit(line) and not (_is_plainly_a_place(placed[0][1]) and (houses[0] == parts[0] or _BARS.search(line))):
        return None
    agencies = tuple(dict.fromkeys(agency for house in houses if (agency := agency_named(house))))
    dateline = Dateline(*placed[0], agencies, len(line), in_text=False) if placed else None
    return Source(", ".join(houses), dateline)


_PLACES_BEGIN = re.compile(
    r"(?:new|los|las|la|le|el|san|santa|santo|são|sao|rio|tel|hong|kuala|buenos|abu|addis|den|st|saint|port|cape|north|south|west|east|"
    r"navi|greater|uttar|andhra|madhya|tamil|himachal|arunachal|sri|ho|phnom|mexico|panama|salt|fort|nova|novi|bad|frankfurt)\b",
    re.I,
)


def begins_as_places_do(name: str) -> bool:
    return _PLACES_BEGIN.match(name) is not None


def _is_plainly_a_place(place: str) -> bool:
    return " " not in place or begins_as_places_do(place)


def names_a_house(line: str) -> bool:
    """A short line one part of which is a house: a source line, or the credit of a picture. No line of a story."""
    return bool(_parts_with_house(line))


def _parts_with_house(line: str) -> list[str]:
    if len(line) > 90 or not any(map(line.__contains__, _MARKS)):
        return []
    parts = [part.strip() for part in _PARTS.split(line.strip())]
    sound = 2 <= len(parts) <= 4 and all(0 < len(part) <= 45 for part in parts)
    return parts if sound and any(map(_is_house, parts)) else []


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _is_house(part: str) -> bool:
    return is_unnamed_agency(part) or (agency_named(part) is not None and not means_other_things(part))


def _place_before_day(part: str) -> str | None:
    """ "Siliguri, Nov 20" -> "Siliguri"; None where it is no place."""
    match = _DATED.fullmatch(part) or re.fullmatch(r"(?P<place>[^\d:;|]{2,40})", part)
    place = match["place"].strip(" ,.") if match else ""
    return place if place and _is_place(place) else None


_DIGIT = re.compile(r"\d")


def _eastern(head: str, start: int) -> Dateline | None:
    for pattern in (_CHINESE, _TAIWANESE, _JAPANESE, _KOREAN):
        match = pattern.match(head, start)
        if match:
            agency = agency_named(match["house"])
            if agency or pattern is _CHINESE:
                reporter = match["reporter"] if pattern is _TAIWANESE else None
                return Dateline(match[0], match["place"], (agency,) if agency else (), match.end(), reporter=reporter)
    return None


def _dated(head: str, start: int) -> Dateline | None:
    match = _DATED.match(head, start) if _DIGIT.search(head) else None
    if not match or fold((match["m1"] or match["m2"]).rstrip(".")) not in MONTHS:
        return None
    if not 1 <= int(match["d1"] or match["d2"]) <= 31 or not _is_place(match["place"]):
        return None
    return _made(head, match, start)


def _housed(head: str, start: int) -> Dateline | None:
    match = _HOUSED.match(head, start) if any(map(head.__contains__, "([/")) else None
    if not match or not _is_place(match["place"]) or not agencies_in(match["house"] or match["slashed"]):
        return None
    if spells_out(match["place"], match["house"] or ""):
        return None
    return _made(head, match, start)


def _dashed(head: str, start: int) -> Dateline | None:
    match = _SIGNED_DASH.match(head, start)
    if match and _is_place(match["place"]) and (agency := agency_named(match["house"])) and not _PICTURE.match(head, match.end()):
        return Dateline(head[start : match.end("house")].strip(), match["place"].strip(" ,."), (agency,), match.end())
    match = _DASHED.match(head, start)
    if match and match["place"].isupper() and _is_place(match["place"]) and not agency_named(match["place"]):
        return Dateline(match["place"].strip(), match["place"].strip(" ,."), (), match.end())
    return None


_PICTURE = re.compile(r"\W{0,3}(?:via\s)?(?:getty|rex\b|epa\b|shutterstock|pool\b|images?\b|photo|file\b|handout)", re.I)


def _made(head: str, match: re.Match[str], start: int) -> Dateline:
    signed = match["house"] or match["slashed"] or ""
    end = match.start("close") if match["close"] else match.end()
    place = match["place"].strip(" ,.|/")
    return Dateline(head[start:end].strip(" ,:"), place, agencies_in(signed), match.end())


def _is_place(text: str) -> bool:
    """At most six words, each with a capital where the script has capitals, and none that opens a sentence."""
    parts = re.split(r"[\s,/.\[\]-]+", text.strip(" ,./"))
    parts = [p for p in parts if p]
    if not 1 <= len(parts) <= 6 or (parts[0].casefold() in _NO_PLACE and not _is_article(parts)):
        return False
    return all(p[0].isupper() or not p[0].islower() or p.casefold() in _SMALL for p in parts) and len(text) <= 50


def _is_article(parts: list[str]) -> bool:
    """ "La Habana", "El Cairo": the first word is a part of the name."""
    return len(parts) in (2, 3) and parts[0] in ("La", "Le", "El", "LA", "LE", "EL") and parts[1][0].isupper()
