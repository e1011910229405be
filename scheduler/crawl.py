"""The crawl as a child process, watched: told to stop when asked or when its time is up, ended by force when it does not.

What it leaves uncleaned is cleaned here, after it has ended: then this is the one writing process.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from archive import errors
from archive.furnish import furnish
from archive.passes import Cleaned, clean_pending
from archive.regroup import group_waiting
from archive.workers import WorkerPool
from archive.writer import Writer
from scheduler.leader import go_last

if TYPE_CHECKING:
    from scheduler.run import Options, Tell

BUSY = 500  # pages read in a run; the furniture of hosts is learned in one that has something to read, but less
GRACE = 7.0  # seconds between asking the crawl to stop and ending it by force: SIGTERM is answered within ten


def crawl_and_clean(options: Options, run_id: int, lock: int, tell: Tell) -> str:
    """`ok`, `stopped` or `failed`. Raises WirecopyError when the archive cannot be written."""
    go_last()
    return asyncio.run(_Crawl(options, run_id, tell).run(lock))


class _Crawl:
    def __init__(self, options: Options, run_id: int, tell: Tell) -> None:
        self._options, self._run_id, self._tell = options, run_id, tell
        self._stop = asyncio.Event()
        self._asked = False
        self._problem: errors.WirecopyError | None = None
        self._cleaned = 0

    async def run(self, lock: int) -> str:
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self._ask)
        if self._options.deadline is not None:
            loop.call_later(self._options.deadline, self._ask)
        code = await self._crawl(lock)
        if self._problem is not None:
            raise self._problem
        if not self._asked:
            await self._clean()
        return "stopped" if self._asked else "failed" if code else "ok"

    def _ask(self) -> None:
        self._asked = True
        self._stop.set()

    # --- the child ------------------------------------------------------------------------------------------------

    async def _crawl(self, lock: int) -> int:
        child = await asyncio.create_subprocess_exec(
            *self._command(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            pass_fds=(lock,),
            limit=2**22,
        )
        watch = asyncio.ensure_future(self._stop_when_asked(child))
        try:
            await self._listen(child)
            return await child.wait()
        finally:
            watch.cancel()
            with suppress(ProcessLookupError):
                child.kill()

    def _command(self) -> list[str]:
        options = self._options
        command = [
            sys.executable,
            "-m",
            "crawler.job",
            "--archive",
            str(options.archive),
            "--sources",
            str(options.sources),
        ]
        command += ["--run", str(self._run_id), "--jobs", str(options.jobs), "--log-level", options.log_level]
        command += ["--every"] if options.every else []
        for outlet in sorted(options.backfill):
            command += ["--backfill", outlet, "--most-pages", str(options.most_pages)]
        command += ["--ahead", str(options.ahead.total_seconds())] if options.ahead else []
        command += ["--recheck"] if options.recheck else []
        for outlet in sorted(options.outlets or ()):
            command += ["--outlet", outlet]
        return command

    async def _listen(self, child: asyncio.subprocess.Process) -> None:
        assert child.stdout is not None  # noqa: S101 - a pipe
        async for line in child.stdout:
            self._hear(json.loads(line))

    def _hear(self, event: dict[str, Any]) -> None:
        if event["event"] == "error":
            kinds = {one.exit_code: one for one in (errors.ArchiveError, errors.SourcesError, errors.ArchiveLocked)}
            self._problem = kinds.get(event["exit_code"], errors.WirecopyError)(event["error"], hint=event["hint"])
        elif event["event"] == "cleaned":
            self._cleaned = event["done"]
        self._tell(event)

    async def _stop_when_asked(self, child: asyncio.subprocess.Process) -> None:
        await self._stop.wait()
        assert child.stdin is not None  # noqa: S101 - a pipe
        with suppress(ConnectionError):
            child.stdin.write(b"stop\n")
            await child.stdin.drain()
        await asyncio.sleep(GRACE)
        with suppress(ProcessLookupError):
            child.kill()

    # --- what is left to clean --------------------------------------------------------------------------------------

    async def _clean_and_learn(self, writer: Writer, pool: WorkerPool, tell: Callable[[Cleaned], None]) -> None:
        """Reads what waits; in a run with a little to read, learns furniture where that is due, and reads what this concerns.

        A run with nothing to read starts no worker, and costs its polls alone.
        """
        archive, now = self._options.archive, self._options.now
        cleaned = await clean_pending(archive, writer, pool, run_id=self._run_id, again=False, tell=tell, clock=now)
        if 0 < self._cleaned + cleaned.done < BUSY and await furnish(archive, writer, pool, clock=now):
            await clean_pending(archive, writer, pool, run_id=self._run_id, again=False, clock=now)
        await group_waiting(archive, writer)

    async def _clean(self) -> None:
        """Cleans until nothing waits, or somebody asks to stop: what is left then is for the next run."""
        writer = Writer(self._options.archive)
        pool = WorkerPool(self._options.jobs)
        before = self._cleaned

        def tell(cleaned: Cleaned) -> None:
            self._tell({"event": "cleaned", "done": before + cleaned.done})

        work = asyncio.ensure_future(self._clean_and_learn(writer, pool, tell))
        stop = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
        finally:
            for task in (work, stop):
                task.cancel()
            await asyncio.gather(work, stop, return_exceptions=True)
            await pool.close()
            await asyncio.to_thread(writer.close)
