"""Rules 7 and 11: servers that ask us to wait."""

from __future__ import annotations

from benchmarks.behaviour.asked import Behaviour, Says
from benchmarks.behaviour.say import DAY, HOUR, at_feed, during, news, phases, robots, tagged, waiting

NEWS = tagged(news(3 * HOUR))


def _waits(since: float, until: float, code: int, *, as_date: bool = False, otherwise: Says = NEWS) -> Says:
    """Says so from one day to another."""
    return during(since * DAY, until * DAY, waiting(until * DAY, code, as_date=as_date), otherwise)


def _two(says: Says) -> dict[str, Says]:
    return {"/feed": says, "/other": NEWS}


BOTH = ("/feed", "/other")
ALL = (
    Behaviour("503", "503 with Retry-After in seconds; another feed beside it", _two(_waits(0.5, 0.8, 503)), BOTH),
    Behaviour("503-date", "503 with Retry-After as a date", at_feed(_waits(0.5, 1.1, 503, as_date=True))),
    Behaviour("429", "429 with Retry-After in seconds; another feed beside it", _two(_waits(0.3, 0.6, 429)), BOTH),
    Behaviour(
        "429-date", "429 with Retry-After as a date, longer than robots.txt is kept", _two(_waits(1.0, 2.6, 429, as_date=True)), BOTH
    ),
    Behaviour("ten-days", "503 with a Retry-After of ten days", at_feed(_waits(1.5, 11.5, 503))),
    Behaviour(
        "ninety-days", "503 with a Retry-After of ninety days", at_feed(phases((0 * DAY, NEWS), (0.4 * DAY, waiting(90.4 * DAY, 503))))
    ),
    Behaviour("robots-429", "429 for robots.txt, ten hours", {"/feed": NEWS, "/robots.txt": _waits(0, 0.42, 429, otherwise=robots())}),
)
