"""robots.txt (RFC 9309), cached across runs: which URLs may be fetched, and how slowly.

4xx: everything may be fetched. 5xx or no answer: nothing, unless an older copy is at hand. Asked again after 24 hours at most.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from protego import Protego

from archive.model import Capture, HostRecord
from crawler.outcome import Refusal, retry_after

LIFETIME = timedelta(hours=24)
AFTER_ERROR = timedelta(hours=1)  # an unreachable robots.txt is asked for again after that, or after its Retry-After
KEPT_ON_ERROR = timedelta(days=30)  # an older copy may be used that long while the host fails (RFC 9309, 2.3.1.4)
_CONFIGURED = ("not dialled", "its TLS certificate")  # errors that a change of sources.toml can end: asked anew by the next run
# This machine's own troubles: they say nothing of the host, which is asked anew by the next run as well.
_OURS = tuple(
    f"no connection: {os.strerror(code)}"
    for code in (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.ENETDOWN, errno.ENETUNREACH, errno.EADDRNOTAVAIL)
)
MAX_BYTES = 512 * 1024  # RFC 9309 asks for at least 500 KiB
MAX_CRAWL_DELAY = 120.0  # seconds; a larger Crawl-delay would mean a page every few minutes: a run does not wait that long

Fetch = Callable[[str, str], Awaitable[tuple[Capture, ...]]]  # (URL, outlet) -> hops of robots.txt's exchange
Save = Callable[[HostRecord, tuple[Capture, ...]], Awaitable[None]]
Recall = Callable[[str], Awaitable[HostRecord]]


@dataclass(frozen=True, slots=True)
class Rules:
    """What a host's robots.txt says to us."""

    parsed: Protego | None  # None: no rules, everything may be fetched
    refusal: Refusal | None = None  # set where nothing may be fetched, with the reason

    def allows(self, url: str, agent: str) -> bool:
        return self.parsed is None or bool(self.parsed.can_fetch(url, agent))

    def crawl_delay(self, agent: str) -> float:
        return min(self._wished(agent), MAX_CRAWL_DELAY)

    def asks_for_hours(self, agent: str) -> bool:
        """Whether the Crawl-delay is longer than a run waits between two requests."""
        return self._wished(agent) > MAX_CRAWL_DELAY

    def _wished(self, agent: str) -> float:
        delay = self.parsed.crawl_delay(agent) if self.parsed else None
        return float(delay or 0.0)


class Robots:
    """Rules host by host, each asked for once a run at most."""

    def __init__(self, agent: str, *, clock: Callable[[], datetime], recall: Recall, fetch: Fetch, save: Save) -> None:
        self._agent = agent
        self._clock = clock
        self._recall, self._fetch, self._save = recall, fetch, save
        self._rules: dict[str, asyncio.Task[Rules]] = {}

    async def refusal(self, url: str, outlet: str = "") -> Refusal | None:
        """Why robots.txt keeps us from fetching `url`; None where it lets us. It is asked for by the settings of `outlet`.

        Raises what `fetch` raises, here and in `crawl_delay`.
        """
        rules = await self._of(url, outlet)
        if rules.refusal:
            return rules.refusal
        return None if rules.allows(url, self._agent) else Refusal("robots.txt disallows it")

    async def crawl_delay(self, url: str, outlet: str = "") -> float:
        """Crawl-delay of the URL's host, in seconds, at most MAX_CRAWL_DELAY; 0 where there is none."""
        return (await self._of(url, outlet)).crawl_delay(self._agent)

    async def asks_for_hours(self, url: str, outlet: str = "") -> bool:
        """Whether the Crawl-delay of the URL's host is longer than that."""
        return (await self._of(url, outlet)).asks_for_hours(self._agent)

    async def sitemaps(self, url: str, outlet: str = "") -> tuple[str, ...]:
        """The sitemaps that the robots.txt of the URL's host names (RFC 9309, 2.2.4), as written there. Raises what `fetch` raises."""
        rules = await self._of(url, outlet)
        return tuple(rules.parsed.sitemaps) if rules.parsed else ()

    async def _of(self, url: str, outlet: str) -> Rules:
        origin = origin_of(url)
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._learn(origin, outlet))
        try:
            return await asyncio.shield(self._rules[origin])
        except Exception:
            self._rules.pop(origin, None)  # the next one asks again
            raise

    async def _learn(self, origin: str, outlet: str) -> Rules:
        record, now = await self._recall(origin), self._clock()
        if record.robots_expires_at is not None and now < record.robots_expires_at:
            return rules_of(record, now)
        hops = await self._fetch(f"{origin}/robots.txt", outlet)
        learned = remember(record, hops[-1], now)
        await self._save(learned, hops)
        return rules_of(learned, now)


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL: each has a robots.txt of its own (RFC 9309, 2.3)."""
    return "{0.scheme}://{0.netloc}".format(urlsplit(url))


def remember(record: HostRecord, answer: Capture, now: datetime) -> HostRecord:
    """What is remembered of a host after its robots.txt was asked for."""
    if answer.status is not None and 200 <= answer.status < 300 and (answer.error is None or _is_long(answer)):
        return replace(
            record, robots_status=answer.status, robots_text=_first_lines(answer.body or b""), robots_fetched_at=now,
            robots_expires_at=now + LIFETIME, robots_error=None,
        )  # fmt: skip
    if answer.status is not None and 300 <= answer.status < 500 and answer.status != 429 and answer.error is None:
        return replace(
            record,
            robots_status=answer.status,
            robots_text=None,
            robots_fetched_at=now,
            robots_expires_at=now + LIFETIME,
            robots_error=None,
        )
    error = answer.error or f"HTTP {answer.status}"
    again = now if error.startswith((*_CONFIGURED, *_OURS)) else max(now + AFTER_ERROR, retry_after(answer, now) or now)
    return replace(record, robots_status=answer.status, robots_expires_at=again, robots_error=error)


def _is_long(answer: Capture) -> bool:
    """Whether it is larger than is read of it, and its beginning is at hand: that one counts (RFC 9309, 2.5)."""
    return answer.truncated == "length" and answer.body is not None


def _first_lines(body: bytes) -> bytes:
    """As many whole lines as are read: the half of a rule would be another rule."""
    if len(body) < MAX_BYTES:
        return body
    return body[: 1 + max(body.rfind(b"\n", 0, MAX_BYTES), body.rfind(b"\r", 0, MAX_BYTES))]


def text_of(body: bytes) -> str:
    """robots.txt as text: UTF-8 (RFC 9309, 2.3), without the mark that editors write before it; UTF-16 where its mark says so."""
    codec = "utf-16" if body.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return body.decode(codec, "replace")


def rules_of(record: HostRecord, now: datetime) -> Rules:
    """The rules that follow from what is remembered."""
    fresh_enough = record.robots_fetched_at is not None and now - record.robots_fetched_at < KEPT_ON_ERROR
    if record.robots_error is not None and record.robots_error.startswith("not dialled"):
        return Rules(None, Refusal(record.robots_error))
    if record.robots_error is not None and not fresh_enough:
        return Rules(
            None,
            Refusal(
                f"robots.txt could not be had ({record.robots_error}): nothing is fetched from there until it can",
                passing=True,
            ),
        )
    if record.robots_text is None:
        return Rules(None)
    return Rules(Protego.parse(text_of(record.robots_text)))
