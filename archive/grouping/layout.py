"""A text as paragraphs: under which keys an outlet's furniture is learned, and whether the text is a live page. Pure.

Two kinds of furniture are learned, outlet by outlet: a paragraph that it prints again and again ("Subscribe to ..."), and a label before
short lines that are no sentences ("Also read | ...", "Related: ..."), whatever stands behind it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from zlib import crc32

from archive.grouping.captions import LONGEST, is_caption
from archive.grouping.words import tokens

_BREAK = re.compile(r"\n[ \t]*\n")
_LABEL = re.compile(r"\s*([^:|：｜>»\n]{2,28}?)\s*(?:[:|：｜»>]|[-–—] )")
_SENTENCE_END = frozenset('.!?"”»।。؟！？')
_LONGEST_TEASER = 20  # words
# How agencies and sites call what holds items of many stories; words of the headline, in the languages we know it from. "Roundup:" at
# Xinhua, "WRAPUP 2-" at Reuters; dpa's "ROUNDUP:" in capitals is one story, told in full.
_LIVE_HEADLINE = re.compile(
    r"^(?:the latest|live|latest|live updates?|live stream|watch live|en directo?|em direto|liveticker|live-ticker|newsblog)\b *[:|–—-]"
    r"|^(?!(?-i:ROUNDUP))(?:[a-z]+ )?(?:round-?up|wrap-?up)\b(?: ?\d+)? *[:|–—-]"
    r"|\b(?:news in brief|in brief at|news briefs?|live updates|as it happened|news digest|minute by minute|minuto a minuto)\b",
    re.IGNORECASE,
)
_LIVE_TEXT = "(all times local)"  # AP's live pages, "The Latest"
# How agencies say that a text takes another one's place; English, German, French, Spanish, Portuguese, Italian.
_CORRECTS = re.compile(
    r"\b(?:corrects|corrected|correcting|correction|korrigiert|berichtigung|corrige|corrigé|corrección|correção|correzione|rettifica)\b",
    re.IGNORECASE,
)
_STEMS = ("corre", "corri", "korrig", "berichtig", "rettific")  # looked for first: the expression takes 60 us a text
_NOTE = 25  # words of a paragraph that says so and little else
_CLOCK = re.compile(r"\d{1,2}(?: \d\d)?(?: ?[ap] ?m)?(?: (?:local|gmt|utc|et|edt|est|pt|bst|cet|ist|uhr|h))?\Z")
_CLOCKS = 3  # paragraphs that are a time of day and nothing else


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph with at least one word."""

    words: list[str]
    key: int  # 32 bits of its words
    label: int | None = None  # 32 bits of the label that it begins with; None: it is no teaser
    caption: bool = False  # it stands under a picture


def split(text: str) -> list[str]:
    """The paragraphs of a text as they stand there; they are separated by a blank line."""
    return _BREAK.split(text)


def paragraphs(text: str) -> list[Paragraph]:
    """The paragraphs of a text that have at least one word."""
    return [_paragraph(part, words) for part in split(text) if (words := tokens(part))]


def _paragraph(part: str, words: list[str]) -> Paragraph:
    label = _label(part, words) if len(words) <= _LONGEST_TEASER else None
    return Paragraph(words, _key(words), label, len(words) <= LONGEST and is_caption(part))


def _label(part: str, words: list[str]) -> int | None:
    found = _LABEL.match(part)
    if found is None or part.rstrip()[-1] in _SENTENCE_END:
        return None
    label = tokens(found[1])
    return _key(["=", *label]) if label and len(label) < len(words) else None


def _key(words: list[str]) -> int:
    return crc32(" ".join(words).encode("utf-8", "surrogatepass"))


def is_live(headline: str | None, text: str, parts: list[Paragraph]) -> bool:
    """Whether it gathers items of many stories as they come: a live page, a news summary."""
    if headline and _LIVE_HEADLINE.search(headline):
        return True
    if _LIVE_TEXT in text:
        return True
    return sum(_CLOCK.match(" ".join(part.words)) is not None for part in parts if len(part.words) <= 5) >= _CLOCKS


def is_corrected(headline: str | None, text: str) -> bool:
    """Whether it says that it is a correction: in its headline, or in a short paragraph ("Corrects figure in paragraph 3")."""
    if headline and _CORRECTS.search(headline):
        return True
    lowered = text.lower()
    if not any(stem in lowered for stem in _STEMS):
        return False
    return any(_CORRECTS.search(part) and len(part.split()) <= _NOTE for part in _BREAK.split(text))
