"""The due-queue with more feeds than anybody has yet: `python -m benchmarks.due_queue --feeds 100000`.

Makes an archive of that many feeds, all of them due, with a few entries each; a fifth as many domains, and one more that has a twentieth of
all feeds, the most overdue ones. Then it claims them batch by batch and completes half of them, as a crawl does, with the store's own
functions. At last it writes a sources.toml of as many feeds, and runs the installed `wirecopy crawl` on an archive where none is due.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from archive.model import Feed, Lease, Outlet, Poll
from archive.store import feeds, runs
from archive.store.connect import Store, open_store
from scheduler.units import here

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
BATCHES = 20  # that are timed at the beginning, and again in the middle
NEXT = timedelta(hours=1)  # from a poll to the next one


def listed(count: int) -> Iterator[Feed]:
    """The feeds, those of the giant domain first."""
    giant = count // 20
    for number in range(count):
        site = "giant.example" if number < giant else f"outlet-{number // 5}.example"
        yield Feed(f"outlet-{number // 5}", f"https://desk-{number % 5}.{site}/section-{number}/rss.xml")


def outlets(count: int) -> list[Outlet]:
    return [Outlet(f"outlet-{number}", f"Outlet {number}") for number in range((count + 4) // 5)]


def timed(work: Callable[[], object]) -> float:
    """Seconds that it takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def fill(store: Store, count: int, entries: int) -> None:
    """What came of former polls: one poll a feed, and entries in the order in which polls bring them."""
    numbers = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {} - 1)"
    with store.transaction() as conn:
        conn.execute("UPDATE feeds SET next_poll_at = strftime('%Y-%m-%dT%H:%M:%SZ', ?, (id - ?) || ' seconds')", (f"{NOW:%F %T}", count))
        conn.execute("INSERT INTO runs (trigger, started_at, software) VALUES ('cron', '2026-11-21T10:00:00Z', 'wirecopy')")
        conn.execute(
            f"{numbers.format(count)} INSERT INTO polls (run_id, feed_id, polled_at, outcome, entries, new_entries)"  # noqa: S608 - a number
            " SELECT 1, i + 1, '2026-11-21T10:00:00Z', 'new', 20, 2 FROM n"
        )
        conn.execute(
            f"{numbers.format(count * entries)} INSERT INTO entries"  # noqa: S608 - a number
            " (feed_id, poll_id, identity, digest, url, title, first_seen_at)"
            " SELECT i % ? + 1, i % ? + 1, random(), random(), 'https://outlet.example/2026/11/21/story-' || i,"
            " 'A headline, as long as headlines are, and the number ' || i, '2026-11-21T10:00:00Z' FROM n",
            (count, count),
        )


def claim(store: Store, run_id: int, every: bool = False) -> tuple[list[Lease], float]:
    """A batch, and the seconds that it took, commit included."""
    begun = time.perf_counter()
    with store.transaction():
        batch = feeds.claim(store, run_id, NOW, began=NOW, every=every)
    return batch, time.perf_counter() - begun


def complete(store: Store, run_id: int, batch: list[Lease]) -> None:
    with store.transaction():
        for lease in batch:
            poll = Poll(lease, (), NOW, "not-modified", NOW + NEXT, "benchmark")
            feeds.complete(store, run_id, poll, bool)


def say(what: str, seconds: list[float]) -> None:
    print(f"{what:<52} median {median(seconds) * 1000:6.1f} ms, worst {max(seconds) * 1000:6.1f} ms of {len(seconds)}", flush=True)


def batches(store: Store, run_id: int, count: int) -> list[float]:
    """Times of some claims; what they claimed is completed, so that the next ones go on."""
    taken = []
    for _ in range(count):
        batch, seconds = claim(store, run_id)
        taken.append(seconds)
        complete(store, run_id, batch)
    return taken


def queue(store: Store, count: int, entries: int) -> None:
    print(f"{count} feeds, {entries} entries each", flush=True)
    print(f"{'first sync (all is new)':<52} {timed(lambda: feeds.sync(store, outlets(count), listed(count), NOW)):.2f} s")
    fill(store, count, entries)
    changes = store.conn.total_changes
    say("sync, nothing has changed", [timed(lambda: feeds.sync(store, outlets(count), listed(count), NOW)) for _ in range(5)])
    print(f"{'  rows that it wrote':<52} {store.conn.total_changes - changes}")
    run_id = runs.begin(store, trigger="manual", software="benchmark", now=NOW)
    first, seconds = claim(store, run_id)
    of = Counter(".".join((urlsplit(lease.url).hostname or "").split(".")[-2:]) for lease in first)
    print(f"{'first batch':<52} {seconds * 1000:.1f} ms; {len(first)} feeds of {len(of)} domains, {max(of.values())} of one at most")
    complete(store, run_id, first)
    say("claim 500, the queue is full", batches(store, run_id, BATCHES))
    batches(store, run_id, count // 1000 - BATCHES)
    say("claim 500, half of it is polled", batches(store, run_id, BATCHES))
    again = runs.begin(store, trigger="manual", software="benchmark", now=NOW)
    say("claim 500 of all, due or not (crawl --all)", [claim(store, again, every=True)[1] for _ in range(BATCHES)])
    say("is anything due?", [timed(lambda: feeds.is_due(store, NOW)) for _ in range(BATCHES)])
    say("what the daemon asks: how many are due, when is the next", [timed(lambda: asked_by_the_daemon(store)) for _ in range(BATCHES)])
    say("let go of what a dead run had claimed", [timed(lambda: feeds.release_crashed(store, run_id + 2))])


def asked_by_the_daemon(store: Store) -> None:
    feeds.count_due(store, NOW)
    feeds.due_at(store)


def idle_crawl(folder: Path, count: int) -> None:
    """`wirecopy crawl` where nothing is due: the first one makes the archive, and is told that all is in the future."""
    lines = ['[fetch]\ncontact = "mailto:benchmark@example.org"\n']
    for number, feed in enumerate(listed(count)):
        lines += [f'[[outlet]]\nid = "{feed.outlet}"\ntimezone = "Europe/Berlin"\n'] if number % 5 == 0 else []
        lines.append(f'  [[outlet.feed]]\n  url = "{feed.url}"\n')
    (folder / "sources.toml").write_text("\n".join(lines))
    with open_store(folder / "wirecopy.db", create=True) as store:
        feeds.sync(store, outlets(count), listed(count), NOW)
        store.conn.execute("UPDATE feeds SET next_poll_at = '2099-01-01T00:00:00Z'")
    for which in ("the first", "the second"):
        seconds = timed(lambda: subprocess.run([*here().command, "crawl"], cwd=folder, check=True))  # noqa: S603 - our own command
        print(f"{f'wirecopy crawl, nothing due, {which}':<52} {seconds:.2f} s")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{'  peak memory of its processes':<52} {peak:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.due_queue")
    parser.add_argument("--feeds", type=int, default=100_000)
    parser.add_argument("--entries", type=int, default=10, help="of each feed, in the archive")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        with open_store(Path(name) / "queue.db", create=True) as store:
            queue(store, asked.feeds, asked.entries)
        print(f"{'peak memory of this process':<52} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
        (Path(name) / "idle").mkdir()
        idle_crawl(Path(name) / "idle", asked.feeds)


if __name__ == "__main__":
    main()
