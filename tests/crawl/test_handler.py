"""A capture as Scrapy sees it, and what becomes of a request that breaks."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.settings import BaseSettings
from scrapy.statscollectors import StatsCollector

from archive.model import Capture
from crawler import middlewares
from crawler.errand import Errand
from crawler.handler import wrap
from crawler.middlewares import LastResort
from tests.crawl.raw_site import NOW

URL = "https://harbour.example/a"


def test_scrapy_counts_the_bytes_that_wait_to_be_stored() -> None:
    body = b"x" * 1000
    response = wrap(URL, Capture(url=URL, role="page", fetched_at=NOW, status=200, body=body))
    assert response.body is body  # no copy


def test_repeated_fields_stay_apart() -> None:
    head = b"HTTP/1.1 200 OK\r\nVia: one\r\nVIA: two\r\n\r\n"
    response = wrap(URL, Capture(url=URL, role="page", fetched_at=NOW, status=200, response_head=head))
    assert response.headers.getlist("Via") == [b"one", b"two"]
    assert response.body == b""


@pytest.mark.parametrize(
    ("problem", "says"), [(RuntimeError("can't start new thread"), "can't start new thread"), (MemoryError(), "MemoryError")]
)
def test_a_request_that_breaks_is_a_recorded_failure_and_the_run_does_not_end_well(
    monkeypatch: pytest.MonkeyPatch, problem: Exception, says: str
) -> None:
    stats: Any = SimpleNamespace(settings=BaseSettings({"STATS_DUMP": False}))
    crawler: Any = SimpleNamespace(stats=StatsCollector(stats))
    monkeypatch.setattr(middlewares, "desk_of", lambda _: SimpleNamespace(clock=lambda: NOW))
    answer = LastResort(crawler).process_exception(Errand("feed", "harbour").request(URL), problem)
    assert answer.capture == Capture(url=URL, role="feed", fetched_at=NOW, error=f"it could not be asked for: {says}")
    assert crawler.stats.get_stats() == {"wirecopy/bugs": 1}
