"""The poller's rules are numbered 1 to 32: each has a test that bears its number."""

from __future__ import annotations

import re
from pathlib import Path

RULES = range(1, 33)


def test_each_of_the_32_rules_has_a_named_test() -> None:
    texts = [file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_*.py")]
    named = {int(number) for text in texts for number in re.findall(r"^def test_rule_(\d+)_", text, re.MULTILINE)}
    assert named == set(RULES)
