"""A crawl that is killed, stopped or timed out: no page that was said to be stored is lost, none is doubled, the next run goes on."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path
from typing import Literal

import pytest

from tests.way.conftest import Check, Place
from tests.way.parts import Desktop, check_reported, read_lines, reported

Whom = Literal["group", "parent"]


def kill_in_the_middle(desktop: Desktop, rng: random.Random, whom: Whom) -> set[str]:
    """Starts a crawl, kills it at a random moment; the pages that it had reported as stored. All its processes are gone then."""
    crawl = desktop.start("crawl", "-v")
    assert crawl.stdout is not None
    lines = read_lines(crawl.stdout, rng.randrange(16))
    time.sleep(rng.uniform(0.0, 0.05 if lines else 0.6))  # before its first line: anywhere from the interpreter's start on
    (os.killpg if whom == "group" else os.kill)(crawl.pid, signal.SIGKILL)
    rest, _ = crawl.communicate(timeout=10)  # ends when no process holds its standard error any more: none is orphaned
    return reported([*lines, *rest.splitlines(keepends=True)])


@pytest.mark.parametrize(("whom", "kills"), [("group", 6), ("parent", 4)])
def test_killed_again_and_again_it_loses_and_doubles_nothing(place: Place, same_as_undisturbed: Check, whom: Whom, kills: int) -> None:
    desktop, rng = place(), random.Random(kills)  # noqa: S311 - picks moments
    pages: set[str] = set()
    for _ in range(kills):
        pages |= kill_in_the_middle(desktop, rng, whom)
        if desktop.archive.exists():
            check_reported(desktop, pages)
    assert pages
    counts = desktop.crawl()
    assert counts["failed"] == 0
    check_reported(desktop, pages)
    same_as_undisturbed(desktop)
    done = desktop.run("verify")
    assert done.returncode == 0, done.stdout + done.stderr
    runs = desktop.rows("SELECT status, summary, error FROM runs ORDER BY id")
    assert {run["status"] for run in runs[:-1]} <= {"crashed", "ok"}, runs
    assert runs[-1]["status"] == "ok"
    assert leftovers(desktop) == set()


def leftovers(desktop: Desktop) -> set[str]:
    known = {"sources.toml", "wirecopy.db", "wirecopy.db.lock", "wirecopy.db-wal", "wirecopy.db-shm"}
    return {one.name for one in desktop.folder.iterdir()} - known


def test_asked_to_stop_it_says_what_it_did_and_the_next_run_goes_on(place: Place, same_as_undisturbed: Check) -> None:
    desktop = place(delay=0.3)
    crawl = desktop.start("crawl", "-v")
    assert crawl.stdout is not None
    lines = read_lines(crawl.stdout, 17)
    crawl.send_signal(signal.SIGINT)  # Ctrl-C, and somebody who does not wait for what it says
    crawl.send_signal(signal.SIGTERM)
    rest, complaints = crawl.communicate(timeout=10)
    assert crawl.returncode == 0, complaints
    assert complaints == ""
    assert "Run 1 stopped in" in rest
    assert desktop.values("SELECT status FROM runs") == ["stopped"]
    waiting = desktop.values("SELECT count(*) FROM pages WHERE state = 'queued'")
    assert waiting[0] > 0
    check_reported(desktop, reported([*lines, *rest.splitlines(keepends=True)]))
    place(delay=0.0).crawl()
    same_as_undisturbed(desktop)


def test_a_run_with_a_deadline_ends_gracefully_and_the_next_one_goes_on(place: Place, same_as_undisturbed: Check) -> None:
    desktop = place(delay=1.0)
    counts = desktop.crawl("--deadline", 3)  # robots.txt, the feeds, and a page or two
    assert desktop.values("SELECT status FROM runs") == ["stopped"]
    assert counts["failed"] == 0
    assert desktop.values("SELECT count(*) FROM pages WHERE state = 'queued'")[0] > 0
    place(delay=0.0).crawl()
    same_as_undisturbed(desktop)


def test_asked_to_stop_before_it_has_begun_it_stops_as_well(place: Place) -> None:
    desktop = place(delay=5.0)
    crawl = desktop.start("crawl")
    while not (desktop.archive.exists() and desktop.values("SELECT count(*) FROM runs") == [1]):
        time.sleep(0.01)
    time.sleep(0.2)  # the crawl's own process is only just starting
    crawl.send_signal(signal.SIGTERM)
    _, complaints = crawl.communicate(timeout=10)
    assert (crawl.returncode, complaints) in ((0, ""), (-signal.SIGTERM, ""))  # asked, or met before it listened
    assert desktop.values("SELECT count(*) FROM pages WHERE state = 'stored'") == [0]


def test_a_crawl_whose_process_is_killed_under_it_says_so_and_ends_with_1(place: Place, same_as_undisturbed: Check) -> None:
    desktop = place(delay=0.5)
    crawl = desktop.start("crawl", "-v")
    assert crawl.stdout is not None
    read_lines(crawl.stdout, 3)
    children = Path(f"/proc/{crawl.pid}/task/{crawl.pid}/children")
    if not children.exists():
        pytest.skip("this system does not tell a process's children in /proc")
    os.kill(int(children.read_text().split()[0]), signal.SIGKILL)
    rest, _ = crawl.communicate(timeout=10)
    assert crawl.returncode == 1
    assert "Run 1 failed in" in rest
    assert "Not complete: the crawl broke off" in rest
    place(delay=0.0).crawl()
    same_as_undisturbed(desktop)
