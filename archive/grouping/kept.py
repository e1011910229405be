"""What a text kept of another one, and what it added, in words and paragraphs. Pure; linear in the length of both texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archive.grouping.layout import split
from archive.grouping.words import are_unspaced, tokens

_RUN, _RUN_UNSPACED = 3, 6  # words, characters in a row: what both have of these, one has of the other
_NEW = 0.5  # of a paragraph's words that no run covers: it was added, or written anew


@dataclass(frozen=True, slots=True)
class Told:
    """A text, ready to be compared with many."""

    paragraphs: tuple[str, ...]  # with at least one word, as they stand there
    sizes: tuple[int, ...]  # words of each
    words: tuple[str, ...]  # characters, in scripts without spaces


@dataclass(frozen=True, slots=True)
class Kept:
    """A text beside the one that it is compared with."""

    share: float  # of the reference's words, that stand in the text: 0 to 1
    added: int  # words of the text that are not of the reference; characters, in scripts without spaces
    paragraphs: tuple[str, ...]  # of the text, that are new for the most part, as they stand there


@dataclass(frozen=True, slots=True)
class Figures:
    """The same in figures alone. Shares are 0 to 1."""

    kept: float  # of the reference's words, that stand in the text
    added: float  # of the text's words, that do not stand in the reference
    paragraphs_cut: int  # of the reference, of which less than half stands in the text
    paragraphs_added: int  # of the text, of which less than half stands in the reference


SAME = Figures(1.0, 0.0, 0, 0)  # word for word


def told(text: str) -> Told:
    """A text's words, paragraph by paragraph."""
    found = [(part.strip(), words) for part in split(text) if (words := tokens(part))]
    paragraphs, sizes = tuple(part for part, _ in found), tuple(len(words) for _, words in found)
    return Told(paragraphs, sizes, tuple(word for _, words in found for word in words))


def figures(reference: Told, text: Told) -> Figures:
    """How much of `reference` stands in `text`, and how much else does."""
    in_text, in_reference = _both(reference, text)
    return Figures(
        kept=sum(in_text) / max(1, len(in_text)),
        added=1 - sum(in_reference) / len(in_reference) if in_reference else 0.0,
        paragraphs_cut=sum(_new(reference, in_text)),
        paragraphs_added=sum(_new(text, in_reference)),
    )


def kept(reference: str, text: str) -> Kept:
    """How much of `reference` stands in `text`, run of words by run of words, and what else does."""
    old, new = told(reference), told(text)
    in_text, in_reference = _both(old, new)
    added = tuple(paragraph for paragraph, is_new in zip(new.paragraphs, _new(new, in_reference), strict=True) if is_new)
    return Kept(sum(in_text) / max(1, len(in_text)), len(in_reference) - sum(in_reference), added)


def _both(old: Told, new: Told) -> tuple[bytearray, bytearray]:
    """For each word of both texts, whether it stands in a run that the other one has as well."""
    run = _RUN_UNSPACED if are_unspaced(new.words) else _RUN
    run = max(1, min(run, len(old.words), len(new.words)))  # a text that is shorter is one run
    theirs, ours = list(_runs(old.words, run)), list(_runs(new.words, run))
    common = set(theirs).intersection(ours)
    return _covered(theirs, common, run, len(old.words)), _covered(ours, common, run, len(new.words))


def _runs(words: tuple[str, ...], run: int) -> Iterator[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(run)), strict=False)


def _covered(runs: list[tuple[str, ...]], common: set[tuple[str, ...]], run: int, words: int) -> bytearray:
    covered, ones = bytearray(words), b"\1" * run
    for start, one in enumerate(runs):
        if one in common:
            covered[start : start + run] = ones
    return covered


def _new(text: Told, covered: bytearray) -> list[bool]:
    """Whether each paragraph stands in the other text for less than half."""
    found, place = [], 0
    for size in text.sizes:
        found.append(sum(covered[place : place + size]) < _NEW * size)
        place += size
    return found


def whole_percent(share: float) -> int:
    """A share in per cent, 0 to 100: 100 is all of it, and no less."""
    return 100 if share >= 1 else min(99, round(100 * share))
