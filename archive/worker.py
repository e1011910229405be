"""The child's side of `archive.workers`: reads a call from standard input, answers on standard output, until its input ends."""

from __future__ import annotations

import gc
import os
import pickle
import resource
import signal
import sys
from typing import BinaryIO

_LENGTH = 8  # bytes before each message
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
        serve(sys.stdin.buffer, answers)
    except BrokenPipeError:
        os._exit(1)  # the parent is gone: nobody is left to answer, nor to complain to


def serve(calls: BinaryIO, answers: BinaryIO) -> None:
    while message := _read(calls):
        answer = _answer(message)
        answers.write(len(answer).to_bytes(_LENGTH, "big") + answer)
        answers.flush()


def _read(calls: BinaryIO) -> bytes | None:
    head = calls.read(_LENGTH)
    return calls.read(int.from_bytes(head, "big")) if len(head) == _LENGTH else None


def _answer(message: bytes) -> bytes:
    try:
        function, args, kwargs = pickle.loads(message)  # noqa: S301 - from our own parent
        return pickle.dumps((True, function(*args, **kwargs)), protocol=pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        os._exit(12)  # the heap is in no state to go on
    except Exception as problem:
        return pickle.dumps((False, RuntimeError(f"{type(problem).__name__}: {problem}")), protocol=pickle.HIGHEST_PROTOCOL)


if __name__ == "__main__":
    main()
