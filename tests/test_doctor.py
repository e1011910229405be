"""`wirecopy doctor`: what it finds on this machine and in an archive, what it makes of it, and that it changes nothing."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.lock import run_lock
from archive.model import Feed
from archive.store import feeds, runs
from archive.store.connect import Store, open_store
from crawler.sources import parse
from scheduler import doctor, machine, record
from scheduler.doctor import Finding, examine
from scheduler.record import Record
from tests.archive import parts
from tests.archive.parts import FEED, HARBOUR, NOW
from tests.conftest import Run

DAY = timedelta(days=1)
KNOWN = Record(bytes=10**6, pages=3, articles=2, last_run_at=NOW, last_run_status="ok", newest_at=NOW)
SOURCES = '[fetch]\ncontact = "mailto:desk@harbour.example"\n[[outlet]]\nid = "harbour"\n  [[outlet.feed]]\n  url = "https://harbour.example/rss.xml"\n'
PUBLIC = "93.184.215.14"


# --- what it runs on ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "has_it"),
    [
        ((3, 6, 23), False), ((3, 7, 0), True), ((3, 40, 1), True), ((3, 44, 5), True), ((3, 44, 6), False), ((3, 45, 0), True),
        ((3, 50, 6), True), ((3, 50, 7), False), ((3, 51, 0), True), ((3, 51, 2), True), ((3, 51, 3), False), ((3, 52, 0), False),
    ],
)  # fmt: skip
def test_the_wal_reset_bug_is_known_by_version(version: tuple[int, ...], has_it: bool) -> None:
    assert machine.wal_reset_bug(version) == has_it
    assert ("has the WAL-reset bug" in doctor.sqlite(version).text) == (has_it and version >= (3, 37))


@pytest.mark.parametrize(("version", "mark"), [((3, 36, 0), "fail"), ((3, 40, 1), "warn"), ((3, 51, 3), "ok")])
def test_an_sqlite_with_the_bug_is_warned_of_and_one_too_old_fails(version: tuple[int, ...], mark: str) -> None:
    assert doctor.sqlite(version).mark == mark


@pytest.mark.parametrize(("version", "mark"), [((3, 10, 9), "fail"), ((3, 11, 0), "ok"), ((3, 14, 1), "ok")])
def test_python_has_to_be_new_enough(version: tuple[int, ...], mark: str) -> None:
    assert doctor.python(version).mark == mark


def test_packages_are_told_with_their_versions_and_a_missing_one_by_name() -> None:
    assert re.search(r"\bclick \d+\.", doctor.packages(["click>=8", 'nothing-such ; python_version < "3.0"', 'other ; extra == "x"']).text)
    missing = doctor.packages(["click>=8", "nothing-such[fast]>=1"])
    assert (missing.mark, missing.text) == ("fail", "not installed: nothing-such")


def test_full_text_search_is_there() -> None:
    assert doctor.full_text().mark == "ok"


def test_another_sqlite_utils_on_the_path_is_warned_of(tmp_path: Path) -> None:
    found = doctor.plugin(found=str(tmp_path / "sqlite-utils"))
    assert (found.mark, str(tmp_path) in found.text) == ("warn", True)
    assert doctor.plugin(found=str(tmp_path / "sqlite-utils"), scripts=str(tmp_path)).mark == "ok"


# --- file systems and disk ------------------------------------------------------------------------------------------------------

MOUNTS = """\
/dev/vda1 / ext4 rw,relatime 0 0
tmpfs /tmp tmpfs rw 0 0
server:/news /srv/news nfs4 rw 0 0
/dev/vdb1 /srv/news/local\\040disk xfs rw 0 0
broken
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "ext4"),
        ("/srv/newspaper", "ext4"),
        ("/tmp/a", "tmpfs"),  # noqa: S108 - a name alone
        ("/srv/news", "nfs4"),
        ("/srv/news/a/b", "nfs4"),
        ("/srv/news/local disk/a", "xfs"),
    ],
)
def test_a_file_system_is_that_of_the_nearest_mount(path: str, kind: str) -> None:
    assert machine.file_system(Path(path), MOUNTS) == kind


def test_of_two_mounts_on_one_place_the_later_one_counts() -> None:
    assert machine.file_system(Path("/srv"), "a / ext4 rw\nb /srv nfs rw\nc /srv xfs rw\n") == "xfs"


