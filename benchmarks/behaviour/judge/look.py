"""What a judge of one rule comes to: how much it looked at, what it saw, and what broke the rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.behaviour.evidence import Evidence


@dataclass
class Look:
    """`count` is of observations that could have broken the rule; where there was none, nothing is said for it."""

    count: int = 0
    notes: list[str] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)

    def expect(self, holds: bool, otherwise: str) -> None:
        """One observation; `otherwise` says what broke the rule if it does not hold."""
        self.count += 1
        if not holds:
            self.breaches.append(otherwise)

    def note(self, text: str) -> None:
        self.notes.append(text)

    @property
    def verdict(self) -> str:
        return "BROKEN" if self.breaches else "holds" if self.count else "not seen"


@dataclass(frozen=True, slots=True)
class Rule:
    number: int
    words: str
    judge: Callable[[Evidence], Look]


def listed(counts: Counter[str], between: str) -> str:
    """`3 after a 200, 1 after an error`, or `none`."""
    return ", ".join(f"{count}{between}{kind}" for kind, count in sorted(counts.items())) or "none"


def share(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,}" + (f" ({part / whole:.1%})" if whole else "")
