"""What the tests of the whole way share: a folder with sources and an archive, the installed commands, plain reading of the file."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from scheduler.demo import Request, World
from scheduler.units import here

VOLATILE = "/watch-read/late-tackle-takes-coal-belt-bulls-past-delta-riders-"  # the page whose advertisements differ at each visit
PAST = "2026-01-01T00:00:00Z"  # what is due since then is due now


@dataclass(frozen=True)
class Desktop:
    """A person's folder: sources.toml of a world, an archive beside it, and the commands that are run there."""

    folder: Path

    @classmethod
    def of(cls, folder: Path, world: World, *, delay: float = 0.0) -> Desktop:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "sources.toml").write_text(world.sources_toml(delay=delay), encoding="utf-8")
        return cls(folder)

    @property
    def archive(self) -> Path:
        return self.folder / "wirecopy.db"

    def run(self, *arguments: object, timeout: float = 180, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """`wirecopy` with these arguments, to its end."""
        return subprocess.run(
            [*here().command, *map(str, arguments)],
            cwd=self.folder,
            env=clean_environment() | (environment or {}),
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )

    def run_bytes(self, *arguments: object) -> subprocess.CompletedProcess[bytes]:
        """The same, with its output byte for byte."""
        command = [*here().command, *map(str, arguments)]
        return subprocess.run(command, cwd=self.folder, env=clean_environment(), capture_output=True, check=False, timeout=60)

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        """`wirecopy` with these arguments, left running as the leader of a process group of its own."""
        return subprocess.Popen(
            [*here().command, *map(str, arguments)], cwd=self.folder, env=clean_environment(), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip

    def crawl(self, *arguments: object) -> dict[str, Any]:
        """`wirecopy crawl --json`, which has to end well; its counts."""
        done = self.run("crawl", "--json", *arguments)
        assert done.returncode == 0, done.stderr
        return self.json(done)

    @staticmethod
    def json(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
        """The one object on standard output."""
        counts: dict[str, Any] = json.loads(done.stdout)
        return counts

    def sqlite_utils(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """`sqlite-utils` of the same installation."""
        command = Path(sys.executable).with_name("sqlite-utils")
        return subprocess.run(
            [str(command), *map(str, arguments)], cwd=self.folder, env=clean_environment(), capture_output=True, text=True, check=False,
            timeout=60,
        )  # fmt: skip

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """What a query finds in the archive."""
        with closing(sqlite3.connect(self.archive)) as conn:
            conn.row_factory = sqlite3.Row
            return [dict(row) for row in conn.execute(sql, values)]

    def values(self, sql: str, *values: object) -> list[Any]:
        """The first column of what a query finds."""
        return [next(iter(row.values())) for row in self.rows(sql, *values)]

    def execute(self, sql: str, *values: object) -> None:
        """Changes the archive: for instance, lets time pass for what is due."""
        with closing(sqlite3.connect(self.archive)) as conn, conn:
            conn.execute(sql, values)


def clean_environment() -> dict[str, str]:
    """This process's environment without a developer's own settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("WIRECOPY_")}


def pages_of(requests: list[Request], world: World) -> list[Request]:
    """The requests that were for article pages, or for what leads to them."""
    furniture = {"/robots.txt"} | {feed.path for outlet in world.outlets for feed in outlet.feeds}
    furniture |= {feed.moved_to for outlet in world.outlets for feed in outlet.feeds if feed.moved_to}
    return [one for one in requests if one.path not in furniture]


def kept(desktop: Desktop) -> list[tuple[str, str, str]]:
    """What an archive holds, without ids and times: (URL, SHA-256, text) of each page that was stored, in order of URLs.

    Of the one page that has other bytes at each visit, only the text.
    """
    rows = desktop.rows(
        "SELECT c.url, b.sha256, coalesce(a.text, '(not read)') AS text FROM captures c JOIN bodies b ON b.id = c.body_id"
        " LEFT JOIN readings r ON r.capture_id = c.id LEFT JOIN articles a ON a.id = r.article_id"
        " WHERE c.role = 'page' AND c.verdict = 'stored' ORDER BY c.url, c.id"
    )
    return [(row["url"], "" if VOLATILE in row["url"] else row["sha256"], row["text"]) for row in rows]


def read_lines(out: IO[str], at_most: int) -> list[str]:
    """The next lines, fewer where the output ends."""
    return [line for _, line in zip(range(at_most), out, strict=False)]


def reported(lines: list[str]) -> set[str]:
    """The pages that were said to be stored; a last line that was cut says nothing."""
    return {line.split()[1] for line in lines if line.startswith("STORED ") and line.endswith("\n")}


def check_reported(desktop: Desktop, pages: set[str]) -> None:
    """What was reported is there, once, and whole."""
    for url in pages:
        rows = desktop.rows(
            "SELECT p.state, (SELECT count(*) FROM captures c WHERE c.page_id = p.id AND c.verdict = 'stored') AS captures"
            " FROM pages p WHERE p.url = ?",
            url,
        )
        assert rows == [{"state": "stored", "captures": 1}], url
