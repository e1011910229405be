"""Who wrote it: the byline as printed, and the people in it, told apart from agencies, desks and outlets."""

from __future__ import annotations

import re
from collections.abc import Iterable

from archive.agencies import agencies_in, is_unnamed_agency
from archive.dates.months import MONTHS
from archive.dates.months import fold as fold_month

_BY = re.compile(
    r"^(?:(?:(?:written|posted|published|reported|words?|story|text|article|review(?:ed)?|analysis|"
    r"interview|opinion|edited|"
    r"contributed|submitted|created|added|compiled) )?by|(?:ein )?(?:kommentar|artikel|beitrag|interview|bericht|"
    r"reportage|essay|gastbeitrag|analyse|protokoll|glosse)? ?(?:von|aus)|geschrieben von|autor(?:in|en)?|"
    r"redacteur|écrit par|"
    r"publié par|propos recueillis par|par|escrito por|publicado por|por|redacción|di|a cura di|scritto da|"
    r"door|geschreven door|"
    r"skrevet af|skrevet av|af|av|text|tekst|foto|pisze|autor|autorka|автор|автори|yazan|oleh|penulis|kirjoittaja|"
    r"author|authors|reporter|journalist|staff reporter|by line|byline|لेखक|लेखक|बाय|كتب|بقلم|بواسطة|作者|記者|记者|文|撰文|글)"
    r"\s*[:：|]?\s+|^(?:@|✍)\s*",
    re.I,
)
_SPLIT = re.compile(
    r"\s*(?:[;|•·/、，\n]|,(?!\s*(?:Jr|Sr|M\.?D|Ph\.?D|Esq|II|III)\b)|\s[&+]\s|\s(?:and|und|et|y|og|och|en|e|"
    r"with|mit|avec|con|ja|oraz|i|"
    r"और|و|и|та|ve|dan)\s)\s*"
)
_NOT_A_PERSON = re.compile(
    r"\b(?:desk|staff|team|bureau|newsroom|news|editor(?:s|ial)?|redaktion|rédaction|redacción|redazione|"
    r"redação|redactie|"
    r"redakcja|redakce|agency|agencies|agentur|service|network|media|press|correspondents?|reporters?|"
    r"contributors?|webdesk|"
    r"web|online|digital|admin(?:istrator)?|times|post|herald|magazine|company|inc|llc|ltd|gmbh|"
    r"corp(?:oration)?|association|"
    r"institute|university|department|ministry|foundation|group|partners?|studio|lab|channel|tv|radio|wire|wires|"
    r"author|guest|anonymous|unknown|user|support|sponsored|advertorial|promoted|content|syndicated|"
    r"updated|published|posted|"
    r"minutes?|min|read|share|follow|subscribe|comments?|view|all|posts|more|facebook|twitter|linkedin|email|home|"
    r"डेस्क|ब्यूरो|संवाददाता|टीम|न्यूज|न्यूज़|निज|تحرير|وكالات|محرر|編集部|取材班|編輯|编辑部|редакция|редакція)\b",
    re.I,
)
_JUNK = re.compile(r"https?:|www\.|@\w|\d{2,}|[<>{}\[\]=]|^\W*$|\.(?:com|org|net|de|in)\b", re.I)
_TAIL = re.compile(
    r"\s*(?:[|•·–—]|\s-\s|,\s(?=(?:[a-zéèà]|The\s|[A-Z]{2,}\b))|\((?!\d)|\bfor the\b|\bfor\s[A-Z]|"
    r"\bis an?\b|\bin\s[A-Z]|\b(?:aus|in)\s(?=[A-Z]\w+$)|\b(?:updated|published|posted|"
    r"last|modified|am|on|at|veröffentlicht|publié|mis à jour|actualizado|aggiornato|follow)\b).*$",
    re.I | re.DOTALL,
)
_TITLES = re.compile(r"^(?:dr|prof|professor|mr|mrs|ms|sir|rev|fr|shri|smt)\.?\s+(?=\w)", re.I)


def people(raw: str, outlet: str | None = None, limit: int = 12) -> list[str]:
    """The people named in a byline or an author field, in order; agencies, desks, places and dates are left out."""
    text = _BY.sub("", raw[:300].strip()).strip()
    found: list[str] = []
    for part in _SPLIT.split(text):
        name = _name(part, outlet)
        if name and name.casefold() not in (f.casefold() for f in found):
            found.append(name)
    return found[:limit]


def _name(part: str, outlet: str | None) -> str | None:
    text = _BY.sub("", part.strip(' \t,.:;-–—|*"“”'))
    text = _TAIL.sub("", text).strip(' \t,.:;-–—|*"“”()')
    return text if _is_person(text, outlet) else None


def _is_person(text: str, outlet: str | None) -> bool:
    parts = text.split()
    if not 2 <= len(text) <= 50 or len(parts) > 6 or _JUNK.search(text) or _NOT_A_PERSON.search(text):
        return False
    if agencies_in(text) or is_unnamed_agency(text) or (outlet and _same(text, outlet)):
        return False
    if any(fold_month(p.strip(".,")) in MONTHS for p in parts) and any(c.isdigit() for c in text):
        return False
    cased = [p for p in parts if p[0].islower() or p[0].isupper()]
    return not cased or (sum(p[0].isupper() for p in cased) * 2 >= len(cased) and any(c.isupper() for c in text))


def _same(a: str, b: str) -> bool:
    x, y = ("".join(c for c in s.casefold() if c.isalnum()) for s in (a, b))
    return x == y or (len(x) > 4 and (x in y))


def is_byline(line: str) -> bool:
    """A short line that opens with "By" and names somebody: "By IANS | Updated: August 29, 2025 22:00 IST"."""
    return len(line) <= 160 and bool(_BY.match(line)) and bool(people(line) or agencies_in(first_part(line)))


def first_part(line: str) -> str:
    """The byline itself, without the date and the rest of its line: "By IANS"."""
    part = re.split(r"\s*[|•·\n]\s*|\s+[–—-]\s+|\s*(?:Updated|Published|Posted|Last)\b", line, maxsplit=1)[0]
    cut = re.split(r",\s(?=\S*\s?\d)", part, maxsplit=1)[0]
    return cut.strip(" ,:-–—")


def split_names(values: Iterable[str], outlet: str | None = None) -> tuple[str, ...]:
    """People of several author fields, each once, in order."""
    seen: dict[str, str] = {}
    for value in values:
        for name in people(value, outlet):
            seen.setdefault(_TITLES.sub("", name).casefold(), name)
    return tuple(seen.values())
