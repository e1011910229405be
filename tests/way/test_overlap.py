"""Two at one archive: a second run is told to come back, or waits; people can read. The lock ends with its process, however that ends."""

from __future__ import annotations

import json
import os
import signal

from tests.way.conftest import Place
from tests.way.parts import Desktop, read_lines


def people_can_read(desktop: Desktop) -> None:
    for arguments in (("status",), ("verify",)):
        done = desktop.run(*arguments)
        assert done.returncode == 0, done.stderr
    done = desktop.sqlite_utils("rows", "wirecopy.db", "feeds", "--limit", "3")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)) == 3


def test_a_second_run_ends_with_75_while_the_first_is_at_work(place: Place) -> None:
    desktop = place(delay=1.2)
    first = desktop.start("crawl", "-v")
    assert first.stdout is not None
    assert len(read_lines(first.stdout, 3)) == 3
    before = desktop.values("SELECT count(*) FROM runs")
    second = desktop.run("crawl", timeout=10)
    assert first.poll() is None  # nobody waited for it
    assert second.returncode == 75
    assert second.stderr == ("Error: another run is at work on wirecopy.db\nHint: let it finish; or wait for it with --wait SECONDS\n")
    assert second.stdout == ""
    assert desktop.values("SELECT count(*) FROM runs") == before
    people_can_read(desktop)
    assert first.poll() is None
    waiting = desktop.start("crawl", "--json", "--wait", 60)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate(timeout=10)
    place(delay=0.0)
    said, complaints = waiting.communicate(timeout=60)
    assert waiting.returncode == 0, complaints
    assert '"run": 2' in said
    assert desktop.values("SELECT status FROM runs") == ["crashed", "ok"]
