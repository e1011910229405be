"""Rules 1 to 5: conditional requests."""

from __future__ import annotations

from itertools import pairwise

from benchmarks.behaviour.evidence import Evidence, Feed
from benchmarks.behaviour.judge.look import Look, Rule, share
from benchmarks.behaviour.judge.memory import CLEARED, EIGHT_DAYS, NONE, RENEWED, SAME_BODY, Step, known_after, steps

RESTLESS = ("new-guids",)  # outlets whose entries are rightly not all kept: rule 27 caps them


def _all_steps(evidence: Evidence) -> list[Step]:
    return [step for feed in evidence.feeds for step in steps(feed, evidence.asks(feed))]


def _expect(look: Look, evidence: Evidence, step: Step) -> None:
    """That is sent what is known, byte for byte; nothing where a whole document is to be asked for."""
    due = NONE if step.whole else step.known
    look.expect(step.ask.sent == due, f"{step.feed.name}, {evidence.day(step.ask.at)}: sent {step.ask.sent}, {due} was known ({step.how})")


def sent_back(evidence: Evidence) -> Look:
    look, steps_seen = Look(), _all_steps(evidence)
    for step in steps_seen:
        _expect(look, evidence, step)
    known = [step for step in steps_seen if step.known != NONE and not step.whole]
    odd = [step for step in known if any(ord(letter) > 126 for value in step.known for letter in value or "")]
    look.note(f"{share(sum(step.ask.conditional for step in steps_seen), len(steps_seen))} polls were conditional")
    look.note(
        f"{share(sum(step.ask.sent == step.known for step in known), len(known))} sent back what was known, {len(odd)} with odd bytes"
    )
    look.count = len(known)
    return look


def saved_anew(evidence: Evidence) -> Look:
    look = Look()
    anew = [step for step in _all_steps(evidence) if step.how in (SAME_BODY, RENEWED) and not step.whole]
    for step in anew:
        _expect(look, evidence, step)
    renewed = sum(step.how == RENEWED for step in anew)
    look.note(f"{len(anew) - renewed} polls after a 200 with the same body and new validators, {renewed} after a 304 with new ones")
    return look


def cleared(evidence: Evidence) -> Look:
    look = Look()
    gone = [step for step in _all_steps(evidence) if step.how == CLEARED]
    for step in gone:
        look.expect(
            step.ask.sent == NONE, f"{step.feed.name}, {evidence.day(step.ask.at)}: sent {step.ask.sent} after a 200 without validators"
        )
    kept = sum(_stand_for_entries(look, evidence, feed) for feed in evidence.feeds)
    look.note(f"{len(gone)} polls after a 200 without validators")
    look.note(
        f"{kept:,} documents on record, held against the entries; validators held against the log after {len(_kills(evidence))} kills"
    )
    return look


def _kills(evidence: Evidence) -> list[int]:
    return [run.number for run in evidence.runs if run.known]


def _stand_for_entries(look: Look, evidence: Evidence, feed: Feed) -> int:
    """Validators in the archive after a kill are those of an attempt on record; each document on record has its entries."""
    asks = evidence.asks(feed)
    for run in evidence.runs:
        for row in run.known:
            if row["url"] == feed.url:
                stored, due = (row["etag"], row["last_modified"]), known_after(feed, asks, run.number)
                look.expect(stored == due, f"{feed.name}: after the kill of run {run.number} the archive holds {stored}, not {due}")
    guids = set(evidence.column("SELECT e.guid FROM entries e JOIN feeds f ON f.id = e.feed_id WHERE f.url = ?", feed.url))
    documents = [ask.last.reply.said for ask in asks if ask.good and ask.poll is not None]
    lost = {guid for said in documents if said for guid in said.guids} - guids if feed.name not in RESTLESS else set()
    if documents:
        look.expect(not lost, f"{feed.name}: its documents are on record, but not the entries {sorted(lost)[:3]}")
    return len(documents)


def same_body(evidence: Evidence) -> Look:
    look = Look()
    for feed in evidence.feeds:
        good = [ask for ask in evidence.asks(feed) if ask.good and ask.poll is not None]
        for one, later in pairwise(good):
            if one.last.digest == later.last.digest and later.poll is not None:
                read = later.poll["outcome"] != "same-body" or later.poll["entries"] is not None or later.poll["error"] is not None
                look.expect(
                    not read, f"{feed.name}, {evidence.day(later.at)}: the body was as before, and the outcome {later.poll['outcome']}"
                )
    look.note(f"{look.count} documents came with the same body as before")
    return look


def asked_for_once(evidence: Evidence) -> Look:
    look = Look()
    for step in _all_steps(evidence):
        if step.whole and step.known != NONE:
            look.expect(
                not step.ask.conditional, f"{step.feed.name}, {evidence.day(step.ask.at)}: conditional after eight days without a document"
            )
        elif step.known != NONE and not step.ask.conditional:
            look.expect(False, f"{step.feed.name}, {evidence.day(step.ask.at)}: unconditional before eight days were over")
    look.note(f"{look.count} requests for the whole document after eight days of 304")
    trusted = [feed for feed in evidence.feeds if feed.behaviour.trust_304]
    long = [ask for feed in trusted for ask in evidence.asks(feed) if ask.at - evidence.asks(feed)[0].at > EIGHT_DAYS]
    look.note(f"{share(sum(ask.conditional for ask in long), len(long))} polls of an outlet that opted out were conditional after as long")
    return look


RULES = (
    Rule(1, "ETag and Last-Modified go back to the address that gave them, byte for byte; none is made up", sent_back),
    Rule(2, "Each 200 brings new validators, even with the same body; a 304 renews those that it carries", saved_anew),
    Rule(3, "A 200 without validators clears the old ones; validators are stored together with their entries", cleared),
    Rule(4, "A body that is the same as last time is not read again, and counts as success", same_body),
    Rule(5, "After eight days of 304 the whole document is asked for, once; an outlet can opt out", asked_for_once),
)
