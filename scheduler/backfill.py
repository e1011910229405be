"""`wirecopy backfill`: plans the reading of an outlet's past, then runs crawls until it is read. Goes on where it was stopped.

Each crawl is an ordinary run with a deadline that also polls what is due: an archive that takes in ten years of one outlet misses
nothing of the others, and leaves its lock every few minutes.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urljoin

from archive.lock import run_lock
from archive.model import BackfillKind
from archive.store import backfill, pages
from archive.store.backfill import Progress
from archive.store.connect import Store, open_reader, open_store
from crawler.enrol import enrol
from crawler.policy import public_url
from crawler.sources import OutletSpec, Sources, load
from crawler.walk import MAX_DOCUMENTS
from scheduler.health import span
from scheduler.run import Options, Result, Tell, run

SLICE = 300.0  # seconds of one run: feeds that come due meanwhile wait that long at most
# Between two runs: whoever waits for the lock tries it twenty times a second, and hardly ever met the moment in which it was free.
BREATH = 2.0
LOCK = 3600.0  # seconds to wait for another run


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked for."""

    archive: Path
    sources: Path
    outlets: tuple[str, ...]
    since: datetime
    until: datetime | None = None
    sitemaps: tuple[str, ...] = ()  # instead of what robots.txt names
    everywhere: bool = False
    again: bool = False
    most_pages: int = 10_000
    jobs: int = 1
    slice: float = SLICE
    ahead: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Done:
    """How it ended: `all` is read; `stopped`, and the same command goes on; `enough` pages; or the rest has to `wait`."""

    ended: str
    progress: dict[str, Progress]


def fill(
    ask: Ask, tell: Tell, after_each: Callable[[dict[str, Progress]], None], sleep: Callable[[float], None] = time.sleep
) -> Done:  # fmt: skip
    """Works until there is nothing left to do; between two runs, others get the lock.

    Raises WirecopyError: locked, configuration, archive.
    """
    options = Options(
        ask.archive, ask.sources, jobs=ask.jobs, deadline=ask.slice, wait=LOCK, backfill=frozenset(ask.outlets), ahead=ask.ahead
    )
    options = replace(options, most_pages=plan(ask, options.now()) + ask.most_pages)
    while True:
        seen = Counter[str]()
        result = run(options, _counting(tell, seen))
        progress = look(ask)
        after_each(progress)
        if ended := _ended(ask, options, result, progress, seen):
            return Done(ended, progress)
        try:
            sleep(BREATH)
        except KeyboardInterrupt:  # while a run is at work, it is the run that hears it
            return Done("stopped", progress)


def plan(ask: Ask, now: datetime) -> int:
    """Puts down where each outlet's past is looked for; gives back how many pages were found there before."""
    sources = load(ask.sources)
    with run_lock(ask.archive, wait=LOCK), open_store(ask.archive, create=True) as store:
        enrol(store, sources, now)
        with store.transaction():
            for name in ask.outlets:
                backfill.begin(
                    store, name, _roots(store, sources, name, ask.sitemaps), since=ask.since, until=ask.until, everywhere=ask.everywhere,
                    again=ask.again, now=now,
                )  # fmt: skip
        return backfill.found_so_far(store, ask.outlets)


def look(ask: Ask) -> dict[str, Progress]:
    """How far each outlet has come."""
    with open_reader(ask.archive) as store:
        return {name: backfill.progress(store, name, since=ask.since, until=ask.until) for name in ask.outlets}


def _roots(store: Store, sources: Sources, name: str, sitemaps: tuple[str, ...]) -> list[tuple[BackfillKind, str]]:
    outlet = sources.outlet(name)
    if sitemaps or outlet is None:
        return [("sitemap", url) for url in sitemaps]
    feeds: list[tuple[BackfillKind, str]] = [
        ("sitemap" if feed.kind == "sitemap" else "pages", public_url(feed.url)) for feed in outlet.feeds if feed.kind != "html"
    ]
    return [*((("site", site)) for site in _sites(store, outlet)), *feeds]


def _sites(store: Store, outlet: OutletSpec) -> list[str]:
    """Whose robots.txt is asked for sitemaps: that of the home page, else of the stories, else of the feeds."""
    row = store.conn.execute("SELECT id FROM outlets WHERE code = ?", (outlet.id,)).fetchone()
    stories = pages.places(store, int(row[0]), 1)
    given = [outlet.homepage] if outlet.homepage else stories or [public_url(feed.url) for feed in outlet.feeds]
    return list(dict.fromkeys(urljoin(url, "/") for url in given))


