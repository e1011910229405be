"""What is printed between headline and story: the byline, also where no "By" opens it and no markup says so.

From the surest sign on: "By Ada Merrow"; a source line; an outlet with its agency; a house alone, or beside a day; a name or a desk
alone, with a day beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import TypeGuard

from archive.agencies import agency_named, is_unnamed_agency, means_other_things
from archive.clean.byline import LOOKED_OVER, first_part, is_byline, is_label, people, unglued
from archive.clean.dateline import begins_as_places_do, source_line
from archive.clean.text import key

PRINTED = "printed above the text"
_MOST = 160  # characters of a line that may hold a byline


def byline_above(before: Sequence[str], opening: Sequence[str]) -> tuple[str | None, str | None]:
    """(byline, evidence) where the print says that it is one. `before`: the lines above the story; `opening`: those among its first
    paragraphs."""
    for lines in (before, opening):
        found = [said for line in reversed(lines) for part in _parts(line) if (said := _says_so(part))]
        if found:
            return next((one for one in found if not LOOKED_OVER.match(one)), found[0]), PRINTED
    return None, None


def name_above(before: Sequence[str], opening: Sequence[str], headline: str | None, sources: Iterable[str]) -> str | None:
    """A house or a name that stands there and says no more: weaker than what the markup gives as author.

    `sources`: houses that the markup marks as the story's source, among them signatures that mean other things elsewhere.
    """
    below = [part for line in (*_below(before, headline), *opening) for part in _parts(line)]
    marked = cache(lambda: frozenset(sources))
    readers: tuple[Callable[[int], str | None], ...] = (
        lambda i: _with_house(below[i]),
        lambda i: _house(below[i], marked),
        lambda i: _name_alone(below, i),
    )
    return next((said for read in readers for i in range(len(below)) if (said := read(i))), None)


_LABELLED = re.compile(r"(?:pewarta|penulis|wartawan|reporter|автор|author)\s?:\s\S", re.I)


def byline_below(endings: Sequence[str]) -> tuple[str | None, str | None]:
    """The byline behind the story, where a label says that it is one: "Pewarta: Ada Merrow"."""
    lines = (line for text in endings for line in _parts(text))
    found = next((first_part(line) for line in lines if len(line) <= 80 and _LABELLED.match(line) and is_byline(line)), None)
    return (found, "printed below the text") if found else (None, None)


def _parts(line: str) -> list[str]:
    """A block's lines, where it has few."""
    return line.split("\n") if len(line) <= 300 else [line]


_POSTED = re.compile(
    r"(?:(?:last )?(?:posted|published|updated)(?: on)?:? )?[^\n]{0,25}\b(?:19|20)\d\d,? by (?P<who>[^\d\n|:,]{3,40}?)"
    r"(?: in\b[^\n]{0,30})?",
    re.I,
)


def _says_so(line: str) -> str | None:
    if is_byline(line):
        return first_part(line)
    if (posted := _POSTED.fullmatch(line)) and people(posted["who"]):
        return posted["who"]
    source = source_line(line)
    return source.credit if source else None


def _below(before: Sequence[str], headline: str | None) -> Sequence[str]:
    """The lines under the headline; none where it isn't printed: what stands there may be a menu."""
    title = key(headline) if headline else ""
    heads = [i for i, line in enumerate(before) if title and key(line) == title]
    return before[heads[-1] + 1 :] if heads else ()


_JOINED = re.compile(r"(?P<who>[^\d.!?:;|]{3,40}?)\s(?:avec|with|mit|con|com|med|met)\s(?P<house>[^\d.!?:;|]{2,30})")
_TALK = re.compile(r"\b(?:interview|talks?|deal|partnership|gespräch|entretien|entrevista|intervista)\b", re.I)


def _with_house(line: str) -> str | None:
    """ "Le Courrier du Lez avec AFP": capitals in what stands before the house, as in names."""
    match = _JOINED.fullmatch(line) if len(line) <= 70 else None
    if not match or _TALK.search(match["who"]) or not (agency_named(match["house"]) or is_unnamed_agency(match["house"])):
        return None
    words = match["who"].split()
    return line if words[0][0].isupper() and sum(word[0].isupper() for word in words) * 2 >= len(words) else None


