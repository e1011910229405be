"""Rules 6, 7 and 10: what servers and feeds say of their own pace. Stories come hourly, so that nothing else makes a poll late."""

from __future__ import annotations

from benchmarks.behaviour.asked import Behaviour, Moment, Reply, Says
from benchmarks.behaviour.say import DAY, HOUR, at_feed, during, http_date, news, status, tagged, with_fields

NEWS = tagged(news(HOUR))
_SIX_HOURS = (("Cache-Control", "public, max-age=21600"), ("Age", "3600"))
_WEEK = ("Cache-Control", "max-age=604800")


def _expiring(says: Says) -> Says:
    """Four hours, by a clock of its own that is a day late."""

    def answer(moment: Moment) -> Reply:
        late = moment.t - DAY
        return says(moment).plus(("Date", http_date(moment, late)), ("Expires", http_date(moment, late + 4 * HOUR)))

    return answer


def _only_304s(moment: Moment) -> Reply:
    """Freshness stands in the 304s alone."""
    reply = tagged(news(3 * HOUR))(moment)
    return reply.plus(("Cache-Control", "max-age=7200")) if reply.status == 304 else reply


def _hourly(name: str, words: str, says: Says) -> Behaviour:
    return Behaviour(name, words, at_feed(says), every=HOUR)


ALL = (
    _hourly("max-age", "max-age of six hours, one of them over (Age)", with_fields(NEWS, *_SIX_HOURS)),
    _hourly("expires", "Expires four hours after its Date, which is a day late", _expiring(NEWS)),
    _hourly("week", "max-age of a week", with_fields(NEWS, _WEEK)),
    _hourly("ttl", "a ttl of three hours", tagged(news(HOUR, ttl=180))),
    _hourly("ttl-week", "a ttl of a week", tagged(news(HOUR, ttl=10_080))),
    _hourly("hasty", "a ttl of five minutes and a max-age of one", with_fields(tagged(news(HOUR, ttl=5)), ("Cache-Control", "max-age=60"))),
    _hourly("skip-hours", "skipHours: the night", tagged(news(HOUR, skip_hours=(0, 1, 2, 3, 4, 5)))),
    _hourly("skip-days", "skipDays: the weekend", tagged(news(HOUR, skip_days=("Saturday", "Sunday")))),
    _hourly(
        "sy",
        "sy:update: four times a day",
        tagged(news(HOUR, channel="<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", wish=360)),
    ),
    _hourly("fresh-error", "errors that are fresh for five hours, on day 1", during(DAY, 2 * DAY, status(500, *_SIX_HOURS), NEWS)),
    Behaviour("fresh-304", "304s that are fresh for two hours", at_feed(_only_304s), every=3 * HOUR),
)
