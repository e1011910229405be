"""The learned parts, read once: log-odds of signs (`data/signs.tsv`) and a small forest (`data/forest.tsv`).

Both were learned by `benchmarks/learning.py` from pages with truth; `docs/cleaning.md` says from which and how well they
hold on hosts that they have not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from archive.clean.signs import Table

# A tree is a list of nodes: (feature, threshold, left, right); a leaf is (-1, value, 0, 0).
Tree = tuple[tuple[int, float, int, int], ...]


@cache
def sign_weights() -> dict[str, float]:
    """Sign -> log-odds that a block with it is part of the story; "" is the bias."""
    lines = _lines("signs.tsv")
    return {sign: float(weight) for weight, _, sign in (line.partition("\t") for line in lines)}


@cache
def trees() -> tuple[float, tuple[Tree, ...]]:
    """(bias, trees)."""
    first, *rest = _lines("forest.tsv")
    return float(first), tuple(tuple(_node(part) for part in line.split()) for line in rest)


def _lines(name: str) -> list[str]:
    text = (files("archive.clean") / "data" / name).read_text(encoding="utf-8")
    return [line for line in text.split("\n") if line and not line.startswith("#")]


def _node(part: str) -> tuple[int, float, int, int]:
    fields = part.split(":")
    if len(fields) == 1:
        return -1, float(fields[0]), 0, 0
    return int(fields[0]), float(fields[1]), int(fields[2]), int(fields[3])


@cache
def weights() -> Table:
    """The table of all signs, as weights."""
    known = sign_weights()
    return Table(lambda sign: known.get(sign, 0.0))


def bias() -> float:
    """The log-odds of a block without signs."""
    return sign_weights()[""]


def decide(numbers: Sequence[float]) -> float:
    """The forest's log-odds for one block."""
    total, forest = trees()
    for tree in forest:
        feature, value, left, right = tree[0]
        while feature >= 0:
            feature, value, left, right = tree[left if numbers[feature] <= value else right]
        total += value
    return total
