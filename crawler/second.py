"""Pages whose server failed for a moment are asked once more, at the end of the run and after a pause. Feeds never are.

Not those that were told to wait (429, 503), not those that timed out, and few a host: one that fails throughout is left alone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from archive.keys import host_of
from archive.model import PageTask, Visit

MOMENTARY = frozenset(
    {500, 502, 504, 520, 521, 522, 523, 524}
)  # the server's or its proxy's own failure (RFC 9110, 15.6; Cloudflare's 52x)
MOST_A_HOST = 3  # failures of one host beyond which it is no matter of a moment


class SecondTries:
    """Those of one run. Times are monotonic seconds."""

    def __init__(self, pause: float) -> None:
        """`pause`: seconds between the last such failure and the second tries; 0: there are none."""
        self._pause = pause
        self._waiting: list[PageTask] = []
        self._asked: set[int] = set()
        self._failed: Counter[str] = Counter()
        self._last = 0.0

    def note(self, visit: Visit, at: float) -> None:
        """Looks at how a visit ended."""
        task = visit.task
        if not self._pause or not _momentary(visit) or task.page_id in self._asked:
            return
        self._asked.add(task.page_id)
        self._failed[host_of(task.url)] += 1
        self._last = at
        self._waiting.append(replace(task, attempts=task.attempts + 1))

    def wait(self, at: float) -> float | None:
        """Seconds until they may be asked for; None where there are none."""
        self._waiting = [task for task in self._waiting if self._failed[host_of(task.url)] <= MOST_A_HOST]
        return max(0.0, self._last + self._pause - at) if self._waiting else None

    def take(self) -> list[PageTask]:
        """All that wait, once."""
        taken, self._waiting = self._waiting, []
        return taken


def _momentary(visit: Visit) -> bool:
    if visit.state != "failed" or not visit.captures:
        return False
    answer = visit.captures[-1]
    return answer.truncated == "disconnect" or (answer.error is None and answer.status in MOMENTARY)