def _counting(tell: Tell, seen: Counter[str]) -> Tell:
    def hear(event: dict[str, object]) -> None:
        seen[str(event["event"])] += 1
        tell(event)

    return hear


def _ended(ask: Ask, options: Options, result: Result, progress: dict[str, Progress], seen: Counter[str]) -> str | None:
    """Why it is over; None where the next run goes on."""
    in_time = result.summary["seconds"] < ask.slice
    if result.status == "stopped" and in_time:
        return "stopped"
    with open_reader(ask.archive) as store:
        due = pages.due(store, options.now(), limit=1, outlets=options.backfill)
        full = backfill.found_so_far(store, ask.outlets) >= options.most_pages
    documents = any(one.waiting for one in progress.values())
    if not due and (full or not documents):
        return "enough" if full and documents else "all"
    idle = not set(seen) - {"polled", "cleaned", "error"}
    return "wait" if idle and result.status != "stopped" else None


# --- in words -----------------------------------------------------------------------------------------------------------


def line(name: str, seen: Progress, left: timedelta | None = None) -> str:
    """How far one outlet has come; `left`: how long it goes on at the present pace."""
    more = f", {seen.waiting} still to read" if seen.waiting else ""
    to_go = f", {seen.queued} to go" if seen.queued else ""
    about = f" (about {span(left)} left)" if left is not None and seen.queued else ""
    return f"{name}: {_of(seen.read, 'document')} read{more}; {_of(seen.new, 'new page')}, {seen.stored} stored{to_go}{about}"


def summary(done: Done) -> list[str]:
    """What came of it."""
    lines = []
    for name, seen in done.progress.items():
        lines.append(f"{line(name, seen)}.")
        if seen.stories > seen.new:
            lines.append(f"  Stories of that time that were named: {seen.stories}, of which {seen.stories - seen.new} known before.")
        if seen.failed:
            lines.append(f"  {_of(seen.failed, 'document')} could not be had: the same command tries again.")
        if seen.given_up:
            lines.append(f"  {_of(seen.given_up, 'page')} could not be had: `sqlite-utils rows wirecopy.db failures`")
        lines += _passed_over(seen)
        if not seen.read and not seen.waiting and not seen.failed:
            lines.append("  No sitemap and no older pages were found: name a sitemap with --sitemap URL.")
    passed_over = done.ended == "all" and any(seen.beyond for seen in done.progress.values())
    return [*lines, _ENDS["bounded" if passed_over else done.ended]]


def _passed_over(seen: Progress) -> list[str]:
    lines = []
    if seen.elsewhere:
        lines.append(f"  {_of(seen.elsewhere, 'story', 'stories')} on other sites left out; `homepage` in sources.toml names the own one.")
    if seen.beyond:
        further = _of(seen.beyond, "further document")
        lines.append(f"  {further} left out: one backfill reads {MAX_DOCUMENTS:,} for the same dates. Shorter spans reach them.")
    return lines


_ENDS = {
    "all": "All of it is read.",
    "bounded": "All is read that one backfill reads; the rest is left out.",
    "stopped": "Stopped. The same command goes on where this one ended.",
    "enough": "That is the number of pages asked for (--pages). The same command goes on.",
    "wait": "What is left has to wait: its host holds us off, or failed. The same command goes on later.",
}


class Pace:
    """A line that says how far it is and how long it takes, at most every two seconds; where there is no terminal, one a run."""

    def __init__(self, ask: Ask, out: TextIO) -> None:
        self._ask, self._out, self._live = ask, out, out.isatty()
        self._begun = self._shown = time.monotonic()
        self._stored = 0

    def hear(self, event: dict[str, Any]) -> None:
        """One event of a run."""
        self._stored += event["event"] == "stored"
        if self._live and time.monotonic() - self._shown > 2:
            self._shown = time.monotonic()
            self._write("\r\x1b[K", look(self._ask), "")

    def after_each(self, progress: dict[str, Progress]) -> None:
        """The end of one run."""
        self._write("\r\x1b[K" if self._live else "", progress, "" if self._live else "\n")

    def close(self) -> None:
        if self._live:
            self._out.write("\r\x1b[K")
            self._out.flush()

    def _write(self, before: str, progress: dict[str, Progress], after: str) -> None:
        to_go = sum(seen.queued for seen in progress.values())
        pace = (time.monotonic() - self._begun) / self._stored if self._stored else None
        left = timedelta(seconds=pace * to_go) if pace is not None else None
        self._out.write(before + " · ".join(line(name, seen, left) for name, seen in progress.items()) + after)
        self._out.flush()


def _of(number: int, noun: str, many: str | None = None) -> str:
    return f"{number} {noun if number == 1 else many or f'{noun}s'}"
