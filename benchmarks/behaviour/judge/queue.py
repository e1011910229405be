"""Rules 19, 20 and 32: due times, outages, kills, the record."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise

from benchmarks.behaviour.evidence import Ask, Evidence, Row, Run
from benchmarks.behaviour.judge.freshness import held_until
from benchmarks.behaviour.judge.look import Look, Rule

SECOND = timedelta(seconds=1)  # the archive's times are whole ones
MOSTLY = 0.8  # of the times that are planned in one run have to differ


def due_times(evidence: Evidence) -> Look:
    look = Look()
    polls: dict[str, list[Row]] = defaultdict(list)
    for (_, url), row in evidence.polls.items():
        polls[url].append(row)
    for url, rows in polls.items():
        for one, later in pairwise(rows):
            early = later["polled_at"] < one["next_poll_at"]
            look.expect(not early, f"{url}: polled at {later['polled_at']}, due at {one['next_poll_at']}")
    for feed in evidence.feeds:
        for ask, later_ask in evidence.pairs(feed):
            due = datetime.fromisoformat(ask.poll["next_poll_at"]) if ask.poll else ask.at
            look.expect(later_ask.at >= due - SECOND, f"{feed.url}: asked {evidence.day(later_ask.at)}, due {evidence.day(due)}")
    look.note(f"{look.count:,} times a feed was asked again by a process that knew nothing but the archive")
    for run in evidence.runs:
        if run.catching_up and not run.killed:
            _caught_up(look, evidence, run)
    return look


def _caught_up(look: Look, evidence: Evidence, run: Run) -> None:
    """Each feed that was due is asked once; what comes next is spread."""
    asks = [ask for feed in evidence.feeds for ask in evidence.asks(feed) if ask.first.run == run.number and ask.first.url == feed.url]
    urls = [ask.first.url for ask in asks]
    look.expect(len(urls) == len(set(urls)), f"run {run.number}: after the outage some feeds were asked more than once")
    planned = [row["next_poll_at"] for (run_id, _), row in evidence.polls.items() if run_id == run.id]
    spread = len(planned) < 5 or len(set(planned)) >= MOSTLY * len(planned)
    look.expect(spread, f"run {run.number}: {len(planned)} polls, and only {len(set(planned))} different times for the next ones")
    look.note(
        f"after an outage: {len(run.due)} feeds due, {len(urls)} requests for {len(set(urls))}, {len(set(planned))} different times planned"
    )


def killed_runs(evidence: Evidence) -> Look:
    look, killed = Look(), [run for run in evidence.runs if run.killed]
    lost = 0
    for run in killed:
        after = evidence.of_run.get(run.number + 1)
        if after is None:
            continue
        kept = {url for run_id, url in evidence.polls if run_id == run.id}
        again = {url for run_id, url in evidence.polls if run_id == after.id}
        lost += len(run.due - kept)
        for url in run.due - kept:
            held = _held(evidence, url, after.at)
            look.expect(url in again or held, f"{url}: due in run {run.number}, which was killed, and not polled by the next one")
        for url in kept:
            look.expect(url not in again, f"{url}: polled in run {run.number}, which was killed, and by the next one again")
    broken = [run for run in evidence.runs if run.exit_code not in (0, 69)]
    look.expect(not broken, f"runs broke off: {[(run.number, run.exit_code) for run in broken]}")
    bodiless = evidence.column(
        "SELECT p.url FROM pages p LEFT JOIN captures c ON c.id = p.capture_id LEFT JOIN bodies b ON b.id = c.body_id"
        " WHERE p.state = 'stored' AND b.id IS NULL"
    )
    look.expect(not bodiless, f"stored, and without bytes: {bodiless[:3]}")
    look.note(f"{len(killed)} runs were killed, {lost} polls before they were on record")
    look.count = look.count if killed else 0
    return look


def _held(evidence: Evidence, url: str, at: datetime) -> bool:
    """Whether the feed's host had been told to wait (429) then."""
    host = url.partition("://")[2].partition(":")[0]
    waits = [held_until(one) for one in evidence.asked if one.address == host and one.reply.status == 429 and one.at <= at]
    return any(until is not None and until > at for until in waits)


def on_record(evidence: Evidence) -> Look:
    look = Look()
    for feed in evidence.feeds:
        by_run: dict[int, list[Ask]] = defaultdict(list)
        for ask in evidence.asks(feed):
            by_run[ask.first.run].append(ask)
        for number, asks in by_run.items():
            if not evidence.of_run[number].killed:
                _compare(look, evidence, feed.name, asks)
    for (_, url), row in evidence.polls.items():
        planned = row["next_poll_at"] > row["polled_at"] and " " in (row["reason"] or "")
        look.expect(planned, f"{url}, {row['polled_at']}: next {row['next_poll_at']}, because {row['reason']!r}")
    look.note(f"{len(evidence.polls):,} attempts on record")
    return look


def _compare(look: Look, evidence: Evidence, name: str, asks: list[Ask]) -> None:
    """One attempt, as the server saw it and as it is on record."""
    first, last, poll = asks[0], asks[-1].last, asks[-1].poll
    when = f"{name}, {evidence.day(first.at)}"
    look.expect(poll is not None, f"{when}: it was asked, and nothing is on record")
    if poll is None:
        return
    status = None if last.reply.stall else last.reply.status
    look.expect(poll["status"] == status, f"{when}: answered {status}, on record is {poll['status']}")
    recorded = (poll["etag_sent"], poll["last_modified_sent"])
    look.expect(recorded == first.sent, f"{when}: sent {first.sent}, on record is {recorded}")
    if asks[-1].good:
        look.expect(poll["bytes"] == last.length, f"{when}: {last.length} bytes were said, on record are {poll['bytes']}")


RULES = (
    Rule(19, "Due times live in the archive: nothing is asked before its time; an outage is caught up with by one poll", due_times),
    Rule(20, "A run that is killed loses no poll and doubles none", killed_runs),
    Rule(32, "Each attempt is on record as it was, with the next one's time and its reason", on_record),
)
