"""sources.toml: what to crawl, and how politely. Nothing outside this package knows the file's shape."""

from __future__ import annotations

from crawler.sources.edit import add_feed, add_outlet, outlet_block, remove
from crawler.sources.load import load, parse, same_feed
from crawler.sources.specs import AlertSpec, FeedSpec, FetchSpec, OutletSpec, Politeness, Rhythm, Schedule, SourceKind, Sources, Window
from crawler.sources.starter import starter

__all__ = [
    "AlertSpec",
    "FeedSpec",
    "FetchSpec",
    "OutletSpec",
    "Politeness",
    "Rhythm",
    "Schedule",
    "SourceKind",
    "Sources",
    "Window",
    "add_feed",
    "add_outlet",
    "load",
    "outlet_block",
    "parse",
    "remove",
    "same_feed",
    "starter",
]
