"""The pace: one request at a time per host, spaced, and none while the host holds us off.

Scrapy's own cap per domain lets several requests through at once when its delay is 0, and knows nothing of Retry-After; this is the last
step before a request is dialled, so that nothing gets round it.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

LONGEST_WAIT = 30.0  # seconds that a run waits for a host that holds it off; beyond it the host is left for a later run
JITTER = 0.1  # share of the delay that is added at random, so that outlets on one machine are not hit in step

Sending = Callable[[], Awaitable[None]]  # awaited just before the bytes of a request are written


class Held(Exception):
    """The host holds us off for longer than a run should wait; the message says why."""


@dataclass(slots=True)
class _Host:
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    sent_at: float = -math.inf  # monotonic: when the last request was sent
    delay: float = 0.0  # seconds that its own outlet asked for after it
    held_until: float = 0.0
    reason: str = ""

    def sent(self, delay: float) -> None:
        self.sent_at, self.delay = time.monotonic(), delay

    def to_wait(self, delay: float) -> float:
        """Seconds until a request with this delay may be sent: the longer one of two outlets on one host counts."""
        return max(self.sent_at + max(delay, self.delay), self.held_until) - time.monotonic()


class Pace:
    """Turns, host by host. Belongs to one event loop."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, host: str, delay: float) -> AsyncIterator[Sending]:
        """This host's turn: waits for the request before it, the `delay` in seconds since that one was sent, and short holds.

        Gives what has to be awaited just before each sending: spacing counts from there, however long the dialling takes, and a request
        that is sent a second time, since its connection was closed under it, comes no sooner than any other. Raises Held.
        """
        state = self._hosts.setdefault(host, _Host())
        delay *= 1 + JITTER * self._rng.random()
        self._check(state)
        async with state.turn:
            self._check(state)
            while (wait := state.to_wait(delay)) > 0:
                await asyncio.sleep(wait)
                self._check(state)  # a hold may have come meanwhile
            state.sent(delay)  # a host that cannot be dialled is asked as well
            yield _sending(state, delay)

    def hold(self, host: str, seconds: float, reason: str) -> None:
        """No request to `host` for that long (Retry-After)."""
        state = self._hosts.setdefault(host, _Host())
        state.held_until = max(state.held_until, time.monotonic() + seconds)
        state.reason = reason

    def _check(self, state: _Host) -> None:
        if state.held_until - time.monotonic() > LONGEST_WAIT:
            raise Held(state.reason)


def _sending(state: _Host, delay: float) -> Sending:
    anew = False

    async def sending() -> None:
        nonlocal anew
        while anew and (wait := state.to_wait(delay)) > 0:
            await asyncio.sleep(wait)
        anew = True
        state.sent(delay)

    return sending
