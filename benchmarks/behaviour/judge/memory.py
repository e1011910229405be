"""What a poller may know of a feed's validators at each attempt: worked out from the server's log alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from benchmarks.behaviour.evidence import Ask, Feed

EIGHT_DAYS = timedelta(days=8)
Pair = tuple[str | None, str | None]
NONE: Pair = (None, None)

GIVEN, SAME_BODY, RENEWED, CLEARED = "given by a 200", "given anew with the same body", "renewed by a 304", "cleared by a 200"


@dataclass(frozen=True, slots=True)
class Step:
    """One attempt, with what was known before it."""

    feed: Feed
    ask: Ask
    known: Pair  # (ETag, Last-Modified) that this address gave last
    how: str  # they came to be known
    whole: bool  # eight days without a document: to be asked for unconditionally
    digest: str  # of the last document


@dataclass
class Memory:
    """Address by address; only attempts that are on record teach anything, since a kill may forget the others."""

    feed: Feed
    known: dict[str, Pair] = field(default_factory=dict)
    how: dict[str, str] = field(default_factory=dict)
    document_at: datetime | None = None
    whole_at: datetime | None = None
    digest: str = ""

    def step(self, ask: Ask) -> Step:
        url = ask.first.url
        since = max((at for at in (self.document_at, self.whole_at) if at is not None), default=None)
        whole = since is not None and self.document_at is not None and ask.at - since > EIGHT_DAYS and not self.feed.behaviour.trust_304
        return Step(self.feed, ask, self.known.get(url, NONE), self.how.get(url, ""), whole, self.digest)

    def take(self, ask: Ask) -> None:
        if ask.poll is None:
            return
        url, old = ask.first.url, self.known.get(ask.first.url, NONE)
        if not ask.failed and len(ask.requests) > 1:
            self.known[url], self.how[url] = NONE, "behind a redirect"
        elif ask.good:
            new = (ask.last.told("ETag"), ask.last.told("Last-Modified"))
            again = ask.last.digest == self.digest and new != old
            self.known[url], self.how[url] = new, CLEARED if new == NONE and old != NONE else SAME_BODY if again else GIVEN
        elif not ask.failed:
            new = (ask.last.told("ETag") or old[0], ask.last.told("Last-Modified") or old[1])
            self.known[url], self.how[url] = new, RENEWED if new != old else self.how.get(url, "")
        if ask.good:
            self.document_at, self.digest = ask.at, ask.last.digest
        if not ask.conditional and answered(ask):
            self.whole_at = ask.at


def answered(ask: Ask) -> bool:
    return not ask.last.reply.stall


def steps(feed: Feed, asks: list[Ask]) -> Iterator[Step]:
    memory = Memory(feed)
    for ask in asks:
        yield memory.step(ask)
        memory.take(ask)


def known_after(feed: Feed, asks: list[Ask], run: int) -> Pair:
    """What is known once the attempts of all runs up to this one are taken in."""
    memory, url = Memory(feed), feed.url
    for ask in asks:
        if ask.first.run <= run:
            memory.take(ask)
            url = ask.first.url if ask.poll is not None else url
    return memory.known.get(url, NONE)
