"""Rules 12, 13 and 31: errors that last, errors that pass, answers that are no feed."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.behaviour.asked import Behaviour, Moment, Reply, Says
from benchmarks.behaviour.say import DAY, HOUR, always, at_feed, during, news, page, phases, status, tagged

NEWS = tagged(news(6 * HOUR))
_STALLS = always(Reply(200, stall=3.0))
_EMPTY = always(Reply(200, (("Content-Type", "application/rss+xml"), ("ETag", '"empty"'))))


def _flapping(moment: Moment) -> Reply:
    return Reply(502, (), b"Bad gateway") if moment.count % 3 == 2 else NEWS(moment)


def _cut(moment: Moment) -> Reply:
    whole = news(6 * HOUR)(moment)
    return replace(whole, cut=True, said=None) if moment.count % 2 else whole


def _since_day_1(says: Says) -> Says:
    return phases((0 * DAY, NEWS), (1 * DAY, says))


ALL = (
    Behaviour("404", "404 from the first request on", at_feed(status(404))),
    Behaviour("500", "500 from the first request on", at_feed(status(500))),
    Behaviour("stalls", "no answer within the timeout, from the first request on", at_feed(_STALLS), timeout=1),
    Behaviour("nobody", "a host where nobody answers", at_feed(NEWS), listens=False, robots=False),
    Behaviour("no-name", "a host whose name nobody knows", at_feed(NEWS), listens=False, robots=False, host=f"{'n' * 64}.example"),
    Behaviour("back", "404 from day 1 to day 6, then as before", at_feed(during(DAY, 6 * DAY, status(404), NEWS))),
    Behaviour("gone", "410 from day 1 to day 20, then as before", at_feed(during(DAY, 20 * DAY, status(410), NEWS))),
    Behaviour("flapping", "every third answer is a 502", at_feed(_flapping)),
    Behaviour("cut", "every second answer is cut in the middle", at_feed(_cut)),
    Behaviour("html", "an HTML page on days 2 and 3", at_feed(during(2 * DAY, 4 * DAY, always(page("We are moving")), NEWS))),
    Behaviour("empty", "an empty body on day 1", at_feed(during(DAY, 2 * DAY, _EMPTY, NEWS))),
    Behaviour("blocked", "403 from day 1 on", at_feed(_since_day_1(status(403)))),
    Behaviour(
        "failing-pages", "pages that answer 404 and 500", {"/feed": news(2 * DAY), "/s/0": status(404), "/s/1": status(500)}, pages=True
    ),
)
