"""What kind of change it is from one reading of a story to the next: a guess from its words, with the figures it rests on. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from archive.keys import quiet_text
from archive.word_diff import Paragraph, Piece, word_diff

Kind = Literal["none", "headline", "typo", "correction", "update", "cut", "edit", "rewrite"]

FEW_WORDS = 12  # that went or came: a typo or a corrected figure is no more, whatever the length of the text
NEAR = 0.6  # likeness of two spellings of one word
REWRITTEN = 0.5  # less than that of the old words stands still, and more of the new ones is new: it is another text
GROWS = 2.0  # times as many words came as went: an update; the other way round: a cut
TOP = 2  # paragraphs from the beginning that are the top of a story
LONGEST = 60  # characters of words whose spelling is compared: a "word" of a page can be a megabyte

# A paragraph that says itself what was done, at its beginning (English, German, French, Spanish, Italian, Portuguese, Dutch, Hindi, Arabic,
# Russian, Chinese, Japanese). "Corrects" and "refiles" are the wires' own words for it.
_NOTE = re.compile(
    r"\W{0,3}(?:"
    r"(?:corrections?|corrects|corrected|clarifications?|clarifies|refiles?|editor'?s note)\b|"
    r"(?:an earlier|a previous) (?:version|edition)\b|"
    r"this (?:story|article|report|version|post) (?:corrects|(?:has been|was) (?:corrected|amended|clarified))\b|"
    r"(?:korrektur|berichtigung|in einer früheren (?:version|fassung))|(?:rectificatif|correction|erratum)\b|"
    r"(?:corrección|fe de erratas|una versión anterior)|(?:correzione|rettifica)\b|(?:correção|errata|erramos)\b|rectificatie\b|"
    r"सुधार|भूल सुधार|تصحيح|تصويب|(?:исправл|поправка)|更正|訂正"
    r")",
    re.IGNORECASE,
)
# One that says that more is known now, or when it was written last: it tells of no error.
_UPDATED = re.compile(
    r"\W{0,3}(?:"
    r"(?:last )?updated?\b.{0,12}\d|update:|this (?:story|article|report|version|post) (?:(?:has been|was) |updates\b)|"
    r"(?:aktualisiert|stand:|update vom)|(?:mis à jour|actualisé)|actualizado|aggiornato|atualizado|bijgewerkt|"
    r"अपडेट|अद्यतन|تحديث|обновлен|更新"
    r")",
    re.IGNORECASE,
)
# In front of a headline, as the wires do it: "CORRECTED-", "UPDATE 2-", "(LEAD)", "Eds: ...".
_CORRECTED_HEAD = re.compile(
    r"\W{0,2}(?:correct(?:ed|s|ion)|refile|clarif(?:ied|ication)|berichtigung|korrektur)\b ?[-–—:)]", re.IGNORECASE
)
_UPDATED_HEAD = re.compile(
    r"\W{0,2}(?:update(?: ?\d+)?\b ?[-–—:]|\d+(?:st|nd|rd|th) lead\b|\(\d?\w{0,2} ?lead\b|lead\b ?[-–—:])", re.IGNORECASE
)
_EDGES = re.compile(r"^\W+|\W+$")
_FIGURE = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Change:
    """From an older reading to a newer one. Shares are 0 to 1, of the words of the whole text."""

    kind: Kind
    headline: bool  # the headline is another one
    kept: float  # share of the old words that the new text has in their place
    added: float  # share of the new words that the old text does not have
    words_cut: int
    words_added: int
    on_top: bool  # whole paragraphs came at the beginning
    note: str | None  # what is new and says itself what was done: a paragraph ("Correction: ..."), a headline ("CORRECTED-...")


def change(old: str, new: str, *, old_headline: str | None, new_headline: str | None) -> Change:
    """Compares two texts as they were cleaned, paragraphs parted by a blank line. Quotes, dashes and white space make no difference."""
    found = word_diff(_quiet(old), _quiet(new))
    stayed, cut, added = (sum(piece.words for piece in _pieces(found, op)) for op in "=-+")
    before, after = quiet_text(old_headline or ""), quiet_text(new_headline or "")
    note, corrects = _note(found, before, after)
    kept, share = stayed / max(1, stayed + cut), added / max(1, stayed + added)
    other_text = kept < REWRITTEN and share >= REWRITTEN
    return Change(
        kind="rewrite" if other_text else _kind(found, cut, added, headline=before != after, corrects=corrects), headline=before != after,
        kept=kept, added=share, words_cut=cut, words_added=added, on_top=any(paragraph.op == "+" for paragraph in found[:TOP]), note=note,
    )  # fmt: skip


def _quiet(text: str) -> str:
    """Paragraph by paragraph, as texts are told apart."""
    return text if text.isascii() else "\n\n".join(map(quiet_text, text.split("\n\n")))


def _note(found: list[Paragraph], before: str, after: str) -> tuple[str | None, bool]:
    """What says itself what was done, and whether it says that something was corrected; one that does comes first."""
    new = [paragraph.text for paragraph in found if paragraph.op == "+"]
    for paragraph, headline, corrects in ((_NOTE, _CORRECTED_HEAD, True), (_UPDATED, _UPDATED_HEAD, False)):
        note = next((text for text in new if paragraph.match(text)), None)
        if note is None and headline.match(after) and not headline.match(before):
            note = after
        if note is not None:
            return note, corrects
    return None, False


def _pieces(found: list[Paragraph], op: str) -> Iterator[Piece]:
    return (piece for paragraph in found for piece in paragraph.pieces if piece.op == op)


def _kind(found: list[Paragraph], cut: int, added: int, *, headline: bool, corrects: bool) -> Kind:
    if corrects:
        return "correction"
    if not cut and not added:
        return "headline" if headline else "none"
    if cut + added <= FEW_WORDS and cut and added:
        small = _small_change(found)
        if small is not None:
            return small
    if added >= GROWS * cut:
        return "update"
    return "cut" if cut >= GROWS * added else "edit"


def _small_change(found: list[Paragraph]) -> Kind | None:
    """`typo` where each word was only spelled otherwise, `correction` where a figure or a word became another one in its place."""
    pairs = list(_exchanged(found))
    if any(paragraph.op in "-+" for paragraph in found) or not all(old and new for old, new in pairs):
        return None
    return "typo" if all(_near(old, new) for old, new in pairs) else "correction"


def _near(old: str, new: str) -> bool:
    """Whether it is another spelling of the same words."""
    if _FIGURE.search(old + new) or max(len(old), len(new)) > LONGEST:
        return False
    return SequenceMatcher(None, old, new).ratio() >= NEAR


def _exchanged(found: list[Paragraph]) -> Iterator[tuple[str, str]]:
    """What went and what came in its place, bare of marks, in reworded paragraphs."""
    for paragraph in found:
        gone = ""
        for piece in paragraph.pieces if paragraph.op == "~" else ():
            text = " ".join(_EDGES.sub("", word) for word in piece.text.split())
            if piece.op == "-":
                gone = text
            elif piece.op == "+":
                yield gone, text
                gone = ""
            elif gone:
                yield gone, ""
                gone = ""
        if gone:
            yield gone, ""
