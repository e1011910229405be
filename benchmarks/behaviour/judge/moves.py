"""Rules 14 and 15: redirects, feeds that move, what is sent along."""

from __future__ import annotations

import base64
from datetime import timedelta

from benchmarks.behaviour.asked import Asked
from benchmarks.behaviour.evidence import Ask, Evidence, Feed
from benchmarks.behaviour.judge.look import Look, Rule

MOST = 5  # redirects
LEAST_POLLS, LEAST_TIME = 3, timedelta(days=3)
PERMANENT = frozenset({301, 308})


def moves(evidence: Evidence) -> Look:
    look, chains = Look(), [chain for chain in evidence.chains if len(chain) > 1]
    for chain in chains:
        look.expect(len(chain) - 1 <= MOST, f"{chain[0].url}: {len(chain) - 1} redirects followed")
    look.note(f"{len(chains)} chains of redirects, the longest of {max((len(chain) - 1 for chain in chains), default=0)}")
    for feed in evidence.feeds:
        if feed.moves_to is not None:
            _moves(look, evidence, feed, feed.moves_to)
        elif feed.behaviour.elsewhere:
            _stays(look, evidence, feed)
    return look


def _moves(look: Look, evidence: Evidence, feed: Feed, new: str) -> None:
    """The new address is taken after three polls over three days that were led there for good; at once where the old one dies."""
    asks = [ask for ask in evidence.asks(feed) if ask.poll is not None]
    led = [ask for ask in asks if _led(ask, new)]
    died = next(
        (ask for ask in asks if led and ask.at > led[0].at and ask.last.reply.status in (404, 410) and ask.first.url == feed.url), None
    )
    direct = next((ask for ask in asks if ask.first.url == new), None)
    if not led:
        return
    if died is not None:
        at_once = direct is not None and direct.first.run == died.first.run
        look.expect(at_once, f"{feed.name}, {evidence.day(died.at)}: the old address died, and the new one was not asked at once")
    elif evidence.end - led[0].at > LEAST_TIME + timedelta(days=1):
        look.expect(
            direct is not None, f"{feed.name}: led elsewhere for good since {evidence.day(led[0].at)}, {len(led)} times; never taken over"
        )
    if direct is None:
        return
    if died is None:
        before = [ask for ask in led if ask.at < direct.at]
        enough = len(before) >= LEAST_POLLS and direct.at - led[0].at >= LEAST_TIME
        look.expect(enough, f"{feed.name}: taken over after {len(before)} polls over {direct.at - led[0].at}")
    back = [ask for ask in asks if ask.at > direct.at and ask.first.url == feed.url]
    look.expect(not back, f"{feed.name}: the old address was asked {len(back)} times after the new one was taken over")
    look.note(f"{feed.behaviour.words}: its new address was polled from {evidence.day(direct.at)} on")


def _led(ask: Ask, new: str) -> bool:
    return ask.good and ask.last.url == new and len(ask.requests) > 1 and all(one.reply.status in PERMANENT for one in ask.requests[:-1])


def _stays(look: Look, evidence: Evidence, feed: Feed) -> None:
    """Led elsewhere, but not for good: its own address is always asked first."""
    host = {chain[-1].address for chain in evidence.chains if chain[0].url == feed.url} - {_address(feed)}
    first = [chain[0] for chain in evidence.chains if chain[0].address in host and chain[0].target != "/robots.txt"]
    look.expect(not first, f"{feed.name}: {first[0].url if first else ''} was asked directly")


def _address(feed: Feed) -> str:
    return feed.url.partition("://")[2].partition("/")[0].rpartition(":")[0]


def sent_along(evidence: Evidence) -> Look:
    look, crossings, own = Look(), 0, 0
    for chain in evidence.chains:
        near = True
        for one in chain[1:]:
            near = near and one.origin == chain[0].origin
            crossings += not near
            validators = one.get("If-None-Match") or one.get("If-Modified-Since")
            look.expect(not validators, f"{one.url}, {evidence.day(one.at)}: validators of {chain[0].url}")
            look.expect(near or not one.get("Authorization"), f"{one.url}, {evidence.day(one.at)}: credentials of {chain[0].url}")
    for feed in evidence.feeds:
        if feed.behaviour.credentials:
            own += _has_credentials(look, evidence, feed)
    for stranger in {ask.url for ask in evidence.asked if ask.get("Authorization")} - _known(evidence):
        look.expect(False, f"credentials were sent to {stranger}")
    look.note(f"{crossings} hops to another origin; {own} requests to origins with credentials")
    return look


def _known(evidence: Evidence) -> set[str]:
    """Addresses of the origin of a feed with credentials."""
    origins = {feed.url.rpartition("/")[0] for feed in evidence.feeds if feed.behaviour.credentials}
    return {one.url for one in evidence.asked if one.origin in origins and one.target != "/robots.txt"}


def _has_credentials(look: Look, evidence: Evidence, feed: Feed) -> int:
    basic = "Basic " + base64.b64encode(feed.behaviour.credentials.encode()).decode()
    asked: list[Asked] = [one for one in evidence.asked if one.url == feed.url]
    for one in asked:
        look.expect(one.get("Authorization") == basic, f"{feed.url}, {evidence.day(one.at)}: asked without its credentials")
    return len(asked)


RULES = (
    Rule(14, "Five redirects at most; a feed that moved for good is polled at its new address after three polls over three days", moves),
    Rule(15, "Validators and credentials stay with the origin that they are for", sent_along),
)