_NOT_DATE = re.compile(r"^[^\d]{2,40}(?=\s*\d)|(?<=\d)[^\d]{2,40}$")
_EDGES = " \t,.:;|•·–—-/"


def _house(line: str, marked: Callable[[], frozenset[str]]) -> str | None:
    """A house that stands alone, or alone before or behind a day: "02 June 2026 - 10:28 Agencies"."""
    if len(line) > 60:
        return None
    dated = [str(part).strip(_EDGES) for part in _NOT_DATE.findall(line)]
    for credit in (line.strip(_EDGES), *dated):
        if agency_named(credit) and (not means_other_things(credit) or credit in marked()):
            return credit
    return next((credit for credit in dated if is_unnamed_agency(credit)), None)  # "Agency" alone may head a table


_CUT = re.compile(r"\s*[,·|•]\s+|\s[–—-]\s")
_FULL_NAME = re.compile(r"[A-ZÀ-Þ][\w'’.-]{0,19}(?: (?:(?:de|da|del|van|von|der|di|bin|al) )?[A-ZÀ-Þ][\w'’-]{1,19}){1,3}")
_DESK = re.compile(r"[A-Z]\w{1,14}(?: \w{2,14})? (?:[Dd]esk|[Rr]eporter|[Cc]orrespondent|[Tt]eam)")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_NO_NAME = re.compile(
    r"\b(?:about|add|also|ended|match|might|like|you|comic|girls|boys|basketball|baseball|soccer|seguir|folgen|ausstellung|alcaldía|"
    r"themenstarter|menu|menü|"
    r"club|account|advert\w*|all|analysis|app|art|arts|award\w*|back|best|blog|book|books|breaking|business|buy|city|click|close|comments?|"
    r"contact|copy|council|county|court|culture|daily|data|day|download|education|election\w*|entertainment|events?|exclusive|explainer|"
    r"fact|family|fashion|featured?|features|file|films?|first|follow|food|football|free|front|full|games?|gallery|general|get|global|good|"
    r"google|guide|health|high|home|hot|house|how|image|images|in|india|industry|insight|international|issue|join|key|latest|law|learn|"
    r"league|life|lifestyle|listen|live|local|log|login|long|love|market\w*|money|more|movies?|music|national|new|next|north|of|office|"
    r"opinion|our|page|people|photos?|pictures?|play|podcasts?|police|politics|popular|premium|print|product\w*|profile|public|"
    r"questions?|quick|real|recent|recipes?|related|research|reviews?|save|school|science|search|season|section|see|share|show|sign|skip|"
    r"social|south|special|sports?|start|state|states|stories|story|street|style|sunday|tags?|tech|technology|the|this|tips|"
    r"today|top|travel|trending|uk|united|us|use|video|videos|war|watch|way|weather|week|weekly|west|what|why|women|world|year|"
    r"years|your|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|january|february|march|april|june|july|august|september|october|november|december)\b",
    re.I,
)


def _name_alone(lines: Sequence[str], i: int) -> str | None:
    """A full name, or a desk, in a line with a day or right beside one, or below a "By" of its own."""
    line = unglued(lines[i])
    if len(line) > 80:
        return None
    who, *rest = _CUT.split(line, maxsplit=1)
    beside = (*lines[max(0, i - 1) : i], *lines[i + 1 : i + 2])
    dated = bool(rest and _YEAR.search(rest[0])) or (not rest and any(map(_is_day, beside)))
    labelled = not rest and i > 0 and is_label(lines[i - 1])
    if not (dated or labelled) or begins_as_places_do(who):
        return None
    if _DESK.fullmatch(who):
        return who
    return who if not _NO_NAME.search(who) and not who.isupper() and is_full_name(who) else None


def is_full_name(line: str | None) -> TypeGuard[str]:
    """Whether a name that stands alone is a person's, not a house's or a desk's."""
    return line is not None and _FULL_NAME.fullmatch(line) is not None and people(line) == [line]


_READING = re.compile(r"\W*\d{1,2}[\s-]?min(?:ute)?s?\.?(?: read(?:ing time)?)?\W*", re.I)


def _is_day(line: str) -> bool:
    """A line with a year, and hardly more: no sentence; or how long the reading takes, which stands there as well."""
    return len(line) <= 60 and (_YEAR.search(line) is not None or _READING.fullmatch(line) is not None)
