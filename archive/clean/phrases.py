"""A long alternation of phrases, tried only on texts that hold one of its words: the look for them costs a thirtieth of the trial.

Exact: a text is passed over only if no phrase can stand in it.
"""

from __future__ import annotations

import re

# UTF-8 with all but ASCII's letters made spaces, and these small: what is left of "Déjà vu" is "d", "j", "vu".
_LETTERS = bytes(ord(chr(code).lower()) if code < 128 and chr(code).isalpha() else 32 for code in range(256))
# What an expression matches without regard to case, and that is not found here as the same letter.
_ODD = re.compile("[\u017f\u0130\u0131\u212a\u1c80-\u1c88]")


class Phrases:
    """An expression without regard to case.

    Each of its phrases has one of `words` (runs of ASCII letters, small, with no letter beside them), or one of `others` (each with a
    letter that is not ASCII).
    """

    __slots__ = ("_leads", "_others", "_words", "pattern")

    def __init__(self, pattern: str, words: str, others: tuple[str, ...]) -> None:
        self.pattern = re.compile(pattern, re.I)
        self._words = frozenset(words.encode().split())
        self._others = others
        self._leads = bytes(
            {next(byte for byte in other.encode() if byte >= 0xC0) for other in others}
        )  # of the first such letter, in UTF-8

    def search(self, text: str) -> re.Match[str] | None:
        """As of the expression itself."""
        return self.pattern.search(text) if self._may_stand_in(text) else None

    def _may_stand_in(self, text: str) -> bool:
        raw = text.encode("utf-8", "replace")
        if not self._words.isdisjoint(raw.translate(_LETTERS).split()):
            return True
        if len(raw) == len(text):
            return False
        if len(raw.translate(None, self._leads)) < len(raw) and any(map(text.lower().__contains__, self._others)):
            return True
        return _ODD.search(text) is not None


class Openings:
    """An expression for what a text begins with, without regard to case, and all pairs of ASCII letters (small) that it may begin with."""

    __slots__ = ("_pairs", "pattern")

    def __init__(self, pattern: str, pairs: str) -> None:
        self.pattern = re.compile(pattern, re.I)
        self._pairs = frozenset(pairs.split())

    def match(self, text: str) -> re.Match[str] | None:
        """As of the expression itself."""
        return self.pattern.match(text) if self.may_begin_with(text[:2]) else None

    def may_begin_with(self, pair: str) -> bool:
        """Whether a text that starts so may: where the two are no ASCII letters, that is not known."""
        return not (pair.isascii() and pair.isalpha() and len(pair) == 2) or pair.lower() in self._pairs
