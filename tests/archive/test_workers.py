"""Workers: a call that overruns, or kills its worker, is one call lost."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import pytest

from archive.errors import NoWorker
from archive.workers import WorkerDied, WorkerPool

T = TypeVar("T")


def with_pool(use: Callable[[WorkerPool], Awaitable[T]], *, jobs: int = 1, deadline: float = 20.0, memory: int = 512) -> T:
    async def body() -> T:
        pool = WorkerPool(jobs, deadline=deadline, memory=memory)
        try:
            return await use(pool)
        finally:
            await pool.close()

    return asyncio.run(body())


def test_a_call_gives_back_what_the_function_gives() -> None:
    async def use(pool: WorkerPool) -> object:
        return await pool.call(sorted, [3, 1, 2], reverse=True)

    assert with_pool(use) == [3, 2, 1]


def test_calls_run_in_processes_of_their_own_and_workers_are_used_again() -> None:
    async def use(pool: WorkerPool) -> list[int]:
        return list(await asyncio.gather(*(pool.call(os.getpid) for _ in range(8))))

    seen = with_pool(use, jobs=2)
    assert os.getpid() not in seen
    assert len(set(seen)) <= 2


def test_what_a_function_raises_is_told_and_its_worker_goes_on() -> None:
    async def use(pool: WorkerPool) -> tuple[int, int]:
        before = await pool.call(os.getpid)
        with pytest.raises(RuntimeError, match="ValueError: invalid literal"):
            await pool.call(int, "no number")
        return before, await pool.call(os.getpid)

    before, after = with_pool(use)
    assert before == after


def test_a_call_over_its_deadline_is_ended_and_the_next_one_answered() -> None:
    async def use(pool: WorkerPool) -> int:
        pool._deadline = 0.3
        with pytest.raises(WorkerDied, match="deadline"):
            await pool.call(time.sleep, 600)
        pool._deadline = 20.0
        return await pool.call(abs, -7)

    assert with_pool(use) == 7


def test_a_call_that_kills_its_worker_is_told_and_harms_no_other() -> None:
    async def use(pool: WorkerPool) -> list[object]:
        calls = [pool.call(abs, -1), pool.call(os._exit, 3), pool.call(abs, -2), pool.call(os.abort), pool.call(abs, -3)]
        return list(await asyncio.gather(*calls, return_exceptions=True))

    first, dead, second, aborted, third = with_pool(use, jobs=2)
    assert (first, second, third) == (1, 2, 3)
    assert isinstance(dead, WorkerDied) and "ended with 3" in str(dead)
    assert isinstance(aborted, WorkerDied) and f"ended with {-signal.SIGABRT}" in str(aborted)


@pytest.mark.parametrize(("deadly", "said"), [((os._exit, 3), "ended with 3"), ((time.sleep, 600), "deadline")])
def test_the_call_behind_one_that_ends_its_worker_is_answered_by_another(deadly: tuple[Callable[[int], object], int], said: str) -> None:
    async def use(pool: WorkerPool) -> list[object]:
        await pool.call(abs, 0)  # its worker is there
        pool._deadline = 1.0 if said == "deadline" else 20.0
        dead = asyncio.ensure_future(pool.call(*deadly))
        await asyncio.sleep(0.1)
        pool._deadline = 20.0
        return list(await asyncio.gather(dead, *(pool.call(abs, -number) for number in range(1, 4)), return_exceptions=True))

    dead, *answers = with_pool(use)
    assert isinstance(dead, WorkerDied) and said in str(dead)
    assert answers == [1, 2, 3]


def test_the_time_of_a_call_that_waits_behind_another_is_not_counted() -> None:
    async def use(pool: WorkerPool) -> int:
        await pool.call(abs, 0)  # its worker is there
        first = asyncio.ensure_future(pool.call(time.sleep, 1.5))
        await asyncio.sleep(0.1)
        pool._deadline = 1.0
        answer: int = await pool.call(abs, -7)
        await first
        return answer

    assert with_pool(use) == 7


@pytest.mark.parametrize("cancelled", [0, 1])
def test_cancelling_a_call_harms_no_other(cancelled: int) -> None:
    async def use(pool: WorkerPool) -> list[object]:
        await pool.call(abs, 0)  # its worker is there
        calls = [
            asyncio.ensure_future(pool.call(time.sleep, 0.3)),
            *(asyncio.ensure_future(pool.call(abs, -number)) for number in range(1, 4)),
        ]
        await asyncio.sleep(0.1)
        calls[cancelled].cancel()
        return list(await asyncio.gather(*calls, return_exceptions=True))

    answers = with_pool(use)
    assert isinstance(answers.pop(cancelled), asyncio.CancelledError)
    assert answers == [None, 1, 2, 3][:cancelled] + [None, 1, 2, 3][cancelled + 1 :]


def test_a_call_that_wants_too_much_memory_is_ended() -> None:
    async def use(pool: WorkerPool) -> int:
        with pytest.raises(WorkerDied, match="memory"):
            await pool.call(bytes, 2**31)
        return await pool.call(abs, -7)

    assert with_pool(use, memory=300) == 7


def test_what_a_function_prints_does_not_stand_among_the_answers() -> None:
    async def use(pool: WorkerPool) -> tuple[object, int]:
        return await pool.call(os.write, 1, b"x" * 10_000), await pool.call(abs, -7)

    assert with_pool(use) == (10_000, 7)


def test_a_large_page_and_a_large_answer_go_through() -> None:
    async def use(pool: WorkerPool) -> bytes:
        return await pool.call(bytes.upper, b"a" * 20_000_000)

    assert with_pool(use) == b"A" * 20_000_000


def test_a_cancelled_call_leaves_no_answer_for_the_next_one() -> None:
    async def use(pool: WorkerPool) -> int:
        call = asyncio.ensure_future(pool.call(time.sleep, 0.2))
        await asyncio.sleep(0.1)
        call.cancel()
        with suppress(asyncio.CancelledError):
            await call
        return await pool.call(abs, -7)

    assert with_pool(use) == 7


def test_closing_leaves_no_process_behind() -> None:
    async def use(pool: WorkerPool) -> list[int]:
        return [await pool.call(os.getpid)]

    for pid in with_pool(use):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


PARENT = """
import asyncio, os
from archive.errors import NoWorker
from archive.workers import WorkerPool

