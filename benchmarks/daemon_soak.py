"""The daemon under load, for as long as you like: `python -m benchmarks.daemon_soak --minutes 60 --feeds 200 --bad 30`.

Serves small feeds on loopback, an address each, with a new story each minute; the bad ones stall, answer 500, break off their XML, reset
the connection, or turn to HTML. Runs the installed `wirecopy daemon` against them, samples what it uses, and tells it to stop in the
middle of a run. Linux alone: reads /proc. What is printed is of the daemon's own process; the crawls are processes that end.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from scheduler.units import here

NEWS = 60.0  # seconds between two stories of a feed
LISTED = 8  # entries in a feed's document
ROWS = 20  # samples that are printed
WARM = 0.2  # share of the time that is not counted in the drift: imports, the first runs
FAULTS = ("stall", "500", "broken", "reset", "html")


class Feeds:
    """The loopback outlets, served from a thread of their own. `elapsed`: seconds since they began, by whichever clock; `schedule`: of
    their polls; `news`: seconds between two stories of a feed."""

    def __init__(
        self, count: int, bad: int, *, elapsed: Callable[[], float] | None = None, news: float = NEWS, schedule: str = "1m"
    ) -> None:
        self.count, self.bad, self._news, self._schedule = count, bad, news, schedule
        self.asked: Counter[str] = Counter()
        self.hosts = [f"127.77.{number // 250}.{number % 250 + 1}" for number in range(count)]
        begun = time.monotonic()
        self._elapsed = elapsed or (lambda: time.monotonic() - begun)
        self._ready = threading.Event()
        self.port = 0

    def __enter__(self) -> Feeds:
        threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True).start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        """The thread ends with the program."""

    def sources_toml(self) -> str:
        lines = ['[fetch]\ncontact = "mailto:soak@example.org"\ntimeout = 5\ndelay = 0.05\nallow_private = ["127.0.0.0/8"]\n']
        for number, host in enumerate(self.hosts):
            lines.append(
                f'[[outlet]]\nid = "outlet-{number}"\nname = "Outlet {number}"\nschedule = "{self._schedule}"\n'
                f'[[outlet.feed]]\nurl = "http://{host}:{self.port}/feed"\nkind = "rss"\n'
            )
        return "\n".join(lines)

    def latest(self) -> int:
        """The number of each feed's newest story; the first one is 1."""
        return int(self._elapsed() / self._news) + 1

    def stories(self, number: int, latest: int) -> list[str]:
        """The URLs of a good feed's stories up to `latest`, as far as a poll that came in time has seen them."""
        return [f"http://{self.hosts[number]}:{self.port}/story/{n}" for n in range(1, latest + 1)]

    async def _serve(self) -> None:
        first = await asyncio.start_server(self._answer, self.hosts[0], 0)
        self.port = first.sockets[0].getsockname()[1]
        servers = [first, *[await asyncio.start_server(self._answer, host, self.port) for host in self.hosts[1:]]]
        self._ready.set()
        await asyncio.gather(*(server.serve_forever() for server in servers))

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                if not await self._one(host, head.decode("latin-1"), writer):
                    return
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _one(self, host: str, head: str, writer: asyncio.StreamWriter) -> bool:
        path = head.split()[1]
        number = self.hosts.index(host)
        fault = FAULTS[number % len(FAULTS)] if path == "/feed" and number >= self.count - self.bad else None
        self.asked[fault or ("feed" if path == "/feed" else "page")] += 1
        if fault == "stall":
            await asyncio.sleep(60)
            return False
        if fault == "reset":
            writer.transport.abort()
            return False
        latest = self.latest()
        status, kind, body = self._document(host, path, fault, latest)
        tag = f'"{number}-{latest}"' if path == "/feed" and fault is None else ""
        if tag and f"if-none-match: {tag}" in head.lower():
            status, body = "304 Not Modified", b""
        etag = f"ETag: {tag}\r\n" if tag else ""
        writer.write(f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{etag}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        return True

    def _document(self, host: str, path: str, fault: str | None, latest: int) -> tuple[str, str, bytes]:
        if fault == "500":
            return "500 Internal Server Error", "text/plain", b"out of order"
        if fault == "html" or path.startswith("/story/"):
            text = "".join(f"<p>Paragraph {n} of {path} at {host} says what happened, to whom, and when it was.</p>" for n in range(12))
            return "200 OK", "text/html", f"<html><title>Story {path}</title><body><h1>Story {path}</h1><article>{text}</article>".encode()
        if path != "/feed":
            return "404 Not Found", "text/plain", b""
        items = "".join(
            f"<item><title>Story {n}</title><link>http://{host}:{self.port}/story/{n}</link><guid>{host}-{n}</guid></item>"
            for n in range(latest, max(0, latest - LISTED), -1)
        )
        text = f"<?xml version='1.0'?><rss version='2.0'><channel><title>{host}</title>{items}</channel></rss>"
        return "200 OK", "application/rss+xml", (text[:60] if fault == "broken" else text).encode()


@dataclass(frozen=True, slots=True)
class Sample:
    """The daemon at one moment."""

    seconds: float
    rss: int  # KiB
    descriptors: int
    threads: int
    wal: int  # KiB
    archive: int  # KiB
    runs: int
    polls: int
    pages: int


def sample(pid: int, archive: Path, begun: float) -> Sample:
    said = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    with closing(sqlite3.connect(f"file:{archive}?mode=ro", uri=True)) as conn:
        runs, polls, pages = conn.execute(
            "SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM polls), (SELECT count(*) FROM pages WHERE state = 'stored')"
        ).fetchone()
    return Sample(
        time.monotonic() - begun, int(said["VmRSS"].split()[0]), len(list(Path(f"/proc/{pid}/fd").iterdir())), int(said["Threads"]),
        _size(Path(f"{archive}-wal")), _size(archive), runs, polls, pages,
    )  # fmt: skip


def _size(path: Path) -> int:
    try:
        return path.stat().st_size // 1024
    except FileNotFoundError:
        return 0


def watch(daemon: subprocess.Popen[bytes], archive: Path, seconds: float) -> list[Sample]:
    begun, taken = time.monotonic(), list[Sample]()
    print(f"{'min':>5} {'RSS KiB':>8} {'fds':>4} {'threads':>7} {'WAL KiB':>8} {'archive KiB':>11} {'runs':>5} {'polls':>6} {'pages':>6}")
    while time.monotonic() - begun < seconds and daemon.poll() is None:
        time.sleep(max(1.0, seconds / 200))
        if not archive.exists():
            continue
        one = sample(daemon.pid, archive, begun)
        if not taken or one.seconds * ROWS // seconds > taken[-1].seconds * ROWS // seconds:
            print(
                f"{one.seconds / 60:5.1f} {one.rss:8} {one.descriptors:4} {one.threads:7} {one.wal:8} {one.archive:11}"
                f" {one.runs:5} {one.polls:6} {one.pages:6}",
                flush=True,
            )
        taken.append(one)
    return taken


def report(taken: list[Sample], seconds: float) -> None:
    warm = [one for one in taken if one.seconds >= seconds * WARM] or taken
    print(f"\nafter the first {seconds * WARM / 60:.1f} min, {len(warm)} samples:")
    for name in ("rss", "descriptors", "threads", "wal"):
        values = [int(getattr(one, name)) for one in warm]
        print(f"  {name:<12} first {values[0]}, last {values[-1]}, lowest {min(values)}, highest {max(values)}")


def drain(daemon: subprocess.Popen[bytes], archive: Path) -> None:
    """Stops it in the middle of a run, where one comes within two minutes."""
    until, running = time.monotonic() + 120, False
    while not running and time.monotonic() < until:
        time.sleep(0.2)
        with closing(sqlite3.connect(f"file:{archive}?mode=ro", uri=True)) as conn:
            running = conn.execute("SELECT 1 FROM runs r JOIN polls p ON p.run_id = r.id WHERE r.status = 'running'").fetchone() is not None
    begun = time.monotonic()
    daemon.send_signal(signal.SIGTERM)
    code = daemon.wait(timeout=60)
    print(f"SIGTERM {'during a run' if running else 'while idle'}: exit code {code} after {time.monotonic() - begun:.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.daemon_soak")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--bad", type=int, default=30)
    parser.add_argument("--tick", type=float, default=5.0)
    asked = parser.parse_args()
    with Feeds(asked.feeds, asked.bad) as feeds, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "sources.toml").write_text(feeds.sources_toml())
        with (folder / "log").open("wb") as log:
            daemon = subprocess.Popen(  # noqa: S603 - this installation's own command
                [*here().command, "daemon", "--tick", str(asked.tick)], cwd=folder, stdout=log, stderr=log
            )
        try:
            taken = watch(daemon, folder / "wirecopy.db", asked.minutes * 60)
            if daemon.poll() is not None:
                raise SystemExit(f"the daemon ended by itself:\n{(folder / 'log').read_text()}")
            report(taken, asked.minutes * 60)
            drain(daemon, folder / "wirecopy.db")
        finally:
            daemon.kill()
            daemon.wait()
        lines = (folder / "log").read_text().splitlines()
        with closing(sqlite3.connect(folder / "wirecopy.db")) as conn:
            states = conn.execute("SELECT status, count(*) FROM runs GROUP BY 1").fetchall()
            outcomes = conn.execute("SELECT outcome, count(*) FROM polls GROUP BY 1 ORDER BY 2 DESC").fetchall()
    print(f"runs: {dict(states)}; polls: {dict(outcomes)}")
    print(f"requests served: {dict(feeds.asked)}")
    print(f"log: {len(lines)} lines; the last ones:", *lines[-6:], sep="\n  ")


if __name__ == "__main__":
    main()
