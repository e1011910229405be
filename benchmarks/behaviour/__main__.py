"""How the poller behaves over weeks: `python -m benchmarks.behaviour [--days 14] [--tick 30] [--only ID,ID] [--json] [--keep FOLDER]`.

The real poller (runs, crawl processes, archive) against a web on loopback that publishes, changes, fails, moves, dies and comes back by
simulated time. A look every tick, as from cron; some runs are killed, two days are an outage, and a last look is a month after the start.
A judge that knows the log of requests and the archive's tables, and no function of the planner, then says rule by rule what was seen and
whether it holds. Exit code 1 when a rule is broken; over all outlets and ten days or more also when one was not seen.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from benchmarks.behaviour.behaviours import ALL
from benchmarks.behaviour.report import as_json, as_lines, judge, last_line
from benchmarks.behaviour.simulate import simulate

WHOLE = 10.0  # days from which on each rule has to be seen


def main(arguments: list[str] | None = None) -> int:
    asked = _arguments(arguments)
    chosen = [one for one in ALL if not asked.only or one.id in asked.only.split(",")]
    began = time.monotonic()
    with ExitStack() as stack:
        folder = Path(asked.keep or stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise SystemExit(f"{folder} is not empty: what is in it would be judged as well")
        evidence = simulate(chosen, folder, days=asked.days, tick=timedelta(minutes=asked.tick), progress=_tell)
        judged = judge(evidence)
    if asked.json:
        print(json.dumps(as_json(judged), indent=1))
    else:
        seen = f"{len(evidence.feeds)} feeds: {len(evidence.runs)} runs, {len(evidence.asked):,} requests"
        print(f"{asked.days:g} days, {len(chosen)} outlets, {seen}, {time.monotonic() - began:.0f} s\n")
        print(*as_lines(judged), "", last_line(judged), sep="\n")
    verdicts = {look.verdict for _, look in judged}
    whole = asked.days >= WHOLE and not asked.only
    return int("BROKEN" in verdicts or (whole and "not seen" in verdicts))


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.behaviour")
    parser.add_argument("--days", type=float, default=14.0, help="simulated days (14)")
    parser.add_argument("--tick", type=float, default=30.0, help="simulated minutes between two looks (30)")
    parser.add_argument("--only", default="", help="ids of outlets, with commas between; all without it")
    parser.add_argument("--json", action="store_true", help="the verdicts as JSON")
    parser.add_argument("--keep", default="", help="a new folder for sources.toml and the archive, which stay there")
    return parser.parse_args(arguments)


def _tell(line: str) -> None:
    end = "\r" if sys.stderr.isatty() else "\n"
    print(line, end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
