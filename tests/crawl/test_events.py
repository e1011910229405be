"""Events of a crawl for its parent: a few together, in order, none lost at the end."""

from __future__ import annotations

import asyncio
import io
import json

from crawler.job import BREATH, Events


def told(out: io.StringIO) -> list[int]:
    return [json.loads(line)["number"] for line in out.getvalue().splitlines()]


def test_events_of_one_moment_are_told_together_and_in_order() -> None:
    out = io.StringIO()

    async def crawl() -> list[list[int]]:
        events, seen = Events(out), []
        for first in (1, 4):
            for number in range(first, first + 3):
                events.tell({"number": number})
            seen.append(told(out))
            while len(told(out)) < first + 2:
                await asyncio.sleep(BREATH)
            seen.append(told(out))
        return seen

    assert asyncio.run(crawl()) == [[], [1, 2, 3], [1, 2, 3], [1, 2, 3, 4, 5, 6]]


def test_what_is_told_outside_of_the_crawl_goes_at_once() -> None:
    out = io.StringIO()
    Events(out).tell({"number": 1})
    assert told(out) == [1]


def test_what_waits_at_the_end_is_told_before_the_line_is_closed() -> None:
    class Kept(io.StringIO):
        def close(self) -> None:
            kept.append(self.getvalue())
            super().close()

    kept: list[str] = []

    async def crawl() -> None:
        events = Events(Kept())
        events.tell({"number": 1})
        events.close()

    asyncio.run(crawl())
    assert kept == ['{"number": 1}\n']
