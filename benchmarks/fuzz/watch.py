"""Children at work on cases, watched: each case has a deadline, each child a memory limit; one that is ended goes on after the case."""

from __future__ import annotations

import json
import mmap
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.fuzz.child import BEFORE, OUT_OF_MEMORY, PLACE

ROOT = Path(__file__).parent.parent.parent
PORTION = 20_000  # cases a child: what it leaks is not taken for what a case takes
_LOOK = 0.2  # seconds between two looks
_START = 60.0  # seconds for a child to begin: imports


@dataclass(frozen=True, slots=True)
class Asked:
    target: str
    cases: int
    seed: int
    first: int = 0
    corpus: Path | None = None
    jobs: int = 1
    deadline: float = 20.0  # seconds a case
    memory: int = 600  # MB of address space a child


@dataclass(frozen=True, slots=True)
class Failure:
    case: int
    kind: str
    trace: str = ""


@dataclass(slots=True)
class Outcome:
    """`rss`: the most that a child had in memory, in MB."""

    done: int = 0
    seconds: float = 0.0
    slowest: tuple[float, int] = (0.0, -1)
    rss: int = 0
    failures: list[Failure] = field(default_factory=list)


def fuzz(asked: Asked, tell: Callable[[int], None] = lambda _: None) -> Outcome:
    """Works through all cases, job by job; `tell` is called with how many are done."""
    found, begun, lock = Outcome(), time.monotonic(), threading.Lock()

    def lane(number: int) -> None:
        for begin in range(asked.first + number, asked.first + asked.cases, PORTION * asked.jobs):
            end = min(begin + PORTION * asked.jobs, asked.first + asked.cases)
            while begin < end:
                begin = _portion(asked, begin, end, found, lock)
                tell(found.done)

    with ThreadPoolExecutor(asked.jobs) as lanes:
        list(lanes.map(lane, range(asked.jobs)))
    found.seconds = time.monotonic() - begun
    found.failures.sort(key=lambda failure: failure.case)
    return found


def _portion(asked: Asked, begin: int, end: int, found: Outcome, lock: threading.Lock) -> int:
    """One child from `begin` on; the case from which the next one goes on."""
    with _place() as (path, place), _child(asked, begin, end, path) as child:
        told = threading.Thread(target=_listen, args=(child, found, lock))
        told.start()
        kind = _watched(child, place, asked.deadline)
        child.wait()
        told.join()
        number, _, done = PLACE.unpack(place[:])
        with lock:
            found.done += done + (number >= 0)
            if kind is None and child.returncode == 0:
                return end
            if number < 0:
                raise RuntimeError(f"the child ended with {child.returncode} before its first case")
            if kind is None:
                kind = "out of memory" if child.returncode == OUT_OF_MEMORY else f"ended with {child.returncode}"
            found.failures.append(Failure(number, kind))
        return int(number) + asked.jobs


def _watched(child: subprocess.Popen[str], place: mmap.mmap, deadline: float) -> str | None:
    """Returns when the child has ended; ends it where a case takes too long, and says so."""
    begun = time.monotonic()
    while child.poll() is None:
        number, since, _ = PLACE.unpack(place[:])
        if number >= 0 and time.monotonic() - since > deadline:
            child.kill()
            return f"over {deadline:g} s"
        if number == BEFORE and time.monotonic() - begun > _START + deadline:
            child.kill()
            return "did not begin"
        try:
            child.wait(_LOOK)
        except subprocess.TimeoutExpired:
            continue
    return None


def _listen(child: subprocess.Popen[str], found: Outcome, lock: threading.Lock) -> None:
    assert child.stderr is not None  # noqa: S101 - a pipe
    for line in child.stderr:
        try:
            event = json.loads(line)
        except ValueError:
            continue  # what a library complains of
        with lock:
            if "case" in event:
                found.failures.append(Failure(event["case"], event["kind"], event["trace"]))
            elif "slowest" in event:
                found.slowest = max(found.slowest, (event["slowest"][0], event["slowest"][1]))
                found.rss = max(found.rss, event["rss"])


@contextmanager
def _place() -> Iterator[tuple[Path, mmap.mmap]]:
    with tempfile.NamedTemporaryFile(prefix="fuzz-") as file:
        file.write(PLACE.pack(BEFORE, 0.0, 0))
        file.flush()
        with mmap.mmap(file.fileno(), PLACE.size) as place:
            yield Path(file.name), place


@contextmanager
def _child(asked: Asked, begin: int, end: int, place: Path) -> Iterator[subprocess.Popen[str]]:
    what = {
        "target": asked.target, "corpus": str(asked.corpus) if asked.corpus else None, "seed": asked.seed, "begin": begin, "end": end,
        "step": asked.jobs, "memory": asked.memory, "place": str(place),
    }  # fmt: skip
    command = [sys.executable, "-m", "benchmarks.fuzz.child", json.dumps(what)]
    child = subprocess.Popen(  # noqa: S603 - our own module
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace", cwd=ROOT
    )
    try:
        yield child
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
