"""Rules 21 to 24 and 26: sizes, times, addresses, certificates, robots.txt, documents that mean harm."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise

from benchmarks.behaviour.asked import Asked
from benchmarks.behaviour.evidence import Evidence
from benchmarks.behaviour.judge.look import Look, Rule

PATIENCE = 2.0  # seconds beyond the timeout: to notice that the other side has gone
LONGEST_RUN = 60.0  # seconds that a run over documents that mean harm may take
PROMPT = timedelta(minutes=1)  # a copy's day begins with the request for it, not with its end
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OLD = timedelta(days=30)  # that long an older copy of robots.txt may be used while none can be had (RFC 9309, 2.3.1.4)


def capped(evidence: Evidence) -> Look:
    look, most = Look(), evidence.settings.get("max_size", 0)
    for feed in evidence.of("oversize", "bomb"):
        for ask in evidence.asks(feed):
            refused = ask.poll is None or ask.poll["error"] is not None
            look.expect(refused, f"{feed.name}, {evidence.day(ask.at)}: a body over the cap was taken")
    longest = evidence.column("SELECT coalesce(max(length), 0) FROM bodies")[0]
    look.expect(longest <= most, f"a body of {longest:,} bytes was kept, {most:,.0f} are the most")
    timeouts = {feed.url: feed.behaviour.timeout or evidence.settings.get("timeout", 0) for feed in evidence.feeds}
    slow = [one for one in evidence.asked if one.reply.endless and one.url in timeouts]
    for one in slow:
        took = one.ended - one.began
        look.expect(took <= timeouts[one.url] + PATIENCE, f"{one.url}, {evidence.day(one.at)}: listened to for {took:.1f} s")
    look.note(f"largest body kept: {longest:,} bytes of {most:,.0f}")
    look.note(f"{len(slow)} bodies without end were left after {max((one.ended - one.began for one in slow), default=0):.1f} s at most")
    look.count = look.count if slow or evidence.of("oversize", "bomb") else 0
    return look


def addresses(evidence: Evidence) -> Look:
    look = Look()
    named = [ask for feed in evidence.of("private") for ask in evidence.asks(feed)]
    dialled = evidence.connections.get(evidence.private, 0)
    for _ in named:
        look.expect(dialled == 0, f"{evidence.private} was dialled {dialled} times")
    look.note(f"an address that is not public was named in {len(named)} documents and redirects, and dialled {dialled} times")
    return look


def certificates(evidence: Evidence) -> Look:
    look = Look()
    for feed in evidence.of("tls"):
        asked = [one for one in evidence.asked if one.url.startswith(feed.url.rpartition("/")[0])]
        look.expect(not asked, f"{feed.name}: {len(asked)} requests over a connection that nobody vouches for")
        polls = [row for (_, url), row in evidence.polls.items() if url == feed.url]
        look.expect(any("certificate" in (row["error"] or "") for row in polls), f"{feed.name}: nothing on record of its certificate")
        look.note(f"{len(polls)} attempts at a host with a bad certificate, {len(asked)} requests")
    for feed in evidence.of("tls-exempt"):
        look.expect(any(ask.good for ask in evidence.asks(feed)), f"{feed.name}: exempt, and not polled")
        look.expect(any(feed.name in warning for warning in evidence.warnings), f"{feed.name}: exempt, and nobody is warned")
        look.note(f"{len(evidence.asks(feed))} requests to the one that is exempt")
    return look


# --- robots.txt -----------------------------------------------------------------------------------------------------------


def robots(evidence: Evidence) -> Look:
    look = Look()
    exempt = {feed.url.rpartition("/")[0] for feed in evidence.feeds if not feed.behaviour.robots}
    by_origin: dict[str, list[Asked]] = defaultdict(list)
    for one in sorted(evidence.asked, key=lambda asked: asked.began):
        by_origin[one.origin].append(one)
    asked = obeyed = 0
    for origin, requests in by_origin.items():
        if origin in exempt:
            continue
        copies = [one for one in requests if one.target == "/robots.txt"]
        asked += len(copies)
        _cached(look, evidence, copies)
        for one in requests:
            if one.target != "/robots.txt":
                obeyed += 1
                _obeyed(look, evidence, one, [copy for copy in copies if copy.began <= one.began])
    look.note(f"{obeyed:,} requests under robots.txt, {asked} for robots.txt itself at {len(by_origin)} origins")
    return look


def _cached(look: Look, evidence: Evidence, copies: list[Asked]) -> None:
    """A copy is kept for a day, whatever it says; one that could not be had is asked for again before."""
    pairs = [(one, later) for one, later in pairwise(copies) if not evidence.of_run[one.run].killed]
    for one, later in pairs:
        had = one.reply.status < 500 and one.reply.status != 429
        least = (DAY if had else HOUR) - PROMPT
        look.expect(later.at - one.at >= least, f"{one.url}: asked {evidence.day(one.at)} and again {evidence.day(later.at)}")


def _obeyed(look: Look, evidence: Evidence, one: Asked, copies: list[Asked]) -> None:
    when = f"{one.url}, {evidence.day(one.at)}"
    look.expect(bool(copies), f"{when}: asked before its robots.txt")
    if not copies:
        return
    look.expect(one.at - copies[-1].at <= DAY + PROMPT, f"{when}: robots.txt was {one.at - copies[-1].at} old")
    holds = _in_force(copies, one.at)
    look.expect(
        holds is not None and not _disallows(holds, one.target), f"{when}: robots.txt {'disallows it' if holds else 'could not be had'}"
    )


def _in_force(copies: list[Asked], at: datetime) -> Asked | None:
    """The last copy that could be had: of now, or an older one while none can; None where there is none."""
    had = [copy for copy in copies if copy.reply.status < 500 and copy.reply.status != 429]
    return had[-1] if had and at - had[-1].at < OLD else None


def _disallows(copy: Asked, target: str) -> bool:
    """By the plain prefixes that the simulated hosts use; anything but a 200 disallows nothing."""
    lines = copy.reply.body.decode().splitlines() if copy.reply.status == 200 else []
    rules = [line.partition(":")[2].strip() for line in lines if line.lower().startswith("disallow:")]
    return any(rule and target.startswith(rule) for rule in rules)


# --- documents that mean harm ---------------------------------------------------------------------------------------------


def harmless(evidence: Evidence) -> Look:
    look, feeds = Look(), evidence.of("harmful")
    for feed in feeds:
        asks = evidence.asks(feed)
        for ask in asks:
            run = evidence.of_run[ask.first.run]
            look.expect(ask.poll is not None or run.killed, f"{feed.url}, {evidence.day(ask.at)}: its reading left nothing on record")
            look.expect(run.seconds <= LONGEST_RUN, f"{feed.url}: run {run.number} took {run.seconds:.0f} s")
    slowest = max((evidence.of_run[ask.first.run].seconds for feed in feeds for ask in evidence.asks(feed)), default=0.0)
    look.note(f"{len(feeds)} documents that mean harm in {look.count // 2} polls; the slowest run with one took {slowest:.1f} s")
    return look


RULES = (
    Rule(21, "Size is capped on the wire and unpacked, and so is time", capped),
    Rule(22, "Addresses that are not public are never dialled, whoever names them", addresses),
    Rule(23, "Certificates are verified; an exemption is for its outlet, and said", certificates),
    Rule(24, "robots.txt is asked once a day and obeyed; none there allows all, none to be had allows nothing", robots),
    Rule(26, "No document stops a run", harmless),
)
