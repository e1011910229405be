"""A run as a process of its own, from outside: started, asked to stop, and ended by force with all its children when it does not.

Knows the command, its exit code and the JSON that it prints; nothing of what it does.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from scheduler.notify import VARIABLES

DRAIN = 8.5  # seconds from SIGTERM to SIGKILL: a run that is asked to stop ends its own crawl by force after 7


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended."""

    code: int  # its exit code; negative: the signal that ended it
    summary: dict[str, Any] | None = None  # what it printed; None: nothing that can be read
    overran: bool = False  # it did not end in its time, and was ended by force


class Child:
    """One run. Leads a process group and session of its own, so that a terminal's Ctrl-C reaches the daemon alone."""

    def __init__(self, command: Sequence[str], *, limit: float) -> None:
        """`limit`: seconds that it may take before it is ended by force."""
        self._command, self._limit = command, limit
        self._asked = asyncio.Event()

    def ask(self) -> None:
        """Asks it to stop: SIGTERM, now or as soon as it is there."""
        self._asked.set()

    async def run(self) -> Ended:
        """From start to end; no process of it is left then."""
        child = await asyncio.create_subprocess_exec(
            *self._command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, start_new_session=True,
            env={name: value for name, value in os.environ.items() if name not in VARIABLES},
        )  # fmt: skip
        passing_on: asyncio.Task[None] | None = None
        try:
            async with asyncio.timeout(self._limit) as limit:
                passing_on = asyncio.create_task(self._pass_on(child, limit))
                said, _ = await child.communicate()
        except TimeoutError:
            return Ended(await self._kill(child), overran=True)
        except asyncio.CancelledError:
            await self._kill(child)
            raise
        finally:
            if passing_on is not None:
                passing_on.cancel()
        return Ended(await child.wait(), _object(said))

    async def _pass_on(self, child: asyncio.subprocess.Process, limit: asyncio.Timeout) -> None:
        await self._asked.wait()
        with suppress(ProcessLookupError):
            child.terminate()
        limit.reschedule(min(limit.when() or 0.0, asyncio.get_running_loop().time() + DRAIN))

    async def _kill(self, child: asyncio.subprocess.Process) -> int:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        return await child.wait()


def _object(said: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(said)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
