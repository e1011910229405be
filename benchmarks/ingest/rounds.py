"""The rounds: in each, every peer has its turn, so that what else the machine does falls on all of them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.ingest.feeds import fetch
from benchmarks.ingest.figures import Run
from benchmarks.ingest.peer import ROOT, Job, Peer, Tally, disk, tally
from benchmarks.ingest.tree import measure

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is run."""

    peers: Sequence[tuple[Peer, Path]]  # with the Python of each
    feeds: tuple[str, ...]
    most: Mapping[str, int]  # feeds of a peer that is too slow for all of them
    steps: Sequence[str]
    rounds: int
    folder: Path  # scratch: a folder for each turn, removed after it
    publish: str = ""  # commands of whoever serves the outlets: more news
    reset: str = ""  # and the state at the beginning again


def run(plan: Plan, tell: Tell) -> Iterator[Run]:
    for number in range(1, plan.rounds + 1):
        for peer, python in plan.peers:
            yield from _turn(plan, peer, python, number, tell)


def _turn(plan: Plan, peer: Peer, python: Path, number: int, tell: Tell) -> Iterator[Run]:
    """One peer in one round: its first run, and those that follow in the same folder."""
    feeds = plan.feeds[: plan.most.get(peer.name)]
    folder = plan.folder / f"{peer.name}-{number}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    hook(plan.reset)
    job = Job(folder, python, feeds, {feed: kind for feed, (kind, _) in fetch(feeds).items()})
    before = Tally()
    for what in ("cold", *(what for what in ("warm", "new") if what in plan.steps)):
        if what == "new":
            hook(plan.publish)
        done = _one(peer, job, what, before)
        used = done.used
        tell(f"round {number}, {peer.name}, {what}: {done.added} pages, {used.cpu:.2f} CPU s, {used.wall:.1f} s, exit {used.code}")
        before = done.after
        yield done
    shutil.rmtree(folder)


def _one(peer: Peer, job: Job, what: str, before: Tally) -> Run:
    listed = frozenset(page for _, pages in fetch(job.feeds).values() for page in pages)
    used = measure(peer.command(job), cwd=ROOT, env=environment(), log=job.folder / "log.txt")
    return Run(peer.name, what, len(job.feeds), used, before, tally(peer.pages(job.store), listed), disk(job.store))


def environment() -> dict[str, str]:
    """Ours, and this checkout's benchmarks to import from: crawls are run as modules of it."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def hook(command: str) -> None:
    if command:
        subprocess.run(command, shell=True, check=True, stdout=subprocess.DEVNULL)  # noqa: S602 - whoever runs the benchmark wrote it
