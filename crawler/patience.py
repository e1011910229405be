"""Patience with a host that turns every page away: after a few failures in a row it is left alone for the rest of the run. Pure.

What is left stays in the queue as it was, for the next run; it costs neither the host a request nor the run its time. A host where each
page takes its whole timeout would else keep a run for hours, and all other outlets waiting for the next one.
"""

from __future__ import annotations

from archive.keys import host_of
from archive.model import Capture

MOST = 5  # failures in a row: one request more is no politeness, and tells nothing new
_OF_A_TIMEOUT = 2.5  # what one that took all its time counts: two are a minute
_TURNED_AWAY = frozenset({401, 402, 403, 407, 451})
_TIMES_UP = ("not complete within", "no connection within")


class Patience:
    """That of one run, host by host."""

    def __init__(self) -> None:
        self._in_a_row: dict[str, float] = {}

    def worn_out_by(self, answer: Capture) -> str | None:
        """Why the page's host is left alone from now on; None while it is not. Feeds and robots.txt do not count: they are few."""
        if answer.role != "page":
            return None
        host, cost = host_of(answer.url), _cost(answer)
        self._in_a_row[host] = self._in_a_row.get(host, 0.0) + cost if cost else 0.0
        if self._in_a_row[host] < MOST:
            return None
        return f"{host} turned one page after the other away ({_said(answer)}): its other pages wait for the next run"


def _cost(answer: Capture) -> float:
    """0 for an answer that says the host is at work, a 404 among them; what is wrong with one page alone says nothing of its host."""
    if answer.status is None:
        error = answer.error or ""
        return 0.0 if error.startswith("not dialled") else _OF_A_TIMEOUT if error.startswith(_TIMES_UP) else 1.0
    if answer.truncated == "time":
        return _OF_A_TIMEOUT
    return float(answer.status >= 500 or answer.status in _TURNED_AWAY)


def _said(answer: Capture) -> str:
    return answer.error or f"HTTP {answer.status}"
