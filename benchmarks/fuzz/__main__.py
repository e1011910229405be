"""Mutated bytes into everything that reads bytes of strangers: `python -m benchmarks.fuzz --target feeds --cases 100000`.

A case is made of the seed and its number alone (bytes flipped, pieces cut, repeated, nested and exchanged, words of the format put in,
charsets changed), run in a child with a limit on its memory, and ended when it takes too long. What raises, hangs, dies or gives what must
not be is saved in --failures with its trace; `--case N` runs one case again in this process. Ends with 1 where anything was found.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks.fuzz.mutate import Mutator
from benchmarks.fuzz.targets import TARGETS, target
from benchmarks.fuzz.watch import Asked, Failure, Outcome, fuzz

_KEPT = 20  # inputs saved of one kind of failure


def _mutator(asked: Asked) -> Mutator:
    what = target(asked.target)
    return Mutator(what.files(asked.corpus), what.tokens, asked.seed)


def save(asked: Asked, failures: Sequence[Failure], folder: Path) -> None:
    """The inputs of what failed, the first few of each kind, each with what was raised."""
    cases, kept = _mutator(asked), Counter[str]()
    for failure in failures:
        kept[failure.kind] += 1
        if kept[failure.kind] <= _KEPT:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{asked.target.rpartition(':')[2]}-{asked.seed}-{failure.case}.bin"
            path.write_bytes(cases.case(failure.case))
            path.with_suffix(".txt").write_text(f"{failure.kind}\n\n{failure.trace}")


def report(asked: Asked, found: Outcome) -> None:
    rate = found.done / found.seconds if found.seconds else 0.0
    print(
        f"{asked.target:<9} {found.done:>9,} cases in {found.seconds:,.0f} s ({rate:,.0f} a second), seed {asked.seed}:"
        f" {len(found.failures)} failed; slowest {found.slowest[0]:.2f} s (case {found.slowest[1]}), {found.rss} MB",
        flush=True,
    )
    for kind, count in Counter(failure.kind for failure in found.failures).most_common():
        first = next(failure.case for failure in found.failures if failure.kind == kind)
        print(f"  {count:>7,} {kind} (first: case {first})")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz")
    parser.add_argument("--target", default="all", help="with commas; all of them by default: " + ", ".join(TARGETS))
    parser.add_argument("--cases", type=int, default=1000, help="a target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, metavar="N", help="begin with case N")
    parser.add_argument("--case", type=int, metavar="N", help="run case N alone, in this process: what it raises is shown")
    parser.add_argument("--corpus", type=Path, metavar="FOLDER", help="files to begin with, besides those of the tests")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--deadline", type=float, default=20.0, metavar="SECONDS", help="of a case")
    parser.add_argument("--memory", type=int, default=600, metavar="MB", help="address space of a child")
    parser.add_argument("--failures", type=Path, default=Path("fuzz-failures"), metavar="FOLDER")
    asked = parser.parse_args(arguments)
    names = list(TARGETS) if asked.target == "all" else asked.target.split(",")
    if unknown := {name for name in names if ":" not in name} - set(TARGETS):
        parser.error(f"no such target: {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    failed = 0
    for name in names:
        one = Asked(name, asked.cases, asked.seed, asked.first, asked.corpus, asked.jobs, asked.deadline, asked.memory)
        if asked.case is not None:
            target(name).run(_mutator(one).case(asked.case))
            continue
        found = fuzz(one, (lambda done: print(f"\r{done:,}", end="\r", file=sys.stderr)) if sys.stderr.isatty() else lambda _: None)
        report(one, found)
        save(one, found.failures, asked.failures)
        failed += len(found.failures)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
