"""Commands that run a harness of others: one that dies midway has not shown that all is well."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import badweb, crashes

HARNESS = """
import json, sys
out = sys.argv[sys.argv.index("--out") + 1]
with open(out, "w") as file:
    file.write({line!r} + "\\n")
{end}
"""
ENDS = [("", 0), ("raise OSError('mount point is busy')", 1)]


def harness(folder: Path, name: str, end: str, **case: object) -> Path:
    (folder / name).write_text(HARNESS.format(line=json.dumps(case), end=end))
    (folder / "open.jsonl").touch()
    return folder


@pytest.mark.parametrize(("end", "code"), ENDS)
def test_crashes_end_with_1_where_their_harness_died(tmp_path: Path, end: str, code: int, capfd: pytest.CaptureFixture[str]) -> None:
    assert crashes.main([str(harness(tmp_path, "crashkit.py", end, scenario="kill9", ok=True))]) == code
    assert ("harness" in capfd.readouterr().out) == bool(code)


@pytest.mark.parametrize(("end", "code"), ENDS)
def test_a_bad_web_ends_with_1_where_its_harness_died(tmp_path: Path, end: str, code: int, capfd: pytest.CaptureFixture[str]) -> None:
    case = {"id": "T01", "kind": "transport", "title": "refused", "level": "must", "ok": True, "why": []}
    assert badweb.main([str(harness(tmp_path, "judge.py", end, **case))]) == code
    assert ("the harness ended with 1" in capfd.readouterr().out) == bool(code)
