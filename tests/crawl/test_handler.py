"""A capture as Scrapy sees it."""

from __future__ import annotations

from archive.model import Capture
from crawler.handler import wrap
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
