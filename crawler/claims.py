"""What a run polls next: a batch of feeds, claimed, without those whose quiet hours have begun. Knows no SQL and no clock."""

from __future__ import annotations

import random
from datetime import datetime

from archive.model import Lease
from archive.store import feeds
from archive.store.connect import Store
from crawler.facts import Gate
from crawler.policy import Policy


def next_batch(
    store: Store, run_id: int, *, began: datetime, now: datetime, policy: Policy, gate: Gate, rng: random.Random, every: bool = False,
    outlets: frozenset[str] | None = None,
) -> list[Lease] | None:  # fmt: skip
    """The feeds to poll now, claimed; None: the run, which began at `began`, has nothing more to claim. Call inside a transaction.

    Those that are quiet now are put off until they are not, but for `every`, a person's word.
    """
    batch, awake = feeds.claim(store, run_id, now, began=began, every=every, outlets=outlets), list[Lease]()
    for lease in batch:
        later = None if every else gate(policy.rhythm(lease.outlet, lease.url), now, rng)
        if later is None:
            awake.append(lease)
        else:
            feeds.put_off(store, lease, later.next_poll_at, later.reason)
    return awake if batch else None
