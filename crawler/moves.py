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


def is_dead(lease: Lease, hops: tuple[Capture, ...], judged: Outcome) -> bool:
    """Whether the address that was asked is gone, of a feed that permanent redirects led elsewhere: then the new one is asked at once.

    A 404 or 410 says so. What is surely wrong otherwise, or cannot be reached at all (a domain that was given up has no name, or a page
    that is for sale), is only believed of a feed that failed before.
    """
    move = lease.move
    if move is None or move.taken or not judged.weight or any(hop.url == move.url for hop in hops):
        return False
    if hops and hops[-1].status in _DEAD:
        return True
    return lease.failures > 0 and (judged.weight >= HARD or judged.name in ("network", "refused"))


def taken(lease: Lease) -> Lease:
    """The lease with its new address taken in place of the one before; what was known of that one's answers says nothing here."""
    if lease.move is None:
        return lease
    return replace(lease, move=replace(lease.move, taken=True, meanwhile=None), etag=None, last_modified=None, body_sha256=None)


def after(lease: Lease, hops: tuple[Capture, ...], judged: Outcome, now: datetime) -> Move | None:
    """What is remembered of the feed's move after this poll; None: its own address is polled."""
    known = lease.move
    if judged.weight:
        return _lost(known) if judged.weight >= HARD else known
    onward = moved_for_good(hops)
    if onward is None:
        return _stayed(known)
    if known is None or (not known.taken and known.url != onward):
        return Move(onward, now, meanwhile=known.meanwhile if known else None)
    if known.taken:
        return None if onward == lease.url else Move(onward, now, meanwhile=known.url)
    seen = replace(known, polls=known.polls + 1)
    proven = seen.polls >= LEAST_POLLS and now - seen.since >= LEAST_TIME
    return replace(seen, taken=True, meanwhile=None) if proven else seen


def _lost(known: Move | None) -> Move | None:
    """A new address that failed: next time the configured one is asked, and if it is dead, the new one again. One failure proves little."""
    return replace(known, taken=False, meanwhile=None) if known else None


def _stayed(known: Move | None) -> Move | None:
    """An address that answered itself is where the feed is."""
    if known is not None and known.meanwhile is not None:
        return replace(known, url=known.meanwhile, taken=True, meanwhile=None)
    return known if known is not None and known.taken else None
