"""The pace: one at a time, spaced, held off."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from itertools import pairwise

import pytest

from crawler.pace import LONGEST_WAIT, Held, Pace
from tests.crawl.parts import rng


def _run(scenario: Callable[[Pace], Awaitable[None]]) -> None:
    async def run() -> None:
        await scenario(Pace(rng()))

    asyncio.run(run())


def test_one_request_at_a_time_is_under_way_at_a_host() -> None:
    under_way: list[int] = []

    async def scenario(pace: Pace) -> None:
        now = 0

        async def one() -> None:
            nonlocal now
            async with pace.turn("a.example", 0.0):
                now += 1
                under_way.append(now)
                await asyncio.sleep(0.001)
                now -= 1

        await asyncio.gather(*(one() for _ in range(20)))

    _run(scenario)
    assert under_way == [1] * 20


def test_requests_to_a_host_are_spaced_by_the_delay_from_start_to_start() -> None:
    starts: list[float] = []

    async def scenario(pace: Pace) -> None:
        async def one() -> None:
            async with pace.turn("a.example", 0.1):
                starts.append(time.monotonic())

        await asyncio.gather(*(one() for _ in range(4)))

    _run(scenario)
    assert all(later - earlier >= 0.1 for earlier, later in pairwise(starts))


def _spaced(dial: float, again: int = 0) -> list[float]:
    """When two requests with a delay of 0.2 s were sent, of which the first took `dial` seconds to dial and was sent `again` times more."""
    sent: list[float] = []

    async def scenario(pace: Pace) -> None:
        async def one(dial: float, again: int) -> None:
            async with pace.turn("a.example", 0.2) as sending:
                await asyncio.sleep(dial)
                for _ in range(1 + again):
                    await sending()
                    sent.append(time.monotonic())

        await asyncio.gather(one(dial, again), one(0.0, 0))

    _run(scenario)
    return sent


def test_spacing_counts_from_the_sending_however_long_the_dialling_takes() -> None:
    first, second = _spaced(dial=0.3)
    assert second - first >= 0.2


def test_a_request_that_is_sent_anew_is_spaced_as_well() -> None:
    sent = _spaced(dial=0.0, again=2)
    assert len(sent) == 4
    assert all(later - earlier >= 0.2 for earlier, later in pairwise(sent))


def test_a_host_that_could_not_be_dialled_is_left_alone_for_the_delay() -> None:
    tried: list[float] = []

    async def scenario(pace: Pace) -> None:
        for _ in range(2):
            async with pace.turn("a.example", 0.2):
                tried.append(time.monotonic())

    _run(scenario)
    assert tried[1] - tried[0] >= 0.2


def test_of_two_delays_at_one_host_the_longer_one_counts() -> None:
    sent: list[float] = []

    async def scenario(pace: Pace) -> None:
        for delay in (0.2, 0.0, 0.2):
            async with pace.turn("a.example", delay) as sending:
                await sending()
                sent.append(time.monotonic())

    _run(scenario)
    assert all(later - earlier >= 0.2 for earlier, later in pairwise(sent))


def test_hosts_do_not_wait_for_one_another() -> None:
    order: list[str] = []

    async def scenario(pace: Pace) -> None:
        inside = asyncio.Event()

        async def slow() -> None:
            async with pace.turn("slow.example", 0.0):
                inside.set()
                await asyncio.wait_for(done.wait(), 5)
                order.append("slow")

        async def quick() -> None:
            await inside.wait()
            async with pace.turn("quick.example", 0.0):
                order.append("quick")
                done.set()

        done = asyncio.Event()
        await asyncio.gather(slow(), quick())

    _run(scenario)
    assert order == ["quick", "slow"]


def test_a_turn_that_fails_gives_the_next_one_its_turn() -> None:
    async def scenario(pace: Pace) -> None:
        with pytest.raises(RuntimeError):
            async with pace.turn("a.example", 0.0):
                raise RuntimeError
        async with asyncio.timeout(5), pace.turn("a.example", 0.0):
            pass

    _run(scenario)


def test_a_long_hold_is_said_at_once_with_its_reason() -> None:
    async def scenario(pace: Pace) -> None:
        pace.hold("a.example", LONGEST_WAIT + 10, "429 until noon")
        with pytest.raises(Held, match="429 until noon"):
            async with pace.turn("a.example", 0.0):
                pass
        async with pace.turn("b.example", 0.0):
            pass

    _run(scenario)


def test_a_short_hold_is_waited_for() -> None:
    waited: list[float] = []

    async def scenario(pace: Pace) -> None:
        started = time.monotonic()
        pace.hold("a.example", 0.2, "429")
        async with pace.turn("a.example", 0.0):
            waited.append(time.monotonic() - started)

    _run(scenario)
    assert waited[0] >= 0.18


def test_a_shorter_hold_does_not_end_a_longer_one() -> None:
    async def scenario(pace: Pace) -> None:
        pace.hold("a.example", LONGEST_WAIT + 10, "long")
        pace.hold("a.example", 0.0, "short")
        with pytest.raises(Held):
            async with pace.turn("a.example", 0.0):
                pass

    _run(scenario)


def test_a_hold_that_comes_while_others_wait_holds_them_too() -> None:
    """Both the one that waits for its turn and the one that waits for its spacing."""
    held: list[str] = []

    async def scenario(pace: Pace) -> None:
        async def waits(name: str) -> None:
            try:
                async with pace.turn("a.example", 0.05):
                    raise AssertionError(name)
            except Held:
                held.append(name)

        async with pace.turn("a.example", 0.05):
            pass
        spacing, queueing = asyncio.ensure_future(waits("spacing")), asyncio.ensure_future(waits("queueing"))
        await asyncio.sleep(0.01)
        pace.hold("a.example", LONGEST_WAIT + 10, "429")
        await asyncio.gather(spacing, queueing)

    _run(scenario)
    assert sorted(held) == ["queueing", "spacing"]
