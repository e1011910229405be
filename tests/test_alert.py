"""The alert hook: told once when a state changes, told again when the command failed, never in the way of a run. And [alert] itself."""

from __future__ import annotations

import json
import logging
import shlex
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import SourcesError
from archive.lock import run_lock
from archive.model import Feed
from archive.store import alerts, feeds, runs
from archive.store.alerts import Alert
from archive.store.connect import Store, open_reader, open_store
from crawler.sources import AlertSpec, add_outlet, parse, starter
from crawler.sources.specs import OutletSpec
from scheduler.alert import changes, look, merged, run_command
from scheduler.demo import World
from scheduler.health import CRITICAL, OK, WARNING, Check, FeedFacts, Verdict
from scheduler.run import Options, Result, _asked_to_stop
from tests.archive import parts
from tests.archive.parts import FEED, HARBOUR, NOW
from tests.conftest import Run

HOUR = timedelta(hours=1)
LIMITS = (1.0, 2.0)
KEEP = "import sys; open(sys.argv[1], 'ab').write(sys.stdin.buffer.read())"  # each message is a line


# --- what changed ------------------------------------------------------------------------------------------------------------


def verdict(disk: int = OK, *bad: str) -> Verdict:
    feed = FeedFacts("harbour", FEED, NOW, NOW, HOUR, 2.0, "http-error")
    return Verdict((Check("disk", disk, "3 MB of disk free", 3.0, "B", LIMITS, downwards=True),), tuple((feed, why) for why in bad))


def test_what_is_well_and_always_was_is_not_on_record() -> None:
    assert merged({}, verdict(), NOW) == {}


def test_a_state_that_stays_keeps_the_time_since_when_it_is_so() -> None:
    first = merged({}, verdict(WARNING), NOW)
    assert merged(first, verdict(WARNING), NOW + HOUR)["disk"].since == NOW
    assert merged(first, verdict(CRITICAL), NOW + HOUR)["disk"].since == NOW + HOUR


def test_what_was_wrong_and_never_told_is_forgotten_when_it_is_well() -> None:
    assert merged(merged({}, verdict(WARNING), NOW), verdict(), NOW + HOUR) == {}


def test_what_is_well_again_is_told_once_if_it_was_told_to_be_wrong() -> None:
    told = {"disk": Alert("disk", "critical", "3 MB of disk free", NOW, told_level="critical")}
    (news,) = changes(merged(told, verdict(), NOW + HOUR), NOW + HOUR, after=timedelta(days=1))
    assert (news.subject, news.level, news.told_level) == ("disk", "ok", "critical")


def test_what_was_told_at_this_level_is_no_news() -> None:
    told = {"disk": Alert("disk", "warning", "", NOW, told_level="warning")}
    assert changes(merged(told, verdict(WARNING), NOW + HOUR), NOW + HOUR, timedelta(0)) == []


def test_only_what_lasts_is_told() -> None:
    state = merged({}, verdict(WARNING), NOW)
    assert changes(state, NOW + HOUR, after=2 * HOUR) == []
    assert [one.subject for one in changes(state, NOW + 2 * HOUR, after=2 * HOUR)] == ["disk"]


def test_a_feed_that_is_no_longer_polled_is_well_again() -> None:
    told = {FEED: Alert(FEED, "warning", "harbour: stale", NOW, told_level="warning")}
    assert merged(told, verdict(), NOW)[FEED].level == "ok"


def test_the_worst_is_told_first() -> None:
    state = merged({}, verdict(CRITICAL, "stale: no success for 9 h"), NOW)
    assert [one.subject for one in changes(state, NOW, timedelta(0))] == ["disk", FEED]


levels = st.sampled_from([OK, WARNING, CRITICAL])


@given(st.lists(st.tuples(levels, st.booleans(), st.booleans()), max_size=12))
def test_whatever_happens_a_command_knows_the_state_once_it_was_told_without_failing(steps: list[tuple[int, bool, bool]]) -> None:
    """After each run at which the command works, what it was told last is what is so; and it is never told the same level twice."""
    state: dict[str, Alert] = {}
    knows: dict[str, str] = {}
    for hour, (disk, bad_feed, works) in enumerate(steps):
        now = NOW + hour * HOUR
        found = verdict(disk, *(("stale",) if bad_feed else ()))
        state = merged(state, found, now)
        if works:
            for one in changes(state, now, timedelta(0)):
                assert knows.get(one.subject, "ok") != one.level
                knows[one.subject] = one.level
            state = {key: replace(one, told_level=one.level) for key, one in state.items() if one.level != "ok"}
            assert knows.get("disk", "ok") == ("ok", "warning", "critical")[disk]
            assert knows.get(FEED, "ok") == ("warning" if bad_feed else "ok")


