"""Captures, leases and the like, made of what a test cares for."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

from archive.model import Capture, Lease, PageTask

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TASK = PageTask(page_id=1, url="http://a.example/story", outlet="a", outlet_id=1, feed_id=1)


def rng(seed: int = 1) -> random.Random:
    return random.Random(seed)  # noqa: S311 - the same in each run


def capture(status: int | None = 200, *fields: str, url: str = TASK.url, body: bytes | None = b"x", **values: Any) -> Capture:
    """An answer with these head fields, each written "Name: value"."""
    head = None if status is None else "\r\n".join([f"HTTP/1.1 {status} So", *fields, "", ""]).encode("latin-1", "replace")
    return Capture(url=url, role="page", fetched_at=NOW, status=status, response_head=head, body=body if status else None, **values)


def lease(**values: Any) -> Lease:
    """A feed that was never polled, but for these values."""
    given: dict[str, Any] = {
        "feed_id": 1, "outlet_id": 1, "outlet": "a", "url": "http://a.example/rss", "kind": "auto", "schedule": None, "etag": None,
        "last_modified": None, "body_sha256": None, "last_polled_at": None, "last_success_at": None, "failures": 0.0,
    }  # fmt: skip
    return Lease(**{**given, **values})
