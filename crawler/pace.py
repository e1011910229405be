"""The pace: one request at a time per host, spaced, and none while the host holds us off.

Scrapy's own cap per domain lets several requests through at once when its delay is 0, and knows nothing of Retry-After; this is the last
step before a request is dialled, so that nothing gets round it.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

LONGEST_WAIT = 30.0  # seconds that a run waits for a host that holds it off; beyond it the host is left for a later run
JITTER = 0.1  # share of the delay that is added at random, so that outlets on one machine are not hit in step


class Held(Exception):
    """The host holds us off for longer than a run should wait; the message says why."""


@dataclass(slots=True)
class _Host:
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_at: float = 0.0  # monotonic: no request starts before
    held_until: float = 0.0
    reason: str = ""


class Pace:
    """Turns, host by host. Belongs to one event loop."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, host: str, delay: float) -> AsyncIterator[None]:
        """This host's turn: waits for the request before it, the `delay` in seconds since that one began, and short holds.

        Raises Held.
        """
        state = self._hosts.setdefault(host, _Host())
        self._check(state)
        async with state.turn:
            self._check(state)
            while (wait := max(state.next_at, state.held_until) - time.monotonic()) > 0:
                await asyncio.sleep(wait)
                self._check(state)  # a hold may have come meanwhile
            state.next_at = time.monotonic() + delay * (1 + JITTER * self._rng.random())
            yield

    def hold(self, host: str, seconds: float, reason: str) -> None:
        """No request to `host` for that long (Retry-After)."""
        state = self._hosts.setdefault(host, _Host())
        state.held_until = max(state.held_until, time.monotonic() + seconds)
        state.reason = reason

    def _check(self, state: _Host) -> None:
        if state.held_until - time.monotonic() > LONGEST_WAIT:
            raise Held(state.reason)
