"""Plain Scrapy: feeds, then the pages they list that are not stored; with --text, trafilatura reads each page in the item pipeline.

With --polls, the feeds alone, with the validator that the last answer had: what a poll costs by Scrapy's own download handler.
"""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.http import Response, TextResponse

from benchmarks.ingest.crawls.kept import Kept

LINKS = "//item/link/text() | //entry/link[not(@rel) or @rel='alternate']/@href"


class Pages(Spider):
    name = "pages"
    kept: Kept
    feeds: list[str]
    polls_alone: bool

    async def start(self) -> AsyncIterator[Request]:
        self.known, etags = self.kept.known(), self.kept.etags()
        for feed in self.feeds:
            headers = {"If-None-Match": etags[feed]} if self.polls_alone and feed in etags else {}
            yield Request(feed, self.parse_feed, headers=headers, dont_filter=True, meta={"handle_httpstatus_list": [304]})

    def parse_feed(self, response: Response) -> Iterator[Request]:
        if response.status == 304:
            self.kept.not_modified(response.url)
        if not isinstance(response, TextResponse) or response.status == 304:
            return
        if self.polls_alone:
            self.kept.remember(response.url, (response.headers.get("ETag") or b"").decode())
        selector = response.selector
        selector.remove_namespaces()
        links = selector.xpath(LINKS).getall()
        for link in [] if self.polls_alone else links:
            if link not in self.known:
                yield Request(link, self.parse_page)

    def parse_page(self, response: Response) -> Iterator[dict[str, Any]]:
        yield {"response": response}


class Keep:
    """The item pipeline: a page to the store."""

    def __init__(self, kept: Kept, text: bool) -> None:
        self.kept, self.text = kept, text

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        assert isinstance(crawler.spider, Pages)  # noqa: S101 - this file's own
        return cls(crawler.spider.kept, crawler.settings.getbool("TEXT"))

    def process_item(self, item: Any) -> Any:
        response: Response = item["response"]
        read = _read(response) if self.text else {}
        self.kept.save(response.url, response.body, status=response.status, heads=response.headers.to_string(), **read)
        return item


def _read(response: Response) -> dict[str, str | None]:
    import trafilatura  # type: ignore[import-not-found,unused-ignore]

    found: Any = trafilatura.bare_extraction(response.body, url=response.url, with_metadata=True, include_comments=False)
    return {"text": found.text, "title": found.title, "date": found.date} if found else {}


def settings(*, text: bool, polls: bool) -> dict[str, Any]:
    """Scrapy's own, but for no pause between requests; certificates are verified, as ours are."""
    return {
        "TEXT": text,
        "ITEM_PIPELINES": {Keep: 100},
        "ROBOTSTXT_OBEY": not polls,  # ours remembers robots.txt from one run to the next; so a poll is one request on both sides
        "DOWNLOAD_DELAY": 0,
        "CONCURRENT_REQUESTS": 64,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_LEVEL": "WARNING",
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--feeds", type=Path, required=True)
    parser.add_argument("--text", action="store_true")
    parser.add_argument("--polls", action="store_true")
    asked = parser.parse_args()
    with Kept(asked.store) as kept:
        process = AsyncCrawlerProcess(settings(text=asked.text, polls=asked.polls))
        process.crawl(Pages, kept=kept, feeds=asked.feeds.read_text().split(), polls_alone=asked.polls)
        process.start()


if __name__ == "__main__":
    main()
