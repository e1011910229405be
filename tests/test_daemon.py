"""The daemon as systemd and people see it: the installed command on the demo's outlets, its messages over a real socket, its log."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from scheduler.child import Child, Ended
from scheduler.daemon import stranded
from scheduler.demo import World
from scheduler.notify import Notifier
from scheduler.outlook import told
from scheduler.units import daemon_unit, here
from tests.way.parts import PAST, Desktop, clean_environment, read_lines

PATIENCE = 30.0  # seconds that a message may take on a busy machine; nothing is measured by it
FAR = "2100-01-01T00:00:00Z"


@dataclass
class Service:
    """A daemon that runs, as its service manager has it."""

    desktop: Desktop
    process: subprocess.Popen[bytes]
    socket: socket.socket

    def hear(self, wanted: str) -> str:
        """The next message that begins so; those before it are dropped."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            message = self.socket.recv(4096).decode()
            if message.startswith(wanted):
                return message
        raise TimeoutError(f"never heard {wanted}; the log: {self.log}")

    def idle(self) -> None:
        """Returns when it waits for what comes due."""
        self.hear("STATUS=Waiting; next poll due 20")

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(sign)
        return self.process.wait(timeout=10)

    @property
    def log(self) -> list[str]:
        """Its lines, without the times that they begin with."""
        lines = (self.desktop.folder / "log").read_text().splitlines()
        return [re.sub(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ", "", line) for line in lines]

    @property
    def runs(self) -> int:
        return int(self.desktop.values("SELECT count(*) FROM runs")[0])


Start = Callable[..., Service]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World() as world:
        yield world


@pytest.fixture
def desktop(world: World, tmp_path: Path) -> Desktop:
    """A folder with the first two outlets of the world."""
    desktop = Desktop.of(tmp_path, world)
    write_sources(desktop, world, outlets=2)
    return desktop


@pytest.fixture(scope="module")
def history(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of the first two outlets, crawled once."""
    desktop = Desktop.of(tmp_path_factory.mktemp("history"), world)
    write_sources(desktop, world, outlets=2)
    desktop.crawl()
    return desktop.archive


@pytest.fixture
def crawled(desktop: Desktop, history: Path) -> Desktop:
    """The folder with such an archive, where nothing is due."""
    with closing(sqlite3.connect(history)) as conn, closing(sqlite3.connect(desktop.archive)) as copy:
        conn.backup(copy)
    desktop.execute("UPDATE pages SET next_try_at = NULL")
    return desktop


def write_sources(desktop: Desktop, world: World, *, outlets: int, delay: float = 0.0) -> None:
    head, *blocks = world.sources_toml(delay=delay).split("\n[[outlet]]\n")
    (desktop.folder / "sources.toml").write_text("\n[[outlet]]\n".join([head, *blocks[:outlets]]), encoding="utf-8")


@pytest.fixture
def start(desktop: Desktop) -> Iterator[Start]:
    """Starts `wirecopy daemon` with a small tick and a manager that listens; whatever is left is ended at the end."""
    with ExitStack() as after:
        folder = Path(after.enter_context(tempfile.TemporaryDirectory()))  # a socket's path must be short

        def begin(*arguments: object) -> Service:
            manager = after.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
            manager.settimeout(PATIENCE)
            manager.bind(str(folder / uuid.uuid4().hex))
            with (desktop.folder / "log").open("ab") as log:
                process = subprocess.Popen(
                    [*here().command, "daemon", "--tick", "0.1", *map(str, arguments)], cwd=desktop.folder, stderr=log, stdout=log,
                    env=clean_environment() | {"NOTIFY_SOCKET": str(manager.getsockname())},
                )  # fmt: skip
            after.callback(end, process)
            return Service(desktop, process, manager)

        yield begin


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


# --- runs -----------------------------------------------------------------------------------------------------------------


def test_it_runs_what_is_due_and_starts_nothing_while_nothing_is(start: Start, desktop: Desktop, world: World) -> None:
    write_sources(desktop, world, outlets=1)
    daemon = start()
    assert daemon.hear("READY=1") == "READY=1"
    daemon.hear("STATUS=A run is under way since 20")
    daemon.idle()
    before = daemon.runs  # a page that failed at first has been tried again by the first run or has a time of its own
    for _ in range(5):
        daemon.hear("WATCHDOG=1")  # a look each
    assert daemon.runs == before == 1
    desktop.execute("UPDATE feeds SET next_poll_at = ? WHERE id = 1", PAST)
    daemon.hear("STATUS=A run is under way since 20")
    daemon.idle()
    assert desktop.rows("SELECT trigger, status FROM runs") == [{"trigger": "daemon", "status": "ok"}] * 2
    assert desktop.values("SELECT count(*) FROM polls WHERE run_id = 2") == [1]
    assert daemon.stop() == 0
    told_of_runs = [line for line in daemon.log if line.startswith("run ")]
    assert [line.split()[1] for line in told_of_runs] == ["1", "2"]
    assert "1 polled" in told_of_runs[1]


def test_what_a_host_holds_back_is_not_tried_at_each_tick_and_holds_up_nothing_else(start: Start, crawled: Desktop) -> None:
    page = crawled.rows("SELECT id, url FROM pages WHERE state = 'stored' ORDER BY id LIMIT 1")[0]
    crawled.execute("UPDATE pages SET next_try_at = ? WHERE id = ?", PAST, page["id"])
    host = urlsplit(page["url"]).hostname
    crawled.execute("INSERT OR REPLACE INTO hosts (host, not_before, reason) VALUES (?, ?, 'told so')", host, FAR)
    daemon = start()
    for _ in range(8):
        daemon.idle()  # said at each look, after a run and without one
    assert 2 <= daemon.runs <= 6
    other = crawled.values("SELECT f.id FROM feeds f JOIN outlets o ON o.id = f.outlet_id WHERE o.host <> ? LIMIT 1", host)
    crawled.execute("UPDATE feeds SET next_poll_at = ? WHERE id = ?", PAST, other[0])
    while crawled.values("SELECT count(*) FROM polls WHERE feed_id = ?", other[0]) == [1]:
        daemon.hear("WATCHDOG=1")
    assert daemon.stop() == 0


def test_a_cron_run_and_the_daemon_do_not_disturb_each_other(start: Start, desktop: Desktop, world: World) -> None:
    write_sources(desktop, world, outlets=1, delay=1.0)
    cron = desktop.start("crawl", "--trigger", "cron", "-v")
    assert cron.stdout is not None
    read_lines(cron.stdout, 2)
    daemon = start()
    for _ in range(3):
        daemon.hear("STATUS=Another run is at work on the archive")
    write_sources(desktop, world, outlets=1)
    daemon.hear("RELOADING=1")
    assert desktop.values("SELECT count(*) FROM runs") == [1]
    cron.send_signal(signal.SIGTERM)
    said, complaints = cron.communicate(timeout=PATIENCE)
    assert (cron.returncode, complaints) == (0, "")
    assert "Run 1 stopped" in said
    while desktop.values("SELECT count(*) FROM runs WHERE finished_at IS NOT NULL")[0] < 2:
        daemon.hear("WATCHDOG=1")
    assert desktop.values("SELECT trigger || ' ' || status FROM runs LIMIT 2") == ["cron stopped", "daemon ok"]
    assert [line for line in daemon.log if "another run" in line][:1] == ["another run is at work on the archive: its turn first"]
    desktop.execute("UPDATE feeds SET next_poll_at = ?", PAST)
    assert desktop.run("crawl", "--trigger", "cron", "--wait", 30).returncode == 0
    assert daemon.stop() == 0
    assert desktop.run("verify").returncode == 0


def test_a_second_daemon_on_the_same_archive_is_refused(start: Start, crawled: Desktop) -> None:
    daemon = start()
    daemon.hear("READY=1")
    second = crawled.run("daemon")
    assert second.returncode == 75
    assert "Error: another daemon is at work on wirecopy.db" in second.stderr
    assert daemon.stop() == 0
    third = start()
    third.hear("READY=1")
    assert third.stop(signal.SIGINT) == 0


# --- sources.toml ---------------------------------------------------------------------------------------------------------


def test_on_sighup_a_good_file_is_taken_and_a_broken_one_changes_nothing(start: Start, crawled: Desktop, world: World) -> None:
    daemon = start("--tick", 600)  # from here on nothing happens by itself
    daemon.idle()
    write_sources(crawled, world, outlets=3)
    daemon.process.send_signal(signal.SIGHUP)
    assert re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=\d+", daemon.hear("RELOADING=1"))
    daemon.hear("READY=1")
    daemon.idle()  # it did not wait for its tick
    outlets = crawled.values("SELECT count(*) FROM outlets WHERE active")
    assert outlets == [3]
    (crawled.folder / "sources.toml").write_text("[[outlet]]\nid = 'half'\nname = ", encoding="utf-8")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.hear("RELOADING=1")
    daemon.hear("READY=1")
    assert daemon.stop() == 0
    said = [line for line in daemon.log if "going on with the sources as they were" in line]
    assert len(said) == 1
    assert "sources.toml:3: not valid TOML" in said[0]


def test_an_edit_is_noticed_and_while_it_is_broken_runs_use_the_last_good_file(start: Start, crawled: Desktop) -> None:
    daemon = start()
    daemon.idle()
    (copy,) = crawled.folder.glob("*.daemon.toml")
    assert copy.read_bytes() == (crawled.folder / "sources.toml").read_bytes()
    assert copy.stat().st_mode & 0o777 == 0o600  # URLs may hold credentials
    (crawled.folder / "sources.toml").write_text("nonsense", encoding="utf-8")
    daemon.hear("RELOADING=1")
    crawled.execute("UPDATE feeds SET next_poll_at = ? WHERE id = 1", PAST)
    while daemon.runs < 3:
        daemon.hear("WATCHDOG=1")
    daemon.idle()
    assert daemon.stop() == 0
    assert crawled.values("SELECT status FROM runs") == ["ok"] * 3
    assert crawled.values("SELECT count(*) FROM outlets WHERE active") == [2]
    assert len([line for line in daemon.log if "going on with the sources as they were" in line]) == 1
    assert not copy.exists()


@pytest.mark.parametrize(
    ("name", "content", "code"), [("sources.toml", "nonsense", 78), ("wirecopy.db", "a letter to a friend", 74), ("wirecopy.db", "", 74)]
)
def test_it_does_not_start_on_what_a_person_has_to_mend(desktop: Desktop, name: str, content: str, code: int) -> None:
    (desktop.folder / name).write_text(content, encoding="utf-8")
    done = desktop.run("daemon")
    assert done.returncode == code
    assert done.stderr.startswith("Error: ")


# --- stopping -------------------------------------------------------------------------------------------------------------


def test_told_to_stop_it_stops_the_run_under_way_and_leaves_the_rest_to_the_next(start: Start, desktop: Desktop, world: World) -> None:
    write_sources(desktop, world, outlets=2, delay=1.0)
    daemon = start()
    daemon.hear("WATCHDOG=1")  # the run writes
    while desktop.values("SELECT count(*) FROM pages WHERE state = 'stored'") == [0]:
        daemon.hear("WATCHDOG=1")
    daemon.process.send_signal(signal.SIGTERM)
    daemon.hear("STOPPING=1")
    assert daemon.process.wait(timeout=10) == 0
    assert desktop.values("SELECT status FROM runs") == ["stopped"]
    assert desktop.values("SELECT count(*) FROM pages WHERE state = 'queued'")[0] > 0
    assert daemon.log[-1] == "stopped"


HANGS = """
import os, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.fork()
signal.pause()
"""


def test_a_run_that_overruns_is_ended_with_all_its_children() -> None:
    async def ended() -> Ended:
        return await Child([sys.executable, "-c", HANGS], limit=1.0).run()  # its output ends with its last process

    done = asyncio.run(ended())
    assert done == Ended(-signal.SIGKILL, overran=True)
    assert told(done) == "a run did not end in its time, and was ended by force"


def test_a_run_that_does_not_stop_when_asked_is_ended_before_systemd_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.child.DRAIN", 0.5)

    async def ended() -> Ended:
        child = Child([sys.executable, "-c", HANGS], limit=3600)
        asyncio.get_running_loop().call_later(0.5, child.ask)
        return await child.run()

    assert asyncio.run(ended()).code in (-signal.SIGKILL, -signal.SIGTERM)  # SIGTERM: it was not even up


def test_a_run_is_asked_though_it_was_not_there_yet_and_does_not_see_the_managers_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/nobody")

    async def ended(*, ask: bool) -> Ended:
        said = "import json, os, time; print(json.dumps({'n': os.environ.get('NOTIFY_SOCKET')}), flush=True)"
        child = Child([sys.executable, "-c", said + "; time.sleep(50)" * ask], limit=60)  # it must not be done before it is asked
        if ask:
            child.ask()
        return await child.run()

    assert asyncio.run(ended(ask=True)).code == -signal.SIGTERM
    assert asyncio.run(ended(ask=False)) == Ended(0, {"n": None})


# --- small things ---------------------------------------------------------------------------------------------------------


def test_systemd_takes_the_daemons_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze command on this machine (Debian: apt-get install systemd)")
    unit = tmp_path / "wirecopy-daemon.service"
    for archive in (Path("/var/lib/wirecopy/wirecopy.db"), tmp_path / 'an "odd" %h $HOME folder' / "a b.db"):
        unit.write_text(daemon_unit(archive, Path("/etc/wirecopy/sources.toml"), user="daemon"), encoding="utf-8")
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False,
            env=os.environ | {"SYSTEMD_LOG_LEVEL": "warning"},
        )  # fmt: skip
        assert (done.returncode, [line for line in done.stderr.splitlines() if "wirecopy" in line]) == (0, [])
        assert "\nType=notify\n" in unit.read_text()


def test_the_daemons_unit_is_printed_for_systemd_alone(desktop: Desktop) -> None:
    printed = desktop.run("schedule", "systemd", "--daemon")
    assert printed.returncode == 0
    assert printed.stdout.count("# /etc/systemd/system/wirecopy-daemon.service") == 1
    assert f" daemon --archive {desktop.archive} " in printed.stdout
    assert desktop.run("schedule", "cron", "--daemon").returncode == 64


@pytest.mark.parametrize("abstract", [False, True])
def test_messages_arrive_at_sockets_of_both_kinds(abstract: bool) -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        name = f"wirecopy-{uuid.uuid4().hex}"
        manager.bind(f"\0{name}" if abstract else f"{folder}/s")
        notify = Notifier.of({"NOTIFY_SOCKET": f"@{name}" if abstract else f"{folder}/s"})
        notify.status("two\nlines")
        notify.progress()
        assert [manager.recv(100), manager.recv(100)] == [b"STATUS=two lines", b"WATCHDOG=1"]


def test_without_a_manager_or_with_one_that_is_gone_nothing_fails() -> None:
    for address in (None, "", "/nowhere/at/all", "@nobody-" + uuid.uuid4().hex, "x" * 200):
        Notifier(address).ready()


def test_a_clock_that_was_set_back_does_not_leave_the_tick_waiting() -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert stranded(now + timedelta(days=365), now, tick=30.0)
    assert not stranded(now + timedelta(seconds=30), now, tick=30.0)
    assert not stranded(now - timedelta(days=365), now, tick=30.0)


def test_the_daemon_itself_loads_neither_scrapy_nor_a_parser() -> None:
    asked = "import sys, scheduler.daemon; print({'scrapy', 'twisted', 'lxml', 'selectolax'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, env=dict(os.environ))
    assert done.stdout == "set()\n"
