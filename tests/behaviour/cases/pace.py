"""Rules 6 to 10: when a feed is asked again."""

from __future__ import annotations

from datetime import timedelta

from tests.behaviour.case import GOOD, HOUR, SAME, Case, error, etag, said
from tests.behaviour.registry import breaks, keeps

FRESH = ("Cache-Control", "max-age=21600")
AGED = ("Age", "3600")


@keeps(6)
def freshness_is_waited_for(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0, GOOD.plus(FRESH, AGED))
    case.ask(feed, 5.2, SAME.plus(FRESH), etag('"1"'))
    case.ask(feed, 11.5, error(500, FRESH), etag('"1"'))
    case.ask(feed, 17.6, SAME, etag('"1"'))


@breaks(6)
def a_304_is_not_waited_for(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0)
    case.ask(feed, 2, SAME.plus(FRESH), etag('"1"'))
    case.ask(feed, 4, SAME, etag('"1"'))


@breaks(6)
def an_error_is_not_waited_for(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0, error(500, FRESH))
    case.ask(feed, 2)


@breaks(6)
def an_expires_is_not_waited_for(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0, GOOD.plus(("Date", "Mon, 23 Nov 2026 00:00:00 GMT"), ("Expires", "Mon, 23 Nov 2026 04:00:00 GMT")))
    case.ask(feed, 3, SAME, etag('"1"'))


@breaks(6)
def a_ttl_is_not_waited_for_after_a_304(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0, said("story 1", ttl=180))
    case.ask(feed, 3.2, SAME, etag('"1"'))
    case.ask(feed, 5, SAME, etag('"1"'))


@breaks(6)
def a_busy_feed_is_asked_much_later_than_it_wished(case: Case) -> None:
    feed = case.feed(every=HOUR)
    case.ask(feed, 0, GOOD.plus(FRESH))
    case.ask(feed, 9, SAME, etag('"1"'))


@keeps(7)
def a_week_is_taken_as_a_day(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0, GOOD.plus(("Cache-Control", "max-age=604800")))
    case.ask(feed, 24.5, SAME, etag('"1"'))


@breaks(7)
def a_week_is_waited_for(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0, GOOD.plus(("Cache-Control", "max-age=604800")))
    case.ask(feed, 168, SAME, etag('"1"'))


THREE_MONTHS = error(503, ("Retry-After", str(90 * 86_400)))


@breaks(7)
def three_months_are_not_kept_for_31_days(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0, THREE_MONTHS)
    case.ask(feed, 240)


@breaks(7)
def three_months_silence_a_feed(case: Case) -> None:
    case.ask(case.feed(), 0, THREE_MONTHS)
    case.run(32 * 24)


@keeps(8)
def floors_are_kept(case: Case) -> None:
    feed, bare, own = case.feed(), case.feed("b"), case.feed("c", schedule="15m")
    case.ask(feed, 0)
    case.ask(feed, 1, SAME, etag('"1"'))
    case.ask(bare, 0, said("story 1", fields=()))
    case.ask(bare, 24, said("story 1", fields=()))
    case.ask(own, 0)
    case.ask(own, 0.25, SAME, etag('"1"'))


@breaks(8)
def a_feed_is_asked_within_the_hour(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0)
    case.ask(feed, 0.9, SAME, etag('"1"'))


@breaks(8)
def a_whole_document_is_asked_for_within_the_day(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 0, said("story 1", fields=()))
    case.ask(feed, 12, said("story 1", fields=()))


@breaks(8)
def a_cron_schedule_is_read_in_another_zone(case: Case) -> None:
    feed = case.feed("office", schedule="*/30 9-17 * * mon-fri", timezone="Asia/Kolkata")
    case.ask(feed, 4)
    case.ask(feed, 16, SAME, etag('"1"'))  # half past nine in the evening there


@breaks(8)
def a_schedule_is_outrun(case: Case) -> None:
    feed = case.feed(schedule="15m")
    case.ask(feed, 0)
    case.ask(feed, 0.1, SAME, etag('"1"'))


def _asked_every(case: Case, name: str, hours: float, *, since: float = 24, until: float = 335, every: timedelta | None = None) -> None:
    feed = case.feed(name, every=every)
    case.ask(feed, 0)
    hour = since
    while hour < until:
        case.ask(feed, hour, SAME, etag('"1"'))
        hour += hours


@keeps(9)
def the_pace_follows(case: Case) -> None:
    _asked_every(case, "steady", 6, every=8 * HOUR)
    _asked_every(case, "few", 3)
    _asked_every(case, "many", 7)
    _asked_every(case, "weekly", 24)


@breaks(9)
def a_steady_feed_is_asked_each_hour(case: Case) -> None:
    _asked_every(case, "steady", 1, every=8 * HOUR, until=60)


@breaks(9)
def mostly_new_entries_do_not_make_it_faster(case: Case) -> None:
    _asked_every(case, "few", 7)
    _asked_every(case, "many", 6)


@breaks(9)
def a_silent_feed_is_asked_as_before(case: Case) -> None:
    _asked_every(case, "hushed", 2)


@breaks(9)
def a_quiet_feed_is_forgotten(case: Case) -> None:
    _asked_every(case, "weekly", 60)


@keeps(10)
def hints_are_followed(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 8, said("story 1", ttl=5, skip_hours=(10, 11)))
    case.ask(feed, 9.2, SAME, etag('"1"'))
    case.ask(feed, 12.1, SAME, etag('"1"'))


@breaks(10)
def a_skipped_hour_is_not_skipped(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 8, said("story 1", skip_hours=(10, 11)))
    case.ask(feed, 11.2, SAME, etag('"1"'))


@breaks(10)
def a_short_ttl_makes_it_faster(case: Case) -> None:
    feed = case.feed()
    case.ask(feed, 8, said("story 1", ttl=5))
    case.ask(feed, 8.2, SAME, etag('"1"'))
