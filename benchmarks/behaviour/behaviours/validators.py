"""Rules 1 to 5: ETag and Last-Modified as servers give them, odd ones too."""

from __future__ import annotations

from benchmarks.behaviour.asked import Behaviour, Moment, Reply, Said, Says
from benchmarks.behaviour.say import DAY, HOUR, at_feed, dated, item, news, phases, rss, tagged

NEWS = news(10 * HOUR)
STILL = rss(item("one", "{origin}/s/1", "The one story"), said=Said(("one",)))


def _restless(moment: Moment) -> Reply:
    return STILL.plus(("ETag", f'"{moment.count}"'))


def _renewing(moment: Moment) -> Reply:
    """Each answer has another ETag, and only the newest one is known."""
    tag = ("ETag", f'"r{moment.count}"')
    return Reply(304, (tag,)) if moment.get("If-None-Match") == f'"r{moment.count - 1}"' else STILL.plus(tag)


def _stuck(says: Says) -> Says:
    """304 to whatever is asked conditionally, although there is news."""

    def answer(moment: Moment) -> Reply:
        asked = moment.get("If-None-Match") or moment.get("If-Modified-Since")
        return Reply(304, (("ETag", asked),)) if asked else says(moment)

    return answer


def _unasked(_: Moment) -> Reply:
    return Reply(304)


ALL = (
    Behaviour("strong", "a strong ETag", at_feed(tagged(NEWS)), every=10 * HOUR),
    Behaviour("weak", "a weak ETag", at_feed(tagged(NEWS, lambda digest: f'W/"{digest}"')), every=10 * HOUR),
    Behaviour(
        "odd",
        "an ETag that is neither quoted nor ASCII",
        at_feed(tagged(NEWS, lambda digest: f'W/ä "{digest[:8]}--gzip  ß')),
        every=10 * HOUR,
    ),
    Behaviour("dated", "Last-Modified alone", at_feed(dated(NEWS)), every=10 * HOUR),
    Behaviour("both", "ETag and Last-Modified", at_feed(dated(tagged(NEWS))), every=10 * HOUR),
    Behaviour("bare", "no validators", at_feed(NEWS), every=10 * HOUR),
    Behaviour("restless", "another ETag with each answer, the same body", at_feed(_restless)),
    Behaviour("renewing", "another ETag with each 304", at_feed(_renewing)),
    Behaviour("vanishing", "validators that vanish on day 3", at_feed(phases((0 * DAY, dated(tagged(NEWS))), (3 * DAY, NEWS)))),
    Behaviour("stuck", "304 for ever to conditional requests, although there is news", at_feed(_stuck(tagged(NEWS)))),
    Behaviour(
        "trusted", "304 for ever, of an outlet whose 304 is trusted", at_feed(_stuck(tagged(news(10 * HOUR, ends=0 * DAY)))), trust_304=True
    ),
    Behaviour("deaf", "304 to everything from day 1 on", at_feed(phases((0 * DAY, tagged(NEWS)), (1 * DAY, _unasked)))),
    Behaviour("unasked", "304 from the first request on", at_feed(_unasked)),
)
