"""Two texts laid beside each other: paragraph by paragraph, and word by word where a paragraph was reworded. Pure.

A word is what stands between white space; in scripts that set none (Han, kana, Thai and its neighbours) each character is one.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from archive.scripts import UNSPACED

MAX_WORDS = 4000  # of two paragraphs compared word by word: difflib is quadratic at worst
MAX_PARAGRAPHS = 2000  # of each text; what follows is compared as one
MAX_PAIRS = 2500  # of changed paragraphs that are compared with each other to find out which became which
# Pairs of equal words (or paragraphs) that difflib may look at in one call: beyond, all of the old words went and all of the new ones came.
# A story of 2,000 words in one paragraph has 40,000; two pages of "a b a b ..." made to cost time have millions.
MAX_MATCHES = 400_000
ALIKE = 0.4  # share of their words that two versions of one paragraph have in common: below, one went and another came

Op = Literal["=", "-", "+", "~"]

_WORD = re.compile(rf"(?:[{UNSPACED}]|[^\s{UNSPACED}]+)\s*")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words in a row that stayed (`=`), went (`-`) or came (`+`), with the white space between and behind them."""

    op: Op
    text: str
    words: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph that stayed (`=`), went (`-`), came (`+`) or was reworded (`~`)."""

    op: Op
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """All words, those that went among them."""
        return "".join(piece.text for piece in self.pieces).strip()


def words(text: str) -> list[str]:
    """The words, each with the white space behind it: joined they are the text."""
    return _WORD.findall(text)


def paragraphs_of(text: str) -> list[str]:
    """Paragraphs with single spaces, none of them empty."""
    found = [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]
    return found if len(found) <= MAX_PARAGRAPHS else [*found[: MAX_PARAGRAPHS - 1], " ".join(found[MAX_PARAGRAPHS - 1 :])]


def word_diff(old: str, new: str) -> list[Paragraph]:
    """All paragraphs of both texts, in the order of the new one, what went before what came in its place."""
    first, second, left = paragraphs_of(old), paragraphs_of(new), _Left()
    found: list[Paragraph] = []
    for tag, i1, i2, j1, j2 in _opcodes(first, second, left):
        if tag == "equal":
            found += [_whole("=", paragraph) for paragraph in first[i1:i2]]
        else:
            found += _changed(first[i1:i2], second[j1:j2], left)
    return found


@dataclass(slots=True)
class _Left:
    """What difflib may still look at."""

    matches: int = MAX_MATCHES


_Opcode = tuple[str, int, int, int, int]  # as difflib gives them: tag, from and to in the old list, from and to in the new one


def _opcodes(old: list[str], new: list[str], left: _Left) -> list[_Opcode]:
    """How the old list becomes the new one; what both begin and end with is set aside first."""
    most = min(len(old), len(new))
    head = next((at for at in range(most) if old[at] != new[at]), most)
    tail = next((at for at in range(most - head) if old[-1 - at] != new[-1 - at]), most - head)
    first, second = old[head : len(old) - tail], new[head : len(new) - tail]
    found: list[_Opcode] = [("equal", 0, head, 0, head)] if head else []
    found += [(tag, i1 + head, i2 + head, j1 + head, j2 + head) for tag, i1, i2, j1, j2 in _between(first, second, left)]
    return [*found, ("equal", len(old) - tail, len(old), len(new) - tail, len(new))] if tail else found


def _between(old: list[str], new: list[str], left: _Left) -> list[_Opcode]:
    theirs = Counter(new)
    left.matches -= sum(count * theirs[one] for one, count in Counter(old).items())
    if left.matches >= 0:
        return [*SequenceMatcher(None, old, new, autojunk=False).get_opcodes()]
    return [("replace", 0, len(old), 0, len(new))]


def _whole(op: Op, paragraph: str) -> Paragraph:
    return Paragraph(op, (Piece(op, paragraph, len(words(paragraph))),))


def _changed(old: list[str], new: list[str], left: _Left) -> list[Paragraph]:
    found: list[Paragraph] = []
    at = came = 0
    for i, j in [*_pairs([words(one) for one in old], [words(one) for one in new]), (len(old), len(new))]:
        found += [_whole("-", paragraph) for paragraph in old[at:i]] + [_whole("+", paragraph) for paragraph in new[came:j]]
        if i < len(old):
            found.append(_reworded(words(old[i]), words(new[j]), left))
        at, came = i + 1, j + 1
    return found


def _pairs(old: list[list[str]], new: list[list[str]]) -> list[tuple[int, int]]:
    """Which paragraph became which, in order: those pairs that have most words in common, altogether."""
    if len(old) * len(new) > MAX_PAIRS:
        return []
    ours, theirs = [_bag(one) for one in old], [_bag(one) for one in new]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[_alike(one, other) for other in theirs] for one in ours]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + alike[i][j])
    found, i, j = [], 0, 0
    while i < len(old) and j < len(new):
        if alike[i][j] and best[i][j] == best[i + 1][j + 1] + alike[i][j]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _bag(paragraph: list[str]) -> Counter[str]:
    return Counter(word.rstrip() for word in paragraph)


def _alike(one: Counter[str], other: Counter[str]) -> float:
    """Share of common words where it tells of one paragraph's two versions, else 0; nothing for what is too long to be compared."""
    length = one.total() + other.total()
    share = 2 * (one & other).total() / length if 0 < length <= MAX_WORDS else 0.0
    return share if share >= ALIKE else 0.0


def _reworded(old: list[str], new: list[str], left: _Left) -> Paragraph:
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in _opcodes([word.rstrip() for word in old], [word.rstrip() for word in new], left):
        if tag == "equal":
            pieces.append(Piece("=", "".join(new[j1:j2]), j2 - j1))
            continue
        pieces += [Piece("-", "".join(old[i1:i2]), i2 - i1)] if i2 > i1 else []
        pieces += [Piece("+", "".join(new[j1:j2]), j2 - j1)] if j2 > j1 else []
    return Paragraph("~", (*map(_apart, pieces[:-1]), *pieces[-1:]))


def _apart(piece: Piece) -> Piece:
    """What was the last of its paragraph has no white space behind it, and more follows here."""
    joined = piece.text[-1:].isspace() or re.search(f"[{UNSPACED}]$", piece.text)
    return piece if joined else Piece(piece.op, piece.text + " ", piece.words)
