"""The judge's word on each rule, as text and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from benchmarks.behaviour.evidence import Evidence
from benchmarks.behaviour.judge import RULES
from benchmarks.behaviour.judge.look import Look, Rule

WIDTH = 120
SHOWN = 5  # breaches of one rule that are printed

Judged = list[tuple[Rule, Look]]


def judge(evidence: Evidence, rules: Sequence[Rule] = RULES) -> Judged:
    return [(rule, rule.judge(evidence)) for rule in rules]


def as_lines(judged: Judged) -> list[str]:
    lines: list[str] = []
    for rule, look in judged:
        lines += textwrap.wrap(f"{rule.number:2}  {look.verdict:<8}  {rule.words}", WIDTH, subsequent_indent=" " * 14)
        lines += _indented(f"{note}" for note in look.notes if note)
        lines += _indented(f"! {breach}" for breach in look.breaches[:SHOWN])
        if len(look.breaches) > SHOWN:
            lines += _indented([f"! and {len(look.breaches) - SHOWN} more"])
    return lines


def _indented(texts: Any) -> list[str]:
    return [line for text in texts for line in textwrap.wrap(text, WIDTH, initial_indent=" " * 14, subsequent_indent=" " * 16)]


def as_json(judged: Judged) -> list[dict[str, Any]]:
    return [
        {
            "rule": rule.number,
            "words": rule.words,
            "verdict": look.verdict,
            "looks": look.count,
            "seen": look.notes,
            "breaches": look.breaches,
        }
        for rule, look in judged
    ]


def last_line(judged: Judged) -> str:
    counted = {verdict: [rule.number for rule, look in judged if look.verdict == verdict] for verdict in ("holds", "BROKEN", "not seen")}
    told = [
        f"{len(numbers)} {verdict}" + (f" ({', '.join(map(str, numbers))})" if verdict != "holds" else "")
        for verdict, numbers in counted.items()
        if numbers
    ]
    return f"{len(judged)} rules: {'; '.join(told)}."
