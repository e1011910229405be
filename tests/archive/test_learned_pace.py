"""What is learned of a feed decides how often it is polled, within what binds us; hints of the feed only ever make it later."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model import Entry, Habit, Hints, Lease
from archive.store import feeds
from archive.store.connect import Store
from crawler.facts import PollFacts
from crawler.polling import UNREAD, as_asked
from crawler.sources import Schedule
from scheduler.plan import CONDITIONAL_FLOOR, LEEWAY, LONGEST_LEARNED, learned_interval, next_poll
from tests.archive import parts

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)  # a Friday
HOUR = timedelta(hours=1)


class NoJitter(random.Random):
    def random(self) -> float:
        return 0.0


def facts(**said: object) -> PollFacts:
    given: dict[str, object] = {
        "outcome": "new", "failures": 0.0, "conditional": True, "schedule": None, "timezone": None, "retry_after": None, "max_age": None,
    }  # fmt: skip
    return PollFacts(**{**given, **said})  # type: ignore[arg-type]


def wait(**said: object) -> timedelta:
    return next_poll(facts(**said), NOW, NoJitter()).next_poll_at - NOW


def test_a_feed_with_an_entry_every_ten_hours_is_polled_every_five() -> None:
    assert wait(habit=Habit(36_000, 0.5)) == 5 * HOUR


@pytest.mark.parametrize(("seen", "hours"), [(0.1, 2.5), (0.5, 5.0), (0.9, 7.5), (None, 5.0)])
def test_few_known_entries_make_it_faster_many_slower(seen: float | None, hours: float) -> None:
    assert wait(habit=Habit(36_000, seen)) == hours * HOUR


def test_a_busy_feed_is_not_polled_below_the_floor_and_a_quiet_one_at_least_daily() -> None:
    assert wait(habit=Habit(60, 0.0)) == CONDITIONAL_FLOOR
    assert wait(habit=Habit(90 * 86_400, 1.0)) == LONGEST_LEARNED


def test_a_schedule_of_the_source_goes_before_what_was_learned_and_before_hints() -> None:
    every = Schedule("15m", every=timedelta(minutes=15))
    assert wait(schedule=every, habit=Habit(36_000, 0.5), hints=Hints(600, tuple(range(24)))) == timedelta(minutes=15) * (1 - LEEWAY)


def test_skip_hours_and_days_move_a_poll_behind_them() -> None:
    plan = next_poll(facts(hints=Hints(None, (11, 12), ())), NOW, NoJitter())
    assert plan.next_poll_at == NOW + 3 * HOUR
    assert "skipHours" in plan.reason
    assert next_poll(facts(hints=Hints(None, (), ("Friday", "Saturday"))), NOW, NoJitter()).next_poll_at == datetime(
        2026, 11, 22, tzinfo=UTC
    )


def test_a_feed_that_asks_to_be_skipped_always_is_polled_all_the_same() -> None:
    assert wait(hints=Hints(None, tuple(range(24)), ())) == CONDITIONAL_FLOOR


@given(st.floats(0, 1e9), st.none() | st.floats(0, 1))
def test_what_is_learned_lies_between_nothing_and_a_day(gap: float, share: float | None) -> None:
    learned = learned_interval(Habit(gap, share), NOW)
    assert learned is not None and timedelta(0) <= learned <= LONGEST_LEARNED


def test_after_eight_days_of_304_the_document_is_asked_for_once_unconditionally() -> None:
    lease = Lease(1, 1, "a", "https://a.example/feed", "auto", None, '"1"', "yesterday", None, NOW, NOW, 0.0, last_document_at=NOW)
    assert as_asked(lease, NOW + UNREAD).etag == '"1"'
    assert (as_asked(lease, NOW + UNREAD + HOUR).etag, as_asked(lease, NOW + UNREAD + HOUR).last_modified) == (None, None)


def test_hints_and_habit_are_learned_from_what_was_stored(store: Store) -> None:
    run = parts.begin(store)
    lease = parts.lease(store, run)
    assert (lease.hints, lease.habit, lease.last_document_at) == (Hints(), Habit(), None)
    links = [f"https://harbour.example/{number}" for number in range(4)]
    parts.poll(store, run, parts.said(links, lease))
    later = parts.lease(store, run, now=parts.NOW + HOUR)
    assert later.habit == Habit(0.0, None, 3, parts.NOW)
    assert later.last_document_at == parts.NOW
    parts.poll(store, run, parts.said(links, later, now=parts.NOW + HOUR))
    assert feeds.claim(store, run, parts.NOW + 40 * HOUR, every=True)[0].habit.seen_share == 1.0


@pytest.mark.parametrize("order", ["newest first", "oldest first", "shuffled"])
@pytest.mark.parametrize("dated", [True, False])
def test_the_habit_is_of_the_newest_entries_in_whatever_order_the_document_lists_them(store: Store, order: str, *, dated: bool) -> None:
    """A document of four days with a story each half hour: its newest ten hours count, not its oldest."""
    times = [parts.NOW - number * timedelta(minutes=30) for number in range(200)]
    listed = [Entry(f"https://harbour.example/{at:%d-%H-%M}", "", f"{at:%d-%H-%M}", "A story", at if dated else None) for at in times]
    said = {"newest first": listed, "oldest first": listed[::-1], "shuffled": random.Random(1).sample(listed, len(listed))}[order]  # noqa: S311
    run = parts.begin(store)
    tasks = parts.poll(store, run, parts.said(said, parts.lease(store, run)))
    habit = parts.lease(store, run, now=parts.NOW + HOUR).habit
    assert habit == Habit(1800.0 if dated else 0.0, None, feeds.HABIT_ENTRIES - 1, parts.NOW)
    assert [task.url for task in tasks] == [entry.url for entry in (listed if dated else said)]
