"""The child's side of `archive.workers`: calls lie in shared memory, each in the next place, answers in theirs, until its input ends."""

from __future__ import annotations

import gc
import os
import resource
import signal
import sys
from itertools import cycle
from typing import BinaryIO

from archive.shared import Shared

_LENGTH = 8  # bytes that say how long a message is: they come on standard input and go on standard output
# When the collector looks for cycles, in objects made and not yet gone. What the cleaner makes of a page dies with it: looking through
# it once or twice a page, as is the default, took .2 of its 5 ms.
COLLECT = (20_000, 20, 20)


def main() -> None:
    memory = int(sys.argv[1]) * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)  # the parent decides; a worker ends when its input does
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints, it must not stand among the answers
    gc.set_threshold(*COLLECT)
    try:
        serve(sys.stdin.buffer, answers, [Shared(int(handle)) for handle in sys.argv[2:]])
    except BrokenPipeError:
        os._exit(1)  # the parent is gone: nobody is left to answer, nor to complain to


def serve(calls: BinaryIO, answers: BinaryIO, places: list[Shared]) -> None:
    for place in cycle(places):
        if len(head := calls.read(_LENGTH)) < _LENGTH:
            return
        length = _answer(place, int.from_bytes(head, "big"))
        answers.write(length.to_bytes(_LENGTH, "big"))
        answers.flush()


def _answer(shared: Shared, length: int) -> int:
    """Makes the call, puts what comes of it in its place; gives the length of that."""
    try:
        function, args, kwargs = shared.get(length)
        return shared.put((True, function(*args, **kwargs)))
    except MemoryError:
        os._exit(12)  # the heap is in no state to go on
    except Exception as problem:
        return shared.put((False, RuntimeError(f"{type(problem).__name__}: {problem}")))


if __name__ == "__main__":
    main()
