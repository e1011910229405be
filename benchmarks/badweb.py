"""A bad web on loopback against real crawls: `python -m benchmarks.badweb FOLDER`, where FOLDER has the harness (judge.py, open.jsonl).

Each fault of its catalogue is crawled by the installed `wirecopy crawl --all`; the harness judges by what was archived, by its own log of
requests, by exit codes, time and memory. Prints a row a fault and how many of the must and should ones hold; ends with 1 where a must does
not. --namespace runs all of it in a network namespace of its own (needs root): real addresses and names, of which nothing can leave.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent


def adapter(folder: Path) -> Path:
    """How the harness calls us, and what it reads."""
    path = folder / "adapter.json"
    command = [sys.executable, "-m", "benchmarks.given_feeds", "--feeds", "{feeds}", "--archive", "{dir}/wirecopy.db", "--export", "{db}"]
    path.write_text(
        json.dumps(
            {
                "cmd": [*command, "--allow", "{allow}"],
                "deadline_args": ["--deadline", "{deadline}"],
                "sql_pages": "SELECT url, text, title, raw FROM pages",
                "sql_errors": "SELECT url, error FROM errors",
                "env": {"PYTHONPATH": str(ROOT)},
                "clean_exit": [0],
            }
        )
    )
    return path


def run(harness: Path, work: Path, asked: argparse.Namespace) -> list[dict[str, object]]:
    """The harness's verdicts, one a fault. What it prints goes on to standard error, row by row."""
    out = work / "judged.jsonl"
    command = [sys.executable, str(harness / "judge.py"), "--table", str(asked.table or harness / "open.jsonl"), "--out", str(out)]
    command += ["--adapter", str(adapter(work)), "--work", str(work / "runs"), "--port", str(asked.port)]
    command += ["--only", asked.only] if asked.only else []
    command += ["--kinds", asked.kinds] if asked.kinds else []
    command += ["--keep"] if asked.keep else []
    if asked.namespace:
        command = [str(harness / "nsrun.sh"), *command, "--netns"]
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    code = subprocess.run(command, stdout=sys.stderr, env=environment, cwd=work, check=False).returncode  # noqa: S603 - the harness that was named
    found = [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []
    if code and all(one["ok"] for one in found):  # it did not come to its end: what it left out is not known to hold
        found.append({"id": "-", "kind": "harness", "title": f"the harness ended with {code}", "level": "must", "ok": False, "why": []})
    return found


def report(found: Sequence[dict[str, object]]) -> int:
    for one in found:
        why = one["why"]
        reasons = "; ".join(map(str, why)) if isinstance(why, list) else ""
        row = f"{'ok  ' if one['ok'] else 'FAIL'} {one['level']:<6} {one['id']:<4} {one['kind']:<10} {one['title']}"
        print(f"{row}  <- {reasons}" if reasons else row)
    for level in ("must", "should"):
        of = [one for one in found if one["level"] == level]
        print(f"{level}: {sum(bool(one['ok']) for one in of)} of {len(of)}")
    return int(not found or any(not one["ok"] for one in found if one["level"] == "must"))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.badweb")
    parser.add_argument("folder", type=Path, help="of the harness")
    parser.add_argument("--table", type=Path, help="another catalogue of faults than FOLDER/open.jsonl")
    parser.add_argument("--only", help="these faults, with commas: T01,R09")
    parser.add_argument("--kinds", help="faults of these kinds, with commas: ssrf,feed")
    parser.add_argument("--namespace", action="store_true", help="in a network namespace of its own (root)")
    parser.add_argument("--port", type=int, default=8470)
    parser.add_argument("--work", type=Path, help="a folder to work in, which stays; else one that goes")
    parser.add_argument("--keep", action="store_true", help="keep each fault's archive and logs in it")
    asked = parser.parse_args(arguments)
    if not (asked.folder / "judge.py").exists():
        print(f"no judge.py in {asked.folder}: name the folder of the harness", file=sys.stderr)
        return 66
    with tempfile.TemporaryDirectory(prefix="badweb-") as folder:
        work = (asked.work or Path(folder)).absolute()
        work.mkdir(parents=True, exist_ok=True)
        return report(run(asked.folder.absolute(), work, asked))


if __name__ == "__main__":
    sys.exit(main())
