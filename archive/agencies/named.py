"""From a credit as printed to the agencies it names, and from a host to its agency.

Rules are data with an optional end: `valid_until` closes a rule for pages fetched after that day (an agency renamed or
merged), so that old captures keep their old reading.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from archive.agencies.rows import ROWS
from archive.agencies.words import EVERYDAY, UNNAMED


@dataclass(frozen=True, slots=True)
class Agency:
    """One agency. `short` are signatures that count only as printed (case matters): in credits, never in running text."""

    code: str  # ours, stable: "ians"
    name: str
    country: str  # ISO 3166; "" for the United Nations
    short: tuple[str, ...] = ()  # initials and signatures, exact case: "PTI", "dpa"
    aliases: tuple[str, ...] = ()  # names in the world's languages and scripts, any case
    domains: tuple[str, ...] = ()  # its own sites and services
    valid_until: date | None = None  # last day of capture for which the rule holds


def _row(line: str) -> Agency:
    code, country, name, short, aliases, domains = (part.strip() for part in line.split("|"))
    return Agency(code, name, country, _list(short), _list(aliases), _list(domains))


def _list(field: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in field.split(";") if part.strip())


AGENCIES: tuple[Agency, ...] = tuple(_row(line) for line in ROWS.strip().split("\n"))


def _key(name: str) -> str:
    """Case and spacing away; marks that Arabic and Indic scripts need stay."""
    if name.isascii() and name.isprintable() and "  " not in name:  # most: nothing to normalize
        return name.strip().lower()
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


@cache
def _tables() -> tuple[dict[str, Agency], dict[str, Agency], dict[str, Agency]]:
    exact = {s: a for a in reversed(AGENCIES) for s in a.short}
    names = {_key(n): a for a in reversed(AGENCIES) for n in (a.name, *a.aliases)}
    domains = {d: a for a in reversed(AGENCIES) for d in a.domains}
    return exact, names, domains


def _valid(agency: Agency | None, day: date | None) -> Agency | None:
    if agency and agency.valid_until and day and day > agency.valid_until:
        return None
    return agency


_AROUND = " \t\n()[]{}.,:;|/–—-©*\"'“”„«»‘’…=·•（）【】［］〔〕「」『』《》。、，：；＝・।"


_LONGEST = 70  # characters of a name, and what stands around it


def agency_named(credit: str, *, day: date | None = None) -> Agency | None:
    """The agency whose signature or name is the whole of `credit`, or None. `day` is the day of the capture."""
    found = _look(credit) if len(credit) <= _LONGEST else None
    return _valid(found, day) if isinstance(found, Agency) else None


_UNNAMED = "agencies"  # stands for what names no house


@lru_cache(maxsize=4096)  # the same few lines of a page are asked about by several rules
def _look(credit: str) -> Agency | str | None:
    if not (credit[:1].isalnum() and credit[-1:].isalnum()):
        credit = credit.strip(_AROUND)
    exact, names, _ = _tables()
    if found := exact.get(credit):
        return found
    key = _key(credit)
    return names.get(key) or (_UNNAMED if key in UNNAMED else None)


def means_other_things(credit: str) -> bool:
    """Whether a signature that stands alone, with no "by" or "source" before it, is likely none: "RSS", "AA"."""
    return credit.strip(_AROUND).casefold() in EVERYDAY


def spells_out(words: str, initials: str) -> bool:
    """Whether initials only abbreviate the words before them, and those are no agency's name: "Auswärtige Autoren (AA)"."""
    spelled = "".join(word[0] for word in words.split()).upper()
    return len(initials) > 1 and spelled.endswith(initials) and agency_named(words) is None


