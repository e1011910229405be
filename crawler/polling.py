"""A feed's answer becomes a Poll: judged, read in a worker, planned. The spider stores it."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from archive.clean.refusal import wall_of
from archive.errors import NoWorker
from archive.keys import payload_digest
from archive.model import Capture, Entry, FeedDocument, GapFill, Lease, Poll, WallKind
from archive.workers import WorkerDied, WorkerPool
from crawler import moves, outcome
from crawler.discover import discover
from crawler.facts import Planner, PollFacts, freshness, hints_of, is_whole, validators
from crawler.outcome import Outcome, Refusal
from crawler.sources import Rhythm

UNREAD = timedelta(days=8)  # 304s in a row are believed that long
MAX_CHILDREN = 5  # sitemaps of an index that are read at one poll: the newest ones


class Left(Exception):
    """A part of the document cannot be asked for now, since the run is stopped: the poll stays for a later run."""


Fetch = Callable[[str], Awaitable[tuple[Capture, ...]]]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads feed documents: in a worker, with a deadline, at most `limit` entries."""

    pool: WorkerPool
    limit: int

    async def read(self, answer: Capture, kind: str) -> FeedDocument:
        content_type = f"{answer.mime}; charset={answer.charset}" if answer.charset else answer.mime
        known: Any = None if kind == "auto" else kind
        try:
            return await self.pool.call(
                discover, answer.body or b"", url=answer.url, content_type=content_type, kind=known, limit=self.limit
            )
        except (WorkerDied, RuntimeError) as problem:
            return FeedDocument(kind=None, error=f"it could not be read: {problem}")

    async def wall(self, answer: Capture) -> WallKind | None:
        """What a page that is no feed puts in our way; None where it is nothing that we know."""
        try:
            return await self.pool.call(wall_of, answer.body or b"", answer.url)
        except (NoWorker, WorkerDied, RuntimeError):
            return None


def request_fields(lease: Lease, credentials: str | None = None) -> tuple[tuple[str, str], ...]:
    """Validators and credentials to send along with a poll. Validators are those that came last, byte for byte; none is invented."""
    return validator_fields(lease.etag, lease.last_modified) + ((("Authorization", credentials),) if credentials else ())


def as_asked(lease: Lease, now: datetime, *, trust_304: bool = False) -> Lease:
    """The lease with the validators that are sent: none once after `UNREAD` without a document, since some servers say 304 for ever.

    Once: where no document comes even then, the next such request is as many days away. `trust_304` is the outlet's opt-out.
    """
    whole = max((at for at in (lease.last_document_at, lease.last_whole_at) if at is not None), default=None)
    if whole is not None and now - whole > UNREAD and not trust_304:
        return replace(lease, etag=None, last_modified=None)
    return lease


def validator_fields(etag: str | None, last_modified: str | None) -> tuple[tuple[str, str], ...]:
    """Header fields that ask for an answer only if it changed (RFC 9110, 13.1)."""
    pairs = (("If-None-Match", etag), ("If-Modified-Since", last_modified))
    return tuple((name, value) for name, value in pairs if value)


async def judge(
    lease: Lease, hops: tuple[Capture, ...], refusal: Refusal | None, reader: Reader, fetch: Fetch
) -> tuple[Outcome, FeedDocument | None, tuple[tuple[Capture, ...], ...]]:
    """(outcome, document, exchanges for its parts). The document is None where none was read: an error, 304, or the same bytes.

    A part that could not be asked for is an exchange without a hop. Raises Left where `fetch` does.
    """
    answer = hops[-1] if hops else None
    judged = outcome.of_poll(answer, refusal=refusal, conditional=bool(lease.etag or lease.last_modified) and len(hops) == 1)
    if not judged.readable or answer is None:
        return judged, None, ()
    if lease.body_sha256 == payload_digest(answer.body or b""):
        return Outcome("same-body"), None, ()
    parts: tuple[tuple[Capture, ...], ...] = ()
    try:
        document = await reader.read(answer, lease.kind)
        if document.sitemaps and not document.error:
            document, parts = await with_children(document, reader, fetch)
            parts += ((),) * (min(len(document.sitemaps), MAX_CHILDREN) - len(parts))
    except NoWorker as problem:  # nothing is known of the document: it is asked for again soon
        return Outcome("network", outcome.PASSING, str(problem)), None, ()
    wall = await reader.wall(answer) if document.error else None
    return outcome.of_document(document, wall), document, parts


