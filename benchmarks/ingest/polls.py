"""What a poll costs: feeds that have nothing new, each on a new connection, by wirecopy and by Scrapy's own download handler.

Nothing but feeds is fetched. The second run is measured, over all feeds and over one: the difference, divided by the feeds that it is
made of, is the cost of a poll; start-up falls out. Both ask conditionally, and verify certificates (SSL_CERT_FILE names an authority that
is not the system's).
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.ingest.figures import spread, table
from benchmarks.ingest.peer import ROOT, Job, Peer
from benchmarks.ingest.peers import scrapy, wirecopy
from benchmarks.ingest.rounds import Tell, environment
from benchmarks.ingest.tree import Used, measure

NO_PAGE = "no-page-has-this-in-its-address"


@dataclass(frozen=True, slots=True)
class Polls:
    """One side in one round."""

    peer: str
    scheme: str
    feeds: int
    many: Used
    one: Used
    answered: int  # of the polls over all feeds: with 304

    @property
    def each(self) -> float:
        """Milliseconds of CPU a poll."""
        return (self.many.cpu - self.one.cpu) * 1000 / (self.feeds - 1)


def run(feeds: tuple[str, ...], pythons: dict[str, Path], rounds: int, folder: Path, tell: Tell) -> list[Polls]:
    """`pythons`: of the peers that are asked for, wirecopy and scrapy at most."""
    sides = [(peer, pythons[peer.name]) for peer in (wirecopy.WHOLE, scrapy.PLAIN) if peer.name in pythons]
    taken = []
    for number in range(1, rounds + 1):
        for scheme in ("http", "https"):
            asked = tuple(f"{scheme}://{feed.partition('://')[2]}" for feed in feeds)
            for peer, python in sides:
                (many, answered), (one, _) = (_second(peer, Job(folder / "polls", python, some)) for some in (asked, asked[:1]))
                taken.append(Polls(peer.name, scheme, len(asked), many, one, answered))
                tell(
                    f"round {number}, {peer.name}, {scheme}: {taken[-1].each:.2f} ms CPU a poll, {answered} not modified, exit {many.code}"
                )
    return taken


def _second(peer: Peer, job: Job) -> tuple[Used, int]:
    """Polls twice, and measures the second time; gives the polls that were answered with 304 as well."""
    shutil.rmtree(job.folder, ignore_errors=True)
    job.folder.mkdir(parents=True)
    for _ in range(2):
        command = wirecopy.crawl(job, wirecopy.whole(job)[:3], keep=NO_PAGE) if peer is wirecopy.WHOLE else scrapy.crawl(job, "--polls")
        used = measure(command, cwd=ROOT, env=environment(), log=job.folder / "log.txt")
    side = wirecopy if peer is wirecopy.WHOLE else scrapy
    return used, side.not_modified(job.store)


def lines(taken: Sequence[Polls]) -> list[str]:
    head = ("peer", "feeds", "by", "not modified", "ms CPU a poll", "s for all", "peak MB")
    rows = []
    for peer, scheme in dict.fromkeys((one.peer, one.scheme) for one in taken):
        some = [one for one in taken if (one.peer, one.scheme) == (peer, scheme)]
        rows.append([
            peer, f"{some[0].feeds:,}", scheme, spread([one.answered for one in some], 0),
            spread([one.each for one in some], 2), spread([one.many.wall for one in some], 1),
            spread([one.many.peak / 1e6 for one in some], 0),
        ])  # fmt: skip
    return table(head, rows)
