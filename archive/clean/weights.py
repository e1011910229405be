"""The learned log-odds of signs (`data/signs.tsv`), read once.

They were learned by `benchmarks/learning.py` from pages with truth, as was `archive.clean.forest`; `docs/cleaning.md` says from which, and
how well they hold on hosts that they have not seen.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from archive.clean.signs import Table


@cache
def sign_weights() -> dict[str, float]:
    """Sign -> log-odds that a block with it is part of the story; "" is the bias."""
    text = (files("archive.clean") / "data" / "signs.tsv").read_text(encoding="utf-8")
    lines = (line for line in text.split("\n") if line and not line.startswith("#"))
    return {sign: float(weight) for weight, _, sign in (line.partition("\t") for line in lines)}


@cache
def weights() -> Table:
    """The table of all signs, as weights."""
    known = sign_weights()
    return Table(lambda sign: known.get(sign, 0.0), known)


def bias() -> float:
    """The log-odds of a block without signs."""
    return sign_weights()[""]