@pytest.mark.parametrize(("kind", "mark"), [("nfs4", "warn"), ("fuse.sshfs", "warn"), ("tmpfs", "warn"), ("ext4", "ok"), ("btrfs", "ok")])
def test_network_file_systems_and_passing_ones_are_warned_of(kind: str, mark: str, tmp_path: Path) -> None:
    found = doctor.file_system(tmp_path / "wirecopy.db", f"x / {kind} rw 0 0\n")
    assert (found.mark, kind in found.text) == (mark, True)


@given(st.text())
def test_whatever_the_mounts_say_it_is_read(text: str) -> None:
    machine.file_system(Path("/srv/a"), text)


@pytest.mark.parametrize(
    ("growth", "mark", "said"), [(10**9, "warn", "lasts 10 days"), (10**8, "ok", "100 days"), (10**5, "ok", "274 years")]
)
def test_how_long_the_disk_lasts_is_told(growth: float, mark: str, said: str) -> None:
    found = doctor.disk(Path("wirecopy.db"), replace(KNOWN, growth=growth), free=10**10)
    assert (found.mark, said in found.text) == (mark, True)


def test_a_disk_that_is_nearly_full_fails_however_slow_it_fills() -> None:
    assert doctor.disk(Path("wirecopy.db"), replace(KNOWN, growth=1.0), free=10**8).mark == "fail"


# --- names ------------------------------------------------------------------------------------------------------------------------


def asked(addresses: list[str] | None, text: str = SOURCES) -> list[Finding]:
    def ask(host: str) -> list[str]:
        if addresses is None:
            raise OSError(-2, "Name or service not known")
        return addresses

    return doctor.names(parse(text), ask)


def test_names_that_are_found_are_well() -> None:
    assert [one.mark for one in asked([PUBLIC])] == ["ok"]


def test_names_that_are_all_unknown_fail_with_the_reason() -> None:
    (found,) = asked(None)
    assert (found.mark, found.text) == ("fail", "not found: harbour.example (Name or service not known)")


def test_private_answers_are_flagged_unless_they_are_allowed() -> None:
    (found,) = asked([PUBLIC, "10.1.2.3"])
    assert (found.mark, "10.1.2.3" in found.text, PUBLIC in found.text) == ("warn", True, False)
    assert [one.mark for one in asked(["10.1.2.3"], SOURCES.replace("[fetch]", '[fetch]\nallow_private = ["10.1.0.0/16"]'))] == ["ok"]


def test_a_name_server_that_never_answers_holds_up_nobody() -> None:
    never = threading.Event()

    def ask(host: str) -> list[str]:
        if host == "slow.example":
            never.wait()
        return [PUBLIC]

    assert machine.look_up(["slow.example", "fast.example"], seconds=0.5, ask=ask) == {"slow.example": None, "fast.example": [PUBLIC]}
    never.set()


def test_the_systems_resolver_is_asked() -> None:
    assert set(machine.resolve("localhost")) <= {"127.0.0.1", "::1"} != set()
    with pytest.raises(OSError, match="is not a host name"):
        machine.resolve("a" * 70 + ".example")


def test_sources_without_feeds_ask_nobody() -> None:
    assert asked(None, "") == []


# --- the clock ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("off", "mark"), [(0, "ok"), (59, "ok"), (-61, "warn"), (3600, "warn"), (3601, "fail"), (-9000, "fail")])
def test_the_clock_is_compared_with_the_servers(off: int, mark: str) -> None:
    assert doctor.clock(replace(KNOWN, offset=timedelta(seconds=off), servers=5), NOW).mark == mark


def test_a_clock_before_the_newest_record_was_set_back() -> None:
    found = doctor.clock(replace(KNOWN, newest_at=NOW + 2 * DAY), NOW)
    assert (found.mark, "set back" in found.text) == ("fail", True)


@given(behind=st.integers(-(10**6), 10**6), elapsed=st.integers(0, 30_000))
def test_a_date_within_the_exchange_is_no_offset_and_any_other_is_told_to_the_second(behind: int, elapsed: int) -> None:
    head = f"HTTP/1.1 200 OK\r\nServer: a\r\nDATE:  {format_datetime(NOW - timedelta(seconds=behind), usegmt=True)}\r\n\r\n".encode()
    found = record.offset_of(NOW, elapsed, head)
    assert found is not None
    late = behind - 1 if behind > 1 else min(0, behind + elapsed / 1000)
    assert abs(found.total_seconds() - late) < 0.001


