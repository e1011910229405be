"""Rules 14 and 15: redirects, for good and for a while, and what is sent along."""

from __future__ import annotations

from benchmarks.behaviour.asked import Behaviour, Says
from benchmarks.behaviour.say import DAY, HOUR, at_feed, during, moved, news, phases, status, tagged

NEWS = tagged(news(6 * HOUR))
_AWAY = moved(301, "{elsewhere}/feed")


def _then(*parts: tuple[float, Says]) -> Says:
    return phases((0 * DAY, NEWS), *((since * DAY, says) for since, says in parts))


_LONG = {f"/{n}": moved(302, f"{{origin}}/{n + 1}") for n in range(1, 8)}
ALL = (
    Behaviour(
        "moved",
        "301 to another host from day 1 on, for ever",
        at_feed(_then((1, _AWAY))),
        elsewhere=at_feed(NEWS),
        moves_to="{elsewhere}/feed",
    ),
    Behaviour(
        "moved-308",
        "308 and 301 to another path from the first request on",
        {"/feed": moved(308, "/a"), "/a": moved(301, "/b"), "/b": NEWS},
        moves_to="{origin}/b",
    ),
    Behaviour(
        "left",
        "301 on day 1, then 410 at the old address",
        at_feed(_then((1, _AWAY), (2.5, status(410)))),
        elsewhere=at_feed(NEWS),
        moves_to="{elsewhere}/feed",
    ),
    Behaviour("for-a-day", "301 on day 2 alone", at_feed(during(2 * DAY, 3 * DAY, _AWAY, NEWS)), elsewhere=at_feed(NEWS)),
    Behaviour(
        "temporary", "302 to another host from day 1 on", at_feed(_then((1, moved(302, "{elsewhere}/feed")))), elsewhere=at_feed(NEWS)
    ),
    Behaviour(
        "secret",
        "credentials, and a redirect to another host",
        {"/feed": moved(302, "{elsewhere}/feed"), "/near": moved(302, "/here"), "/here": NEWS},
        ("/feed", "/near"),
        elsewhere=at_feed(NEWS),
        credentials="reader:geheim",
    ),
    Behaviour("circle", "redirects in a circle", {"/feed": moved(302, "/round"), "/round": moved(302, "/feed")}),
    Behaviour("long", "eight redirects", {"/feed": moved(302, "/1"), **_LONG, "/8": NEWS}),
)
