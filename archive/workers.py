"""Worker processes for all that parses untrusted bytes: each call has a deadline, each worker a memory limit.

A call that overruns or kills its worker raises WorkerDied; the worker is replaced and nobody else notices. A worker ends by itself when
its parent is gone, however that ended: its standard input closes. (Both are what process pools of the standard library lack: one dead
worker breaks the pool, and children of a killed parent stay.)
"""

from __future__ import annotations

import asyncio
import fcntl
import pickle
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from archive.errors import NoWorker

T = TypeVar("T")

DEADLINE = 15.0  # seconds for one call: the worst honest page takes under one
MEMORY = 1024  # MiB of address space for one worker
_LENGTH = 8  # bytes before each message
_PIPE = 2**20  # bytes that the pipe to a worker takes at once: a page goes down in one piece, not in four with a wake-up for each
_MOMENT = 1.0  # seconds for a worker whose output has ended to end as well


class WorkerDied(Exception):
    """The call was ended: over its deadline, out of memory, or the worker crashed. The message says which."""


class WorkerPool:
    """At most `jobs` workers, started when first needed. Belongs to one event loop."""

    def __init__(self, jobs: int, *, deadline: float = DEADLINE, memory: int = MEMORY) -> None:
        self.jobs = max(1, jobs)
        self._deadline = deadline
        self._memory = memory
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._places = asyncio.Semaphore(self.jobs)

    async def call(self, function: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
        """`function(*args, **kwargs)` in a worker; function, arguments and result have to be picklable.

        Raises WorkerDied, what the function raised, or NoWorker: then nothing is said against its arguments.
        """
        message = pickle.dumps((function, args, kwargs), protocol=pickle.HIGHEST_PROTOCOL)
        async with self._places:
            worker = self._idle.pop() if self._idle else await self._start()
            try:
                answer = await asyncio.wait_for(worker.ask(message), self._deadline)
            except TimeoutError:
                await self._discard(worker)
                raise WorkerDied(f"over its deadline of {self._deadline:g} s") from None
            except (EOFError, ConnectionError):
                code = await self._discard(worker, ending=True)
                raise WorkerDied(f"its worker ended with {code}: out of memory, or a crash in a parser") from None
            except BaseException:  # cancelled: an answer may still be on its way, and would be taken for the next one's
                await self._discard(worker)
                raise
            self._idle.append(worker)
        ok, value = pickle.loads(answer)  # noqa: S301 - from our own child
        if not ok:
            raise value
        result: T = value
        return result

    async def close(self) -> None:
        """Ends all workers."""
        for worker in list(self._all):
            await self._discard(worker)
        self._idle.clear()

    async def _start(self) -> _Worker:
        # -P: a folder `archive` where people happen to stand must not be imported in place of ours.
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-P", "-m", "archive.worker", str(self._memory),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, start_new_session=False, limit=2**26,
            )  # fmt: skip
        except (OSError, RuntimeError, MemoryError) as problem:  # RuntimeError: no thread to wait for it with
            hint = "the machine is short of memory, processes or descriptors: what waits is read by the next run"
            raise NoWorker(f"no worker process could be started: {problem or 'out of memory'}", hint=hint) from problem
        assert process.stdin is not None  # noqa: S101 - a pipe
        with suppress(OSError):  # the system's own size will do
            fcntl.fcntl(process.stdin.get_extra_info("pipe"), fcntl.F_SETPIPE_SZ, _PIPE)
        worker = _Worker(process)
        self._all.add(worker)
        return worker

    async def _discard(self, worker: _Worker, *, ending: bool = False) -> int | None:
        self._all.discard(worker)
        if ending:  # killing one that is ending by itself may reap it under asyncio's hands, which then knows no exit code
            await worker.wait()
        return await worker.kill()


class _Worker:
    """One child process that answers one message at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def ask(self, message: bytes) -> bytes:
        to, back = self._process.stdin, self._process.stdout
        assert to is not None and back is not None  # noqa: S101 - both are pipes
        to.write(len(message).to_bytes(_LENGTH, "big") + message)
        await to.drain()
        length = int.from_bytes(await back.readexactly(_LENGTH), "big")
        return await back.readexactly(length)

    async def wait(self) -> None:
        """Returns when the process has ended, or after a moment."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), _MOMENT)

    async def kill(self) -> int | None:
        with suppress(ProcessLookupError):
            self._process.kill()
        with suppress(asyncio.CancelledError):
            return await self._process.wait()
        return None
