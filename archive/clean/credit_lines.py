"""Lines and endings that credit an agency, in the forms of many languages: one expression a form.

Source: PTI · With inputs from IANS and ANI · Mit Material der dpa · ... said on Friday. (Reuters) · ... PTI KJ NSD · © 2024 AFP ·
The Associated Press contributed to this report.

Says who is credited and in which words; knows nothing of tiers. What stands under a picture credits the picture. All expressions are tried
on texts of bounded length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.agencies import Agency, agencies_within, agency_named, means_other_things, read_credit

LONGEST = 110  # characters of a line that may be a credit


@dataclass(frozen=True, slots=True)
class Named:
    """A credit: the agencies in their order, whether agencies without a name are among them, and the words that say so."""

    agencies: tuple[Agency, ...]
    unnamed: bool
    words: str


# Openings that say that somebody helped; then a name may stand anywhere behind them ("with reporting by Associated Press writer ...").
_HELPED = (
    r"with (?:additional |some )?(?:inputs?|reporting|reports|files|information|material|contributions)(?: from| by)?|inputs? (?:from|by)|"
    r"(?:additional|with) (?:reporting|inputs?) (?:by|from)|mit (?:agentur)?(?:material|informationen|inhalten) (?:von|der|des|durch)|"
    r"unter verwendung von(?: (?:material|meldungen|agenturmaterial))?(?: (?:der|von))?|con informaci[oó]n(?:es)? (?:de|del)(?: la)?|"
    r"con informazioni (?:di|da)|com informações (?:da|do|de|das)"
)
_SOURCE = (
    r"with|from|sources?|via|agency|inputs?|quelle|avec|fonte|fuente|bron|kilde|källa|kaynak|источник|джерело|"
    r"πηγή|źródło|zdroj|forrás|sursa|izvor|lähde|sumber|nguồn|מקור|منبع|المصدر|مصدر|स्रोत|सोर्स|इनपुट|साभार|सौजन्य|সূত্র|మూలం|મૂળ"
)
_CREDIT = re.compile(
    rf"^[\s(\[（【*–—-]*(?:(?P<helped>{_HELPED})(?=\s)|(?:{_SOURCE})(?=[\s:：–-])|来源|來源|稿源|出典|출처|자료)[\s:：–-]{{0,4}}(?P<rest>.{{2,80}})$",
    re.I,
)
_BARS = re.compile(r"\s*[|•·]\s*")
_CONTRIBUTED = re.compile(
    r"(?:contributed (?:to (?:this|the)|reporting)|(?:was|were) used in (?:this|the) (?:report|story|article)|"
    r"is included in this (?:report|story))\b",
    re.I,
)
_GAVE = ("ontributed", "used in", "included in")  # a quick look first
_FIRST_PUBLISHED = re.compile(
    r"^This (?:report|story|article) (?:by (?:the )?(?P<rest>[^.]{2,40}?) was first published"
    r"|was (?:first|originally) published (?:by|on) (?:the )?(?P<by>[^.]{2,40}))",
    re.I,
)
_SIGNATURE = re.compile(
    r"(?P<round>[(（]\s?(?P<rest>[^()（）\[\]]{2,60})\s?[)）])\s*[.।。]?$|[\[【]\s?(?P<square>[^()\[\]【】]{2,60})\s?[\]】]\s*[.।。]?$"
    r"|(?:--|[–—]|\s-)\s?(?P<dash>[^\s–—-][^–—.]{1,60})$"
)
_OPENING = re.compile(r"[(\[（【]\s?(?P<rest>[^()（）\[\]【】]{2,40})\s?[)\]）】]\s*(?:--|[–—:.-])?\s")
_GAP = r"[\s,./|=–—-]{1,4}"
_PLACED = re.compile(
    rf"(?P<place>[^\W\d_][^\d,./|()=–—:\n]{{1,30}}?)(?P<gap>{_GAP})"
    rf"(?:(?:\d{{1,2}}\s[^\W\d_]{{3,10}}\.?|[^\W\d_]{{3,10}}\.?\s\d{{1,2}}(?:,\s?\d{{4}})?|\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{4}})(?P<day>{_GAP}))?"
    r"(?P<house>[^\W\d_][^\s,./|()=–—:-]{1,14})(?:\s?[-–—./:]|(?<=[A-ZА-Я]{3})\s(?=[A-ZА-Я]))"
)
_JOINED = re.compile(r"[\u0600-\u06ff][\u0600-\u06ff ]{1,20}?\s?[-–=/]\s?(?P<house>[\u0600-\u06ff]{2,12})\s?[-–/:\s]")  # "دمشق-سانا"
_HEADED = re.compile(r"[^()（）\n/]{2,30}\d[^()（）\n/]{0,20}[(（/]\s?(?P<house>[^()（）/]{2,30}?)\s?(?:[)）]\s?[-–—:।.]|/)")
_AHEAD = re.compile(r"(?P<house>[^\s,.:;–—()]{3,20})(?: \([^()]{2,30}\))?(?:\s?[–—]|\s-\s)")  # "Reuters – The", "APA-Dakar (Senegal) –"
_ABJAD = re.compile("[\u0590-\u06ff]")
_PARTED = re.compile("[-/=–—]")
_SENTENCE_SIGNED = re.compile(r"[.!?…”\"»।]\s?\((?P<rest>[^()\s]{2,12})\)\s*[.।]?$")  # of a paragraph that others follow
_ENDED = re.compile(r"(?:^|[.!?…”\"»।。)\]])\s*$")
# The desk's marks behind the house: "PTI KJ NSD NSD", "EFE gr/lab", "IANS dpb/".
_DESK = re.compile(
    r"(?:^|[.!?…”\"»।]\s{1,3})(?:/|--?\s?)?(?P<house>[^\s.!?()/]{2,12})(?:[ /][A-Z]{2,4}\d?){0,6}(?:[ /][a-z]{2,4}){0,4}[/.]?$"
)
# With a year, or with rights reserved: "© dpa" alone, or with a photographer's name, is under a picture.
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)\s*(?:\d{4}(?:\s?[-–]\s?\d{4})?\s*(?:by\s)?(?P<rest>[^.|]{2,60})"
    r"|(?:©\s?)?(?P<before>[^.|©\d]{2,40}?)\s(?:19|20)\d\d\s?$"
    r"|(?P<reserved>[^.|]{2,60})[.,|]?\s?(?:all rights|alle rechte|tous droits|todos los|todos os|tutti i|dpa:\d))",
    re.I,
)
_PICTURE = re.compile(
    r"\b(?:photos?|photograph\w*|fotos?|bild(?:er)?|images?|imágenes|pictures?|pics?|getty|shutterstock|imago|pool|handout|file|archiv\w*|"
    r"illustrations?|video|graphic|grafik|infographic|фото|zdjęcie|kép)\b|صور|تصوير|عدسة|写真|사진|फोटो|फ़ोटो|図|图片",
    re.I,
)
_PERSON = re.compile(r"[A-ZÀ-Þ][\w.'’-]{1,20}(?: [A-ZÀ-Þ][\w.'’-]{0,20}){1,3}")
_SLASHES = re.compile(r"\s?[/,|]\s?")
_HELP = re.compile(
    r"\b(?:with|mit|avec|con|com|met|med|additional|contribut\w+|dengan) |\binputs?\b|verwendung|इनपुट|के साथ|\bused in\b|included in", re.I
)


def speaks_of_help(words: str) -> bool:
    """Whether a credit says that the agency gave a part only: "with inputs from", "mit dpa", "contributed to this report"."""
    return _HELP.search(words[:300]) is not None


_LEADS = " \t([（【*–—-"
_PAIRS = frozenset(
    """
    wi in ad mi un co so fr vi ag qu av fo fu br ki kä ka ис дж πη źr zd iz lä su ng
    מק מנ ال مص من सो स् इन सा सौ সূ మూ મૂ 来源 來源 稿源 出典 출처 자료
    """.split()  # noqa: SIM905 - more legible
)


def may_open(part: str) -> bool:
    """A quick look at a line's first two letters: whether it may open a credit."""
    return part.lstrip(_LEADS)[:2].lower() in _PAIRS


