"""Worker processes for all that parses untrusted bytes: each call has a deadline, each worker a memory limit.

A call that overruns or kills its worker raises WorkerDied; the worker is replaced and nobody else notices. A worker ends by itself when
its parent is gone, however that ended: its standard input closes. (Both are what process pools of the standard library lack: one dead
worker breaks the pool, and children of a killed parent stay.)
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from typing import Any, NamedTuple, TypeVar

from archive.errors import NoWorker
from archive.shared import Shared

T = TypeVar("T")

DEADLINE = 15.0  # seconds for one call: the worst honest page takes under one
MEMORY = 1024  # MiB of address space for one worker
LENGTH = 8  # bytes that say how long a message is
AHEAD = 2  # calls that a worker has at most: one at work, one that waits
_SHORT = "the machine is short of memory, processes or descriptors: what waits is read by the next run"
_MOMENT = 1.0  # seconds for a worker whose output has ended to end as well


class WorkerDied(Exception):
    """The call was ended: over its deadline, out of memory, or the worker crashed. The message says which."""


Answer = tuple[bool, Any]  # whether it went well; what the function gave or raised


class _Asked(NamedTuple):
    """A call under way."""

    answer: asyncio.Future[Answer]
    deadline: float  # seconds, from when it is at work
    place: Shared


class _NotBegun(Exception):
    """The worker ended with the call before this one: it is for another worker."""


class WorkerPool:
    """At most `jobs` workers, started when first needed. Belongs to one event loop.

    Where all are at work, each has its next call before it already: it need not wait until the loop comes round to it.
    """

    def __init__(self, jobs: int, *, deadline: float = DEADLINE, memory: int = MEMORY) -> None:
        self.jobs = max(1, jobs)
        self._deadline = deadline
        self._memory = memory
        self._workers: set[_Worker] = set()
        self._places = asyncio.Semaphore(self.jobs * AHEAD)
        self._choosing = asyncio.Lock()

    async def call(self, function: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
        """`function(*args, **kwargs)` in a worker; function, arguments and result have to be picklable.

        Raises WorkerDied, what the function raised, or NoWorker: then nothing is said against its arguments.
        """
        async with self._places:
            ok, value = await self._answer((function, args, kwargs))
        if not ok:
            raise value
        result: T = value
        return result

    async def close(self) -> None:
        """Ends all workers."""
        for worker in list(self._workers):
            await worker.kill()
        self._workers.clear()

    async def _answer(self, message: object) -> Answer:
        while True:
            worker = await self._choose()
            with suppress(_NotBegun):
                return await worker.ask(message, self._deadline)

    async def _choose(self) -> _Worker:
        """One that has nothing to do, else a new one, else the one with the least to do."""
        async with self._choosing:
            self._workers = {worker for worker in self._workers if not worker.is_gone()}
            able = [worker for worker in self._workers if not worker.ended]
            free = min(able, key=_Worker.calls, default=None)
            if free is not None and (not free.calls() or len(able) >= self.jobs):
                return free
            worker = await self._start()
            self._workers.add(worker)
            return worker

    async def _start(self) -> _Worker:
        # -P: a folder `archive` where people happen to stand must not be imported in place of ours.
        with ExitStack() as undo:
            try:
                places = [undo.enter_context(closing(Shared())) for _ in range(AHEAD)]
                handles = [place.handle for place in places]
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-P", "-m", "archive.worker", str(self._memory), *map(str, handles),
                    stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, start_new_session=False, pass_fds=handles,
                )  # fmt: skip
            except (OSError, RuntimeError, MemoryError) as problem:  # RuntimeError: no thread to wait for it with
                raise NoWorker(f"no worker process could be started: {problem or 'out of memory'}", hint=_SHORT) from problem
            undo.pop_all()
        return _Worker(process, places)


class _Worker:
    """One child process that answers its calls in their order.

    Messages lie in shared memory, each in the place that the one before the last has left; the pipes say that they are there, and how long.
    """

    def __init__(self, process: asyncio.subprocess.Process, places: list[Shared]) -> None:
        self.ended = False  # it answers no more
        self._process = process
        self._places = places  # the first one is the next call's
        self._asked: deque[_Asked] = deque()  # the first one is at work
        self._timer: asyncio.TimerHandle | None = None
        self._answers = asyncio.ensure_future(self._take_answers())

    def calls(self) -> int:
        """How many it has to answer."""
        return len(self._asked)

    def is_gone(self) -> bool:
        """Whether its process has ended and all of it is given back."""
        return self._answers.done()

    async def ask(self, message: object, deadline: float) -> Answer:
        """Its answer, `deadline` seconds after it began with it at the latest. Raises WorkerDied, _NotBegun, NoWorker."""
        assert self._process.stdin is not None  # noqa: S101 - a pipe
        asked = _Asked(asyncio.get_running_loop().create_future(), deadline, self._places[0])
        try:
            length = asked.place.put(message)
        except OSError as problem:
            raise NoWorker(f"a page cannot be handed to its worker: {problem}", hint=_SHORT) from problem
        self._process.stdin.write(length.to_bytes(LENGTH, "big"))
        self._places.append(self._places.pop(0))
        self._asked.append(asked)
        if len(self._asked) == 1:
            self._watch()
        try:
            return await asked.answer
        except asyncio.CancelledError:  # nobody waits for it, and it may take long
            self._end(None)
            raise

    async def kill(self) -> None:
        """Returns when the process has ended."""
        self._end(None)
        await self._answers

    def _watch(self) -> None:
        """Begins to count the time of the call that is at work now."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(self._asked[0].deadline, self._overrun) if self._asked else None

    def _overrun(self) -> None:
        self._end(WorkerDied(f"over its deadline of {self._asked[0].deadline:g} s"))

    def _end(self, problem: WorkerDied | None) -> None:
        """Ends the process; the call that is at work hears of the problem, the others are for another worker."""
        self.ended = True
        with suppress(ProcessLookupError):
            self._process.kill()
        asked, self._asked = self._asked, deque()
        self._watch()
        for number, one in enumerate(asked):
            if not one.answer.done():
                one.answer.set_exception(problem if problem is not None and not number else _NotBegun())

    async def _take_answers(self) -> None:
        back = self._process.stdout
        assert back is not None  # noqa: S101 - a pipe
        with suppress(EOFError, ConnectionError):
            while not self.ended:
                length = int.from_bytes(await back.readexactly(LENGTH), "big")
                if self._asked:
                    self._take(self._asked.popleft(), length)
        self.ended = True
        # Killing one that is ending by itself may reap it under asyncio's hands, which then knows no exit code.
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), _MOMENT)
        self._end(WorkerDied(f"its worker ended with {self._process.returncode}: out of memory, or a crash in a parser"))
        await self._process.wait()
        for place in self._places:
            place.close()

    def _take(self, asked: _Asked, length: int) -> None:
        self._watch()
        try:
            answer = asked.place.get(length)
        except Exception as problem:  # whatever it is, somebody waits for it
            asked.answer.set_exception(problem)
        else:
            asked.answer.set_result(answer)
