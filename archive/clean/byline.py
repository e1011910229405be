"""The byline as printed, and the people in it, told apart from agencies, desks, outlets, roles, places and dates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from archive.agencies import agencies_in, agency_named, is_unnamed_agency, means_other_things
from archive.clean.house_words import is_house
from archive.dates.months import MONTHS
from archive.dates.months import fold as fold_month


@dataclass(frozen=True, slots=True)
class Outlets:
    """The outlet's names and the labels of its host, letters and digits only, case away. A label may be a person's (a blog's): it counts
    against names of one word alone."""

    names: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()


_NOBODY = Outlets()

_BY = re.compile(
    r"^(?:(?:photo(?:graph)?s?|pictures|images|words|text|story|report(?:ing)?) (?:and|&) "
    r"(?:photo(?:graph)?s?|pictures|images|words|text|story) by|"
    r"(?:(?:written|posted|published|reported|words?|story|text|article|review(?:ed)?|analysis|"
    r"interview|opinion|edited|"
    r"contributed|submitted|created|added|compiled|recipe) )?by|(?:ein )?(?:kommentar|artikel|beitrag|interview|bericht|rezept|"
    r"reportage|essay|gastbeitrag|analyse|protokoll|glosse)? ?von(?! der leyen\b)|"
    r"(?:geschrieben|eingestellt|gepostet|verfasst|erstellt|publiziert|veröffentlicht|text) von|autor(?:in|en)?|"
    r"redacteur|écrit par|"
    r"publié par|propos recueillis par|par|escrito por|publicado por|por|redacción|di|a cura di|scritto da|"
    r"door|geschreven door|"
    r"skrevet af|skrevet av|af|av|text(?! size\b)|tekst|foto|pisze|autor|autorka|автор|автори|yazan|oleh|penulis|pewarta|wartawan|"
    r"kirjoittaja|(?:text und )?(?:interview|protokoll)(?=\s?:)|"
    r"author|authors|reporter|journalist|staff reporter|by line|byline|लेखक|बाय|द्वारा|كتب|بقلم|بواسطة|作者|記者|记者|文|撰文|글)"
    r"(?:\s*[:：|]?\s+|(?:(?<![Bb]y)|(?<=[a-z] [Bb]y))[:：](?=\w))|^(?:@(?=\S+$)|✍\s*)",
    re.I,
)
LOOKED_OVER = re.compile(r"(?:\w+ )?(?:reviewed|checked|edited|updated) by\b", re.I)  # whoever did that wrote it only if nobody else did
_PICTURE = re.compile(r"^(?:fotos?|photos?|bild(?:er)?|images?)\b(?!\s?(?:und|&|and|et)\b)", re.I)  # who took a picture wrote no story
_SPLIT = re.compile(
    r"(\s*(?:[;|•·⋅/、，\n]|,(?!\s*(?:Jr|Sr|M\.?D|Ph\.?D|Esq|II|III)\b)|\s[&+]\s|\s(?:and|und|et|y|og|och|en|e|"
    r"with|mit|avec|con|ja|oraz|i|"
    r"और|و|и|та|ve|dan)\s)\s*)"
)
_NOT_A_PERSON = re.compile(
    r"\b(?:desk|staff|team|bureau|newsroom|news|editor(?:s|ial)?|redaktion|rédaction|redacción|redazione|"
    r"redação|redactie|"
    r"redakcja|redakce|agency|agencies|agentur|service|network|media|press|correspondents?|reporters?|"
    r"contributors?|webdesk|"
    r"web|online|digital|admin(?:istrator)?|times|post|herald|magazine|company|inc|llc|ltd|gmbh|"
    r"corp(?:oration)?|association|"
    r"institute|university|department|ministry|foundation|group|partners?|studio|lab|channel|tv|radio|wire|wires|"
    r"author|authors|guest|anonymous|unknown|user|support|sponsored|advertorial|promoted|content|syndicated|"
    r"updated|published|posted|by|written|link|text|name|"
    r"submenu|topics?|filed|tweet|homepage|auteur|autoren|article|artikel|publiziert|"
    r"minutes?|min(?!-)|read|share|follow|subscribe|comments?|view|all|posts|more|facebook|twitter|linkedin|email|home|"
    r"our|my|his|her|their|your|about|"
    r"নিজস্ব|প্রতিবেদক|প্রতিনিধি|সংবাদদাতা|ডেস্ক|डेस्क|ब्यूरो|संवाददाता|टीम|न्यूज|न्यूज़|निज|تحرير|وكالات|محرر|編集部|取材班|編輯|编辑部|редакция|редакція)\b",
    re.I,
)
_ROLE = (
    r"(?:editor|writer|reporter|correspondent|columnist|journalist|producer|founder|co-founder|reviewer|contributor|director|manager|"
    r"president|ceo|cto|cfo|author|photographer|analyst|expert|specialist|"
    r"consultant|attorney|strategist|coordinator|dietitian|nutritionist|therapist|youtuber|blogger|astrologer|professor|lecturer|researcher|fellow|gardener|coach|"
    r"(?:chef)?redakteur(?:in)?|redaktor(?:in)?|volontär(?:in)?|reporterin|korrespondent(?:in)?|journalistin|autorin|autor|"
    r"chefredakteur|leiter(?:in)?|journaliste|rédacteur|rédactrice|correspondant(?:e)?|periodista|redactora?|corresponsal|"
    r"giornalista|redacteur|verslaggever|journalista|jornalista)"
)
_IS_ROLE = re.compile(rf"\b{_ROLE}s?\b", re.I)
# "Catherine Bow Executive Digital Editor": what stands before the role, and is no name, goes with it.
_ROLE_BEHIND = re.compile(
    rf"(?<=\w)\s(?:(?:The|Executive|Senior|Junior|Chief|Digital|Managing|Staff|Associate|Assistant|Deputy|Political|Sports?|Business|"
    rf"Technology|Tech|Health|Science|Foreign|National|Lead|General|Special|Contributing|Freelance|News|Environment|Medical)\s){{0,4}}"
    rf"{_ROLE}s?\b.*$",
    re.I | re.DOTALL,
)
_INITIAL = re.compile(r"[A-Z]\.\s\w")  # "A. Writer" is a name
_JUNK = re.compile(r"https?:|www\.|@\w|\d|[<>{}\[\]=]|^\W*$|\.(?:com|org|net|de|in)\b", re.I)
# "Bundesministerium für Wirtschaft", "Deutscher Caritasverband e. V.", "INTERIA.PL"
_BODY = re.compile(
    r"\w{3}(?:ministerium|verband|verein|anstalt|gesellschaft|stiftung|universität|institut|behörde)\b|\be\.\s?V\b|\w{2}\.[a-z]{2}$", re.I
)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"
_WEEKDAY = r"(?:(?:Mon|Tue|Tues|Wed|Wednes|Thu|Thur|Thurs|Fri|Sat|Satur|Sun)(?:day)?,? )?"
_DAY = rf"{_MONTH}\.? \d{{1,2}}\b|\d{{1,2}}\.? {_MONTH}\b|\d{{1,2}}([./])\d{{1,2}}\1(?:19|20)\d\d"
_TAIL = re.compile(
    rf"\s*(?:[|•·⋅–—]|\s●\s|\s-\s|\s(?={_WEEKDAY}(?:{_DAY}))|,\s(?=(?:[a-zéèà]|The\s|[A-Z]{{2,}}\b))|\((?!\d)|\bfor the\b|\bfor\s[A-Z]|"
    r"\b(?:is|was|has)\b|\bin\s[A-Z]|\b(?:aus|in)\s(?=[A-Z]\w+$)|\b(?:updated|published|posted|"
    r"last|modified|am|on|at|veröffentlicht|publié|mis à jour|actualizado|aggiornato|erstellt|aktualisiert|geändert|follow|"
    r"filed|publiziert|illustrations?|topics?|says?|said|sagte?|schreibt)\b|"
    r"(?<=\w)\sThe\s(?=[A-Z])).*$",
    re.I | re.DOTALL,
)
_REPORTER = re.compile(
    r"\s?(?:(?:인턴|선임|수습|전문)?\s?기자|특파원|記者|记者|通讯员|特派員)(?:\s외\s\d+명)?$"
)  # a title that stands behind the name
# A sign in place of a name, and its desk or place behind it: "ku Frankfurt".
_SIGN = re.compile(r"(?!(?:a[lbvf]|abu|ben|bin|d[aeiou]|das|de[lnr]|dos|el|ibn|l[aeo]|te[nr]|van|von|zu|zum|zur)\b)[a-z]{2,3}\s[A-Z]\w+")
_TITLES = re.compile(r"^(?:dr|prof|professor|mr|mrs|ms|sir|rev|fr|shri|smt)\.?\s+(?=\w)", re.I)
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # scripts in which a name has no space


def outlets_of(names: Iterable[str], host: str) -> Outlets:
    """What `people` takes as names of the outlet."""
    host = host.lower().removeprefix("www.")
    labels = frozenset(_letters(label) for label in (host, *host.split(".")[:-1]) if len(label) > 2)
    return Outlets(frozenset(found for name in names if (found := _letters(name))), labels)


def people(raw: str, outlets: Outlets = _NOBODY, limit: int = 12) -> list[str]:
    """The people named in a byline or an author field, in order; agencies, desks, places and dates are left out.

    `raw` may have several lines: what stands below a name, or behind it and a comma, is more often a role or a place.
    """
    text = _credit(raw[:300].strip())
    head, _, rest = text.partition(",")
    # From the outlet's own name on, one word alone is a place or a section: "The Hill Courier, Oslo".
    closed = bool(rest) and (is_outlet(head, outlets) or _letters(head) in outlets.labels)
    pieces = _SPLIT.split(rest.strip() if closed else text)
    found: list[str] = []
    for place in range(0, len(pieces), 2):
        piece = pieces[place].strip()
        if _WEEKDAY_ALONE.fullmatch(piece):
            break
        behind = bool(found) and any(mark in pieces[place - 1] for mark in ",\n|/•·⋅●")
        name = None if behind and _IS_ROLE.search(piece) and not _INITIAL.match(piece) else _name(piece, outlets)
        if name and closed and " " not in name and not _UNSPACED.search(name):
            continue
        if name and not (behind and _is_addition(name, found[0])) and name.casefold() not in (f.casefold() for f in found):
            found.append(name)
        closed = closed or _BODY.search(piece) is not None or (behind and _IN.match(piece) is not None)
    return found[:limit]


def _credit(text: str) -> str:
    """The names and what stands between and behind them; "" where they took a picture."""
    if _PICTURE.match(text):
        return ""
    opened = _opened(unglued(text)).strip()
    names = _ANSWERED.split(opened, maxsplit=1)[0] if _TALK.match(text) else opened
    return names[: len(names) // 2] if _TWICE.fullmatch(names) else names


_TALK, _ANSWERED = re.compile(r"(?:ein )?(?:interview|gespräch) von\b", re.I), re.compile(r"\smit\s")  # who answers is no author
_TWICE = re.compile(r"(\w[^\W\d_]+ [^\d\n]{2,40})\1")  # "Jane RoeJane Roe": once for screen readers
_IN = re.compile(r"(?:filed )?(?:in|under)\s", re.I)  # "By Jane Roe, in News, Portugal": sections of the site, each a word
_WEEKDAY_ALONE = re.compile(  # what follows is the rest of a date
    r"(?:(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|lundi|mardi|"
    r"mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo|lunedì|martedì|mercoledì|giovedì|venerdì|"
    r"sabato|domenica|segunda-feira|terça-feira|quarta-feira|quinta-feira|sexta-feira)\.?",
    re.I,
)
_NA = re.compile(r"^Na\s+(?=[A-Z][A-Z'’-]+(?:\s[A-Z][A-Z'’-]+){1,3}$)")  # Swahili; in capitals, since "na" opens lines in other languages
_GLUED = re.compile(
    r"(?<=[^\W\d_]{2})(?=\d{1,2}[\s./]|(?:19|20)\d\d\b)"
    r"|(?<=[a-z]{2})(?=Staff (?:Writer|Reporter)\b)"
    r"|(?<=[a-zß-ÿ])(?=(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.? \d)"
)

_BY_GLUED = re.compile(r"^By(?=[A-Z])")


def unglued(line: str) -> str:
    """A line whose elements stood without a space between name and day or title: "Jane Roe3 June" -> "Jane Roe | 3 June"."""
    return _GLUED.sub(" | ", _BY_GLUED.sub("By ", line))


_LINK = re.compile(  # the words of a link to whatever else somebody wrote
    r"(?:zum profil|(?:zeige )?alle (?:beiträge|artikel)) von\s|(?:view |see )?(?:all |more )?(?:posts|articles|stories) by\s|"
    r"voir tous les articles (?:de|par)\s|ver todas las entradas de\s",
    re.I,
)


def _opened(text: str) -> str:
    """A byline behind its opening word."""
    return _without(_NA, _without(_BY, _without(_LINK, text)))


def _without(opening: re.Pattern[str], text: str) -> str:
    """A text without what it opens with: `sub` would look for the opening all along it."""
    found = opening.match(text)
    return text[found.end() :] if found else text


_CHANNEL = re.compile(r"[A-Z]{2,5} (?:News|Sports?|World|Business|Digital|Online|Radio|Magazine|Staff)\b.*")  # "BBC News"


def _without_house(text: str) -> str:
    """ "DANA WHITLOCK Associated Press", "Dana Whitlock BBC News" -> the name: a full one, and the house behind it."""
    words = text.split()
    for start in range(2, len(words)) if len(words) <= 8 else ():
        house = " ".join(words[start:])
        if (agency_named(house) and not means_other_things(house)) or _CHANNEL.fullmatch(house):
            return " ".join(words[:start])
    return text


def _is_addition(name: str, first: str) -> bool:
    """A place, a house or a degree behind a full name: one word, where that has two or more."""
    return " " in first and " " not in name and not _UNSPACED.search(name)


_AND = re.compile(r"^\s*(?:and|und)\s+(?=[^\W\d_])", re.I)  # behind the comma of a list: "Ada Merrow, Jo Haas, and Lee Orr"


def _name(part: str, outlets: Outlets) -> str | None:
    text = _without_house(_without(_BY, _without(_AND, part).strip(' \t,.:;-–—|*"“”')))
    text = _REPORTER.sub("", _TAIL.sub("", text)).strip(' \t,.:;-–—|*"“”()')
    if text.count(" ") > 1:
        text = _ROLE_BEHIND.sub("", text)
    return text if _is_person(text, outlets) else None


def _is_person(text: str, outlets: Outlets) -> bool:
    parts = text.split()
    if not 2 <= len(text) <= 50 or len(parts) > 6 or not text[0].isalpha() or _JUNK.search(text) or _NOT_A_PERSON.search(text):
        return False
    if (_IS_ROLE.search(text) and not _INITIAL.match(text)) or text.startswith("The ") or is_outlet(text, outlets):
        return False
    if agencies_in(text) or is_unnamed_agency(text) or is_house(text) or _SIGN.fullmatch(text) or _BODY.search(text):
        return False
    if any(fold_month(p.strip(".,")) in MONTHS for p in parts) and any(c.isdigit() for c in text):
        return False
    cased = [p for p in parts if p[0].islower() or p[0].isupper()]
    return not cased or (sum(p[0].isupper() for p in cased) * 2 >= len(cased) and any(c.isupper() for c in text))


def is_outlet(text: str, outlets: Outlets) -> bool:
    """Whether a name is the outlet's own, or a part of it."""
    found = _letters(text)
    if " " not in text and found in outlets.labels:
        return True
    return any(found == outlet or (len(found) > 4 and found in outlet) for outlet in outlets.names)


_NO_LETTERS = re.compile(r"[\W_]+")


def _letters(text: str) -> str:
    return _NO_LETTERS.sub("", text.casefold())


def without_by(line: str) -> str:
    """A credit without its opening word."""
    return _without(_BY, line.strip()).strip(" :|")


def opens_with_by(text: str) -> bool:
    return bool(_BY.match(text))


def is_login(credit: str) -> bool:
    """What may stand for an author without being a name: "newsdesk", "jane.doe", "The Travel Team"; no date, no sentence."""
    return 2 <= len(credit) <= 40 and credit.count(" ") <= 3 and not re.search(r"\d{3}|[:@<>{}]|^\W*$", credit) and not is_label(credit)


_LABEL = re.compile(
    r"(?:(?:about )?(?:the )?authors?|(?:written |posted |published |recipe |text )?by|von|par|por|name|published|posted(?: on| in)?)\W*",
    re.I,
)


def is_label(line: str) -> bool:
    """ "By", "The author:": a line that says whose name is next, and names nobody."""
    return len(line) <= 20 and bool(_LABEL.fullmatch(line))


_KOREAN = re.compile(r"(?:[가-힣]{2,6}\s?=\s?)?[가-힣]{2,4}\s?(?:인턴|선임|수습|전문)?\s?(?:기자|특파원)(?:\s\S{1,40}@\S{1,60})?")
_BOTH = re.compile(r"(?:photo\w*|pictures|words|text|story) (?:and|&) (?:photo\w*|pictures|words|text|story) by\s", re.I)


def tells_both(line: str) -> bool:
    """ "Photographs and text by": who took the pictures wrote the story."""
    return _BOTH.match(line) is not None


def is_byline(line: str) -> bool:
    """A short line that opens with "By" and names somebody, or who that is: "By IANS | Updated: August 29, 2025 22:00 IST"."""
    line = _BY_GLUED.sub("By ", line)
    opening = (_BY.match(line) or _NA.match(line)) if len(line) <= 160 else None
    if not opening:
        return _KOREAN.fullmatch(line) is not None
    role = len(line) <= 60 and not line.endswith((".", "!", "?")) and _IS_ROLE.search(line, opening.end()) is not None
    return role or bool(people(line) or agencies_in(first_part(line)) or is_house(first_part(line[opening.end() :])))


def first_part(line: str) -> str:
    """The byline itself, without the date and the rest of its line: "By IANS"."""
    line = unglued(line)
    part = re.split(
        rf"\s*[|•·⋅\n]\s*|\s●\s|\s(?={_WEEKDAY}(?:{_MONTH}\.? \d|\d{{1,2}}\.? {_MONTH}))|\s+[–—-]\s+|"
        r"\s*(?:Updated|Published|Posted|Last)\b",
        line,
        maxsplit=1,
    )[0]
    cut = re.split(r",\s(?=\S*\s?\d)", part, maxsplit=1)[0]
    return cut.strip(" ,:-–—")


def split_names(values: Iterable[str], outlets: Outlets = _NOBODY) -> tuple[str, ...]:
    """People of several author fields, each once, in order."""
    seen: dict[str, str] = {}
    for value in values:
        for name in people(value, outlets):
            seen.setdefault(_without(_TITLES, name).casefold(), name)
    return tuple(seen.values())
