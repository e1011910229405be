"""Rules 16 to 18: what a request says, and how requests to one host follow each other (by the machine's clock)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import pairwise

from benchmarks.behaviour.asked import Asked
from benchmarks.behaviour.evidence import Evidence
from benchmarks.behaviour.judge.look import Look, Rule

AGENT = re.compile(r"[a-z]+/\d+(\.\d+)+ \(\+(https?://|mailto:)[^\s()]+\)")
TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
UNHURRIED = 0.1  # seconds: a shorter delay cannot be told from none, as requests are noted up to some hundredths late


def no_junk(evidence: Evidence) -> Look:
    look = Look()
    named = {one.told("Location") or "" for one in evidence.asked}
    for one in evidence.asked:
        junk = [name for name in ("Cookie", "Referer", "Origin") if one.get(name) is not None]
        query = "?" in one.target and not any(location.endswith(one.target) for location in named)
        plain = one.method == "GET" and not junk and not query
        look.expect(plain, f"{one.method} {one.url}, {evidence.day(one.at)}: {', '.join(junk) or 'not a plain GET of what was named'}")
    cookies = sum(one.told("Set-Cookie") is not None for one in evidence.asked)
    look.note(f"{look.count:,} requests; {cookies} answers set a cookie")
    return look


def introduces_itself(evidence: Evidence) -> Look:
    look, feeds = Look(), {address for feed in evidence.feeds for address in feed.addresses}
    agents = Counter[str]()
    for one in evidence.asked:
        agent = one.get("User-Agent") or ""
        agents[agent] += 1
        look.expect(bool(AGENT.fullmatch(agent)) and evidence.contact in agent, f"{one.url}: User-Agent {agent!r}")
        look.expect("gzip" in (one.get("Accept-Encoding") or ""), f"{one.url}: no compression is accepted")
        if one.url in feeds:
            look.expect(all(kind in (one.get("Accept") or "") for kind in TYPES), f"{one.url}: Accept {one.get('Accept')!r}")
    look.note(", ".join(f"{agent}: {count:,} requests" for agent, count in agents.items()))
    return look


def one_at_a_time(evidence: Evidence) -> Look:
    look = Look()
    by_host: dict[tuple[int, str], list[Asked]] = defaultdict(list)
    for one in sorted(evidence.asked, key=lambda asked: asked.began):
        by_host[one.run, one.address].append(one)
    for (_, address), requests in by_host.items():
        for one, later in pairwise(requests):
            over = later.began >= one.ended or bool(one.reply.stall or one.reply.endless)  # its end is noted late there
            look.expect(over, f"{address}, {evidence.day(later.at)}: {later.target} was asked while {one.target} was under way")
    look.note(f"{look.count:,} times one request followed another in a run")
    spaced = _spaced(look, evidence, by_host)
    look.note("where a delay was due: " + (", ".join(spaced) or "none seen"))
    return look


def _spaced(look: Look, evidence: Evidence, by_host: dict[tuple[int, str], list[Asked]]) -> list[str]:
    """Each request of a run comes the whole delay after the one before it, robots.txt included.

    The earlier one may have been noted later than it came, by no more than the server measured of itself.
    """
    delays, apart = _delays(evidence), dict[str, list[float]]()
    for (_, address), requests in by_host.items():
        delay = delays.get(address, 0.0)
        for one, later in pairwise(requests) if delay >= UNHURRIED else ():
            since = later.began - one.began
            apart.setdefault(address, []).append(since)
            look.expect(
                since + one.late >= delay,
                f"{address}, {evidence.day(later.at)}: {later.target} came {since:.2f} s after {one.target}, which was noted at most"
                f" {one.late:.2f} s late; the delay is {delay} s",
            )
    return [f"{min(some):.2f} s and more for {delays[address]} s, {len(some)} times" for address, some in sorted(apart.items())]


def _delays(evidence: Evidence) -> dict[str, float]:
    """Host -> seconds: the outlet's delay, or the Crawl-delay of its robots.txt where that is longer."""
    delays: dict[str, float] = {}
    for feed in evidence.feeds:
        own = evidence.settings.get("delay", 0.0) if feed.behaviour.delay is None else feed.behaviour.delay
        delays[feed.url.partition("://")[2].partition(":")[0]] = own
    for one in evidence.asked:
        if one.target == "/robots.txt" and (found := re.search(rb"crawl-delay:\s*([\d.]+)", one.reply.body.lower())):
            delays[one.address] = max(delays.get(one.address, 0.0), float(found[1]))
    return delays


RULES = (
    Rule(16, "Plain GETs: no cookies, no Referer, no query that was not named", no_junk),
    Rule(17, "The User-Agent says name, version and contact; feed types and compression are accepted", introduces_itself),
    Rule(18, "One request at a time to a host, spaced by the delay or the Crawl-delay", one_at_a_time),
)
