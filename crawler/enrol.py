"""From configuration to archive: outlets and feeds are made known, a run is begun, what is due is claimed."""

from __future__ import annotations

import random
import sys
from datetime import datetime
from importlib import metadata

from archive.model import Feed, Lease, Outlet
from archive.store import feeds, runs
from archive.store.connect import Store
from crawler.facts import Gate
from crawler.policy import Policy, public_url
from crawler.sources import Sources


def enrol(store: Store, sources: Sources, now: datetime) -> None:
    """Brings the archive's outlets and feeds in line with sources.toml."""
    outlets = [Outlet(one.id, one.name, one.homepage, one.language, one.timezone, one.agency) for one in sources.outlets]
    listed = [
        Feed(one.id, public_url(feed.url), feed.kind, feed.schedule.text if feed.schedule else None)
        for one in sources.outlets
        for feed in one.feeds
    ]
    feeds.sync(store, outlets, listed, now)


def begin(
    store: Store,
    sources: Sources,
    *,
    trigger: str,
    now: datetime,
    gate: Gate,
    every: bool = False,
    outlets: frozenset[str] | None = None,
) -> tuple[int, list[Lease]]:
    """Begins a run and claims what is due for it: (run id, leases). The run lock is held by the caller."""
    enrol(store, sources, now)
    run_id = runs.begin(store, trigger=trigger, software=software(), now=now)
    feeds.release_crashed(store, run_id)
    leases = feeds.claim(store, run_id, now, limit=100_000, every=every, outlets=outlets)
    if every:  # a person's word: quiet hours do not hold
        return run_id, leases
    with store.transaction():
        return run_id, awake(store, leases, Policy(sources), gate, now)


def awake(store: Store, leases: list[Lease], policy: Policy, gate: Gate, now: datetime) -> list[Lease]:
    """Those of the claimed feeds that may be polled now; the others are put off until their quiet hours end. Call inside a transaction."""
    found, rng = list[Lease](), random.Random()  # noqa: S311 - spreads polls, hides nothing
    for lease in leases:
        plan = gate(policy.rhythm(lease.outlet, lease.url), now, rng)
        if plan is None:
            found.append(lease)
        else:
            feeds.put_off(store, lease, plan.next_poll_at, plan.reason)
    return found


def software() -> str:
    """What runs: for runs.software."""
    return f"wirecopy/{metadata.version('wirecopy')} scrapy/{metadata.version('scrapy')} python/{sys.version.split()[0]}"