@given(st.binary(max_size=300))
def test_whatever_a_head_says_nothing_is_raised(head: bytes) -> None:
    record.offset_of(NOW, 5, b"HTTP/1.1 200 OK\r\nDate: " + head)


def test_an_answer_from_a_cache_tells_no_time() -> None:
    assert record.offset_of(NOW, 5, b"HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 09:00:00 GMT\r\nAge: 3600\r\n\r\n") is None


# --- what an archive tells ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with parts.new_store(tmp_path) as made:
        feeds.sync(made, [HARBOUR], [Feed(HARBOUR.code, FEED)], NOW - 30 * DAY)
        yield made


def polled(store: Store, *, ago: timedelta, ip: str = "192.0.2.7", slow: timedelta = timedelta(0), trigger: str = "manual") -> None:
    """The feed is polled at a server whose clock is `slow`."""
    when = NOW - ago
    run_id = runs.begin(store, trigger=trigger, software="wirecopy/test", now=when)
    poll = parts.said([], feeds.claim(store, run_id, when, every=True)[0], now=when)
    head = f"HTTP/1.1 200 OK\r\nDate: {format_datetime(when - slow, usegmt=True)}\r\n\r\n".encode()
    parts.poll(store, run_id, replace(poll, captures=(replace(poll.captures[0], ip=ip, response_head=head),)))
    runs.finish(store, run_id, status="ok", now=when)


def test_the_clock_is_told_by_the_middle_of_the_servers_and_not_by_this_machines_own(store: Store) -> None:
    for ip, slow in (("192.0.2.1", 0), ("192.0.2.2", 300), ("192.0.2.3", 10**6), ("127.0.0.1", 10**7)):
        polled(store, ago=DAY, ip=ip, slow=timedelta(seconds=slow))
    found = record.read(store, now=NOW)
    assert (found.servers, found.offset) == (3, timedelta(seconds=299))


def test_growth_is_the_share_of_the_captures_that_the_last_week_brought(store: Store) -> None:
    for days in (20, 10, 3, 1):
        polled(store, ago=days * DAY)
    found = record.read(store, now=NOW)
    assert found.growth == pytest.approx(found.bytes * 2 / 4 / 7)


def test_an_archive_of_today_tells_no_growth(store: Store) -> None:
    polled(store, ago=timedelta(hours=1))
    assert record.read(store, now=NOW).growth is None
    assert "too early" in doctor.disk(store.path, record.read(store, now=NOW)).text


def test_a_run_that_began_before_the_one_it_followed_tells_of_a_jump(store: Store) -> None:
    polled(store, ago=DAY)
    assert doctor.jumps(record.read(store, now=NOW)) == []
    polled(store, ago=3 * DAY)
    (found,) = doctor.jumps(record.read(store, now=NOW))
    assert (found.mark, "2026-11-19 10:00" in found.text) == ("warn", True)


def test_a_timer_is_known_by_the_runs_it_started(store: Store) -> None:
    polled(store, ago=3 * DAY, trigger="cron")
    polled(store, ago=timedelta(0))
    found = doctor.timer(record.read(store, now=NOW), NOW)
    assert (found.mark, "the last one by cron began 3 d ago" in found.text) == ("warn", True)
    polled(store, ago=timedelta(hours=2), trigger="timer")
    assert doctor.timer(record.read(store, now=NOW), NOW).mark == "ok"


def test_a_fresh_archive_is_read_as_well(store: Store) -> None:
    found = record.read(store, now=NOW)
    assert (found.pages, found.articles, found.last_run_at, found.newest_at, found.offset, found.growth) == (0, 0, None, None, None, None)
    assert doctor.clock(found, NOW).mark == "ok"


# --- the lock --------------------------------------------------------------------------------------------------------------------------


def lock(archive: Path) -> Finding:
    (found,) = doctor.lock(archive)
    return found


def test_a_free_lock_is_free_and_no_file_is_made_for_asking(store: Store) -> None:
    assert lock(store.path).text == "free: no run is at work"
    assert not store.path.with_name("wirecopy.db.lock").exists()


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="only Linux tells who holds a lock")
def test_a_held_lock_is_told_with_its_holder_and_stays_held(store: Store) -> None:
    with run_lock(store.path):
        found = lock(store.path)
        assert (found.mark, "a run is at work" in found.text) == ("ok", True)
        assert f"held by process {os.getpid()} (" in found.text
        assert machine.lock_held(store.path)
    assert not machine.lock_held(store.path)


# --- all of it ---------------------------------------------------------------------------------------------------------------------------