def of_lines(lines: Iterable[str]) -> Iterator[Named]:
    """The credits among short lines beside the story."""
    for line in lines:  # most are none: looked at without a call
        if line.lstrip(_LEADS)[:2].lower() in _PAIRS or "|" in line or "•" in line or "·" in line:
            found = of_line(line)
            if found:
                yield found


def of_line(line: str) -> Named | None:
    """The credit of a short line beside the story, or of one of its parts: "Edited by Jane Roe | Source: PTI"."""
    parts = _BARS.split(line) if len(line) <= 300 and ("|" in line or "•" in line or "·" in line) else (line,)
    for part in parts:
        match = _CREDIT.match(part) if len(part) <= LONGEST and may_open(part) else None
        if match and not _PICTURE.search(part) and (found := _named(match["rest"], part, anywhere=match["helped"] is not None)):
            return found
    return None


def alone(line: str) -> Named | None:
    """A house that is all of a line between headline and story, or right behind it."""
    agency = agency_named(line) if len(line) <= 40 else None
    return Named((agency,), False, line) if agency and not means_other_things(line) else None


def of_opening(paragraph: str) -> Named | None:
    """The house that opens a story, in brackets or behind place and day: "(Reuters) — The", "Accra, Nov. 20, GNA –", "ASTANA. KAZINFORM –".

    Behind a place without a day only where that stands in capitals or in a script that has none: "In Paris, AFP – the agency – said".
    """
    head = paragraph[:LONGEST]
    if match := _OPENING.match(head):
        words = match["rest"]
        return None if of_picture(words) else _named(words, words) or (_named(words.split()[-1], words) if _NUMBER.search(words) else None)
    for pattern in (_JOINED, _PLACED, _HEADED, _AHEAD):
        match = pattern.match(head)
        agency = agency_named(match["house"]) if match else None
        if match is None or agency is None or (pattern is _PLACED and not _is_dateline(match)):
            continue
        if pattern is not _AHEAD or not means_other_things(match["house"]):
            return Named((agency,), False, match[0].strip(" -–—:"))
    return None