_SPLIT = re.compile(
    r"\s*(?:[/|,;&+()\[\]:–—•·＝=、，；：（）【】［］・।]|\s-\s|"
    r"(?<!\S)(?:and|und|et|y|e|og|och|ja|with|mit|avec|con|com|met|dan|ve|от|и|та|і|और|एवं|व|و)(?!\S))\s*"
)
_DROP = re.compile(
    r"^(?:by|from|source|via|with|the|additional|inputs?|agency|reporting|material|information(?:en)?|files|mit|von|des|der|par|avec|"
    r"con|com|por|di|da|del?|d[ae]lla|informaci[oó]n(?:es)?|informações|informazioni|datos|fonte|quelle|"
    r"fuente|agen[cz]ia|agence|agência|ajansı|kaynak|источник|агентств[оа]|ИА|по материалам|kantor berita|وكالة|خبرگزاری|المصدر|عن|"
    r"स्रोत|सोर्स|इनपुट|साभार|द्वारा|来源|據|据|©)\s*:?\s+"
    r"|\s+(?:news|bureau|desk|staff|feed|english|hindi|inputs?|input|agency|news service|news agency|correspondents?|reporters?|"
    r"(?:\w{3,12} )?(?:writers?|journalists?|reporters?)|contributed|इनपुट|के इनपुट|इनपुट के साथ|के इनपुट के साथ|के हवाले से|के साथ|ke input)$",
    re.I,
)
_STEPS = 4  # words of the phrase that are taken off, one a step: "With inputs from ANI News"


def agencies_in(credit: str, *, day: date | None = None) -> tuple[Agency, ...]:
    """All agencies of a combined credit, in order: "Reuters/PTI", "With inputs from ANI and agencies"."""
    return read_credit(credit, day=day)[0]


def read_credit(credit: str, *, day: date | None = None) -> tuple[tuple[Agency, ...], bool]:
    """(the agencies, whether agencies without a name are among them) of a combined credit."""
    pieces = _SPLIT.split(credit[:300])
    found = [_of_part(piece, day) for piece in pieces]
    if any(found):  # beside another one: "dpa/ap"
        found = [one or agency_named(_IN_COMPANY.get(piece.strip(_AROUND), ""), day=day) for one, piece in zip(found, pieces, strict=True)]
    return tuple({one.code: one for one in found if isinstance(one, Agency)}.values()), _UNNAMED in found


_IN_COMPANY = {"ap": "AP", "apa": "APA", "aap": "AAP"}  # small, as German papers sign


def _of_part(part: str, day: date | None) -> Agency | str | None:
    for _ in range(_STEPS + 1):
        if (found := _look(part) if len(part) <= _LONGEST else None) and (found == _UNNAMED or agency_named(part, day=day)):
            return found
        shorter = _DROP.sub("", part)
        if not shorter or shorter == part:
            return None
        part = shorter
    return None


_RUN = 5  # words of the longest name


def agencies_within(text: str, *, day: date | None = None, limit: int = 400) -> tuple[Agency, ...]:
    """The agencies that are named anywhere in a note, in order: for texts that are known to speak of where copy is from.

    Signatures that mean other things as well are passed over.
    """
    words = text[:limit].split()
    found: dict[str, Agency] = {}
    at = 0
    while at < len(words):
        for size in range(min(_RUN, len(words) - at), 0, -1):
            agency = agency_named(" ".join(words[at : at + size]).removesuffix("'s").removesuffix("’s"), day=day)
            if agency and not (size == 1 and means_other_things(words[at])):
                found.setdefault(agency.code, agency)
                at += size - 1
                break
        at += 1
    return tuple(found.values())


def is_unnamed_agency(credit: str) -> bool:
    """ "Agencies", "wire reports", "एजेंसी": agency copy of no house in particular."""
    return len(credit) <= _LONGEST and _look(credit) == _UNNAMED


def unnamed_in(credit: str) -> bool:
    """Whether a combined credit names no house in one of its parts: "With inputs from PTI and agencies"."""
    return read_credit(credit)[1]


@cache
def agency_by_code(code: str) -> Agency | None:
    """The agency that has this code here, or None."""
    return next((agency for agency in AGENCIES if agency.code == code.strip().lower()), None)


def agency_of_host(host: str, *, day: date | None = None) -> Agency | None:
    """The agency that a host belongs to: "www.ptinews.com" -> pti."""
    labels = host.lower().rstrip(".").split(".")
    domains = _tables()[2]
    for start in range(max(len(labels) - 1, 0)):
        agency = domains.get(".".join(labels[start:]))
        if agency:
            return _valid(agency, day)
    return None
