"""The benchmark of the due-queue runs through, and finds what it is there to find."""

from __future__ import annotations

import re
import subprocess
import sys


def test_it_runs_through_and_an_unchanged_configuration_writes_nothing() -> None:
    call = [sys.executable, "-m", "benchmarks.due_queue", "--feeds", "2000", "--entries", "2"]
    done = subprocess.run(call, capture_output=True, text=True, check=True)
    assert re.search(r"rows that it wrote +0\n", done.stdout)
    assert re.search(r"first batch +[\d.]+ ms; 500 feeds of \d+ domains, 25 of one at most\n", done.stdout)
    assert done.stdout.count("Nothing is due.") == 2
