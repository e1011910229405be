"""The judge of the behaviour report: it says yes to evidence that keeps a rule, and no to evidence that breaks it, rule by rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.behaviour.judge import RULES
from benchmarks.behaviour.report import as_json, as_lines, judge, last_line
from tests.behaviour.case import GOOD, Case
from tests.behaviour.cases import archive, manners, pace, safety, validators, waits  # noqa: F401 - they note their cases themselves
from tests.behaviour.registry import BREAKS, KEEPS, Make

ALL = range(1, 33)


@pytest.mark.parametrize(("rule", "make"), KEEPS, ids=lambda value: getattr(value, "__name__", None))
def test_the_judge_says_yes(rule: int, make: Make, tmp_path: Path) -> None:
    make(case := Case(tmp_path))
    look = case.judged(rule)
    assert look.breaches == []
    assert look.verdict == "holds"


@pytest.mark.parametrize(("rule", "make"), BREAKS, ids=lambda value: getattr(value, "__name__", None))
def test_the_judge_says_no(rule: int, make: Make, tmp_path: Path) -> None:
    make(case := Case(tmp_path))
    assert case.judged(rule).verdict == "BROKEN"


@pytest.mark.parametrize("rule", ALL)
def test_a_rule_that_nothing_was_seen_of_does_not_hold(rule: int, tmp_path: Path) -> None:
    assert Case(tmp_path).judged(rule).verdict == "not seen"


def test_the_judge_knows_all_32_rules_and_was_tried_on_each() -> None:
    assert [rule.number for rule in RULES] == list(ALL)
    assert {rule for rule, _ in KEEPS} == {rule for rule, _ in BREAKS} == set(ALL)


def test_the_report_names_what_broke_a_rule(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.ask(case.feed(), 0, GOOD, ("Cookie", "reader=1"))
    judged = judge(case.evidence)
    lines = as_lines(judged)
    at = next(number for number, line in enumerate(lines) if line.startswith("16  BROKEN"))
    assert any("Cookie" in line and line.lstrip().startswith("!") for line in lines[at : at + 4])
    assert "BROKEN (" in last_line(judged)
    assert next(row for row in as_json(judged) if row["rule"] == 16)["verdict"] == "BROKEN"