_NUMBER = re.compile(r"\d")


def _is_dateline(match: re.Match[str]) -> bool:
    """Whether what stands before the house is place and day, or a place alone that is told from a sentence by its letters."""
    before = match["day"] or match["gap"]
    if (means_other_things(match["house"]) or not match["day"]) and _ABJAD.match(match["place"]):
        return _PARTED.search(before) is not None or _PARTED.search(match[0][-1]) is not None
    return bool(match["day"]) or match["place"].isupper()


def of_ending(paragraph: str) -> Named | None:
    """The credit that is all of one of the last paragraphs."""
    if len(paragraph) > 4 * LONGEST:
        return None
    if match := _FIRST_PUBLISHED.match(paragraph):
        return _named(match["rest"] or match["by"], paragraph)
    if (
        any(map(paragraph.__contains__, _GAVE))
        and (match := _CONTRIBUTED.search(paragraph))
        and (found := agencies_within(paragraph[: match.start()]))
    ):
        return Named(found, False, paragraph)
    return of_line(paragraph)


def of_signature(paragraph: str, *, last: bool) -> Named | None:
    """The house that signs a paragraph; one that others follow (comments, a poll) must be a sentence, and the house stand alone."""
    if not last:
        signed = _SENTENCE_SIGNED.search(paragraph[-40:]) if len(paragraph) >= 60 else None
        return _named(signed["rest"], signed["rest"]) if signed and agency_named(signed["rest"]) else None
    end = paragraph[-90:]
    if match := _SIGNATURE.search(end):
        words = match["rest"] or match["square"] or match["dash"]
        if (match["rest"] or _ENDED.search(end[: match.start()])) and not of_picture(words) and (found := _named(words, words)):
            return found
    desk = _DESK.search(end[-60:]) if paragraph[-1:] not in '.!?…”"»।' or end[-4:-1].isupper() else None
    if desk and (agency := agency_named(desk["house"])) and not means_other_things(desk["house"]):
        return Named((agency,), False, desk[0].strip(' .!?…”"»।'))
    return None


def of_copyright(line: str) -> Named | None:
    """The house that holds the rights in the text."""
    match = _COPYRIGHT.search(line[:300]) if speaks_of_rights(line[:300].lower()) else None
    words = match["rest"] or match["before"] or match["reserved"] if match else None
    return _named(words, match[0]) if match and words and not _PICTURE.search(line[:300]) else None


def speaks_of_rights(low: str) -> bool:
    """A quick look for what a copyright line has, in small letters."""
    return "©" in low or "copyright" in low or "(c)" in low


def of_picture(words: str) -> bool:
    """ "Kin Cheung/AP", "Photo: Reuters", "Getty/AFP": the credit of a picture, whose maker is named beside the house."""
    if _PICTURE.search(words):
        return True
    return any(_PERSON.fullmatch(part) and not agency_named(part) for part in _SLASHES.split(words)) and "/" in words


def _named(credit: str | None, words: str, *, anywhere: bool = False) -> Named | None:
    agencies, unnamed = read_credit(credit) if credit else ((), False)
    if not agencies and anywhere and credit:
        agencies = agencies_within(credit)
    return Named(agencies, unnamed, words) if agencies or unnamed else None
