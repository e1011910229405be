"""The behaviour report as a command, over a day and a handful of outlets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.behaviour.__main__ import main
from benchmarks.behaviour.behaviours import ALL
from benchmarks.behaviour.judge import RULES

FEW = "both,bare,max-age,quarterly,503-date,ninety-days,404,circle,secret,robots-404,spaced,twins,times,tls,private"


def test_a_day_over_a_handful_of_outlets_is_judged_rule_by_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--days", "1", "--tick", "120", "--only", FEW, "--json"]) == 0
    printed = capsys.readouterr()
    verdicts = {row["rule"]: row["verdict"] for row in json.loads(printed.out)}
    assert list(verdicts) == [rule.number for rule in RULES]
    kept = {number for number, verdict in verdicts.items() if verdict == "holds"}
    assert kept >= {1, 4, 6, 8, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22, 23, 24, 27, 28, 32}
    assert "runs" in printed.err.splitlines()[-1]


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "wirecopy.db").write_bytes(b"somebody's")
    with pytest.raises(SystemExit, match="not empty"):
        main(["--keep", str(tmp_path)])
    assert [file.name for file in tmp_path.iterdir()] == ["wirecopy.db"]


def test_there_are_more_than_forty_behaviours_each_with_a_name_of_its_own() -> None:
    assert len(ALL) >= 40
    assert len({one.id for one in ALL}) == len({one.words for one in ALL}) == len(ALL)
