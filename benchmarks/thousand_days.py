"""A thousand days of the schedule, simulated: `python -m benchmarks.thousand_days --days 1000`.

Feeds of all kinds (`benchmarks.simulated`) are polled by the real queue and planner into a real archive, by a process that is killed
(SIGKILL) at random moments and started again with nothing but what the archive holds. The simulated machine is switched off now and
then, for minutes or days, and its clock is set back by an hour twice. Then the judge (`benchmarks.judge`) says what was missed and what
was doubled. The exit code is 1 if anything was. Linux alone; takes some three minutes for a thousand days.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import signal
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from archive.store.connect import Store, open_reader
from archive.times import from_iso
from benchmarks.judge import HOUR, MINUTE, RULES, On, Polled, Verdict, judge
from benchmarks.simulated import BEGIN, CASES, DAYS, Case, machine

LIFE = (0.01, 0.4)  # seconds of real time that a process lives before it is killed
RESTART = timedelta(seconds=20)  # of simulated time from a kill to the next start
DAYS_ON = 12  # between two times off, on average
SET_BACK = HOUR
_fork = multiprocessing.get_context("fork")  # starts in milliseconds: what it inherits is code, not state


@dataclass(slots=True)
class History:
    """What happened to the machine, as seen from outside."""

    on: list[tuple[datetime, datetime]] = field(default_factory=list)  # by its own clock
    kills: int = 0
    off: int = 0
    set_back: int = 0
    ended: bool = False


def live(archive: Path, end: datetime, rng: random.Random) -> History:
    """From the first start to the end, through all kills, times off and clocks set back."""
    history, clock = History(), BEGIN
    set_back = [BEGIN + (end - BEGIN) * third / 3 for third in (1, 2)]
    while not history.ended:
        last = _one_life(archive, clock, end, rng, history)
        history.on.append((clock, last))
        clock = last + RESTART
        if rng.random() < (last - history.on[-1][0]) / DAYS / DAYS_ON:
            clock, history.off = last + _time_off(rng), history.off + 1
        elif set_back and last > set_back[0]:
            clock, history.set_back = last - SET_BACK, history.set_back + 1
            set_back.pop(0)
    return history


def _one_life(archive: Path, clock: datetime, end: datetime, rng: random.Random, history: History) -> datetime:
    """One process from its start until it is killed, or ends: the last time that it told."""
    ours, theirs = _fork.Pipe(duplex=False)
    process = _fork.Process(target=_run, args=(archive, clock, end, theirs))
    process.start()
    theirs.close()
    last, until = clock, time.monotonic() + rng.uniform(*LIFE)
    try:
        while (left := until - time.monotonic()) > 0:
            if ours.poll(left):
                last = ours.recv()
        process.kill()
        while True:
            last = ours.recv()
    except EOFError:
        process.join()
    if process.exitcode not in (0, -signal.SIGKILL):
        raise SystemExit(f"the machine broke down with exit code {process.exitcode} after {last}")
    history.kills += process.exitcode != 0
    history.ended = process.exitcode == 0
    return last


def _run(archive: Path, clock: datetime, end: datetime, outside: Connection) -> None:
    machine(archive, clock, end, outside.send)


def _time_off(rng: random.Random) -> timedelta:
    """Mostly minutes or hours, sometimes days."""
    return rng.uniform(1, 5) * DAYS if rng.random() < 0.25 else rng.uniform(3, 600) * MINUTE


# --- what is on record ----------------------------------------------------------------------------------------------------


def polls_of(store: Store, case: Case) -> list[Polled]:
    rows = store.conn.execute(
        "SELECT p.polled_at, p.outcome FROM polls p JOIN feeds f ON f.id = p.feed_id WHERE f.url = ? ORDER BY p.id", (case.url,)
    )
    found = [(from_iso(at), outcome) for at, outcome in rows]
    return [Polled(at, case.down_until(at) if outcome == "http-error" else None) for at, outcome in found]


def verdicts(store: Store, on: On, end: datetime) -> dict[str, Verdict]:
    return {case.name: judge(RULES[case.name], polls_of(store, case), on, BEGIN, end) for case in CASES}


def oddities(store: Store) -> list[str]:
    """What must not be in an archive, whatever happened."""
    ask = store.conn.execute
    found = [f"feed {feed} was polled twice by run {run}" for feed, run in ask(
        "SELECT feed_id, run_id FROM polls GROUP BY 1, 2 HAVING count(*) > 1")]  # fmt: skip
    found += [
        f"feed {feed} is still claimed" for (feed,) in ask("SELECT id FROM feeds WHERE lease_run_id IS NOT NULL OR lease_until IS NOT NULL")
    ]
    return found + [str(said) for (said,) in ask("PRAGMA integrity_check") if said != "ok"]


def report(found: dict[str, Verdict]) -> None:
    print(f"{'feed':<20} {'slots':>7} {'polled':>7} {'made up':>8} {'missed':>7} {'doubled':>8}")
    for name, one in found.items():
        print(f"{name:<20} {one.slots:7} {one.polled:7} {one.made_up:8} {one.missed:7} {one.doubled:8}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.thousand_days")
    parser.add_argument("--days", type=int, default=1000)
    parser.add_argument("--seed", type=int, help="of outages and kills; the moments within a process are the machine's own")
    asked = parser.parse_args(arguments)
    rng, begun, end = random.Random(asked.seed), time.monotonic(), BEGIN + asked.days * DAYS  # noqa: S311 - picks moments
    memory = Path("/dev/shm")  # noqa: S108 - a disk is not what is tried here, and syncing it is most of the time
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        archive = Path(folder) / "wirecopy.db"
        history = live(archive, end, rng)
        on = On(history.on)
        with open_reader(archive) as store:
            found, odd = verdicts(store, on, max(last for _, last in history.on)), oddities(store)
            runs, dead = store.conn.execute("SELECT count(*), sum(status = 'crashed') FROM runs").fetchone()
    report(found)
    print(
        f"{asked.days} days in {time.monotonic() - begun:.0f} s: {runs} runs, {sum(one.polled for one in found.values())} polls;"
        f" {history.kills} kills ({dead} within a run), {history.off} times off, {history.set_back} times set back"
    )
    print(*odd, sep="\n", end="")
    return int(bool(odd) or any(one.missed or one.doubled or one.made_up < 0 for one in found.values()))


if __name__ == "__main__":
    raise SystemExit(main())
