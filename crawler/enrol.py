"""From configuration to archive: outlets and feeds are made known, a run is begun."""

from __future__ import annotations

import sys
from datetime import datetime
from importlib import metadata

from archive.model import Feed, Outlet
from archive.store import feeds, hosts, runs
from archive.store.connect import Store
from crawler.policy import public_url
from crawler.sources import Sources


def enrol(store: Store, sources: Sources, now: datetime) -> None:
    """Brings the archive's outlets and feeds in line with sources.toml."""
    outlets = [Outlet(one.id, one.name, one.homepage, one.language, one.timezone, one.agency) for one in sources.outlets]
    listed = (
        Feed(one.id, public_url(feed.url), feed.kind, feed.schedule.text if feed.schedule else None)
        for one in sources.outlets
        for feed in one.feeds
    )
    feeds.sync(store, outlets, listed, now)


def begin(store: Store, sources: Sources, *, trigger: str, now: datetime) -> int:
    """Begins a run: its id. Claims of runs that are no more are free again. The run lock is held by the caller."""
    enrol(store, sources, now)
    hosts.mend_clock(store, now)
    run_id = runs.begin(store, trigger=trigger, software=software(), now=now)
    feeds.release_crashed(store, run_id)
    return run_id


def software() -> str:
    """What runs: for runs.software."""
    return f"wirecopy/{metadata.version('wirecopy')} scrapy/{metadata.version('scrapy')} python/{sys.version.split()[0]}"
