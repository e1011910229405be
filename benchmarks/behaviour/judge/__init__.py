"""The judge: 32 rules, each judged from the log of requests and plain SQL over the archive, never by the planner's own functions."""

from __future__ import annotations

from benchmarks.behaviour.judge import manners, moves, pace, queue, reading, safety, validators, waits
from benchmarks.behaviour.judge.look import Rule

_ALL = (validators, pace, waits, moves, manners, queue, safety, reading)
RULES: tuple[Rule, ...] = tuple(sorted((rule for module in _ALL for rule in module.RULES), key=lambda rule: rule.number))