async def ask_new_address(
    lease: Lease, reader: Reader, fetch: Fetch
) -> tuple[tuple[Capture, ...], Outcome, FeedDocument | None, tuple[tuple[Capture, ...], ...]]:
    """(hops, outcome, document, exchanges for its parts) of a feed's new address, which `lease` has taken.

    Raises Left where `fetch` does.
    """
    hops = await fetch(lease.address)
    return hops, *await judge(lease, hops, None, reader, fetch)


def poll_of(
    lease: Lease,
    hops: tuple[Capture, ...],
    judged: Outcome,
    document: FeedDocument | None,
    parts: tuple[tuple[Capture, ...], ...],
    *,
    planner: Planner,
    rhythm: Rhythm,
    now: datetime,
    rng: random.Random,
    beside: tuple[tuple[Capture, ...], ...] = (),
    gap: GapFill | None = None,
) -> Poll:
    """The poll as it is stored, with the plan for the next one.

    `beside`: exchanges that are no part of the document: its dead old address, or the new one where that failed as well; older pages
    that a gap had us ask for.
    """
    answer = hops[-1] if hops else None
    succeeded = judged.weight == 0
    etag, last_modified = _validators_to_keep(lease, hops, judged)
    if not all(part and part[-1].status == 200 and part[-1].error is None for part in parts):
        etag = last_modified = None  # what a missing part names must not hide behind the index's 304
    facts = PollFacts(
        outcome=judged.name,
        failures=0.0 if succeeded else lease.failures + judged.weight,
        conditional=bool(etag or last_modified),
        schedule=rhythm.schedule,
        timezone=rhythm.timezone,
        retry_after=outcome.retry_after(answer, now) if answer else None,
        max_age=freshness(answer),
        hints=hints_of(document) if document else lease.hints,
        habit=lease.habit,
        quiet=rhythm.quiet,
        jitter=rhythm.jitter,
        whole=is_whole(answer),
    )
    plan = planner(facts, now, rng)
    readable = judged.name in ("nothing-new", "same-body") and answer is not None
    sent = lease if hops and hops[0].request_head is not None else None
    return Poll(
        lease=lease,
        captures=hops,
        polled_at=now,
        outcome=judged.name,
        next_poll_at=plan.next_poll_at,
        reason=plan.reason,
        not_before=plan.not_before,
        failure_weight=judged.weight,
        document=document if document and not document.error else None,
        parts=(*parts, *beside),
        # An index says nothing when only its children change: it is read anew each time.
        body_sha256=payload_digest(answer.body or b"") if readable and answer is not None and not parts else None,
        etag_sent=sent.etag if sent else None,
        last_modified_sent=sent.last_modified if sent else None,
        etag=etag,
        last_modified=last_modified,
        error=judged.error,
        move=moves.after(lease, hops, judged, now),
        gap=gap,
    )


def _validators_to_keep(lease: Lease, hops: tuple[Capture, ...], judged: Outcome) -> tuple[str | None, str | None]:
    """New ones after a 200 (none clears the old), refreshed by a 304; those of a redirect's target are not this URL's."""
    if not hops or judged.weight:
        return lease.etag, lease.last_modified
    if len(hops) > 1:
        return None, None
    etag, last_modified = validators(hops[-1])
    if judged.name == "not-modified":
        return etag or lease.etag, last_modified or lease.last_modified
    return etag, last_modified


async def with_children(document: FeedDocument, reader: Reader, fetch: Fetch) -> tuple[FeedDocument, tuple[tuple[Capture, ...], ...]]:
    """A sitemap index with the entries of its newest children."""
    parts: list[tuple[Capture, ...]] = []
    entries: list[Entry] = list(document.entries)
    for child in document.sitemaps[:MAX_CHILDREN]:
        hops = await fetch(child.url)
        if not hops:
            continue
        parts.append(hops)
        if hops[-1].status == 200 and hops[-1].error is None:
            entries += (await reader.read(hops[-1], "sitemap")).entries
    return replace(document, entries=tuple(entries[: reader.limit])), tuple(parts)
