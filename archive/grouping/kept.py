"""What a text kept of another one, and what it added, in words. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from archive.grouping.layout import paragraphs
from archive.grouping.words import is_unspaced, tokens

_RUN, _RUN_UNSPACED = 3, 6  # words, characters in a row: what both have of these, one has of the other
_NEW = 0.5  # of a paragraph's words that no run covers: it was added, or written anew


@dataclass(frozen=True, slots=True)
class Kept:
    """A text beside the one that it is compared with."""

    share: float  # of the reference's words, that stand in the text: 0 to 1
    added: int  # words of the text that are not of the reference; characters, in scripts without spaces
    paragraphs: tuple[str, ...]  # of the text, that are new for the most part, as they stand there


def kept(reference: str, text: str) -> Kept:
    """How much of `reference` stands in `text`, run of words by run of words, and what else does."""
    old, new = _words(reference), _words(text)
    run = _RUN_UNSPACED if 2 * sum(map(is_unspaced, new)) > len(new) else _RUN
    in_text, in_reference = _covered(old, new, run), _covered(new, old, run)
    added, place = [], 0
    for paragraph in filter(None, (part.strip() for part in text.split("\n\n"))):
        size = len(tokens(paragraph))
        if size and sum(in_reference[place : place + size]) < _NEW * size:
            added.append(paragraph)
        place += size
    return Kept(sum(in_text) / max(1, len(old)), len(new) - sum(in_reference), tuple(added))


def _words(text: str) -> list[str]:
    return [word for part in paragraphs(text) for word in part.words]


def _covered(words: list[str], other: list[str], run: int) -> list[bool]:
    """For each word, whether it stands in a run that the other text has as well. Shorter texts are one run."""
    run = max(1, min(run, len(words), len(other)))
    runs = {tuple(other[start : start + run]) for start in range(len(other) - run + 1)}
    covered = [False] * len(words)
    for start in range(len(words) - run + 1):
        if tuple(words[start : start + run]) in runs:
            covered[start : start + run] = [True] * run
    return covered