def by_name(found: list[Finding]) -> dict[str, Finding]:
    return {one.name: one for one in found}


def test_an_installation_before_its_first_crawl_is_told_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(SOURCES, encoding="utf-8")
    found = by_name(examine(tmp_path / "wirecopy.db", tmp_path / "sources.toml", now=NOW, ask=lambda _: [PUBLIC]))
    assert (found["archive"].mark, found["archive"].remedy) == ("warn", "`wirecopy crawl` makes one; or name yours with --archive")
    assert (found["sources"].text, found["dns"].mark) == (f"{tmp_path / 'sources.toml'}: 1 outlet, 1 feed", "ok")
    assert parts.names(tmp_path) == ["sources.toml"]


def test_an_archive_is_told_in_figures_and_not_changed(store: Store, tmp_path: Path) -> None:
    polled(store, ago=timedelta(hours=1))
    store.close()
    before = store.path.read_bytes()
    (tmp_path / "sources.toml").write_text(SOURCES, encoding="utf-8")
    found = by_name(examine(store.path, tmp_path / "sources.toml", now=NOW, ask=lambda _: [PUBLIC]))
    assert re.fullmatch(r".*wirecopy\.db: \d+ kB, 0 pages, 0 articles, last run 1 h ago: ok", found["archive"].text)
    assert store.path.read_bytes() == before


def test_a_foreign_file_and_a_broken_sources_toml_fail_with_their_remedies(tmp_path: Path) -> None:
    (tmp_path / "wirecopy.db").write_text("not a database, but long enough to be looked at as one by its first bytes")
    (tmp_path / "sources.toml").write_text("outlets = 1")
    found = by_name(examine(tmp_path / "wirecopy.db", tmp_path / "sources.toml", now=NOW))
    assert [(found[name].mark, bool(found[name].remedy)) for name in ("archive", "sources")] == [("fail", True)] * 2
    assert "dns" not in found


def test_warnings_of_the_sources_and_an_alert_command_that_is_not_there_are_told(tmp_path: Path) -> None:
    text = SOURCES.replace('id = "harbour"', 'id = "harbour"\nverify_tls = false') + '[alert]\ncommand = "no-such-program --now"\n'
    (tmp_path / "sources.toml").write_text(text, encoding="utf-8")
    told = [
        one.text for one in examine(tmp_path / "wirecopy.db", tmp_path / "sources.toml", now=NOW, ask=lambda _: []) if one.mark == "warn"
    ]
    assert any("verify_tls = false" in text for text in told)
    assert any("no-such-program is not there" in text for text in told)


def test_the_command_prints_json_and_its_exit_code_says_whether_something_is_to_be_mended(wirecopy: Run, tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(SOURCES.replace("https://harbour.example", "http://localhost"), encoding="utf-8")
    open_store(tmp_path / "wirecopy.db", create=True).close()
    done = wirecopy("doctor", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == int(any(one["mark"] == "fail" for one in found))
    assert {
        "python",
        "packages",
        "sqlite",
        "fts5",
        "plugin",
        "sources",
        "dns",
        "archive",
        "file system",
        "disk",
        "clock",
        "timer",
        "lock",
    } <= {one["name"] for one in found}
    (tmp_path / "sources.toml").unlink()
    assert wirecopy("doctor").returncode == 1


marks = st.sampled_from(["ok", "warn", "fail"])


@given(st.lists(st.builds(Finding, marks, st.sampled_from(["clock", "file system"]), st.text(), st.none() | st.text())))
def test_the_report_fits_and_steers_no_terminal(found: list[Finding]) -> None:
    told = doctor.lines(found)
    assert told[-1].startswith(f"{sum(one.mark == 'ok' for one in found)} ok, ")
    for line in told:
        assert len(line) <= doctor.WIDTH
        assert not any(ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 for letter in line)


def test_examining_asks_no_web_site(tmp_path: Path) -> None:
    """Every connection that the process tries is told by the interpreter's own audit hook; the resolver may ask its name server."""
    code = """
import socket, sys
from datetime import UTC, datetime
from pathlib import Path
from scheduler.doctor import examine
dialled = []
sys.addaudithook(lambda event, given: dialled.append(given) if event == "socket.connect" else None)
examine(Path("wirecopy.db"), Path("sources.toml"), now=datetime.now(UTC))
print(dialled)
"""
    (tmp_path / "sources.toml").write_text(SOURCES.replace("https://harbour.example", "http://localhost"), encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
