"""The thousand days, a few of them; and the judge, who has to see what is missed and what is doubled."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks import faked_clock
from benchmarks.judge import HOUR, MINUTE, RULES, On, Polled, Rule, Verdict, is_quiet, judge, slots
from benchmarks.simulated import CASES

BEGIN, END = datetime(2026, 10, 20, tzinfo=UTC), datetime(2026, 11, 5, tzinfo=UTC)  # clocks are set back in Berlin and in New York
ALWAYS = On([(BEGIN, END)])


def made(rule: Rule, on: On = ALWAYS) -> list[Polled]:
    """Polls as the rule wants them, each as early as may be, while the machine is on."""
    found, times = [Polled(BEGIN)], list(slots(rule, BEGIN, END)) if rule.wall else []
    while True:
        last = found[-1].at
        due = next((at for at in times if at > last), END) if rule.wall else last + rule.least
        while due < END and (is_quiet(rule, due) or not on.was(due)):
            due += MINUTE
        if due >= END:
            return found
        found.append(Polled(due))


def wrong(rule: Rule, polls: list[Polled], on: On = ALWAYS) -> tuple[int, int]:
    found: Verdict = judge(rule, polls, on, BEGIN, END)
    return found.missed, found.doubled


def test_a_few_days_with_kills_and_a_change_of_the_clock_miss_and_double_nothing() -> None:
    done = subprocess.run([sys.executable, "-m", "benchmarks.thousand_days", "--days", "6"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "berlin-night" in done.stdout
    assert " kills (" in done.stdout


def test_each_feed_of_the_simulation_has_its_rule() -> None:
    assert [case.name for case in CASES] == list(RULES)


@pytest.mark.parametrize("name", RULES)
def test_the_judge_finds_nothing_wrong_with_polls_that_are_as_they_should_be(name: str) -> None:
    assert wrong(RULES[name], made(RULES[name])) == (0, 0)


@pytest.mark.parametrize("name", [name for name in RULES if name not in ("busy", "slow-quiet")])
def test_the_judge_sees_a_poll_that_is_missing_and_one_too_many(name: str) -> None:
    polls = made(RULES[name])
    middle = len(polls) // 2
    assert wrong(RULES[name], polls[:middle] + polls[middle + 1 :])[0] == 1
    between = polls[middle].at + timedelta(seconds=30)
    assert wrong(RULES[name], [*polls[: middle + 1], Polled(between), *polls[middle + 1 :]])[1] == 1


def test_the_judge_sees_a_night_in_which_a_time_that_comes_twice_was_polled_twice_and_one_in_which_none_came() -> None:
    rule = RULES["berlin-night"]
    polls = made(rule)
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    place = [poll.at for poll in polls].index(first)
    assert wrong(rule, [*polls[: place + 1], Polled(first + HOUR), *polls[place + 1 :]]) == (0, 1)
    assert wrong(rule, [poll for poll in polls if poll.at != first]) == (1, 0)


def test_what_was_missed_while_the_machine_was_off_is_made_up_once() -> None:
    off, on_again = BEGIN + 50 * HOUR, BEGIN + 61 * HOUR
    on = On([(BEGIN, off), (on_again, END)])
    rule = RULES["berlin-halves"]
    polls = made(rule, on)
    assert wrong(rule, polls, on) == (0, 0)
    found = judge(rule, polls, on, BEGIN, END)
    assert found.made_up == 21
    late = [poll for poll in polls if not on_again <= poll.at < on_again + 20 * MINUTE]
    assert wrong(rule, late, on) == (1, 0)  # not made up when it was on again
    again = next(place for place, poll in enumerate(polls) if poll.at >= on_again)
    assert wrong(rule, [*polls[: again + 1], Polled(polls[again].at + MINUTE), *polls[again + 1 :]], on) == (0, 1)


def test_the_servers_word_holds_and_is_no_miss() -> None:
    rule = RULES["utc-down"]
    polls = made(rule)
    until = polls[20].at + 5 * HOUR
    told = [*polls[:20], Polled(polls[20].at, until), Polled(until), *(poll for poll in polls if poll.at > until)]
    assert wrong(rule, told) == (0, 0)
    assert wrong(rule, [*polls[:20], Polled(polls[20].at, until), *polls[21:]])[1] == 2  # it did not wait


@pytest.mark.parametrize(
    ("name", "day", "expected"),
    [
        ("berlin-night", datetime(2026, 3, 29, tzinfo=UTC), ["01:00"]),
        ("berlin-night", datetime(2026, 10, 25, tzinfo=UTC), ["00:30"]),
        ("new-york-early", datetime(2027, 3, 14, tzinfo=UTC), ["07:00"]),
        ("new-york-night", datetime(2026, 11, 1, tzinfo=UTC), ["05:30"]),
        ("lord-howe", datetime(2026, 10, 3, tzinfo=UTC), ["15:15", "15:45"]),
        ("lord-howe", datetime(2027, 4, 3, tzinfo=UTC), ["14:45", "16:15"]),
        ("santiago-midnight", datetime(2026, 9, 6, tzinfo=UTC), ["04:00"]),
    ],
)
def test_the_judge_knows_the_nights_when_clocks_change(name: str, day: datetime, expected: list[str]) -> None:
    found = slots(RULES[name], day - timedelta(days=2), day + timedelta(days=1))
    assert [f"{at:%H:%M}" for at in found if at >= day] == expected


@pytest.mark.skipif(not any(path.exists() for path in faked_clock.LIBRARIES), reason="libfaketime is not installed (Debian: faketime)")
def test_days_by_a_faked_system_clock_miss_and_double_nothing() -> None:
    done = subprocess.run([sys.executable, "-m", "benchmarks.faked_clock", "--days", "4"], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "nothing missed, nothing doubled" in done.stdout, done.stdout + done.stderr


def test_polls_by_the_calendar() -> None:
    assert [faked_clock.expected("kolkata-weekdays", days) for days in (1, 2, 3, 4, 8)] == [1, 2, 2, 2, 6]  # 27 March 2026 is a Friday
    assert faked_clock.expected("berlin", 8) == 8
