"""Rules 11 to 13: Retry-After, no second try, back-off."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from benchmarks.behaviour.asked import Asked
from benchmarks.behaviour.evidence import Ask, Evidence, Feed
from benchmarks.behaviour.judge.freshness import LONGEST_WAIT, held_until
from benchmarks.behaviour.judge.look import Look, Rule, listed
from benchmarks.behaviour.judge.pace import DAY, HOUR, SLACK, unscheduled

PAUSE = 9.9  # seconds, by the machine's clock, before a page whose server failed may be asked for once more
MONTH = timedelta(days=30)
HARD, SOFT, PASSING = "hard", "soft", "passing"
LEAST = {HARD: 4, SOFT: 6, PASSING: 8}  # failures in a row that tell something
HEALED = ("back", "html", "empty", "fresh-error", "robots-503", "closed-for-days")  # outlets that are well again at the end


def retry_after(evidence: Evidence) -> Look:
    look, kept = Look(), Counter[str]()
    after: dict[str, list[Asked]] = defaultdict(list)
    for one in sorted(evidence.asked, key=lambda asked: asked.began):
        after[one.address].append(one)
    for requests in after.values():
        for index, one in enumerate(requests):
            until = held_until(one)
            if until is None or evidence.of_run[one.run].killed:
                continue
            until = min(until, one.at + LONGEST_WAIT)
            kept[f"{one.reply.status} {'in seconds' if (one.told('Retry-After') or '').isdecimal() else 'as a date'}"] += 1
            same = [later for later in requests[index + 1 :] if one.reply.status == 429 or later.url == one.url]
            early = [later for later in same if later.at < until - timedelta(seconds=1)]
            look.expect(not early, f"{one.url}: told to wait until {evidence.day(until)}, asked {_when(evidence, early)}")
    look.note("asked to wait: " + listed(kept, " x "))
    look.note(f"{_beside(evidence)} requests to other addresses of a host while a 503 held one of them")
    return look


def _when(evidence: Evidence, asked: list[Asked]) -> str:
    return ", ".join(evidence.day(one.at) for one in asked[:3])


def _beside(evidence: Evidence) -> int:
    """Requests that a 503 did not hold up: it is for its own address alone."""
    held = [(one, until) for one in evidence.asked if one.reply.status == 503 and (until := held_until(one))]
    return sum(
        one.at < other.at < until and other.url != one.url
        for one, until in held
        for other in evidence.asked
        if other.address == one.address
    )


def asked_once(evidence: Evidence) -> Look:
    look, failed = Look(), 0
    feeds = {feed.url for feed in evidence.feeds}
    for (run, url), times in _by_run(evidence).items():
        errors = [one for one in times if one.reply.status >= 400]
        if url in feeds and errors:
            failed += 1
            look.expect(len(times) == 1, f"{url}: an error, and asked {len(times)} times in run {run}")
        elif errors and not url.endswith("/robots.txt"):
            _of_page(look, url, times)
    look.note(f"{failed} errors of feeds, {look.count - failed} of pages")
    return look


def _by_run(evidence: Evidence) -> dict[tuple[int, str], list[Asked]]:
    found: dict[tuple[int, str], list[Asked]] = defaultdict(list)
    for one in sorted(evidence.asked, key=lambda asked: asked.began):
        found[one.run, one.url].append(one)
    return found


def _of_page(look: Look, url: str, times: list[Asked]) -> None:
    """A page may be asked for twice where its server failed for a moment, after a pause."""
    look.expect(len(times) <= 2, f"{url}: asked {len(times)} times in one run")
    for one, later in pairwise(times):
        paused = one.reply.status >= 500 and later.began - one.ended >= PAUSE
        look.expect(paused, f"{url}: {one.reply.status}, and asked again after {later.began - one.ended:.1f} s")


# --- back-off -------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Streak:
    """Failures of one kind in a row, with the waits after them."""

    feed: Feed
    kind: str
    first: bool = False  # the feed was never had before: nothing else makes it late
    times: list[datetime] = field(default_factory=list)

    @property
    def waits(self) -> list[timedelta]:
        return [later - one for one, later in pairwise(self.times)]

    @property
    def to_a_day(self) -> int | None:
        """How many failures it took until the next attempt was (next to) a day away."""
        return next((number for number, wait in enumerate(self.waits, 1) if wait >= 20 * HOUR), None)


def backs_off(evidence: Evidence) -> Look:
    look = Look()
    streaks = [streak for feed in unscheduled(evidence) for streak in _streaks(evidence, feed) if len(streak.waits) >= LEAST[streak.kind]]
    for streak in streaks:
        _grows(look, evidence, streak)
    reached = {kind: [s.to_a_day for s in streaks if s.first and s.kind == kind and s.to_a_day] for kind in (HARD, SOFT, PASSING)}
    for light, heavy in ((SOFT, HARD), (PASSING, SOFT)):
        if reached[light] and reached[heavy]:
            quicker = max(filter(None, reached[heavy])) < min(filter(None, reached[light]))
            look.expect(quicker, f"failures until a day: {heavy} {reached[heavy]}, {light} {reached[light]}")
    told = ", ".join(f"{kind} {min(filter(None, some))}" for kind, some in reached.items() if some)
    look.note(f"{len(streaks)} rows of failures; failures until the next attempt is a day away: {told or 'not reached'}")
    _gone(look, evidence)
    _come_back(look, evidence)
    _not_dropped(look, evidence)
    return look


def _streaks(evidence: Evidence, feed: Feed) -> list[Streak]:
    found: list[Streak] = []
    asks = {ask.first.run: ask for ask in evidence.asks(feed)}
    numbers = {run.id: run.number for run in evidence.runs}
    for (run_id, url), poll in evidence.polls.items():
        if url != feed.url:
            continue
        at, kind = datetime.fromisoformat(poll["polled_at"]), _kind(asks.get(numbers.get(run_id, -1)), feed)
        if kind is None or poll["error"] is None or at >= evidence.end:
            found.append(Streak(feed, ""))
        elif not found or found[-1].kind != kind or evidence.silent(found[-1].times[-1], at):
            found.append(Streak(feed, kind, not found, [at]))
        else:
            found[-1].times.append(at)
    return [streak for streak in found if streak.kind]


def _kind(ask: Ask | None, feed: Feed) -> str | None:
    """None: no failure, or one that is no matter of back-off (held, gone, not asked)."""
    if ask is None:
        return None if feed.behaviour.listens else PASSING
    reply = ask.last.reply
    if not ask.failed or reply.status in (410, 429) or held_until(ask.last) is not None:
        return None
    if reply.stall or reply.cut or reply.endless:
        return PASSING
    return SOFT if reply.status >= 500 or reply.status == 304 else HARD


def _grows(look: Look, evidence: Evidence, streak: Streak) -> None:
    most, name = DAY + SLACK + evidence.tick, streak.feed.name
    for one, later in pairwise(streak.waits):
        look.expect(later >= min(one - evidence.tick, DAY) - SLACK, f"{name}: a wait of {one} after a failure, and {later} after the next")
        if streak.first and streak.kind == HARD and 2 * HOUR <= one <= 10 * HOUR:
            look.expect(1.5 * one <= later <= 2.6 * one, f"{name}: a wait of {one}, then {later}: not doubled")
    look.expect(max(streak.waits) <= most, f"{name}: a wait of {max(streak.waits)} after a failure, a day is the most")


def _gone(look: Look, evidence: Evidence) -> None:
    """A 410: left alone for a month, and asked again then."""
    for feed in evidence.feeds:
        for ask, later in evidence.pairs(feed):
            if ask.last.reply.status == 410 and len(feed.addresses) == 1:
                wait = later.at - ask.at
                look.expect(wait >= MONTH, f"{feed.name}: asked {wait / DAY:.1f} days after a 410")
                look.note(
                    f"a 410 was left alone for {wait / DAY:.0f} days, then " + ("alive again" if not later.failed else "still not there")
                )


def _come_back(look: Look, evidence: Evidence) -> None:
    for feed in evidence.of(*HEALED):
        asks = [ask for ask in evidence.asks(feed) if ask.at < evidence.end]
        if any(ask.failed for ask in asks) and evidence.end - evidence.start > 10 * DAY:
            look.expect(not asks[-1].failed, f"{feed.name}: not come back to life")


def _not_dropped(look: Look, evidence: Evidence) -> None:
    """But for those that rest for a reason on record, each feed was asked, or at least tried, on the last day."""
    awake = [feed for feed in unscheduled(evidence) if not _rests(evidence, feed)]
    for feed in awake:
        polls = [row["polled_at"] for (_, url), row in evidence.polls.items() if url == feed.url]
        tried = [at for at in map(datetime.fromisoformat, polls) if at < evidence.end]
        late = not tried or evidence.end - tried[-1] > DAY + SLACK + evidence.tick
        outage = bool(tried) and evidence.silent(tried[-1], evidence.end - timedelta(seconds=1))
        look.expect(not late or outage, f"{feed.name}: not tried on the last day")
    look.note(f"{len(awake)} feeds without a reason to rest on the last day")


def _rests(evidence: Evidence, feed: Feed) -> bool:
    asks = [ask for ask in evidence.asks(feed) if ask.at < evidence.end]
    if not asks:
        return False
    last, until = asks[-1].last, held_until(asks[-1].last)
    said = [ask.last.reply.said for ask in asks if ask.good]
    resting = bool(said and said[-1] and (said[-1].skip_days or said[-1].skip_hours))
    return resting or last.reply.status == 410 or (until is not None and until > evidence.end - DAY)


RULES = (
    Rule(11, "Retry-After is kept, in seconds and as a date: a 429 holds the host, a 503 its address", retry_after),
    Rule(12, "An error is not tried again in the same run; a page whose server failed once more at most, after a pause", asked_once),
    Rule(13, "Errors back off by doubling, by their weight, up to a day; a 410 for a month; nothing is given up", backs_off),
)
