"""When a feed counts as moved: permanent redirects, seen again and again over days. Pure.

One 301 proves little: misconfigured sites send everything to a sign-in or error page "permanently" for an afternoon. What sources.toml
says is never rewritten; the new address is polled in its place, and `wirecopy status` says so.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from archive.model import Capture, Lease, Move
from crawler.outcome import HARD, Outcome

LEAST_POLLS = 3  # in a row that came through permanent redirects to the same address, and could be read there
LEAST_TIME = timedelta(days=3)  # from the first of these to the last
_PERMANENT = frozenset({301, 308})  # RFC 9110, 15.4.2 and 15.4.9
_DEAD = frozenset({404, 410})


def moved_for_good(hops: tuple[Capture, ...]) -> str | None:
    """Where a chain of redirects led, if all of them were permanent; None without redirects."""
    permanent = all(hop.status in _PERMANENT for hop, _ in pairwise(hops))
    return hops[-1].url if len(hops) > 1 and permanent else None


def is_dead(lease: Lease, hops: tuple[Capture, ...]) -> bool:
    """Whether the old address of a feed that was last had through permanent redirects is gone: then the new one is asked at once."""
    return lease.move is not None and not lease.move.taken and bool(hops) and hops[-1].status in _DEAD


def taken(lease: Lease) -> Lease:
    """The lease with its new address taken in place of the configured one."""
    return replace(lease, move=replace(lease.move, taken=True)) if lease.move else lease


def after(lease: Lease, hops: tuple[Capture, ...], judged: Outcome, now: datetime) -> Move | None:
    """What is remembered of the feed's move after this poll; None: its own address is polled."""
    known = lease.move
    if judged.weight:
        lost = known is not None and known.taken and judged.weight >= HARD
        return None if lost else known  # the new address failed: next time the configured one is asked again
    onward = moved_for_good(hops)
    if onward is None:
        return known if known is not None and known.taken else None
    if known is None or known.url != onward:
        return Move(onward, now)
    seen = replace(known, polls=known.polls + 1)
    return replace(seen, taken=seen.taken or (seen.polls >= LEAST_POLLS and now - seen.since >= LEAST_TIME))