async def main():
    pool = WorkerPool(1)
    print(await pool.call(os.getpid), flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


def test_a_worker_ends_when_its_parent_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    os.kill(worker, 0)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    for _ in range(500):
        if not Path(f"/proc/{worker}").exists() or Path(f"/proc/{worker}/stat").read_text().split()[2] == "Z":
            break
        time.sleep(0.02)
    else:
        pytest.fail("the worker outlived its parent by ten seconds")


def test_a_folder_of_the_same_name_where_one_stands_is_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "archive.py").write_text("raise SystemExit('this is not ours')")
    monkeypatch.chdir(tmp_path)

    async def use(pool: WorkerPool) -> int:
        return await pool.call(abs, -7)

    assert with_pool(use) == 7


@pytest.mark.parametrize("problem", [RuntimeError("can't start new thread"), OSError(11, "Try again"), MemoryError()])
def test_where_no_worker_can_be_started_nothing_is_said_against_the_page(monkeypatch: pytest.MonkeyPatch, problem: Exception) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise problem

    async def use(pool: WorkerPool) -> object:
        return await pool.call(sorted, [3, 1, 2])

    monkeypatch.setattr(asyncio, "create_subprocess_exec", refuse)
    with pytest.raises(NoWorker, match="no worker process could be started") as told:
        with_pool(use)
    assert told.value.exit_code == 71
    assert told.value.hint is not None
