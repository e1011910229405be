"""From the feed to the disk, beside other crawlers, in one run: `python -m benchmarks.ingest FEEDS.txt --environments DIR`.

FEEDS.txt holds feed URLs, one a line; their names have to resolve, to outlets that may be asked without a pause: your own, on loopback.
Each peer has an environment of its own, made by `python -m benchmarks.ingest --install DIR`; peers that are not there are left out.
In each round every peer runs cold (an empty store), then, as asked, warm (again, nothing new) and new (again, after the --publish command).
For each: pages that were stored, counted in its store and compared with those that the feeds list; CPU of the whole process tree, wall
time, peak memory, bytes on disk. `--what polls` compares polls alone, by HTTP and HTTPS. Linux alone.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.ingest import environments, figures, polls, rounds
from benchmarks.ingest.feeds import addresses, fetch
from benchmarks.ingest.peer import Peer
from benchmarks.ingest.peers import PEERS


def main(arguments: list[str] | None = None) -> int:
    asked = _arguments(arguments)
    chosen = [PEERS[name] for name in asked.peers.split(",")]
    if asked.install:
        failed = environments.install(chosen, asked.install)
        print(*failed, sep="\n", end="\n" if failed else "")
        return int(bool(failed))
    feeds = addresses(asked.file, asked.feed, asked.outlets)
    if not feeds:
        raise SystemExit("No feeds: name a file of them, or some by --feed.")
    there = _there(chosen, asked.environments, asked.python)
    with ExitStack() as stack:
        folder = asked.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        print(*_about(there, len(feeds)), sep="\n", flush=True)
        if "polls" in asked.what:
            pythons = {peer.name: python for peer, python in there}
            print("", *polls.lines(polls.run(feeds, pythons, asked.rounds, folder, _tell)), sep="\n")
        else:
            plan = rounds.Plan(there, feeds, asked.most, asked.what, asked.rounds, folder, asked.publish, asked.reset)
            _rounds(plan)
    return 0


def _rounds(plan: rounds.Plan) -> None:
    runs = list(rounds.run(plan, _tell))
    for feeds in sorted({run.feeds for run in runs}, reverse=True):  # who crawled less stands in a table of its own
        some = [run for run in runs if run.feeds == feeds]
        rounds.hook(plan.reset)
        listed = sum(len(set(pages)) for _, pages in fetch(plan.feeds[:feeds]).values())
        print(f"\n{feeds} feeds, cold\n", *figures.cold(some), "", *figures.stored(some, listed), sep="\n")
        for what, title in (("warm", "again, nothing new"), ("new", "again, a little new")):
            if what in plan.steps:
                print(f"\n{feeds} feeds, {title}\n", *figures.again(some, what), sep="\n")
    doubts = figures.doubts(runs)
    print("", *(["To doubt:", *doubts] if doubts else ["All commands ended well; all CPU that was seen was counted."]), sep="\n")


def _there(chosen: list[Peer], folder: Path | None, python: dict[str, Path]) -> list[tuple[Peer, Path]]:
    """The peers that are installed, each with its Python; says which are not."""
    found = []
    for peer in chosen:
        interpreter = python.get(peer.name) or environments.python_of(peer, folder)
        if interpreter is None:
            _tell(f"{peer.name} is not installed, and is left out")
        else:
            found.append((peer, interpreter))
    return found


def _about(there: list[tuple[Peer, Path]], feeds: int) -> list[str]:
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Linux {platform.release()}, Python {platform.python_version()}"
    lines = [f"{datetime.now(UTC):%Y-%m-%d}, {machine}; {feeds} feeds"]
    for peer, python in there:
        versions = environments.versions(python, peer.needs) if peer.needs else ""
        lines.append(f"  {peer.name}: {peer.about}" + (f" [{versions}]" if versions else ""))
    return lines


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest")
    parser.add_argument("file", type=Path, nargs="?", help="feed URLs, one a line")
    parser.add_argument("--feed", action="append", default=[], help="a feed URL; may be given more than once")
    parser.add_argument("--outlets", "--most", type=int, help="the first so many feeds alone")
    parser.add_argument("--fewer", dest="most", type=_numbers, default={}, metavar="PEER=N,...", help="fewer feeds for slow peers")
    parser.add_argument("--rounds", type=int, default=3, help="(3)")
    parser.add_argument("--peers", default=",".join(PEERS), help="with commas between (%(default)s)")
    parser.add_argument("--environments", type=Path, metavar="DIR", help="where --install made an environment for each peer")
    parser.add_argument("--python", type=_paths, default={}, metavar="PEER=PATH,...", help="the Python of a peer that is elsewhere")
    parser.add_argument("--install", type=Path, metavar="DIR", help="make what is missing there, and do nothing else")
    parser.add_argument("--what", type=lambda text: text.split(","), default=["cold"], help="cold,warm,new; or polls (cold)")
    parser.add_argument("--publish", default="", metavar="COMMAND", help="publishes a little that is new, for `new`")
    parser.add_argument("--reset", default="", metavar="COMMAND", help="the outlets as they were, before each cold run")
    parser.add_argument("--folder", type=Path, help="scratch, on the disk that is meant; default: a temporary folder")
    asked = parser.parse_args(arguments)
    wrong = [name for name in asked.peers.split(",") if name not in PEERS] + [what for what in asked.what if what not in STEPS]
    if wrong:
        parser.error(f"unknown: {', '.join(wrong)}")
    return asked


STEPS = ("cold", "warm", "new", "polls")


def _numbers(text: str) -> dict[str, int]:
    return {name: int(number) for name, _, number in (one.partition("=") for one in text.split(","))}


def _paths(text: str) -> dict[str, Path]:
    return {name: Path(path) for name, _, path in (one.partition("=") for one in text.split(","))}


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
