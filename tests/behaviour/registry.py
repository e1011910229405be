"""Cases by the rule that they keep or break: each is a function whose name says how."""

from __future__ import annotations

from collections.abc import Callable

from tests.behaviour.case import Case

Make = Callable[[Case], None]
KEEPS: list[tuple[int, Make]] = []
BREAKS: list[tuple[int, Make]] = []


def keeps(rule: int) -> Callable[[Make], Make]:
    return _noted(KEEPS, rule)


def breaks(rule: int) -> Callable[[Make], Make]:
    return _noted(BREAKS, rule)


def _noted(where: list[tuple[int, Make]], rule: int) -> Callable[[Make], Make]:
    def note(make: Make) -> Make:
        where.append((rule, make))
        return make

    return note
