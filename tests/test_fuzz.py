"""The fuzzer finds what goes wrong, names it, and can do it again; and a few of its cases on everything it knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.fuzz.__main__ import main
from benchmarks.fuzz.mutate import LARGEST, Mutator
from benchmarks.fuzz.targets import TARGETS, target
from benchmarks.fuzz.watch import Asked, fuzz
from tests import fuzzed

CASES = 25  # a target, of seeds that no run has been tuned to


def of(name: str) -> list[int]:
    """Cases that end in an exclamation mark: on these the targets of the test go wrong."""
    cases = Mutator(fuzzed.GIVEN, (b"!",), 1)
    return [number for number in range(40) if cases.case(number).endswith(b"!")]


@pytest.mark.parametrize("name", TARGETS)
def test_mutated_bytes_are_read_or_refused(name: str) -> None:
    what = target(name)
    cases = Mutator(what.files(None), what.tokens, 20261122)
    for number in range(CASES):
        what.run(cases.case(number))


def test_a_case_is_made_of_the_seed_and_its_number_alone() -> None:
    files = target("feeds").files(None)
    one, other = (Mutator(files, (b"<item>",), seed) for seed in (1, 2))
    first = [one.case(number) for number in range(60)]
    assert [one.case(number) for number in reversed(range(60))] == first[::-1]
    assert [other.case(number) for number in range(60)] != first
    assert len(set(first)) > 50 and max(map(len, first)) <= LARGEST


@pytest.mark.parametrize(
    ("name", "kind"),
    [("RAISES", "LookupError in fuzzed.py:_raise"), ("DIES", "ended with -6"), ("EATS", "out of memory"), ("HANGS", "over 0.3 s")],
)
def test_what_goes_wrong_is_found_named_and_passed_over(name: str, kind: str) -> None:
    few = of(name)[0] + 1, of(name)[1] + 3
    cases = few[1] if name == "RAISES" else few[0] + 1
    found = fuzz(Asked(f"tests.fuzzed:{name}", cases, seed=1, deadline=0.3, memory=1000))
    assert [(failure.case, failure.kind) for failure in found.failures] == [(number, kind) for number in of(name) if number < cases]
    assert found.done == cases


def test_inputs_that_fail_are_saved_and_can_be_run_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = of("RAISES")[0]
    arguments = ["--target", "tests.fuzzed:RAISES", "--failures", str(tmp_path), "--jobs", "1"]
    assert main([*arguments, "--cases", str(case + 1)]) == 1
    assert "1 failed" in capsys.readouterr().out
    assert (tmp_path / f"RAISES-1-{case}.bin").read_bytes().endswith(b"!")
    assert "LookupError: a bug" in (tmp_path / f"RAISES-1-{case}.txt").read_text()
    with pytest.raises(LookupError, match="a bug"):
        main([*arguments, "--case", str(case)])


def test_a_target_that_is_none_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--target", "feds"])
    assert ended.value.code == 2
    assert "no such target: feds" in capsys.readouterr().err
