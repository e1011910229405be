"""Rules 18 and 24: robots.txt in all its states, and the spacing of requests."""

from __future__ import annotations

from benchmarks.behaviour.asked import Behaviour, Moment, Reply, Says
from benchmarks.behaviour.say import DAY, HOUR, during, news, phases, robots, status, tagged

NEWS = tagged(news(6 * HOUR, listed=4))


def _with_robots(says: Says) -> dict[str, Says]:
    return {"/feed": NEWS, "/robots.txt": says}


def _failing(_: Moment) -> Reply:
    """A 503 whose body would allow everything."""
    return Reply(503, (("Content-Type", "text/plain"),), b"User-agent: *\nAllow: /\n")


ALL = (
    Behaviour(
        "closed-for-days",
        "robots.txt disallows the feed on days 2 to 4",
        _with_robots(during(2 * DAY, 5 * DAY, robots("Disallow: /feed"), robots())),
    ),
    Behaviour("robots-503", "robots.txt is a 503 for the first two days", _with_robots(phases((0 * DAY, _failing), (2 * DAY, robots())))),
    Behaviour("robots-404", "there is no robots.txt", _with_robots(status(404))),
    Behaviour("robots-later-503", "robots.txt is a 503 on days 3 and 4", _with_robots(during(3 * DAY, 5 * DAY, _failing, robots()))),
    Behaviour(
        "forbidding",
        "robots.txt disallows some pages",
        {"/feed": NEWS, "/robots.txt": robots("Disallow: /s/1", "Disallow: /s/-2")},
        pages=True,
    ),
    Behaviour("crawl-delay", "a Crawl-delay of 0.6 seconds", _with_robots(robots("Crawl-delay: 0.6")), pages=True),
    Behaviour(
        "spaced",
        "a delay of 0.5 seconds, two feeds",
        {"/feed": NEWS, "/other": tagged(news(5 * HOUR, listed=4))},
        ("/feed", "/other"),
        delay=0.5,
        pages=True,
    ),
)
