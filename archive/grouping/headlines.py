"""Whether two headlines are one. Pure.

A headline alone says little: half of all copies have another one, and an outlet has one and the same over its weather each day. Beside a
part of the text that both have it tells what words cannot: a brief and a copy whose lede was rewritten share hardly a run of words.
"""

from __future__ import annotations

from zlib import crc32

from archive.grouping.rules import RULES, Rules
from archive.grouping.words import are_unspaced, tokens

_CHARACTERS_A_WORD = 1.7  # of scripts without spaces


def key(headline: str | None) -> int | None:
    """32 bits of a headline's words, of no paragraph's key; None: it has no words."""
    words = tokens(headline) if headline else []
    return crc32(" ".join(["#", *words]).encode("utf-8", "surrogatepass")) if words else None


def same(one: str | None, other: str | None, rules: Rules = RULES) -> bool:
    """Whether the shorter headline stands in the other one, in whatever order: "What we know: ..." and "... | Metro" are put around it."""
    if not one or not other:
        return False
    few, many = sorted((frozenset(tokens(one)), frozenset(tokens(other))), key=len)
    if len(few) < rules.headline_words * (_CHARACTERS_A_WORD if are_unspaced(few) else 1):
        return False
    return len(few & many) >= rules.headline_part * len(few)
