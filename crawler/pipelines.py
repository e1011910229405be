"""The door: a visit is stored, and only then said to be."""

from __future__ import annotations

from typing import Any, Self

from scrapy.crawler import Crawler

from archive.model import Stored, Visit
from archive.store import pages
from archive.store.connect import Store
from crawler.desk import desk_of


class DoorPipeline:
    """Hands each visit to the archive's writer; returns when it is committed, so that a slow disk slows the crawl, not the memory."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        if not isinstance(item, Visit):
            return item
        desk = desk_of(self.crawler)

        def record(store: Store) -> Stored:
            return pages.record(store, desk.run_id, item)

        stored = await desk.write(record)
        if stored.stored:
            desk.stored()
        desk.tell({"event": item.state, "url": item.task.url, "revisit": stored.revisit, "error": item.error})
        return item
