"""Evidence made by hand: a log of a few requests and an archive with a few rows, for the judge to judge."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from archive.store.connect import open_store
from benchmarks.behaviour.asked import Asked, Behaviour, Fields, Reply, Said
from benchmarks.behaviour.evidence import Evidence, Feed, Row, Run
from benchmarks.behaviour.judge import RULES
from benchmarks.behaviour.judge.look import Look

START = datetime(2026, 11, 23, tzinfo=UTC)  # a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CONTACT = "https://crawl.example.org/about"
POLITE: Fields = (
    ("User-Agent", f"wirecopy/0.1.0 (+{CONTACT})"),
    ("Accept", "application/rss+xml, application/atom+xml, application/feed+json"),
    ("Accept-Encoding", "gzip"),
)
GOOD = Reply(200, (("ETag", '"1"'),), said=Said(("story 1",)))
SAME = Reply(304)


@dataclass
class Case:
    """Requests of one hour are of one run."""

    folder: Path
    days: float = 14.0
    evidence: Evidence = field(init=False)

    def __post_init__(self) -> None:
        archive = self.folder / "wirecopy.db"
        archive.write_bytes(_empty_archive())
        self.evidence = Evidence(archive, START, START + self.days * DAY, timedelta(minutes=30), contact=CONTACT)
        self.evidence.settings = {"delay": 0.02, "timeout": 5.0, "max_size": 1000.0}
        self.evidence.private = "127.99.0.1"
        self.connections: int = 0

    def judged(self, number: int) -> Look:
        self._number_runs()
        return next(rule for rule in RULES if rule.number == number).judge(self.evidence)

    def _number_runs(self) -> None:
        """By their time, whatever order they were made in."""
        ordered = sorted(self.evidence.runs, key=lambda run: run.at)
        numbers = {run.number: number for number, run in enumerate(ordered)}
        self.evidence.runs = [replace(run, number=numbers[run.number]) for run in ordered]
        self.evidence.asked = [replace(one, run=numbers[one.run]) for one in self.evidence.asked]

    # --- what there is --------------------------------------------------------------------------------------------------

    def feed(self, name: str = "a", path: str = "/feed", *, moves_to: str | None = None, **given: Any) -> Feed:
        known = next((one for one in self.evidence.feeds if one.name == name), None)
        number = len({one.name for one in self.evidence.feeds}) if known is None else int(known.url.split(".")[3].split(":")[0]) - 1
        scheme = given.get("scheme", "http")
        made = Feed(f"{scheme}://127.0.0.{number + 1}:80{path}", Behaviour(name, name, {}, **given), moves_to)
        self.evidence.feeds.append(made)
        self.execute("INSERT OR IGNORE INTO outlets (id, code, name, added_at) VALUES (?, ?, ?, 'then')", number + 1, name, name)
        self.execute("INSERT INTO feeds (outlet_id, url, kind, next_poll_at) VALUES (?, ?, 'auto', 'then')", number + 1, made.url)
        return made

    def run(self, hour: float, **given: Any) -> Run:
        """The run of that hour; made where there is none yet."""
        at = START + hour * HOUR
        found = next((one for one in self.evidence.runs if one.at == at), None)
        if found is None:
            number = len(self.evidence.runs)
            self.execute("INSERT INTO runs (id, trigger, started_at, software) VALUES (?, 'manual', ?, '')", number + 1, iso(at))
            found = Run(number, number + 1, at, 1.0)
        else:
            self.evidence.runs.remove(found)
        found = replace(found, **given)
        self.evidence.runs.append(found)
        return found

    def request(self, url: str, hour: float, reply: Reply, *fields: tuple[str, str], **given: Any) -> Asked:
        """One request in the log, by itself."""
        run, origin = self.run(hour), "/".join(url.split("/")[:3])
        began = given.pop("began", float(len(self.evidence.asked)))
        took = given.pop("took", 0.01)
        self.connections += 1
        made = Asked(
            run.number, run.at, began, began + took, self.connections, origin, "GET", url.removeprefix(origin), (*POLITE, *fields), reply,
            digest=given.pop("digest", str(reply.said)), length=len(reply.body),
        )  # fmt: skip
        made = replace(made, **given)
        self.evidence.asked.append(made)
        return made

    def poll(self, feed: Feed, hour: float, **row: Any) -> None:
        """A row of polls by itself."""
        run = self.run(hour)
        given: Row = {
            "run_id": run.id, "polled_at": iso(run.at), "status": 200, "outcome": "nothing-new", "next_poll_at": iso(run.at + HOUR),
            "reason": "hourly, the floor", "gap": 0,
        } | row  # fmt: skip
        names, marks = ", ".join(given), ", ".join("?" * len(given))
        self.execute(f"INSERT INTO polls (feed_id, {names}) SELECT id, {marks} FROM feeds WHERE url = ?", *given.values(), feed.url)  # noqa: S608

    def ask(self, feed: Feed, hour: float, reply: Reply = GOOD, *fields: tuple[str, str], record: bool = True, **row: Any) -> Asked:
        """An attempt at a feed: the request, and (`record`) its row as it should be, but for `row`."""
        made = self.request(feed.url, hour, reply, *fields)
        sent = {name.lower(): value for name, value in fields}
        told: Row = {"status": None if reply.stall else reply.status, "bytes": len(reply.body)}
        told |= {"etag_sent": sent.get("if-none-match"), "last_modified_sent": sent.get("if-modified-since")}
        if reply.status >= 400 or reply.said is None:
            told |= {"outcome": "http-error", "error": "HTTP error"}
        if record:
            self.poll(feed, hour, **(told | row))
            for guid in reply.said.guids if reply.said else ():
                self.entry(feed, guid=guid)
        return made

    def entry(self, feed: Feed, **row: Any) -> None:
        given: Row = {"identity": 1, "digest": 1, "url": "u", "poll_id": 1, "first_seen_at": iso(START), "status": "usable"} | row
        names, marks = ", ".join(given), ", ".join("?" * len(given))
        self.execute(f"INSERT INTO entries (feed_id, {names}) SELECT id, {marks} FROM feeds WHERE url = ?", *given.values(), feed.url)  # noqa: S608

    def execute(self, sql: str, *values: object) -> None:
        with closing(sqlite3.connect(self.evidence.archive, isolation_level=None)) as conn:
            conn.execute("PRAGMA synchronous = OFF")
            conn.execute(sql, values)


@cache
def _empty_archive() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "wirecopy.db"
        with open_store(path, create=True):
            pass
        return path.read_bytes()


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def etag(value: str) -> tuple[str, str]:
    return ("If-None-Match", value)


def said(*guids: str, ttl: int | None = None, skip_hours: tuple[int, ...] = (), fields: Fields = (("ETag", '"1"'),)) -> Reply:
    return Reply(200, fields, said=Said(guids, ttl, skip_hours))


def error(status: int, *fields: tuple[str, str]) -> Reply:
    return Reply(status, fields, b"no")
