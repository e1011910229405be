"""The outlets of the simulated weeks: small objects, a file a theme. `ALL` are those that a run takes up."""

from __future__ import annotations

from benchmarks.behaviour.asked import Behaviour
from benchmarks.behaviour.behaviours import entries, failing, freshness, hostile, hosts, moving, pace, validators, waiting

ALL: tuple[Behaviour, ...] = (
    *validators.ALL,
    *freshness.ALL,
    *pace.ALL,
    *waiting.ALL,
    *failing.ALL,
    *moving.ALL,
    *hosts.ALL,
    *entries.ALL,
    *hostile.ALL,
)
