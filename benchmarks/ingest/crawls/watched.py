"""`wirecopy crawl` whose event loop is watched: what it was busy with in one piece for longest is told at the end, on standard error.

Wall time is told beside the thread's own CPU time: what is long by the first alone waited for a core, or for another thread.
"""

from __future__ import annotations

import asyncio
import heapq
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path

MOST = 8  # callbacks that are told
LOOK = 0.02  # seconds after which it is looked where a callback is
MOST_FRAMES = 6  # of its stack, the innermost
MARK = "STALL"


class _Watch:
    """Times each callback of the loop; a thread looks where the longer ones are."""

    def __init__(self, run: Callable[[asyncio.Handle], None]) -> None:
        self._run, self._main = run, threading.get_ident()
        self._since, self._where, self._count = 0.0, "", 0
        self.longest: list[tuple[float, float, int, str]] = []
        threading.Thread(target=self._look, daemon=True).start()

    def call(self, handle: asyncio.Handle) -> None:
        self._since, cpu, self._where = time.perf_counter(), time.thread_time(), ""
        self._run(handle)
        wall, cpu, self._count = time.perf_counter() - self._since, time.thread_time() - cpu, self._count + 1
        self._since = 0.0
        found = (cpu, wall, self._count, self._where or repr(getattr(handle, "_callback", handle))[:200])
        if len(self.longest) < MOST:
            heapq.heappush(self.longest, found)
        else:
            heapq.heappushpop(self.longest, found)

    def _look(self) -> None:
        while True:
            time.sleep(LOOK)
            since, frame = self._since, sys._current_frames().get(self._main)
            if since and time.perf_counter() - since > LOOK and frame is not None:
                stack = traceback.extract_stack(frame)[-MOST_FRAMES:]
                self._where = " > ".join(f"{Path(one.filename).name}:{one.name}" for one in stack)


def job() -> None:
    import os

    from crawler import job

    watch = _Watch(asyncio.events.Handle._run)
    leave = os._exit

    def told(code: int) -> None:
        for cpu, wall, number, what in sorted(watch.longest, reverse=True):
            print(f"{MARK} {cpu * 1000:.1f} {wall * 1000:.1f} {number} {what}", file=sys.stderr, flush=True)
        leave(code)

    setattr(asyncio.events.Handle, "_run", lambda handle: watch.call(handle))  # noqa: B010 - a method has to be a function
    setattr(os, "_exit", told)  # noqa: B010 - how the job ends
    job.main()


def run() -> None:
    from scheduler import cli, crawl

    command = crawl._Crawl._command

    def ours(self: crawl._Crawl) -> list[str]:
        executable, *rest = command(self)
        return [executable, "-m", "benchmarks.ingest.crawls.watched", "--job", *rest[2:]]  # in place of `-m crawler.job`

    setattr(crawl._Crawl, "_command", ours)  # noqa: B010
    cli.main()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--job"]:
        del sys.argv[1]
        job()
    else:
        run()
