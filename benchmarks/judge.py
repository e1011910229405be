"""The judge of `benchmarks.thousand_days`: when each feed had to be polled, by the rule itself, and whether it was.

Shares nothing with the planner. Times of the day are found by looking at the clock on the wall, minute after minute; intervals and hours
are written down here once more. Takes the polls that are on record, and when the machine was on.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BLOCK = 30 * MINUTE  # clocks are changed at full half hours of UTC
JITTER, SHARE = 5 * MINUTE, 20  # a twentieth of the wait, at most five minutes
BACKOFF = HOUR / 2 * 2**0.5  # after one answer of the kind 5xx
PATIENCE = 3  # minutes at a stretch in which a poll could have been made: a tick, a restart, a run


@dataclass(frozen=True, slots=True)
class Rule:
    """When a feed is to be polled: at times of the day, or from `least` to `most` after its last poll."""

    wall: Callable[[datetime], bool] | None = None
    zone: str = "UTC"
    through: bool = False  # the hour that comes twice is polled twice
    least: timedelta = HOUR
    most: timedelta = HOUR
    quiet: tuple[tuple[str, str], ...] = ()
    jitter: timedelta | None = None


def at(*times: str) -> Callable[[datetime], bool]:
    return lambda wall: f"{wall:%H:%M}" in times


RULES = {
    "berlin-night": Rule(at("02:30"), "Europe/Berlin"),
    "berlin-halves": Rule(lambda wall: wall.minute in (0, 30), "Europe/Berlin", through=True),
    "new-york-night": Rule(at("01:30"), "America/New_York"),
    "new-york-early": Rule(at("02:15"), "America/New_York", jitter=0 * MINUTE),
    "lord-howe": Rule(at("01:45", "02:45"), "Australia/Lord_Howe"),
    "lord-howe-quiet": Rule(
        lambda wall: wall.minute == 0, "Australia/Lord_Howe", through=True, quiet=(("23:30", "05:15"),), jitter=0 * MINUTE
    ),
    "santiago-midnight": Rule(at("00:00"), "America/Santiago"),
    "kolkata-office": Rule(
        lambda wall: wall.minute % 20 == 0 and 9 <= wall.hour <= 17 and wall.isoweekday() <= 5, "Asia/Kolkata", jitter=5 * MINUTE
    ),
    "utc-down": Rule(lambda wall: wall.minute == 5 and wall.hour % 2 == 0),
    "quarterly": Rule(least=0.9 * 15 * MINUTE, most=0.9 * 15 * MINUTE),
    "hourly-quiet": Rule(
        zone="America/New_York", least=0.9 * HOUR, most=0.9 * HOUR, quiet=(("22:00", "06:00"), ("12:00", "12:45"))
    ),
    "daily": Rule(least=0.9 * DAY, most=0.9 * DAY),
    "busy": Rule(most=DAY),  # learned: hourly at most, daily at least
    "slow-quiet": Rule(zone="Europe/Berlin", most=DAY, quiet=(("01:00", "05:00"),), jitter=2 * MINUTE),
    "without-validators": Rule(least=DAY, most=DAY),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Polled:
    """One poll on record."""

    at: datetime
    down_until: datetime | None = None  # the server said 503, and when to come again


@dataclass(slots=True)
class Verdict:
    """What came of one feed."""

    slots: int = 0  # times at which it had to be polled
    polled: int = 0
    made_up: int = 0  # times of the day that a later poll stands for: the machine was off, the server down, or the hours quiet
    missed: int = 0
    doubled: int = 0


def judge(rule: Rule, polls: Sequence[Polled], on: On, begin: datetime, end: datetime) -> Verdict:
    """Each poll against the one before it: it may not come before it was due, nor when it could have come long before."""
    found = Verdict()
    times = list(slots(rule, begin, end)) if rule.wall else []
    due, latest = begin, begin  # a new feed is due at once
    for poll in polls:
        if poll.at < due - timedelta(seconds=1):
            found.doubled += 1
            continue
        found.polled += 1
        found.missed += _could_have_come(rule, on, latest, poll.at)
        due, latest = _next(rule, times, poll)
    found.missed += _could_have_come(rule, on, latest, end)
    found.slots = found.polled + found.missed
    if rule.wall and polls:
        found.slots = 1 + bisect_right(times, polls[-1].at) - bisect_right(times, polls[0].at)
        found.made_up = found.slots - found.polled - found.missed
    return found


def slots(rule: Rule, begin: datetime, end: datetime) -> Iterator[datetime]:
    """The minutes of the rule, in order: a time that the clock skips comes when it is set ahead, one that comes twice the first time."""
    assert rule.wall is not None  # noqa: S101 - asked for such rules alone
    zone, before, again_until = ZoneInfo(rule.zone), None, None
    block = begin
    while block < end:
        shown = block.astimezone(zone).replace(tzinfo=None, fold=0)
        ahead = shown - before - BLOCK if before is not None else timedelta(0)
        if ahead > timedelta(0) and any(rule.wall(shown - n * MINUTE) for n in range(1, ahead // MINUTE + 1)) and not rule.wall(shown):
            yield block
        if ahead < timedelta(0):
            again_until = shown - ahead
        for n in range(BLOCK // MINUTE):
            wall = shown + n * MINUTE
            repeated = again_until is not None and wall < again_until and not rule.through
            if rule.wall(wall) and not repeated:
                yield block + n * MINUTE
        before, block = shown, block + BLOCK


def _next(rule: Rule, times: Sequence[datetime], poll: Polled) -> tuple[datetime, datetime]:
    """(from when on, by when at the latest) the next poll has to come, were the machine on."""
    due = latest = poll.at + rule.least
    latest = poll.at + rule.most
    if rule.wall:
        place = bisect_right(times, poll.at)
        due = latest = times[place] if place < len(times) else datetime.max.replace(tzinfo=poll.at.tzinfo) - DAY
    if poll.down_until is not None:
        due, latest = max(due, poll.at + BACKOFF), max(latest, poll.at + BACKOFF)
    latest += min((latest - poll.at) / SHARE, JITTER) if rule.jitter is None else rule.jitter
    if poll.down_until is not None:
        due, latest = max(due, poll.down_until), max(latest, poll.down_until)
    return _awake(rule, due), _awake(rule, latest)


def _awake(rule: Rule, moment: datetime) -> datetime:
    while is_quiet(rule, moment):
        moment = moment.replace(second=0, microsecond=0) + MINUTE
    return moment


def is_quiet(rule: Rule, moment: datetime) -> bool:
    if not rule.quiet:
        return False
    shown = f"{moment.astimezone(ZoneInfo(rule.zone)):%H:%M}"
    return any(begin <= shown < end if begin < end else not end <= shown < begin for begin, end in rule.quiet)


def _could_have_come(rule: Rule, on: On, latest: datetime, came: datetime) -> bool:
    """Whether there was time enough for the poll after it was due at the latest, and before it came."""
    enough = PATIENCE + ((JITTER if rule.jitter is None else rule.jitter) // MINUTE if rule.quiet else 0)
    stretch = 0
    moment = max(latest, on.first)
    while moment < came:
        moment += MINUTE
        stretch = stretch + 1 if on.was(moment) and not is_quiet(rule, moment) else 0
        if stretch > enough:
            return moment < came
        if not stretch:
            moment = max(moment, on.next_after(moment) - MINUTE)
    return False


class On:
    """When the machine was on, by its own clock: parts that lie less than a minute apart are one."""

    def __init__(self, parts: Sequence[tuple[datetime, datetime]]) -> None:
        self._parts: list[tuple[datetime, datetime]] = []
        for begin, end in sorted(parts):
            if self._parts and begin - self._parts[-1][1] <= MINUTE:
                begin, end = self._parts[-1][0], max(end, self._parts.pop()[1])
            self._parts.append((begin, end))
        self._begins = [begin for begin, _ in self._parts]
        self.first = self._begins[0]

    def __len__(self) -> int:
        return len(self._parts)

    def was(self, moment: datetime) -> bool:
        place = bisect_right(self._begins, moment) - 1
        return place >= 0 and moment <= self._parts[place][1]

    def next_after(self, moment: datetime) -> datetime:
        """`moment` itself while it is on; else when it is on again, or for ever `moment`."""
        place = bisect_right(self._begins, moment)
        return moment if self.was(moment) or place == len(self._begins) else self._begins[place]