# --- the command --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An archive whose only feed was never polled, long overdue."""
    with parts.new_store(tmp_path) as made:
        feeds.sync(made, [HARBOUR], [Feed(HARBOUR.code, FEED)], NOW - timedelta(days=2))
        yield made


def python(code: str, *arguments: object) -> tuple[str, ...]:
    return (sys.executable, "-c", code, *map(str, arguments))


def told(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def polled(store: Store) -> None:
    run_id = parts.begin(store)
    parts.poll(store, run_id, parts.said([], feeds.claim(store, run_id, NOW, every=True)[0]))
    runs.finish(store, run_id, status="ok", now=NOW)


def test_a_change_is_told_once_and_its_end_once(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "told"
    spec = AlertSpec(python(KEEP, out))
    assert [look(store, spec, now=NOW), look(store, spec, now=NOW + HOUR / 60)] == [True, False]
    polled(store)
    assert [look(store, spec, now=NOW), look(store, spec, now=NOW)] == [True, False]
    first, second = told(out)
    assert {one["subject"]: one["level"] for one in first["changed"]} == {"runs": "critical", "feeds": "critical", FEED: "warning"}
    assert {one["subject"]: (one["was"], one["level"]) for one in second["changed"]} == {
        "runs": ("critical", "ok"), "feeds": ("critical", "ok"), FEED: ("warning", "ok"),
    }  # fmt: skip
    assert (first["level"], first["archive"]) == ("critical", str(store.path))
    assert second["wrong"] == []
    assert parts.one(store, "SELECT count(*) FROM alerts") == 0


def test_a_command_that_fails_is_told_again_by_the_next_run(store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    out = tmp_path / "told"
    assert not look(store, AlertSpec(python("raise SystemExit(3)")), now=NOW)
    assert "ended with 3" in caplog.text
    assert look(store, AlertSpec(python(KEEP, out)), now=NOW + HOUR)
    assert [one["since"] for one in told(out)[0]["changed"]] == ["2026-11-22T10:00:00Z"] * 3
    assert parts.one(store, "SELECT min(told_at) FROM alerts") == "2026-11-22T11:00:00Z"


def test_a_command_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    child = tmp_path / "child"
    code = (
        "import subprocess, sys, time\n"
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "open(sys.argv[1], 'w').write(str(p.pid))\ntime.sleep(600)"
    )
    assert not run_command(python(code, child), {}, patience=2.0)
    assert "was ended after 2 s" in caplog.text
    while lives(child.read_text()):  # the test's own time limit ends this
        time.sleep(0.02)


def lives(pid: str) -> bool:
    """Whether the process is there, and not only waiting to be counted out."""
    try:
        return Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_command_that_never_reads_holds_up_nobody(tmp_path: Path) -> None:
    assert run_command(python("pass"), {"long": "x" * 2**21})


@pytest.mark.parametrize("command", [("/no/such/program",), ("/",), ("",)])
def test_a_command_that_cannot_be_run_is_said_and_no_more(command: tuple[str, ...], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert not run_command(command, {})
    assert "cannot be run" in caplog.text


def test_the_command_inherits_neither_the_run_lock_nor_the_archive(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "open"
    code = (
        "import os, sys\n"
        "there = [os.readlink(one) for one in (f'/proc/self/fd/{n}' for n in os.listdir('/proc/self/fd')) if os.path.exists(one)]\n"
        "open(sys.argv[1], 'w').write(repr(there))"
    )
    with run_lock(store.path):
        assert run_command(python(code, out), {})
    assert "wirecopy.db" not in out.read_text()


def test_what_the_command_prints_is_kept_off_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_command(python("print('said')"), {})
    out, err = capfd.readouterr()
    assert out == ""
    assert "said" in err or err == ""  # pytest may have put something in place of standard error that is no file


def test_an_archive_that_cannot_be_written_stops_no_run(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    store.conn.execute("PRAGMA query_only=ON")
    assert not look(store, AlertSpec(python("pass")), now=NOW)
    assert "nobody could be alerted" in caplog.text


def test_without_a_command_nothing_is_judged_or_kept(store: Store) -> None:
    assert not look(store, None, now=NOW)
    assert alerts.known(store) == {}


def test_a_crawl_tells_its_alert_command_and_its_own_output_stays_json(wirecopy: Run, tmp_path: Path) -> None:
    out = tmp_path / "told"
    command = shlex.join(python(KEEP + "; print('noise')", out))
    with World() as world:
        lost = f"{world.origin(world.outlets[0].id)}/no/such/feed.xml"
        sources = f'{world.sources_toml()}\n[[outlet]]\nid = "lost"\n  [[outlet.feed]]\n  url = "{lost}"\n'
        (tmp_path / "sources.toml").write_text(f"{sources}\n[alert]\ncommand = {json.dumps(command)}\n", encoding="utf-8")
        done = wirecopy("crawl", "lost", "--json", "--jobs", 1)
    assert done.returncode == 69, done.stderr
    assert json.loads(done.stdout)["polled"] == 1
    (message,) = told(out)
    with open_reader(tmp_path / "wirecopy.db") as store:
        known = alerts.known(store)
    assert {one["subject"] for one in message["wrong"]} == set(known) == {"runs", lost}
    assert all(one.level == one.told_level for one in known.values())


def test_a_run_that_somebody_stops_waits_for_no_command_and_one_that_its_deadline_stops_tells(tmp_path: Path) -> None:
    def asked(status: str, seconds: float, deadline: float | None) -> bool:
        return _asked_to_stop(Options(tmp_path, tmp_path, deadline=deadline), Result(summary={"seconds": seconds}, status=status))

    assert [asked("stopped", 5, None), asked("stopped", 5, 9)] == [True, True]
    assert [asked("stopped", 9.2, 9), asked("ok", 5, 9), asked("failed", 5, None)] == [False, False, False]


def test_an_archive_of_before_is_brought_up_to_date_and_keeps_what_it_has(store: Store) -> None:
    with store.transaction() as conn:
        conn.execute("DROP TABLE alerts")
        conn.execute("DELETE FROM _sqlite_migrations WHERE name = 'm002_alerts'")
    store.close()
    with open_store(store.path) as again:
        assert alerts.known(again) == {}
        assert parts.one(again, "SELECT count(*) FROM feeds") == 1


# --- [alert] in sources.toml ----------------------------------------------------------------------------------------------------


def test_without_a_table_nobody_is_told() -> None:
    assert parse("").alert is None


def test_the_command_is_split_as_a_shell_would_and_nothing_is_expanded() -> None:
    found = parse('[alert]\ncommand = "mail -s \'wire copy\' $USER ~"\nafter = "2h"\n').alert
    assert found == AlertSpec(("mail", "-s", "wire copy", "$USER", "~"), timedelta(hours=2))


@pytest.mark.parametrize(
    ("line", "table", "said"),
    [
        (1, "[alert]", "[alert] has no 'command'"),
        (2, '[alert]\ncommand = ""', "has to be text in quotes"),
        (2, '[alert]\ncommand = "mail \'x"', "no closing quotation"),
        (2, "[alert]\ncommand = \"''\"", "names no program"),
        (2, '[alert]\ncommand = ["mail"]', "has to be text in quotes"),
        (3, '[alert]\ncommand = "mail"\nafter = "soon"', "is no length of time"),
        (3, '[alert]\ncommand = "mail"\nafter = "0 6 * * *"', "is no length of time"),
        (3, '[alert]\ncommand = "mail"\nafter = 7200', "has to be text in quotes"),
        (2, '[alert]\ncomand = "mail"', "unknown key 'comand' in [alert]; did you mean 'command'?"),
        (1, "alert = 1", "[alert] has to be a table"),
        (1, '[alerts]\ncommand = "mail"', "unknown key 'alerts' in the file; did you mean 'alert'?"),
    ],
)
def test_a_mistake_is_named_with_its_line(line: int, table: str, said: str) -> None:
    with pytest.raises(SourcesError) as problem:
        parse(table)
    assert said in str(problem.value)
    assert str(problem.value).startswith(f"sources.toml:{line}:")
    assert problem.value.hint


def test_the_first_sources_toml_shows_it_as_a_note() -> None:
    text = starter()
    assert parse(text).alert is None
    lines = text.splitlines()
    at = lines.index("# [alert]")
    shown = "\n".join(line.removeprefix("# ") for line in lines[at : at + 3])
    assert parse(shown).alert == AlertSpec(("/usr/local/bin/tell-me",), timedelta(hours=2))


def test_outlets_can_still_be_added_behind_it() -> None:
    text = add_outlet('[alert]\ncommand = "mail"\n', OutletSpec("daily", "The Daily"))
    assert parse(text).alert == AlertSpec(("mail",))
    assert [outlet.id for outlet in parse(text).outlets] == ["daily"]
