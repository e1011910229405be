"""The ways in: `wirecopy crawl` with nothing to do or nothing to reach, `scrapy crawl wire`, `wirecopy demo`."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler import tour
from scheduler.demo import World
from tests.way.conftest import Place
from tests.way.parts import Desktop, clean_environment, kept


def test_a_run_with_nothing_due_starts_no_crawl(place: Place, still_world: World, undisturbed: Desktop) -> None:
    desktop = place()
    shutil.copy(undisturbed.archive, desktop.archive)
    asked = len(still_world.requests)
    script = (
        "import sys; from pathlib import Path; from scheduler.run import Options, run\n"
        "done = run(Options(Path('wirecopy.db'), Path('sources.toml')), print)\n"
        "print(done.status, done.exit_code, [one for one in ('scrapy', 'scheduler.crawl') if one in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=desktop.folder, env=clean_environment(), capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("ok 0 []\n", "")
    said = desktop.run("crawl")
    assert said.returncode == 0
    assert said.stdout.startswith("Nothing is due. Next poll due 20")
    assert len(still_world.requests) == asked


def test_where_all_polls_fail_the_exit_code_is_69_and_what_was_kept_stays(tmp_path: Path) -> None:
    with World(slow_seconds=0.0) as world:
        desktop = Desktop.of(tmp_path, world)
        before = desktop.crawl("pti-wire")
        assert before["polled"] == 1
    done = desktop.run("crawl", "--all")
    assert done.returncode == 69
    assert re.match(r"Run 2 failed in \S+ s: 15 feeds polled", done.stdout)
    assert f"  {world.feed_urls()[1]}: " in done.stdout  # the most overdue one is asked first
    assert desktop.values("SELECT count(*) FROM articles") == [before["stored"]]
    assert desktop.run("crawl").returncode == 0  # they are backed off from: nothing is due


def test_one_outlet_can_be_crawled_alone_with_files_that_the_environment_names(place: Place, still_world: World, tmp_path: Path) -> None:
    names = {"WIRECOPY_ARCHIVE": "other.db", "WIRECOPY_SOURCES": str(place().folder / "sources.toml")}
    asked = len(still_world.requests)
    done = Desktop(tmp_path).run("crawl", "hafenbote", environment=names)
    assert done.returncode == 0, done.stderr
    assert "1 feed polled" in done.stdout
    assert {one.outlet for one in still_world.requests[asked:]} == {"hafenbote"}
    assert (tmp_path / "other.db").exists()
    assert "hafenbote" in Desktop(tmp_path).run("status", environment=names).stdout


def test_scrapy_crawl_wire_works_from_a_checkout(place: Place, undisturbed: Desktop) -> None:
    desktop = place()
    (desktop.folder / "scrapy.cfg").write_text("[settings]\ndefault = crawler.settings\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "wire"], cwd=desktop.folder, env=clean_environment(), capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = desktop.rows("SELECT trigger, status, finished_at, summary FROM runs")
    assert [(row["trigger"], row["status"]) for row in rows] == [("scrapy", "ok")]
    assert json.loads(rows[0]["summary"])["stored"] == len(kept(undisturbed))
    assert desktop.values("SELECT count(*) FROM feeds WHERE lease_run_id IS NOT NULL") == [0]
    desktop.crawl()  # reads what is left, and can take the lock
    assert kept(desktop) == kept(undisturbed)


def test_the_demo_runs_through_and_all_its_queries_answer(tmp_path: Path) -> None:
    desktop = Desktop(tmp_path)
    done = desktop.run("demo", "play")
    assert done.returncode == 0, done.stderr
    assert "Error" not in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    answers = re.split(r"^\$ sqlite-utils ", done.stdout, flags=re.MULTILINE)[1:]
    assert len(answers) == 7
    for answer in answers:
        command, _, output = answer.partition("\n")
        assert len(output.split("\n\n")[0].strip().splitlines()) > 2, command  # a head, a line, and at least one row
    again = desktop.run("demo", "play")
    assert again.returncode == 64
    assert "is there already" in again.stderr


def test_a_demo_that_keeps_serving_says_where(
    still_world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt(seconds)

    monkeypatch.setattr("time.sleep", interrupted)
    tour._serve(still_world)
    assert f"finds the outlets at {still_world.origin('pti-wire')} and its siblings" in capsys.readouterr().out
